//! Answers that end the silence: who is asked for what, and what is not tried again.

use entra::{Ask, SilentError};
use secrecy::SecretString;
use serde_json::json;

use super::world::{ACCOUNT, World, down, refusal, rotating, secret};
use crate::authority::Reply;

#[tokio::test]
async fn only_what_the_person_can_mend_asks_for_the_person() {
    type Is = fn(&SilentError) -> bool;
    let person: Is = |error| matches!(error, SilentError::InteractionRequired(_));
    let consent: Is = |error| matches!(error, SilentError::ConsentRequired(_));
    let refused: Is = |error| matches!(error, SilentError::Refused(_));
    for (error, suberror, code, is) in [
        ("invalid_grant", "bad_token", 50_173, person),
        ("invalid_grant", "token_expired", 70_043, person),
        ("interaction_required", "basic_action", 50_076, person),
        ("invalid_grant", "", 50_057, person),
        ("invalid_grant", "", 0, person),
        ("invalid_grant", "consent_required", 65_001, consent),
        ("consent_required", "", 0, consent),
        ("invalid_grant", "", 90_094, consent),
        ("invalid_grant", "client_mismatch", 0, refused),
        ("invalid_grant", "protection_policy_required", 0, refused),
        ("unauthorized_client", "", 700_016, refused),
        ("invalid_client", "", 7_000_218, refused),
    ] {
        let world = World::start(move |_, _| refusal(error, suberror, code)).await;
        world.keep(1, None).await;
        world.authority.move_clock(2);
        let answer = world.ask().await.unwrap_err();
        assert!(is(&answer), "{error} {suberror} {code}: {answer:?}");
        let kept = world.store.only_record().contains("rt-0");
        assert_eq!(
            kept,
            suberror != "bad_token",
            "{error} {suberror}: only a bad token is deleted"
        );
    }
}

#[tokio::test]
async fn a_bad_token_stays_deleted_and_claims_are_handed_on() {
    let claims = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let world = World::start(move |_, _| {
        Reply::json(400, &json!({"error": "invalid_grant", "suberror": "bad_token", "error_codes": [50_173], "claims": claims}))
    })
    .await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    let Err(SilentError::InteractionRequired(error)) = world.ask().await else {
        panic!()
    };
    assert_eq!(
        (
            error.claims.as_deref(),
            error.suberror.as_deref(),
            error.code
        ),
        (Some(claims), Some("bad_token"), Some(50_173))
    );
    let after_a_restart = world
        .another_process()
        .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
        .await;
    assert!(
        matches!(after_a_restart, Err(SilentError::InteractionRequired(_))),
        "the account is still there"
    );
    assert_eq!(world.refreshes(), 1, "a deleted token is not sent");
}

#[tokio::test]
async fn consent_given_ends_the_refusal_at_once() {
    let world = World::start(|_, _| refusal("invalid_grant", "consent_required", 65_001)).await;
    world.keep(3_600, None).await;
    let send = || {
        world
            .cache
            .access_token(ACCOUNT, &["Mail.Send"], Ask::Cached)
    };
    assert!(send().await.is_err());
    let mut signed_in = world.signed_in(3_600, None);
    signed_in
        .tokens
        .access_token
        .scopes
        .push("Mail.Send".to_owned());
    assert!(world.cache.keep(&signed_in).await.unkept.is_none());
    assert_eq!(secret(send().await), "at-0");
}

#[tokio::test]
async fn a_rejected_token_is_never_handed_out_again() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    let rejected = SecretString::from("at-0");
    let refresh = || Ask::Refresh {
        rejected: &rejected,
        claims: Some(claims.to_owned()),
    };
    assert_eq!(
        secret(
            world
                .cache
                .access_token(ACCOUNT, &["User.Read"], refresh())
                .await
        ),
        "at-1"
    );
    assert_eq!(
        secret(
            world
                .cache
                .access_token(ACCOUNT, &["User.Read"], refresh())
                .await
        ),
        "at-1",
        "another caller had it refused too"
    );
    assert_eq!(world.token().await, "at-1", "what came with claims is kept");
    assert_eq!(world.refreshes(), 1);
    let sent = &world.authority.requests_to("/token")[0].form["claims"];
    let expected = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_cc":{"values":["cp1"]}}}"#;
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_rejected_token_does_not_stand_in_for_a_server_that_is_down() {
    let world = World::start(|_, _| down(503)).await;
    world.keep(3_600, None).await;
    let rejected = SecretString::from("at-0");
    let ask = Ask::Refresh {
        rejected: &rejected,
        claims: None,
    };
    assert!(matches!(
        world.cache.access_token(ACCOUNT, &["User.Read"], ask).await,
        Err(SilentError::Transient(_))
    ));
    assert!(!world.store.only_record().contains("at-0"));
}
