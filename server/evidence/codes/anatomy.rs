//! How a code is put together: every spelling that means it, the parts of its number, and codes inside of codes.
//!
//! ```text
//! HRESULT    1 bit failed, 4 bits of flags, 11 bits facility, 16 bits code     0x80070569: failed, facility 7, code 1385
//! NTSTATUS   2 bits severity, 2 bits of flags, 12 bits facility, 16 bits code  0xC000015B: error, facility 0, code 347
//! ```
//!
//! Layouts: <https://learn.microsoft.com/openspecs/windows_protocols/ms-erref/0642cb2f-2075-4469-918c-4441e69c548a> (HRESULT)
//! and `87fba13e-bf06-450e-83b1-9241dc81e781` beside it (NTSTATUS). Facilities by the names of `winerror.h` and `ntstatus.h`.

use super::spelling::{decimal, negative, prefixed_hex};
use super::{describe, number, table};
use crate::evidence::{Code, CodeSpace};

/// The bit by which an HRESULT says that the rest is an NTSTATUS.
const NTSTATUS_INSIDE: u32 = 0x1000_0000;
/// The facility by which both families carry a Win32 error.
const WIN32_INSIDE: u32 = 7;

/// A number of 32 bits, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// The whole number.
    pub number: u32,
    /// Whose layout it is: `HRESULT` or `NTSTATUS`.
    pub layout: &'static str,
    /// How bad: `failure`, or `error`, `warning`, `information`, `success`.
    pub severity: &'static str,
    /// Which part of the system numbers the code.
    pub facility: u32,
    /// Its name, where it has one.
    pub facility_name: Option<&'static str>,
    /// What is left: the code within the facility.
    pub code: u32,
}

/// A code that carries another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapping {
    /// The number around.
    pub outer: u32,
    /// Its family: `HRESULT` or `NTSTATUS`.
    pub layout: &'static str,
    /// The code inside.
    pub inner: Code,
    /// Whether both are one code here. Where not, the number around is a code of its own.
    pub is_one: bool,
}

/// Every spelling that is read as this code, the usual ones first.
pub fn spellings(code: &Code) -> Vec<String> {
    let value = code.value;
    let symbol = describe(code).symbol.map(str::to_owned);
    match code.space {
        CodeSpace::Ntstatus => {
            let known = value >> 28 == 0xC && table::is_known(CodeSpace::Ntstatus, value);
            let wrapped = known.then(|| hex(value | NTSTATUS_INSIDE));
            three(value).chain(symbol).chain(wrapped).collect()
        }
        CodeSpace::Hresult | CodeSpace::Sspi => three(value).chain(symbol).collect(),
        CodeSpace::Win32 => {
            let own = [value.to_string(), format!("0x{value:X}")].into_iter();
            let wrapped = (value <= 0xFFFF).then(|| three(as_hresult(value)));
            own.chain(symbol)
                .chain(wrapped.into_iter().flatten())
                .collect()
        }
        CodeSpace::Kerberos => {
            let mit = symbol.as_ref().map(|symbol| format!("KRB5{symbol}"));
            [value.to_string(), format!("0x{value:X}")]
                .into_iter()
                .chain(symbol)
                .chain(mit)
                .collect()
        }
        CodeSpace::Reason => vec![format!("%%{value}")],
        CodeSpace::Aadsts => vec![format!("AADSTS{value}")],
        CodeSpace::Name => vec![code.name.clone()],
    }
}

/// The parts of a code's number; a Win32 error's as an HRESULT carries it.
pub fn parts(code: &Code) -> Option<Parts> {
    match code.space {
        CodeSpace::Ntstatus => Some(ntstatus(code.value)),
        CodeSpace::Hresult | CodeSpace::Sspi => Some(hresult(code.value)),
        CodeSpace::Win32 if code.value <= 0xFFFF => Some(hresult(as_hresult(code.value))),
        _ => None,
    }
}

/// The code that a spelling carries, where it is one within another.
pub fn wrapping(spelling: &str) -> Option<Wrapping> {
    let outer = as_number(spelling.trim())?;
    let (layout, inner, is_one) = if outer >> 16 == 0x8000 | WIN32_INSIDE {
        ("HRESULT", number(CodeSpace::Win32, outer & 0xFFFF), true)
    } else if outer >> 16 == 0xC000 | WIN32_INSIDE {
        ("NTSTATUS", number(CodeSpace::Win32, outer & 0xFFFF), false)
    } else if outer >> 28 == 0xD {
        let inner = number(CodeSpace::Ntstatus, outer & !NTSTATUS_INSIDE);
        ("HRESULT", inner, true)
    } else {
        return None;
    };
    let known = inner.value != 0 && table::is_known(inner.space, inner.value);
    known.then_some(Wrapping {
        outer,
        layout,
        inner,
        is_one,
    })
}

fn as_number(spelling: &str) -> Option<u32> {
    prefixed_hex(spelling)
        .or_else(|| super::spelling::bare_hex(spelling))
        .or_else(|| negative(spelling.strip_prefix('-')?))
        .or_else(|| decimal(spelling))
}

