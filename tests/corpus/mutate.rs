//! What mail programs, ticket systems and broken transfers do to a text.

/// Hard wraps at a column, between words as a mail program does. Long words are left whole.
pub(crate) fn wrapped_between_words(text: &str, column: usize) -> String {
    let mut wrapped = String::new();
    for line in text.split('\n') {
        let mut width = 0;
        for word in line.split(' ') {
            let length = word.chars().count();
            if width > 0 && width + 1 + length > column {
                wrapped.push('\n');
                width = 0;
            } else if width > 0 {
                wrapped.push(' ');
                width += 1;
            }
            wrapped.push_str(word);
            width += length;
        }
        wrapped.push('\n');
    }
    wrapped
}

/// Hard wraps at a column, wherever that is, as a console does.
pub(crate) fn wrapped_anywhere(text: &str, column: usize) -> String {
    let mut wrapped = String::new();
    for line in text.split('\n') {
        for (at, letter) in line.chars().enumerate() {
            if at > 0 && at % column == 0 {
                wrapped.push('\n');
            }
            wrapped.push(letter);
        }
        wrapped.push('\n');
    }
    wrapped
}

/// Moves lines about; `seed` decides how.
pub(crate) fn shuffled(bytes: &[u8], seed: usize) -> Vec<u8> {
    let mut lines = bytes
        .split_inclusive(|byte| *byte == b'\n')
        .collect::<Vec<_>>();
    let count = lines.len();
    for at in 0..count {
        lines.swap(at, (at * 31 + seed * 17 + seed * at) % count);
    }
    lines.concat()
}

/// Turns bits in bytes at the given places.
pub(crate) fn flipped(mut bytes: Vec<u8>, flips: &[(usize, u8)]) -> Vec<u8> {
    if !bytes.is_empty() {
        for (at, bits) in flips {
            let at = at % bytes.len();
            bytes[at] ^= bits;
        }
    }
    bytes
}
