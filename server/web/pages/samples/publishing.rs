//! Samples of releases and proposals.

use std::sync::Arc;

use askama::DynTemplate;

use super::HOSTILE;
use crate::actions::packs::{Change, Incoming};
use crate::actions::releases::{
    Comparison, GateReport, Issued, Moved, Overview, ProposalPageView, ProposalView, ReplayReport,
    Standing,
};
use crate::actions::{Caller, Right};
use crate::rules::check::{Grade, Remark};
use crate::rules::diff::diff;
use crate::rules::evaluate::{Miss, Share};
use crate::rules::inspect::{Evaluation, GateRemark, Inspection, Measure};
use crate::rules::pack::CommentOf;
use crate::rules::write::Comment;
use crate::rules::{CautionFile, Confidence, PackFiles, Release, Role, Said, SaidFinding, Verdict};
use crate::store::{
    Actor, CaseId, ChangedCase, ChangedCount, Draft, DraftKind, DraftName, Likeness, ListedCase,
    Proposal, ProposalKind, ProposalState, ReleaseRow, Words, WordsKind,
};
use crate::web::pages::admin::{ComparePage, ImportPage, ProposalPage, ReleasePage, ReleasesPage};

/// Every page of releases and proposals, named.
pub(super) fn pages(release: &Release) -> Vec<(String, Box<dyn DynTemplate>)> {
    let caller = caller();
    let mut pages: Vec<(String, Box<dyn DynTemplate>)> = Vec::new();
    for state in [
        ProposalState::Open,
        ProposalState::Checking,
        ProposalState::Checked,
        ProposalState::Published,
        ProposalState::Withdrawn,
    ] {
        let page = ProposalPage::new(&proposal_page(state), release, &super::house(), &caller);
        pages.push((format!("proposal {}", state.name()), Box::new(page)));
    }
    let overview = Overview {
        releases: vec![row(2), row(1)],
        proposals: vec![
            (proposal(ProposalState::Checked), Standing::Held),
            (proposal(ProposalState::Published), Standing::Published),
        ],
        drafts: vec![draft()],
        stayed: Some((0, HOSTILE.to_owned())),
    };
    let list = ReleasesPage::new(&overview, 2, &caller);
    pages.push(("releases".to_owned(), Box::new(list)));
    let nothing = Overview {
        releases: Vec::new(),
        proposals: Vec::new(),
        drafts: Vec::new(),
        stayed: None,
    };
    let list = ReleasesPage::new(&nothing, 2, &caller);
    pages.push(("no releases".to_owned(), Box::new(list)));
    for gate in [None, Some(report())] {
        let issued = Issued {
            row: row(2),
            changes: gate.as_ref().map(|_| changes()),
            gate,
            live: false,
        };
        let name = format!("release, gate {}", issued.gate.is_some());
        pages.push((name, Box::new(ReleasePage::new(&issued, &caller))));
    }
    let comparison = Comparison {
        before: row(1),
        after: row(2),
        diff: changes(),
    };
    pages.push((
        "comparison".to_owned(),
        Box::new(ComparePage::new(&comparison, 2)),
    ));
    let wrong = ImportPage::sample(vec![HOSTILE.to_owned()], None);
    pages.push(("files refused".to_owned(), Box::new(wrong)));
    for incoming in [Incoming::default(), incoming()] {
        let name = format!("files that change {}", incoming.changes.len());
        let page = ImportPage::sample(Vec::new(), Some(&incoming));
        pages.push((name, Box::new(page)));
    }
    pages
}

fn incoming() -> Incoming {
    let name = draft().name;
    let comment = |field: &str, kept| CommentOf {
        file: HOSTILE.to_owned(),
        comment: Comment {
            line: 3,
            field: field.to_owned(),
            text: HOSTILE.to_owned(),
        },
        kept,
    };
    let remark = |grade| Remark {
        file: HOSTILE.to_owned(),
        line: 3,
        field: HOSTILE.to_owned(),
        what: HOSTILE.to_owned(),
        grade,
    };
    Incoming {
        base: 2,
        changes: vec![Change {
            name: name.clone(),
            text: HOSTILE.to_owned(),
            removed: false,
        }],
        diff: changes(),
        kept: 7,
        comments: vec![
            comment("", true),
            comment(HOSTILE, true),
            comment("", false),
        ],
        remarks: vec![remark(Grade::Error), remark(Grade::Warning)],
        notes: vec![HOSTILE.to_owned()],
        in_the_way: vec![name],
        ..Incoming::default()
    }
}

fn caller() -> Caller {
    Caller {
        actor: Actor::shell(),
        rights: vec![Right::ReadDrafts, Right::Edit, Right::Publish],
    }
}

fn row(number: i64) -> ReleaseRow {
    ReleaseRow {
        number,
        published_at: 0,
        note: HOSTILE.to_owned(),
        origin: "edited".to_owned(),
        pack_hash: String::new(),
        engine: "1".to_owned(),
        author: HOSTILE.to_owned(),
        proposal: Some(1),
    }
}

