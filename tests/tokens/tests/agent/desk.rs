//! An agent, the module that it uses, and the window that it opens.

use crate::world::{World, module};
use agent::{Agent, Caller, Config, Origin, Screen, ScreenLink, TokenConfig};
use keystore::Deadlines;
use mock_pkcs11::script::{Script, VARIABLE};
use pki::{Fetch, FetchError, FetchRequest};
use std::{fs, io, path::Path, sync::Arc, time::Duration};
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};
use tokio_util::sync::CancellationToken;
use window_messages::{
    FromWindow, KeyPlace, KeyProblem, KeyState, KeyView, PasswordText, Question, RequestView,
    ToWindow, TokenView,
};

pub(crate) const PIN: &str = "123456";
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Desk {
    pub(crate) world: World,
    pub(crate) agent: Arc<Agent>,
    windows: mpsc::UnboundedReceiver<Window>,
    _data: TempDir,
}

/// One conversation, seen from the window's side.
pub(crate) struct Window {
    from_agent: mpsc::Receiver<ToWindow>,
    to_agent: mpsc::Sender<FromWindow>,
}

struct TestScreen(mpsc::UnboundedSender<Window>);

struct Offline;

impl Fetch for Offline {
    fn fetch(&self, _: &FetchRequest<'_>) -> Result<Box<dyn io::Read + Send>, FetchError> {
        Err(FetchError::Offline)
    }
}

impl Screen for TestScreen {
    fn open(&self) -> io::Result<ScreenLink> {
        let (to, from_agent) = mpsc::channel(64);
        let (to_agent, from) = mpsc::channel(64);
        let window = Window {
            from_agent,
            to_agent,
        };
        self.0.send(window).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(ScreenLink { to, from })
    }

    fn warm(&self) {}
}

/// An agent that sees what the script says, and no key files.
pub(crate) fn desk(script: &Script) -> Desk {
    let world = World::with_modules(script, Deadlines::default(), Vec::new());
    let data = tempfile::tempdir().unwrap();
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../keystore-fixtures/ca");
    let authorities = data.path().join("authorities");
    fs::create_dir_all(&authorities).unwrap();
    for name in ["tanba_demo_gost.cer", "tanba_demo_rsa.cer"] {
        fs::copy(fixtures.join(name), authorities.join(name)).unwrap();
    }
    let keys = data.path().join("keys");
    fs::create_dir(&keys).unwrap();
    let (screen, windows) = mpsc::unbounded_channel();
    let agent = Agent::new(Config {
        data_dir: data.path().to_owned(),
        key_folders: vec![keys],
        screen: Arc::new(TestScreen(screen)),
        fetch: Arc::new(Offline),
        choose_network: Box::new(|_| {}),
        tokens: Some(TokenConfig {
            program: "/usr/bin/env".into(),
            arguments: vec![
                format!(
                    "{VARIABLE}={}",
                    world.folder.path().join("script").display()
                )
                .into(),
                env!("CARGO_BIN_EXE_token-worker").into(),
            ],
            modules: vec![module()],
        }),
        trust_test_ca: false,
    });
    Desk {
        world,
        agent: agent.unwrap(),
        windows,
        _data: data,
    }
}

/// A request whose reply is awaited.
pub(crate) struct Pending {
    reply: JoinHandle<Option<String>>,
    pub(crate) gone: CancellationToken,
}

impl Pending {
    pub(crate) async fn reply(self) -> serde_json::Value {
        let reply = timeout(PATIENCE, self.reply).await.expect("no reply");
        serde_json::from_str(&reply.unwrap().unwrap()).unwrap()
    }
}

impl Desk {
    pub(crate) fn ask(&self, request: &serde_json::Value) -> Pending {
        let (agent, request, gone) = (
            self.agent.clone(),
            request.to_string(),
            CancellationToken::new(),
        );
        let caller = Caller {
            origin: Origin::parse(Some("https://egov.kz")).unwrap(),
            connection: 1,
        };
        let closing = gone.clone();
        let reply = tokio::spawn(async move {
            let reply = agent.answer(&caller, &request, gone).await;
            reply.map(|reply| reply.to_string())
        });
        Pending {
            reply,
            gone: closing,
        }
    }

    pub(crate) async fn window(&mut self) -> Window {
        let window = timeout(PATIENCE, self.windows.recv()).await;
        window.expect("no window").unwrap()
    }

    /// The window that a request opens, painted.
    pub(crate) async fn shown(&mut self) -> (Window, RequestView) {
        let mut window = self.window().await;
        let ToWindow::Request(view) = window.next().await else {
            panic!("not a request")
        };
        window
            .say(FromWindow::Painted {
                request: view.request,
            })
            .await;
        (window, *view)
    }
}

impl Window {
    /// The next message that is not about one row.
    pub(crate) async fn next(&mut self) -> ToWindow {
        loop {
            let message = timeout(PATIENCE, self.from_agent.recv()).await;
            match message.expect("no message").expect("the agent hung up") {
                ToWindow::Key { .. } => {}
                message => return message,
            }
        }
    }

    pub(crate) async fn say(&self, message: FromWindow) {
        self.to_agent.send(message).await.unwrap();
    }

    /// The list as soon as it is as wished.
    pub(crate) async fn list(&mut self, wish: impl Fn(&[KeyView]) -> bool) -> Vec<KeyView> {
        loop {
            if let ToWindow::Keys { keys, .. } = self.next().await
                && wish(&keys)
            {
                return keys;
            }
        }
    }

    /// The list as soon as one key can be used.
    pub(crate) async fn usable(&mut self) -> KeyView {
        let usable = |key: &KeyView| !matches!(key.state, KeyState::Unusable { .. });
        let mut keys = self.list(|keys| keys.iter().any(usable)).await;
        keys.retain(usable);
        keys.pop().unwrap()
    }

    pub(crate) async fn sign(&self, key: &KeyView, pin: Option<&str>) {
        self.sign_with(key, pin, false).await;
    }

    pub(crate) async fn sign_with(&self, key: &KeyView, pin: Option<&str>, last_try: bool) {
        self.say(FromWindow::Sign {
            request: 1,
            key: key.id.clone(),
            password: pin.map(|pin| PasswordText::new(pin.to_owned())),
            last_try,
        })
        .await;
    }

    pub(crate) async fn refused(&mut self) -> KeyProblem {
        loop {
            match self.next().await {
                ToWindow::Refused { problem, .. } => return problem,
                ToWindow::Keys { .. } | ToWindow::Progress { .. } => {}
                other => panic!("not a refusal: {other:?}"),
            }
        }
    }

    pub(crate) async fn question(&mut self) -> Question {
        loop {
            match self.next().await {
                ToWindow::Question { question, .. } => return question,
                ToWindow::Keys { .. } | ToWindow::Progress { .. } => {}
                other => panic!("not a question: {other:?}"),
            }
        }
    }

    pub(crate) async fn done(&mut self) {
        loop {
            match self.next().await {
                ToWindow::Done { .. } => return,
                ToWindow::Progress { .. } | ToWindow::Keys { .. } | ToWindow::Tokens(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

/// The token that a row stands for.
pub(crate) fn token(key: &KeyView) -> &TokenView {
    match &key.place {
        KeyPlace::Token { token } => token,
        KeyPlace::File { .. } => panic!("a file"),
    }
}
