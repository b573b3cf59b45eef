//! What kind of file these bytes are, by content alone: a name is a hint and is not even looked at.

use super::decode::utf16_by_nuls;

/// How many bytes are looked at.
pub const HEAD: usize = 8 * 1024;

/// The kind of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Readable as text.
    Text,
    /// A web page; its text is read.
    Html,
    /// A mail as a file; its text and its attachments are read.
    Mail,
    /// A zip: files, or a document that is packed as one.
    Zip,
    /// Gzip: one file, or a tar.
    Gzip,
    /// A tar.
    Tar,
    /// Nothing in it.
    Empty,
    /// A screenshot or photograph.
    Picture,
    /// An office file other than .docx and .xlsx.
    Office,
    /// A PDF.
    Pdf,
    /// A binary Windows event log.
    EventLog,
    /// A program.
    Executable,
    /// 7-Zip, RAR, cabinet, xz, bzip2, zstd.
    OtherArchive,
    /// NULs and nothing else.
    Nuls,
    /// Bytes of an unknown kind.
    Binary,
}

impl Kind {
    /// For a kind that cannot be read: one sentence that says what to do.
    pub fn advice(self) -> Option<&'static str> {
        Some(match self {
            Self::Text
            | Self::Html
            | Self::Mail
            | Self::Zip
            | Self::EventLog
            | Self::Gzip
            | Self::Tar => {
                return None;
            }
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
            Self::Executable => {
                "This is a program, which Signpost never opens: send its log or its error message as text."
            }
            Self::OtherArchive => {
                "This archive is packed in a way that Signpost does not read: unpack it and send the files, or pack them as .zip."
            }
            Self::Nuls => {
                "This file begins with nothing but NULs, as files do after a machine lost power: there is no text in it."
            }
            Self::Binary => {
                "This file is not text: export it as text, or copy what it says and paste it."
            }
        })
    }
}

impl Kind {
    /// Whether it holds files.
    pub fn is_archive(self) -> bool {
        matches!(self, Self::Zip | Self::Gzip | Self::Tar | Self::Mail)
    }
}

/// Looks at the first bytes of a file, [`HEAD`] of them where there are as many.
pub fn sniff(head: &[u8]) -> Kind {
    if head.is_empty() {
        return Kind::Empty;
    }
    if let Some(kind) = by_signature(head) {
        return kind;
    }
    if has_text_mark(head) || utf16_by_nuls(head).is_some() || !is_binary(head) {
        kind_of_text(head)
    } else if head.iter().all(|byte| *byte == 0) {
        Kind::Nuls
    } else if head.starts_with(b"MZ") {
        Kind::Executable
    } else {
        Kind::Binary
    }
}

/// A page begins with its document type or its outermost element; a text with a `<b>` in it is none.
fn kind_of_text(head: &[u8]) -> Kind {
    let wide = utf16_by_nuls(head).is_some() || !has_utf8_mark(head) && has_text_mark(head);
    let text = head.iter().filter(|byte| !wide || **byte != 0).copied();
    let text = text.skip_while(|byte| !byte.is_ascii() || byte.is_ascii_whitespace());
    let text = text.collect::<Vec<_>>();
    if is_page(&text) {
        Kind::Html
    } else if is_mail(&text) {
        Kind::Mail
    } else {
        Kind::Text
    }
}

fn is_page(text: &[u8]) -> bool {
    const BEGINNINGS: [&[u8]; 5] = [
        b"!doctype html",
        b"html",
        b"head",
        b"body",
        b"meta http-equiv",
    ];
    let mut rest = text;
    // Comments and the XML declaration may stand before.
    while let Some(after) = rest.strip_prefix(b"<!--").or(rest.strip_prefix(b"<?xml")) {
        let end = after
            .iter()
            .position(|byte| *byte == b'>')
            .unwrap_or(after.len() - 1);
        rest = after[end..]
            .trim_ascii_start()
            .strip_prefix(b">")
            .unwrap_or_default()
            .trim_ascii_start();
    }
    let Some(rest) = rest.strip_prefix(b"<") else {
        return false;
    };
    BEGINNINGS.iter().any(|beginning| {
        let end = rest.get(beginning.len());
        rest.len() >= beginning.len()
            && rest[..beginning.len()].eq_ignore_ascii_case(beginning)
            && end.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'-')
    })
}

/// A mail as programs save it: header lines up to an empty one, among them what only mails have (RFC 5322, 2045).
fn is_mail(text: &[u8]) -> bool {
    let (mut of_mail, mut of_mime) = (false, false);
    for (at, line) in text.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        if line[0] == b' ' || line[0] == b'\t' {
            if at == 0 {
                return false;
            }
            continue;
        }
        let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
        let is_last = line.as_ptr_range().end == text.as_ptr_range().end;
        let is_name = name.len() < line.len()
            && !name.is_empty()
            && name
                .iter()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !is_name && !is_last {
            return false;
        }
        let is = |names: &[&str]| {
            names
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
        };
        of_mail |= is(&["from", "subject", "received", "return-path", "message-id"]);
        of_mime |= is(&["mime-version", "content-type", "content-transfer-encoding"]);
    }
    of_mail && of_mime
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
        (b"PK\x03\x04", Kind::Zip),
        (b"PK\x05\x06", Kind::Zip),
        (b"\x1f\x8b\x08", Kind::Gzip),
        (b"\xfd7zXZ\0", Kind::OtherArchive),
        (b"\x28\xb5\x2f\xfd", Kind::OtherArchive),
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
    if bytes.get(257..262) == Some(b"ustar") {
        return Some(Kind::Tar);
    }
    // "BZh9" and the first digits of pi.
    if bytes.starts_with(b"BZh") && bytes.get(4..10) == Some(b"1AY&SY") {
        return Some(Kind::OtherArchive);
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

fn has_utf8_mark(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\xef\xbb\xbf")
}

fn has_text_mark(bytes: &[u8]) -> bool {
    has_utf8_mark(bytes) || bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff")
}

/// Many control bytes. NULs alone are allowed more: logs of a machine that lost power are padded with them.
fn is_binary(bytes: &[u8]) -> bool {
    let sample = &bytes[..bytes.len().min(HEAD)];
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
            (b"\x1f\x8b\x08\0\0", Kind::Gzip),
            (b"\0\0\0\0\0\0\0\0", Kind::Nuls),
            (b"<!DOCTYPE html>\n<p>x", Kind::Html),
            (b"\xef\xbb\xbf <!-- saved --> <HTML lang=en>", Kind::Html),
            (b"<html-like> log line", Kind::Text),
            (b"12:00 <b>failed</b>", Kind::Text),
            (b"<Event xmlns='x'>", Kind::Text),
            (
                b"Received: from a\r\n by b\r\nContent-Type: text/plain\r\n\r\nhello",
                Kind::Mail,
            ),
            (b"From: Kim\nSubject: it fails\n\nhello", Kind::Text),
            (
                b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
                Kind::Executable,
            ),
            (b"MZ is how this log line begins", Kind::Text),
            (b"MZ\0\x01\x02", Kind::Executable),
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
    }
}
