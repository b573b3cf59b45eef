//! What every handler may ask for.

use std::net::IpAddr;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::metrics::Metrics;
use crate::actions::Desk;

const MIB: usize = 1024 * 1024;

/// The state of the router. Cloning is cheap.
#[derive(Clone)]
pub struct AppState {
    /// Everything that can be done.
    pub desk: Arc<Desk>,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// How this server is reached and what it accepts.
    pub site: Arc<Site>,
}

/// How this server is reached and what it accepts.
#[derive(Debug, Clone)]
pub struct Site {
    /// Listens on a loopback address alone.
    pub loopback: bool,
    /// Everyone who reaches this server may diagnose and work on cases whose link they have.
    pub anonymous: bool,
    /// The address that people use, without a final slash; links in messages begin with it.
    pub public_url: Option<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// A paste holds at most so many bytes.
    pub paste_limit: usize,
    /// An upload holds at most so many bytes.
    pub upload_limit: usize,
    /// An upload holds at most so many files.
    pub file_limit: usize,
    /// Large uploads that may lie in temporary files at a time.
    pub uploads: Arc<Semaphore>,
}

/// So many large uploads lie in temporary files at a time.
pub const UPLOADS: usize = 32;

impl Site {
    /// Whether people reach it over https.
    pub fn is_secure(&self) -> bool {
        let url = self.public_url.as_deref();
        url.is_some_and(|url| url.starts_with("https://"))
    }

    /// A form with files holds at most so many bytes. Of an upload that is over its limit the part within is read, so
    /// that the rest has to come and go.
    pub fn form_limit(&self) -> usize {
        self.upload_limit.saturating_mul(4).saturating_add(MIB)
    }

    /// Any other body holds at most so many bytes: escapes make a form or JSON longer than the text in it.
    pub fn body_limit(&self) -> usize {
        self.paste_limit.saturating_mul(4)
    }
}
