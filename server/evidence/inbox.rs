//! The texts of a submission under unique names: what is no text is unpacked, turned into text, or said.
//!
//! Content decides what a file is. What a bound cuts is a [`Problem`] that names the file, the reason and what was read.

use std::io::{self, Cursor, Read, SeekFrom};
use std::rc::Rc;

use super::agent_report::unfold;
use super::archive::{gzip, tar, zip};
use super::decode::decode;
use super::documents::{html, mail};
use super::events::evtx::{self, Limits};
use super::first_look::Seen;
use super::limits::{Cut, Ended, Ledger, Metered, Stop, in_words};
use super::names::Names;
use super::redact::Redactor;
use super::sniff::{HEAD, Kind, sniff};
use super::upload::ReadSeek;
use super::{Problem, ReadOptions, Upload};

/// The name of pasted text.
pub(super) const PASTE: &str = "paste";
/// The name of the facts given outright. No file gets it.
pub(super) const FACTS: &str = "facts";

/// So many problems are named; the rest is counted.
const MOST_PROBLEMS: usize = 500;

/// A text that was cut ends with a whole line, where one ends within so many bytes.
const LONGEST_TORN: usize = 64 * 1024;

/// Collects the texts of a submission under unique names.
pub(super) struct Inbox {
    /// Name and text, in the order in which they came.
    pub(super) texts: Vec<(String, String)>,
    /// What the first look at each saw, where it was looked at and is as it was.
    pub(super) seen: Vec<Option<Seen>>,
    problems: Vec<Problem>,
    unnamed: usize,
    names: Names,
    pub(super) ledger: Rc<Ledger>,
}

