use super::super::super::Text;
use super::super::names::Header;
use super::*;

fn read(id: &str, text: &str) -> String {
    let given = Text::new(format!("{id} {text}"));
    let mut draft = Draft::new(&given);
    draft.header(Header::Id, id, 0..id.len());
    let mut body = Unescaped::new(id.len() + 1);
    body.plain(text);
    fill(&mut draft, &body);
    let event = draft.finish(0..1).unwrap();
    for field in &event.fields {
        assert_eq!(
            given.as_str()[field.span.start..field.span.end],
            field.value
        );
    }
    let fields = event.fields.iter();
    let fields = fields.map(|field| format!("{}={}", field.name, field.value));
    fields.collect::<Vec<_>>().join("; ")
}

#[test]
fn a_description_on_one_line_is_read_like_one_on_many() {
    let many = "An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\tS-1-5-18\n\tAccount Name:\t\tRPA-VM-07$\n\nLogon Type:\t\t\t10\n\nAccount For Which Logon Failed:\n\tSecurity ID:\t\tS-1-0-0\n\tAccount Name:\t\tsvc-robot\n\tAccount Domain:\t\tFABRIKAM\n\nFailure Information:\n\tFailure Reason:\t\tAccount locked out.\n\tStatus:\t\t\t0xC0000234\n\tSub Status:\t\t0x0\n";
    let one = many.replace(['\n', '\t'], "  ");
    let told = "SubjectUserSid=S-1-5-18; SubjectUserName=RPA-VM-07$; LogonType=10; TargetUserSid=S-1-0-0; TargetUserName=svc-robot; TargetDomainName=FABRIKAM; FailureReason=Account locked out.; Status=0xC0000234; SubStatus=0x0";
    assert_eq!(read("4625", many), told);
    assert_eq!(read("4625", &one), told);
    let single = many.replace(['\n', '\t'], " ");
    assert_eq!(read("4625", &single), told);
    let written = many.replace('\n', r"\r\n").replace('\t', r"\t");
    assert_eq!(read("4625", &written), told);
}

#[test]
fn the_order_of_the_sections_tells_whose_account_it_is_in_every_language() {
    assert_eq!(
        read(
            "4625",
            "Antragsteller:\n\tSicherheits-ID:\tS-1-5-18\n\tKontoname:\tRPA$\n\nAnmeldetyp:\t3\n\nKonto, für das die Anmeldung fehlgeschlagen ist:\n\tSicherheits-ID:\tNULL SID\n\tKontoname:\tsvc-robot\n\tKontodomäne:\tFABRIKAM\n\nFehlerinformationen:\n\tUnterstatus::\t0xC0000064\n"
        ),
        "SubjectUserSid=S-1-5-18; SubjectUserName=RPA$; LogonType=3; TargetUserSid=NULL SID; TargetUserName=svc-robot; TargetDomainName=FABRIKAM; SubStatus=0xC0000064"
    );
    assert_eq!(
        read(
            "4740",
            "Subject:\n\tSecurity ID:\tS-1-5-18\n\tAccount Name:\tDC01$\n\nAccount That Was Locked Out:\n\tSecurity ID:\tS-1-5-21-1-2-3-1109\n\tAccount Name:\tsvc-robot\n\nAdditional Information:\n\tCaller Computer Name:\tRPA-VM-07\n"
        ),
        "SubjectUserSid=S-1-5-18; SubjectUserName=DC01$; TargetUserSid=S-1-5-21-1-2-3-1109; TargetUserName=svc-robot"
    );
    assert_eq!(
        read(
            "4771",
            "Account Information:\n\tSecurity ID:\tS-1-5-21-1\n\tAccount Name:\tsvc-robot\n\nService Information:\n\tService Name:\tkrbtgt/FABRIKAM\n\nAdditional Information:\n\tFailure Code:\t0x18\n"
        ),
        "TargetUserSid=S-1-5-21-1; TargetUserName=svc-robot; ServiceName=krbtgt/FABRIKAM; Status=0x18"
    );
}

#[test]
fn the_service_control_manager_speaks_in_sentences() {
    assert_eq!(
        read(
            "7038",
            "The UIFlowService service was unable to log on as FABRIKAM\\svc-robot with the currently configured password due to the following error: \n%%1326"
        ),
        "param1=UIFlowService; param2=FABRIKAM\\svc-robot; param3=%%1326"
    );
    assert_eq!(
        read(
            "7000",
            "The Power Automate service service failed to start due to the following error: \n%%1069"
        ),
        "param1=Power Automate service; param2=%%1069"
    );
}

#[test]
fn labels_that_no_table_knows_are_told_by_their_places() {
    const TOLD: &str = "SubjectUserSid=S-1-5-18; SubjectUserName=RPA$; SubjectDomainName=FABRIKAM; SubjectLogonId=0x3E7; LogonType=10; TargetUserSid=S-1-0-0; TargetUserName=svc-robot; TargetDomainName=FABRIKAM; FailureReason=%%2313; Status=0xC000006D; SubStatus=0xC0000064; ProcessId=0x3b4";
    let czech = "Předmět:\n\tID zabezpečení:\tS-1-5-18\n\tNázev účtu:\tRPA$\n\tDoména účtu:\tFABRIKAM\n\tID přihlášení:\t0x3E7\n\nTyp přihlášení:\t10\n\nÚčet, pro který se přihlášení nezdařilo:\n\tID zabezpečení:\tS-1-0-0\n\tNázev účtu:\tsvc-robot\n\tDoména účtu:\tFABRIKAM\n\nInformace o chybě:\n\tDůvod:\t%%2313\n\tStav:\t0xC000006D\n\tDílčí stav:\t0xC0000064\n\nInformace o procesu:\n\tID procesu:\t0x3b4\n";
    assert_eq!(read("4625", czech), TOLD);
    let known = czech.replace("Dílčí stav", "Sub Status");
    assert_eq!(read("4625", &known), TOLD);
    // A value that is missing moves those behind it: what is known stays, and nothing else is told.
    let shorter = known.replace("\tDůvod:\t%%2313\n", "");
    assert_eq!(read("4625", &shorter), "SubStatus=0xC0000064");
    assert_eq!(
        read(
            "4634",
            "Předmět:\n\tID zabezpečení:\tS-1-5-21-1\n\tNázev účtu:\tsvc-robot\n\tDoména účtu:\tFABRIKAM\n\tID přihlášení:\t0x1f\n\nTyp přihlášení:\t10\n"
        ),
        "TargetUserSid=S-1-5-21-1; TargetUserName=svc-robot; TargetDomainName=FABRIKAM; TargetLogonId=0x1f"
    );
}

#[test]
fn what_follows_a_section_is_none_of_its_values() {
    let lockout = "Předmět:\n\tID:\tS-1-5-18\n\tÚčet:\tDC01$\n\nZamčený účet:\n\tID:\tS-1-5-21-1\n\nPoznámka: volal jsem dvakrát\n";
    assert_eq!(
        read("4740", lockout),
        "SubjectUserSid=S-1-5-18; SubjectUserName=DC01$; TargetUserSid=S-1-5-21-1"
    );
}
