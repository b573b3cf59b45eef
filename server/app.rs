//! Composition root: open the store, publish and load the rules, build the router, serve until told to stop.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::actions::accounts::setup_link;
use crate::actions::covered::keep_inbox;
use crate::actions::packs::{Coming, Line, coming, propose_pack, taken, waiting};
use crate::actions::publish::{newest_release, publish_imported};
use crate::actions::releases::keep_checking;
use crate::actions::{Caller, Desk, DeskSettings, Patience, Published, Right, Surroundings};
use crate::config::{Config, RedactSetting};
use crate::evidence::archive::Budget;
use crate::evidence::redact::Redact;
use crate::knowledge;
use crate::rules::{PackFiles, Release};
use crate::store::{Actor, Store};
use crate::web::metrics::Metrics;
use crate::web::{self, AppState, Site};

/// How often cases whose time is over are looked for.
const SWEEP: Duration = Duration::from_hours(1);
/// Requests in flight get so long to finish after the signal to stop.
const GRACE: Duration = Duration::from_secs(35);

/// The whole server, ready to serve.
pub struct App {
    router: Router,
    desk: Arc<Desk>,
    news: String,
    setup: Option<String>,
}

impl App {
    /// Builds the server as configured, with the system's clock and randomness.
    pub async fn build(config: &Config) -> anyhow::Result<Self> {
        Self::build_with(config, system()).await
    }

    /// Builds the server as configured, with the clock and randomness given.
    pub async fn build_with(config: &Config, surroundings: Surroundings) -> anyhow::Result<Self> {
        let store = Store::open(&config.database)
            .await
            .with_context(|| format!("{} cannot be used", config.database.display()))?;
        let now = (surroundings.clock)();
        store.release_unfinished_keys().await?;
        let published = publish(&store, config.knowledge.as_deref(), now).await?;
        let Some(release) = newest_release(&store, now).await? else {
            bail!("the database holds no release");
        };
        let news = news(&published, config.knowledge.as_deref(), release.rules.len());
        let desk = Arc::new(Desk::new(
            store,
            release,
            desk_settings(config),
            surroundings,
        ));
        desk.store.sweep(now).await?;
        desk.sweep_sessions().await?;
        desk.load_house().await?;
        let setup = setup_link(&desk).await?;
        let metrics = Arc::new(Metrics::default());
        let told = metrics.clone();
        desk.watch(Box::new(move |stage, seconds| told.stage(stage, seconds)));
        let state = AppState {
            desk: desk.clone(),
            metrics,
            site: Arc::new(site(config)),
        };
        Ok(Self {
            router: web::router(state),
            desk,
            news,
            setup: setup.map(|secret| web::paths::setup(&secret)),
        })
    }

    /// What the start has to say about the rules.
    pub fn news(&self) -> &str {
        &self.news
    }

    /// Where the first account is made, below the server's address, while there is none. Whoever knows it can make it.
    pub fn setup(&self) -> Option<&str> {
        self.setup.as_deref()
    }

    /// Serves until `shutdown`, then finishes the requests in flight and closes the database.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> anyhow::Result<()> {
        let sweeper = tokio::spawn(sweep(self.desk.clone()));
        let checker = tokio::spawn(keep_checking(self.desk.clone()));
        let inbox = tokio::spawn(keep_inbox(self.desk.clone()));
        let (stopping, mut stopped) = tokio::sync::watch::channel(());
        let signal = async move {
            shutdown.await;
            stopping.send_replace(());
        };
        let service = self
            .router
            .into_make_service_with_connect_info::<SocketAddr>();
        let serving = axum::serve(listener, service).with_graceful_shutdown(signal);
        let overdue = async move {
            if stopped.changed().await.is_ok() {
                tokio::time::sleep(GRACE).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let served = tokio::select! {
            served = std::future::IntoFuture::into_future(serving) => served,
            () = overdue => Ok(()),
        };
        sweeper.abort();
        checker.abort();
        inbox.abort();
        self.desk.store.close().await;
        Ok(served?)
    }
}

/// What deeds in a shell on the server are done with: the database of a server that may be running, and every right. It
/// knows no rules.
pub async fn desk_of_shell(database: &Path) -> anyhow::Result<(Desk, Caller)> {
    let store = Store::open(database).await?;
    let (release, _) = Release::compile(0, 0, PackFiles::default());
    let settings = DeskSettings {
        case_days: 0,
        budget: Budget::default(),
        patience: Patience {
            file: Duration::from_secs(10),
            whole: Duration::from_secs(20),
        },
        readers: 1,
        redact: Redact::Secrets,
        names_key: database.with_extension("key"),
    };
    let caller = Caller {
        actor: Actor::shell(),
        rights: vec![Right::Admin, Right::Edit, Right::ReadDrafts, Right::Publish],
    };
    let desk = Desk::new(store, Arc::new(release), settings, system());
    Ok((desk, caller))
}

/// The system's clock and randomness: their one home.
#[expect(clippy::missing_panics_doc, reason = "only without randomness")]
pub fn system() -> Surroundings {
    Surroundings {
        clock: Arc::new(|| {
            #[expect(clippy::disallowed_methods, reason = "the clock's one home")]
            let now = jiff::Timestamp::now();
            now.as_millisecond()
        }),
        random: Arc::new(|| {
            let mut bytes = [0; 16];
            #[expect(
                clippy::expect_used,
                reason = "without randomness no case could have a name that nobody guesses"
            )]
            getrandom::fill(&mut bytes).expect("the system gives random bytes");
            bytes
        }),
    }
}

