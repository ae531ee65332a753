//! Installs what a step needs and the machine lacks, and says so first.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::shell;

/// What is about to be done.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Build the programs and show the demo.
    Run,
    /// Run every test: browsers, display, other people's verifiers.
    Test,
    /// Measure against other people's programs.
    Bench,
    /// Make the Debian package.
    Package,
}

/// A Debian package and what it is for, in words for the person who is asked to agree.
type Package = (&'static str, &'static str);

const BUILD: &[Package] = &[
    ("build-essential", "the C compiler and linker"),
    ("pkg-config", "finds the libraries below"),
    ("libwebkit2gtk-4.1-dev", "the web view of the window"),
    ("libgtk-3-dev", "the window itself"),
    ("librsvg2-dev", "the window's icons"),
    ("libpcsclite-dev", "the way to card readers and tokens"),
];

const SHOW: &[Package] = &[
    (
        "chromium",
        "the browser that opens the demo portal, with a profile of its own",
    ),
    (
        "libnss3-tools",
        "certutil: makes that browser trust the agent's local certificate",
    ),
    ("fonts-dejavu-core", "a font with Kazakh letters"),
];

/// Without a display, and for tests: a virtual one, and drivers that press the buttons.
const DRIVE: &[Package] = &[
    ("xvfb", "a virtual display"),
    ("openbox", "its window manager"),
    ("dbus", "the message bus that desktop programs expect"),
    (
        "at-spi2-core",
        "the accessibility service that GTK asks for",
    ),
    ("chromium-driver", "drives the browser"),
    ("webkit2gtk-driver", "drives the window"),
    ("imagemagick", "takes pictures of the virtual display"),
    ("xdotool", "its mouse and keyboard"),
];

/// Programs that are not ours and judge what ours made.
const JUDGE: &[Package] = &[
    (
        "openssl",
        "verifies RSA signatures; an OCSP responder and a time-stamping authority",
    ),
    (
        "nginx-light",
        "serves revocation lists (Debian also starts it on port 80: `systemctl disable --now nginx` ends that)",
    ),
    ("curl", "asks the status page"),
    ("xmlsec1", "verifies RSA XML signatures"),
    ("libssl-dev", "OpenSSL's headers, to call its GOST engine"),
    (
        "libengine-gost-openssl",
        "verifies GOST signatures in OpenSSL",
    ),
    (
        "libbcprov-java",
        "Bouncy Castle, verifies GOST signatures in Java",
    ),
    ("libbcpkix-java", "Bouncy Castle, CMS"),
    ("default-jdk-headless", "runs Bouncy Castle"),
    ("python3", "runs the independent verifier"),
    ("python3-lxml", "canonical XML of the independent verifier"),
    (
        "python3-cryptography",
        "3DES and AES of the independent verifier",
    ),
    ("firefox-esr", "the second browser"),
];

/// Tokens and cards without hardware. Where systemd runs, pcscd is started when somebody asks for it; tests start their own.
const TOKENS: &[Package] = &[
    (
        "softhsm2",
        "a token in software, which is not ours: RSA keys through PKCS#11",
    ),
    (
        "opensc",
        "the module that reads PIV cards, and the tools that fill SoftHSM",
    ),
    ("pcscd", "the service through which programs reach readers"),
    (
        "vsmartcard-vpcd",
        "card readers that tests put cards of their own into",
    ),
];

/// Finds secrets in branches and addresses.
const INSPECT: &[Package] = &[(
    "valgrind",
    "memcheck, which reports what depends on secret bytes",
)];

/// Makes sure that everything for `need` is there.
///
/// # Errors
/// When a tool is missing that this cannot install (Rust is there, Node may not be), or the package manager fails.
pub(crate) fn ensure(need: Need) -> Result<()> {
    if !shell::exists("npm") {
        bail!(
            "npm is missing: install Node.js 20 or newer (https://nodejs.org), then run this again"
        );
    }
    let mut wanted = BUILD.to_vec();
    if need != Need::Package {
        wanted.extend(SHOW);
    }
    if matches!(need, Need::Test | Need::Bench) || (need == Need::Run && !shell::has_display()) {
        wanted.extend(DRIVE);
    }
    if matches!(need, Need::Test | Need::Bench) {
        wanted.extend(JUDGE);
        wanted.extend(TOKENS);
    }
    if need == Need::Bench {
        wanted.extend(INSPECT);
    }
    debian(&wanted)
}

fn debian(wanted: &[Package]) -> Result<()> {
    if !shell::exists("dpkg-query") {
        let names: Vec<_> = wanted.iter().map(|(name, _)| *name).collect();
        println!(
            "This is not Debian or Ubuntu; make sure that the like of these is installed:\n  {}",
            names.join(" ")
        );
        return Ok(());
    }
    let missing: Vec<_> = wanted
        .iter()
        .copied()
        .filter(|(name, _)| !installed(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this machine, will be installed from the distribution:");
    for (name, why) in &missing {
        println!("  {name:<26} {why}");
    }
    let mut update = vec!["apt-get", "update", "-qq"];
    let mut install = vec![
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "-y",
        "-qq",
    ];
    install.push("--no-install-recommends");
    install.extend(missing.iter().map(|(name, _)| *name));
    if !is_root() {
        if !shell::exists("sudo") {
            bail!(
                "this needs root and there is no sudo: run as root\n  {}",
                install.join(" ")
            );
        }
        println!("(sudo may ask for your password)");
        update.insert(0, "sudo");
        install.insert(0, "sudo");
    }
    for line in [update, install] {
        if let [program, arguments @ ..] = line.as_slice() {
            let status = Command::new(program)
                .args(arguments)
                .stdout(Stdio::null())
                .status()?;
            if !status.success() {
                bail!("{} ended with {status}", line.join(" "));
            }
        }
    }
    Ok(())
}

fn installed(package: &str) -> bool {
    Command::new("dpkg-query")
        .args(["-W", "-f=${db:Status-Status}", package])
        .stderr(Stdio::null())
        .output()
        .is_ok_and(|output| output.stdout == b"installed")
}

fn is_root() -> bool {
    Command::new("id")
        .arg("-u")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}
