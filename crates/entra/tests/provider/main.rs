//! The crate against an OpenID provider that was not written for it: `oidc-provider`, a certified one, as it comes.
//! `script/setup test` installs it.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod browser;
#[allow(dead_code)] // The whole tests fail it in more ways than these do.
#[path = "../whole/store.rs"]
mod store;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use entra::{
    Account, Ask, Authority, Client, ClientConfig, EntraErrorKind, Loopback, Pages, RedirectError,
    SignInAsk, SilentError, TokenCache, redirect, system_random,
};
use secrecy::ExposeSecret;
use store::TestStore;

use browser::{Browser, End};

const REDIRECT: &str = "io.github.signetmail://auth";
const WORDS: [(&str, &str); 2] = [("login", "ada"), ("password", "anything")];
const SCOPE: &str = "mail.send";

/// The provider's process, which ends with its standard input.
struct Provider {
    issuer: String,
    child: Child,
    _input: Option<ChildStdin>,
}

impl Provider {
    fn start() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/provider");
        let mut child = Command::new("node")
            .arg("provider.js")
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node is needed");
        let input = child.stdin.take();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut lines = output.lines().map_while(Result::ok);
        let issuer = lines.find_map(|line| line.strip_prefix("issuer ").map(str::to_owned));
        // A provider that cannot say what it has to say would end.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            issuer: issuer.expect("the provider did not start: script/setup test installs it"),
            child,
            _input: input,
        }
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the provider's clock is the computer's"
    )]
    fn client(&self) -> Client {
        let config = ClientConfig {
            client_id: "signet".to_owned(),
            authority: Authority::openid(&self.issuer).unwrap(),
            redirect_uri: REDIRECT.to_owned(),
        };
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        let clock = Arc::new(SystemTime::now);
        Client::new(http.build().unwrap(), config, clock, system_random())
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn ask() -> SignInAsk {
    SignInAsk {
        scopes: vec![SCOPE.to_owned()],
        ..SignInAsk::default()
    }
}

/// The redirect that the browser would hand to the desktop.
async fn redirect_of(browser: &Browser, page: &str) -> String {
    match browser.walk(page, &WORDS).await {
        End::App(redirect) => redirect,
        other => panic!("{other:?}"),
    }
}

fn is_ada(account: &Account) {
    assert_eq!(account.home_account_id.len(), 64, "a hash of iss and sub");
    assert_eq!(account.tenant_id, "");
    assert_eq!(account.username, "ada@id.example");
    assert_eq!(account.name.as_deref(), Some("Name of ada"));
    assert!(account.has_scope(SCOPE), "{account:?}");
}

#[tokio::test]
async fn by_scheme_and_then_silently_while_its_refresh_tokens_rotate() {
    let provider = Provider::start();
    let client = provider.client();
    let (page, pending) = client.begin(ask()).await.unwrap();
    let answer = redirect_of(&Browser::new(), page.as_str()).await;
    assert!(answer.contains("&iss="), "it names its issuer");
    let code = redirect::read(&pending, &answer).unwrap();
    let signed_in = client.redeem(pending, code).await.unwrap();
    is_ada(&signed_in.account);

    let folder = tempfile::tempdir().unwrap();
    let store = TestStore::default();
    let cache = TokenCache::new(client, Arc::new(store.clone()), folder.path().to_owned());
    let kept = cache.keep(&signed_in).await;
    assert!(kept.unkept.is_none());
    let id = &kept.account.home_account_id;
    let first = cache.access_token(id, &[SCOPE], Ask::Cached).await.unwrap();
    let mut last = first.secret.clone();
    let stale = store.only_record();
    for round in 0..3 {
        let ask = Ask::Refresh {
            rejected: &last,
            claims: None,
        };
        let next = cache.access_token(id, &[SCOPE], ask).await.unwrap();
        assert_ne!(next.secret.expose_secret(), last.expose_secret(), "{round}");
        last = next.secret.clone();
    }

    // A rotated refresh token that comes back is a stolen one: the provider revokes all that came of it.
    let record = {
        let mut state = store.0.lock().unwrap();
        let name = state.records.keys().next().unwrap().clone();
        state.records.insert(name, stale)
    };
    assert!(record.is_some());
    let other = TokenCache::new(
        provider.client(),
        Arc::new(store.clone()),
        folder.path().to_owned(),
    );
    let ask = Ask::Refresh {
        rejected: &first.secret,
        claims: None,
    };
    match other.access_token(id, &[SCOPE], ask).await {
        Err(SilentError::InteractionRequired(error)) => {
            assert_eq!(error.error, "invalid_grant");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn by_a_port_of_this_computer() {
    let provider = Provider::start();
    let client = provider.client();
    let loopback = Loopback::bind().await.unwrap();
    let (page, pending) = client.begin_at_loopback(ask(), &loopback).await.unwrap();
    let waiting = pending.clone();
    let answer = tokio::spawn(async move { loopback.answer(&waiting, Pages::default()).await });
    match Browser::new().walk(page.as_str(), &WORDS).await {
        End::Page { url, html } => {
            assert_eq!(url.host_str(), Some("localhost"));
            assert_eq!(url.query(), None, "no code in the browser's history");
            assert!(html.contains("You can close this tab"), "{html}");
        }
        other => panic!("{other:?}"),
    }
    let code = answer.await.unwrap().unwrap();
    is_ada(&client.redeem(pending, code).await.unwrap().account);
}

#[tokio::test]
async fn by_a_code_on_another_device() {
    let provider = Provider::start();
    let client = provider.client();
    let code = client.begin_on_other_device(ask()).await.unwrap();
    let polling = tokio::spawn({
        let (client, code) = (client.clone(), code.clone());
        async move {
            client
                .await_other_device(&code, &|_| {
                    Box::pin(tokio::time::sleep(Duration::from_millis(200)))
                })
                .await
        }
    });
    let words = [WORDS[0], WORDS[1], ("user_code", code.user_code.as_str())];
    let end = Browser::new()
        .walk(code.verification_uri.as_str(), &words)
        .await;
    assert!(matches!(end, End::Page { .. }), "{end:?}");
    is_ada(&polling.await.unwrap().unwrap().account);
}

#[tokio::test]
async fn a_code_is_good_for_its_own_sign_in_and_once() {
    let provider = Provider::start();
    let client = provider.client();
    let browser = Browser::new();
    let (page, pending) = client.begin(ask()).await.unwrap();
    let (_, other) = client.begin(ask()).await.unwrap();
    let answer = redirect_of(&browser, page.as_str()).await;
    assert!(matches!(
        redirect::read(&other, &answer),
        Err(RedirectError::StateMismatch)
    ));
    let evil = answer.replace("iss=http", "iss=https");
    assert!(matches!(
        redirect::read(&pending, &evil),
        Err(RedirectError::NotARedirect)
    ));

    // The verifier of another sign-in does not fit this one's code (RFC 7636 §4.6).
    let (page, third) = client.begin(ask()).await.unwrap();
    let state = |url: &str| {
        let (_, rest) = url.split_once("state=").unwrap();
        rest.split('&').next().unwrap().to_owned()
    };
    let injected = answer.replace(&state(&answer), &state(page.as_str()));
    let code = redirect::read(&third, &injected).unwrap();
    let error = client.redeem(third, code).await.unwrap_err();
    assert_eq!(error.kind, EntraErrorKind::InteractionRequired);
    let code = redirect::read(&pending, &answer).unwrap();
    let first = client.redeem(pending.clone(), code.clone()).await;
    is_ada(&first.unwrap().account);
    let second = client.redeem(pending, code).await.unwrap_err();
    assert_eq!(second.kind, EntraErrorKind::InteractionRequired, "spent");
}

#[tokio::test]
async fn the_session_in_the_browser_ends_there_too() {
    let provider = Provider::start();
    let client = provider.client();
    let browser = Browser::new();
    let (page, pending) = client.begin(ask()).await.unwrap();
    let answer = redirect_of(&browser, page.as_str()).await;
    let code = redirect::read(&pending, &answer).unwrap();
    let account = client.redeem(pending, code).await.unwrap().account;

    // Who is signed in there is not asked again.
    let (page, _) = client.begin(ask()).await.unwrap();
    assert!(matches!(
        browser.walk(page.as_str(), &[]).await,
        End::App(_)
    ));
    let address = client.sign_out_address(&account).await.unwrap().unwrap();
    let words = [("logout", "yes")];
    browser.walk(address.as_str(), &words).await;
    let (page, _) = client.begin(ask()).await.unwrap();
    let end = browser.walk(page.as_str(), &WORDS[..0]).await;
    assert!(!matches!(end, End::App(_)), "{end:?}");
}
