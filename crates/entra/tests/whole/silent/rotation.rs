//! Refresh tokens that change with every use: none is lost, whoever writes, dies or goes away.

use std::time::Duration;

use entra::{Ask, SilentError, TokenCache};

use super::world::{ACCOUNT, World, rotating, secret, strictly_rotating};

/// Two caches with a store and a lock folder in common are two processes to each other: a file lock belongs to the open file.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_make_one_refresh_and_lose_no_rotation() {
    let world = World::start(strictly_rotating()).await;
    world.keep(60, None).await;
    for round in 1..=3 {
        let caches: Vec<TokenCache> = (0..6).map(|_| world.another_process()).collect();
        let callers: Vec<_> = caches
            .into_iter()
            .map(|cache| {
                tokio::spawn(async move {
                    secret(
                        cache
                            .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
                            .await,
                    )
                })
            })
            .collect();
        for caller in callers {
            assert_eq!(caller.await.unwrap(), format!("at-{round}"));
        }
        assert_eq!(world.refreshes(), round);
        world.authority.move_clock(3_500);
    }
}

#[tokio::test]
async fn a_rotated_token_is_stored_before_it_is_used() {
    let world = World::start(strictly_rotating()).await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    for round in 1..=3 {
        assert_eq!(world.token().await, format!("at-{round}"));
        assert!(
            world.store.only_record().contains(&format!("rt-{round}")),
            "the store has it when the caller has"
        );
        world.authority.move_clock(3_500);
    }
    let used: Vec<String> = world
        .authority
        .requests_to("/token")
        .iter()
        .map(|request| request.form["refresh_token"].clone())
        .collect();
    assert_eq!(used, ["rt-0", "rt-1", "rt-2"]);
}

#[tokio::test]
async fn a_store_that_fails_loses_neither_the_token_nor_the_rotation() {
    let world = World::start(strictly_rotating()).await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    world.store.fail(true);
    assert_eq!(world.token().await, "at-1");
    world.authority.move_clock(3_500);
    // The rotated token is in memory alone: it is not used until it is stored.
    assert!(matches!(
        world.ask().await,
        Err(SilentError::Store(_)) | Ok(_)
    ));
    assert_eq!(world.refreshes(), 1);
    world.store.fail(false);
    world.authority.move_clock(200);
    assert_eq!(world.token().await, "at-2");
    assert!(world.store.only_record().contains("rt-2"));
}

#[tokio::test]
async fn a_caller_that_goes_away_loses_no_rotation() {
    let world = World::start(|request, count| rotating(request, count).after(100)).await;
    world.keep(60, None).await;
    let gone = tokio::time::timeout(Duration::from_millis(50), world.ask()).await;
    assert!(gone.is_err());
    world
        .until(|| world.store.only_record().contains("rt-1"))
        .await;
}
