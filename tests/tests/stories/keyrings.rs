//! The keyring that the stories stand on is tried before they are believed.

use walk::keyring::Lock;
use walk::process::with_environment;
use walk::{Setting, Told, story};

#[test]
fn a_keyring_is_open_locked_or_absent_and_nothing_outlives_the_stage() -> Told {
    for (lock, secrets) in [
        (Lock::Open, Some(0)),
        (Lock::Locked, Some(0)),
        (Lock::Absent, None),
    ] {
        let mut runtime = None;
        let setting = Setting {
            keyring: lock,
            browser: false,
            ..Setting::default()
        };
        story("stage-keyring", setting, async |stage| {
            assert_eq!(stage.keyring.secrets(&stage.session).await.ok(), secrets);
            runtime = Some(stage.session.runtime());
            Ok(())
        })?;
        let runtime = runtime.unwrap();
        assert!(with_environment("XDG_RUNTIME_DIR", &runtime).is_empty());
    }
    Ok(())
}
