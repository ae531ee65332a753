use crate::support::run;

const COMMANDS: [&[&str]; 9] = [
    &["agent"],
    &["sign"],
    &["verify"],
    &["keys"],
    &["trust", "install"],
    &["trust", "remove"],
    &["trust", "status"],
    &["pin", "change"],
    &["pin", "unblock"],
];

#[test]
fn every_command_explains_itself_with_examples_and_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let (code, help, _) = run(home.path(), &[command, &["--help"]].concat());
        assert_eq!(code, 0, "{command:?}");
        for part in ["Usage: tanba", "Examples:", "Exit codes"] {
            assert!(
                help.contains(part),
                "{part} is missing of {command:?}:\n{help}"
            );
        }
        assert!(
            help.contains(&format!("  tanba {}", command.join(" "))),
            "an example of {command:?}"
        );
    }
}

#[test]
fn the_overview_names_all_commands_and_exit_codes() {
    let home = tempfile::tempdir().unwrap();
    let (code, help, _) = run(home.path(), &["--help"]);
    assert_eq!(code, 0);
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {}", command[0])), "{help}");
    }
    assert!(help.contains("Exit codes:"));
    let (code, version, _) = run(home.path(), &["--version"]);
    assert_eq!(
        (code, version.trim()),
        (0, concat!("tanba ", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn no_option_takes_a_password() {
    let home = tempfile::tempdir().unwrap();
    for command in COMMANDS {
        let (_, help, _) = run(home.path(), &[command, &["--help"]].concat());
        assert!(
            !help.contains("--password ") && !help.contains("--pin "),
            "{help}"
        );
    }
}
