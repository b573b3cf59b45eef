//! Reading and judging take time in proportion to what was sent: shapes made to blow up do not.

use std::fmt::Write;
use std::time::{Duration, Instant};

use signpost::evidence::Submission;

use super::engine::{diagnosed, paste};

/// Far above what a linear engine needs in a debug build on a slow machine, far below what a quadratic one takes.
const PATIENCE: Duration = Duration::from_secs(20);
const SIZE: usize = 240_000;

#[test]
fn a_shape_made_to_blow_up_is_read_in_time() {
    for (name, text) in shapes() {
        let start = Instant::now();
        diagnosed(paste(&text));
        let took = start.elapsed();
        assert!(took < PATIENCE, "{name}: {took:?}");
    }
}

#[test]
fn many_given_facts_that_nobody_knows_are_read_in_time() {
    let facts = (0..10_000).map(|at| (format!("dsregcmd.AzureAdJoint{at}"), "YES".into()));
    let submission = Submission {
        facts: facts.collect(),
        ..Submission::default()
    };
    let start = Instant::now();
    let problems = diagnosed(submission).evidence.problems;
    assert!(start.elapsed() < PATIENCE, "{:?}", start.elapsed());
    assert!(problems.len() < 300, "{}", problems.len());
}

fn shapes() -> Vec<(&'static str, String)> {
    vec![
        (
            "table rules without a blank line",
            repeated("==== === ====\nX A S-1-1-0\n"),
        ),
        (
            "one registry path, very deep",
            format!("{HEADER}[{}]\n", repeated("HKLM\\")),
        ),
        (
            "one registry key, again and again",
            one_key_with_many_subkeys(),
        ),
        (
            "lists of PowerShell without a gap",
            repeated("PSPath : Registry::HKLM\\A\n"),
        ),
        (
            "claimed lines between entries",
            repeated("10:00:00 x\nreg query HKLM\\A\n10:00:01 y\n10:00:02 z\n"),
        ),
        (
            "one named code",
            repeated("SessionCreationErrorWithThirdPartyCredentialProvider\n"),
        ),
        ("open tags", repeated("<b ")),
        ("short hex numbers", repeated("0x6 ")),
        ("half escapes", repeated("\\\\\\\"")),
        (
            "strings that never close",
            format!(
                "{HEADER}[HKEY_LOCAL_MACHINE\\A]\n{}",
                repeated("\"a\"=\"x\n\n\n\n")
            ),
        ),
        ("no line break", "x".repeat(SIZE)),
    ]
}

const HEADER: &str = "Windows Registry Editor Version 5.00\n\n";

fn repeated(piece: &str) -> String {
    piece.repeat(SIZE / piece.len())
}

fn one_key_with_many_subkeys() -> String {
    let mut text = HEADER.to_owned();
    for at in 0..SIZE / 60 {
        let _ = write!(
            text,
            "[HKEY_LOCAL_MACHINE\\A]\n\n[HKEY_LOCAL_MACHINE\\A\\k{at}]\n\n"
        );
    }
    text + "[HKEY_LOCAL_MACHINE\\B]\n\n"
}
