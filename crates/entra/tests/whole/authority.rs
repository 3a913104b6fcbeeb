//! An authority on loopback: the true metadata and keys, and a token endpoint played by the test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use entra::{Authority, Client, ClientConfig, Clock};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::test_key::OURS;

pub const CLIENT: &str = "51673e70-0b0e-4a5c-9d0e-5a4d0b0c0001";

/// When every test begins, by the authority's clock.
pub fn today() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000)
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Request {
    /// Where it came to.
    pub origin: String,
    pub path: String,
    pub form: HashMap<String, String>,
}

/// What goes back.
pub enum Reply {
    /// Status, further head lines, body.
    Http(u16, String, Vec<u8>),
    /// A body without an end.
    Endless,
    /// Half of what was announced, then the connection breaks.
    Broken,
    /// The connection breaks at once.
    Close,
    /// After a while.
    Later(Duration, Box<Reply>),
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        Self::Http(
            status,
            "Content-Type: application/json; charset=utf-8\r\n".to_owned(),
            body.to_string().into_bytes(),
        )
    }

    pub fn after(self, millis: u64) -> Self {
        Self::Later(Duration::from_millis(millis), Box::new(self))
    }

    pub fn with(self, line: &str) -> Self {
        match self {
            Self::Http(status, head, body) => Self::Http(status, format!("{head}{line}\r\n"), body),
            other => other,
        }
    }
}

type Play = Box<dyn FnMut(&Request) -> Option<Reply> + Send>;

/// The authority. What `play` leaves out is answered as Entra would.
pub struct TestAuthority {
    pub origin: String,
    pub requests: Arc<Mutex<Vec<Request>>>,
    offset: Arc<Mutex<i64>>,
}

impl TestAuthority {
    pub async fn start(play: impl FnMut(&Request) -> Option<Reply> + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let play: Arc<Mutex<Play>> = Arc::new(Mutex::new(Box::new(play)));
        let authority = Self {
            origin,
            requests,
            offset: Arc::default(),
        };
        let requests = Arc::clone(&authority.requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (requests, play) = (Arc::clone(&requests), Arc::clone(&play));
                tokio::spawn(async move { serve(stream, &requests, &play).await });
            }
        });
        authority
    }

    pub fn client(&self) -> Client {
        let offset = Arc::clone(&self.offset);
        let clock: Clock = Arc::new(move || {
            let offset = *offset.lock().unwrap();
            let now = today();
            if offset < 0 {
                now - Duration::from_secs(offset.unsigned_abs())
            } else {
                now + Duration::from_secs(offset.unsigned_abs())
            }
        });
        client_of(&self.origin, clock)
    }

    /// Moves the client's clock.
    pub fn move_clock(&self, seconds: i64) {
        *self.offset.lock().unwrap() += seconds;
    }

    pub fn requests_to(&self, end: &str) -> Vec<Request> {
        self.requests
            .lock()
            .unwrap()
            .iter()
            .filter(|request| request.path.ends_with(end))
            .cloned()
            .collect()
    }
}

/// A client of such an authority, in this process or another.
pub fn client_of(origin: &str, clock: Clock) -> Client {
    client_at(
        Authority::parse(&format!("{origin}/common")).unwrap(),
        clock,
    )
}

pub fn client_at(authority: Authority, clock: Clock) -> Client {
    let config = ClientConfig {
        client_id: CLIENT.to_owned(),
        authority,
        redirect_uri: "io.github.signetmail://auth".to_owned(),
    };
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Client::new(http, config, clock, entra::system_random())
}

async fn serve(
    mut stream: TcpStream,
    requests: &Mutex<Vec<Request>>,
    play: &Mutex<Play>,
) -> Option<()> {
    loop {
        let request = read(&mut stream).await?;
        requests.lock().unwrap().push(request.clone());
        let played = (play.lock().unwrap())(&request);
        let mut reply = played.unwrap_or_else(|| as_entra(&request));
        while let Reply::Later(wait, then) = reply {
            tokio::time::sleep(wait).await;
            reply = *then;
        }
        match reply {
            Reply::Http(status, head, body) => {
                let length = body.len();
                let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {length}\r\n{head}\r\n");
                stream.write_all(head.as_bytes()).await.ok()?;
                stream.write_all(&body).await.ok()?;
            }
            Reply::Endless => {
                stream
                    .write_all(b"HTTP/1.1 200 X\r\nContent-Type: application/json\r\n\r\n[")
                    .await
                    .ok()?;
                while stream.write_all(&[b' '; 4_096]).await.is_ok() {}
                return None;
            }
            Reply::Broken => {
                stream
                    .write_all(b"HTTP/1.1 200 X\r\nContent-Length: 999\r\n\r\n{\"access_token\":")
                    .await
                    .ok()?;
                return None;
            }
            Reply::Close | Reply::Later(..) => return None,
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let head_end = loop {
        let mut chunk = [0; 8_192];
        let count = stream
            .read(&mut chunk)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| {
        line.strip_prefix("content-length: ")?
            .trim()
            .parse::<usize>()
            .ok()
    });
    while bytes.len() < head_end + length.unwrap_or(0) {
        let mut chunk = [0; 8_192];
        let count = stream
            .read(&mut chunk)
            .await
            .ok()
            .filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
    }
    let path = head.split_whitespace().nth(1)?.to_owned();
    let host = head.lines().find_map(|line| line.strip_prefix("host: "))?;
    let origin = format!("http://{}", host.trim());
    let form = url::form_urlencoded::parse(&bytes[head_end..])
        .into_owned()
        .collect();
    Some(Request { origin, path, form })
}

fn as_entra(request: &Request) -> Reply {
    let origin = &request.origin;
    let tenant = request
        .path
        .strip_suffix("/v2.0/.well-known/openid-configuration");
    if let Some(tenant) = tenant {
        let mut metadata = metadata(origin);
        let endpoint = format!("{origin}{tenant}/oauth2/v2.0/token");
        metadata["token_endpoint"] = json!(endpoint);
        Reply::json(200, &metadata)
    } else if request.path.ends_with("/discovery/v2.0/keys") {
        Reply::json(
            200,
            &json!({"keys": [OURS.published(Some(&format!("{origin}/{{tenantid}}/v2.0")))]}),
        )
    } else {
        Reply::json(404, &json!({}))
    }
}

pub fn metadata(origin: &str) -> Value {
    json!({
        "issuer": format!("{origin}/{{tenantid}}/v2.0"),
        "authorization_endpoint": format!("{origin}/common/oauth2/v2.0/authorize"),
        "token_endpoint": format!("{origin}/common/oauth2/v2.0/token"),
        "jwks_uri": format!("{origin}/common/discovery/v2.0/keys"),
        "device_authorization_endpoint": format!("{origin}/common/oauth2/v2.0/devicecode"),
        "tenant_region_scope": null,
    })
}
