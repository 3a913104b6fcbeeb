//! The real Secret Service of this session. Without one the test has nothing to say, unless
//! `SIGNET_TEST_SECRET_SERVICE=1` promises that there is one: then its absence is a failure.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use keychain::{Keychain, Persistence};
use secrecy::{ExposeSecret, SecretString};

/// The keychain of one test, where there is a Secret Service to keep it in.
async fn keychain(service: &str) -> Option<Keychain> {
    let keychain = Keychain::open(service);
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
        return None;
    }
    Some(keychain)
}

/// More accounts than anybody has: each keeps its own, and one that another program takes away is simply gone. (The keyring
/// of GNOME writes its whole file at each change, so a thousand here would take a minute; see `src/tests.rs`.)
#[tokio::test]
async fn many_accounts_stand_side_by_side() {
    let service = format!("io.github.signetmail.many-{}", std::process::id());
    let Some(keychain) = keychain(&service).await else {
        return;
    };
    let name = |account: usize| format!("account.login.microsoftonline.com.{account:036}.tenant");
    for account in 0..100 {
        let record = SecretString::from(format!("tokens of {account}"));
        keychain.write(&name(account), record).await.unwrap();
    }
    let another_program = Keychain::open(&service);
    another_program.delete(&name(50)).await.unwrap();
    for account in [0, 49, 51, 99] {
        let read = keychain.read(&name(account)).await.unwrap().unwrap();
        assert_eq!(read.expose_secret(), format!("tokens of {account}"));
    }
    assert!(keychain.read(&name(50)).await.unwrap().is_none());
    for account in 0..100 {
        keychain.delete(&name(account)).await.unwrap();
    }
    assert!(another_program.read(&name(99)).await.unwrap().is_none());
}

#[tokio::test]
async fn records_live_in_the_secret_service() {
    let service = format!("io.github.signetmail.test-{}", std::process::id());
    let Some(keychain) = keychain(&service).await else {
        return;
    };
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
