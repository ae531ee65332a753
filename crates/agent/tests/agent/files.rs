//! Files of this computer: what a page may hear of them, and what a person must allow first.

use std::{fs, path::Path};

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Value, json};
use window_messages::{DocumentName, FileKind, FromWindow, Preview, ToWindow, Verb};

use crate::window::{Desk, INDIVIDUAL, PASSWORD, Window, desk};

fn common_utils(method: &str, args: Value) -> String {
    json!({ "module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args }).to_string()
}

fn sign_file(path: &Path, attached: bool) -> String {
    common_utils(
        "createCAdESFromFile",
        json!(["PKCS12", "SIGNATURE", path, attached]),
    )
}

fn choose() -> String {
    common_utils("showFileChooser", json!(["ALL", ""]))
}

/// The person picks a file for the page on this connection; gives the reply.
async fn pick(desk: &mut Desk, origin: &str, connection: u64, path: &Path) -> Value {
    let pending = desk.ask_from(origin, connection, &choose());
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.verb, Verb::ChooseFile);
    let path = path.to_str().unwrap().to_owned();
    window
        .say(FromWindow::Chose {
            request: view.request,
            path,
        })
        .await;
    assert!(matches!(window.next().await, ToWindow::Done { .. }));
    serde_json::from_str(&pending.reply().await.unwrap()).unwrap()
}

/// The person signs what is shown.
async fn sign(window: &mut Window) {
    let keys = window.keys().await;
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
}

fn holds(reply: &Value, content: &[u8], attached: bool) {
    let cms = BASE64_STANDARD
        .decode(reply["responseObject"].as_str().unwrap())
        .unwrap();
    let report = signing::cms::verify(&cms, (!attached).then_some(content)).unwrap();
    assert!(report.holds());
    assert_eq!(report.content.as_deref(), attached.then_some(content));
}

#[tokio::test]
async fn a_file_that_a_page_names_is_read_only_after_a_yes() {
    let mut desk = desk(&[INDIVIDUAL]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("Шарт.pdf");
    fs::write(&path, b"%PDF-1.7 content").unwrap();
    for attached in [true, false] {
        let pending = desk.ask_in_background(&sign_file(&path, attached));
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.verb, Verb::ReadFile);
        assert_eq!(
            view.file.as_ref().map(|file| file.path.as_str()),
            path.to_str()
        );
        assert!(view.documents.is_empty() && view.keys.is_empty());
        window
            .say(FromWindow::Agree {
                request: view.request,
            })
            .await;
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.verb, Verb::Sign);
        assert_eq!(view.documents[0].file_name.as_deref(), Some("Шарт.pdf"));
        assert_eq!(view.documents[0].name, DocumentName::Pdf);
        // What is shown is what is signed, whatever happens to the file meanwhile.
        fs::write(&path, b"other content").unwrap();
        sign(&mut window).await;
        let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
        holds(&reply, b"%PDF-1.7 content", attached);
        fs::write(&path, b"%PDF-1.7 content").unwrap();
    }
}

