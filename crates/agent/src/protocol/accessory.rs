//! `kz.gov.pki.ncalayerservices.accessory`: what is installed, and the settings.

use serde_json::{Map, Value, json};

use super::{Action, MODULE_NOT_FOUND, Module};
use crate::json::{Json, Object};

pub(super) fn read<'a>(message: &'a Object<'a>) -> Action<'a> {
    match message.get("method").and_then(Json::as_text) {
        Some("getBundles") => Action::Reply(bundles()),
        Some("getServices") => Action::Reply(services()),
        // NCALayer's replies to these two are not documented, and its own page ignores them; but clients that take
        // the next text for their answer must get one.
        Some("showSettings" | "showBundleManager") => Action::ShowSettings {
            reply: r#"{"success":true}"#.into(),
        },
        // A site asks for a bundle that it misses; code from elsewhere is never loaded.
        Some("installBundle") => Action::Reply(MODULE_NOT_FOUND.into()),
        _ => Action::Reply(r#"{"success":false,"errorCode":"METHOD_NOT_FOUND"}"#.into()),
    }
}

/// A flat object of names and versions, without an envelope.
fn bundles() -> String {
    let bundles: Map<String, Value> = Module::ALL
        .into_iter()
        .map(Module::bundle)
        .map(|(name, version)| (name.into(), version.into()))
        .collect();
    Value::Object(bundles).to_string()
}

fn services() -> String {
    json!({ "services": Module::ALL.map(Module::name) }).to_string()
}
