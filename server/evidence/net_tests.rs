use proptest::prelude::*;

use super::*;
use crate::evidence::honest::{self, check, torn};

const USER_EN: &str = include_str!("../../tests/fixtures/net/user.txt");
const USER_DE: &str = include_str!("../../tests/fixtures/net/user-de.txt");
const POLICY: &str = include_str!("../../tests/fixtures/net/accounts.txt");
const GROUP: &str = include_str!("../../tests/fixtures/net/localgroup.txt");

#[track_caller]
fn says(text: &str, facts: &[(&str, &str)]) -> Reading {
    let reading = read("", &Text::new(text));
    honest::says(&reading, "", facts);
    reading
}

#[test]
fn an_account_of_the_domain_is_read_and_named() {
    let reading = says(
        USER_EN,
        &[
            ("net_user.UserName", "svc-robot"),
            ("net_user.AccountActive", "locked"),
            ("net_user.AccountExpires", "never"),
            ("net_user.PasswordLastSet", "11/1/2026 8:00:12 AM"),
            ("net_user.UserMayChangePassword", "no"),
            ("net_user.WorkstationsAllowed", "RPA-VM-07,RPA-VM-08"),
            ("net_user.LogonHoursAllowed", "all"),
            ("net_user.LocalGroups", ""),
            (
                "net_user.GlobalGroups",
                "Domain Users, Robots, Remote Desktop Robots",
            ),
        ],
    );
    let about = &reading.facts[0].about;
    assert_eq!(about.account.as_deref(), Some("svc-robot@fabrikam.test"));
}

#[test]
fn the_order_of_the_lines_decides_in_every_language() {
    let reading = says(
        USER_DE,
        &[
            ("net_user.AccountActive", "no"),
            ("net_user.PasswordExpires", "never"),
            ("net_user.LastLogon", "never"),
            ("net_user.LocalGroups", "Benutzer, Remotedesktopbenutzer"),
        ],
    );
    assert_eq!(reading.facts[0].about.account.as_deref(), Some("svc-robot"));
}

#[test]
fn the_policy_of_accounts_and_a_groups_members_are_read() {
    says(
        POLICY,
        &[
            ("net_accounts.MaximumPasswordAge", "42"),
            ("net_accounts.LockoutThreshold", "5"),
            ("net_accounts.ComputerRole", "WORKSTATION"),
        ],
    );
    says(
        GROUP,
        &[(
            "net_localgroup.Remote Desktop Users",
            "FABRIKAM\\Robots, kim",
        )],
    );
}

#[test]
fn other_text_is_left_alone() {
    for other in [
        "Full Name    Kim\nUser name    kim\n",
        "run net user svc-robot /domain and tell me\n",
        "Alias name: x\n",
    ] {
        let reading = says(other, &[]);
        assert!(reading.facts.is_empty() && reading.claimed.is_empty());
    }
}

proptest! {
    #[test]
    fn torn_samples_keep_their_spans_true(
        of in prop::sample::select(vec![USER_EN, USER_DE, POLICY, GROUP]),
        (at, hole) in (0usize..1500, 0usize..300),
        noise in "(?s)[\\PC\n*:]{0,8}",
    ) {
        check(&READER, torn(of, at, hole, &noise));
    }

    #[test]
    fn arbitrary_text_is_survived(text in "(?s).{0,200}") {
        check(&READER, text);
    }
}
