//! Embeds `ui/dist` and lists the commands that the page may call.

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=../ui/dist");
    if !Path::new("../ui/dist/index.html").exists() {
        println!(
            "cargo::error=ui/dist is missing: build the page first with `npm --prefix ui ci && npm --prefix ui run build`"
        );
        return;
    }
    let commands = tauri_build::AppManifest::new().commands(&[
        "connect",
        "say",
        "raise",
        "appear",
        "settle",
        "hide",
        "choose_key_file",
        "choose_file",
        "choose_folder",
        "choose_module",
    ]);
    if let Err(error) =
        tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))
    {
        println!("cargo::error={error:#}");
    }
}
