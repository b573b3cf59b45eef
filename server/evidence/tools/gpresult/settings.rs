//! One setting and the policy that sets it: a row with the policy, and deeper rows with what is set.
//!
//! ```text
//!             GPO: Default Domain Policy
//!                 Folder Id: SOFTWARE\Policies\Microsoft\Windows NT\Terminal Services\fPromptForPassword
//!                 Value:       1, 0, 0, 0
//!                 State:       Enabled
//! ```

use super::{FactValue, Line, Span, Text, indent, is_nothing, is_rule, labelled, shown};

/// More holders of a right than anybody lists.
const MOST_ROWS: usize = 500;

/// A setting as it is printed.
pub(super) struct Setting<'t> {
    /// The policy's name.
    pub(super) policy: &'t str,
    /// All of it.
    pub(super) span: Span,
    /// The values of the rows below the policy, each with those that go on without a label.
    rows: Vec<Vec<&'t str>>,
}

/// The setting that begins here, and the number of its last line.
pub(super) fn setting(text: &Text, first: usize) -> Option<(Setting<'_>, usize)> {
    let head = text.line(first)?;
    let (_, policy) = labelled(head.text).filter(|(label, _)| !label.is_empty())?;
    let mut rows: Vec<Vec<&str>> = Vec::new();
    let mut row_indent = 0;
    let mut last = head;
    for number in first + 1..first + MOST_ROWS {
        let Some(line) = text.line(number).filter(|line| goes_on(text, *line, head)) else {
            break;
        };
        let depth = indent(line);
        row_indent = if rows.is_empty() { depth } else { row_indent };
        match rows.last_mut() {
            Some(row) if depth > row_indent => row.push(line.text.trim()),
            _ => rows.push(vec![labelled(line.text)?.1]),
        }
        last = line;
    }
    if rows.len() < 2 || policy.is_empty() {
        return None;
    }
    let span = Span {
        end: last.trimmed_span().end,
        ..head.trimmed_span()
    };
    Some((Setting { policy, span, rows }, last.number))
}

fn goes_on(text: &Text, line: Line<'_>, head: Line<'_>) -> bool {
    !line.text.trim().is_empty() && indent(line) > indent(head) && !is_rule(text, line.number + 1)
}

impl Setting<'_> {
    /// The right as `secedit` calls it, the registry value, or the policy's own name. Nothing for what has no short name.
    pub(super) fn name(&self, part: &str) -> Option<String> {
        let first = self.row(0);
        if let Some(path) = self.registry() {
            let hive = if part == "User" { "HKCU" } else { "HKLM" };
            return Some(format!("{hive}\\{path}"));
        }
        if first.is_empty() || !first.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
            return None;
        }
        let has_mark = first
            .strip_prefix("Se")
            .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_uppercase()));
        Some(if self.is_right() && !has_mark {
            format!("Se{first}")
        } else {
            first.to_owned()
        })
    }

    /// Who holds a right; a registry value as a number or text where its bytes say so; else as printed.
    pub(super) fn value(&self) -> FactValue {
        if self.is_right() {
            let holders = self.rows[1].iter().filter(|holder| !is_nothing(holder));
            return FactValue::List(holders.map(|holder| shown(holder)).collect());
        }
        if self.is_template() {
            let written = self.rows[1].join(" ");
            return from_bytes(&written).unwrap_or(written).as_str().into();
        }
        let last = self.rows.last().map(|row| row.join(" "));
        last.unwrap_or_default().as_str().into()
    }

    fn row(&self, at: usize) -> &str {
        self.rows
            .get(at)
            .and_then(|row| row.first())
            .copied()
            .unwrap_or_default()
    }

    fn is_right(&self) -> bool {
        let name = self.row(0);
        self.rows.len() == 2 && (name.ends_with("LogonRight") || name.ends_with("Privilege"))
    }

    /// A setting of an administrative template: key, bytes, state.
    fn is_template(&self) -> bool {
        self.rows.len() == 3 && self.row(0).contains('\\')
    }

    /// Below the hive.
    fn registry(&self) -> Option<&str> {
        if self.is_template() {
            return Some(self.row(0));
        }
        (self.rows.len() == 3)
            .then(|| self.row(1))?
            .strip_prefix("MACHINE\\")
    }
}

/// `1, 0, 0, 0` is a number, letters of two bytes and a zero at the end are a text. `49, 0, 0, 0` could be either, so it
/// stays as printed.
fn from_bytes(written: &str) -> Option<String> {
    let bytes = written.split(',').map(|byte| byte.trim().parse::<u8>());
    let bytes = bytes.collect::<Result<Vec<_>, _>>().ok()?;
    if let [letter, 0, 0, 0] = bytes[..]
        && letter.is_ascii_graphic()
    {
        return None;
    }
    if let Ok(number) = <[u8; 4]>::try_from(bytes.as_slice()) {
        return Some(u32::from_le_bytes(number).to_string());
    }
    let (pairs, rest) = bytes.as_chunks::<2>();
    let units = pairs.iter().map(|pair| u16::from_le_bytes(*pair));
    let text = String::from_utf16(&units.collect::<Vec<_>>()).ok()?;
    let text = text.strip_suffix('\0').filter(|_| rest.is_empty())?;
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
}
