//! The session with a fake window and browser: what it announces is what a window would draw and a browser would open.

mod accounts;
mod methods;

use std::time::{Duration, SystemTime};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;
use crate::views::{Purpose, Stage, Trouble, TroubleAction};

const CLIENT_ID: &str = "11111111-2222-4333-8444-555555555555";

/// A session, and the ears of its window.
struct Theatre {
    events: mpsc::Sender<Event>,
    announcements: mpsc::Receiver<Announcement>,
    sending: watch::Receiver<Sending>,
}

/// What stays when the program ends: folders and the credential store.
struct Machine {
    folders: Folders,
    keychain: Keychain,
    _root: tempfile::TempDir,
}

impl Machine {
    fn new(authority: Option<&str>) -> Self {
        Self::by(authority, "scheme")
    }

    /// Whose sign-ins go by this method, whatever the desktop can do.
    fn by(authority: Option<&str>, method: &str) -> Self {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str| root.path().join(name);
        let folders = Folders {
            config: folder("config"),
            data: folder("data"),
            cache: folder("cache"),
        };
        folders.prepare().unwrap();
        if let Some(authority) = authority {
            let settings = format!(
                "client_id = '{CLIENT_ID}'\nauthority = '{authority}'\ngraph = '{authority}/v1.0'\nsign_in = '{method}'\n"
            );
            std::fs::write(folders.config.join("settings.toml"), settings).unwrap();
        }
        let store = keyring_core::mock::Store::new().unwrap();
        let keychain = Keychain::with_store("session-test", store, None);
        Self {
            folders,
            keychain,
            _root: root,
        }
    }

    /// Waits until there is a sealed sign-in, or none.
    async fn until_sealed(&self, sealed: bool) {
        let is_sealed = || async {
            let record = self.keychain.read("pending-sign-in").await;
            record.unwrap().is_some()
        };
        while is_sealed().await != sealed {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    #[allow(
        clippy::disallowed_methods,
        reason = "the authority of these tests checks no time"
    )]
    fn start(&self) -> Theatre {
        let (events, inbox) = mpsc::channel(EVENTS_MAX);
        let (announce, announcements) = mpsc::channel(256);
        let (sender, sending) = watch::channel(Sending::Unknown);
        let http = crate::http::direct_client().unwrap();
        let world = World {
            direct: http.clone(),
            http,
            clock: Arc::new(SystemTime::now),
            keychain: self.keychain.clone(),
            folders: self.folders.clone(),
            sandbox: Arc::new(Sandbox::default()),
            announce,
            sender,
            events: events.clone(),
        };
        tokio::spawn(Session::new(world).run(inbox));
        Theatre {
            events,
            announcements,
            sending,
        }
    }
}

impl Theatre {
    async fn does(&self, event: Event) {
        self.events.send(event).await.unwrap();
    }

    /// Waits until the session is as wanted.
    async fn until(&mut self, wanted: impl Fn(&SessionView) -> bool) -> SessionView {
        let waiting = async {
            loop {
                if let Some(Announcement::Session(view)) = self.announcements.recv().await
                    && wanted(&view)
                {
                    return view;
                }
            }
        };
        tokio::time::timeout(Duration::from_secs(20), waiting)
            .await
            .expect("the session went another way")
    }

    /// The trouble that the session ends in.
    async fn trouble(&mut self) -> String {
        self.whole_trouble().await.message
    }

    async fn whole_trouble(&mut self) -> Trouble {
        let ended =
            |view: &SessionView| matches!(view, SessionView::SignedOut { trouble: Some(_) });
        match self.until(ended).await {
            SessionView::SignedOut {
                trouble: Some(trouble),
            } => trouble,
            other => panic!("{other:?}"),
        }
    }

    /// Waits for the browser, and gives the address it was to open.
    async fn page(&mut self) -> url::Url {
        let in_browser = |view: &SessionView| {
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::Browser,
                    ..
                }
            )
        };
        let SessionView::SigningIn {
            address: Some(address),
            ..
        } = self.until(in_browser).await
        else {
            panic!("no address")
        };
        address.parse().unwrap()
    }

    /// The same, for its `state`.
    async fn browser(&mut self) -> String {
        parameter(&self.page().await, "state")
    }

    async fn describe(&self) -> SessionView {
        let (reply, answer) = oneshot::channel();
        self.does(Event::Describe(reply)).await;
        answer.await.unwrap().session
    }
}

