//! Groups of digits and letters between dashes: recovery passwords and product keys.

use std::ops::Range;

use super::super::{Hit, Mark};

/// Groups between dashes: `BitLocker`'s recovery password (eight of six digits) and product keys (five of five letters and
/// digits).
pub(in crate::evidence::redact) fn grouped(text: &str) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let mut hits = Vec::new();
    let mut done = 0;
    for dash in dashes(bytes) {
        if dash < done {
            continue;
        }
        let found = groups(bytes, dash, 6, 8, |byte| byte.is_ascii_digit())
            .filter(|range| {
                bytes[range.clone()]
                    .iter()
                    .any(|byte| !matches!(byte, b'0' | b'-'))
            })
            .map(|range| (range, Mark::RecoveryKey))
            .or_else(|| {
                let range = groups(bytes, dash, 5, 5, |byte| {
                    byte.is_ascii_uppercase() || byte.is_ascii_digit()
                })?;
                let key = &bytes[range.clone()];
                let digits = key.iter().filter(|byte| byte.is_ascii_digit()).count();
                let letters = key.iter().filter(|byte| byte.is_ascii_uppercase()).count();
                // `XXXXX-XXXXX-…` is a mask, words and numbers alone are none.
                (digits >= 2
                    && letters >= 5
                    && key.iter().any(|byte| *byte != key[0] && *byte != b'-'))
                .then_some((range, Mark::ProductKey))
            });
        if let Some((range, mark)) = found {
            done = range.end;
            hits.push(Hit { range, mark });
        }
    }
    hits
}

/// So many places are looked at at once.
const WIDE: usize = 64;
/// And so far behind each.
const BEHIND: usize = 7;

/// The dashes that have another one behind five or six bytes. Most logs have three dashes a line in their times alone, so
/// it is first asked of many places whether one of them is such a dash.
fn dashes(bytes: &[u8]) -> impl Iterator<Item = usize> {
    let is_one = |at: usize| {
        let goes_on = |width: usize| bytes.get(at + width + 1) == Some(&b'-');
        bytes[at] == b'-' && (goes_on(5) || goes_on(6))
    };
    let places = (0..bytes.len()).step_by(WIDE);
    places
        .filter(|start| may_hold_one(&bytes[*start..]))
        .flat_map(move |start| start..bytes.len().min(start + WIDE))
        .filter(move |at| is_one(*at))
}

fn may_hold_one(bytes: &[u8]) -> bool {
    let Some(wide) = bytes.first_chunk::<{ WIDE + BEHIND }>() else {
        return true;
    };
    let is_dash = |at: usize| wide[at] == b'-';
    (0..WIDE).fold(false, |any, at| {
        any | (is_dash(at) & (is_dash(at + BEHIND - 1) | is_dash(at + BEHIND)))
    })
}

/// `count` groups of `width` bytes, the first of which ends before `dash`.
fn groups(
    bytes: &[u8],
    dash: usize,
    width: usize,
    count: usize,
    fits: impl Fn(u8) -> bool,
) -> Option<Range<usize>> {
    let start = dash.checked_sub(width)?;
    let end = start + count * (width + 1) - 1;
    if end > bytes.len() || bytes.get(dash + width + 1) != Some(&b'-') {
        return None;
    }
    let whole = (0..end - start).all(|at| {
        let byte = bytes[start + at];
        if at % (width + 1) == width {
            byte == b'-'
        } else {
            fits(byte)
        }
    });
    let outside =
        |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-');
    let before = start.checked_sub(1).and_then(|at| bytes.get(at));
    (whole && outside(before) && outside(bytes.get(end))).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn no_dash_before_a_group_is_missed(text in "[-a]{0,300}|(-aaaaa|-aaaaaa|a{60}){0,9}") {
            let bytes = text.as_bytes();
            let goes_on = |at: usize| bytes.get(at) == Some(&b'-');
            let expected = memchr::memchr_iter(b'-', bytes)
                .filter(|dash| goes_on(dash + 6) || goes_on(dash + 7));
            proptest::prop_assert_eq!(dashes(bytes).collect::<Vec<_>>(), expected.collect::<Vec<_>>());
        }
    }
}
