//! `cargo xtask package`: the Debian package.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};

use crate::{build, install, shell};

/// Which build of the programs goes in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Build {
    /// Profile `dist`, for people.
    Release,
    /// The debug build, for tests: the same layout, built already.
    Dev,
}

/// Files of the package: source under `installers/linux` or the repository, place in the system.
const FILES: [(&str, &str); 5] = [
    (
        "installers/linux/kz.tanba.Tanba.desktop",
        "usr/share/applications/kz.tanba.Tanba.desktop",
    ),
    (
        "installers/linux/tanba-agent.desktop",
        "etc/xdg/autostart/tanba-agent.desktop",
    ),
    (
        "installers/linux/copyright",
        "usr/share/doc/tanba/copyright",
    ),
    (
        "src-tauri/icons/icon.png",
        "usr/share/icons/hicolor/512x512/apps/kz.tanba.Tanba.png",
    ),
    (
        "src-tauri/icons/128x128.png",
        "usr/share/icons/hicolor/128x128/apps/kz.tanba.Tanba.png",
    ),
];

/// Makes `target/package/tanba_VERSION_ARCH.deb` and gives its path.
pub(crate) fn package(which: Build) -> Result<PathBuf> {
    install::ensure(install::Need::Package)?;
    let programs = programs(which)?;
    let folder = shell::target().join("package");
    let tree = folder.join("tree");
    if tree.exists() {
        fs::remove_dir_all(&tree)?;
    }
    for name in ["tanba", "tanba-window"] {
        put(
            &programs.join(name),
            &tree.join("usr/bin").join(name),
            0o755,
        )?;
    }
    for (from, to) in FILES {
        put(Path::new(from), &tree.join(to), 0o644)?;
    }
    let version = env!("CARGO_PKG_VERSION");
    let architecture = said(Command::new("dpkg").arg("--print-architecture"))?;
    let size = said(Command::new("du").arg("-sk").arg(&tree))?;
    let size = size.split_whitespace().next().unwrap_or("0").to_owned();
    let control = fs::read_to_string("installers/linux/control.in")?
        .replace("@VERSION@", version)
        .replace("@ARCHITECTURE@", &architecture)
        .replace("@SIZE@", &size);
    fs::create_dir_all(tree.join("DEBIAN"))?;
    fs::write(tree.join("DEBIAN/control"), control)?;
    fs::write(
        tree.join("DEBIAN/conffiles"),
        "/etc/xdg/autostart/tanba-agent.desktop\n",
    )?;

    let package = folder.join(format!("tanba_{version}_{architecture}.deb"));
    let compression = if which == Build::Dev {
        "-Zgzip"
    } else {
        "-Zxz"
    };
    let (tree, target) = (
        tree.to_string_lossy().into_owned(),
        package.to_string_lossy().into_owned(),
    );
    shell::run(
        "dpkg-deb",
        &[
            "--root-owner-group",
            compression,
            "-z1",
            "--build",
            &tree,
            &target,
        ],
    )?;
    println!(
        "{}: {} KiB",
        package.display(),
        package.metadata()?.len() / 1024
    );
    Ok(package)
}

/// The folder with the built programs.
fn programs(which: Build) -> Result<PathBuf> {
    match which {
        Build::Dev => {
            build::programs()?;
            Ok(shell::target().join("debug"))
        }
        Build::Release => {
            build::pages()?;
            shell::run(
                "cargo",
                &[
                    "build",
                    "--locked",
                    "--profile",
                    "dist",
                    "-p",
                    "tanba",
                    "-p",
                    "tanba-window",
                ],
            )?;
            Ok(shell::target().join("dist"))
        }
    }
}

fn put(from: &Path, to: &Path, mode: u32) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
    Ok(fs::set_permissions(to, fs::Permissions::from_mode(mode))?)
}

fn said(command: &mut Command) -> Result<String> {
    let output = command.output()?;
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
