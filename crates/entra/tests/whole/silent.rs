//! Silent acquisition: who is asked, how often, and what is left afterwards.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entra::{AccessToken, Account, Ask, SignedIn, SilentError, StoreError, TokenCache, Tokens};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::authority::{Reply, Request, TestAuthority, today};
use crate::store::TestStore;

const ACCOUNT: &str = "690222be-ff1a-4d56-abd1-7e4f7d38e474.72f988bf-86f1-41af-91ab-2d7cd011db47";

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
async fn only_what_the_person_can_mend_asks_for_the_person() {
    type Is = fn(&SilentError) -> bool;
    let person: Is = |error| matches!(error, SilentError::InteractionRequired(_));
    let consent: Is = |error| matches!(error, SilentError::ConsentRequired(_));
    let refused: Is = |error| matches!(error, SilentError::Refused(_));
    for (error, suberror, code, is) in [
        ("invalid_grant", "bad_token", 50_173, person),
        ("invalid_grant", "token_expired", 70_043, person),
        ("interaction_required", "basic_action", 50_076, person),
        ("invalid_grant", "", 50_057, person),
        ("invalid_grant", "", 0, person),
        ("invalid_grant", "consent_required", 65_001, consent),
        ("consent_required", "", 0, consent),
        ("invalid_grant", "", 90_094, consent),
        ("invalid_grant", "client_mismatch", 0, refused),
        ("invalid_grant", "protection_policy_required", 0, refused),
        ("unauthorized_client", "", 700_016, refused),
        ("invalid_client", "", 7_000_218, refused),
    ] {
        let world = World::start(move |_, _| refusal(error, suberror, code)).await;
        world.keep(1, None).await;
        world.authority.move_clock(2);
        let answer = world.ask().await.unwrap_err();
        assert!(is(&answer), "{error} {suberror} {code}: {answer:?}");
        let kept = world.store.only_record().contains("rt-0");
        assert_eq!(
            kept,
            suberror != "bad_token",
            "{error} {suberror}: only a bad token is deleted"
        );
    }
}

