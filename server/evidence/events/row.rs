//! One record of a binary event log by its XML, as the parser writes it, and the line of text that [`super::evtx`] makes of it.

use std::borrow::Cow;
use std::fmt::{Display, Write as _};

use super::evtx::{FAILURE, KNOWN, LONGEST_VALUE, OTHER};
use super::known::{self, Outcome};
use super::markup::{self, Spelling};

/// One record by its XML, as the parser writes it.
#[derive(Default)]
pub(super) struct Row<'a> {
    pub(super) time: Cow<'a, str>,
    pub(super) id: &'a str,
    pub(super) level: &'a str,
    pub(super) computer: Cow<'a, str>,
    pub(super) provider: Cow<'a, str>,
    pub(super) channel: Cow<'a, str>,
    pub(super) data: Vec<(Cow<'a, str>, Cow<'a, str>)>,
}

impl<'a> Row<'a> {
    pub(super) fn scan(xml: &'a str) -> Self {
        let mut row = Row::default();
        let mut at = 0;
        let mut in_data = false;
        let mut in_user_data = false;
        let mut unnamed = 0;
        // The element that is open, the field it makes, and where its content begins.
        let mut open: Option<(&str, Option<Cow<'_, str>>, usize)> = None;
        while let Some(start) = markup::next_open(xml, at, Spelling::Plain) {
            let Some(tag) = markup::tag(xml, start, Spelling::Plain) else {
                break;
            };
            at = tag.end;
            let name = tag.plain_name(xml);
            if tag.closing {
                if let Some((_, field, from)) = open.take().filter(|(open, ..)| *open == name) {
                    row.content(name, field, &xml[from..start], in_data);
                }
                continue;
            }
            let mut field = None;
            match name {
                "EventData" => in_data = true,
                "UserData" => {
                    in_data = true;
                    in_user_data = true;
                }
                "Data" => {
                    let named = tag.attribute("Name", Spelling::Plain);
                    field = Some(named.map_or_else(
                        || {
                            unnamed += 1;
                            format!("param{unnamed}").into()
                        },
                        |(name, _)| name,
                    ));
                }
                _ if in_user_data => field = Some(name.into()),
                "Provider" if !in_data => {
                    row.provider = tag.attribute("Name", Spelling::Plain).unwrap_or_default().0;
                }
                "TimeCreated" if !in_data => {
                    row.time = tag
                        .attribute("SystemTime", Spelling::Plain)
                        .unwrap_or_default()
                        .0;
                }
                "Security" if !in_data => {
                    if let Some((user, _)) = tag.attribute("UserID", Spelling::Plain) {
                        row.data.push(("UserID".into(), user));
                    }
                }
                _ => {}
            }
            open = (!tag.empty).then_some((name, field, at));
        }
        row
    }

    fn content(&mut self, name: &str, field: Option<Cow<'a, str>>, raw: &'a str, in_data: bool) {
        if let Some(field) = field {
            self.data
                .push((field, markup::unescape(raw, Spelling::Plain)));
            return;
        }
        match name {
            "EventID" if !in_data => self.id = raw.trim(),
            "Level" if !in_data => self.level = raw.trim(),
            "Computer" if !in_data => self.computer = markup::unescape(raw, Spelling::Plain),
            "Channel" if !in_data => self.channel = markup::unescape(raw, Spelling::Plain),
            _ => {}
        }
    }

    pub(super) fn class(&self) -> usize {
        let outcome = self
            .id
            .parse()
            .ok()
            .and_then(|id| known::outcome_of(id, &self.provider));
        match outcome {
            Some(Outcome::Failed) => FAILURE,
            Some(Outcome::ByCode) => {
                let status = self.data.iter().find(|(name, _)| name == "Status");
                let succeeded = status.is_none_or(|(_, value)| matches!(value.trim(), "0x0" | "0"));
                if succeeded { KNOWN } else { FAILURE }
            }
            Some(Outcome::Told) => KNOWN,
            None => OTHER,
        }
    }

    /// Its number and, where it tells no time itself, when it was written come from its frame.
    pub(super) fn line(&self, number: u64, written: impl Display) -> String {
        let mut line = String::with_capacity(256 + self.data.len() * 40);
        if super::unix_ms(&self.time).is_some() {
            write_value(&mut line, &self.time);
        } else {
            let _ = write!(line, "{written}");
        }
        let _ = write!(
            line,
            "\tevtx\tid={}\tlevel={}\trecord={number}",
            self.id, self.level
        );
        for (name, value) in [
            ("\tcomputer=", &self.computer),
            ("\tprovider=", &self.provider),
            ("\tchannel=", &self.channel),
        ] {
            line.push_str(name);
            write_value(&mut line, value);
        }
        for (name, value) in &self.data {
            if matches!(value.trim(), "" | "-") {
                continue;
            }
            line.push('\t');
            let is_kept = |letter: &char| !letter.is_control() && *letter != '=';
            if is_plain(name) && !name.contains('=') {
                line.push_str(name);
            } else {
                line.extend(name.chars().filter(is_kept));
            }
            line.push('=');
            write_value(&mut line, value.trim());
        }
        line.push('\n');
        line
    }
}

/// Whether it surely holds no control character.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

fn write_value(line: &mut String, value: &str) {
    let cut = value.floor_char_boundary(value.len().min(LONGEST_VALUE));
    let kept = &value[..cut];
    if is_plain(kept) {
        line.push_str(kept);
    } else {
        line.extend(
            kept.chars()
                .map(|letter| if letter.is_control() { ' ' } else { letter }),
        );
    }
    if cut < value.len() {
        line.push('…');
    }
}
