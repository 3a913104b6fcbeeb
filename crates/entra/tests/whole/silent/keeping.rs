//! What lies in the store: kept, read back, mended, and gone after signing out.

use std::time::Duration;

use entra::{Ask, SilentError, StoreError};

use super::world::{ACCOUNT, World, rotating, secret, strictly_rotating};
use crate::authority::today;

#[tokio::test]
async fn signing_out_leaves_nothing_and_a_refresh_under_way_brings_nothing_back() {
    let world = World::start(|request, count| rotating(request, count).after(200)).await;
    world.keep(60, None).await;
    let (late, forgotten) = tokio::join!(world.ask(), async {
        world.until(|| world.refreshes() == 1).await;
        world.cache.forget(ACCOUNT).await
    });
    forgotten.unwrap();
    assert!(matches!(late, Err(SilentError::NoAccount)));
    assert!(world.store.0.lock().unwrap().records.is_empty());
    assert_eq!(world.lock_files(), Vec::<String>::new());
    assert!(matches!(world.ask().await, Err(SilentError::NoAccount)));
    assert!(matches!(
        world
            .another_process()
            .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
            .await,
        Err(SilentError::NoAccount)
    ));
}

#[tokio::test]
async fn what_was_kept_is_forgotten_in_the_store_and_in_memory() {
    let world = World::start(rotating).await;
    for stored in [true, false] {
        world.store.fail(!stored);
        let kept = world.cache.keep(&world.signed_in(3_600, None)).await;
        assert_eq!(kept.unkept.is_none(), stored);
        world.cache.forget(ACCOUNT).await.unwrap();
        assert!(world.store.0.lock().unwrap().records.is_empty());
        assert_eq!(world.lock_files(), Vec::<String>::new());
        assert!(matches!(world.ask().await, Err(SilentError::NoAccount)));
    }
}

/// Signing out while a record is on its way into the store: by `keep`, or by a refresh.
#[tokio::test]
async fn signing_out_overtakes_a_write() {
    let world = World::start(rotating).await;
    let signed_in = world.signed_in(60, None);
    for kept_before in [false, true] {
        if kept_before {
            world.keep(60, None).await;
        }
        let writes = world.store.0.lock().unwrap().writes;
        world.store.slow(true);
        let writing = async {
            if kept_before {
                assert!(matches!(world.ask().await, Err(SilentError::NoAccount)));
            } else {
                assert!(world.cache.keep(&signed_in).await.unkept.is_none());
            }
        };
        let ((), forgotten) = tokio::join!(writing, async {
            world
                .until(|| world.store.0.lock().unwrap().writes > writes)
                .await;
            world.cache.forget(ACCOUNT).await
        });
        forgotten.unwrap();
        world.store.slow(false);
        assert!(world.store.0.lock().unwrap().records.is_empty());
        assert_eq!(world.lock_files(), Vec::<String>::new());
        assert!(matches!(world.ask().await, Err(SilentError::NoAccount)));
    }
}

#[tokio::test]
async fn an_account_comes_back_with_all_its_scopes() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    for stored in [true, false] {
        world.store.fail(!stored);
        let mut signed_in = world.signed_in(3_600, None);
        signed_in.account.name = Some("Ada".to_owned());
        signed_in.account.scopes = ["openid", "https://graph.microsoft.com/Mail.Send"]
            .map(str::to_owned)
            .to_vec();
        let kept = world.cache.keep(&signed_in).await;
        assert_eq!(kept.unkept.is_none(), stored);
        assert_eq!(kept.account.name.as_deref(), Some("Ada"));
        assert_eq!(
            kept.account.scopes,
            [
                "openid",
                "https://graph.microsoft.com/Mail.Send",
                "User.Read"
            ]
        );
        for (scopes, granted) in [
            (vec![], true),
            (vec!["Mail.Send", "User.Read"], true),
            (vec!["mail.send"], true),
            (vec!["Mail.Send", "Mail.ReadWrite"], false),
        ] {
            assert_eq!(
                world.cache.has_scopes(ACCOUNT, &scopes).await,
                granted,
                "{scopes:?}"
            );
        }
        assert!(!world.cache.has_scopes("nobody", &["User.Read"]).await);
    }
}

/// The person has signed in while the keyring was locked: neither may that be lost, nor an older record win over it.
#[tokio::test]
async fn a_sign_in_beside_a_locked_store_serves_the_session_and_is_stored_later() {
    let world = World::start(strictly_rotating()).await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    for _ in 0..2 {
        world.token().await;
        world.authority.move_clock(3_500);
    }
    let cache = world.another_process();
    world.store.lock(true);
    let mut signed_in = world.signed_in(0, None);
    signed_in.tokens.refresh_token = Some("rt-new".into());
    signed_in.tokens.access_token.secret = "at-new".into();
    signed_in.tokens.access_token.obtained_at = today() + Duration::from_secs(7_002);
    signed_in.tokens.access_token.expires_at = today() + Duration::from_secs(7_502);
    assert!(matches!(
        cache.keep(&signed_in).await.unkept,
        Some(StoreError::Locked)
    ));
    let ask = || cache.access_token(ACCOUNT, &["User.Read"], Ask::Cached);
    assert_eq!(secret(ask().await), "at-new");
    world.store.lock(false);
    world.authority.move_clock(600);
    // The authority of this test knows no `rt-new`; what counts is that it was asked with it.
    assert!(ask().await.is_err());
    let used = world.authority.requests_to("/token");
    assert_eq!(used.last().unwrap().form["refresh_token"], "rt-new");
}

#[tokio::test]
async fn a_lock_file_names_nobody() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    let files = world.lock_files();
    assert_eq!(files.len(), 1);
    assert!(
        ACCOUNT
            .split(['.', '-'])
            .all(|part| !files[0].contains(part))
    );
}

#[tokio::test]
async fn a_damaged_record_asks_for_the_person_and_is_mended_by_them() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    for record in world.store.0.lock().unwrap().records.values_mut() {
        record.truncate(30);
    }
    let cache = world.another_process();
    let answer = cache
        .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
        .await;
    assert!(matches!(answer, Err(SilentError::InteractionRequired(_))));
    let kept = cache.keep(&world.signed_in(3_600, None)).await;
    assert!(kept.unkept.is_none());
    assert_eq!(
        secret(
            cache
                .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
                .await
        ),
        "at-0"
    );
}

#[tokio::test]
async fn the_store_is_read_once() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    let cache = world.another_process();
    let before = world.store.0.lock().unwrap().reads;
    let ask = || cache.access_token(ACCOUNT, &["User.Read"], Ask::Cached);
    let (one, two, three) = tokio::join!(ask(), ask(), ask());
    assert_eq!(
        [secret(one), secret(two), secret(three)],
        ["at-0", "at-0", "at-0"]
    );
    ask().await.unwrap();
    assert_eq!(world.store.0.lock().unwrap().reads - before, 1);
}
