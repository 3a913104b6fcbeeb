//! The stage of these tests: a machine that keeps things, a session with its window and browser, an authority.

use std::time::{Duration, SystemTime};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::super::*;
use crate::views::{Stage, Trouble};

pub(super) const CLIENT_ID: &str = "11111111-2222-4333-8444-555555555555";

/// A session, and the ears of its window.
pub(super) struct Theatre {
    pub(super) events: mpsc::Sender<Event>,
    pub(super) announcements: mpsc::Receiver<Announcement>,
    pub(super) sending: watch::Receiver<Sending>,
}

/// What stays when the program ends: folders and the credential store.
pub(super) struct Machine {
    pub(super) folders: Folders,
    pub(super) keychain: Keychain,
    _root: tempfile::TempDir,
}

impl Machine {
    pub(super) fn new(authority: Option<&str>) -> Self {
        Self::by(authority, "scheme")
    }

    /// Whose sign-ins go by this method, whatever the desktop can do.
    pub(super) fn by(authority: Option<&str>, method: &str) -> Self {
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
    pub(super) async fn until_sealed(&self, sealed: bool) {
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
    pub(super) fn start(&self) -> Theatre {
        let (events, inbox) = mpsc::channel(EVENTS_MAX);
        let (announce, announcements) = mpsc::channel(256);
        let (sender, sending) = watch::channel(Sending::Unknown);
        let http = crate::http::direct_client().unwrap();
        let world = World {
            direct: http.clone(),
            http,
            clock: Arc::new(SystemTime::now),
            journal: crate::journal::Journal::new(Arc::new(SystemTime::now)),
            keychain: self.keychain.clone(),
            folders: self.folders.clone(),
            sandbox: Arc::new(Sandbox::default()),
            announce,
            sender,
            events: events.clone(),
        };
        let configuration = Configuration::load(&self.folders.config);
        tokio::spawn(Session::new(world, configuration).run(inbox));
        Theatre {
            events,
            announcements,
            sending,
        }
    }
}

impl Theatre {
    pub(super) async fn does(&self, event: Event) {
        self.events.send(event).await.unwrap();
    }

    /// The authority has brought somebody for an attempt.
    pub(super) async fn brings(&self, attempt: u64, signed_in: Box<SignedIn>) {
        let outcome = Ok(signed_in);
        self.does(Event::Redeemed { attempt, outcome }).await;
    }

    /// The person signs an account out; nothing of it is left then.
    pub(super) async fn signs_out(&self, account: &str) {
        let (done, left) = oneshot::channel();
        let account = account.to_owned();
        self.does(Event::SignOut {
            account,
            in_browser: false,
            done,
        })
        .await;
        left.await.unwrap();
    }

    /// Waits until a code is being redeemed.
    pub(super) async fn redeems(&mut self) -> SessionView {
        let redeems = |view: &SessionView| {
            matches!(
                view,
                SessionView::SigningIn {
                    stage: Stage::Redeeming,
                    ..
                }
            )
        };
        self.until(redeems).await
    }

    /// Waits until the session is as wanted.
    pub(super) async fn until(&mut self, wanted: impl Fn(&SessionView) -> bool) -> SessionView {
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
    pub(super) async fn trouble(&mut self) -> String {
        self.whole_trouble().await.message
    }

    pub(super) async fn whole_trouble(&mut self) -> Trouble {
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
    pub(super) async fn page(&mut self) -> url::Url {
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
    pub(super) async fn browser(&mut self) -> String {
        parameter(&self.page().await, "state")
    }

    pub(super) async fn describe(&self) -> SessionView {
        let (reply, answer) = oneshot::channel();
        self.does(Event::Describe(reply)).await;
        answer.await.unwrap().session
    }
}

pub(super) fn parameter(page: &url::Url, name: &str) -> String {
    let found = page.query_pairs().find(|(key, _)| key == name);
    found.unwrap().1.into_owned()
}

/// An authority that knows its endpoints and redeems nothing, or one that answers everything with `body`.
pub(super) async fn authority(body: Option<&'static str>) -> String {
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

pub(super) fn metadata(origin: &str) -> String {
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

pub(super) fn device_code(origin: &str) -> String {
    serde_json::json!({
        "user_code": "FJC3Z9Q7V",
        "device_code": "BAQABAAEAAAD",
        "verification_uri": format!("{origin}/devicelogin"),
        "expires_in": 900,
        "interval": 1,
    })
    .to_string()
}

pub(super) fn redirect(query: &str) -> Event {
    Event::Redirect(format!("{}/?{query}", crate::names::REDIRECT_URI))
}

/// What an authority would have brought for a person of this name.
#[allow(
    clippy::disallowed_methods,
    reason = "the session does not look at these times"
)]
pub(super) fn signed_in(authority: &str, name: &str) -> Box<SignedIn> {
    let environment = authority.trim_start_matches("http://").to_owned();
    let now = SystemTime::now();
    Box::new(SignedIn {
        account: Account {
            home_account_id: format!("{name}.tenant"),
            name: Some(name.to_owned()),
            username: format!("{name}@contoso.com"),
            login_hint: None,
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
            id_claims: entra::IdTokenClaims::default(),
        },
    })
}

/// The same person as a guest elsewhere.
pub(super) fn as_guest(mut signed_in: Box<SignedIn>) -> Box<SignedIn> {
    signed_in.account.tenant_id = "elsewhere".to_owned();
    signed_in
}

pub(super) fn record(authority: &str, name: &str) -> String {
    format!(
        "account.{}.{name}.tenant",
        authority.trim_start_matches("http://")
    )
}

/// A session whose first attempt has come as far as the browser.
pub(super) async fn in_browser(machine: &Machine) -> Theatre {
    let mut stage = machine.start();
    stage.does(Event::SignIn(Cloud::Microsoft)).await;
    stage.browser().await;
    stage
}