/// A pack that came, with the program or in the folder that was named, is published while nobody changed a rule here, else
/// proposed. The linter is asked before a folder's; the shipped pack has passed it in the tests.
async fn publish(store: &Store, folder: Option<&Path>, now: i64) -> anyhow::Result<Published> {
    let shipped = knowledge::read(knowledge::shipped())?;
    let (line, texts) = match folder {
        None => (Line::Shipped, None),
        Some(folder) => (Line::Folder, Some(knowledge::from_folder(folder)?)),
    };
    let files = match &texts {
        None => shipped.clone(),
        Some(texts) => knowledge::read(texts.clone())?,
    };
    match coming(store, line, &files, now).await? {
        Coming::Here(number) => Ok(Published::Already(number)),
        Coming::Stays(release) => Ok(match waiting(store, line).await? {
            Some(proposal) => Published::Proposed { release, proposal },
            None => Published::KeptOurs(release),
        }),
        Coming::Nothing { release, what } => Ok(Published::NothingNew { release, what }),
        Coming::Publish => {
            if let Some(texts) = texts {
                knowledge::checked(texts)?;
            }
            let published = publish_imported(store, &files, &shipped, now).await?;
            taken(store, line, &files, now).await?;
            Ok(published)
        }
        Coming::Propose(proposing) => {
            let title = match folder {
                None => concat!(
                    "Upgrade to the knowledge of version ",
                    env!("CARGO_PKG_VERSION")
                )
                .to_owned(),
                Some(folder) => format!("Upgrade to the knowledge in {}", folder.display()),
            };
            let proposal = propose_pack(store, line, &files, &title, &proposing, now).await?;
            let release = store.newest_release().await?;
            Ok(Published::Proposed { release, proposal })
        }
    }
}

fn news(published: &Published, folder: Option<&Path>, rules: usize) -> String {
    match (published, folder) {
        (Published::New(number), None) => {
            format!("published the shipped knowledge as release {number}: {rules} rules")
        }
        (Published::New(number), Some(folder)) => {
            format!(
                "published {} as release {number}: {rules} rules",
                folder.display()
            )
        }
        (Published::Already(number), _) => format!("release {number}: {rules} rules"),
        (Published::KeptOurs(number), None) => format!(
            "release {number}, made or imported here, stays: {rules} rules; the shipped knowledge was not published"
        ),
        (Published::NothingNew { release, what }, _) => format!(
            "release {release}, changed here, stays: {rules} rules; the new version has nothing to propose. {what}"
        ),
        (Published::Proposed { release, proposal }, _) => format!(
            "release {release}, changed here, stays: {rules} rules; proposal {proposal} brings the new version, see {}",
            web::paths::admin_proposal(*proposal)
        ),
        (Published::KeptOurs(number), Some(folder)) => format!(
            "release {number}, made here, stays: {rules} rules; {} was not published",
            folder.display()
        ),
    }
}

fn desk_settings(config: &Config) -> DeskSettings {
    let cores = std::thread::available_parallelism().map_or(2, usize::from);
    DeskSettings {
        case_days: config.case_days,
        budget: Budget {
            files: config.files as usize,
            bytes: u64::from(config.unpacked_mib) * 1024 * 1024,
            text: u64::from(config.text_mib) * 1024 * 1024,
            ratio: u64::from(config.unpack_ratio),
            depth: config.nesting as usize,
        },
        patience: Patience {
            file: Duration::from_secs(config.file_seconds.into()),
            whole: Duration::from_secs(config.read_seconds.into()),
        },
        readers: cores,
        redact: match config.redact {
            RedactSetting::Secrets => Redact::Secrets,
            RedactSetting::People => Redact::People,
        },
        names_key: config.names_key(),
    }
}

fn site(config: &Config) -> Site {
    Site {
        loopback: config.listen.ip().is_loopback(),
        anonymous: config.open_to_all(),
        public_url: config.public_url.clone(),
        trusted_proxies: config.trusted_proxies.clone(),
        paste_limit: config.paste_kib as usize * 1024,
        upload_limit: config.upload_mib as usize * 1024 * 1024,
        file_limit: config.files as usize,
        uploads: Arc::new(Semaphore::new(web::UPLOADS)),
    }
}

async fn sweep(desk: Arc<Desk>) {
    loop {
        tokio::time::sleep(SWEEP).await;
        match desk.store.sweep(desk.now()).await {
            Ok(0) => {}
            Ok(gone) => tracing::info!(gone, "cases past their time were deleted"),
            Err(error) => tracing::error!(%error, "cases past their time could not be deleted"),
        }
        if let Err(error) = desk.sweep_sessions().await {
            tracing::error!(%error, "sessions that are over could not be forgotten");
        }
        if let Err(error) = desk.load_house().await {
            tracing::error!(%error, "the settings of the house could not be read");
        }
        if let Err(error) = desk.refresh().await {
            tracing::error!(%error, "the newest release could not be loaded");
        }
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App")
            .field("news", &self.news)
            .finish_non_exhaustive()
    }
}
