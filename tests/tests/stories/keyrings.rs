//! The keyring that the stories stand on is tried before they are believed.

use walk::keyring::Lock;
use walk::process::of_session;
use walk::{Setting, Told, story};

#[test]
fn a_keyring_is_open_locked_or_absent_and_nothing_outlives_the_stage() -> Told {
    for (lock, secrets) in [
        (Lock::Open, Some(0)),
        (Lock::Locked, Some(0)),
        (Lock::Absent, None),
    ] {
        let mut folder = None;
        let setting = Setting {
            keyring: lock,
            // Chromium is the one that would stay.
            browser: lock == Lock::Open,
            ..Setting::default()
        };
        story("stage-keyring", setting, async |stage| {
            assert_eq!(stage.keyring.secrets(&stage.session).await.ok(), secrets);
            folder = Some(stage.session.folder().to_owned());
            Ok(())
        })?;
        let folder = folder.unwrap();
        assert_eq!(of_session(&folder), []);
        assert!(!folder.exists(), "{folder:?} is left");
    }
    Ok(())
}
