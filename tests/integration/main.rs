//! Speaks HTTP with the real server on a port of its own, with a database and a clock of its own.

mod accounts;
mod brought;
mod cases;
mod classify;
mod collector;
mod command_line;
#[path = "../support/demo_pack.rs"]
mod demo_pack;
mod document;
mod drafts;
mod exchange;
mod forms;
mod house;
mod idempotency;
mod inbox;
mod keeping;
mod knowledge;
mod merging;
mod notes;
mod packs;
mod program;
mod refusals;
mod releases;
mod replays;
mod rule_list;
mod rules_desk;
mod serving;
mod shapes;
mod shutdown;
mod staff;
mod start;
mod upgrade;
mod uploads;
mod visitor;
mod walks;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use clap::Parser;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::Value;
use signpost::actions::Surroundings;
use signpost::app::App;
use signpost::config::Config;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// When every test begins: unix milliseconds.
pub(crate) const BEGIN: i64 = 1_800_000_000_000;
/// A day in milliseconds.
pub(crate) const DAY: i64 = 24 * 60 * 60 * 1000;

/// One running server.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) clock: Arc<AtomicI64>,
    pub(crate) folder: TempDir,
    /// Where the first account is made.
    pub(crate) setup: String,
    /// What the start says about the rules.
    pub(crate) news: String,
    pub(crate) owned: AtomicBool,
    client: reqwest::Client,
    stop: Option<oneshot::Sender<()>>,
    serving: JoinHandle<anyhow::Result<()>>,
}

#[derive(Parser)]
#[command(args_override_self = true)]
struct Settings {
    #[command(flatten)]
    config: Config,
}

/// Settings as the command line reads them, with the database in a folder.
pub(crate) fn config(folder: &TempDir, more: &[&str]) -> Config {
    let database = folder.path().join("signpost.db").display().to_string();
    let fixed = ["test", "--listen", "127.0.0.1:0", "--database", &database];
    Settings::parse_from(fixed.iter().chain(more)).config
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), &[]).await
    }

    pub(crate) async fn start_with(folder: TempDir, more: &[&str]) -> Self {
        // A server that starts again with a database gives no name a second time.
        static AGAIN: AtomicU64 = AtomicU64::new(1);
        let begun = if folder.path().join("signpost.db").exists() {
            AGAIN.fetch_add(1, Ordering::SeqCst) << 32
        } else {
            1
        };
        copy_published(&folder).await;
        let clock = Arc::new(AtomicI64::new(BEGIN));
        let count = AtomicU64::new(begun);
        let surroundings = Surroundings {
            clock: Arc::new({
                let clock = clock.clone();
                move || clock.load(Ordering::SeqCst)
            }),
            random: Arc::new(move || {
                u128::from(count.fetch_add(1, Ordering::SeqCst)).to_be_bytes()
            }),
        };
        let app = App::build_with(&config(&folder, more), surroundings)
            .await
            .unwrap();
        let setup = app.setup().unwrap_or_default().to_owned();
        let news = app.news().to_owned();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let shutdown = async {
            let _ = stopped.await;
        };
        Self {
            url,
            clock,
            folder,
            owned: AtomicBool::new(setup.is_empty()),
            setup,
            news,
            client: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            stop: Some(stop),
            serving: tokio::spawn(app.serve(listener, shutdown)),
        }
    }

    /// Stops as a signal does and answers the folder with the database.
    pub(crate) async fn stop(mut self) -> TempDir {
        self.stop.take().unwrap().send(()).unwrap();
        drop(self.client);
        self.serving.await.unwrap().unwrap();
        self.folder
    }

    pub(crate) fn later(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::SeqCst);
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.url))
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path)
            .json(body)
            .send()
            .await
            .unwrap()
    }

    /// Opens a case and answers it.
    pub(crate) async fn open(&self, body: &Value) -> Value {
        json(self.post("/api/v1/cases", body).await, StatusCode::CREATED).await
    }
}

/// Checking the shipped knowledge takes seconds, so a database where it is published is made once and copied.
pub(crate) async fn copy_published(folder: &TempDir) {
    static PUBLISHED: tokio::sync::OnceCell<TempDir> = tokio::sync::OnceCell::const_new();
    let target = folder.path().join("signpost.db");
    if target.exists() {
        return;
    }
    let published = PUBLISHED.get_or_init(async || {
        let folder = tempfile::tempdir().unwrap();
        let surroundings = Surroundings {
            clock: Arc::new(|| BEGIN),
            random: Arc::new(|| [0; 16]),
        };
        let app = App::build_with(&config(&folder, &[]), surroundings)
            .await
            .unwrap();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        app.serve(listener, std::future::ready(())).await.unwrap();
        folder
    });
    std::fs::copy(published.await.path().join("signpost.db"), target).unwrap();
}

/// The body, after the status was checked.
pub(crate) async fn json(response: Response, status: StatusCode) -> Value {
    let (sent, text) = (response.status(), response.text().await.unwrap());
    assert_eq!(sent, status, "{text}");
    serde_json::from_str(&text).unwrap()
}

/// A problem's body, after status and media type were checked.
pub(crate) async fn problem(response: Response, status: u16) -> Value {
    assert_eq!(
        response.headers()["content-type"],
        "application/problem+json"
    );
    let body = json(response, StatusCode::from_u16(status).unwrap()).await;
    assert_eq!(body["status"], status);
    assert!(
        body["type"]
            .as_str()
            .unwrap()
            .starts_with("urn:signpost:problem:")
    );
    body
}