fn parameter(page: &url::Url, name: &str) -> String {
    let found = page.query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}

/// An authority that knows its endpoints and redeems nothing, or one that answers everything with `body`.
async fn authority(body: Option<&'static str>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let origin = base.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = vec![0; 16 * 1024];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let (status, answer) = match body {
                Some(body) => ("200 OK", body.to_owned()),
                None if head[..read].windows(11).any(|part| part == b"/devicecode") => {
                    ("200 OK", device_code(&origin))
                }
                None if head[..read].windows(12).any(|part| part == b"&device_code") => (
                    "400 Bad Request",
                    r#"{"error":"authorization_declined"}"#.to_owned(),
                ),
                None if head[..read].starts_with(b"POST") => (
                    "400 Bad Request",
                    r#"{"error":"invalid_grant","error_description":"AADSTS54005: used.","error_codes":[54005]}"#.to_owned(),
                ),
                None => ("200 OK", metadata(&origin)),
            };
            let answer = format!(
                "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{answer}",
                answer.len()
            );
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    base
}

fn metadata(origin: &str) -> String {
    let auth = format!("{origin}/common");
    serde_json::json!({
        "issuer": format!("{origin}/{{tenantid}}/v2.0"),
        "authorization_endpoint": format!("{auth}/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{auth}/oauth2/v2.0/token"),
        "jwks_uri": format!("{auth}/discovery/v2.0/keys"),
        "device_authorization_endpoint": format!("{auth}/oauth2/v2.0/devicecode"),
    })
    .to_string()
}

fn device_code(origin: &str) -> String {
    serde_json::json!({
        "user_code": "FJC3Z9Q7V",
        "device_code": "BAQABAAEAAAD",
        "verification_uri": format!("{origin}/devicelogin"),
        "expires_in": 900,
        "interval": 1,
    })
    .to_string()
}

fn redirect(query: &str) -> Event {
    Event::Redirect(format!("{}/?{query}", crate::names::REDIRECT_URI))
}

#[tokio::test]
async fn without_a_client_id_the_first_thing_to_do_is_named() {
    let machine = Machine::new(None);
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    assert_eq!(stage.trouble().await, "trouble-no-client-id");
}

#[tokio::test]
async fn an_authority_that_does_not_answer_as_one_is_named() {
    let refused = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    for (authority, expected) in [
        (refused, "trouble-no-answer"),
        (
            authority(Some("<html>captive portal</html>")).await,
            "trouble-unreadable-answer",
        ),
        (
            authority(Some("{\"issuer\": \"htt")).await,
            "trouble-unreadable-answer",
        ),
        (authority(Some("")).await, "trouble-unreadable-answer"),
    ] {
        let machine = Machine::new(Some(&authority));
        let mut stage = machine.start();
        stage.does(Event::SignIn(Cloud::Microsoft)).await;
        assert_eq!(stage.trouble().await, expected);
    }
}

#[tokio::test]
async fn a_refusal_is_told_by_what_helps_against_it() {
    use TroubleAction::{AdminConsent, OpenSettings, SignInAgain, TryAgain};
    const NOTHING: TroubleAction = TroubleAction::None;
    let authority = authority(None).await;
    for (error, code, message, action) in [
        ("access_denied", 65_004, "trouble-declined", TryAgain),
        (
            "access_denied",
            90_094,
            "trouble-admin-consent",
            AdminConsent,
        ),
        ("access_denied", 50_105, "trouble-not-assigned", TryAgain),
        ("access_denied", 53_000, "trouble-managed-device", TryAgain),
        ("access_denied", 53_003, "trouble-meet-policy", SignInAgain),
        ("access_denied", 50_057, "trouble-account-disabled", NOTHING),
        (
            "invalid_request",
            50_194,
            "trouble-own-tenant",
            OpenSettings,
        ),
        ("invalid_request", 90_038, "trouble-other-cloud", NOTHING),
        (
            "interaction_required",
            50_079,
            "trouble-register-verification",
            SignInAgain,
        ),
        (
            "interaction_required",
            50_076,
            "trouble-verify",
            SignInAgain,
        ),
        (
            "interaction_required",
            70_043,
            "trouble-sign-in-as-usual",
            SignInAgain,
        ),
        (
            "unauthorized_client",
            9_002_332,
            "trouble-account-does-not-fit",
            TryAgain,
        ),
        ("server_error", 90_033, "trouble-server-down", TryAgain),
        ("invalid_request", 987_654, "trouble-other", TryAgain),
    ] {
        let machine = Machine::new(Some(&authority));
        let mut stage = machine.start();
        stage.does(Event::SignIn(Cloud::Microsoft)).await;
        let state = stage.browser().await;
        let answer =
            format!("error={error}&error_description=AADSTS{code}:+Refused.&state={state}");
        stage.does(redirect(&answer)).await;
        let trouble = stage.whole_trouble().await;
        assert_eq!(
            (&*trouble.message, trouble.action),
            (message, action),
            "{code}"
        );
        assert_eq!(trouble.code, Some(format!("AADSTS{code}")));
    }
}