/// A file that is to be looked at.
pub(super) enum Input<'a> {
    /// One that can be read in any order.
    Whole(&'a mut dyn ReadSeek),
    /// One that comes out of an archive, with the size that the archive says.
    Stream(&'a mut dyn Read, Option<u64>),
}

impl Inbox {
    pub(super) fn new(options: &ReadOptions) -> Self {
        Self {
            texts: Vec::new(),
            seen: Vec::new(),
            problems: Vec::new(),
            unnamed: 0,
            names: Names::new(options.taken.clone()),
            ledger: Rc::new(Ledger::new(options.budget, options.stop.clone())),
        }
    }

    /// Takes uploads in, one after the other.
    pub(super) fn uploads(&mut self, uploads: &[Upload]) {
        for (at, upload) in uploads.iter().enumerate() {
            let name = safe_name(&upload.name);
            let more = uploads.len() - at - 1;
            if self.ledger.ended() == Some(Cut::Whole) {
                self.left_out(&name, more, "reading this submission took too long");
                return;
            }
            if let Some(cut) = &upload.cut {
                self.problem(&name, cut.clone());
                if upload.size() == 0 {
                    continue;
                }
            }
            if !self.ledger.take_file() {
                let files = self.ledger.budget.files;
                let why = format!("of one submission {files} files are read");
                self.left_out(&name, more, &why);
                return;
            }
            self.upload(&name, upload);
        }
    }

    /// A file that was left out, and how many more with it.
    pub(super) fn left_out(&mut self, name: &str, more: usize, why: &str) {
        let what = match more {
            0 => format!("This file was left out: {why}."),
            1 => format!("This file and 1 more were left out: {why}."),
            _ => format!("This file and {more} more were left out: {why}."),
        };
        self.problem(name, what);
    }

    fn upload(&mut self, name: &str, upload: &Upload) {
        self.ledger.stop.next_file();
        match upload.open() {
            Ok(mut reader) => self.file(name, Input::Whole(&mut *reader), 0),
            Err(_) => self.problem(
                name,
                "This file could not be read back on the server: send it once more.",
            ),
        }
    }

    /// Looks at a file that lies in `depth` archives.
    pub(super) fn file(&mut self, name: &str, mut input: Input<'_>, depth: usize) {
        let (head, torn) = input.head();
        if !torn {
            self.sniffed(name, head, input, depth);
        } else if head.is_empty() {
            self.problem(
                name,
                "This file is damaged and was left out: pack it again.",
            );
        } else {
            self.damaged(name, head.len());
            self.sniffed(name, head, Input::Stream(&mut io::empty(), None), depth);
        }
    }

    fn sniffed(&mut self, name: &str, head: Vec<u8>, mut input: Input<'_>, depth: usize) {
        let kind = sniff(&head);
        if kind.is_archive() && depth >= self.ledger.budget.depth {
            let deep = self.ledger.budget.depth;
            let what = format!(
                "This archive was left out: it lies in {deep} others. Unpack it and send its files."
            );
            self.problem(name, what);
            return;
        }
        match kind {
            Kind::Text | Kind::Html | Kind::Mail => self.text(name, kind, head, input, depth),
            Kind::Gzip => {
                let size = input.size();
                let mut packed = head.as_slice().chain(input.reader());
                gzip::read(self, name, &mut packed, size, depth);
            }
            Kind::Tar => {
                let mut packed = head.as_slice().chain(input.reader());
                tar::read(self, name, &mut packed, depth);
            }
            Kind::Zip | Kind::EventLog => self.whole(name, kind, head, input, depth),
            _ => self.problem(name, kind.advice().unwrap_or_default()),
        }
    }

    /// What has to be read in any order is held in memory where it comes out of an archive.
    fn whole(&mut self, name: &str, kind: Kind, head: Vec<u8>, input: Input<'_>, depth: usize) {
        let (rest, size) = match input {
            Input::Whole(reader) => return self.seekable(name, kind, reader, depth),
            Input::Stream(rest, size) => (rest, size),
        };
        let ledger = self.ledger.clone();
        // Half of it, so that an archive in an archive in an archive stays within.
        let most = Ledger::share(ledger.budget.text / 2, size);
        let mut metered = Metered::plain(rest, &ledger)
            .at_most(most.saturating_sub(head.len() as u64), Cut::Text);
        let mut bytes = head;
        if metered.read_to_end(&mut bytes).is_err() {
            self.damaged(name, bytes.len());
        } else if let Some(cut) = metered.cut() {
            self.cut(name, bytes.len() as u64, cut);
        }
        self.seekable(name, kind, &mut Cursor::new(bytes), depth);
    }

    fn seekable(&mut self, name: &str, kind: Kind, reader: &mut dyn ReadSeek, depth: usize) {
        if kind == Kind::Zip {
            zip::read(self, name, reader, depth);
        } else {
            let room = usize::try_from(self.ledger.text_left()).unwrap_or(usize::MAX);
            let limits = Limits::default();
            let limits = Limits {
                text: limits.text.min(room),
                ..limits
            };
            let (text, problems) = evtx::render(reader, limits, &*self.ledger.stop);
            let name = self.add(name, text);
            for what in problems {
                self.problem(&name, what);
            }
        }
    }

    fn text(&mut self, name: &str, kind: Kind, head: Vec<u8>, mut input: Input<'_>, depth: usize) {
        let size = input.size();
        let ledger = self.ledger.clone();
        let most = Ledger::share(ledger.text_left(), size);
        if most == 0 {
            let why = Cut::Text.reason(&ledger.budget);
            self.left_out(name, 0, &why);
            return;
        }
        let mut bytes = head;
        bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        if let Input::Whole(_) = &input {
            // The size of an upload is no claim of somebody's.
            let room = size.unwrap_or_default().min(most);
            bytes.reserve_exact(
                usize::try_from(room)
                    .unwrap_or_default()
                    .saturating_sub(bytes.len()),
            );
        }
        let mut metered =
            Metered::plain(input.reader(), &ledger).at_most(most - bytes.len() as u64, Cut::Text);
        let read = metered.read_to_end(&mut bytes);
        let cut = metered.cut();
        if cut.is_some() || read.is_err() {
            end_with_a_line(&mut bytes);
        }
        let read_bytes = bytes.len();
        let name = self.texts_of(name, kind, bytes, depth);
        if read.is_err() {
            self.damaged(&name, read_bytes);
        }
        if let Some(cut) = cut {
            self.cut(&name, read_bytes as u64, cut);
        }
    }

    /// Keeps what a file says; answers the name under which.
    fn texts_of(&mut self, name: &str, kind: Kind, bytes: Vec<u8>, depth: usize) -> String {
        if kind == Kind::Mail {
            return mail::read(self, name, &bytes, depth);
        }
        let decoded = decode(bytes);
        let (text, missing) = match kind {
            Kind::Html => {
                let page = html::read(&decoded.text);
                (page.text, page.problem)
            }
            _ => (decoded.text, None),
        };
        let name = self.add(name, text);
        let missing = missing.map(str::to_owned);
        for what in decoded.problem.into_iter().chain(missing) {
            self.problem(&name, what);
        }
        name
    }

    /// Keeps a text; answers the name that it got.
    pub(super) fn add(&mut self, name: &str, mut text: String) -> String {
        let left = usize::try_from(self.ledger.text_left()).unwrap_or(usize::MAX);
        let whole = text.len();
        if whole > left {
            text.truncate(text.floor_char_boundary(left));
        }
        let unique = self.names.take(name);
        if text.len() < whole {
            self.cut(&unique, text.len() as u64, Cut::Text);
        }
        self.ledger.take_text(text.len() as u64);
        self.texts.push((unique.clone(), text));
        unique
    }

    /// Replaces what is not to be kept, in texts and in names.
    pub(super) fn redact(&mut self, redactor: &mut Redactor, stop: &dyn Stop) {
        for (name, text) in &self.texts {
            if stop.ended() == Some(Ended::Whole) {
                break;
            }
            redactor.learn(name, text);
        }
        for problem in &self.problems {
            redactor.learn(&problem.source, "");
        }
        for (name, text) in &mut self.texts {
            let clean = redactor.name(name);
            if clean != *name {
                let new = self.names.take(&clean);
                for problem in &mut self.problems {
                    if problem.source == *name {
                        problem.source.clone_from(&new);
                    }
                }
                *name = new;
            }
            let mut seen = None;
            if stop.ended() == Some(Ended::Whole) {
                // What is said of it names it; what is in it is neither looked at nor kept.
                text.clear();
            } else {
                seen = Seen::of(text);
                if let Some(clean) = redactor.text_seen(name, text, seen.as_ref()) {
                    *text = clean;
                    seen = None;
                }
            }
            self.seen.push(seen);
        }
        for problem in &mut self.problems {
            problem.source = redactor.name(&problem.source);
            problem.what = redactor.sentence(&problem.what);
        }
    }

    /// Takes reports apart that carry their outputs within themselves.
    pub(super) fn unfold(&mut self) {
        for (name, text) in std::mem::take(&mut self.texts) {
            let Some(report) = unfold(&text) else {
                self.texts.push((name, text));
                continue;
            };
            let folder = name.rfind('/').map_or("", |slash| &name[..=slash]);
            let folder = folder.to_owned();
            self.texts.push((name, report.index));
            for (file, text) in report.files {
                self.add(&format!("{folder}{}", safe_name(&file)), text);
            }
        }
    }

    /// Says that a file was read up to a point, and why no further.
    pub(super) fn cut(&mut self, name: &str, read: u64, cut: Cut) {
        let why = cut.reason(&self.ledger.budget);
        if read == 0 {
            self.left_out(name, 0, &why);
        } else {
            let what = format!(
                "Only the first {} of this were read: {why}.",
                in_words(read)
            );
            self.problem(name, what);
        }
    }

    fn damaged(&mut self, name: &str, read: usize) {
        let read = in_words(read as u64);
        let what = format!("This file is damaged: only the first {read} of it were read.");
        self.problem(name, what);
    }

    pub(super) fn problem(&mut self, source: &str, what: impl Into<String>) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(Problem {
                source: source.to_owned(),
                line: None,
                what: what.into(),
            });
        } else {
            self.unnamed += 1;
        }
    }

    /// What could not be read.
    pub(super) fn take_problems(&mut self) -> Vec<Problem> {
        let mut problems = std::mem::take(&mut self.problems);
        if self.unnamed > 0 {
            problems.push(Problem {
                source: "submission".to_owned(),
                line: None,
                what: format!("{} more files could not be read.", self.unnamed),
            });
        }
        problems
    }
}

