//! A PDF document in the real window: its pages drawn by the window's own engine, under its content security policy.

use std::{path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use e2e::{
    browser::{SWITCHES, is_root},
    places, process,
    scene::Scene,
    window::Window,
};
use fantoccini::Locator;
use serde_json::json;

/// Two pages in Kazakh and Russian, with a coloured field.
const AGREEMENT: &str = "<!doctype html><meta charset=utf-8>
    <h1>Келісім № 17</h1><p>Әділет пен ұйымшылдық</p>
    <div style='width: 90%; height: 10cm; background: #3366cc; print-color-adjust: exact'></div>
    <p style='break-before: page'>Вторая страница: подписи сторон</p>";

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_drawn_page_by_page() -> Result<()> {
    let shown = Shown::open(&pdf(AGREEMENT)?).await?;
    let window = shown.window()?;
    window.wait(".sheet[aria-busy=false]").await?;
    ensure!(shown.page().await?.contains("1"), "{}", shown.page().await?);
    ensure!(shown.pixels([0x33, 0x66, 0xcc]).await? > 0.15, "the field");
    ensure!(shown.pixels([0xff, 0xff, 0xff]).await? > 0.3, "the paper");
    shown.scene.picture("pdf").await?;
    shown.press(".bar [role=group] button:last-child").await?;
    let words = window.page.find(Locator::Css("main pre")).await?;
    let words = words.text().await?;
    ensure!(
        words.contains("Келісім № 17") && words.contains("Әділет пен ұйымшылдық"),
        "{words}"
    );
    shown.press(".bar > button:nth-of-type(2)").await?;
    window.wait(".sheet[aria-busy=false]").await?;
    window.settle().await?;
    ensure!(shown.page().await?.contains("2"), "{}", shown.page().await?);
    let words = window.page.find(Locator::Css("main pre")).await?;
    ensure!(words.text().await?.contains("подписи сторон"));
    shown.press(".bar [role=group] button:first-child").await?;
    ensure!(shown.pixels([0x33, 0x66, 0xcc]).await? == 0.0, "turned");
    shown.scene.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_without_end_is_given_up() -> Result<()> {
    // A page that draws itself ten times, each of which draws itself ten times, nine deep.
    let shown = Shown::open(endless().as_bytes()).await?;
    shown.scene.see("dl .digest").await?;
    shown.scene.picture("pdf-given-up").await?;
    shown.scene.end()
}

/// The window with a document open.
struct Shown {
    scene: Scene,
}

impl Shown {
    /// A page asks to sign the document; the person presses «View».
    async fn open(document: &[u8]) -> Result<Self> {
        let mut scene = Scene::start("preview", &[places::key("individual")], None).await?;
        let request = json!({
            "module": "kz.gov.pki.knca.commonUtils",
            "method": "createCAdESFromBase64",
            "args": ["PKCS12", "SIGNATURE", BASE64_STANDARD.encode(document), false],
        });
        scene.ask(&request).await?;
        scene.attach().await?;
        scene.see("[role=dialog] [role=option]").await?;
        let shown = Self { scene };
        shown.window()?.settle().await?;
        shown.press("section li button").await?;
        Ok(shown)
    }

    fn window(&self) -> Result<&Window> {
        self.scene.window()
    }

    async fn press(&self, selector: &str) -> Result<()> {
        let window = self.window()?;
        window.wait(selector).await?;
        let button = window.page.find(Locator::Css(selector)).await?;
        button.click().await?;
        window.settle().await
    }

    /// What the window says of the page.
    async fn page(&self) -> Result<String> {
        let words = self.window()?.page.find(Locator::Css(".where")).await?;
        Ok(words.text().await?)
    }

    /// Which part of the drawn page has this colour, from 0 to 1.
    async fn pixels(&self, colour: [u8; 3]) -> Result<f64> {
        let script = "const canvas = document.querySelector('canvas');
            const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
            let found = 0;
            for (let at = 0; at < data.length; at += 4)
                if ([0, 1, 2].every((part) => Math.abs(data[at + part] - arguments[0][part]) < 3)) found += 1;
            return found / (data.length / 4)";
        let found = self.window()?.page.execute(script, vec![json!(colour)]);
        found.await?.as_f64().context("a number")
    }
}

/// Prints a page of HTML as a browser does.
fn pdf(html: &str) -> Result<Vec<u8>> {
    let folder = tempfile::tempdir()?;
    let (page, file) = (
        folder.path().join("page.html"),
        folder.path().join("page.pdf"),
    );
    std::fs::write(&page, html)?;
    let mut command = Command::new("chromium");
    command.args(SWITCHES).arg("--headless=new");
    if is_root() {
        command.arg("--no-sandbox");
    }
    command
        .arg(format!("--user-data-dir={}", folder.path().display()))
        .arg(format!("--print-to-pdf={}", file.display()))
        .arg("--no-pdf-header-footer")
        .arg(&page)
        .env("HOME", folder.path());
    process::output(&mut command)?;
    read(&file)
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).context("the browser printed nothing")
}

/// A small file that asks for ten to the ninth rectangles.
fn endless() -> String {
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R \
         /Resources << /XObject << /X 5 0 R >> >> >>"
            .to_owned(),
        stream("", "/X Do"),
    ];
    let depth = 9;
    for level in 0..depth {
        let (keys, content) = if level + 1 == depth {
            (String::new(), "1 0 0 rg 0 0 9 9 re f ".repeat(10))
        } else {
            let next = objects.len() + 2;
            (
                format!("/Resources << /XObject << /X {next} 0 R >> >>"),
                "/X Do ".repeat(10),
            )
        };
        let keys = format!("/Type /XObject /Subtype /Form /BBox [0 0 100 100] {keys}");
        objects.push(stream(&keys, &content));
    }
    let mut file = "%PDF-1.7\n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        file += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    // No table of objects: readers look for them, as they must in damaged files.
    file + "trailer\n<< /Root 1 0 R >>\n%%EOF\n"
}

fn stream(keys: &str, content: &str) -> String {
    let length = content.len();
    format!("<< {keys} /Length {length} >>\nstream\n{content}\nendstream")
}
