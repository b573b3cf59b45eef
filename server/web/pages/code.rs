//! An error code in any spelling: all that it can mean, how it is put together, where Windows writes it, which other
//! codes say the same, and the rules that know it.

use askama::Template;

use super::{Frame, words};
use crate::actions::catalogue::{named_code, rules_by_code};
use crate::evidence::codes::{self, Face, Parts, describe, parse};
use crate::evidence::{Code, CodeSpace};
use crate::rules::Release;
use crate::web::paths;

/// A code.
#[derive(Template)]
#[template(path = "codes/show.html")]
pub(crate) struct CodePage {
    frame: Frame,
    spelling: String,
    carries: Option<Carried>,
    readings: Vec<Reading>,
    /// The product's code that a rule names, as the rule spells it.
    named: Option<String>,
    rules: Vec<(String, String)>,
    search: String,
}

/// A code within another.
#[derive(Debug, Clone)]
pub(crate) struct Carried {
    layout: &'static str,
    is_one: bool,
    inner: Link,
}

/// A code that leads to its page.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    space: &'static str,
    text: String,
    number: String,
    href: String,
}

/// One thing that a code can mean.
#[derive(Debug, Clone)]
pub(crate) struct Reading {
    space: &'static str,
    symbol: String,
    meaning: String,
    spellings: Vec<String>,
    parts: Vec<(&'static str, String)>,
    faces: Vec<Face>,
    kin: Vec<(&'static str, Vec<Link>)>,
}

impl CodePage {
    /// Everything that is known about a spelling.
    pub(crate) fn new(release: &Release, spelling: &str) -> Self {
        let spelling = words::cut(spelling.trim(), 100);
        let codes = parse(&spelling);
        let named = named_code(release, &spelling).filter(|_| codes.is_empty());
        let rules = rules_by_code(release, &spelling, &codes).into_iter();
        Self {
            frame: Frame::new(&spelling, release),
            carries: codes::wrapping(&spelling).map(|wrapping| Carried {
                layout: wrapping.layout,
                is_one: wrapping.is_one,
                inner: link(&wrapping.inner),
            }),
            readings: codes.iter().map(reading).collect(),
            named: named.map(|(_, spelled)| spelled.to_owned()),
            rules: rules
                .map(|rule| (rule.file.title.clone(), paths::rule(rule.file.id.as_str())))
                .collect(),
            search: paths::search(&spelling),
            spelling,
        }
    }
}

fn reading(code: &Code) -> Reading {
    let described = describe(code);
    let kin = codes::kin(code).into_iter();
    Reading {
        space: words::space(code.space),
        symbol: described.symbol.unwrap_or_default().to_owned(),
        meaning: described.meaning.unwrap_or_default().to_owned(),
        spellings: codes::spellings(code),
        parts: codes::parts(code).map(taken_apart).unwrap_or_default(),
        faces: codes::faces(code),
        kin: kin
            .map(|kin| (kin.says, kin.codes.iter().map(link).collect()))
            .collect(),
    }
}

fn taken_apart(parts: Parts) -> Vec<(&'static str, String)> {
    let facility = match parts.facility_name {
        Some(name) => format!("{}, {name}", parts.facility),
        None => parts.facility.to_string(),
    };
    vec![
        (parts.layout, format!("0x{:08X}", parts.number)),
        ("Severity", parts.severity.to_owned()),
        ("Facility", facility),
        ("Code", format!("{} (0x{:X})", parts.code, parts.code)),
    ]
}

fn link(code: &Code) -> Link {
    let described = describe(code);
    let mut spelled = codes::spellings(code).into_iter();
    // Events print Kerberos errors in hex.
    let nth = usize::from(code.space == CodeSpace::Kerberos);
    let number = spelled.nth(nth).unwrap_or_default();
    // A short number means different things in different families.
    let target = match code.space {
        CodeSpace::Win32 | CodeSpace::Kerberos => described.symbol.unwrap_or(&number),
        _ => &number,
    };
    Link {
        space: words::space(code.space),
        text: described.symbol.unwrap_or(&number).to_owned(),
        href: paths::code(target),
        number,
    }
}

#[cfg(test)]
mod tests {
    use scraper::{Html, Selector};

    use super::*;
    use crate::rules::{PackFiles, Release};

    fn page(spelling: &str) -> Html {
        let (release, _) = Release::compile(1, 0, PackFiles::default());
        let html = CodePage::new(&release, spelling).render().unwrap();
        Html::parse_document(&html)
    }

    fn texts(page: &Html, selector: &str) -> Vec<String> {
        let selector = Selector::parse(selector).unwrap();
        page.select(&selector)
            .map(|element| element.text().collect())
            .collect()
    }

    #[test]
    fn a_wrapped_error_says_what_it_wraps_and_how_it_is_put_together() {
        let page = page("0x80070569");
        let said = texts(&page, "h1 + p").concat();
        assert!(
            said.contains("another spelling of the Win32 error ERROR_LOGON_TYPE_NOT_GRANTED"),
            "{said}"
        );
        let spellings = texts(&page, ".spellings li");
        assert!(
            spellings.contains(&"1385".to_owned()) && spellings.contains(&"-2147023511".to_owned())
        );
        assert_eq!(
            texts(&page, ".anatomy dd"),
            ["0x80070569", "failure", "7, Win32", "1385 (0x569)"]
        );
    }

    #[test]
    fn kin_are_named_as_other_codes_and_lead_to_their_pages() {
        let page = page("STATUS_LOGON_FAILURE");
        assert!(texts(&page, ".written li").concat().contains("%%2313"));
        let kin = texts(&page, ".kin li");
        for other in [
            "ERROR_LOGON_FAILURE Win32 error 1326",
            "KDC_ERR_PREAUTH_FAILED Kerberos 0x18",
            "AADSTS50126 Microsoft Entra",
        ] {
            assert!(kin.contains(&other.to_owned()), "{kin:?}");
        }
        assert!(
            texts(&page, "main")
                .concat()
                .contains("They are not this code")
        );
    }

    #[test]
    fn a_number_of_two_families_says_so() {
        let page = page("24");
        assert_eq!(texts(&page, "main section h2").len(), 3);
        assert!(
            texts(&page, "main")
                .concat()
                .contains("2 codes of different families")
        );
    }
}
