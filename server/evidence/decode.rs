//! Bytes become text. The text is never normalised: CR LF and NUL stay, only a byte order mark goes.
//!
//! Order of belief: byte order mark; UTF-16 by where its NULs stand; UTF-8; else a guessed Windows code page.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

/// How many bytes the look at NULs takes.
const SAMPLE: usize = 8 * 1024;

/// A decoded text and what was lost on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded {
    /// The text.
    pub text: String,
    /// One plain sentence when something could not be decoded.
    pub problem: Option<String>,
}

/// Decodes any bytes.
pub fn decode(bytes: &[u8]) -> Decoded {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return with(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16_by_nuls(bytes) {
        return with(encoding, bytes);
    }
    match utf8(bytes) {
        Some(decoded) => decoded,
        None => with(guess(bytes), bytes),
    }
}

/// UTF-16 without a mark: in mostly Latin text every other byte is NUL.
pub(super) fn utf16_by_nuls(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    if sample.len() < 4 {
        return None;
    }
    let nuls_at = |parity: usize| {
        sample
            .iter()
            .skip(parity)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    let (even, odd, half) = (nuls_at(0), nuls_at(1), sample.len() / 2);
    if odd * 2 > half && even * 10 < half {
        Some(UTF_16LE)
    } else if even * 2 > half && odd * 10 < half {
        Some(UTF_16BE)
    } else {
        None
    }
}

fn with(encoding: &'static Encoding, bytes: &[u8]) -> Decoded {
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    let problem = lossy.then(|| {
        format!(
            "Some bytes are not valid {}; they are shown as \u{fffd}.",
            encoding.name()
        )
    });
    Decoded {
        text: text.into_owned(),
        problem,
    }
}

/// UTF-8, also when a few bytes of a plainly UTF-8 text are torn; `None` when another encoding is likelier.
fn utf8(bytes: &[u8]) -> Option<Decoded> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Some(Decoded {
            text: text.to_owned(),
            problem: None,
        });
    }
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    (good > 4 * bad).then(|| with(UTF_8, bytes))
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    #[test]
    fn utf16_is_read_with_and_without_its_mark() {
        let text = "AzureAdJoined : YES\r\n";
        for (mark, big) in [
            (&b"\xff\xfe"[..], false),
            (b"\xfe\xff", true),
            (b"", false),
            (b"", true),
        ] {
            let bytes = [mark, &utf16(text, big)].concat();
            assert_eq!(decode(&bytes).text, text, "{mark:?} {big}");
        }
    }

    #[test]
    fn a_utf8_mark_goes_and_everything_else_stays() {
        let decoded = decode(b"\xef\xbb\xbfa\0b\r\n\xc3\xa9");
        assert_eq!(decoded.text, "a\0b\r\n\u{e9}");
        assert_eq!(decoded.problem, None);
    }

    #[test]
    fn a_windows_code_page_is_guessed() {
        let decoded = decode(b"FEHLER: Der Schl\xfcssel wurde nicht gefunden, bitte pr\xfcfen.");
        assert_eq!(
            decoded.text,
            "FEHLER: Der Schlüssel wurde nicht gefunden, bitte prüfen."
        );
    }

    #[test]
    fn one_torn_byte_does_not_cost_a_utf8_text_its_umlauts() {
        let mut bytes = "äöüäöüäöüß".as_bytes().to_vec();
        bytes.push(0xc3);
        let decoded = decode(&bytes);
        assert_eq!(decoded.text, "äöüäöüäöüß\u{fffd}");
        assert!(decoded.problem.is_some());
    }

    #[test]
    fn an_odd_last_byte_of_utf16_is_named() {
        let mut bytes = utf16("some words here", false);
        bytes.push(0x41);
        let decoded = decode(&bytes);
        assert!(decoded.text.starts_with("some words here"));
        assert!(decoded.problem.is_some());
    }
}
