//! The pages of those who sign in, empty and hostile.

use super::{HOSTILE, case};
use crate::actions::accounts::Account;
use crate::actions::house::House;
use crate::actions::{Caller, Right, Role};
use crate::rules::{Release, Verdict, settings_used};
use crate::store::{
    Actor, AuditEntry, CasePage, CaseSummary, Chain, HouseSettings, HouseValue, InboxRow,
    OutcomeName, SessionRow, TokenRow, Via,
};
use crate::web::pages::account::{KeptPage, LoginPage, OwnPage, SetupPage};
use crate::web::pages::admin::{
    AuditAsked, AuditPage, InboxPage, SettingsPage, TokensPage, UsersPage,
};
use crate::web::pages::cases::{Asked, CasesPage};
use crate::web::pages::merge::MergeCasesPage;

/// Adds each page.
pub(super) fn pages(release: &Release, add: &mut dyn FnMut(&str, &dyn askama::DynTemplate)) {
    add("login", &LoginPage::new(HOSTILE));
    add("kept", &KeptPage::new("/", "a=%3Cscript%3E&b=%22%3E&a=2"));
    for (name, account) in [("first", None), ("other", Some(HOSTILE.to_owned()))] {
        add(
            &format!("setup {name}"),
            &SetupPage::new(HOSTILE.to_owned(), account),
        );
    }
    let caller = Caller {
        actor: Actor {
            who: HOSTILE.to_owned(),
            via: Via::Session,
            address: None,
        },
        rights: vec![Right::Cases, Right::Admin],
    };
    add("own account", &OwnPage::new(&caller, &[], ""));
    add(
        "own account with sessions",
        &OwnPage::new(&caller, &[session("here"), session("there")], "here"),
    );
    add("accounts", &UsersPage::new(&[], "nobody"));
    add(
        "hostile accounts",
        &UsersPage::new(&[account(HOSTILE, None), account("gone", Some(1))], "gone"),
    );
    add("tokens", &TokensPage::new(&[], 0));
    add(
        "hostile tokens",
        &TokensPage::new(&[token(None), token(Some(1))], 2),
    );
    add("settings", &SettingsPage::new(&House::default(), release));
    add(
        "hostile settings",
        &SettingsPage::new(&house(release), release),
    );
    let asked = AuditAsked::default();
    add(
        "audit",
        &AuditPage::new(&[], false, &Chain::Whole(0, String::new()), &asked),
    );
    add(
        "hostile audit",
        &AuditPage::new(&[entry()], true, &Chain::Broken(1), &asked),
    );
    add("inbox", &InboxPage::new(&[], false, "nobody"));
    add("hostile inbox", &InboxPage::new(&[wanted()], true, HOSTILE));
    let none = CasePage {
        cases: Vec::new(),
        next: None,
    };
    let asked = Asked {
        q: HOSTILE.to_owned(),
        rule: HOSTILE.to_owned(),
        ..Asked::default()
    };
    add(
        "no cases",
        &CasesPage::new(&none, release, &Asked::default()),
    );
    add("no cases that fit", &CasesPage::new(&none, release, &asked));
    let some = CasePage {
        cases: vec![summary(vec![HOSTILE.to_owned()]), summary(Vec::new())],
        next: Some(HOSTILE.to_owned()),
    };
    add("cases", &CasesPage::new(&some, release, &asked));
    let goes = case(HOSTILE, &[]);
    let others = [summary(vec![HOSTILE.to_owned()])];
    let page = MergeCasesPage::new(&goes, None, &others, release);
    add("a case that belongs to another", &page);
    let page = MergeCasesPage::new(&goes, Some(&goes), &[], release);
    add("two cases that are to be one", &page);
}

fn house(release: &Release) -> House {
    let value = HouseValue {
        value: HOSTILE.to_owned(),
        changed_by: HOSTILE.to_owned(),
        changed_at: 0,
    };
    let names = ["mail", "queue"].map(|name| (name.to_owned(), value.clone()));
    let used = settings_used(release);
    assert!(used.contains_key("desk"));
    House {
        settings: HouseSettings {
            revision: 2,
            second_person: true,
            values: names.into_iter().collect(),
        },
        used,
    }
}

fn session(id: &str) -> SessionRow {
    SessionRow {
        id: id.to_owned(),
        account: HOSTILE.to_owned(),
        created_at: 0,
        seen_at: 0,
        address: Some(HOSTILE.to_owned()),
        agent: Some(HOSTILE.to_owned()),
    }
}

fn account(name: &str, disabled_at: Option<i64>) -> Account {
    Account {
        name: name.to_owned(),
        roles: vec![Role::Editor],
        created_at: 0,
        disabled_at,
        last_login_at: disabled_at,
        has_password: disabled_at.is_some(),
    }
}

fn token(revoked_at: Option<i64>) -> TokenRow {
    TokenRow {
        id: HOSTILE.to_owned(),
        name: HOSTILE.to_owned(),
        scopes: "classify cases".to_owned(),
        created_by: HOSTILE.to_owned(),
        created_at: 0,
        expires_at: 3,
        last_used_at: revoked_at,
        revoked_at,
    }
}

fn entry() -> AuditEntry {
    AuditEntry {
        number: 2,
        at: 0,
        who: HOSTILE.to_owned(),
        via: "session".to_owned(),
        address: Some(HOSTILE.to_owned()),
        action: "rule.draft".to_owned(),
        subject: HOSTILE.to_owned(),
        detail: HOSTILE.to_owned(),
        hash: String::new(),
    }
}

fn wanted() -> InboxRow {
    InboxRow {
        form: "abcdef".to_owned(),
        sample: HOSTILE.to_owned(),
        words: Some(HOSTILE.to_owned()),
        case_id: "abcdefghijklmnopqrstuvwxyz".to_owned(),
        newest: 0,
        cases: 4,
        unmatched: 1,
        wrong: 1,
        not_fixed: 1,
        asked: 1,
        assigned_to: Some(HOSTILE.to_owned()),
        snoozed_until: Some(1),
        dismissed_at: Some(1),
        dismissed_why: Some(HOSTILE.to_owned()),
        reply: Some(HOSTILE.to_owned()),
    }
}

fn summary(rules: Vec<String>) -> CaseSummary {
    CaseSummary {
        id: "abcdefghijklmnopqrstuvwxyz".to_owned(),
        created_at: 0,
        updated_at: 0,
        expires_at: None,
        ticket: Some(HOSTILE.to_owned()),
        machine: Some(HOSTILE.to_owned()),
        account: Some(HOSTILE.to_owned()),
        claimed_by: Some(HOSTILE.to_owned()),
        verdict: Some(Verdict::Unmatched),
        rules,
        outcome: Some(OutcomeName::WrongCause),
    }
}
