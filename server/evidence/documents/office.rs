//! Word and Excel files (ECMA-376): zips of XML. Text alone is taken; no entity is expanded, nothing is fetched.
//!
//! ```xml
//! <w:p><w:r><w:t>The run failed: </w:t></w:r><w:r><w:t>0xC000015B</w:t></w:r></w:p>
//! ```

use std::collections::BTreeMap;
use std::io::{BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::Event;

use super::sheet;
use crate::evidence::archive::zip::Zip;
use crate::evidence::inbox::Inbox;
use crate::evidence::limits::{Cut, Metered, in_words};

/// XML that is read as it comes.
pub(super) type Xml<'a> = Reader<BufReader<&'a mut dyn Read>>;

/// The parts of a Word file that hold text, in reading order, and what they are to its reader.
const WORD_PARTS: [(&str, &str); 4] = [
    ("word/document.xml", "The text of this document"),
    ("word/footnotes.xml", "The part with the footnotes"),
    ("word/endnotes.xml", "The part with the endnotes"),
    ("word/comments.xml", "The part with the comments"),
];
const WHAT_TO_DO: &str = "save the document once more, or copy its text and paste it.";

/// Why a part was not read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// No more was wanted.
    Cut(Cut),
    /// It is no XML from here on, or ends too early.
    Damaged,
}

/// How a part was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// It is not there.
    Missing,
    /// Not all of it could be read, which was said.
    InPart,
    /// All of it was read.
    Whole,
}

/// The paragraphs of a Word file, one a line; cells of a table apart by tabs.
pub(in crate::evidence) fn word(inbox: &mut Inbox, name: &str, archive: &mut Zip<'_, '_>) {
    let mut targets = BTreeMap::new();
    let links = ("word/_rels/document.xml.rels", "The list of its parts");
    with_part(inbox, name, archive, links, &mut |xml| {
        sheet::targets(xml, "word/", &mut targets)
    });
    let mut text = String::new();
    let mut is_whole = true;
    for (part, what) in WORD_PARTS {
        let most = most(inbox).saturating_sub(text.len());
        let found = with_part(inbox, name, archive, (part, what), &mut |xml| {
            paragraphs(xml, &mut text, most)
        });
        is_whole &= found != Found::InPart;
        if found == Found::Missing && targets.values().any(|target| target == part) {
            inbox.problem(name, missing(what));
        }
    }
    if is_whole && text.trim().is_empty() {
        inbox.problem(name, "This document holds no text.");
    }
    inbox.add(name, text);
    say_unread(inbox, name, archive, "word/");
}

/// The sheets of an Excel file, each a source: a row a line, cells apart by tabs.
pub(in crate::evidence) fn excel(inbox: &mut Inbox, name: &str, archive: &mut Zip<'_, '_>) {
    let mut shared = Vec::new();
    let most_text = most(inbox);
    let texts = (
        "xl/sharedStrings.xml",
        "The part with the words of its cells",
    );
    let words = with_part(inbox, name, archive, texts, &mut |xml| {
        sheet::shared_texts(xml, &mut shared, most_text)
    });
    let mut has_text = false;
    let sheets = sheets(inbox, name, archive);
    let is_none = sheets.is_empty();
    for (part, title) in sheets {
        let mut text = String::new();
        let mut wordless = 0;
        let most = most(inbox);
        let what = format!("The sheet \u{201c}{title}\u{201d}");
        let found = with_part(inbox, name, archive, (&part, &what), &mut |xml| {
            sheet::rows(xml, &shared, &mut text, &mut wordless, most)
        });
        if found == Found::Missing {
            inbox.problem(name, missing(&what));
        }
        if wordless > 0 {
            let why = match words {
                Found::Missing => "are missing in this file",
                _ => "could not be read",
            };
            let cells = if wordless == 1 {
                "1 cell"
            } else {
                &format!("{wordless} cells")
            };
            let said = format!(
                "{what} lacks the words of {cells}: they {why}. What else it holds was read."
            );
            inbox.problem(name, said);
        }
        has_text |= found == Found::InPart || wordless > 0;
        if !text.trim().is_empty() {
            has_text = true;
            if !inbox.ledger.take_file() {
                inbox.problem(name, "Further sheets in it were left out: it is too much.");
                return;
            }
            inbox.add(&format!("{name}/{title}"), text);
        }
    }
    if is_none {
        inbox.problem(
            name,
            format!("No sheet was found in this file: {WHAT_TO_DO}"),
        );
    } else if !has_text {
        inbox.problem(name, "The sheets of this file hold no text.");
    }
    say_unread(inbox, name, archive, "xl/");
}

