//! Passwords on command lines: each program has its own way to take one.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::find::hit;
use super::value::line_ahead;
use super::{Hit, Mark};

/// A program, and where its password stands: group 1.
pub(super) struct Program {
    pub(super) words: &'static [&'static str],
    pattern: &'static str,
}

/// A value: in quotes, or to the next blank; never a switch, a variable or a star.
macro_rules! value {
    () => {
        r#"(?:"([^"]+)"|'([^']+)'|([^\s"'*/$%<\[({-][^\s"]*))"#
    };
}

pub(super) const PROGRAMS: &[Program] = &[
    Program {
        words: &["net use", "net.exe use"],
        pattern: concat!(
            r#"(?i)^net(?:\.exe)?\s+use\s+(?:[a-z*]:?\s+)?"?\\\\[^\s"]+"?\s+"#,
            value!(),
            r"(?:\s+/|\s*$)|^net(?:\.exe)?\s+use\s.*?/u(?:ser)?:\S+\s+",
            value!()
        ),
    },
    Program {
        words: &["net user", "net.exe user"],
        pattern: concat!(
            r#"(?i)^net(?:\.exe)?\s+user\s+(?:"[^"]+"|[^\s/"]+)\s+"#,
            value!(),
            r"(?:\s+/(?:add|domain|active|expires|fullname|comment|times|y)|\s*$)"
        ),
    },
    Program {
        words: &["psexec", "paexec"],
        pattern: concat!(r"(?i)\s[-/]p\s+", value!()),
    },
    Program {
        words: &["plink", "pscp", "psftp", "putty"],
        pattern: concat!(r"(?i)\s-pw\s+", value!()),
    },
    Program {
        words: &["sqlcmd", "osql", "bcp "],
        pattern: concat!(r"\s[-/]P\s*", value!()),
    },
    Program {
        words: &["curl", "invoke-restmethod"],
        pattern: r#"\s(?:-u|--user|-U|--proxy-user|--basic-u)[ =]*["']?[^\s:"']+:([^\s"']+)"#,
    },
    Program {
        words: &["mysql", "mariadb", "mysqldump"],
        pattern: concat!(r"\s-p", value!()),
    },
    Program {
        words: &["schtasks", "schtask "],
        pattern: concat!(r"(?i)\s/rp\s+", value!()),
    },
    Program {
        words: &[
            "winrs", "wmic", "rdesktop", "freerdp", "mstsc", "signtool", "tscon",
        ],
        pattern: concat!(r"(?i)\s[-/]p(?:assword)?[: ]\s*", value!()),
    },
    Program {
        words: &[
            "sshpass",
            "docker login",
            "az login",
            "podman login",
            "certutil",
            "oc login",
            "cf login",
            "sfcctl",
            "7z ",
            "7za ",
            "rar ",
        ],
        pattern: concat!(r"\s-p\s*", value!()),
    },
    Program {
        words: &["rasdial"],
        pattern: concat!(
            r#"(?i)^rasdial(?:\.exe)?\s+(?:"[^"]+"|\S+)\s+[^\s/]\S*\s+"#,
            value!()
        ),
    },
    Program {
        words: &["smbclient", "mount.cifs", "rpcclient"],
        pattern: r#"\s(?:-U|--user)[ =]*["']?[^\s%"']+%([^\s"']+)"#,
    },
    Program {
        words: &["ldapsearch", "ldapmodify", "ldapadd"],
        pattern: concat!(r"\s-w\s+", value!()),
    },
    Program {
        words: &["openssl"],
        pattern: r#"\bpass:([^\s"':,;]{4,})"#,
    },
    Program {
        words: &["netdom"],
        pattern: concat!(r"(?i)\s/p[do]:", value!()),
    },
    Program {
        words: &["setx "],
        pattern: concat!(
            r"(?i)^setx\s+\w*(?:pass|pwd|secret|token|api_?key)\w*\s+",
            value!()
        ),
    },
    Program {
        words: &["-u "],
        pattern: concat!(r"^-u\s+\S+\s+-p\s+", value!()),
    },
    Program {
        words: &["djoin", "dsadd", "dsmod"],
        pattern: concat!(r"(?i)\s-p\s+", value!()),
    },
];

static PATTERNS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    let patterns = PROGRAMS.iter();
    patterns
        .map(|program| Regex::new(program.pattern).expect("a constant pattern"))
        .collect()
});

/// The passwords behind a program's name, and how far was looked.
pub(super) fn read(text: &str, at: usize, program: usize) -> (Vec<Hit>, usize) {
    let line = line_ahead(text, at);
    let line = &line[..line.floor_char_boundary(1024)];
    let mut hits = Vec::new();
    for found in PATTERNS[program].captures_iter(line) {
        let Some(value) = found.iter().skip(1).flatten().next() else {
            continue;
        };
        let range: Range<usize> = at + value.start()..at + value.end();
        let looks_like_ports = value
            .as_str()
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b':');
        if !looks_like_ports {
            hits.extend(hit(text, range, Mark::Password));
        }
    }
    (hits, at + line.len())
}
