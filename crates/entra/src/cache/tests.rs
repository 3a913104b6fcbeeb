use std::time::{Duration, SystemTime};

use secrecy::ExposeSecret;

use super::record::Record;
use crate::account::Account;
use crate::scopes;
use crate::tokens::{AccessToken, Tokens};

const FIVE_MINUTES: Duration = Duration::from_secs(300);

#[test]
fn a_token_serves_any_part_of_its_scopes() {
    let mut record = record();
    record.put(
        &tokens(
            "one",
            &["User.Read", "https://graph.microsoft.com/Mail.Send"],
            &["User.Read"],
            3_600,
        ),
        now(),
    );
    for (wanted, expected) in [
        (&["User.Read"][..], true),
        (&["mail.send"], true),
        (
            &["Mail.Send", "User.Read", "openid", "offline_access"],
            true,
        ),
        (&[], true),
        (&["Mail.ReadWrite"], false),
        (&["User.Read", "Mail.ReadWrite"], false),
        (&["https://vault.azure.net/user_impersonation"], false),
    ] {
        assert_eq!(
            record
                .find(&scopes::set(wanted), now(), FIVE_MINUTES)
                .is_some(),
            expected,
            "{wanted:?}"
        );
    }
}

/// What Entra leaves out of a grant it leaves out again; insisting on it ended in AADSTS50196.
#[test]
fn a_token_serves_what_it_was_asked_for() {
    let mut record = record();
    record.put(
        &tokens("one", &["User.Read"], &["User.Read", "Mail.Send"], 3_600),
        now(),
    );
    assert!(
        record
            .find(&scopes::set(["Mail.Send"]), now(), FIVE_MINUTES)
            .is_some()
    );
}

#[test]
fn five_minutes_decide_and_a_clock_set_back_is_noticed() {
    let mut record = record();
    record.put(&tokens("one", &["User.Read"], &[], 3_600), now());
    let wanted = scopes::set(["User.Read"]);
    for (at, left_min, expected) in [
        (now() + Duration::from_secs(3_300), FIVE_MINUTES, true),
        (now() + Duration::from_secs(3_301), FIVE_MINUTES, false),
        (now() + Duration::from_secs(3_599), Duration::ZERO, true),
        (now() + Duration::from_secs(3_600), Duration::ZERO, false),
        (now() - Duration::from_secs(1), FIVE_MINUTES, false),
    ] {
        assert_eq!(
            record.find(&wanted, at, left_min).is_some(),
            expected,
            "{at:?}"
        );
    }
}

#[test]
fn a_wider_token_replaces_the_narrower_and_resources_stand_apart() {
    let mut record = record();
    let vault = "https://vault.azure.net/user_impersonation";
    record.put(&tokens("one", &["User.Read"], &[], 3_600), now());
    record.put(&tokens("vault", &[vault], &[vault], 3_600), now());
    record.put(
        &tokens("two", &["User.Read", "Mail.Send"], &[], 3_600),
        now(),
    );
    let found = |scope: &str| {
        let cached = record
            .find(&scopes::set([scope]), now(), FIVE_MINUTES)
            .unwrap();
        cached.token.secret.expose_secret().to_owned()
    };
    assert_eq!(
        [found("User.Read"), found("Mail.Send"), found(vault)],
        ["two", "two", "vault"]
    );
    for count in 0..40 {
        record.put(
            &tokens("many", &[&format!("Scope{count}.Read")], &[], 3_600),
            now(),
        );
    }
    assert!(
        record.write().unwrap().expose_secret().len() < 20_000,
        "the record does not grow without end"
    );
}

#[test]
fn a_record_comes_back_as_it_was() {
    let mut record = record();
    record.revision = 7;
    record.put(
        &tokens("topsecret", &["User.Read"], &["User.Read"], 3_600),
        now(),
    );
    let json = record.write().unwrap();
    let again = Record::read(&json).unwrap();
    assert_eq!(again.write().unwrap().expose_secret(), json.expose_secret());
    assert_eq!(again.revision, 7);
    assert!(
        !format!("{again:?}").contains("topsecret"),
        "no secret is shown"
    );
    for damage in [
        "",
        "{}",
        "[]",
        &json.expose_secret()[..50],
        &json
            .expose_secret()
            .replace("\"version\":1", "\"version\":9"),
    ] {
        assert!(Record::read(&damage.into()).is_err(), "{damage}");
    }
}

#[test]
fn what_the_id_token_said_outlives_a_refresh_and_an_older_record_has_none() {
    let mut record = record();
    let id_claims: crate::IdTokenClaims = serde_json::from_str(r#"{"oid":"u"}"#).unwrap();
    let signed_in = Tokens {
        id_claims: id_claims.clone(),
        ..tokens("one", &["User.Read"], &["User.Read"], 3_600)
    };
    record.put(&signed_in, now());
    let refreshed = tokens("two", &["User.Read"], &["User.Read"], 7_200);
    record.put(&refreshed, now());
    let json = record.write().unwrap();
    let record = Record::read(&json).unwrap();
    assert_eq!(record.id_claims, id_claims);
    let ends = record.newest().map(|token| token.expires_at);
    assert_eq!(ends, Some(now() + Duration::from_secs(7_200)));
    let older = json.expose_secret().replace("id_claims", "no_claims");
    assert!(Record::read(&older.into()).unwrap().id_claims.is_empty());
}

fn record() -> Record {
    let account = Account {
        home_account_id: "u.t".to_owned(),
        name: None,
        username: String::new(),
        login_hint: None,
        tenant_id: "t".to_owned(),
        environment: "e".to_owned(),
        scopes: Vec::new(),
    };
    Record::new("client", account)
}

fn now() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn tokens(secret: &str, granted: &[&str], asked: &[&str], life: u64) -> Tokens {
    let list = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect();
    Tokens {
        access_token: AccessToken {
            secret: secret.into(),
            scopes: list(granted),
            obtained_at: now(),
            expires_at: now() + Duration::from_secs(life),
        },
        refresh_at: None,
        refresh_token: Some("rt".into()),
        asked: list(asked),
        id_claims: crate::IdTokenClaims::default(),
    }
}
