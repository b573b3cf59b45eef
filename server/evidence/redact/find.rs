//! One pass over a text: every word that stands before a secret, or begins one, is looked at where it stands. Each look is
//! bounded, so that a text of such words costs no more than its length.

use std::cmp::Reverse;
use std::sync::LazyLock;

use super::named::{Stem, named};
use super::{Hit, Mark, commands, shapes};
use crate::evidence::first_look::{self, Seen};

/// What to do where a word was found.
#[derive(Debug, Clone, Copy)]
enum Look {
    /// A key may stand here, its value behind it.
    Named(Stem),
    /// A program that takes a password on its command line: the index of its pattern.
    Command(usize),
    /// Something that is known by its looks.
    Shape(Shape),
}

/// Reads what begins at a word: text, first and last byte of the word.
type Shape = fn(&str, usize, usize) -> Vec<Hit>;

/// Words that name a password. All that differ by more than the case of ASCII letters are listed.
const PASSWORDS: &[&str] = &[
    "password",
    "passwort",
    "passwörter",
    "passwd",
    "passphrase",
    "passcode",
    "passwrd",
    "passord",
    "pwd",
    "kennwort",
    "kennwörter",
    "contraseña",
    "CONTRASEÑA",
    "contrasena",
    "contraseña",
    "mot de passe",
    "mot_de_passe",
    "motdepasse",
    "senha",
    "palavra-passe",
    "wachtwoord",
    "lösenord",
    "LÖSENORD",
    "losenord",
    "adgangskode",
    "salasana",
    "hasło",
    "HASŁO",
    "heslo",
    "jelszó",
    "şifre",
    "sifre",
    "parolă",
    "parola",
    "пароль",
    "Пароль",
    "ПАРОЛЬ",
    "パスワード",
    "密码",
    "密碼",
    "口令",
    "비밀번호",
    "암호",
    "סיסמה",
    "key content",
    "keycontent",
    "keymaterial",
    "schlüsselinhalt",
    "contenu de la clé",
    "contenido de la clave",
    "contenuto chiave",
];

/// Words that name a password where nothing else stands beside them.
const SHORT_PASSWORDS: &[&str] = &["pass", "pw", "psk"];

/// Words that name a token.
const TOKENS: &[&str] = &[
    "secret",
    "token",
    "apikey",
    "api_key",
    "api-key",
    "api key",
    "api-schlüssel",
    "accountkey",
    "account_key",
    "account-key",
    "accesskey",
    "access_key",
    "access-key",
    "access key",
    "sharedkey",
    "shared_key",
    "subscription-key",
    "subscription_key",
    "subscriptionkey",
    "functions-key",
    "function_key",
    "function-key",
    "encryptionkey",
    "encryption_key",
    "encryption-key",
    "validationkey",
    "decryptionkey",
    "signingkey",
    "signing_key",
    "signing-key",
    "masterkey",
    "master_key",
    "master-key",
    "storagekey",
    "storage_key",
    "storage-key",
    "privatekey",
    "private_key",
    "private-key",
    "auth_key",
    "authkey",
    "auth-key",
    "instrumentationkey",
    "client_assertion",
    "connectionstringkey",
    "primarykey=",
    "primary_key=",
    "secondarykey=",
    "licensekey",
    "license_key",
    "productkey",
    "product_key",
    "authenticator key",
    "recovery_code",
    "one-time code",
    "otp",
    "秘密鍵",
];

