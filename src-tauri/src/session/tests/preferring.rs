//! What is preferred holds at once, and disturbs nobody who is just signing in; what is kept can be erased whole.

use super::*;
use crate::preferences::Theme;

#[tokio::test]
async fn a_preference_holds_at_once_and_at_the_next_start_and_ends_no_sign_in() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    let (done, kept) = oneshot::channel();
    let preference = Preference::Theme(Theme::Dark);
    stage.does(Event::Prefer { preference, done }).await;
    kept.await.unwrap().unwrap();
    let announced = loop {
        if let Announcement::Config(config) = stage.announcements.recv().await.unwrap() {
            break config;
        }
    };
    assert_eq!(announced.preferences.theme, Theme::Dark);
    assert!(matches!(
        stage.describe().await,
        SessionView::SigningIn { .. }
    ));
    let next = Configuration::load(&machine.folders.config);
    assert_eq!(next.preferences.theme, Theme::Dark);
    assert_eq!(next.client_id.as_deref(), Some(CLIENT_ID));
}

#[tokio::test]
async fn nothing_is_kept_of_anybody_once_everything_is_erased() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    stage.brings(1, signed_in(&authority, "ada")).await;
    stage
        .until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    let signature = machine.folders.config.join("signature-1.txt");
    std::fs::write(&signature, "Ada").unwrap();
    let (done, erased) = oneshot::channel();
    stage.does(Event::Erase(done)).await;
    erased.await.unwrap().unwrap();
    assert!(matches!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    ));
    assert!(!signature.exists());
    assert_eq!(
        std::fs::read_dir(&machine.folders.config).unwrap().count(),
        0
    );
    let accounts = AccountIndex::open(machine.folders.data.join("accounts.json"));
    assert!(accounts.accounts().is_empty());
}
