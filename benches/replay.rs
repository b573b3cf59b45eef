//! A replay of stored cases: 100,000 pastes judged by the shipped release and by one that differs from it, as the gate
//! does before a release is published.
//!
//! `cargo bench --bench replay`. `REPLAY=1000` takes so many cases instead. It runs on as many threads as there are cores,
//! and the promise is 10 seconds on two for a proposal of ten rules that gain a sentence each. Beside it stand one in which
//! each rule gains one, one in which each guide does, one with another word for a product, and one that writes the condition of
//! every rule anew, by which every case is judged twice.

use std::sync::Arc;

use divan::Bencher;
use divan::counter::ItemsCount;
use signpost::actions::releases::replay::Replay;
use signpost::condition::shape::ConditionFile;
use signpost::knowledge;
use signpost::rules::evaluate::Labelled;
use signpost::rules::{PackFiles, Release, RuleFile, Verdict};
use signpost::store::{
    Actor, CaseId, Change, NewCase, NewRelease, NewRound, Receipt, Store, StoredSource,
};

const CASES: u32 = 100_000;

fn main() {
    divan::main();
}

#[expect(
    clippy::disallowed_methods,
    reason = "a bench is no part of the program"
)]
fn cases() -> u32 {
    let wanted = std::env::var("REPLAY").ok();
    let wanted = wanted.and_then(|wanted| wanted.parse().ok());
    wanted.unwrap_or(CASES)
}

/// A database of pastes: the labelled submissions in turn, each with words of its own around it.
async fn filled(store: &Store) {
    let files = knowledge::read(knowledge::shipped()).expect("the shipped pack");
    let release = NewRelease {
        note: "",
        origin: "shipped",
        pack_hash: "",
        engine: "",
        files: &files,
        gate: "",
        proposal: None,
    };
    let published = store.publish(release, &Actor::server(), 0).await;
    published.expect("a release can be published");
    let rows = include_str!("../tests/evaluation/labelled.jsonl");
    let rows = Labelled::lines(rows).expect("rows as the format says");
    for number in 0..cases() {
        let row = &rows[number as usize % rows.len()];
        let text = format!(
            "Ticket {number}\n{}\nSeen {} times.\n",
            row.text,
            number % 97
        );
        let round = NewRound {
            who: None,
            sources: vec![StoredSource {
                name: "paste".to_owned(),
                text,
            }],
            problems: Vec::new(),
            facts: Vec::new(),
            receipt: Receipt {
                release: 1,
                engine: String::new(),
                verdict: Verdict::Matched,
                rules: Vec::new(),
            },
            redactions: Vec::new(),
        };
        let case = NewCase {
            id: CaseId::from_bytes(
                u128::from(number)
                    .wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835)
                    .to_be_bytes(),
            ),
            expires_at: None,
            product: None,
            release: 1,
            first: Change {
                round: Some(round),
                ..Change::default()
            },
        };
        store
            .open_case(case, 0)
            .await
            .expect("a case can be opened");
    }
}

/// A proposal of ten rules: those that most cases are about, and some others.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn ten_rules(bencher: Bencher) {
    const SOME: [&str; 10] = [
        "win.bad-password",
        "win.account-locked",
        "pad.invalid-credentials",
        "pad.session-exists",
        "win.no-logon-servers",
        "alteryx.service-logon-failure",
        "pad.license",
        "win.service-logon-failure",
        "uipath.session-not-exist",
        "entra.token-expired",
    ];
    replay(bencher, |files| {
        let some = files.rules.iter_mut();
        some.filter(|rule| SOME.contains(&rule.id.as_str()))
            .for_each(gains_a_sentence);
    });
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn every_rule(bencher: Bencher) {
    replay(bencher, |files| {
        files.rules.iter_mut().for_each(gains_a_sentence);
    });
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn every_guide(bencher: Bencher) {
    replay(bencher, |files| {
        let steps = files
            .rules
            .iter_mut()
            .flat_map(|rule| &mut rule.guide.steps);
        for text in steps.filter_map(|step| step.text.as_mut()) {
            text.push_str(" Take your time.");
        }
    });
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn a_product_has_another_word(bencher: Bencher) {
    replay(bencher, |files| {
        let words = &mut files.products[0].words;
        words.push("a word that nobody writes".to_owned());
    });
}

#[divan::bench(sample_count = 1, sample_size = 1)]
fn every_case_twice(bencher: Bencher) {
    replay(bencher, |files| {
        for rule in &mut files.rules {
            let known = std::mem::take(&mut rule.matcher);
            rule.matcher.all = Some(vec![known]);
        }
    });
}

/// A rule is recognised by one sentence more.
fn gains_a_sentence(rule: &mut RuleFile) {
    let sentence = ConditionFile {
        phrase: Some(format!("the queue of {} is closed", rule.id)),
        ..ConditionFile::default()
    };
    let known = std::mem::take(&mut rule.matcher);
    rule.matcher.any = Some(vec![known, sentence]);
}

/// Replays the cases for a release that differs from the shipped one by this.
fn replay(bencher: Bencher, change: impl Fn(&mut PackFiles)) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let folder = tempfile::tempdir().expect("a folder");
    let store = runtime
        .block_on(Store::open(&folder.path().join("replay.db")))
        .expect("a database");
    runtime.block_on(filled(&store));
    let files = knowledge::read(knowledge::shipped()).expect("the shipped pack");
    let mut changed = files.clone();
    change(&mut changed);
    let release = |files| {
        let (release, complaints) = Release::compile(1, 0, files);
        assert_eq!(complaints, [], "a rule with a complaint is left out");
        Arc::new(release)
    };
    let replay = Replay {
        store,
        before: release(files),
        after: release(changed),
        workers: std::thread::available_parallelism().map_or(2, usize::from),
        now: 0,
    };
    bencher.counter(ItemsCount::new(cases())).bench_local(|| {
        runtime.block_on(async {
            let mut seen = 0;
            let mut replaying = replay.clone().behind("");
            while let Some(piece) = replaying.next().await.expect("the cases can be read") {
                seen += piece.cases;
            }
            assert_eq!(seen, cases() as usize);
            seen
        })
    });
}