/// Words that begin something of a known shape.
const SHAPES: &[(&str, Shape)] = &[
    ("eyJ", shapes::jwt),
    ("-----BEGIN ", shapes::private_key),
    ("Private-Lines:", shapes::putty_key),
    ("Private-MAC:", shapes::putty_mac),
    ("://", shapes::address),
    ("cookie", shapes::cookie),
    ("authorization", shapes::authorization),
    ("x-ms-authorization-auxiliary", shapes::authorization),
    ("bearer ", shapes::bearer),
    ("basic ", shapes::basic),
    ("sig=", shapes::signature),
    ("sig%3D", shapes::signature),
    ("signature=", shapes::signature),
    ("code=", shapes::code),
    ("device_code", shapes::device_code),
    ("\"p\\\":", shapes::laps),
    ("\"p\":", shapes::laps),
    ("networkcredential(", shapes::network_credential),
    ("ConvertTo-SecureString", shapes::secure_string),
    ("51:b:", shapes::rdp_password),
    ("Q~", shapes::entra_secret),
    ("aad3b435b51404ee", shapes::lm_hash),
    ("[-] ", shapes::tried),
    ("[+] ", shapes::tried),
    ("AKIA", shapes::vendor),
    ("ASIA", shapes::vendor),
    ("ghp_", shapes::vendor),
    ("gho_", shapes::vendor),
    ("ghu_", shapes::vendor),
    ("ghs_", shapes::vendor),
    ("ghr_", shapes::vendor),
    ("github_pat_", shapes::vendor),
    ("glpat-", shapes::vendor),
    ("xoxa-", shapes::vendor),
    ("xoxb-", shapes::vendor),
    ("xoxe-", shapes::vendor),
    ("xoxp-", shapes::vendor),
    ("xoxr-", shapes::vendor),
    ("xoxs-", shapes::vendor),
    ("xapp-", shapes::vendor),
    ("sk-", shapes::vendor),
    ("sk_live_", shapes::vendor),
    ("sk_test_", shapes::vendor),
    ("rk_live_", shapes::vendor),
    ("whsec_", shapes::vendor),
    ("AIza", shapes::vendor),
    ("ya29.", shapes::vendor),
    ("SG.", shapes::vendor),
    ("npm_", shapes::vendor),
    ("pypi-", shapes::vendor),
    ("hf_", shapes::vendor),
    ("dop_v1_", shapes::vendor),
    ("shpat_", shapes::vendor),
    ("sq0atp-", shapes::vendor),
    ("dapi", shapes::vendor),
    ("hvs.", shapes::vendor),
    ("rt_", shapes::vendor),
];

/// All words, each with what to do where it stands.
fn words_and_looks() -> impl Iterator<Item = (&'static str, Look)> {
    let passwords = PASSWORDS
        .iter()
        .map(|word| (*word, Look::Named(Stem::Password)));
    let short = SHORT_PASSWORDS
        .iter()
        .map(|word| (*word, Look::Named(Stem::Short)));
    let tokens = TOKENS.iter().map(|word| (*word, Look::Named(Stem::Token)));
    let programs = commands::PROGRAMS.iter().enumerate();
    let programs = programs.flat_map(|(at, program)| {
        program
            .words
            .iter()
            .map(move |word| (*word, Look::Command(at)))
    });
    let shapes = SHAPES
        .iter()
        .map(|(word, shape)| (*word, Look::Shape(*shape)));
    passwords
        .chain(short)
        .chain(tokens)
        .chain(programs)
        .chain(shapes)
}

/// The words, in their order.
pub(in crate::evidence) fn words() -> Vec<&'static str> {
    words_and_looks().map(|(word, _)| word).collect()
}

/// What to do where they stand.
static LOOKS: LazyLock<Vec<Look>> =
    LazyLock::new(|| words_and_looks().map(|(_, look)| look).collect());

/// Every secret of a text, in order and apart; of a text that was looked at only where words were seen.
pub(super) fn secrets(text: &str, seen: Option<&Seen>) -> Vec<Hit> {
    let mut hits = shapes::grouped(text);
    let mut done = 0;
    let mut commands_done = [0; commands::PROGRAMS.len()];
    let seen = seen.map(Seen::stretches);
    for word in first_look::secrets().find_iter(text.as_bytes(), seen) {
        // What stands inside a secret is gone with it.
        if word.start() < done {
            continue;
        }
        let new = match LOOKS[word.pattern().as_usize()] {
            Look::Named(stem) => named(text, word.start(), word.end(), stem)
                .into_iter()
                .collect(),
            Look::Command(program) => {
                if word.start() < commands_done[program] {
                    continue;
                }
                let (new, seen) = commands::read(text, word.start(), program);
                commands_done[program] = seen;
                // More may stand on the same line; these are sorted in at the end.
                hits.extend(new);
                continue;
            }
            Look::Shape(shape) => shape(text, word.start(), word.end()),
        };
        for hit in new {
            done = done.max(hit.range.end);
            hits.push(hit);
        }
    }
    apart(hits)
}

fn apart(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.range.start, Reverse(hit.range.end)));
    let mut end = 0;
    hits.retain(|hit| {
        let keep = hit.range.start >= end && !hit.range.is_empty();
        if keep {
            end = hit.range.end;
        }
        keep
    });
    hits
}

/// A hit, unless what it names cannot be a secret.
pub(super) fn hit(text: &str, range: std::ops::Range<usize>, mark: Mark) -> Option<Hit> {
    let harmless = super::harmless::is_harmless(text.get(range.clone())?);
    (!harmless).then_some(Hit { range, mark })
}