impl Input<'_> {
    /// The first bytes, and whether reading them failed; the reader stands behind them.
    fn head(&mut self) -> (Vec<u8>, bool) {
        let mut head = Vec::with_capacity(HEAD);
        let begun = match self {
            Self::Whole(reader) => reader.rewind(),
            Self::Stream(..) => Ok(()),
        };
        let read = self.reader().take(HEAD as u64).read_to_end(&mut head);
        (head, begun.is_err() || read.is_err())
    }

    fn reader(&mut self) -> &mut dyn Read {
        match self {
            Self::Whole(reader) => *reader,
            Self::Stream(reader, _) => *reader,
        }
    }

    /// How many bytes there are; those of an archive are what it claims.
    fn size(&mut self) -> Option<u64> {
        match self {
            Self::Whole(reader) => {
                let here = reader.stream_position().ok()?;
                let size = reader.seek(SeekFrom::End(0)).ok()?;
                reader.seek(SeekFrom::Start(here)).ok()?;
                Some(size)
            }
            Self::Stream(_, size) => *size,
        }
    }
}

fn end_with_a_line(bytes: &mut Vec<u8>) {
    let from = bytes.len().saturating_sub(LONGEST_TORN);
    let Some(at) = bytes[from..].iter().rposition(|byte| *byte == b'\n') else {
        return;
    };
    // The second byte of the line break in UTF-16.
    let wide = usize::from(bytes.get(from + at + 1) == Some(&0));
    bytes.truncate(from + at + 1 + wide);
}

