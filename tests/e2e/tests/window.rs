//! What only the real window shows: the system's file chooser, the question about a file that a page names, the notice of a
//! module that there is not.

#![cfg(target_os = "linux")]

use std::{fs, path::Path};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    judges::{self, Question},
    places,
    scene::{Scene, VERB},
};
use serde_json::{Value, json};

/// The title of the question, and that of the system's chooser.
const QUESTION: &str = "Choose a file: documents.example";
const CHOOSER: &str = "Choose a file";
const CONTENT: &[u8] = b"The agreement of both sides\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_file_picked_in_the_systems_chooser_is_told_to_the_page_and_signed_unasked() -> Result<()>
{
    let mut scene = start("window-chooser").await?;
    let folder = scene.folder().join("picked");
    fs::create_dir(&folder)?;
    fs::write(folder.join("a-draft.txt"), "Not this one")?;
    let file = folder.join("agreement.txt");
    fs::write(&file, CONTENT)?;
    let path = text(&file)?;
    scene
        .ask(&common_utils(
            "showFileChooser",
            &json!(["ALL", text(&folder)?]),
        ))
        .await?;
    scene.attach().await?;
    scene.see("header").await?;
    scene.picture("asked").await?;
    open_chooser(&scene).await?;
    scene.picture("open").await?;
    scene.desktop.type_text(path)?;
    scene.desktop.press_key("Return")?;
    let reply = scene.reply().await?;
    let expected = json!({"code": "200", "responseObject": path});
    ensure!(reply == expected, "{reply}");
    scene
        .wait("an empty screen", async || scene.is_gone())
        .await?;

    // The person picked it for this page: nobody asks again whether it may be read.
    scene.ask(&sign_file(path)).await?;
    sign(&scene, "chosen").await?;
    holds(&mut scene, CONTENT).await?;
    scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_the_systems_chooser_leads_back_to_the_question() -> Result<()> {
    let mut scene = start("window-left").await?;
    scene
        .ask(&common_utils("showFileChooser", &json!(["P12", ""])))
        .await?;
    scene.attach().await?;
    // The question can be answered again, so there may be a second time.
    for picture in ["back", "back-again"] {
        open_chooser(&scene).await?;
        scene.desktop.press_key("Escape")?;
        scene.see_titled(QUESTION).await?;
        scene.picture(picture).await?;
    }
    canceled(&mut scene).await?;
    scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_the_page_names_is_read_after_a_yes_in_the_window() -> Result<()> {
    let mut scene = start("window-named").await?;
    let file = scene.folder().join("named.txt");
    fs::write(&file, CONTENT)?;
    let path = text(&file)?;
    scene.ask(&sign_file(path)).await?;
    scene.attach().await?;
    names(&scene, path).await?;
    scene.picture("question").await?;
    // What it holds at the time of the yes is what is read.
    let later = b"The agreement of both sides, as it was at the yes\n";
    fs::write(&file, later)?;
    scene
        .press(VERB, async || scene.has("[role=option]").await)
        .await?;
    sign(&scene, "read").await?;
    holds(&mut scene, later).await?;
    scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_no_tells_the_page_nothing_of_the_file_that_it_named() -> Result<()> {
    let mut scene = start("window-refused").await?;
    fs::write(scene.folder().join("named.txt"), CONTENT)?;
    for (at, name) in ["named.txt", "missing.txt"].into_iter().enumerate() {
        let file = scene.folder().join(name);
        let path = text(&file)?;
        scene.ask(&sign_file(path)).await?;
        if at == 0 {
            scene.attach().await?;
        }
        names(&scene, path).await?;
        canceled(&mut scene).await?;
    }
    scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notice_of_an_unknown_module_appears_and_is_closed() -> Result<()> {
    const MODULE: &str = "kz.ecc.K2SignBundle";
    let mut scene = start("window-notice").await?;
    scene
        .ask(&json!({"module": MODULE, "method": "sign"}))
        .await?;
    // At once, whatever the person does with the notice.
    let reply = scene.reply().await?;
    let expected = json!({"success": false, "errorCode": "MODULE_NOT_FOUND"});
    ensure!(reply == expected, "{reply}");
    scene.attach().await?;
    scene.see("[role=dialog] .module").await?;
    scene.picture("told").await?;
    ensure!(scene.text("h1").await? == "The site asks for a module we do not have");
    ensure!(scene.text(".module").await? == MODULE);
    ensure!(scene.text(".host").await? == "documents.example");
    scene
        .press("footer button", async || scene.is_gone())
        .await?;

    // The window is of use for what comes next.
    let file = scene.folder().join("after.txt");
    let path = text(&file)?;
    scene.ask(&sign_file(path)).await?;
    names(&scene, path).await?;
    canceled(&mut scene).await?;
    scene.end()
}

async fn start(name: &'static str) -> Result<Scene> {
    Scene::start(name, &[places::key("individual")], None).await
}

fn text(path: &Path) -> Result<&str> {
    path.to_str().context("a path in UTF-8")
}

fn common_utils(method: &str, args: &Value) -> Value {
    json!({"module": "kz.gov.pki.knca.commonUtils", "method": method, "args": args})
}

fn sign_file(path: &str) -> Value {
    common_utils(
        "createCAdESFromFile",
        &json!(["PKCS12", "SIGNATURE", path, true]),
    )
}

async fn open_chooser(scene: &Scene) -> Result<()> {
    scene
        .press(VERB, async || scene.desktop.listens(CHOOSER))
        .await
}

/// The question whether this file may be read is on the screen, and says who asks.
async fn names(scene: &Scene, path: &str) -> Result<()> {
    scene.see("section .path").await?;
    let shown = scene.text("section .path").await?;
    ensure!(shown == path, "{shown}");
    let header = scene.text("header").await?;
    ensure!(header.contains("documents.example"), "{header}");
    Ok(())
}

/// The person presses Cancel, and the page is told that and nothing more.
async fn canceled(scene: &mut Scene) -> Result<()> {
    scene
        .press("button#cancel", async || scene.is_gone())
        .await?;
    let reply = scene.reply().await?;
    let expected = json!({"code": "500", "message": "action.canceled"});
    ensure!(reply == expected, "{reply}");
    Ok(())
}

async fn sign(scene: &Scene, picture: &str) -> Result<()> {
    scene.choose("GOST").await?;
    scene.picture(picture).await?;
    scene.enter("Qwerty12").await
}

/// The reply is a signature over this content, which is inside it.
async fn holds(scene: &mut Scene, content: &[u8]) -> Result<()> {
    let reply = scene.reply().await?;
    let text = reply.get("responseObject").and_then(Value::as_str);
    let cms = BASE64_STANDARD.decode(text.with_context(|| reply.to_string())?)?;
    let file = scene.folder().join("signed.cms");
    fs::write(&file, &cms)?;
    judges::oracle(Question::Attached(&file))?;
    let report = signing::cms::verify(&cms, None)?;
    ensure!(
        report.content.as_deref() == Some(content),
        "another content"
    );
    Ok(())
}
