//! The same work done by Bouncy Castle on the JVM: base64 of a document in, base64 of an attached CMS out.

use anyhow::Result;

use crate::shell;

const SOURCE: &str = "tests/e2e/src/bin/bench_protocol/Baseline.java";
const BOUNCY_CASTLE: &str =
    "/usr/share/java/bcprov.jar:/usr/share/java/bcpkix.jar:/usr/share/java/bcutil.jar";

/// Prints its figures, one a line.
pub(super) fn bouncy_castle() -> Result<()> {
    let classes = shell::target().join("bench-protocol");
    std::fs::create_dir_all(&classes)?;
    let classes = classes.display().to_string();
    shell::run("javac", &["-cp", BOUNCY_CASTLE, "-d", &classes, SOURCE])?;
    let class_path = format!("{BOUNCY_CASTLE}:{classes}");
    shell::run("java", &["-Xmx3g", "-cp", &class_path, "Baseline"])
}
