//! Machines of our own that have no fault: `tests/fixtures/reports/healthy-*`. What they are read as, `reports` holds;
//! here each of their files is sent alone, and all of them as one paste, as people do.

use std::path::{Path, PathBuf};

use signpost::actions::Diagnosis;
use signpost::rules::{Role, Verdict};

use super::engine::{diagnosed, file, fixtures, paste};

#[test]
fn a_healthy_machine_is_silent_file_by_file_and_as_one_paste() {
    let machines = machines();
    assert!(machines.len() >= 10, "{machines:?}");
    for machine in machines {
        let mut together = String::new();
        for path in files(&machine.join("input")) {
            let bytes = std::fs::read(&path).expect("a fixture");
            let name = path.file_name().and_then(|name| name.to_str());
            let alone = diagnosed(file(name.expect("a name"), &bytes));
            assert_silent(&alone, &path);
            if let Ok(text) = String::from_utf8(bytes) {
                together.push_str(&text);
                together.push_str("\r\n");
            }
        }
        let pasted = diagnosed(paste(&together));
        assert_silent(&pasted, &machine);
        assert_eq!(
            pasted.findings.verdict,
            Verdict::NoErrorFound,
            "{machine:?}"
        );
    }
}

fn assert_silent(diagnosis: &Diagnosis, what: &Path) {
    let mut causes = diagnosis.findings.findings.iter();
    let cause = causes.find(|finding| finding.role == Role::Cause);
    let rule = cause.map(|finding| (&finding.rule, &finding.because));
    assert!(rule.is_none(), "{rule:?} of {}", what.display());
    assert!(
        diagnosis.findings.undecided.is_empty(),
        "{:?} of {}",
        diagnosis.findings.undecided,
        what.display()
    );
}

fn machines() -> Vec<PathBuf> {
    let folder = fixtures().join("reports");
    let machines = std::fs::read_dir(folder).expect("the reports");
    let mut machines = machines
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str());
            name.is_some_and(|name| name.starts_with("healthy-"))
        })
        .collect::<Vec<_>>();
    machines.sort();
    machines
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}
