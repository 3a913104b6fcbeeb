//! What is preferred holds at once, and disturbs nobody who is just signing in.

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
