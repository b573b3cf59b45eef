//! Groups of digits and letters between dashes: recovery passwords and product keys.

use std::ops::Range;

use super::super::{Hit, Mark};

/// Groups between dashes: `BitLocker`'s recovery password (eight of six digits) and product keys (five of five letters and
/// digits).
pub(in crate::evidence::redact) fn grouped(text: &str) -> Vec<Hit> {
    let bytes = text.as_bytes();
    let mut hits = Vec::new();
    let mut done = 0;
    for dash in memchr::memchr_iter(b'-', bytes) {
        // Most logs have three dashes a line in their times alone.
        let goes_on = |width: usize| bytes.get(dash + width + 1) == Some(&b'-');
        if dash < done || !(goes_on(5) || goes_on(6)) {
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