/// The document signers' module: the product would write the signature beside the file.
#[tokio::test]
async fn a_document_signers_file_is_signed_after_a_yes_and_nothing_is_written() {
    let mut desk = desk(&[INDIVIDUAL]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("doc.pdf");
    fs::write(&path, b"%PDF-1.7 content").unwrap();
    let call = |method: &str, args: Value| {
        json!({ "module": "kz.gov.pki.cms.CMSSignUtil", "lang": "ru", "method": method, "args": args })
            .to_string()
    };
    let sign_path = call("signFilePath", json!([path, folder.path(), "PKCS12"]));
    let pending = desk.ask_in_background(&sign_path);
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.verb, Verb::ReadFile);
    let request = view.request;
    window.say(FromWindow::Agree { request }).await;
    let mut window = desk.window().await;
    assert_eq!(window.request().await.verb, Verb::Sign);
    sign(&mut window).await;
    let reply = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    holds(&reply, b"%PDF-1.7 content", true);

    // As those pages do it: the person picks the file, which is the yes.
    let pending = desk.ask_in_background(&call("getFilePath", json!(["all", ""])));
    let mut window = desk.window().await;
    let request = window.request().await.request;
    let picked = path.to_str().unwrap().to_owned();
    window
        .say(FromWindow::Chose {
            request,
            path: picked,
        })
        .await;
    assert!(matches!(window.next().await, ToWindow::Done { .. }));
    pending.reply().await.unwrap();
    let pending = desk.ask_in_background(&sign_path);
    let mut window = desk.window().await;
    assert_eq!(window.request().await.verb, Verb::Sign);
    sign(&mut window).await;
    let reply = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    holds(&reply, b"%PDF-1.7 content", true);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_file_that_was_picked_is_read_without_another_question() {
    let mut desk = desk(&[INDIVIDUAL]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.txt");
    fs::write(&path, "мазмұны").unwrap();
    let reply = pick(&mut desk, "https://egov.kz", 1, &path).await;
    assert_eq!(
        reply,
        json!({ "code": "200", "responseObject": path.to_str().unwrap() })
    );

    let pending = desk.ask_in_background(&sign_file(&path, true));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.verb, Verb::Sign);
    let keys = window.keys().await;
    window
        .say(FromWindow::View {
            request: view.request,
            document: 0,
        })
        .await;
    let ToWindow::Preview { preview, .. } = window.next().await else {
        panic!()
    };
    assert!(matches!(preview, Preview::Text { text, .. } if text == "мазмұны"));
    window.sign(&keys, INDIVIDUAL, PASSWORD).await;
    window.done().await;
    let reply: Value = serde_json::from_str(&pending.reply().await.unwrap()).unwrap();
    holds(&reply, "мазмұны".as_bytes(), true);
}

#[tokio::test]
async fn a_pick_is_worth_nothing_to_others() {
    let mut desk = desk(&[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.txt");
    let other = folder.path().join("other.txt");
    fs::write(&path, "a").unwrap();
    fs::write(&other, "b").unwrap();
    pick(&mut desk, "https://egov.kz", 1, &path).await;
    for (origin, connection, path) in [
        ("https://egov.kz", 2, &path),
        ("https://other.kz", 3, &path),
        ("https://egov.kz", 1, &other),
    ] {
        let pending = desk.ask_from(origin, connection, &sign_file(path, true));
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.verb, Verb::ReadFile, "{origin} {connection}");
        window.cancel(view.request).await;
        assert_eq!(
            pending.reply().await.unwrap(),
            r#"{"code":"500","message":"action.canceled"}"#
        );
    }
}

#[tokio::test]
async fn a_page_cannot_find_out_whether_a_file_is_there() {
    let mut desk = desk(&[]);
    let folder = tempfile::tempdir().unwrap();
    let pending = desk.ask_in_background(&sign_file(&folder.path().join("missing"), true));
    let mut window = desk.window().await;
    let view = window.request().await;
    assert_eq!(view.verb, Verb::ReadFile);
    window
        .say(FromWindow::Agree {
            request: view.request,
        })
        .await;
    assert!(matches!(window.next().await, ToWindow::Failed { .. }));
    assert_eq!(
        pending.reply().await.unwrap(),
        r#"{"code":"500","message":"file.not_found"}"#
    );
}

#[tokio::test]
async fn the_chooser_offers_what_the_page_asks_for() {
    let mut desk = desk(&[]);
    let home = tempfile::tempdir().unwrap();
    let home = home.path().to_str().unwrap();
    for (extension, folder, kind, begins) in [
        (json!("DIRECTORY"), json!(home), FileKind::Folder, home),
        (json!(null), json!(null), FileKind::Folder, ""),
        (json!(""), json!(""), FileKind::Folder, ""),
        (json!("all"), json!("relative/path"), FileKind::Any, ""),
        (json!("P12"), json!(home), FileKind::KeyFiles, home),
        (json!("JKS"), json!(""), FileKind::JavaKeyStores, ""),
        (json!("KEYSTORE"), json!(""), FileKind::JavaKeyStores, ""),
        (json!("CER"), json!(""), FileKind::Certificates, ""),
        (json!("CRL"), json!(""), FileKind::RevocationLists, ""),
    ] {
        let request = common_utils("showFileChooser", json!([extension, folder]));
        let pending = desk.ask_in_background(&request);
        let mut window = desk.window().await;
        let view = window.request().await;
        let file = view.file.unwrap();
        assert_eq!((file.kind, file.path.as_str()), (kind, begins), "{request}");
        window.cancel(view.request).await;
        assert_eq!(
            pending.reply().await.unwrap(),
            r#"{"code":"500","message":"action.canceled"}"#
        );
    }
}

#[tokio::test]
async fn a_folder_that_was_picked_lets_nothing_in_it_be_read() {
    let mut desk = desk(&[]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("note.txt");
    fs::write(&path, "a").unwrap();
    let request = common_utils("showFileChooser", json!(["DIRECTORY", ""]));
    let pending = desk.ask_in_background(&request);
    let mut window = desk.window().await;
    let view = window.request().await;
    window
        .say(FromWindow::Chose {
            request: view.request,
            path: folder.path().to_str().unwrap().to_owned(),
        })
        .await;
    pending.reply().await.unwrap();
    for path in [folder.path(), &path] {
        let pending = desk.ask_in_background(&sign_file(path, true));
        let mut window = desk.window().await;
        let view = window.request().await;
        assert_eq!(view.verb, Verb::ReadFile);
        window.cancel(view.request).await;
        pending.reply().await.unwrap();
    }
}

#[tokio::test]
async fn a_page_that_leaves_takes_its_question_along() {
    let mut desk = desk(&[]);
    let pending = desk.ask_in_background(&choose());
    let mut window = desk.window().await;
    window.request().await;
    pending.gone.cancel();
    assert!(matches!(window.next().await, ToWindow::Withdrawn { .. }));
    assert_eq!(pending.reply().await, None);
}
