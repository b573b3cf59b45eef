//! The list that PowerShell's `Get-ItemProperty` prints. It may be a selection, so it closes nothing.
//!
//! ```text
//! fPromptForPassword : 1
//! PSPath             : Microsoft.PowerShell.Core\Registry::HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Windows
//!                      NT\Terminal Services
//! PSProvider         : Microsoft.PowerShell.Core\Registry
//! ```

use std::sync::LazyLock;

use regex::Regex;

use super::{DEFAULT, Listing, Listings, short_path};
use crate::evidence::{FactValue, Line, Text};

static PAIR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?P<name>\S[^:]*?)\s*:(?: (?P<data>.*))?$").expect("a constant pattern")
});

/// Finds every list in a text.
pub(super) fn find(text: &Text, found: &mut Listings) {
    if !text.as_str().contains("PSPath") {
        return;
    }
    let lines = text.lines().collect::<Vec<_>>();
    // Where the list before this one ended: its pairs are its own.
    let mut free = 0;
    for at in 0..lines.len() {
        if let Some(path) = path(&lines[at..]) {
            let first = lines[free..at]
                .iter()
                .rposition(|line| !PAIR.is_match(line.text))
                .map_or(free, |before| free + before + 1);
            let values = lines[first..at].iter().filter_map(|line| {
                let pair = PAIR.captures(line.text)?;
                let data = pair.name("data").map_or("", |data| data.as_str().trim());
                let name = match &pair["name"] {
                    name if name.starts_with('(') => DEFAULT.to_owned(),
                    name => name.to_owned(),
                };
                Some((name, FactValue::from(data), line.trimmed_span()))
            });
            found.keys.push(Listing {
                path,
                header: lines[at].trimmed_span(),
                values: values.collect(),
                all_values: false,
                all_subkeys: false,
            });
            let more = lines[at + 1..]
                .iter()
                .take_while(|line| is_provider_line(line.text))
                .count();
            let last = lines[at].number + more;
            found
                .claimed
                .push(text.range_of_lines(lines[first].number, last));
            free = last;
        }
    }
}

/// The key that the list is of, joined where the window broke it: PowerShell breaks at spaces and drops them.
fn path(lines: &[Line<'_>]) -> Option<String> {
    let rest = lines[0].text.strip_prefix("PSPath")?.trim_start();
    let mut path = rest.strip_prefix(':')?.trim().to_owned();
    for line in lines[1..].iter().take(3) {
        if !line.text.starts_with("   ") || line.text.trim().is_empty() {
            break;
        }
        if !path.ends_with('\\') {
            path.push(' ');
        }
        path.push_str(line.text.trim());
    }
    short_path(&path)
}

fn is_provider_line(line: &str) -> bool {
    line.starts_with("PS") && !line.starts_with("PSPath") && PAIR.is_match(line)
        || line.starts_with("   ")
}
