use std::{path::PathBuf, time::Duration};

use window_messages::{
    Caller, Caution, CertificateStatus, FileKind, FileView, FromWindow, KeyPlace, KeyProblem,
    KeyState, KeyView, Language, NoTimeStamp, Question, ReadersView, RequestView, SiteView, Step,
    ToWindow, Verb,
};
use zeroize::Zeroizing;

use super::{Act, Consent, Robot};

fn key(name: &str, state: KeyState) -> KeyView {
    KeyView {
        id: format!("id of {name}"),
        place: KeyPlace::File {
            file_name: name.to_owned(),
            folder: "keys".to_owned(),
        },
        owner: None,
        purpose: None,
        not_before: None,
        not_after: None,
        state,
        cautions: Vec::new(),
        status: CertificateStatus::NotChecked,
        used_here: false,
    }
}

fn request(keys: Vec<KeyView>, searching: bool) -> ToWindow {
    ToWindow::Request(Box::new(RequestView {
        request: 7,
        verb: Verb::Sign,
        site: SiteView {
            caller: Caller::Site,
            host: "egov.kz".into(),
            owner_part: "egov.kz".into(),
            origin: "https://egov.kz".into(),
            first_visit: true,
        },
        documents: Vec::new(),
        file: None,
        logo: None,
        form: None,
        time_stamp: false,
        warnings: Vec::new(),
        test_certificates: false,
        keys,
        selected: None,
        searching,
        tokens_only: false,
        readers: ReadersView::default(),
        language: Language::Kk,
    }))
}

fn list(keys: Vec<KeyView>, selected: Option<&str>) -> ToWindow {
    ToWindow::Keys {
        request: 7,
        keys,
        selected: selected.map(str::to_owned),
        searching: false,
        readers: ReadersView::default(),
    }
}

fn refused(name: &str, problem: KeyProblem) -> ToWindow {
    ToWindow::Refused {
        request: 7,
        key: format!("id of {name}"),
        problem,
    }
}

fn robot(names: &[&str], wrong_first: bool) -> Robot {
    robot_that(names, wrong_first, false, 0)
}

fn robot_that(names: &[&str], wrong_first: bool, insists: bool, tries: u32) -> Robot {
    let keys = names
        .iter()
        .map(|name| PathBuf::from("/home/keys").join(name))
        .collect();
    Robot::that_signs(Consent {
        keys,
        token: None,
        password: Zeroizing::new("Qwerty12".to_owned()),
        stop_after: None,
        wrong_first,
        insists,
        tries,
        file: None,
    })
}

/// What was done, in words.
fn words(acts: Vec<Act>) -> Vec<String> {
    acts.into_iter()
        .map(|act| match act {
            Act::Say(FromWindow::Painted { request: 7 }) => "painted".to_owned(),
            Act::Say(FromWindow::Cancel { request: 7 }) => "cancel".to_owned(),
            Act::Say(FromWindow::OpenFile { request: 7, path }) => format!("open {path}"),
            Act::Say(FromWindow::Sign {
                request: 7,
                key,
                password: Some(password),
                last_try: false,
            }) => format!("{key}: {}", *password.into_inner()),
            Act::Say(FromWindow::Answer { request: 7, yes }) => format!("answer {yes}"),
            Act::Say(FromWindow::Agree { request: 7 }) => "agree".to_owned(),
            Act::Say(_) => "something else".to_owned(),
            Act::Wait(pause) => format!("wait {pause:?}"),
        })
        .collect()
}

#[test]
fn a_listed_key_signs_at_once() {
    let keys = vec![
        key("a.p12", KeyState::Unknown),
        key("b.p12", KeyState::Usable),
    ];
    let acts = robot(&["b.p12"], false).hear(request(keys, true));
    assert_eq!(words(acts), ["painted", "id of b.p12: Qwerty12"]);
}

