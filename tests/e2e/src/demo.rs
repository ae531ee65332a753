//! The main job as a person does it: register at the portal, log in, sign.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result};
use fantoccini::Locator;

use crate::{browser::Browser, desktop::Desktop, portal::Portal, window::Window};

/// The key that the demo uses: text that its row shows before the first opening, and its password.
pub const KEY: (&str, &str) = (
    "GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12",
    "Qwerty12",
);

/// A story told step by step, with a picture of each step.
pub struct Diary<'d> {
    desktop: &'d Desktop,
    folder: PathBuf,
    number: u32,
}

impl<'d> Diary<'d> {
    /// Begins one; pictures go to `folder`.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn begin(desktop: &'d Desktop, folder: &Path) -> Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Self {
            desktop,
            folder: folder.to_path_buf(),
            number: 0,
        })
    }

    /// Tells a step and takes a picture of the whole display.
    ///
    /// # Errors
    /// When the picture cannot be taken.
    pub fn step(&mut self, name: &str, words: &str) -> Result<()> {
        self.number += 1;
        let picture = self.folder.join(format!("{:02}-{name}.png", self.number));
        self.desktop.picture(&picture)?;
        println!("{:>3}. {words}\n     {}", self.number, picture.display());
        Ok(())
    }
}

/// What takes part.
pub struct Cast<'c> {
    /// The portal.
    pub portal: &'c Portal,
    /// The browser that shows it.
    pub browser: &'c Browser,
    /// Where WebKit's inspector of the agent's window listens.
    pub inspector: u16,
    /// The desktop on which both are.
    pub desktop: &'c Desktop,
    /// For logs.
    pub folder: &'c Path,
}

impl Cast<'_> {
    /// Registers and logs in; the person is in the cabinet afterwards.
    ///
    /// # Errors
    /// When any step does not end as a person expects.
    pub async fn register_and_log_in(&self, diary: &mut Diary<'_>) -> Result<()> {
        let page = &self.browser.page;
        page.goto(&format!("{}/register", self.portal.address))
            .await?;
        self.see("[data-ready=yes]").await?;
        diary.step(
            "registration",
            "The portal's registration page is open in the browser.",
        )?;
        page.find(Locator::Css("#email"))
            .await?
            .send_keys("test@example.kz")
            .await?;
        page.find(Locator::Css("#agreement")).await?.click().await?;
        page.find(Locator::Css("#choose-certificate"))
            .await?
            .click()
            .await?;

        let window = Window::attach(self.folder, self.desktop, self.inspector).await?;
        window.request().await?;
        diary.step(
            "window",
            "«Choose a certificate»: the window came up, says who asks and what will be signed.",
        )?;
        window.choose(KEY.0).await?;
        window.type_password("Not the password 1").await?;
        window.act().await?;
        window.wait("#password[aria-invalid=true]").await?;
        window.settle().await?;
        diary.step(
            "wrong-password",
            "A wrong password: the window says so and stays.",
        )?;
        window.type_password(KEY.1).await?;
        window.act().await?;
        self.see("#preview:not([hidden])").await?;
        diary.step(
            "certificate",
            "The right one: the portal shows whose certificate it is.",
        )?;

        page.find(Locator::Css("#register")).await?.click().await?;
        self.see("#registered").await?;
        diary.step("registered", "Registered. The log-in page is open.")?;

        page.find(Locator::Css("#login-xml")).await?.click().await?;
        window.request().await?;
        diary.step(
            "log-in",
            "«Log in»: the window knows the key now, with its owner's name.",
        )?;
        window.type_password(KEY.1).await?;
        window.act().await?;
        self.see("#person-name").await?;
        diary.step(
            "cabinet",
            "In. The portal knows the person by the signature.",
        )
    }

    /// In the cabinet: signs a document as CMS and another as XML, logs out, and comes in again by a nonce in a CMS.
    ///
    /// # Errors
    /// When any step does not end as a person expects.
    pub async fn sign_and_come_back(&self, diary: &mut Diary<'_>) -> Result<()> {
        let page = &self.browser.page;
        let window = Window::attach(self.folder, self.desktop, self.inspector).await?;
        for (button, rows) in [("#sign-cms", 1), ("#sign-xml", 2)] {
            page.find(Locator::Css(button)).await?.click().await?;
            window.request().await?;
            diary.step(
                button.trim_start_matches('#'),
                "The cabinet asks to sign; the window shows the document.",
            )?;
            window.type_password(KEY.1).await?;
            window.act().await?;
            self.see(&format!("#documents > li:nth-child({rows})"))
                .await?;
        }
        page.find(Locator::Css("#logout")).await?.click().await?;
        page.goto(&format!("{}/login", self.portal.address)).await?;
        self.see("[data-ready=yes]").await?;
        page.find(Locator::Css("details.other summary"))
            .await?
            .click()
            .await?;
        page.find(Locator::Css("#login-cms")).await?.click().await?;
        window.request().await?;
        window.type_password(KEY.1).await?;
        window.act().await?;
        self.see("#person-name").await?;
        diary.step(
            "second-log-in",
            "Logged out and in again, by a nonce in a CMS.",
        )
    }

    /// Waits for an element of the portal's page.
    ///
    /// # Errors
    /// When it does not come within 30 seconds; the message says what the page shows instead.
    pub async fn see(&self, selector: &str) -> Result<()> {
        let page = &self.browser.page;
        let waiting = page
            .wait()
            .at_most(Duration::from_secs(30))
            .for_element(Locator::Css(selector))
            .await;
        if waiting.is_ok() {
            return Ok(());
        }
        let shown = page
            .find(Locator::Css("main"))
            .await?
            .text()
            .await
            .unwrap_or_default();
        waiting
            .map(drop)
            .with_context(|| format!("the portal never showed {selector}, but:\n{shown}"))
    }
}
