//! The loopback redirect (RFC 8252 §7.3; Entra, "Redirect URI (reply URL) restrictions", "Localhost exceptions"): for
//! desktops where no program can be given a scheme, the browser brings the answer to a port of this computer.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{HeaderMap, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

use crate::authorization::Redirect;
use crate::client::{Client, SignInAsk};
use crate::error::EntraError;
use crate::pending::PendingSignIn;
use crate::redirect::{self, ANSWER_BYTES_MAX, AuthorizationCode, RedirectError};

mod page;

pub use page::{Page, Pages};

/// How many ports are tried until one is free for IPv4 and IPv6 alike.
const PORTS_TRIED_MAX: usize = 16;

/// The most connections at a time: a browser opens a few ahead of need.
const CONNECTIONS_MAX: usize = 16;

/// The longest life of a connection; one that was opened ahead of need and brings nothing is closed then.
const CONNECTION_TIME_MAX: Duration = Duration::from_secs(10);

/// The rest before another connection is accepted after one could not be, as when no file handle is free.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// A port of this computer that waits for the answer to one sign-in. Dropped, it is closed.
#[derive(Debug)]
pub struct Loopback {
    ipv4: Option<TcpListener>,
    ipv6: Option<TcpListener>,
    host: String,
    redirect_uri: String,
}

impl Client {
    /// Begins a sign-in whose answer comes to a port of this computer. `http://localhost` has to be registered, with any port
    /// or none.
    ///
    /// The answer is asked for as a posted form, which leaves no code in the browser's history.
    pub async fn begin_at_loopback(
        &self,
        ask: SignInAsk,
        loopback: &Loopback,
    ) -> Result<(Url, PendingSignIn), EntraError> {
        let redirect = Redirect {
            uri: &loopback.redirect_uri,
            response_mode: "form_post",
        };
        self.begin_at(&redirect, ask).await
    }
}

impl Loopback {
    /// Takes a free port, the same for IPv4 and IPv6 where the computer has both: a browser may choose either for
    /// `localhost`, and no other program may be found there.
    pub async fn bind() -> io::Result<Self> {
        for _ in 0..PORTS_TRIED_MAX {
            let Ok(ipv4) = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await else {
                let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await?;
                let port = ipv6.local_addr()?.port();
                return Ok(Self::at(port, None, Some(ipv6)));
            };
            let port = ipv4.local_addr()?.port();
            match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
                Ok(ipv6) => return Ok(Self::at(port, Some(ipv4), Some(ipv6))),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
                Err(_) => return Ok(Self::at(port, Some(ipv4), None)),
            }
        }
        Err(io::ErrorKind::AddrInUse.into())
    }

    fn at(port: u16, ipv4: Option<TcpListener>, ipv6: Option<TcpListener>) -> Self {
        // Entra's easy path is `localhost`, although RFC 8252 §8.3 prefers the literal.
        let host = format!("localhost:{port}");
        let redirect_uri = format!("http://{host}");
        Self {
            ipv4,
            ipv6,
            host,
            redirect_uri,
        }
    }

    /// Waits for the answer to this sign-in, as a posted form or as a query, and shows the browser a page. Whatever else comes
    /// (a second tab, a look for an icon, a page fetched ahead, another program) is answered and ends nothing.
    ///
    /// There is no time limit: drop the future to give up. The only error is the authority's refusal.
    pub async fn answer(
        self,
        pending: &PendingSignIn,
        pages: Pages,
    ) -> Result<AuthorizationCode, EntraError> {
        let desk = Arc::new(Desk {
            pending: pending.clone(),
            host: self.host,
            pages,
            outcome: Mutex::new(None),
        });
        let mut connections = JoinSet::new();
        loop {
            let is_full = connections.len() >= CONNECTIONS_MAX;
            tokio::select! {
                // A connection that has ended has shown its page: only then may the port be closed.
                Some(_) = connections.join_next() => {
                    if let Some(outcome) = desk.take() {
                        return outcome;
                    }
                }
                accepted = accept(self.ipv4.as_ref()), if !is_full => {
                    take_in(&mut connections, accepted, &desk).await;
                }
                accepted = accept(self.ipv6.as_ref()), if !is_full => {
                    take_in(&mut connections, accepted, &desk).await;
                }
            }
        }
    }
}

