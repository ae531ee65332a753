//! Bouncy Castle on the Java machine of this computer.

use std::path::Path;
use std::process::Command;

const JARS: &str = "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar:/usr/share/java/bcprov-jdk18on.jar";

/// Compiles a program into `folder`; false where there is no compiler, which CI must have.
pub(crate) fn compile(source: &Path, folder: &Path) -> bool {
    let compile = Command::new("javac")
        .args(["-cp", JARS, "-d"])
        .args([folder, source])
        .output();
    let Ok(compiled) = compile else {
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "javac is missing"
        );
        eprintln!("javac is missing: passed over");
        return false;
    };
    assert!(
        compiled.status.success(),
        "{}",
        String::from_utf8_lossy(&compiled.stderr)
    );
    true
}

/// Runs a compiled program in `folder`; gives what it prints, or what it printed when it failed.
pub(crate) fn run(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = Command::new("java")
        .args(["-cp", &format!("{JARS}:.")])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() && told.contains("OK") && !told.contains("FAIL") {
        Ok(told)
    } else {
        Err(format!("{told}{}", String::from_utf8_lossy(&output.stderr)))
    }
}
