//! A token cache, its store and its authority; and what the authority answers.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use entra::{AccessToken, Account, Ask, SignedIn, SilentError, TokenCache, Tokens};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::authority::{Reply, Request, TestAuthority, today};
use crate::store::TestStore;

pub const ACCOUNT: &str =
    "690222be-ff1a-4d56-abd1-7e4f7d38e474.72f988bf-86f1-41af-91ab-2d7cd011db47";

/// The tenant that has it.
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";

pub struct World {
    pub authority: TestAuthority,
    pub store: TestStore,
    pub cache: TokenCache,
    pub folder: tempfile::TempDir,
}

impl World {
    /// `reply` answers the token requests, which it is given with their count.
    pub async fn start(reply: impl Fn(&Request, usize) -> Reply + Send + 'static) -> Self {
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

    pub fn another_process(&self) -> TokenCache {
        TokenCache::new(
            self.authority.client(),
            Arc::new(self.store.clone()),
            self.folder.path().to_owned(),
        )
    }

    pub async fn keep(&self, life: u64, refresh_in: Option<u64>) {
        let kept = self.cache.keep(&self.signed_in(life, refresh_in)).await;
        assert!(kept.unkept.is_none());
    }

    pub fn signed_in(&self, life: u64, refresh_in: Option<u64>) -> SignedIn {
        signed_in(life, refresh_in)
    }

    pub fn lock_files(&self) -> Vec<String> {
        let files = std::fs::read_dir(self.folder.path()).unwrap();
        files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    pub async fn ask(&self) -> Result<Arc<AccessToken>, SilentError> {
        self.cache
            .access_token(ACCOUNT, &["User.Read"], Ask::Cached)
            .await
    }

    pub async fn token(&self) -> String {
        secret(self.ask().await)
    }

    pub fn refreshes(&self) -> usize {
        self.authority.requests_to("/token").len()
    }

    pub async fn until(&self, done: impl Fn() -> bool) {
        until(done).await;
    }
}

/// A sign-in of today, whose access token lives so long.
pub fn signed_in(life: u64, refresh_in: Option<u64>) -> SignedIn {
    let now = today();
    let later = |seconds| now + Duration::from_secs(seconds);
    SignedIn {
        account: Account {
            home_account_id: ACCOUNT.to_owned(),
            name: None,
            username: String::new(),
            login_hint: None,
            tenant_id: TENANT.to_owned(),
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
            id_claims: entra::IdTokenClaims::default(),
        },
    }
}

pub fn secret(outcome: Result<Arc<AccessToken>, SilentError>) -> String {
    outcome.unwrap().secret.expose_secret().to_owned()
}

/// A refresh that rotates; the old refresh token stays usable, as with Entra.
pub fn rotating(_: &Request, count: usize) -> Reply {
    Reply::json(200, &tokens(count))
}

/// The same, but a refresh token is good once.
pub fn strictly_rotating() -> impl Fn(&Request, usize) -> Reply + Send {
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

pub fn tokens(count: usize) -> Value {
    json!({
        "token_type": "Bearer", "scope": "User.Read openid profile email", "expires_in": 3_599,
        "access_token": format!("at-{count}"), "refresh_token": format!("rt-{count}"),
    })
}

pub fn refusal(error: &str, suberror: &str, code: u32) -> Reply {
    Reply::json(
        400,
        &json!({"error": error, "suberror": suberror, "error_codes": [code]}),
    )
}

pub fn down(status: u16) -> Reply {
    Reply::Http(status, String::new(), Vec::new())
}

pub async fn until(done: impl Fn() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("not done within five seconds");
}
