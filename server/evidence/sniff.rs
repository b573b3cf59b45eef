//! What kind of file these bytes are, by content alone: a name is a hint and is not even looked at.

use std::io::Cursor;

use super::decode::utf16_by_nuls;

/// How many bytes the look at control characters takes.
const SAMPLE: usize = 8 * 1024;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Readable as text.
    Text,
    /// A plain zip.
    Zip,
    /// Nothing in it.
    Empty,
    /// A screenshot or photograph.
    Picture,
    /// A Word, Excel, `PowerPoint` or Outlook file.
    Office,
    /// A PDF.
    Pdf,
    /// A binary Windows event log.
    EventLog,
    /// A program.
    Executable,
    /// Gzip, 7-Zip, RAR, cabinet.
    OtherArchive,
    /// Bytes of an unknown kind.
    Binary,
}

impl Kind {
    /// For a kind that cannot be read: one sentence that says what to do.
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Text | Self::Zip => return None,
            Self::Empty => "The file is empty.",
            Self::Picture => {
                "This is a picture, and Signpost reads text; in a Windows message box Ctrl+C copies its text."
            }
            Self::Office => {
                "This is an office file, which Signpost does not open: open it, copy the text and paste it."
            }
            Self::Pdf => {
                "This is a PDF, which Signpost does not open: open it, select the text and paste it."
            }
            Self::EventLog => {
                "This version does not read .evtx yet: send the events as text, for example the output of `wevtutil qe Security /f:xml`."
            }
            Self::Executable => {
                "This is a program, which Signpost never opens: send its log or its error message as text."
            }
            Self::OtherArchive => {
                "This archive is not a plain zip: unpack it and send the files, or pack them as .zip."
            }
            Self::Binary => {
                "This file is not text: export it as text, or copy what it says and paste it."
            }
        })
    }
}

/// Looks at the content.
pub fn sniff(bytes: &[u8]) -> Kind {
    if bytes.is_empty() {
        return Kind::Empty;
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return if is_office_zip(bytes) {
            Kind::Office
        } else {
            Kind::Zip
        };
    }
    if let Some(kind) = by_signature(bytes) {
        return kind;
    }
    if has_text_mark(bytes) || utf16_by_nuls(bytes).is_some() || !is_binary(bytes) {
        Kind::Text
    } else if bytes.starts_with(b"MZ") {
        Kind::Executable
    } else {
        Kind::Binary
    }
}

fn by_signature(bytes: &[u8]) -> Option<Kind> {
    const SIGNATURES: &[(&[u8], Kind)] = &[
        (b"\x89PNG\r\n\x1a\n", Kind::Picture),
        (b"\xff\xd8\xff", Kind::Picture),
        (b"GIF87a", Kind::Picture),
        (b"GIF89a", Kind::Picture),
        (b"II*\0", Kind::Picture),
        (b"MM\0*", Kind::Picture),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::Office),
        (b"%PDF-", Kind::Pdf),
        (b"ElfFile\0", Kind::EventLog),
        (b"\x7fELF", Kind::Executable),
        (b"\x1f\x8b", Kind::OtherArchive),
        (b"7z\xbc\xaf\x27\x1c", Kind::OtherArchive),
        (b"Rar!\x1a\x07", Kind::OtherArchive),
        (b"MSCF\0\0\0\0", Kind::OtherArchive),
    ];
    if let Some((_, kind)) = SIGNATURES
        .iter()
        .find(|(start, _)| bytes.starts_with(start))
    {
        return Some(*kind);
    }
    let webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    // "BM" begins many a word; a bitmap goes on with the size of its info header.
    let bitmap = bytes.starts_with(b"BM")
        && matches!(
            bytes.get(14..18),
            Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0])
        );
    (webp || bitmap).then_some(Kind::Picture)
}

fn has_text_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xef\xbb\xbf")
        || bytes.starts_with(b"\xff\xfe")
        || bytes.starts_with(b"\xfe\xff")
}

/// Office files are zips that hold their own table of contents.
fn is_office_zip(bytes: &[u8]) -> bool {
    zip::ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| {
        archive.index_for_name("[Content_Types].xml").is_some()
            || archive.index_for_name("mimetype").is_some()
    })
}

/// Many control bytes. NULs alone are allowed more: logs of a machine that lost power are padded with them.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let count = |wanted: fn(u8) -> bool| sample.iter().filter(|byte| wanted(**byte)).count();
    let nuls = count(|byte| byte == 0);
    let controls = count(|byte| matches!(byte, 1..=7 | 0x0e..=0x1a | 0x1c..=0x1f | 0x7f));
    let padding = sample.iter().rev().take_while(|byte| **byte == 0).count();
    controls * 20 > sample.len() || (nuls - padding) * 4 > sample.len() || nuls == sample.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_the_kind() {
        for (bytes, kind) in [
            (&b""[..], Kind::Empty),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Kind::Picture),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Kind::Picture),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Kind::Picture),
            (b"%PDF-1.7\n", Kind::Pdf),
            (b"ElfFile\0\0\0\0\0", Kind::EventLog),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", Kind::Office),
            (b"\x1f\x8b\x08\0\0", Kind::OtherArchive),
            (
                b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
                Kind::Executable,
            ),
            (b"MZ is how this log line begins", Kind::Text),
            (b"BMC Remedy ticket 4711 says so", Kind::Text),
            (b"plain words\r\n", Kind::Text),
            (b"A\0B\0C\0\r\0\n\0", Kind::Text),
            (b"\x01\x02\x03\x04\x05\x06\x07\x08", Kind::Binary),
        ] {
            assert_eq!(sniff(bytes), kind, "{bytes:?}");
        }
    }

    #[test]
    fn a_log_padded_with_nuls_is_still_text() {
        let mut bytes = b"2026-01-02 03:04:05 started\r\n".to_vec();
        bytes.extend([0; 400]);
        assert_eq!(sniff(&bytes), Kind::Text);
    }

    #[test]
    fn every_kind_that_cannot_be_read_says_what_to_do() {
        assert_eq!(Kind::Text.advice(), None);
        assert!(
            Kind::Picture
                .advice()
                .is_some_and(|what| what.contains("Ctrl+C"))
        );
        assert!(
            Kind::EventLog
                .advice()
                .is_some_and(|what| what.contains("wevtutil"))
        );
    }
}
