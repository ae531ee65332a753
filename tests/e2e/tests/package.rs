//! The Debian package, unpacked into an empty folder tree, starts and answers.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use e2e::{
    agent::{Agent, robot},
    places, process,
    socket::Socket,
};
use serde_json::json;

const KEY: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";

#[tokio::test(flavor = "multi_thread")]
async fn the_unpacked_package_signs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let tree = folder.path().join("tree");
    unpack(&tree)?;
    for file in [
        "usr/bin/tanba-window",
        "usr/share/applications/kz.tanba.Tanba.desktop",
        "usr/share/icons/hicolor/128x128/apps/kz.tanba.Tanba.png",
        "etc/xdg/autostart/tanba-agent.desktop",
        "usr/share/doc/tanba/copyright",
    ] {
        ensure!(tree.join(file).is_file(), "{file} is not in the package");
    }

    let window = robot(folder.path(), &places::key(KEY), "Qwerty12", "")?;
    let agent = Agent::start_program(&tree.join("usr/bin/tanba"), folder.path(), &window)?;
    let mut socket = Socket::connect(agent.port, &agent.ca, None).await?;
    let request = json!({"module": "kz.gov.pki.knca.commonUtils", "method": "signXml",
        "args": ["PKCS12", "SIGNATURE", "<letter/>", "", ""]});
    let reply = socket.ask(&request).await?;
    ensure!(reply["code"] == "200", "{reply}");
    socket.close().await;
    agent.end()
}

#[test]
fn the_package_says_what_it_needs() -> Result<()> {
    let fields = process::output(Command::new("dpkg-deb").arg("--field").arg(newest()?))?;
    for needed in ["libwebkit2gtk-4.1-0", "libgtk-3-0", "libnss3-tools"] {
        ensure!(fields.contains(needed), "{needed} is not named:\n{fields}");
    }
    for figure in ["@VERSION@", "@ARCHITECTURE@", "@SIZE@"] {
        ensure!(!fields.contains(figure), "{figure} was left out:\n{fields}");
    }
    Ok(())
}

fn unpack(tree: &Path) -> Result<()> {
    process::output(
        Command::new("dpkg-deb")
            .arg("--extract")
            .arg(newest()?)
            .arg(tree),
    )
    .map(drop)
}

/// The package that `cargo xtask package --dev` made last.
fn newest() -> Result<std::path::PathBuf> {
    let program = places::program("tanba")?;
    let target = program.ancestors().nth(2).context("a target folder")?;
    let packages = target
        .join("package")
        .read_dir()
        .context("run `cargo xtask package --dev` first")?
        .flatten();
    packages
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "deb"))
        .max_by_key(|path| path.metadata().and_then(|about| about.modified()).ok())
        .context("run `cargo xtask package --dev` first")
}