/// The parts that hold a sheet, and their titles: those that the workbook names, in its order, and what it does not name.
fn sheets(inbox: &mut Inbox, name: &str, archive: &mut Zip<'_, '_>) -> Vec<(String, String)> {
    let mut titles = Vec::new();
    let book = ("xl/workbook.xml", "The list of its sheets");
    with_part(inbox, name, archive, book, &mut |xml| {
        sheet::titles(xml, &mut titles)
    });
    let mut targets = BTreeMap::new();
    let links = ("xl/_rels/workbook.xml.rels", "The list of its parts");
    with_part(inbox, name, archive, links, &mut |xml| {
        sheet::targets(xml, "xl/", &mut targets)
    });
    let numbered = titles.into_iter().enumerate().map(|(at, title)| {
        let part = title.link.and_then(|link| targets.remove(&link));
        let part = part.unwrap_or_else(|| format!("{SHEETS}sheet{}.xml", at + 1));
        (part, title.name)
    });
    // Sheets of charts and macros hold no cells.
    let mut sheets = numbered
        .filter(|(part, _)| part.starts_with(SHEETS))
        .collect::<Vec<_>>();
    let mut others = archive
        .file_names()
        .flatten()
        .filter_map(|part| {
            let title = part.strip_prefix(SHEETS)?.strip_suffix(".xml")?;
            let is_known = title.contains('/') || sheets.iter().any(|(known, _)| *known == *part);
            (!is_known).then(|| (title.len(), part.to_string(), title.to_owned()))
        })
        .collect::<Vec<_>>();
    others.sort();
    let others = others.into_iter();
    sheets.extend(others.map(|(_, part, title)| (part, title)));
    sheets
}

/// Where the sheets of an Excel file lie in it.
const SHEETS: &str = "xl/worksheets/";

/// Says what lies in a document besides its text.
fn say_unread(inbox: &mut Inbox, name: &str, archive: &Zip<'_, '_>, folder: &str) {
    let count = |below: &str| {
        let lead = format!("{folder}{below}/");
        let files = archive.file_names_raw();
        let inside = files.filter(|file| file.starts_with(lead.as_bytes()));
        inside.filter(|file| !file.ends_with(b"/")).count()
    };
    let pictures = count("media");
    if pictures > 0 {
        let what = format!(
            "Pictures in this document were not read ({pictures}): Signpost reads text; in a Windows message box Ctrl+C copies its text."
        );
        inbox.problem(name, what);
    }
    let files = count("embeddings");
    if files > 0 {
        let what = format!(
            "Files inside this document were not read ({files}): open them there, and send them on their own."
        );
        inbox.problem(name, what);
    }
}

/// How many bytes of text may still be kept.
fn most(inbox: &Inbox) -> usize {
    usize::try_from(inbox.ledger.text_left()).unwrap_or(usize::MAX)
}

