//! What every handler may ask for.

use std::net::IpAddr;
use std::sync::Arc;

use super::metrics::Metrics;
use crate::actions::Desk;

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
}
