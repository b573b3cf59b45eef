//! A mail as a file: its head and its text, and what is attached as files of their own.
//!
//! ```text
//! From: Kim Vogel <kim@contoso.example>
//! Subject: Robot cannot sign in
//! MIME-Version: 1.0
//! Content-Type: multipart/mixed; boundary="b1"
//! ```

use std::fmt::Write;
use std::io::Cursor;

use mail_parser::{Address, Message, MessageParser, MimeHeaders, PartType};

use super::html;
use crate::evidence::inbox::{Inbox, Input, safe_name};
use crate::evidence::limits::Cut;

/// Reads a mail; answers the name of its text.
pub(in crate::evidence) fn read(
    inbox: &mut Inbox,
    name: &str,
    bytes: &[u8],
    depth: usize,
) -> String {
    let Some(mail) = MessageParser::default().parse(bytes) else {
        let text = String::from_utf8_lossy(bytes).into_owned();
        return inbox.add(name, text);
    };
    let name = inbox.add(name, text_of(&mail));
    let ledger = inbox.ledger.clone();
    let (mut number, mut pictures) = (0, 0);
    for part in mail.attachments() {
        number += 1;
        let kind = part.content_type();
        if kind.is_some_and(|kind| kind.ctype().eq_ignore_ascii_case("image")) {
            pictures += 1;
            continue;
        }
        if ledger.ended() == Some(Cut::Whole) || !ledger.take_file() {
            inbox.problem(
                &name,
                "Some of what is attached was left out: it is too much.",
            );
            break;
        }
        let fallback = match &part.body {
            PartType::Message(_) => format!("mail {number}.eml"),
            _ => format!("attachment {number}"),
        };
        let inner = format!(
            "{name}/{}",
            safe_name(part.attachment_name().unwrap_or(&fallback))
        );
        ledger.stop.next_file();
        let contents = match &part.body {
            // Parsed with the mail around it; its own bytes say the same.
            PartType::Message(inner) => inner.raw_message(),
            _ => part.contents(),
        };
        inbox.file(&inner, Input::Whole(&mut Cursor::new(contents)), depth + 1);
    }
    if pictures > 0 {
        let what = format!(
            "Pictures in this mail were not read ({pictures}): Signpost reads text; in a Windows message box Ctrl+C copies its text."
        );
        inbox.problem(&name, what);
    }
    name
}

/// The head as people know it, then the text: plain where there is one, else that of the page.
fn text_of(mail: &Message<'_>) -> String {
    let mut text = String::new();
    let mut line = |key: &str, value: Option<String>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            let _ = writeln!(text, "{key}: {}", value.replace(['\r', '\n'], " "));
        }
    };
    line("From", mail.from().map(people));
    line("To", mail.to().map(people));
    line("Date", mail.date().map(ToString::to_string));
    line("Subject", mail.subject().map(str::to_owned));
    text.push('\n');
    for part in mail.text_bodies() {
        match &part.body {
            PartType::Text(plain) => text.push_str(plain),
            PartType::Html(page) => text.push_str(&html::to_text(page)),
            _ => {}
        }
        if !text.ends_with('\n') {
            text.push('\n');
        }
    }
    text
}

fn people(address: &Address<'_>) -> String {
    let people = address.iter().map(|one| match (one.name(), one.address()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (name, address) => name.or(address).unwrap_or_default().to_owned(),
    });
    people.collect::<Vec<_>>().join(", ")
}