/// Reads one part, which has a name and is something to its reader, where it is there. What is not read of it is said.
fn with_part(
    inbox: &mut Inbox,
    name: &str,
    archive: &mut Zip<'_, '_>,
    (part, what): (&str, &str),
    read: &mut dyn FnMut(&mut Xml<'_>) -> Result<(), End>,
) -> Found {
    let Some(index) = archive.index_for_name(part) else {
        return Found::Missing;
    };
    let ledger = inbox.ledger.clone();
    let Ok(mut file) = archive.by_index(index) else {
        let what = format!("{what} could not be read, as it is damaged or encrypted: {WHAT_TO_DO}");
        inbox.problem(name, what);
        return Found::InPart;
    };
    let (packed, size) = (file.compressed_size(), file.size());
    // One element may hold a whole part, so that a part is no larger than the text that may be kept.
    let left = ledger.text_left();
    let mut unpacked = Metered::unpacked(&mut file, &ledger, Some(packed)).at_most(left, Cut::Text);
    let (done, place) = {
        let stream: &mut dyn Read = &mut unpacked;
        let mut xml = Reader::from_reader(BufReader::new(stream));
        xml.config_mut().check_end_names = false;
        (read(&mut xml), xml.buffer_position())
    };
    let count = unpacked.count();
    match (unpacked.cut(), done) {
        (Some(cut), _) | (None, Err(End::Cut(cut))) => inbox.cut(name, count, cut),
        (None, Err(End::Damaged)) => inbox.problem(name, damaged(what, place, size)),
        (None, Ok(())) => return Found::Whole,
    }
    Found::InPart
}

fn missing(what: &str) -> String {
    format!(
        "{what} is missing in this file: what else it holds was read. To have all, {WHAT_TO_DO}"
    )
}

/// What is lost of a part that was read up to a place.
fn damaged(what: &str, place: u64, size: u64) -> String {
    if place == 0 {
        format!("{what} could not be read, as it is damaged: {WHAT_TO_DO}")
    } else if place < size {
        let (read, size) = (in_words(place), in_words(size));
        format!(
            "{what} is damaged: only the first {read} of its {size} were read. To have all, {WHAT_TO_DO}"
        )
    } else {
        format!(
            "{what} is damaged: what was read of it may be wrong or not all. To be sure, {WHAT_TO_DO}"
        )
    }
}

/// Walks over the XML to the end of its outermost element.
pub(super) fn walk(
    xml: &mut Xml<'_>,
    mut seen: impl FnMut(Event<'_>) -> Result<(), Cut>,
) -> Result<(), End> {
    let mut buffer = Vec::new();
    let (mut open, mut any) = (0_usize, false);
    loop {
        buffer.clear();
        let event = xml.read_event_into(&mut buffer);
        match event.map_err(|_| End::Damaged)? {
            Event::Eof if open == 0 && any => return Ok(()),
            Event::Eof => return Err(End::Damaged),
            event => {
                match &event {
                    Event::Start(_) => open += 1,
                    Event::End(_) => open = open.saturating_sub(1),
                    _ => {}
                }
                any |= matches!(event, Event::Start(_) | Event::Empty(_));
                seen(event).map_err(End::Cut)?;
            }
        }
    }
}

/// Writes what a reference means: one of XML's own five entities, or a number. Those that a document defines mean nothing
/// here and stay as they are written.
pub(super) fn write_reference(name: &str, text: &mut String) {
    let letter = match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => name.strip_prefix('#').and_then(numbered),
    };
    match letter {
        Some(letter) => text.push(letter),
        None => text.extend(["&", name, ";"]),
    }
}

fn numbered(digits: &str) -> Option<char> {
    let number = match digits.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => digits.parse(),
    };
    char::from_u32(number.ok()?)
}

fn paragraphs(xml: &mut Xml<'_>, text: &mut String, most: usize) -> Result<(), End> {
    let most = text.len().saturating_add(most);
    let mut in_text = false;
    let mut cell = 0;
    walk(xml, |event| {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "t" => in_text = true,
                "tr" => cell = 0,
                "tc" => {
                    if cell > 0 {
                        while text.ends_with('\n') {
                            text.pop();
                        }
                        text.push('\t');
                    }
                    cell += 1;
                }
                _ => {}
            },
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "p" => text.push('\n'),
                _ => {}
            },
            Event::Empty(tag) => match tag.local_name().as_ref() {
                "tab" => text.push('\t'),
                "br" | "cr" | "p" => text.push('\n'),
                "noBreakHyphen" => text.push('-'),
                _ => {}
            },
            Event::Text(words) if in_text => text.push_str(&words),
            Event::CData(words) if in_text => text.push_str(&words),
            Event::GeneralRef(name) if in_text => write_reference(&name, text),
            _ => {}
        }
        if text.len() > most {
            return Err(Cut::Text);
        }
        Ok(())
    })
}
