//! Sign-ins that are tried one after the other: each command, or each line of a tool, tells of one alone.
//!
//! ```text
//! $ smbclient -L //files -U guest
//! session setup failed: NT_STATUS_ACCOUNT_DISABLED
//! $ smbclient -L //files -U robot
//! session setup failed: NT_STATUS_LOGON_FAILURE
//!
//! SMB    192.0.2.7    445    DC1    [-] corp\\robot:… STATUS_LOGON_FAILURE
//! SMB    192.0.2.7    445    DC1    [-] corp\\guest:… STATUS_ACCOUNT_DISABLED
//! ```

use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::{Line, Text};

/// A text over this size is a log of another kind.
const LARGEST: usize = 256 * 1024;

/// Protocol, address, port, host and mark, as `NetExec` (<https://www.netexec.wiki>) prints one sign-in a line; it once began
/// with the time and had the port behind the address.
static TRIED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?:\S+ \d{1,2}:\d{2}:\d{2}\s+)?(?:SMB|LDAPS?|WINRM|RDP|MSSQL|WMI|SSH)",
        r"\s+\S+\s+(?:\d{1,5}\s+)?\S+\s+\[[-+*!]\] ",
    ))
    .expect("a constant pattern; a test compiles it")
});

/// What a shell prints before a command, and the command's first word.
static PROMPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(concat!(
        r"^\s*(?:\$ |└─[$#]|[\w.-]+@[\w.-]+:[^\s$#]{0,80}[$#] |\[[^\]]{1,60}\][$#] ",
        r"|(?:\*\S{1,20}\* )?(?:PS )?[A-Za-z]:\\[^>]{0,120}>)\s*(\S+)",
    ))
    .expect("a constant pattern; a test compiles it")
});

/// Where the attempts start, where there are at least two and nothing else was done between them.
pub(super) fn starts(text: &Text) -> Option<Vec<usize>> {
    if text.as_str().len() > LARGEST {
        return None;
    }
    let of = |is_start: &dyn Fn(&Line<'_>) -> bool| {
        let starts = text.lines().filter(is_start).map(|line| line.start);
        let starts = starts.collect::<Vec<_>>();
        (starts.len() >= 2).then_some(starts)
    };
    of(&|line| TRIED.is_match(line.text)).or_else(|| {
        let mut commands = text.lines().filter_map(|line| command(line.text));
        let first = commands.next()?;
        commands
            .all(|other| other.eq_ignore_ascii_case(first))
            .then(|| of(&|line| command(line.text).is_some()))?
    })
}

fn command(line: &str) -> Option<&str> {
    let prompt = PROMPT.captures(line)?;
    prompt.get(1).map(|word| word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(text: &str) -> usize {
        starts(&Text::new(text)).map_or(0, |starts| starts.len())
    }

    #[test]
    fn a_command_that_is_tried_several_times_tells_of_one_attempt_each() {
        let shells = [
            "$ smbclient -L //a\nfailed\n$ smbclient -L //b\nfailed too",
            "first:\n└─$ smbclient a\nno\nthen:\n└─$ SMBCLIENT b\nno",
            "robot@vm1:~$ smbclient a\nno\nrobot@vm1:/tmp$ smbclient b",
            "C:\\>net use x\nSystem error 1326 has occurred.\n\nC:\\Temp>net use y\nSystem error 1331 has occurred.",
            "PS C:\\> net use x\nno\nPS C:\\Users\\a b> net use y\nno",
        ];
        for shell in shells {
            assert_eq!(count(shell), 2, "{shell}");
        }
        for other in [
            "",
            "$ smbclient -L //a\nfailed",
            "C:\\>whoami\ncorp\\robot\n\nC:\\>net use y\nSystem error 1331 has occurred.",
            "$5 a run\n$7 a robot",
            "> it failed\n> it failed again",
            "# smbclient a\n# smbclient b",
        ] {
            assert_eq!(count(other), 0, "{other}");
        }
    }

    #[test]
    fn lines_of_a_tool_that_tries_sign_ins_are_one_attempt_each() {
        let line = |rest| format!("SMB         192.0.2.7    445    DC1         {rest}");
        let lines = [
            line("[-] corp\\a:x STATUS_LOGON_FAILURE"),
            line("[-] corp\\b:x STATUS_ACCOUNT_LOCKED_OUT"),
            line("[+] corp\\c:x"),
        ];
        assert_eq!(count(&lines.join("\n")), 3);
        assert_eq!(count(&lines[..2].join("\n")), 2);
        let narrow = lines.join("\n").replace("    ", " ").replace("  ", " ");
        assert_eq!(count(&narrow), 3, "{narrow}");
        let former = "Aug.20.19 14:56:43  SMB         192.0.2.7:445  DC1 [-] ";
        assert_eq!(
            count(&format!("{former}CORP\\a:x no\n{former}CORP\\b:x no")),
            2
        );
        assert_eq!(count(&lines[0]), 0);
        assert_eq!(count("SMB is off\nRDP is on\nWMI 7 8 9 [-] x"), 0);
    }
}
