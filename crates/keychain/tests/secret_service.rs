//! The real Secret Service of this session. Without one the test has nothing to say, unless
//! `SIGNET_TEST_SECRET_SERVICE=1` promises that there is one: then its absence is a failure.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use keychain::{Keychain, Persistence};
use secrecy::{ExposeSecret, SecretString};

#[tokio::test]
async fn records_live_in_the_secret_service() {
    let service = format!("io.github.signetmail.test-{}", std::process::id());
    let keychain = Keychain::open(&service);
    let persistence = keychain.persistence().await;
    if persistence
        != (Persistence::Store {
            name: "Secret Service".to_owned(),
        })
    {
        let promised = std::env::var("SIGNET_TEST_SECRET_SERVICE").is_ok_and(|value| value == "1");
        assert!(
            !promised,
            "a Secret Service was promised, and there is {persistence:?}"
        );
        eprintln!("no Secret Service in this session: {persistence:?}");
        return;
    }
    // As long as the record of an account with large tokens, and with letters of several bytes.
    let long: String = "Núñez 日本語 🙂 ".chars().cycle().take(60_000).collect();
    for record in ["short", "", long.as_str(), "short again"] {
        keychain
            .write("account", SecretString::from(record))
            .await
            .unwrap();
        let another_process = Keychain::open(&service);
        let read = another_process.read("account").await.unwrap().unwrap();
        assert!(
            read.expose_secret() == record,
            "{} bytes came back as {}",
            record.len(),
            read.expose_secret().len()
        );
    }
    assert!(keychain.read("another").await.unwrap().is_none());
    keychain.delete("account").await.unwrap();
    assert!(
        Keychain::open(&service)
            .read("account")
            .await
            .unwrap()
            .is_none()
    );
    keychain.delete("account").await.unwrap();
}
