//! Texts that only speak of an error, and their look-alikes that report it.

use super::*;
use proptest::prelude::*;

fn of(text: &str) -> Option<Weakened> {
    let start = text.find("0xC0").expect("the sample holds a code");
    mention(text, 0..text.len(), start..start + 10)
}

#[test]
fn what_is_denied_or_over_is_only_spoken_of() {
    for (text, why) in [
        ("It is not 0xC000006D, I looked twice", Weakened::Denied),
        ("das ist kein Fehler 0xC000006D", Weakened::Denied),
        (
            "ticket 7001 (0xC000006D on PA-9): fixed, close it.\nStill open: 7002",
            Weakened::Denied,
        ),
        (
            "plus aucune erreur 0xC000006D sur les serveurs",
            Weakened::Denied,
        ),
        ("fixed: \"0xC000006D\" was logged twice", Weakened::Denied),
        (
            "Resolved: the account had run into 0xC000006D on Monday; all runs are green since then.",
            Weakened::Mentioned,
        ),
        (
            "The 0xC000006D of last week is gone. Closing the ticket, thanks.",
            Weakened::Mentioned,
        ),
        (
            "Der Fehler 0xC000006D tritt nicht mehr auf.",
            Weakened::Mentioned,
        ),
    ] {
        assert_eq!(of(text), Some(why), "{text}");
    }
}

#[test]
fn what_is_asked_or_taught_is_only_spoken_of() {
    for (text, why) in [
        (
            "Hello, what does 0xC000006D mean exactly?",
            Weakened::Mentioned,
        ),
        (
            "Was bedeutet 0xC000006D genau? Nur für die Schulung.",
            Weakened::Mentioned,
        ),
        (
            "用語集：0xC000006D とは、サインインの失敗です。",
            Weakened::Mentioned,
        ),
        (
            "Release notes 2.4\n* 0xC000006D has a clearer text",
            Weakened::Mentioned,
        ),
    ] {
        assert_eq!(of(text), Some(why), "{text}");
    }
}

#[test]
fn what_is_planned_defined_or_ruled_out_is_only_spoken_of() {
    for (text, why) in [
        (
            "Runbook RB-041\nStep 3. For 0xC000006D ask the platform team.",
            Weakened::Mentioned,
        ),
        (
            "To be clear: we do NOT have 0xC000006D, nobody is locked out.",
            Weakened::Denied,
        ),
        (
            "I compared with the table in the docs (UserGone, 0xC000006D, ...) – machines 1 to 3 were built without any of these.",
            Weakened::Denied,
        ),
        (
            "What happens to a run if the password changes? Will it fail with 0xC000006D at once or the next time?",
            Weakened::Mentioned,
        ),
        (
            "Quiz for the team: which code is a locked account? a) 0xC000006D b) 1326",
            Weakened::Mentioned,
        ),
        (
            "SOP-12 step 4: When the log shows 0xC000006D, phone the desk.",
            Weakened::Mentioned,
        ),
        (
            "Backlog: show a friendlier text for 0xC000006D in the portal",
            Weakened::Mentioned,
        ),
        (
            "Wie lange dauert es, bis nach 0xC000006D gesperrt wird? Nur aus Interesse.",
            Weakened::Mentioned,
        ),
        (
            "Test passed: we entered a wrong password on purpose and got 0xC000006D as expected.",
            Weakened::Mentioned,
        ),
        (
            "Der Lauf würde dann mit 0xC000006D enden, deshalb ändern wir das Kennwort erst später.",
            Weakened::Mentioned,
        ),
        (
            "Ich schreibe die Doku: bei 0xC000006D das Kennwort ändern.",
            Weakened::Mentioned,
        ),
        (
            "Seit der Umstellung haben wir keinen einzigen Fall von 0xC000006D mehr.",
            Weakened::Denied,
        ),
        (
            "Q8. What does 0xC000006D tell you, and what not?",
            Weakened::Mentioned,
        ),
        (
            "Interview question pool\nQ7. A candidate sees 0xC000006D. Name three causes.",
            Weakened::Mentioned,
        ),
        (
            "Temas destacados de la comunidad: «Excel: Failed to launch Excel», «0xC000006D: guía»",
            Weakened::Mentioned,
        ),
        (
            "Willkommen im Team! Hier das Wichtigste zu unseren Robotern, damit ihr am Montag nicht bei null anfangt.\n\nWer das Kennwort ändert, erzeugt 0xC000006D.",
            Weakened::Mentioned,
        ),
        (
            "We looked through a week of logs: no 0xC000006D anywhere.",
            Weakened::Denied,
        ),
        (
            "Already excluded:\n- wrong password (0xC000006D)\n- licence",
            Weakened::Denied,
        ),
        (
            "0xC000006D is returned by LsaLogonUser when the password is wrong.",
            Weakened::Mentioned,
        ),
        ("If you see 0xC000006D, go to step 5.", Weakened::Mentioned),
        (
            "Set a wrong password, expect 0xC000006D in the log.",
            Weakened::Mentioned,
        ),
        (
            "0xC000006D and the others: two sentences for the training, please. We have no error right now.",
            Weakened::Mentioned,
        ),
        (
            "TC-11 wrong password, expected result 0xC000006D",
            Weakened::Mentioned,
        ),
        (
            "switch (status) { case 0xC000006D: return 1; }",
            Weakened::Mentioned,
        ),
    ] {
        assert_eq!(of(text), Some(why), "{text}");
    }
}

