//! An agent with a window by script, and key files from the repository's fixtures.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use agent::{Agent, Caller, Config, Origin, Screen, ScreenLink};
use pki::Fetch;
use tempfile::TempDir;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::sync::CancellationToken;
use window_messages::{
    FromWindow, KeyPlace, KeyProblem, KeyView, PasswordText, Question, RequestView, ToWindow,
};

use crate::network::Offline;

pub(crate) const PASSWORD: &str = "Qwerty12";
pub(crate) const INDIVIDUAL: &str =
    "individual/GOST512_028343d1ee0ad94f42789fc6a236572bf290147f.p12";
pub(crate) const OLD_LOG_IN: &str =
    "individual-old/AUTH_RSA256_41d30c84f0e35ff625f70cf20ce38cd51b96c920.p12";
pub(crate) const OLD_SIGNING: &str =
    "individual-old/RSA256_8f53657752bb77db36e60908e5633d5bc2b2e506.p12";
pub(crate) const HEAD: &str = "company-head/GOST512_6bc87b64de1979fd15f7eadd1ba6ae00070c3438.p12";
pub(crate) const EARLY: &str = "not-yet-valid/GOST512_f87d012534fd75f141325b5c527a75866daaff05.p12";
pub(crate) const EXPIRED: &str = "expired/GOST512_00897ba3909750c7dd7651e47ac2da7bd81a6587.p12";

const PATIENCE: Duration = Duration::from_secs(20);

/// An agent, its folders, and the windows that it opens.
pub(crate) struct Desk {
    pub(crate) agent: Arc<Agent>,
    pub(crate) windows: mpsc::UnboundedReceiver<Window>,
    pub(crate) opened: Arc<AtomicUsize>,
    pub(crate) data: TempDir,
    pub(crate) keys: TempDir,
}

/// One conversation, seen from the window's side.
pub(crate) struct Window {
    pub(crate) from_agent: mpsc::Receiver<ToWindow>,
    pub(crate) to_agent: mpsc::Sender<FromWindow>,
}

struct TestScreen {
    windows: mpsc::UnboundedSender<Window>,
    opened: Arc<AtomicUsize>,
}

impl Screen for TestScreen {
    fn open(&self) -> io::Result<ScreenLink> {
        let (to, from_agent) = mpsc::channel(64);
        let (to_agent, from) = mpsc::channel(64);
        self.opened.fetch_add(1, Ordering::SeqCst);
        self.windows
            .send(Window {
                from_agent,
                to_agent,
            })
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(ScreenLink { to, from })
    }

    fn warm(&self) {}
}

pub(crate) fn fixture(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../keystore-fixtures")
        .join(path)
}

/// An agent that finds these key files.
pub(crate) fn desk(files: &[&str]) -> Desk {
    let keys = tempfile::tempdir().unwrap();
    for file in files {
        let from = fixture(file);
        fs::copy(&from, keys.path().join(from.file_name().unwrap())).unwrap();
    }
    desk_in(tempfile::tempdir().unwrap(), keys)
}

/// Trusts the demo CA and works offline.
pub(crate) fn desk_in(data: TempDir, keys: TempDir) -> Desk {
    trust_demo_ca(data.path());
    desk_with(data, keys, Arc::new(Offline), false)
}

/// An agent that finds these key files, trusts the demo CA and reaches these servers.
pub(crate) fn desk_reaching(files: &[&str], fetch: Arc<dyn Fetch>) -> Desk {
    let Desk { data, keys, .. } = desk(files);
    desk_with(data, keys, fetch, false)
}

pub(crate) fn trust_demo_ca(data: &Path) {
    let folder = data.join("authorities");
    fs::create_dir_all(&folder).unwrap();
    for name in ["tanba_demo_gost.cer", "tanba_demo_rsa.cer"] {
        fs::copy(fixture("ca").join(name), folder.join(name)).unwrap();
    }
}

pub(crate) fn desk_with(
    data: TempDir,
    keys: TempDir,
    fetch: Arc<dyn Fetch>,
    trust_test_ca: bool,
) -> Desk {
    let (windows, opened_windows) = mpsc::unbounded_channel();
    let opened = Arc::new(AtomicUsize::new(0));
    let config = Config {
        data_dir: data.path().to_owned(),
        key_folders: vec![keys.path().to_owned()],
        screen: Arc::new(TestScreen {
            windows,
            opened: opened.clone(),
        }),
        fetch,
        choose_network: Box::new(|_| {}),
        tokens: None,
        trust_test_ca,
    };
    Desk {
        agent: Agent::new(config).unwrap(),
        windows: opened_windows,
        opened,
        data,
        keys,
    }
}