#[test]
fn a_missing_key_is_waited_for_and_then_opened() {
    let mut robot = robot(&["b.p12"], false);
    assert_eq!(words(robot.hear(request(Vec::new(), true))), ["painted"]);
    assert_eq!(
        words(robot.hear(list(Vec::new(), None))),
        ["open /home/keys/b.p12"]
    );
    // The same file is known from another place.
    let elsewhere = KeyView {
        place: KeyPlace::File {
            file_name: "a.p12".to_owned(),
            folder: "Downloads".to_owned(),
        },
        ..key("copy.p12", KeyState::Unknown)
    };
    let acts = robot.hear(list(vec![elsewhere], Some("id of copy.p12")));
    assert_eq!(words(acts), ["id of copy.p12: Qwerty12"]);
}

#[test]
fn of_several_keys_the_first_that_fits_is_taken() {
    let mut robot = robot(&["a.p12", "b.p12", "c.p12"], false);
    let expired = KeyState::Unusable {
        problem: KeyProblem::Expired { at: 0 },
    };
    let keys = || {
        vec![
            key("c.p12", KeyState::Unknown),
            key("b.p12", KeyState::Unknown),
            key("a.p12", expired.clone()),
        ]
    };
    assert_eq!(
        words(robot.hear(request(keys(), false))),
        ["painted", "id of b.p12: Qwerty12"]
    );
    // The row is filled in before the refusal comes.
    assert!(robot.hear(list(keys(), None)).is_empty());
    assert_eq!(
        words(robot.hear(refused("b.p12", KeyProblem::LogInOnly))),
        ["id of c.p12: Qwerty12"]
    );
    assert_eq!(
        words(robot.hear(refused("c.p12", KeyProblem::LogInOnly))),
        ["cancel"]
    );
}

#[test]
fn a_wrong_password_is_typed_once_when_told_so() {
    let mut robot = robot(&["a.p12"], true);
    let acts = robot.hear(request(vec![key("a.p12", KeyState::Unknown)], false));
    assert_eq!(words(acts), ["painted", "id of a.p12: not Qwerty12"]);
    assert_eq!(
        words(robot.hear(refused("a.p12", KeyProblem::WrongPassword))),
        ["id of a.p12: Qwerty12"]
    );
    let wait = KeyProblem::TooManyTries { wait_seconds: 2 };
    let pause = format!("wait {:?}", Duration::from_secs(2));
    assert_eq!(
        words(robot.hear(refused("a.p12", wait))),
        [pause.as_str(), "id of a.p12: Qwerty12"]
    );
    assert_eq!(
        words(robot.hear(refused("a.p12", KeyProblem::WrongPassword))),
        ["cancel"]
    );
}

fn question(question: Question) -> ToWindow {
    ToWindow::Question {
        request: 7,
        question,
    }
}

#[test]
fn a_second_yes_is_said_only_when_told_so() {
    let asks = || {
        question(Question::UseAnyway {
            cautions: vec![Caution::UnknownIssuer],
        })
    };
    let keys = || {
        vec![
            key("a.p12", KeyState::Unknown),
            key("b.p12", KeyState::Unknown),
        ]
    };
    let mut insisting = robot_that(&["a.p12"], false, true, 0);
    insisting.hear(request(keys(), false));
    assert_eq!(words(insisting.hear(asks())), ["answer true"]);

    let mut yielding = robot(&["a.p12", "b.p12"], false);
    yielding.hear(request(keys(), false));
    assert_eq!(words(yielding.hear(asks())), ["answer false"]);
    assert_eq!(
        words(yielding.hear(list(keys(), None))),
        ["id of b.p12: Qwerty12"]
    );
}

#[test]
fn servers_are_tried_again_as_often_as_told() {
    let silent = || {
        question(Question::NoTimeStamp {
            why: NoTimeStamp::NoAnswer,
        })
    };
    let mut robot = robot_that(&["a.p12"], false, false, 2);
    robot.hear(request(vec![key("a.p12", KeyState::Usable)], false));
    for answer in ["answer true", "answer true", "answer false"] {
        assert_eq!(words(robot.hear(silent())), [answer]);
    }
}

