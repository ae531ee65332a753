//! A real Firefox, which trusts the agent because `tanba trust install` wrote into its profile, and no switch.

use anyhow::{Result, ensure};
use e2e::{
    agent::Agent,
    browser,
    firefox::{Firefox, Profile},
    places,
    portal::Portal,
};

const KEY: &str = "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";

#[tokio::test(flavor = "multi_thread")]
async fn a_person_registers_and_logs_in_with_firefox() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let agent = Agent::with_robot(folder, &places::key(KEY), "Qwerty12", "")?;
    let portal = Portal::start(folder, 0, agent.port, None)?;
    let home = folder.join("home");
    let profile = Profile::create(&home)?;
    agent.trust_install(&home)?;
    browser::trust_in(&profile.folder, "Tanba demo portal", &portal.ca)?;
    let mut firefox = Firefox::start(folder, &profile).await?;
    let told = register_and_log_in(&mut firefox, &portal).await;
    if told.is_err() {
        eprintln!("{}", agent.log());
    }
    told?;
    firefox.end()?;
    agent.end()
}

#[tokio::test(flavor = "multi_thread")]
async fn firefox_does_not_trust_an_agent_that_was_not_installed() -> Result<()> {
    let temporary = tempfile::tempdir()?;
    let folder = temporary.path();
    let agent = Agent::with_robot(folder, &places::key(KEY), "Qwerty12", "")?;
    let profile = Profile::create(&folder.join("home"))?;
    let mut firefox = Firefox::start(folder, &profile).await?;
    let status_page = format!("https://localhost:{}/", agent.port);
    let refused = firefox.open(&status_page).await.err();
    let why = refused.map(|problem| problem.to_string());
    ensure!(
        why.as_deref()
            .is_some_and(|why| why.contains("SEC_ERROR_UNKNOWN_ISSUER")),
        "the status page: {why:?}"
    );
    firefox.end()?;
    agent.end()
}

async fn register_and_log_in(firefox: &mut Firefox, portal: &Portal) -> Result<()> {
    firefox
        .open(&format!("{}/register", portal.address))
        .await?;
    firefox.see("[data-ready=yes]").await?;
    firefox.fill("#email", "test@example.kz").await?;
    firefox.press("#agreement").await?;
    firefox.press("#choose-certificate").await?;
    firefox.see("#preview:not([hidden])").await?;
    firefox.press("#register").await?;
    firefox.see("#registered").await?;
    firefox.see("[data-ready=yes]").await?;
    firefox.press("#login-xml").await?;
    firefox.see("#person-name").await?;
    let name = firefox
        .value("document.querySelector('#person-name').textContent")
        .await?;
    let name = name.as_str().unwrap_or_default().trim();
    ensure!(name.contains("ТЕСТОВ"), "in as {name}");
    Ok(())
}