/// The name of the file that a row stands for; empty for a key on a token.
pub(crate) fn file_name(key: &KeyView) -> &str {
    match &key.place {
        KeyPlace::File { file_name, .. } => file_name,
        KeyPlace::Token { .. } => "",
    }
}

pub(crate) fn caller(origin: &str, connection: u64) -> Caller {
    Caller {
        origin: Origin::parse(Some(origin)).unwrap(),
        connection,
    }
}

impl Desk {
    /// Asks as a page of egov.kz on a connection that stays.
    pub(crate) async fn ask(&self, request: &str) -> Option<String> {
        self.agent
            .answer(
                &caller("https://egov.kz", 1),
                request,
                CancellationToken::new(),
            )
            .await
            .map(|reply| reply.to_string())
    }

    /// Asks in the background, as `origin` on a connection of its own.
    pub(crate) fn ask_from(&self, origin: &str, connection: u64, request: &str) -> Pending {
        let (agent, caller, request) = (
            self.agent.clone(),
            caller(origin, connection),
            request.to_owned(),
        );
        let gone = CancellationToken::new();
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

    pub(crate) fn ask_in_background(&self, request: &str) -> Pending {
        self.ask_from("https://egov.kz", 1, request)
    }

    pub(crate) async fn window(&mut self) -> Window {
        timeout(PATIENCE, self.windows.recv())
            .await
            .expect("no window")
            .unwrap()
    }

    /// One whole request with one key and password: the reply, parsed.
    pub(crate) async fn signed_with(&mut self, file: &str, request: &str) -> serde_json::Value {
        let pending = self.ask_in_background(request);
        let mut window = self.window().await;
        window.request().await;
        let keys = window.keys().await;
        window.sign(&keys, file, PASSWORD).await;
        window.done().await;
        serde_json::from_str(&pending.reply().await.unwrap()).unwrap()
    }
}

/// A request whose reply is awaited.
pub(crate) struct Pending {
    reply: tokio::task::JoinHandle<Option<String>>,
    pub(crate) gone: CancellationToken,
}

impl Pending {
    pub(crate) async fn reply(self) -> Option<String> {
        timeout(PATIENCE, self.reply)
            .await
            .expect("no reply")
            .unwrap()
    }
}

impl Window {
    /// The next message that is not about one row.
    pub(crate) async fn next(&mut self) -> ToWindow {
        loop {
            match self.any().await {
                ToWindow::Key { .. } => {}
                message => return message,
            }
        }
    }

    pub(crate) async fn any(&mut self) -> ToWindow {
        timeout(PATIENCE, self.from_agent.recv())
            .await
            .expect("no message")
            .expect("the agent hung up")
    }

    /// The next row that changed by itself.
    pub(crate) async fn row(&mut self) -> KeyView {
        loop {
            if let ToWindow::Key { key, .. } = self.any().await {
                return *key;
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

    pub(crate) async fn answer(&self, request: u32, yes: bool) {
        self.say(FromWindow::Answer { request, yes }).await;
    }

    pub(crate) async fn say(&self, message: FromWindow) {
        self.to_agent.send(message).await.unwrap();
    }

    /// The request that is shown; says that it is painted.
    pub(crate) async fn request(&mut self) -> RequestView {
        let ToWindow::Request(view) = self.next().await else {
            panic!("not a request")
        };
        self.say(FromWindow::Painted {
            request: view.request,
        })
        .await;
        *view
    }

    pub(crate) async fn keys(&mut self) -> (u32, Vec<KeyView>) {
        let ToWindow::Keys { request, keys, .. } = self.next().await else {
            panic!("not a list of keys")
        };
        (request, keys)
    }

    pub(crate) async fn refused(&mut self) -> KeyProblem {
        let ToWindow::Refused { problem, .. } = self.next().await else {
            panic!("not a refusal")
        };
        problem
    }

    pub(crate) async fn sign(
        &self,
        (request, keys): &(u32, Vec<KeyView>),
        file: &str,
        password: &str,
    ) {
        let name = Path::new(file).file_name().unwrap().to_str().unwrap();
        let key = keys
            .iter()
            .find(|key| file_name(key) == name)
            .expect("the key is not listed")
            .id
            .clone();
        let password = PasswordText::new(password.to_owned());
        self.say(FromWindow::Sign {
            request: *request,
            key,
            password: Some(password),
            last_try: false,
        })
        .await;
    }

    pub(crate) async fn cancel(&self, request: u32) {
        self.say(FromWindow::Cancel { request }).await;
    }

    /// Listens until the request has ended well.
    pub(crate) async fn done(&mut self) {
        loop {
            match self.next().await {
                ToWindow::Done { .. } => return,
                ToWindow::Progress { .. } | ToWindow::Keys { .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }
}