/// Those that are said to be something else.
fn counted(texts: &[&'static str]) -> Vec<&'static str> {
    let texts = texts.iter().copied();
    texts.filter(|text| of(text).is_none()).collect()
}

#[test]
fn a_document_an_example_or_a_made_up_case_is_no_report() {
    let spoken_of = [
        "Go-live checklist, robots\nlocked out? (0xC000006D) -> identity team",
        "Monitoring rule changed: threshold for 0xC000006D goes from 5 to 10 per minute.",
        "Planned change CHG-7: we disable the old account on Sunday, side effect in the log 0xC000006D.",
        "Comparison for the paper: one product reports 0xC000006D, the other one only a timeout.",
        "Folie 12: das Ereignis mit 0xC000006D, danach die Auflösung",
        "Règle de supervision n° 3 – « 0xC000006D » plus de trois fois en dix minutes",
        "運用手順書 2.1\n0xC000006D は資格情報の確認",
        "Nota de versión 2.1: el agente traduce 0xC000006D al español.",
        "Q: Which runs need a session?\nA: Attended ones; others show errors such as 0xC000006D only then.",
        "Errors like these, e.g. 0xC000006D, have a page of their own in the portal.",
        "Ejemplo ficticio: el robot recibe 0xC000006D a las 23:00. ¿Qué miráis primero?",
        "The mock server returns 0xC000006D for tenant 3, for the team of the pages.",
        "The regex counted every line with \"0xC000006D\" twice, that of the unit tests too.",
        "We renamed the group in the chart from \"0xC000006D\" to \"wrong password\".",
        "A wrong clock may cause 0xC000006D, says the page of the vendor.",
        "Merge request 48: map 0xC000006D to \"wrong\" in the generator",
        "INFO seed: inserted 3 sample tickets (\"0xC000006D on RPA-1\") into the database",
        "Which licence do we need so that we never get 0xC000006D?",
        "Le script cherche la chaîne 0xC000006D dans les journaux ; il n'a rien trouvé.",
        "Wer 0xC000006D sieht, meldet sich bitte bei HR-IT.",
        "SLA, section 6: 0xC000006D does not count against availability",
        "How would you say \"0xC000006D\" in Dutch?",
        "https://learn.example/troubleshoot/0xC000006D-meaning is the page",
        "For our runbook: what exactly does 0xC000006D mean? We have not run into it, I only read of it.",
        "If you get the errors \"0xC000006D\" or \"1326\" with a new source, you may have met this limit.",
        "Bots get a password of their own to avoid the error, '0xC000006D', at the first sign-in.",
        "**Monitor** - Watch for 4001 events and failures with SubStatus `0xC000006D`",
        "chrome history export\n09:04 0xC000006D meaning",
        "0xC000006D - Indicates that the attempt to log on was not valid.",
    ];
    assert_eq!(counted(&spoken_of), [""; 0]);
}

#[test]
fn what_a_document_or_an_example_reports_counts() {
    for text in [
        "Checklist done: power yes, network yes, sign-in: 0xC000006D",
        "FAQ: What is a user name in this house? The part before the @ of your address.\n\nsign-in: 0xC000006D",
        "Checkliste abgearbeitet, Ergebnis 0xC000006D",
        "Job of MOCK-HOST: sign-in: 0xC000006D",
        "Run history export (csv)\nrun,status\n7,0xC000006D",
        "sign-in: 0xC000006D - that means the bot stands still",
        "Daily check: RPA-3 0xC000006D, RPA-4 green",
        "Question: our run fails with 0xC000006D, what else can it be?",
        "Did what the wiki says, result is 0xC000006D",
        "We get several of them, e.g. 0xC000006D",
        "Planned maintenance is over, since then 0xC000006D on RPA-7",
        "After the training day it shows 0xC000006D",
        "The proxy may cause it: RPA-7 cannot sign in, 0xC000006D",
        "https://login.example/?error=0xC000006D",
        "your ticket was closed. But it is not solved: 0xC000006D",
        "The comparison shows: RPA-1 is fine, RPA-2 0xC000006D",
        "It failed to log on \"\\Bots\\Monthly\". Value: 0xC000006D",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn what_came_counts_amid_any_other_text() {
    for text in [
        "What's new in 2.50\n- Fixed: the tray\n\nComments (1)\nNice, but since this version every run of ours ends with 0xC000006D.",
        "Installation handbook, step 7\n  Expected: OK\n  Actual:   it says 0xC000006D",
        "Handbook, chapter 2\n### Expected behaviour\nIt signs in.\n\n### Actual behaviour\n`0xC000006D`",
        "Checklist \"new robot\"\n[x] created\n[ ] test logon  -> 0xC000006D\n[ ] handed over",
        "Compte rendu de recette\nAttendu : il démarre\nObtenu : 0xC000006D",
        "Guía de instalación, resultados:\nPaso 1: correcto\nPaso 2: 0xC000006D",
        "Procédure de test : « elle doit réussir ».\nL'ouverture de session échoue quand même : 0xC000006D.",
        "【手順書 3】期待結果: 完了\n実際の結果:\n0xC000006D",
        "定例会議 議事録\n1. 更新: 完了\n2. 未解決: RPA-08 が 0xC000006D で失敗",
        "Lesson learned: sign-ins that nobody uses end.\nWe did not learn it. Since today it fails, code 0xC000006D",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
    let spoken_of = [
        "Handbook, chapter 2\nIf our robot fails with 0xC000006D, call identity.",
        "Checklist for new colleagues: what 0xC000006D is, where the wiki lies",
        "Lesson 4: a run that fails with 0xC000006D has a wrong password",
        "Glossary of the handbook:\n 0xC000006D wrong password\nOur robot fails since 04:00 with 0xC0000234",
        "What's new in 2.50\n- Fixed: runs end with 0xC000006D in words",
    ];
    assert_eq!(counted(&spoken_of), [""; 0]);
}

#[test]
fn what_is_provided_for_counted_as_none_or_never_minded_is_no_report() {
    let spoken_of = [
        "If the setup shows \"Error 0xC000006D\", go back to step 2 and enter the password again.",
        "NLA is off on all machines (else \"0xC000006D\")",
        "Wenn im Protokoll 0xC000006D auftaucht, zuerst die Uhr vergleichen.",
        "Si le texte « 0xC000006D » apparaît, ouvrir un incident",
        "En caso de que aparezca 0xC000006D en la consola, llame a identidad",
        "「0xC000006D」が表示された場合は、管理者に連絡してください。",
        "0xC000006D: 0 件\n判定: 正常",
        "expired: 14 ok, 0 bad (0xC000006D=0)",
        "先月の件数:0xC000006D 0件、その他 1件",
        "The old job writes 0xC000006D on Sunday, please ignore. All others run since January.",
        "We lock the account on purpose (0xC000006D) to see the mail.",
        "# How to read it\n0xC000006D means the password is wrong, 0xC0000064 means there is no such user.",
        "Is there any official list of what 0xC000006D is? We are still on 2.4. Nothing is broken.",
        "Es liegt keine Störung vor. Erkennt man die Sperre an 0xC000006D?",
        "Que signifierait 0xC000006D ? Pour l'instant aucun flux n'a échoué.",
        "Version 2.5 no longer throws 0xC000006D here.",
        "While I write our runbook: what exactly does 0xC000006D mean for local accounts?",
        "The offset is 0.002 s, so the clock (0xC000006D) can be crossed off the list. The share is slow.",
        "Si dos flujos se cruzan, ¿daría el error \"0xC000006D\" o esperaría?",
        "Acceptance test AT-3\nGiven a wrong password\nWhen the run starts\nThen the portal shows \"0xC000006D\"\nAnd a mail goes out",
        "Könnt ihr bitte einen Trigger anlegen, der auf 0xC000006D reagiert? Alle Dienste laufen.",
        "Please set up an alert for 0xC000006D on all machines.",
        "KB 0117 – Service errors, overview\n0xC000006D the service could not log on",
        "A phishing mail goes round that says \"0xC000006D, click here\". Delete it.",
        "Un faux message circule : « 0xC000006D, cliquez ici ». Aucun compte n'est touché.",
        "Add filters to exclude unknown names (0xC000006D) and count addresses.",
        "Est-ce qu'un autre compte évite 0xC000006D ? Rien en panne, c'est pour le dossier.",
        "If someone comes with 0xC000006D, the how-to is in the wiki.",
        "Which is it? 0xC000006D stands for a) locked b) disabled c) a wrong password",
        "STATUS_X - 1069 (0xC000006D)\n\nIt could not sign in.\n\nRelated errors\nSTATUS_Y",
        "{\"result\":\"Succeeded\",\"0xC000006D\":false,\"locked\":false}",
        "{\"counts\":{\"0xC0000234\":0,\"0xC000006D\":0}}",
        "False positive: the rule fires on the file \"what 0xC000006D is.docx\"",
        "Would love a column with the reason in words, say for 0xC000006D.",
        "Anyone who tries with a password will then see \"0xC000006D\". Fetch your card before.",
    ];
    assert_eq!(counted(&spoken_of), [""; 0]);
    for text in [
        "If I start it by hand it works, the scheduler says 0xC000006D",
        "Wenn ich mich verbinde, kommt 0xC000006D",
        "起動すると 0xC000006D になります",
        "12 runs, 11 fine, 1 with 0xC000006D: 8 minutes lost",
        "0xC000006D: None of the machines answers",
        "Unrelated: the other warnings can be ignored. The run ends with 0xC000006D",
        "Given the time we looked only at the log. When the run starts it ends with 0xC000006D",
        "We set up an alert last week and now it fires: 0xC000006D on RPA-02, the run stops",
        "KB5012170 was installed on Monday: 0xC000006D since then",
        "What we did: a) restart b) a new password c) the other robot. Still 0xC000006D",
        "We added a filter to exclude the test robots; RPA-02 still ends with 0xC000006D",
        "The robot finds related errors in the log:\nsign-in: 0xC000006D",
        "Error on RPA-07: 0xC000006D\n\nNext steps:\nidentity looks at the account",
        "Yesterday I took it for phishing: \"0xC000006D\". It is not phishing, the robot is red.",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn what_is_there_now_counts_whatever_else_is_said() {
    for text in [
        "Run failed with 0xC000006D",
        "runbook: 0xC000006D, logon failed",
        "Enabled: no\n0xC000006D on the same machine",
        "It has no right there: 0xC000006D",
        "expected it to work, but got 0xC000006D",
        "VM-02 -> the name isn't in the expected format\nVM-03 -> status 0xC000006D",
        "Test matrix\n1 vault, VM-02 → ok\n2 stored password, VM-03 → Failed: 0xC000006D",
        "could not sign in: 0xC000006D",
        "What does 0xC000006D mean? Our bot cannot sign in since Monday.",
        "Resolved last week, but we still get 0xC000006D every night",
        "We fixed the connection. Now it says 0xC000006D",
        "Not again! 0xC000006D on all machines",
        "0xC000006D: the seat is held by another session (RPA-113). Release the seat and run again.",
        "0xC000006D: the session is locked. Unlock it, connect again, and start again.",
        "Die Anmeldung geht nicht, Status 0xC000006D",
        "the old machine is fine, this one returns 0xC000006D",
        "After each restart 0xC000006D comes back, the saved password is gone",
        "0xC000006D after the training on Thursday",
        "Will it fail with 0xC000006D each night? It has since Monday.",
        "We have 0xC000006D, none of these steps helped",
        "It does not work and we have 0xC000006D",
        "先日から「0xC000006D」が発生しています。サインインできません。",
        "Overview of open problems:\n- RPA-01: 0xC000006D\n- RPA-02: fine",
        "Could you help with 0xC000006D?",
        "Wir schreiben die Anleitung nicht um, solange 0xC000006D kommt.",
        "Did somebody change it on purpose? 0xC000006D since today",
        "1 vault → ok\n2 stored → Failed with 0xC000006D",
    ] {
        assert_eq!(of(text), None, "{text}");
    }
}

#[test]
fn a_long_text_is_no_remark_and_a_denial_still_is_one() {
    let log = "2026-01-01 10:00:00 INFO all is well\n".repeat(80);
    assert_eq!(of(&format!("Release notes\n{log} 0xC000006D")), None);
    assert_eq!(
        of(&format!("{log} it is not 0xC000006D")),
        Some(Weakened::Denied)
    );
}

#[test]
fn a_place_that_reaches_beyond_its_entry_is_answered() {
    let text = "{\"a\": \"0xC000006D\"},{\"b\": 2}";
    assert_eq!(mention(text, 0..19, 7..27), None);
}

proptest! {
    #[test]
    fn any_place_of_any_text_is_answered(text in "(?s).{0,80}|(not |fixed: |what does | mean|\\. |é|Ä|\n){0,20}", from in 0usize..90, size in 0usize..20) {
        let start = floor(&text, from.min(text.len()));
        let end = ceil(&text, (start + size).min(text.len()));
        mention(&text, 0..text.len(), start..end);
    }
}