#[tokio::test]
async fn a_bad_token_stays_deleted_and_claims_are_handed_on() {
    let claims = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let world = World::start(move |_, _| {
        Reply::json(400, &json!({"error": "invalid_grant", "suberror": "bad_token", "error_codes": [50_173], "claims": claims}))
    })
    .await;
    world.keep(1, None).await;
    world.authority.move_clock(2);
    let Err(SilentError::InteractionRequired(error)) = world.ask().await else {
        panic!()
    };
    assert_eq!(
        (
            error.claims.as_deref(),
            error.suberror.as_deref(),
            error.code
        ),
        (Some(claims), Some("bad_token"), Some(50_173))
    );
    let after_a_restart = world
        .another_process()
        .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
        .await;
    assert!(
        matches!(after_a_restart, Err(SilentError::InteractionRequired(_))),
        "the account is still there"
    );
    assert_eq!(world.refreshes(), 1, "a deleted token is not sent");
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

#[tokio::test]
async fn consent_given_ends_the_refusal_at_once() {
    let world = World::start(|_, _| refusal("invalid_grant", "consent_required", 65_001)).await;
    world.keep(3_600, None).await;
    let send = || {
        world
            .cache
            .access_token(ACCOUNT, &["Mail.Send"], Ask::Cached)
    };
    assert!(send().await.is_err());
    let mut signed_in = world.signed_in(3_600, None);
    signed_in
        .tokens
        .access_token
        .scopes
        .push("Mail.Send".to_owned());
    assert!(world.cache.keep(&signed_in).await.unkept.is_none());
    assert_eq!(secret(send().await), "at-0");
}

#[tokio::test]
async fn a_rejected_token_is_never_handed_out_again() {
    let world = World::start(rotating).await;
    world.keep(3_600, None).await;
    let claims = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    let rejected = SecretString::from("at-0");
    let refresh = || Ask::Refresh {
        rejected: &rejected,
        claims: Some(claims.to_owned()),
    };
    assert_eq!(
        secret(
            world
                .cache
                .access_token(ACCOUNT, &["User.Read"], refresh())
                .await
        ),
        "at-1"
    );
    assert_eq!(
        secret(
            world
                .cache
                .access_token(ACCOUNT, &["User.Read"], refresh())
                .await
        ),
        "at-1",
        "another caller had it refused too"
    );
    assert_eq!(world.token().await, "at-1", "what came with claims is kept");
    assert_eq!(world.refreshes(), 1);
    let sent = &world.authority.requests_to("/token")[0].form["claims"];
    let expected = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"xms_cc":{"values":["cp1"]}}}"#;
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_rejected_token_does_not_stand_in_for_a_server_that_is_down() {
    let world = World::start(|_, _| down(503)).await;
    world.keep(3_600, None).await;
    let rejected = SecretString::from("at-0");
    let ask = Ask::Refresh {
        rejected: &rejected,
        claims: None,
    };
    assert!(matches!(
        world.cache.access_token(ACCOUNT, &["User.Read"], ask).await,
        Err(SilentError::Transient(_))
    ));
    assert!(!world.store.only_record().contains("at-0"));
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
async fn a_caller_that_goes_away_loses_no_rotation() {
    let world = World::start(|request, count| rotating(request, count).after(100)).await;
    world.keep(60, None).await;
    let gone = tokio::time::timeout(Duration::from_millis(50), world.ask()).await;
    assert!(gone.is_err());
    world
        .until(|| world.store.only_record().contains("rt-1"))
        .await;
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

struct World {
    authority: TestAuthority,
    store: TestStore,
    cache: TokenCache,
    folder: tempfile::TempDir,
}

impl World {
    /// `reply` answers the token requests, which it is given with their count.
    async fn start(reply: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Self {
        let mut count = 0;
        let authority = TestAuthority::start(move |request| {
            let to_token = request.path.ends_with("/token");
            count += usize::from(to_token);
            to_token.then(|| reply(request, count))
        })
        .await;
        let (store, folder) = (TestStore::default(), tempfile::tempdir().unwrap());
        let cache = TokenCache::new(
            authority.client(),
            Arc::new(store.clone()),
            folder.path().to_owned(),
        );
        Self {
            authority,
            store,
            cache,
            folder,
        }
    }

    fn another_process(&self) -> TokenCache {
        TokenCache::new(
            self.authority.client(),
            Arc::new(self.store.clone()),
            self.folder.path().to_owned(),
        )
    }

    async fn keep(&self, life: u64, refresh_in: Option<u64>) {
        let kept = self.cache.keep(&self.signed_in(life, refresh_in)).await;
        assert!(kept.unkept.is_none());
    }

    fn signed_in(&self, life: u64, refresh_in: Option<u64>) -> SignedIn {
        let now = today();
        let later = |seconds| now + Duration::from_secs(seconds);
        SignedIn {
            account: Account {
                home_account_id: ACCOUNT.to_owned(),
                name: None,
                username: String::new(),
                tenant_id: "t".to_owned(),
                environment: "e".to_owned(),
                scopes: vec!["User.Read".to_owned()],
            },
            tokens: Tokens {
                access_token: AccessToken {
                    secret: "at-0".into(),
                    scopes: vec!["User.Read".to_owned()],
                    obtained_at: now,
                    expires_at: later(life),
                },
                refresh_at: refresh_in.map(later),
                refresh_token: Some("rt-0".into()),
                asked: vec!["User.Read".to_owned()],
            },
        }
    }

    fn lock_files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    async fn ask(&self) -> Result<AccessToken, SilentError> {
        self.cache
            .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
            .await
    }

    async fn token(&self) -> String {
        secret(self.ask().await)
    }

    fn refreshes(&self) -> usize {
        self.authority.requests_to("/token").len()
    }

    async fn until(&self, done: impl Fn() -> bool) {
        for _ in 0..500 {
            if done() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("not done within five seconds");
    }
}

fn secret(outcome: Result<AccessToken, SilentError>) -> String {
    outcome.unwrap().secret.expose_secret().to_owned()
}

/// A refresh that rotates; the old refresh token stays usable, as with Entra.
fn rotating(_: &Request, count: usize) -> Reply {
    Reply::json(200, &tokens(count))
}

/// The same, but a refresh token is good once.
fn strictly_rotating() -> impl Fn(&Request, usize) -> Reply + Send {
    let good = Mutex::new(HashSet::from(["rt-0".to_owned()]));
    move |request, count| {
        let mut good = good.lock().unwrap();
        if !good.remove(&request.form["refresh_token"]) {
            return refusal("invalid_grant", "bad_token", 50_173);
        }
        good.insert(format!("rt-{count}"));
        Reply::json(200, &tokens(count)).after(10)
    }
}

fn tokens(count: usize) -> Value {
    json!({
        "token_type": "Bearer", "scope": "User.Read openid profile email", "expires_in": 3_599,
        "access_token": format!("at-{count}"), "refresh_token": format!("rt-{count}"),
    })
}

fn refusal(error: &str, suberror: &str, code: u32) -> Reply {
    Reply::json(
        400,
        &json!({"error": error, "suberror": suberror, "error_codes": [code]}),
    )
}

fn down(status: u16) -> Reply {
    Reply::Http(status, String::new(), Vec::new())
}