/// A relative name with `/`; a drive, a root or a way up is dropped, and so are control characters.
pub(super) fn safe_name(name: &str) -> String {
    let name = name.replace('\\', "/");
    let parts = name
        .split('/')
        .map(|part| part.replace(char::is_control, ""))
        .filter(|part| !matches!(part.trim(), "" | "." | "..") && !is_drive(part))
        .collect::<Vec<_>>();
    let name = parts.join("/");
    if name.is_empty() {
        "file".to_owned()
    } else if is_numbered(&name, FACTS) || is_numbered(&name, PASTE) {
        format!("file {name}")
    } else {
        name
    }
}

/// The name of something in an archive, as a source's; `None` where it points out of the archive.
pub(super) fn name_within(archive: &str, path: &str) -> Option<String> {
    let path = path.replace('\\', "/");
    let outside = path.starts_with('/')
        || path.split('/').any(|part| part == "..")
        || path.split('/').next().is_some_and(is_drive);
    (!outside).then(|| format!("{archive}/{}", safe_name(&path)))
}

/// Folders, and what systems leave in archives for themselves.
pub(super) fn is_nothing(path: &str) -> bool {
    let last = path.rsplit(['/', '\\']).next().unwrap_or_default();
    path.starts_with("__MACOSX/") || matches!(last, "" | ".DS_Store" | "Thumbs.db")
}

fn is_drive(part: &str) -> bool {
    part.len() == 2 && part.ends_with(':')
}

/// `facts`, `facts (2)`.
pub(super) fn is_numbered(name: &str, stem: &str) -> bool {
    name.strip_prefix(stem)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(" (") && rest.ends_with(')'))
}
