//! Outputs of real tools and small public event logs, with the facts that have to be read from them: compared where a
//! folder of them lies beside the project, passed over where none does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use signpost::evidence::{Event, Evidence, FactKey, FactValue, Lookup, ReadOptions, read};

use super::engine::file;

fn samples(folder: &str) -> Option<PathBuf> {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/eval", "../../shared/eval"]
        .into_iter()
        .map(|path| package.join(path).join(folder))
        .find(|path| path.join("index.jsonl").is_file())
}

/// Each file of the folder's index as it is read, and what is expected of it.
fn each(folder: &str, mut check: impl FnMut(&str, &str, &Evidence, &Value)) {
    let Some(folder) = samples(folder) else {
        return;
    };
    let index = std::fs::read_to_string(folder.join("index.jsonl")).unwrap();
    for row in index.lines().filter(|line| !line.trim().is_empty()) {
        let row: Value = serde_json::from_str(row).unwrap();
        let name = row["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let evidence = read(&file(name, &bytes), 1, &ReadOptions::default());
        let kind = row["kind"].as_str().unwrap_or_default();
        check(name, kind, &evidence, &row["facts"]);
    }
}

fn field(event: &Event, name: &str) -> String {
    let field = event.fields.iter().find(|field| field.name == name);
    field.map_or_else(String::new, |field| field.value.clone())
}

#[test]
fn event_logs_give_what_is_in_them() {
    each("evtx", |name, _, evidence, facts| {
        let count = |wanted: &Value| usize::try_from(wanted.as_u64().unwrap()).unwrap();
        assert_eq!(evidence.problems, [], "{name}");
        assert_eq!(
            evidence.events.len(),
            count(&facts["records_total"]),
            "{name}"
        );
        let mut failed = BTreeMap::new();
        let mut others = BTreeMap::new();
        for event in &evidence.events {
            let status = field(event, "Status");
            match event.id {
                Some(4625) => {
                    let key = format!(
                        "{status}/{}/type{}",
                        field(event, "SubStatus"),
                        field(event, "LogonType")
                    );
                    *failed.entry(key).or_insert(0) += 1;
                }
                Some(id @ (4771 | 4776)) if event.is_failure() => {
                    *others.entry(format!("{id} {status}")).or_insert(0) += 1;
                }
                _ => {}
            }
        }
        assert_eq!(
            failed.values().sum::<usize>(),
            count(&facts["count_4625"]),
            "{name}"
        );
        let wanted = |key: &str| -> BTreeMap<String, usize> {
            serde_json::from_value(facts[key].clone()).unwrap()
        };
        assert_eq!(
            failed,
            wanted("4625_by_status_substatus_logontype"),
            "{name}"
        );
        assert_eq!(others, wanted("other_auth_events"), "{name}");
    });
}

#[test]
fn outputs_of_tools_give_their_facts() {
    let mut wrong = Vec::new();
    each("evidence", |name, kind, evidence, facts| {
        let mut expect = |what: String, holds: bool| {
            if !holds {
                wrong.push(format!("{name}: {what}"));
            }
        };
        match kind {
            "windows-event-xml" => event_fields(evidence, facts, &mut expect),
            "dsregcmd-status" => dsregcmd(evidence, facts, &mut expect),
            "secedit-inf" => secedit(evidence, facts, &mut expect),
            "whoami" => {
                expect(
                    "user".to_owned(),
                    text(evidence, "whoami.user") == string(&facts["user"]),
                );
                expect(
                    "sid".to_owned(),
                    text(evidence, "whoami.sid") == string(&facts["sid"]),
                );
            }
            _ => registry(evidence, facts, &mut expect),
        }
    });
    assert!(wrong.is_empty(), "{wrong:#?}");
}

type Expect<'a> = &'a mut dyn FnMut(String, bool);

fn event_fields(evidence: &Evidence, facts: &Value, expect: Expect<'_>) {
    expect("one event".to_owned(), evidence.events.len() == 1);
    let Some(event) = evidence.events.first() else {
        return;
    };
    for (name, value) in facts.as_object().unwrap() {
        let found = match name.as_str() {
            "EventID" => event.id.map(|id| id.to_string()).unwrap_or_default(),
            _ => field(event, name),
        };
        expect(
            format!("{name} is {found:?}, not {value}"),
            found == string(value),
        );
    }
}

fn dsregcmd(evidence: &Evidence, facts: &Value, expect: Expect<'_>) {
    for (name, value) in facts.as_object().unwrap() {
        if matches!(name.as_str(), "note" | "sections" | "WorkAccountCount") {
            continue;
        }
        let found = text(evidence, &format!("dsregcmd.{name}"));
        expect(
            format!("{name} is {found:?}, not {value}"),
            found == string(value),
        );
    }
}

fn registry(evidence: &Evidence, facts: &Value, expect: Expect<'_>) {
    for (key, values) in facts["values"].as_object().unwrap() {
        for (name, value) in values.as_object().unwrap() {
            let (kind, wanted) = match value {
                Value::Array(pair) => (string(&pair[0]), string(&pair[1])),
                other => ("REG_DWORD".to_owned(), string(other)),
            };
            let digits = wanted
                .strip_prefix("dword:")
                .or_else(|| wanted.strip_prefix("0x"))
                .unwrap_or(&wanted);
            let wanted = if kind == "REG_DWORD" {
                u32::from_str_radix(digits, 16).unwrap().to_string()
            } else {
                wanted
            };
            let found = text(evidence, &format!("registry.{key}\\{name}"));
            expect(
                format!("{key}\\{name} is {found:?}, not {wanted:?}"),
                found == wanted,
            );
        }
    }
}

fn secedit(evidence: &Evidence, facts: &Value, expect: Expect<'_>) {
    for (right, wanted) in facts["privilege_rights"].as_object().unwrap() {
        let found = evidence.look_up(&FactKey::new(format!("secedit.{right}")), 1);
        // A name stands for its SID in a fact; the line that proves it has the SID.
        let line = match &found {
            Lookup::Known(fact) => evidence.slice(fact.span),
            _ => "",
        };
        let holds = match wanted.as_array() {
            Some(sids) => sids.iter().all(|sid| line.contains(&string(sid))),
            None => line.is_empty(),
        };
        expect(format!("{right} is {line:?}, not {wanted}"), holds);
    }
    for (name, wanted) in facts["lockout"].as_object().unwrap() {
        let found = text(evidence, &format!("secedit.{name}"));
        expect(
            format!("{name} is {found:?}, not {wanted}"),
            found == string(wanted),
        );
    }
}

fn string(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The first value of a fact, as text.
fn text(evidence: &Evidence, key: &str) -> String {
    let key = FactKey::new(key);
    let fact = evidence.facts.iter().find(|fact| fact.key == key);
    match fact.map(|fact| &fact.value) {
        Some(FactValue::Text(text)) => text.clone(),
        Some(FactValue::List(list)) => list.join(", "),
        None => String::new(),
    }
}