#[test]
fn a_request_without_a_key_is_agreed_to() {
    let ToWindow::Request(mut view) = request(Vec::new(), false) else {
        unreachable!()
    };
    view.verb = Verb::AddTimeStamp;
    let acts = robot(&["a.p12"], false).hear(ToWindow::Request(view));
    assert_eq!(words(acts), ["painted", "agree"]);
}

#[test]
fn a_robot_that_cancels_says_no_to_everything() {
    let acts = Robot::that_cancels().hear(request(vec![key("a.p12", KeyState::Usable)], false));
    assert_eq!(words(acts), ["painted", "cancel"]);
}

#[test]
fn a_batch_is_stopped_once_when_so_many_documents_are_signed() {
    let mut robot = robot(&["a.p12"], false);
    let signed = |done| ToWindow::Progress {
        request: 7,
        step: Step::Signing,
        done,
        total: 100,
    };
    let keys = || vec![key("a.p12", KeyState::Usable)];
    robot.hear(request(keys(), false));
    assert!(robot.hear(signed(100)).is_empty());
    if let Some(consent) = &mut robot.consent {
        consent.stop_after = Some(20);
    }
    assert!(robot.hear(signed(19)).is_empty());
    assert_eq!(words(robot.hear(signed(21))), ["cancel"]);
    assert!(robot.hear(signed(30)).is_empty());
}

#[test]
fn messages_of_other_requests_are_passed_over() {
    let mut robot = robot(&["a.p12"], false);
    robot.hear(request(Vec::new(), true));
    let keys = vec![key("a.p12", KeyState::Usable)];
    assert!(
        robot
            .hear(ToWindow::Keys {
                request: 6,
                keys,
                selected: None,
                searching: false,
                readers: ReadersView::default(),
            })
            .is_empty()
    );
    assert!(robot.hear(ToWindow::Withdrawn { request: 7 }).is_empty());
    assert!(
        robot
            .hear(list(vec![key("a.p12", KeyState::Usable)], None))
            .is_empty()
    );
}

fn file_request(verb: Verb, path: &str) -> ToWindow {
    let ToWindow::Request(mut view) = request(Vec::new(), false) else {
        panic!()
    };
    view.verb = verb;
    view.file = Some(FileView {
        path: path.to_owned(),
        kind: FileKind::Any,
    });
    ToWindow::Request(view)
}

fn answer(file: Option<&str>, verb: Verb, path: &str) -> FromWindow {
    let mut robot = Robot::that_signs(Consent {
        keys: Vec::new(),
        token: None,
        password: Zeroizing::default(),
        stop_after: None,
        wrong_first: false,
        insists: false,
        tries: 0,
        file: file.map(PathBuf::from),
    });
    let mut acts = robot.hear(file_request(verb, path));
    assert_eq!(acts.len(), 2);
    match acts.pop() {
        Some(Act::Say(message)) => message,
        _ => panic!("no answer"),
    }
}

#[test]
fn gives_a_site_the_file_that_it_was_told_and_no_other() {
    assert!(matches!(
        answer(Some("/tmp/doc.pdf"), Verb::ChooseFile, ""),
        FromWindow::Chose { request: 7, path } if path == "/tmp/doc.pdf"
    ));
    assert!(matches!(
        answer(Some("/tmp/doc.pdf"), Verb::ReadFile, "/tmp/doc.pdf"),
        FromWindow::Agree { request: 7 }
    ));
    for (file, verb) in [
        (Some("/tmp/doc.pdf"), Verb::ReadFile),
        (None, Verb::ReadFile),
        (None, Verb::ChooseFile),
    ] {
        assert!(matches!(
            answer(file, verb, "/etc/passwd"),
            FromWindow::Cancel { request: 7 }
        ));
    }
}