fn draft() -> Draft {
    Draft {
        name: DraftName {
            kind: DraftKind::Rule,
            id: HOSTILE.to_owned(),
        },
        revision: 3,
        base_release: 1,
        base: String::new(),
        text: HOSTILE.to_owned(),
        removed: false,
        created_by: HOSTILE.to_owned(),
        created_at: 0,
        changed_by: HOSTILE.to_owned(),
        changed_at: 0,
    }
}

fn changes() -> crate::rules::diff::PackDiff {
    let pack = |text: String| PackFiles {
        cautions: vec![CautionFile {
            id: HOSTILE.to_owned(),
            text,
        }],
        ..PackFiles::default()
    };
    let long = "unchanged ".repeat(60);
    diff(
        &pack(format!("one {long} two")),
        &pack(format!("{HOSTILE} {long} three")),
    )
}

fn report() -> GateReport {
    let miss = Miss {
        id: HOSTILE.to_owned(),
        want: vec![HOSTILE.to_owned()],
        got: Vec::new(),
        text: HOSTILE.to_owned(),
    };
    let remark = |stops| GateRemark {
        stops,
        file: HOSTILE.to_owned(),
        line: 3,
        field: HOSTILE.to_owned(),
        what: HOSTILE.to_owned(),
    };
    let share = |right| Share { right, of: 10 };
    GateReport {
        inspection: Inspection {
            base: 1,
            engine: "1".to_owned(),
            rules: 2,
            remarks: vec![remark(true), remark(false)],
            more_remarks: 4,
            notes: vec![HOSTILE.to_owned()],
            evaluation: Some(Evaluation {
                rows: 10,
                left_out: 3,
                measures: vec![Measure {
                    name: HOSTILE.to_owned(),
                    least: 0.98,
                    before: share(10),
                    after: share(9),
                    passed: false,
                }],
                lost: vec![miss],
            }),
        },
        replay: Some(ReplayReport {
            cases: 1_234,
            changed: 5,
            accepted: 1,
            unlisted: 0,
            unread: 2,
        }),
    }
}

fn proposal(state: ProposalState) -> Proposal {
    Proposal {
        number: 1,
        kind: ProposalKind::Drafts,
        title: HOSTILE.to_owned(),
        note: HOSTILE.to_owned(),
        author: HOSTILE.to_owned(),
        created_at: 0,
        updated_at: 0,
        state,
        base: 1,
        contents: 2,
        published: (state == ProposalState::Published).then_some(2),
        run: 1,
        stage: "cases".to_owned(),
        place: String::new(),
        done: 500,
        total: 1_234,
        unlisted: 0,
        unread: 2,
        report: String::new(),
    }
}

fn proposal_page(state: ProposalState) -> ProposalPageView {
    let said = |verdict, rule: &str| Said {
        verdict,
        findings: vec![SaidFinding {
            rule: rule.to_owned(),
            role: Role::Cause,
            confidence: Confidence::Certain,
            gave_way: true,
        }],
    };
    let (before, after) = (
        said(Verdict::Matched, HOSTILE),
        said(Verdict::Ambiguous, "sample.rule"),
    );
    let likeness = Likeness {
        name: "0123456789abcdef".to_owned(),
        count: 5,
        accepted: 1,
        before: before.clone(),
        after: after.clone(),
    };
    let listed = |accepted_by: Option<&str>, number: u8| ListedCase {
        changed: ChangedCase {
            case: CaseId::from_bytes([number; 16]),
            before: before.clone(),
            after: after.clone(),
        },
        accepted_by: accepted_by.map(str::to_owned),
        accepted_at: None,
    };
    let cases = vec![listed(Some(HOSTILE), 1), listed(None, 2)];
    let words = |kind, contents| Words {
        position: 1,
        kind,
        at: 0,
        who: HOSTILE.to_owned(),
        about: HOSTILE.to_owned(),
        words: HOSTILE.to_owned(),
        contents,
    };
    ProposalPageView {
        view: ProposalView {
            proposal: proposal(state),
            drafts: vec![draft()],
            moved: vec![Moved {
                at: 0,
                revision: Some(4),
            }],
            clashes: vec![0],
            report: Some(report()),
            count: ChangedCount {
                listed: 5,
                accepted: 1,
            },
            likenesses: vec![likeness],
            words: vec![
                words(WordsKind::Comment, 2),
                words(WordsKind::Approve, 1),
                words(WordsKind::Changes, 2),
            ],
            newest: 1,
            second_person: true,
        },
        changes: diff(&PackFiles::default(), &super::pack()),
        new: Some(Arc::new(Release::compile(0, 0, super::pack()).0)),
        free: vec![draft()],
        cases: vec![("0123456789abcdef".to_owned(), cases)],
        unset: vec![HOSTILE.to_owned()],
    }
}
