//! Bytes become text. The text is never normalised: CR LF and NUL stay, only a byte order mark goes.
//!
//! Order of belief: byte order mark; UTF-16 by where its NULs stand; UTF-8; an OEM code page in which the bytes make words;
//! else a guessed Windows code page.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

mod oem;

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

/// Decodes any bytes. Those that are UTF-8 already are not copied.
pub fn decode<'a>(bytes: impl Into<Cow<'a, [u8]>>) -> Decoded {
    let bytes: Cow<'a, [u8]> = bytes.into();
    if let Some((encoding, mark)) = Encoding::for_bom(&bytes) {
        return with(encoding, &bytes[mark..]);
    }
    if let Some(encoding) = utf16_by_nuls(&bytes) {
        return with(encoding, &bytes);
    }
    let bytes = match String::from_utf8(bytes.into_owned()) {
        Ok(text) => {
            return Decoded {
                text,
                problem: None,
            };
        }
        Err(error) => error.into_bytes(),
    };
    torn_utf8(&bytes).unwrap_or_else(|| one_byte_each(&bytes))
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
    } else if odd * 20 > half && even == 0 {
        words(UTF_16LE, sample)
    } else if even * 20 > half && odd == 0 {
        words(UTF_16BE, sample)
    } else {
        None
    }
}

/// Texts of other scripts have NULs in their blanks, digits and line breaks alone: such bytes are UTF-16 when they make
/// no control characters and no halves of a pair.
fn words(encoding: &'static Encoding, sample: &[u8]) -> Option<&'static Encoding> {
    // The sample may end within a pair.
    let (text, _) = encoding.decode_without_bom_handling(&sample[..sample.len() / 4 * 4]);
    let odd = |c: char| {
        matches!(
            c,
            '\u{fffd}' | '\u{fffe}' | '\u{ffff}' | '\u{e000}'..='\u{f8ff}'
        )
    };
    let control = |c: char| c.is_control() && !c.is_whitespace();
    let strange = text.chars().filter(|c| odd(*c) || control(*c)).count();
    // One may be the half of a pair at the end of the sample; in a few bytes it is not overlooked.
    (strange * 20 <= text.chars().count() && strange <= 1).then_some(encoding)
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

/// Plainly UTF-8 with a few torn bytes; `None` when another encoding is likelier.
fn torn_utf8(bytes: &[u8]) -> Option<Decoded> {
    let (mut good, mut bad) = (0usize, 0usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad += usize::from(!chunk.invalid().is_empty());
    }
    (good > 4 * bad).then(|| with(UTF_8, bytes))
}

/// A code page of Windows, or of its console.
fn one_byte_each(bytes: &[u8]) -> Decoded {
    let guessed = guess(bytes);
    match oem::page(bytes, |sample| with(guessed, sample).text) {
        Some(page) => Decoded {
            text: page.decode(bytes),
            problem: None,
        },
        None => with(guessed, bytes),
    }
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
            assert_eq!(decode(bytes).text, text, "{mark:?} {big}");
        }
    }

    #[test]
    fn utf16_of_other_scripts_is_read_without_its_mark() {
        let text = "アカウントがログオンに失敗しました。\r\nエラー コード: 1385\r\n理由: 許可されていません\r\n";
        for big in [false, true] {
            assert_eq!(decode(utf16(text, big)).text, text);
        }
        let binary = (0..4000_u32).flat_map(|n| [(n * 37 % 251) as u8 + 1, 0]);
        assert_eq!(utf16_by_nuls(&binary.collect::<Vec<_>>()), Some(UTF_16LE));
        let padded = b"\x01\x02\x03\0\x05\x06\x07\0\x01\x02\x03\0";
        assert_eq!(utf16_by_nuls(padded), None);
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
    fn what_a_console_prints_is_read_in_its_code_page() {
        let german = include_bytes!("../../tests/fixtures/net/user-de-cp850.txt");
        let french = include_bytes!("../../tests/fixtures/whoami/all-fr-cp850.txt");
        let czech = b"Chyba: syst\x82m nenalezl zadan\xec kl\xa1\x9f registru, p\xfd\xa1stup byl odep\xfden.";
        for (bytes, words) in [
            (
                &german[..],
                &[
                    "Vollständiger Name",
                    "Länder-/Regionscode",
                    "Kennwort läuft ab",
                    "ändern",
                    "ausgeführt",
                ][..],
            ),
            (
                &french[..],
                &["privilèges", "Arrêter le système", "Désactivé", "Contrôle"],
            ),
            (&czech[..], &["systém", "klíč", "přístup byl odepřen"]),
            (
                b"FEHLER: Der angegebene Schl\x81ssel wurde nicht gefunden.",
                &["Schlüssel"],
            ),
        ] {
            let decoded = decode(bytes);
            for word in words {
                assert!(decoded.text.contains(word), "{word}: {}", decoded.text);
            }
            assert_eq!(decoded.problem, None);
        }
    }

    #[test]
    fn what_a_window_prints_stays_in_the_code_page_of_windows() {
        for text in [
            "Der „Benutzer“ hat – so heißt es – kein Recht…",
            "It’s the user’s “password”",
            "L’utilisateur n’a pas été trouvé, à vérifier",
            "Das Konto läuft ab",
            "Contraseña incorrecta. ¿Qué pasó?",
        ] {
            let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(text);
            assert!(!lost);
            assert_eq!(decode(bytes.into_owned()).text, text);
        }
    }

    #[test]
    fn texts_of_other_scripts_keep_their_code_page() {
        let japanese = "\u{30a2}\u{30ab}\u{30a6}\u{30f3}\u{30c8}\u{304c}\u{7121}\u{52b9}\u{3067}\u{3059}\u{3002}\u{30a8}\u{30e9}\u{30fc} \u{30b3}\u{30fc}\u{30c9}: 1331";
        let (bytes, _, _) = encoding_rs::SHIFT_JIS.encode(japanese);
        assert_eq!(decode(bytes.into_owned()).text, japanese);
        let russian = "\u{423}\u{447}\u{435}\u{442}\u{43d}\u{430}\u{44f} \u{437}\u{430}\u{43f}\u{438}\u{441}\u{44c} \u{43e}\u{442}\u{43a}\u{43b}\u{44e}\u{447}\u{435}\u{43d}\u{430}, \u{43e}\u{448}\u{438}\u{431}\u{43a}\u{430} 1331";
        let (bytes, _, _) = encoding_rs::IBM866.encode(russian);
        assert_eq!(decode(bytes.into_owned()).text, russian);
    }

    #[test]
    fn one_torn_byte_does_not_cost_a_utf8_text_its_umlauts() {
        let mut bytes = "äöüäöüäöüß".as_bytes().to_vec();
        bytes.push(0xc3);
        let decoded = decode(bytes);
        assert_eq!(decoded.text, "äöüäöüäöüß\u{fffd}");
        assert!(decoded.problem.is_some());
    }

    #[test]
    fn an_odd_last_byte_of_utf16_is_named() {
        let mut bytes = utf16("some words here", false);
        bytes.push(0x41);
        let decoded = decode(bytes);
        assert!(decoded.text.starts_with("some words here"));
        assert!(decoded.problem.is_some());
    }
}
