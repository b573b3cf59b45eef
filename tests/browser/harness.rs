//! A server of its own on a free port, a browser of its own, and axe.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};
use signpost::store::Store;

use crate::demo_pack;
use crate::programs::{start_driver, start_server};

pub(crate) const SET_UP: &str = "run ./tests/run, which installs what the browser tests need";

/// How long a page may take on a slow machine; nothing waits longer than it must.
const WAIT: Duration = Duration::from_secs(20);

/// One journey: a server with an empty database and a browser window. Both end with it.
pub(crate) struct Journey {
    pub(crate) browser: Client,
    session: String,
    driver_address: String,
    address: String,
    /// Where the first account is made.
    setup: String,
    server: Child,
    driver: Child,
    folder: tempfile::TempDir,
}

/// How the window is set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) scripts: bool,
    pub(crate) dark: bool,
}

impl Window {
    pub(crate) const DESKTOP: Self = Self {
        width: 1280,
        height: 900,
        scripts: true,
        dark: false,
    };
    pub(crate) const PHONE: Self = Self {
        width: 390,
        height: 844,
        scripts: true,
        dark: false,
    };
    pub(crate) const DARK: Self = Self {
        width: 1280,
        height: 900,
        scripts: true,
        dark: true,
    };
    pub(crate) const NO_SCRIPTS: Self = Self {
        width: 1280,
        height: 900,
        scripts: false,
        dark: false,
    };
}

impl Journey {
    pub(crate) async fn start(window: Window) -> Self {
        Self::start_in(tempdir(), window, &[]).await
    }

    /// The same with a pack of two rules, which is checked in a moment.
    pub(crate) async fn start_small(window: Window) -> Self {
        let folder = tempdir();
        let pack = demo_pack::write(folder.path()).display().to_string();
        Self::start_in(folder, window, &["--knowledge", &pack]).await
    }

    async fn start_in(folder: tempfile::TempDir, window: Window, more: &[&str]) -> Self {
        let (server, address, setup) = start_server(folder.path(), more);
        let (driver, driver_address) = start_driver();
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let browser = ClientBuilder::new(connector)
            .capabilities(capabilities(window, folder.path()))
            .connect(&format!("http://{driver_address}"))
            .await
            .unwrap_or_else(|error| panic!("no browser: {error}; {SET_UP}"));
        let session = browser.session_id().await;
        let session = session.ok().flatten().expect("a session has an id");
        Self {
            browser,
            session,
            driver_address,
            address,
            setup,
            server,
            driver,
            folder,
        }
    }

    /// The server's database, for what only others do or time does.
    pub(crate) async fn store(&self) -> Store {
        let store = Store::open(&self.folder.path().join("signpost.db")).await;
        store.expect("the database opens")
    }

    pub(crate) async fn open(&self, path: &str) {
        self.browser
            .goto(&format!("{}{path}", self.address))
            .await
            .expect("the page opens");
    }

    /// Makes the first account, which has every role, and signs in with it.
    pub(crate) async fn sign_up(&self) {
        self.browser
            .goto(&self.setup)
            .await
            .expect("the page opens");
        self.type_into("#name", "owner").await;
        for field in ["#password", "#again"] {
            self.type_into(field, "plain horse under a bridge").await;
        }
        self.press_in("main form button[type=submit]").await;
        self.find("a[href='/account']").await;
    }

    /// The path of the page that is open.
    pub(crate) async fn path(&self) -> String {
        self.browser
            .current_url()
            .await
            .expect("there is a page")
            .path()
            .to_owned()
    }