async fn accept(listener: Option<&TcpListener>) -> io::Result<(TcpStream, SocketAddr)> {
    match listener {
        Some(listener) => listener.accept().await,
        None => std::future::pending().await,
    }
}

async fn take_in(
    connections: &mut JoinSet<()>,
    accepted: io::Result<(TcpStream, SocketAddr)>,
    desk: &Arc<Desk>,
) {
    match accepted {
        Ok((stream, _)) => {
            connections.spawn(serve(stream, Arc::clone(desk)));
        }
        Err(error) => {
            tracing::debug!(%error, "a connection to the loopback redirect could not be accepted");
            tokio::time::sleep(ACCEPT_PAUSE).await;
        }
    }
}

async fn serve(stream: TcpStream, desk: Arc<Desk>) {
    let service = service_fn(|request| {
        let desk = Arc::clone(&desk);
        async move { Ok::<_, Infallible>(desk.reply(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(CONNECTION_TIME_MAX)
        .keep_alive(false)
        .max_buf_size(2 * ANSWER_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service);
    // Whatever is wrong with a connection is the other side's trouble.
    let _ = tokio::time::timeout(CONNECTION_TIME_MAX, connection).await;
}

/// What ends the waiting.
type Outcome = Result<AuthorizationCode, EntraError>;

/// Where requests are answered.
struct Desk {
    pending: PendingSignIn,
    host: String,
    pages: Pages,
    outcome: Mutex<Option<Outcome>>,
}

impl Desk {
    fn take(&self) -> Option<Outcome> {
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.take()
    }

    async fn reply(&self, request: Request<Incoming>) -> Response<String> {
        // Another name that leads here (DNS rebinding) is somebody else's page.
        if !has_host(request.headers(), &self.host) {
            return self
                .pages
                .unexpected
                .response(StatusCode::MISDIRECTED_REQUEST);
        }
        if request.uri().path() != "/" {
            return self.pages.unexpected.response(StatusCode::NOT_FOUND);
        }
        if is_ahead_of_need(request.headers()) {
            return self
                .pages
                .unexpected
                .response(StatusCode::SERVICE_UNAVAILABLE);
        }
        let encoded = match *request.method() {
            Method::GET => request.uri().query().unwrap_or_default().to_owned(),
            Method::POST => match read_form(request).await {
                Ok(form) => form,
                Err(status) => return self.pages.unexpected.response(status),
            },
            _ => {
                let mut response = self
                    .pages
                    .unexpected
                    .response(StatusCode::METHOD_NOT_ALLOWED);
                let allowed = header::HeaderValue::from_static("GET, POST");
                response.headers_mut().insert(header::ALLOW, allowed);
                return response;
            }
        };
        self.settle(redirect::read_answer(&self.pending, &encoded))
    }

    /// The first answer that belongs to the sign-in ends it.
    fn settle(&self, read: Result<AuthorizationCode, RedirectError>) -> Response<String> {
        let (page, read) = match read {
            Ok(code) => (&self.pages.finished, Ok(code)),
            Err(RedirectError::Refused(error)) => (&self.pages.refused, Err(error)),
            Err(error) => {
                tracing::info!(%error, "a request to the loopback redirect was dropped");
                return self.pages.unexpected.response(StatusCode::BAD_REQUEST);
            }
        };
        let mut outcome = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        outcome.get_or_insert(read);
        page.response(StatusCode::OK)
    }
}

fn has_host(headers: &HeaderMap, host: &str) -> bool {
    let mut values = headers.get_all(header::HOST).iter();
    let first = values.next();
    let is = first.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(host.as_bytes()));
    is && values.next().is_none()
}

/// Whether a browser fetches this before anybody asked for it (Fetch, "Sec-Purpose header"; `Purpose` in older ones).
fn is_ahead_of_need(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose"].iter().any(|name| {
        let values = headers.get_all(*name).iter();
        let mut texts = values.filter_map(|value| value.to_str().ok());
        texts.any(|text| text.to_ascii_lowercase().contains("prefetch"))
    })
}

async fn read_form(request: Request<Incoming>) -> Result<String, StatusCode> {
    let kind = request.headers().get(header::CONTENT_TYPE);
    let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let body = Limited::new(request.into_body(), ANSWER_BYTES_MAX).collect();
    let body = body.await.map_err(|_| StatusCode::PAYLOAD_TOO_LARGE)?;
    String::from_utf8(body.to_bytes().into()).map_err(|_| StatusCode::BAD_REQUEST)
}