fn as_hresult(win32: u32) -> u32 {
    0x8000_0000 | WIN32_INSIDE << 16 | win32
}

fn hex(value: u32) -> String {
    format!("0x{value:08X}")
}

fn three(value: u32) -> impl Iterator<Item = String> {
    [
        hex(value),
        value.cast_signed().to_string(),
        value.to_string(),
    ]
    .into_iter()
}

fn hresult(number: u32) -> Parts {
    let facility = number >> 16 & 0x7FF;
    Parts {
        number,
        layout: "HRESULT",
        severity: if number >> 31 == 1 {
            "failure"
        } else {
            "success"
        },
        facility,
        facility_name: name(HRESULT_FACILITIES, facility),
        code: number & 0xFFFF,
    }
}

fn ntstatus(number: u32) -> Parts {
    let facility = number >> 16 & 0xFFF;
    Parts {
        number,
        layout: "NTSTATUS",
        severity: ["success", "information", "warning", "error"][(number >> 30) as usize],
        facility,
        facility_name: name(NTSTATUS_FACILITIES, facility),
        code: number & 0xFFFF,
    }
}

fn name(names: &[(u32, &'static str)], facility: u32) -> Option<&'static str> {
    names
        .iter()
        .find(|(number, _)| *number == facility)
        .map(|(_, name)| *name)
}

#[rustfmt::skip]
const HRESULT_FACILITIES: &[(u32, &str)] = &[
    (0, "none"), (1, "RPC"), (2, "Dispatch"), (3, "Storage"), (4, "Interface"), (7, "Win32"), (8, "Windows"),
    (9, "Security (SSPI)"), (10, "Control"), (11, "Certificates"), (12, "Internet"), (15, "Setup"), (16, "Smart card"),
    (17, "COM+"), (19, ".NET"), (23, "Side by side"), (25, "HTTP"), (32, "Background transfer"), (36, "Windows Update"),
    (37, "Directory service"), (38, "Graphics"), (39, "Shell"), (40, "TPM services"), (41, "TPM software"), (51, "WinRM"),
    (80, "Windows Defender"), (84, "PowerShell"),
];

#[rustfmt::skip]
const NTSTATUS_FACILITIES: &[(u32, &str)] = &[
    (0, "none"), (1, "Debugger"), (2, "RPC runtime"), (3, "RPC stubs"), (4, "Input and output"), (7, "Win32"),
    (8, "Certificates"), (9, "SSPI"), (10, "Terminal server"), (21, "Side by side"), (25, "Transactions"), (41, "TPM"),
];

#[cfg(test)]
mod tests {
    use super::super::{by_meaning, parse};
    use super::*;

    fn one(spelling: &str) -> Code {
        parse(spelling).into_iter().next().unwrap()
    }

    #[test]
    fn every_spelling_is_read_as_the_code_that_it_spells() {
        for code in by_meaning() {
            for spelling in spellings(&code) {
                assert!(parse(&spelling).contains(&code), "{spelling} for {code:?}");
            }
        }
    }

    #[test]
    fn a_win32_error_has_the_spellings_of_its_hresult_too() {
        let all = [
            "1385",
            "0x569",
            "ERROR_LOGON_TYPE_NOT_GRANTED",
            "0x80070569",
            "-2147023511",
            "2147943785",
        ];
        assert_eq!(spellings(&one("1385")), all);
    }

    #[test]
    fn numbers_fall_into_severity_facility_and_code() {
        let parts_of = |spelling| parts(&one(spelling)).unwrap();
        let hresult = parts_of("0x80090308");
        assert_eq!(hresult.layout, "HRESULT");
        assert_eq!(hresult.severity, "failure");
        assert_eq!(
            (hresult.facility, hresult.facility_name, hresult.code),
            (9, Some("Security (SSPI)"), 0x308)
        );
        let status = parts_of("0xC000015B");
        assert_eq!(
            (status.layout, status.severity, status.facility, status.code),
            ("NTSTATUS", "error", 0, 347)
        );
        assert_eq!(parts_of("0x80000005").severity, "warning");
        assert_eq!(parts_of("1385").number, 0x8007_0569);
        assert_eq!(parts(&one("AADSTS50126")), None);
    }

    #[test]
    fn a_code_within_a_code_is_named() {
        let win32 = wrapping("0x80070569").unwrap();
        assert_eq!((win32.layout, win32.is_one), ("HRESULT", true));
        assert_eq!(win32.inner, one("1385"));
        assert_eq!(wrapping("-2147023511").unwrap(), win32);
        let status = wrapping("0xD000006D").unwrap();
        assert_eq!(
            (status.inner, status.is_one),
            (one("STATUS_LOGON_FAILURE"), true)
        );
        let carried = wrapping("0xC007052E").unwrap();
        assert_eq!(
            (carried.layout, carried.is_one, carried.inner),
            ("NTSTATUS", false, one("1326"))
        );
        for plain in ["0xC000006D", "1385", "0x80090308", "AADSTS50126", "words"] {
            assert_eq!(wrapping(plain), None, "{plain}");
        }
    }
}
