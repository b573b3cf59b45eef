//! Text of a console: tools that are redirected print in the OEM code page of the machine, 850 in most of Europe.
//!
//! `encoding_rs` knows 866 and 932 and none of these three. The tables are those of
//! <https://www.unicode.org/Public/MAPPINGS/VENDORS/MICSFT/PC/>.
//! Nothing marks such a text. What tells is where its letters come out: within words, or as quotes and signs between letters.

/// An OEM code page: its upper half, and the letters of the languages that use it.
pub(super) struct Page {
    upper: &'static str,
    letters: &'static str,
}

const WEST: &str = "äöüßáàâãåæçéèêëíìîïñóòôõøúùû";
const CENTRAL: &str = "äöüßáéíóúýăąćčďđęěĺľłńňőŕřśşšţťůűźżžâîô";

/// In the order of belief.
const PAGES: [Page; 3] = [
    // 850
    Page {
        upper: concat!(
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒ",
            "áíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐",
            "└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀",
            "ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u{ad}±‗¾¶§÷¸°¨·¹³²■\u{a0}",
        ),
        letters: WEST,
    },
    // 437
    Page {
        upper: concat!(
            "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒ",
            "áíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐",
            "└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀",
            "αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}",
        ),
        letters: WEST,
    },
    // 852
    Page {
        upper: concat!(
            "ÇüéâäůćçłëŐőîŹÄĆÉĹĺôöĽľŚśÖÜŤťŁ×č",
            "áíóúĄąŽžĘę¬źČş«»░▒▓│┤ÁÂĚŞ╣║╗╝Żż┐",
            "└┴┬├─┼Ăă╚╔╩╦╠═╬¤đĐĎËďŇÍÎě┘┌█▄ŢŮ▀",
            "ÓßÔŃńňŠšŔÚŕŰýÝţ´\u{ad}˝˛ˇ˘§÷¸°¨˙űŘř■\u{a0}",
        ),
        letters: CENTRAL,
    },
];

/// Quotes that stand before a word, and signs that stand behind one.
const OPENING: &str = "„“‘‚«‹¿¡";
const CLOSING: &str = "”“’»›…™°®";
/// Letters that are a word by themselves.
const WORDS: &str = "àéèóúá";
/// So much of a text is looked at, in the lines that hold more than ASCII.
const SAMPLE: usize = 16 * 1024;
/// One letter in its place where the other reading has a sign makes two.
const SURE: i32 = 2;

impl Page {
    /// The text of these bytes.
    pub(super) fn decode(&self, bytes: &[u8]) -> String {
        let upper = self.upper.chars().collect::<Vec<_>>();
        let letter = |byte: &u8| match byte.checked_sub(0x80) {
            None => char::from(*byte),
            Some(at) => upper[usize::from(at)],
        };
        bytes.iter().map(letter).collect()
    }
}

/// The OEM code page in which these bytes make words, where `guessed` reads them as anything else.
pub(super) fn page(bytes: &[u8], guessed: impl Fn(&[u8]) -> String) -> Option<&'static Page> {
    let sample = sample(bytes);
    let best = PAGES
        .iter()
        .map(|page| (score(&page.decode(&sample), page.letters), page));
    // Of equals the first.
    let (score_of_page, page) =
        best.reduce(|best, next| if next.0 > best.0 { next } else { best })?;
    let others = score(&guessed(&sample), "");
    (score_of_page > 0 && score_of_page - others >= SURE).then_some(page)
}

/// The lines with more than ASCII, as many as fit.
fn sample(bytes: &[u8]) -> Vec<u8> {
    let mut sample = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        if !line.is_ascii() {
            let room = SAMPLE - sample.len();
            sample.extend_from_slice(&line[..line.len().min(room)]);
        }
        if sample.len() >= SAMPLE {
            break;
        }
    }
    sample
}

/// How many letters and signs stand where they belong, less those that do not.
fn score(text: &str, letters: &str) -> i32 {
    let text = text.chars().collect::<Vec<_>>();
    let at = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or(' ');
    let each = text
        .iter()
        .enumerate()
        .filter(|(_, letter)| !letter.is_ascii());
    each.map(|(place, letter)| {
        let (before, behind) = (at(place.checked_sub(1)), at(Some(place + 1)));
        fits(*letter, before, behind, letters)
    })
    .sum()
}

fn fits(letter: char, before: char, behind: char, letters: &str) -> i32 {
    let (after_word, before_word) = (before.is_alphabetic(), behind.is_alphabetic());
    if letter.is_control() || letter == '\u{fffd}' {
        return -2;
    }
    if is_wide(letter) {
        return if is_wide(before) || is_wide(behind) {
            1
        } else {
            -1
        };
    }
    if letter.is_alphabetic() {
        let known =
            letters.is_empty() || letter.to_lowercase().all(|letter| letters.contains(letter));
        let in_word = after_word || before_word || WORDS.contains(letter);
        let in_case = !(letter.is_uppercase() && before.is_lowercase());
        return if known && in_word && in_case { 1 } else { -1 };
    }
    let between = after_word && before_word;
    let opens = OPENING.contains(letter) && before_word && !after_word;
    let closes = CLOSING.contains(letter) && after_word && !before_word;
    match letter {
        '\u{2019}' if between => 1,
        _ if opens || closes => 1,
        _ if between || OPENING.contains(letter) || CLOSING.contains(letter) => -1,
        _ if after_word || before_word => -1,
        _ => 0,
    }
}

/// A letter of the scripts of East Asia: one alone among Latin letters is none.
fn is_wide(letter: char) -> bool {
    matches!(letter, '\u{1100}'..='\u{11ff}' | '\u{3000}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{e000}'..='\u{f8ff}' | '\u{ff00}'..='\u{ffef}')
}
