//! What holds for the codes of any text.

use proptest::prelude::*;

use super::super::*;
use super::found_with;

fn pieces() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "0xC000015B",
        "c000015b",
        "-1073741477",
        "\u{2212}1073741477",
        "3221225819",
        "1385",
        "(1385)",
        "5",
        "%%2308",
        "AADSTS50126",
        "STATUS_LOGON_FAILURE",
        "KRB_AP_ERR_SKEW",
        "0x18",
        "0x80070520",
        "error ",
        "Error: ",
        "code=",
        "failed with ",
        "Status ",
        "Kerberos",
        "\\n",
        "\\u0022",
        "\\u002d",
        "\\\"",
        "not ",
        "é",
        "错误",
        "\n",
        "\r\n",
        " ",
        ".",
        "-",
        "`",
        ":",
        ",",
        "0012f4a0 ",
        "\0",
        "📎",
        "x",
    ]);
    let piece = prop_oneof![4 => words.prop_map(str::to_owned), 1 => any::<String>()];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// The definition: every word is looked at.
fn codes_of_every_word(text: &str) -> Vec<tokens::Token> {
    let bytes = text.as_bytes();
    tokens::read_words(text, LIMIT, |from| {
        let is_word = |byte: &u8| tokens::is_word_byte(*byte);
        let start = from + bytes.get(from..)?.iter().position(is_word)?;
        let length = bytes[start..].iter().take_while(|byte| is_word(byte));
        Some(start..start + length.count())
    })
}

fn lines() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "Fehlercode ",
        "ÉTAT: ",
        "CÓDIGO ",
        "оШИбка ",
        "エラー",
        "代码：",
        "Ergebnis HResult ",
        "GetLastError() ",
        "failed with ",
        "Win32: ",
        "erresult ",
        "WSAETIMEDOUT",
        "wsaeintr",
        "NT_STATUS_LOGON_FA\nILURE",
        "AADSTS500\r\n  34",
        "aads\nTS50034",
        "0xC00\n0015B",
        "0\nx80070569",
        "-10737\n41477",
        "32212\n25819",
        "80070569",
        "C000015B",
        "2147942405",
        "1385",
        "(1385)",
        "1326 ",
        "at this computer. (",
        "2026-03-01 10:13:85 ",
        " and words of a line that is wide enough ",
        "\\n1385",
        "\\u00221326",
        "\\tERROR_LOGON_TYPE_NOT_GRANTED",
        "%%2309",
        "%%%2309",
        "\n>   ",
        "\r\n\t",
        "_",
        "x",
        "7",
    ]);
    let piece = prop_oneof![3 => words.prop_map(str::to_owned), 1 => pieces()];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_code_is_missed_by_looking_at_candidates_only(text in lines(), before in 0..40_usize) {
        let everything = codes_of_every_word(&text);
        prop_assert_eq!(&tokens::scan(&text, LIMIT), &everything);
        // The same where what is looked at at a time ends within it.
        let far = format!("{}{text}", " ~".repeat(8 * 1024 - before));
        prop_assert_eq!(tokens::scan(&far, LIMIT), codes_of_every_word(&far));
    }

    #[test]
    fn several_cores_miss_no_code(text in lines(), fours in 1..15_usize, pieces in 1..9_usize) {
        let mut candidates = candidates::Candidates::by_pieces(&text, 4 * fours, pieces);
        let found = tokens::read_words(&text, LIMIT, |from| candidates.next_from(from));
        prop_assert_eq!(found, codes_of_every_word(&text));
    }

    #[test]
    fn every_span_is_a_token_that_reads_as_its_code(text in pieces()) {
        let mut end = 0;
        for (token, seen) in found_with(&text, &[]) {
            prop_assert!(seen.span.start >= end, "tokens overlap");
            let token = token.replace(['\r', '\n', '>', ' ', '\t'], "");
            prop_assert!(parse(&token).contains(&seen.code), "{token:?} is not {:?}", seen.code);
            end = seen.span.end;
        }
    }

    #[test]
    fn no_spelling_makes_parse_panic(spelling in any::<String>(), number in any::<i64>()) {
        parse(&spelling);
        parse(&number.to_string());
        parse(&format!("0x{number:x}"));
    }
}
