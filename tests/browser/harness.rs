//! A server of its own on a free port, a browser of its own, and axe.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

const SET_UP: &str = "run ./tests/run, which installs what the browser tests need";

/// One journey: a server with an empty database and a browser window. Both end with it.
pub(crate) struct Journey {
    pub(crate) browser: Client,
    address: String,
    server: Child,
    driver: Child,
    folder: tempfile::TempDir,
}

/// How the window is set up.
#[derive(Clone, Copy)]
pub(crate) struct Window {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scripts: bool,
    pub(crate) dark: bool,
}

impl Window {
    pub(crate) const DESKTOP: Self = Self { width: 1280, height: 900, scripts: true, dark: false };
    pub(crate) const PHONE: Self = Self { width: 390, height: 844, scripts: true, dark: false };
}

impl Journey {
    pub(crate) async fn start(window: Window) -> Self {
        let folder = tempfile::tempdir().expect("a folder for the database and the browser profile");
        let (server, address) = start_server(folder.path());
        let (driver, driver_address) = start_driver();
        let browser = ClientBuilder::new(hyper_connector())
            .capabilities(capabilities(window, folder.path()))
            .connect(&driver_address)
            .await
            .unwrap_or_else(|error| panic!("no browser: {error}; {SET_UP}"));
        browser.set_window_size(window.width, window.height).await.expect("the window can be sized");
        Self { browser, address, server, driver, folder }
    }

    pub(crate) async fn open(&self, path: &str) {
        self.browser.goto(&format!("{}{path}", self.address)).await.expect("the page opens");
    }
}
