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

use mail_parser::{Address, Encoding, Message, MessageParser, MessagePart, MimeHeaders, PartType};

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
        let name = inbox.add(name, text);
        inbox.problem(
            &name,
            "This mail could not be read as one: it was read as it stands.",
        );
        return name;
    };
    let text = text_of(&mail);
    let lost = lost(&mail, bytes, &text);
    let name = inbox.add(name, text);
    for what in lost {
        inbox.problem(&name, what);
    }
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

/// What is missing in a mail or damaged, a sentence each. A mail that is attached is read, and asked, by itself.
fn lost(mail: &Message<'_>, bytes: &[u8], text: &str) -> Vec<String> {
    let mut lost = Vec::new();
    let is_open = mail.parts.iter().any(|part| {
        let kind = part
            .content_type()
            .filter(|kind| kind.ctype() == "multipart");
        kind.and_then(|kind| kind.attribute("boundary"))
            .is_some_and(|boundary| {
                let end = format!("--{boundary}--");
                memchr::memmem::find(bytes, end.as_bytes()).is_none()
            })
    });
    if is_open {
        let what = "This mail is cut off or damaged, as the end of its parts is missing: what stands before it was read. Save the mail once more.";
        lost.push(what.to_owned());
    }
    for part in &mail.parts {
        if part.is_encoding_problem && !is_open || is_torn_base64(part, bytes) {
            let what = part.attachment_name().map_or_else(
                || "A part of this mail".to_owned(),
                |name| format!("\u{201c}{}\u{201d} in this mail", safe_name(name)),
            );
            lost.push(format!(
                "{what} is damaged: what could be read of it was read. Save the mail once more."
            ));
        }
        if let PartType::Html(page) = &part.body
            && let Some(what) = html::read(page).problem
        {
            lost.push(what.to_owned());
        }
    }
    if text.contains('\u{fffd}') && memchr::memmem::find(bytes, "\u{fffd}".as_bytes()).is_none() {
        lost.push(
            "Some letters of this mail could not be read; they are shown as \u{fffd}.".to_owned(),
        );
    }
    if mail.attachments().next().is_none() && mail.text_bodies().next().is_none() {
        lost.push("This mail holds no text.".to_owned());
    }
    lost
}

/// Whether something stands in base64 that does not belong there, or not all of it is there.
fn is_torn_base64(part: &MessagePart<'_>, bytes: &[u8]) -> bool {
    if part.encoding != Encoding::Base64 {
        return false;
    }
    let range = part.offset_body as usize..part.offset_end as usize;
    let letters = bytes.get(range).unwrap_or_default().iter();
    let mut letters = letters.filter(|byte| !byte.is_ascii_whitespace());
    let mut count = 0_usize;
    let is_foreign = letters.any(|byte| {
        count += 1;
        !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
    });
    is_foreign || !count.is_multiple_of(4)
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
            PartType::Html(page) => text.push_str(&html::read(page).text),
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