#[tokio::test]
async fn a_redirect_that_does_not_match_leaves_the_sign_in_as_it_was() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = stage.browser().await;
    for forged in [
        "code=c&state=forged".to_owned(),
        "code=c".to_owned(),
        format!("code=c&code=d&state={state}"),
        format!("error=access_denied&state=not-{state}"),
    ] {
        stage.does(redirect(&forged)).await;
        let view = stage.describe().await;
        assert!(
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::Browser,
                    ..
                }
            ),
            "{forged}"
        );
    }
    stage
        .does(redirect(&format!(
            "error=access_denied&error_subcode=cancel&state={state}"
        )))
        .await;
    assert_eq!(stage.trouble().await, "trouble-cancelled");
    stage.does(redirect(&format!("code=c&state={state}"))).await;
    assert!(matches!(
        stage.describe().await,
        SessionView::SignedOut { .. }
    ));
}

#[tokio::test]
async fn cancel_ends_the_sign_in_and_a_late_redirect_finds_nothing() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = stage.browser().await;
    stage.does(Event::Cancel).await;
    stage
        .until(|view| *view == SessionView::SignedOut { trouble: None })
        .await;
    stage.does(redirect(&format!("code=c&state={state}"))).await;
    assert_eq!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    );
}

#[tokio::test]
async fn a_newer_attempt_supersedes_the_older_one() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let older = stage.browser().await;
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    let newer = stage.browser().await;
    assert_ne!(older, newer);
    stage.does(redirect(&format!("code=c&state={older}"))).await;
    let view = stage.describe().await;
    assert!(
        matches!(
            view,
            SessionView::SigningIn {
                stage: Stage::Browser,
                ..
            }
        ),
        "{view:?}"
    );
    // The code is redeemed for the newer one; this authority says that it was used already.
    stage.does(redirect(&format!("code=c&state={newer}"))).await;
    stage
        .until(|view| {
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::Redeeming,
                    ..
                }
            )
        })
        .await;
    stage.trouble().await;
}

#[tokio::test]
async fn a_redirect_after_a_restart_finds_its_sign_in_once() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut before = machine.start();
    before.does(Event::SignIn(Cloud::Microsoft)).await;
    let state = before.browser().await;
    machine.until_sealed(true).await;
    drop(before);
    let mut after = machine.start();
    after.does(redirect("code=c&state=forged")).await;
    after.does(redirect(&format!("code=c&state={state}"))).await;
    let redeeming = after
        .until(|view| {
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::Redeeming,
                    ..
                }
            )
        })
        .await;
    assert!(matches!(
        redeeming,
        SessionView::SigningIn {
            purpose: Purpose::SignIn,
            ..
        }
    ));
    after.trouble().await;
    machine.until_sealed(false).await;
}

/// What an authority would have brought for a person of this name.
#[allow(
    clippy::disallowed_methods,
    reason = "the session does not look at these times"
)]
fn signed_in(authority: &str, name: &str) -> Box<SignedIn> {
    let environment = authority.trim_start_matches("http://").to_owned();
    let now = SystemTime::now();
    Box::new(SignedIn {
        account: Account {
            home_account_id: format!("{name}.tenant"),
            name: Some(name.to_owned()),
            username: format!("{name}@contoso.com"),
            tenant_id: "tenant".to_owned(),
            environment,
            scopes: vec!["User.Read".to_owned()],
        },
        tokens: entra::Tokens {
            access_token: entra::AccessToken {
                secret: "access".into(),
                scopes: vec!["User.Read".to_owned()],
                obtained_at: now,
                expires_at: now + Duration::from_secs(3_600),
            },
            refresh_at: None,
            refresh_token: Some("refresh".into()),
            asked: vec!["User.Read".to_owned()],
        },
    })
}