    /// Waits for an element; the wait ends by itself and says what was sought.
    pub(crate) async fn find(&self, css: &str) -> Element {
        let found = self
            .browser
            .wait()
            .at_most(WAIT)
            .for_element(Locator::Css(css))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!(
                "no `{css}` on {}: {error}\n{}",
                self.path().await,
                self.text().await
            ),
        }
    }

    /// The link or button with these words.
    pub(crate) async fn control(&self, words: &str) -> Element {
        let xpath = format!(
            "//*[self::a or self::button or self::summary or self::label][contains(normalize-space(.), \"{words}\") or contains(@aria-label, \"{words}\")]"
        );
        let found = self
            .browser
            .wait()
            .at_most(WAIT)
            .for_element(Locator::XPath(&xpath))
            .await;
        match found {
            Ok(element) => element,
            Err(error) => panic!(
                "no control `{words}` on {}: {error}\n{}",
                self.path().await,
                self.text().await
            ),
        }
    }

    pub(crate) async fn press(&self, words: &str) {
        self.control(words)
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("`{words}` cannot be pressed: {error}"));
    }

    /// Presses what a selector names, where words would name several.
    pub(crate) async fn press_in(&self, css: &str) {
        self.find(css)
            .await
            .click()
            .await
            .unwrap_or_else(|error| panic!("`{css}` cannot be pressed: {error}"));
    }

    /// The same, and waits until another page has come: who goes on at once may be overtaken by it.
    pub(crate) async fn leave_by(&self, css: &str) {
        let mark = "document.body.classList.add('left');";
        let marked = self.browser.execute(mark, Vec::new()).await;
        marked.expect("the page takes a mark");
        self.press_in(css).await;
        self.gone(".left").await;
    }

    /// Presses a key on whatever has the focus.
    pub(crate) async fn press_key(&self, key: Key) {
        let focused = self
            .browser
            .active_element()
            .await
            .expect("something has the focus");
        focused
            .send_keys(&char::from(key).to_string())
            .await
            .expect("the key arrives");
    }

    /// Moves the focus on with Tab until it is on what the selector names.
    pub(crate) async fn tab_to(&self, css: &str) {
        let at_goal = format!("return document.activeElement.matches({});", json!(css));
        for _ in 0..100 {
            let there = self
                .browser
                .execute(&at_goal, Vec::new())
                .await
                .expect("the focus can be asked for");
            if there == json!(true) {
                return;
            }
            self.press_key(Key::Tab).await;
        }
        panic!("Tab never comes to `{css}` on {}", self.path().await);
    }

    /// Waits until nothing on the page is named by the selector.
    pub(crate) async fn gone(&self, css: &str) {
        let gone = format!(
            "//html[not(//*[contains(concat(' ', @class, ' '), ' {} ')])]",
            css.trim_start_matches('.')
        );
        let found = self
            .browser
            .wait()
            .at_most(WAIT)
            .for_element(Locator::XPath(&gone))
            .await;
        assert!(found.is_ok(), "`{css}` is still on {}", self.path().await);
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        self.find(css)
            .await
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("cannot type into `{css}`: {error}"));
    }

    /// The visible text of the page.
    pub(crate) async fn text(&self) -> String {
        let body = self
            .browser
            .find(Locator::Css("body"))
            .await
            .expect("a page has a body");
        body.text().await.expect("a body has a text")
    }

    /// Waits until the page shows these words.
    pub(crate) async fn shows(&self, words: &str) {
        let xpath = format!("//body[contains(normalize-space(.), \"{words}\")]");
        let found = self
            .browser
            .wait()
            .at_most(WAIT)
            .for_element(Locator::XPath(&xpath))
            .await;
        assert!(
            found.is_ok(),
            "`{words}` is not shown on {}:\n{}",
            self.path().await,
            self.text().await
        );
    }

    /// Fails with what axe finds on the open page.
    pub(crate) async fn is_accessible(&self, name: &str) {
        let axe = std::fs::read_to_string(axe_path())
            .unwrap_or_else(|_| panic!("axe-core is missing; {SET_UP}"));
        self.browser
            .execute(&axe, Vec::new())
            .await
            .expect("axe can be loaded");
        let run = "const done = arguments[arguments.length - 1]; axe.run().then(r => done({ passed: r.passes.length, violations: r.violations.map(v => \
                   v.id + ': ' + v.help + ' ' + v.nodes.map(n => n.target.join(' ') + ' ' + (n.failureSummary || '')).join(' | ')) }));";
        let result = self
            .browser
            .execute_async(run, Vec::new())
            .await
            .expect("axe runs");
        assert!(
            result["passed"].as_u64().is_some_and(|passed| passed > 10),
            "axe looked at nothing on {name}"
        );
        let violations = result["violations"].as_array().cloned().unwrap_or_default();
        let list = violations
            .iter()
            .filter_map(Value::as_str)
            .collect::<Vec<_>>();
        assert!(list.is_empty(), "{name}:\n{}", list.join("\n"));
    }

    /// Fails when the page is wider than the window: then a phone's reader has to scroll sideways.
    pub(crate) async fn fits_the_width(&self, name: &str) {
        let script =
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth;";
        let over = self
            .browser
            .execute(script, Vec::new())
            .await
            .expect("the width can be asked for");
        assert!(
            over.as_i64().is_some_and(|over| over <= 0),
            "{name} is {over} pixels wider than the window"
        );
    }
}

