//! The session with a fake window and browser: what it announces is what a window would draw and a browser would open.

mod accounts;
mod drafts;
mod kept;
mod methods;
mod permissions;
mod preferring;
mod stage;

use std::time::Duration;

use tokio::net::TcpListener;

use super::*;
use crate::views::{Purpose, Stage, Trouble, TroubleAction};
use stage::{
    CLIENT_ID, Machine, Theatre, as_guest, authority, in_browser, parameter, record, redirect,
    signed_in,
};

#[tokio::test]
async fn without_a_client_id_the_first_thing_to_do_is_named() {
    let machine = Machine::new(None);
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    assert_eq!(stage.trouble().await, "trouble-no-client-id");
}

#[tokio::test]
async fn an_authority_that_does_not_answer_as_one_is_named() {
    let refused = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (authority, expected) in [
        (refused, "trouble-no-answer"),
        (
            authority(Some("<html>captive portal</html>")).await,
            "trouble-unreadable-answer",
        ),
        (
            authority(Some("{\"issuer\": \"htt")).await,
            "trouble-unreadable-answer",
        ),
        (authority(Some("")).await, "trouble-unreadable-answer"),
    ] {
        let machine = Machine::new(Some(&authority));
        let mut stage = machine.start();
        stage.does(Event::SignIn(Cloud::Microsoft)).await;
        assert_eq!(stage.trouble().await, expected);
    }
}

#[tokio::test]
async fn a_refusal_is_told_by_what_helps_against_it() {
    use TroubleAction::{AdminConsent, OpenSettings, SignInAgain, TryAgain};
    const NOTHING: TroubleAction = TroubleAction::None;
    let authority = authority(None).await;
    for (error, code, message, action) in [
        ("access_denied", 65_004, "trouble-declined", TryAgain),
        (
            "access_denied",
            90_094,
            "trouble-admin-consent",
            AdminConsent,
        ),
        ("access_denied", 50_105, "trouble-not-assigned", TryAgain),
        ("access_denied", 53_000, "trouble-managed-device", TryAgain),
        ("access_denied", 53_003, "trouble-meet-policy", SignInAgain),
        ("access_denied", 50_057, "trouble-account-disabled", NOTHING),
        (
            "invalid_request",
            50_194,
            "trouble-own-tenant",
            OpenSettings,
        ),
        ("invalid_request", 90_038, "trouble-other-cloud", NOTHING),
        (
            "interaction_required",
            50_079,
            "trouble-register-verification",
            SignInAgain,
        ),
        (
            "interaction_required",
            50_076,
            "trouble-verify",
            SignInAgain,
        ),
        (
            "interaction_required",
            70_043,
            "trouble-sign-in-as-usual",
            SignInAgain,
        ),
        (
            "unauthorized_client",
            9_002_332,
            "trouble-account-does-not-fit",
            TryAgain,
        ),
        ("server_error", 90_033, "trouble-server-down", TryAgain),
        ("invalid_request", 987_654, "trouble-other", TryAgain),
    ] {
        let machine = Machine::new(Some(&authority));
        let mut stage = machine.start();
        stage.does(Event::SignIn(Cloud::Microsoft)).await;
        let state = stage.browser().await;
        let answer =
            format!("error={error}&error_description=AADSTS{code}:+Refused.&state={state}");
        stage.does(redirect(&answer)).await;
        let trouble = stage.whole_trouble().await;
        assert_eq!(
            (&*trouble.message, trouble.action),
            (message, action),
            "{code}"
        );
        assert_eq!(trouble.code, Some(format!("AADSTS{code}")));
    }
}

#[tokio::test]
async fn a_redirect_that_does_not_match_leaves_the_sign_in_as_it_was() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = stage.browser().await;
    for forged in [
        "code=c&state=forged".to_owned(),
        "code=c".to_owned(),
        format!("code=c&code=d&state={state}"),
        format!("error=access_denied&state=not-{state}"),
    ] {
        stage.does(redirect(&forged)).await;
        let view = stage.describe().await;
        assert!(
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::Browser,
                    ..
                }
            ),
            "{forged}"
        );
    }
    stage
        .does(redirect(&format!(
            "error=access_denied&error_subcode=cancel&state={state}"
        )))
        .await;
    assert_eq!(stage.trouble().await, "trouble-cancelled");
    stage.does(redirect(&format!("code=c&state={state}"))).await;
    assert!(matches!(
        stage.describe().await,
        SessionView::SignedOut { .. }
    ));
}

#[tokio::test]
async fn cancel_ends_the_sign_in_and_a_late_redirect_finds_nothing() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = stage.browser().await;
    stage.does(Event::Cancel).await;
    stage
        .until(|view| *view == SessionView::SignedOut { trouble: None })
        .await;
    stage.does(redirect(&format!("code=c&state={state}"))).await;
    assert_eq!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    );
}

#[tokio::test]
async fn a_newer_attempt_supersedes_the_older_one() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let older = stage.browser().await;
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let newer = stage.browser().await;
    assert_ne!(older, newer);
    stage.does(redirect(&format!("code=c&state={older}"))).await;
    let view = stage.describe().await;
    assert!(
        matches!(
            view,
            SessionView::SigningIn {
                stage: Stage::Browser,
                ..
            }
        ),
        "{view:?}"
    );
    // The code is redeemed for the newer one; this authority says that it was used already.
    stage.does(redirect(&format!("code=c&state={newer}"))).await;
    stage.redeems().await;
    stage.trouble().await;
}
