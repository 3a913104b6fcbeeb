//! When a token is renewed, and how often anybody is asked for one.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use entra::{Ask, EntraErrorKind, SilentError};
use secrecy::SecretString;

use super::world::{ACCOUNT, World, down, refusal, rotating, secret};
use crate::authority::{Reply, Request};

#[tokio::test]
async fn a_hit_needs_five_minutes_and_no_network() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    assert_eq!(world.token().await, "at-0");
    world.authority.move_clock(3_600 - 310);
    assert_eq!(world.token().await, "at-0", "310 seconds left");
    assert_eq!(world.refreshes(), 0);
    world.authority.move_clock(20);
    assert_eq!(world.token().await, "at-1", "290 seconds left");
    assert_eq!(world.refreshes(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_callers_make_one_refresh() {
    let world = World::start(rotating).await;
    world.keep(60, None).await;
    let callers: Vec<_> = (0..50)
        .map(|_| {
            let cache = world.cache.clone();
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
        assert_eq!(caller.await.unwrap(), "at-1");
    }
    assert_eq!(world.refreshes(), 1);
}

#[tokio::test]
async fn past_refresh_in_the_cached_token_comes_now_and_a_new_one_behind() {
    let world = World::start(rotating).await;
    world.keep(3_600 * 20, Some(3_600)).await;
    world.authority.move_clock(3_601);
    assert_eq!(world.token().await, "at-0", "nobody waits");
    world.until(|| world.refreshes() == 1).await;
    world
        .until(|| world.store.only_record().contains("at-1"))
        .await;
    assert_eq!(world.token().await, "at-1");
    assert_eq!(world.refreshes(), 1);
}

#[tokio::test]
async fn a_failure_behind_the_callers_back_stays_there() {
    let world = World::start(|_, _| down(503)).await;
    world.keep(3_600 * 20, Some(3_600)).await;
    world.authority.move_clock(3_601);
    for _ in 0..20 {
        assert_eq!(world.token().await, "at-0");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    world.until(|| world.refreshes() == 1).await;
    world.authority.move_clock(61);
    assert_eq!(world.token().await, "at-0");
    world.until(|| world.refreshes() == 2).await;
}

#[tokio::test]
async fn a_good_token_outlives_a_bad_server() {
    for (what, reply) in [
        (
            "503",
            (|_: &Request, _| down(503)) as fn(&Request, usize) -> Reply,
        ),
        ("500 in HTML", |_, _| {
            Reply::Http(500, String::new(), b"<html>".to_vec())
        }),
        ("429", |_, _| down(429)),
        ("a web page", |_, _| {
            Reply::Http(200, String::new(), b"<html>".to_vec())
        }),
        ("nothing", |_, _| {
            Reply::Http(200, String::new(), Vec::new())
        }),
        ("half a JSON", |_, _| {
            Reply::Http(200, String::new(), b"{\"access_token\": \"at-".to_vec())
        }),
        ("no connection", |_, _| Reply::Close),
        ("an endless body", |_, _| Reply::Endless),
        ("temporarily_unavailable", |_, _| {
            refusal("temporarily_unavailable", "", 90_033)
        }),
    ] {
        let world = World::start(reply).await;
        world.keep(200, None).await;
        assert_eq!(world.token().await, "at-0", "{what}: 200 seconds left");
        world.authority.move_clock(201);
        assert!(
            matches!(world.ask().await, Err(SilentError::Transient(_))),
            "{what}: over"
        );
        assert!(
            world.store.only_record().contains("rt-0"),
            "{what}: the refresh token is kept"
        );
    }
}

#[tokio::test]
async fn the_server_is_asked_again_as_soon_as_it_may_be_well() {
    let well = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&well);
    let world = World::start(move |request, count| {
        if switch.load(Ordering::SeqCst) {
            rotating(request, count)
        } else {
            down(503)
        }
    })
    .await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    assert!(world.ask().await.is_err());
    well.store(true, Ordering::SeqCst);
    assert_eq!(world.token().await, "at-2", "no failure is replayed");
}

#[tokio::test]
async fn retry_after_is_obeyed() {
    let world = World::start(|request, count| match count {
        1 => down(429).with("Retry-After: 120"),
        _ => rotating(request, count),
    })
    .await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    for _ in 0..3 {
        assert!(
            matches!(world.ask().await, Err(SilentError::Transient(error)) if error.retry_after == Some(Duration::from_secs(120)))
        );
    }
    assert_eq!(world.refreshes(), 1);
    world.authority.move_clock(121);
    assert_eq!(world.token().await, "at-2");
}

/// One resource is throttled, for its scopes and with this refresh token; another is not, and when it has brought a new
/// refresh token, the authority is well and is asked again.
#[tokio::test]
async fn a_pause_is_for_the_same_request_and_ends_when_the_server_is_well() {
    let world = World::start(|request, count| match count {
        1 => down(429),
        _ => rotating(request, count),
    })
    .await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    let Err(SilentError::Transient(error)) = world.ask().await else {
        panic!("429 brought a token")
    };
    assert_eq!(
        error.retry_after,
        Some(Duration::from_secs(60)),
        "where no time is named"
    );
    assert!(world.ask().await.is_err());
    assert_eq!(world.refreshes(), 1);
    let vault = ["https://vault.example/user_impersonation"];
    world
        .cache
        .access_token(ACCOUNT, &vault, Ask::Cached)
        .await
        .unwrap();
    assert_eq!(world.token().await, "at-3", "asked again within the minute");
}

/// An hour is the longest that is obeyed: a server that says a week would look like a dead program.
#[tokio::test]
async fn no_pause_is_longer_than_an_hour() {
    let world = World::start(|_, _| down(503).with("Retry-After: 604800")).await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    for (wait, refreshes) in [(0, 1), (3_599, 1), (1, 2)] {
        world.authority.move_clock(wait);
        assert!(world.ask().await.is_err());
        assert_eq!(world.refreshes(), refreshes, "{wait}");
    }
}

/// A server in trouble that names no time is asked at once again, but never so often that it would be a loop.
#[tokio::test]
async fn a_server_in_trouble_is_asked_ten_times_in_five_minutes() {
    let world = World::start(|_, _| down(500)).await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    for second in 0..300 {
        let Err(SilentError::Transient(error)) = world.ask().await else {
            panic!("second {second}")
        };
        let kind = if second < 10 {
            EntraErrorKind::ServerDown
        } else {
            EntraErrorKind::RequestLoop
        };
        assert_eq!(error.kind, kind, "second {second}");
        // The next program is not the next window.
        assert_eq!(world.refreshes(), usize::min(second + 1, 10));
        world.authority.move_clock(1);
    }
    let another = world.another_process();
    assert!(
        another
            .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
            .await
            .is_err()
    );
    assert_eq!(world.refreshes(), 11, "the window has moved on by one");
    assert!(world.ask().await.is_err());
    assert_eq!(
        world.refreshes(),
        11,
        "the other program's request counts here"
    );
}

/// An API that refuses every token would make a refresh of every call.
#[tokio::test]
async fn an_api_that_refuses_every_token_makes_no_loop() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    let mut rejected = SecretString::from("at-0");
    for _ in 0..50 {
        let ask = Ask::Refresh {
            rejected: &rejected,
            claims: None,
        };
        match world.cache.access_token(ACCOUNT, &["User.Read"], ask).await {
            Ok(token) => rejected = token.secret.clone(),
            Err(SilentError::Transient(error)) => {
                assert_eq!(error.kind, EntraErrorKind::RequestLoop)
            }
            Err(other) => panic!("{other:?}"),
        }
        world.authority.move_clock(1);
    }
    assert_eq!(world.refreshes(), 10);
}

/// AADSTS50196 itself: no sign-in mends it, and it is not asked again within Entra's window.
#[tokio::test]
async fn a_loop_that_the_authority_found_is_stopped() {
    let world = World::start(|_, _| refusal("invalid_grant", "", 50_196)).await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    for (wait, refreshes) in [(0, 1), (299, 1), (1, 2)] {
        world.authority.move_clock(wait);
        let Err(SilentError::Transient(error)) = world.ask().await else {
            panic!("{wait}")
        };
        assert_eq!(
            (error.kind, world.refreshes()),
            (EntraErrorKind::RequestLoop, refreshes)
        );
    }
}

/// Behind the caller's back even a refusal for good takes nothing that is still good.
#[tokio::test]
async fn a_refusal_behind_the_callers_back_loses_no_good_token() {
    let world = World::start(|_, _| refusal("invalid_grant", "bad_token", 50_173)).await;
    world.keep(3_600 * 20, Some(3_600)).await;
    world.authority.move_clock(3_601);
    assert_eq!(world.token().await, "at-0");
    world
        .until(|| !world.store.only_record().contains("rt-0"))
        .await;
    for _ in 0..3 {
        world.authority.move_clock(61);
        assert_eq!(world.token().await, "at-0");
    }
    assert_eq!(
        secret(
            world
                .another_process()
                .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
                .await
        ),
        "at-0"
    );
}

/// Entra takes fifteen same requests within five minutes for a loop (AADSTS50196).
#[tokio::test]
async fn an_eager_caller_makes_no_loop() {
    let world = World::start(|_, _| refusal("invalid_grant", "consent_required", 65_001)).await;
    world.keep(3_600, None).await;
    for _ in 0..300 {
        let answer = world
            .cache
            .access_token(ACCOUNT, &["Mail.Send"], Ask::Cached)
            .await;
        assert!(matches!(answer, Err(SilentError::ConsentRequired(_))));
        world.authority.move_clock(1);
    }
    assert!(world.refreshes() < 15, "{} requests", world.refreshes());
    assert_eq!(world.token().await, "at-0", "what was granted goes on");
}

/// MSAL's loop: the answer has fewer scopes than asked, and an exact comparison refreshes for ever.
#[tokio::test]
async fn a_smaller_grant_makes_no_loop() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    for _ in 0..5 {
        assert_eq!(
            secret(
                world
                    .cache
                    .access_token(ACCOUNT, &["User.Read", "Mail.Read"], Ask::Cached)
                    .await
            ),
            "at-1"
        );
    }
    assert_eq!(world.refreshes(), 1);
}
