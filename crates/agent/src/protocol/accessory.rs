//! `kz.gov.pki.ncalayerservices.accessory`: what is installed, and the settings.

use serde_json::{Map, Value, json};

use super::{Action, Missing, Module, name_or_empty};
use crate::{
    json::{Json, Object},
    settings::Modules,
};

pub(super) fn read<'a>(message: &'a Object<'a>, modules: Modules) -> Action<'a> {
    match message.get("method").and_then(Json::as_text) {
        Some("getBundles") => Action::Reply(bundles(modules)),
        Some("getServices") => Action::Reply(services(modules)),
        // NCALayer's replies to these two are not documented, and its own page ignores them; but clients that take
        // the next text for their answer must get one.
        Some("showSettings" | "showBundleManager") => Action::ShowSettings {
            reply: r#"{"success":true}"#.into(),
        },
        Some("installBundle") => Action::NotFound(missing(message, modules)),
        _ => Action::Reply(r#"{"success":false,"errorCode":"METHOD_NOT_FOUND"}"#.into()),
    }
}

fn on(modules: Modules) -> impl Iterator<Item = Module> {
    Module::ALL
        .into_iter()
        .filter(move |module| modules.is_on(*module))
}

/// A flat object of names and versions, without an envelope.
fn bundles(modules: Modules) -> String {
    let bundles: Map<String, Value> = on(modules)
        .map(Module::bundle)
        .map(|(name, version)| (name.into(), version.into()))
        .collect();
    Value::Object(bundles).to_string()
}

fn services(modules: Modules) -> String {
    let names: Vec<_> = on(modules).map(Module::name).collect();
    json!({ "services": names }).to_string()
}

/// A site asks for a bundle that it misses; code from elsewhere is never loaded. One that is here is not missed.
fn missing(message: &Object<'_>, modules: Modules) -> Option<Missing> {
    let name = message
        .get("symname")
        .and_then(Json::as_text)
        .unwrap_or_default();
    let known = Module::ALL
        .into_iter()
        .find(|module| module.bundle().0 == name);
    if known.is_some_and(|module| modules.is_on(module)) {
        return None;
    }
    Some(Missing {
        name: name_or_empty(name),
        switched_off: known.is_some(),
    })
}
