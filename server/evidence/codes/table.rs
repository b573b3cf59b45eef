//! The compiled-in names and meanings of error codes.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::evidence::{Code, CodeSpace};

/// Longest symbol that is looked up; the longest of the table is shorter.
const LONGEST_SYMBOL: usize = 96;

struct Tables {
    by_symbol: HashMap<String, (CodeSpace, u32)>,
    symbols: HashMap<(CodeSpace, u32), &'static str>,
    meanings: HashMap<(CodeSpace, u32), &'static str>,
}

static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut tables = Tables {
        by_symbol: HashMap::new(),
        symbols: HashMap::new(),
        meanings: HashMap::new(),
    };
    for (space, value, symbol) in rows(include_str!("table.tsv"), hex) {
        tables.symbols.entry((space, value)).or_insert(symbol);
        tables
            .by_symbol
            .entry(symbol.to_ascii_uppercase())
            .or_insert((space, value));
    }
    for (space, value, meaning) in rows(include_str!("meanings.tsv"), hex_or_decimal) {
        tables.meanings.insert((space, value), meaning);
    }
    tables
});

/// The symbol of a code.
pub(super) fn symbol(code: &Code) -> Option<&'static str> {
    TABLES.symbols.get(&(code.space, code.value)).copied()
}

/// One plain sentence on what a code means.
pub(super) fn meaning(code: &Code) -> Option<&'static str> {
    TABLES.meanings.get(&(code.space, code.value)).copied()
}

/// Whether a number has a name or a meaning in a space.
pub(super) fn is_known(space: CodeSpace, value: u32) -> bool {
    let key = (space, value);
    TABLES.symbols.contains_key(&key) || TABLES.meanings.contains_key(&key)
}

/// The code of a symbol in any case; `NT_STATUS_…` (Samba) and `KRB5KDC_…` (MIT Kerberos) are other spellings.
pub(super) fn by_symbol(symbol: &str) -> Option<Code> {
    if symbol.len() > LONGEST_SYMBOL || !(symbol.contains('_') || starts_like_wsa(symbol)) {
        return None;
    }
    // Looked up for every word with an underscore, so without taking memory.
    let mut letters = [0; LONGEST_SYMBOL];
    let upper = &mut letters[..symbol.len()];
    upper.copy_from_slice(symbol.as_bytes());
    upper.make_ascii_uppercase();
    let upper = std::str::from_utf8(upper).ok()?;
    let usual = upper
        .strip_prefix("NT_")
        .filter(|rest| rest.starts_with("STATUS_"))
        .or_else(|| upper.strip_prefix("KRB5"))
        .unwrap_or(upper);
    let (space, value) = *TABLES.by_symbol.get(usual)?;
    Some(number(space, value))
}

/// Every code that has a meaning here.
#[cfg(test)]
pub(super) fn by_meaning() -> Vec<Code> {
    let keys = TABLES.meanings.keys();
    keys.map(|(space, value)| number(*space, *value)).collect()
}

/// A code that is a number.
pub(in crate::evidence) fn number(space: CodeSpace, value: u32) -> Code {
    Code {
        space,
        value,
        name: String::new(),
    }
}

fn starts_like_wsa(symbol: &str) -> bool {
    symbol
        .get(..3)
        .is_some_and(|start| start.eq_ignore_ascii_case("wsa"))
}

type Row = (CodeSpace, u32, &'static str);

fn rows(table: &'static str, read: fn(&str) -> Option<u32>) -> impl Iterator<Item = Row> {
    table
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(move |line| {
            let mut cells = line.split('\t');
            let space = space(cells.next()?)?;
            Some((space, read(cells.next()?)?, cells.next()?))
        })
}

fn space(name: &str) -> Option<CodeSpace> {
    Some(match name {
        "ntstatus" => CodeSpace::Ntstatus,
        "win32" => CodeSpace::Win32,
        "hresult" => CodeSpace::Hresult,
        "sspi" => CodeSpace::Sspi,
        "kerberos" => CodeSpace::Kerberos,
        "reason" => CodeSpace::Reason,
        "aadsts" => CodeSpace::Aadsts,
        _ => return None,
    })
}

fn hex(cell: &str) -> Option<u32> {
    u32::from_str_radix(cell, 16).ok()
}

fn hex_or_decimal(cell: &str) -> Option<u32> {
    match cell.strip_prefix("0x") {
        Some(digits) => hex(digits),
        None => cell.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_both_tables_is_read() {
        let lines = |table: &str| table.lines().filter(|line| !line.starts_with('#')).count();
        let (names, meanings) = (include_str!("table.tsv"), include_str!("meanings.tsv"));
        assert_eq!(rows(names, hex).count(), lines(names));
        assert_eq!(rows(meanings, hex_or_decimal).count(), lines(meanings));
        assert_eq!(
            TABLES.meanings.len(),
            lines(meanings),
            "a meaning is given twice"
        );
    }

    #[test]
    fn symbols_are_found_in_any_case_and_in_samba_and_mit_spelling() {
        let logon = Some(number(CodeSpace::Ntstatus, 0xC000_006D));
        assert_eq!(by_symbol("STATUS_LOGON_FAILURE"), logon);
        assert_eq!(by_symbol("NT_Status_Logon_Failure"), logon);
        let preauth = Some(number(CodeSpace::Kerberos, 24));
        assert_eq!(by_symbol("KRB5KDC_ERR_PREAUTH_FAILED"), preauth);
        assert_eq!(
            by_symbol("wsaeconnrefused"),
            Some(number(CodeSpace::Win32, 10061))
        );
        assert_eq!(by_symbol("SERVER_LOGON"), None);
    }

    #[test]
    fn meanings_are_one_plain_sentence() {
        for (key, meaning) in &TABLES.meanings {
            assert!(
                meaning.ends_with('.') && !meaning.contains(". "),
                "{key:?}: {meaning}"
            );
        }
    }
}
