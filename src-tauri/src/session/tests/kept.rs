//! What outlives the program or the sign-in that brought it, and what must not.

use super::*;

#[tokio::test]
async fn a_redirect_after_a_restart_finds_its_sign_in_once() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut before = machine.start();
    before.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = before.browser().await;
    machine.until_sealed(true).await;
    drop(before);
    let mut after = machine.start();
    after.does(redirect("code=c&state=forged")).await;
    after.does(redirect(&format!("code=c&state={state}"))).await;
    let redeeming = after.redeems().await;
    assert!(matches!(
        redeeming,
        SessionView::SigningIn {
            purpose: Purpose::SignIn,
            ..
        }
    ));
    after.trouble().await;
    machine.until_sealed(false).await;
}

#[tokio::test]
async fn new_settings_end_what_was_begun_under_the_old() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    let (done, saved) = oneshot::channel();
    let settings = Settings {
        client_id: CLIENT_ID.to_owned(),
        tenant: "contoso.com".to_owned(),
        sign_in: SignInMethod::Scheme,
    };
    stage.does(Event::SaveConfig { settings, done }).await;
    saved.await.unwrap().unwrap();
    let ended = |view: &SessionView| matches!(view, SessionView::SignedOut { trouble: None });
    stage.until(ended).await;
    stage.brings(1, signed_in(&authority, "ana")).await;
    assert!(ended(&stage.describe().await));
    let tokens = machine.keychain.read(&record(&authority, "ana")).await;
    assert!(tokens.unwrap().is_none());
}

#[tokio::test]
async fn a_sign_in_is_kept_and_found_at_the_next_start_until_the_person_signs_out() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    stage.brings(1, signed_in(&authority, "ana")).await;
    stage
        .until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    let name = record(&authority, "ana");
    assert!(machine.keychain.read(&name).await.unwrap().is_some());
    drop(stage);

    let mut next = machine.start();
    next.until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    // The client id goes, and signing out still knows whose tokens to forget.
    let (done, saved) = oneshot::channel();
    let settings = Settings {
        client_id: String::new(),
        tenant: String::new(),
        sign_in: SignInMethod::Automatic,
    };
    next.does(Event::SaveConfig { settings, done }).await;
    saved.await.unwrap().unwrap();
    next.signs_out("ana.tenant").await;
    assert!(machine.keychain.read(&name).await.unwrap().is_none());
    assert_eq!(
        next.describe().await,
        SessionView::SignedOut { trouble: None }
    );
    let index = std::fs::read_to_string(machine.folders.data.join("accounts.json"));
    assert!(!index.unwrap_or_default().contains("ana"));
    assert_eq!(
        std::fs::read_dir(&machine.folders.cache).unwrap().count(),
        0
    );
}

#[tokio::test]
async fn what_is_redeemed_after_cancel_is_not_kept() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let stage = in_browser(&machine).await;
    stage.does(Event::Cancel).await;
    stage.brings(1, signed_in(&authority, "ana")).await;
    assert_eq!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    );
    // Cancelled a moment later, while the tokens are on their way to the store: they are taken out again.
    let stage = in_browser(&machine).await;
    stage.brings(1, signed_in(&authority, "ben")).await;
    stage.does(Event::Cancel).await;
    assert_eq!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    );
    let gone = async {
        // First written, then gone: looked at until it stays so.
        let mut absent = 0;
        while absent < 10 {
            let there = machine
                .keychain
                .read(&record(&authority, "ben"))
                .await
                .unwrap()
                .is_some();
            absent = if there { 0 } else { absent + 1 };
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .expect("tokens are left");
    assert!(
        machine
            .keychain
            .read(&record(&authority, "ana"))
            .await
            .unwrap()
            .is_none()
    );
}

/// The authority takes connections and says nothing, so that only what the test brings comes.
#[tokio::test]
async fn who_cancels_and_signs_in_at_once_keeps_what_the_second_sign_in_brought() {
    let mute = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = format!("http://{}", mute.local_addr().unwrap());
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    for (attempt, name, cancels) in [(1, "ana", true), (2, "ana", false), (3, "ben", false)] {
        stage.does(Event::SignIn(Cloud::Microsoft)).await;
        stage.brings(attempt, signed_in(&authority, name)).await;
        if cancels {
            stage.does(Event::Cancel).await;
        } else {
            stage
                .until(|view| matches!(view, SessionView::SignedIn { .. }))
                .await;
        }
    }
    // What was to be forgotten is by now: Ben's tokens came in turn.
    let tokens = machine.keychain.read(&record(&authority, "ana")).await;
    assert!(tokens.unwrap().is_some());
}