fn record(authority: &str, name: &str) -> String {
    format!(
        "account.{}.{name}.tenant",
        authority.trim_start_matches("http://")
    )
}

/// A session whose first attempt has come as far as the browser.
async fn in_browser(machine: &Machine) -> Theatre {
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    stage.browser().await;
    stage
}

#[tokio::test]
async fn new_settings_end_what_was_begun_under_the_old() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    let (done, saved) = oneshot::channel();
    let settings = Settings {
        client_id: CLIENT_ID.to_owned(),
        tenant: "contoso.com".to_owned(),
        sign_in: SignInMethod::Scheme,
    };
    stage.does(Event::SaveConfig { settings, done }).await;
    saved.await.unwrap().unwrap();
    let ended = |view: &SessionView| matches!(view, SessionView::SignedOut { trouble: None });
    stage.until(ended).await;
    let outcome = Ok(signed_in(&authority, "ana"));
    stage
        .does(Event::Redeemed {
            attempt: 1,
            outcome,
        })
        .await;
    assert!(ended(&stage.describe().await));
    let tokens = machine.keychain.read(&record(&authority, "ana")).await;
    assert!(tokens.unwrap().is_none());
}

#[tokio::test]
async fn a_sign_in_is_kept_and_found_at_the_next_start_until_the_person_signs_out() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let mut stage = in_browser(&machine).await;
    let outcome = Ok(signed_in(&authority, "ana"));
    stage
        .does(Event::Redeemed {
            attempt: 1,
            outcome,
        })
        .await;
    stage
        .until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    let name = record(&authority, "ana");
    assert!(machine.keychain.read(&name).await.unwrap().is_some());
    drop(stage);

    let mut next = machine.start();
    next.until(|view| matches!(view, SessionView::SignedIn { .. }))
        .await;
    // The client id goes, and signing out still knows whose tokens to forget.
    let (done, saved) = oneshot::channel();
    let settings = Settings {
        client_id: String::new(),
        tenant: String::new(),
        sign_in: SignInMethod::Automatic,
    };
    next.does(Event::SaveConfig { settings, done }).await;
    saved.await.unwrap().unwrap();
    let (done, left) = oneshot::channel();
    let account = "ana.tenant".to_owned();
    next.does(Event::SignOut { account, done }).await;
    left.await.unwrap();
    assert!(machine.keychain.read(&name).await.unwrap().is_none());
    assert_eq!(
        next.describe().await,
        SessionView::SignedOut { trouble: None }
    );
    let index = std::fs::read_to_string(machine.folders.data.join("accounts.json"));
    assert!(!index.unwrap_or_default().contains("ana"));
    assert_eq!(
        std::fs::read_dir(&machine.folders.cache).unwrap().count(),
        0
    );
}

#[tokio::test]
async fn what_is_redeemed_after_cancel_is_not_kept() {
    let authority = authority(None).await;
    let machine = Machine::new(Some(&authority));
    let stage = in_browser(&machine).await;
    stage.does(Event::Cancel).await;
    let outcome = Ok(signed_in(&authority, "ana"));
    stage
        .does(Event::Redeemed {
            attempt: 1,
            outcome,
        })
        .await;
    assert_eq!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    );
    // Cancelled a moment later, while the tokens are on their way to the store: they are taken out again.
    let stage = in_browser(&machine).await;
    let outcome = Ok(signed_in(&authority, "ben"));
    stage
        .does(Event::Redeemed {
            attempt: 1,
            outcome,
        })
        .await;
    stage.does(Event::Cancel).await;
    assert_eq!(
        stage.describe().await,
        SessionView::SignedOut { trouble: None }
    );
    let gone = async {
        // First written, then gone: looked at until it stays so.
        let mut absent = 0;
        while absent < 10 {
            let there = machine
                .keychain
                .read(&record(&authority, "ben"))
                .await
                .unwrap()
                .is_some();
            absent = if there { 0 } else { absent + 1 };
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone)
        .await
        .expect("tokens are left");
    assert!(
        machine
            .keychain
            .read(&record(&authority, "ana"))
            .await
            .unwrap()
            .is_none()
    );
}