impl Drop for Journey {
    /// Also after a failure: the driver closes its browser when its session ends, and leaves it behind when it is killed.
    fn drop(&mut self) {
        let _ = self.end_session();
        for child in [&mut self.driver, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Journey {
    /// Lets the browser send so many bytes a second and no more.
    pub(crate) fn slow_uploads(&self, bytes: u32) {
        let body = json!({ "network_conditions": {
            "offline": false, "latency": 0, "upload_throughput": bytes, "download_throughput": 100_000_000
        }});
        self.tell("chromium/network_conditions", &body);
    }

    /// Drops files and folders where the selector points, as a person does who drags them out of a folder's window.
    pub(crate) async fn drop_on(&self, css: &str, paths: &[PathBuf]) {
        let place = format!(
            "const box = document.querySelector({}).getBoundingClientRect(); return [box.x + 20, box.y + 20];",
            json!(css)
        );
        let place = self.browser.execute(&place, Vec::new()).await;
        let place = place.expect("the place is on the page");
        for kind in ["dragEnter", "dragOver", "drop"] {
            let params = json!({ "type": kind, "x": place[0], "y": place[1],
                "data": { "items": [], "files": paths, "dragOperationsMask": 1 } });
            let body = json!({ "cmd": "Input.dispatchDragEvent", "params": params });
            self.tell("goog/cdp/execute", &body);
        }
    }

    /// Waits until a condition of the page holds.
    pub(crate) async fn holds(&self, condition: &str) {
        let script = format!(
            "const done = arguments[arguments.length - 1]; const look = () => {{ if ({condition}) done(true); else requestAnimationFrame(look); }}; look();"
        );
        let held = self.browser.execute_async(&script, Vec::new()).await;
        assert!(held.is_ok(), "never: {condition}, on {}", self.path().await);
    }

    /// What fantoccini has no words for.
    fn tell(&self, what: &str, body: &Value) {
        let body = body.to_string();
        let mut driver = TcpStream::connect(&self.driver_address).expect("the driver listens");
        driver.set_read_timeout(Some(WAIT)).expect("a time");
        write!(
            driver,
            "POST /session/{}/{what} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
            self.session, self.driver_address, body.len()
        )
        .expect("the driver takes it");
        let mut answer = [0; 64];
        let read = driver.read(&mut answer).expect("the driver answers");
        let answer = String::from_utf8_lossy(&answer[..read]);
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn end_session(&self) -> std::io::Result<()> {
        let mut driver = TcpStream::connect(&self.driver_address)?;
        driver.set_read_timeout(Some(WAIT))?;
        write!(
            driver,
            "DELETE /session/{} HTTP/1.1\r\nHost: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            self.session, self.driver_address
        )?;
        // The answer comes when the browser is gone; the driver keeps the connection open behind it.
        driver.read(&mut [0; 64]).map(drop)
    }
}

fn tempdir() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the database and the browser profile")
}

fn axe_path() -> PathBuf {
    let tools = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-tools");
    let entries = std::fs::read_dir(tools).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "js"))
        .unwrap_or_default()
}

fn capabilities(window: Window, folder: &Path) -> Capabilities {
    let mut args = vec![
        "--headless=new".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-dev-shm-usage".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        // A page that still scrolls smoothly moves away under the pointer.
        "--force-prefers-reduced-motion".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        format!("--window-size={},{}", window.width, window.height),
        format!("--user-data-dir={}", folder.join("profile").display()),
    ];
    if window.dark {
        args.push("--blink-settings=preferredColorScheme=0".to_owned());
    }
    let mut options = json!({ "args": args });
    if window.width < 500 {
        // A window of Chromium cannot be this narrow; emulation can.
        options["mobileEmulation"] = json!({ "deviceMetrics": { "width": window.width, "height": window.height, "pixelRatio": 1.0, "touch": false } });
    }
    if !window.scripts {
        options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
    }
    let mut capabilities = Capabilities::new();
    capabilities.insert("goog:chromeOptions".to_owned(), options);
    capabilities
}
