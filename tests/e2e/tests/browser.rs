//! A real Chromium, which trusts the agent through its NSS database and no certificate switch, and the real window.

use anyhow::Result;
use e2e::{
    agent::{Agent, Setup},
    browser::{self, Browser, Looks},
    demo::{Cast, Diary},
    desktop::Desktop,
    places,
    portal::Portal,
    process,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_registers_logs_in_and_signs() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let folder = folder.path();
    let desktop = Desktop::start(folder)?;
    let inspector = process::free_port()?;
    let agent = Agent::start(&Setup {
        folder,
        window: None,
        keys: &[places::key("individual"), places::key("expired")],
        desktop: Some(&desktop),
        inspector: Some(inspector),
        port: 0,
    })?;
    let portal = Portal::start(folder, 0, agent.port, None)?;
    agent.trust_install(desktop.home())?;
    browser::trust(desktop.home(), "Tanba demo portal", &portal.ca)?;
    let browser = Browser::start(folder, desktop.home(), "ru", Looks::Headless).await?;
    let cast = Cast {
        portal: &portal,
        browser: &browser,
        inspector,
        desktop: &desktop,
        folder,
    };
    let pictures = places::pictures()?;
    let mut diary = Diary::begin(&desktop, &pictures)?;
    let told = async {
        cast.register_and_log_in(&mut diary).await?;
        cast.sign_and_come_back(&mut diary).await
    };
    let told = told.await;
    if told.is_err() {
        let _ = desktop.picture(&pictures.join("failure.png"));
        let _ = browser.picture(&pictures.join("failure-page.png")).await;
        eprintln!("{}", agent.log());
    }
    told?;
    browser.close().await?;
    agent.end()
}
