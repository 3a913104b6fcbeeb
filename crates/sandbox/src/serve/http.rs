//! HTTP over the connections of a listener: version 1.1 alone, and an end to
//! waiting for a client that says nothing or takes nothing.
//!
//! Version 2 would carry several requests on one connection, and a fault that
//! cuts one of them would cut its neighbours.

use std::convert::Infallible;
use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use hyper::Request;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep};

use crate::front::Front;
use crate::listen::Connection;

/// How long a client may take for the head of a request, the wait for its first
/// byte included, for each further piece of a body, and for taking each piece of
/// the answer: every connection takes a place, and a client that needs this long
/// has gone. How long an answer takes to make is not counted.
pub const CLIENT_TIME_MAX: Duration = Duration::from_secs(60);

/// Serves what `listener` accepts until `stopped`, then lets open requests end.
pub async fn serve_all<L>(
    mut listener: L,
    front: Front,
    mut stopped: watch::Receiver<bool>,
    client_time_max: Duration,
) where
    L: Listener<Io = Connection>,
{
    let front = Arc::new(front);
    let mut connections = JoinSet::new();
    let stopping = stopped.clone();
    loop {
        tokio::select! {
            (connection, _) = listener.accept() => {
                let front = Arc::clone(&front);
                connections.spawn(serve(connection, front, stopping.clone(), client_time_max));
            }
            Some(_) = connections.join_next() => {}
            () = stop(&mut stopped) => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn serve(
    mut connection: Connection,
    front: Arc<Front>,
    mut stopped: watch::Receiver<bool>,
    client_time_max: Duration,
) {
    connection.end_unread_after(client_time_max);
    let cut = connection.cut();
    let answer = service_fn(move |request: Request<Incoming>| {
        let request =
            request.map(|body| axum::body::Body::new(Awaited::new(body, client_time_max)));
        let (front, cut) = (Arc::clone(&front), cut.clone());
        async move { Ok::<_, Infallible>(front.answer(request, &cut).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(client_time_max)
        .serve_connection(TokioIo::new(connection), answer);
    let mut served = pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = stop(&mut stopped) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

async fn stop(stopped: &mut watch::Receiver<bool>) {
    // An error means that the sender is gone, which stops as well.
    let _ = stopped.wait_for(|stop| *stop).await;
}

/// A body that is waited for piece by piece, but for none of them for ever.
struct Awaited {
    body: Incoming,
    time_max: Duration,
    /// Runs while somebody waits for a piece, and only then: a handler may take
    /// its time before it reads.
    deadline: Option<Pin<Box<Sleep>>>,
}

impl Awaited {
    fn new(body: Incoming, time_max: Duration) -> Self {
        Self {
            body,
            time_max,
            deadline: None,
        }
    }
}

impl Body for Awaited {
    type Data = <Incoming as Body>::Data;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, io::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            self.deadline = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(io::Error::other)));
        }
        let time_max = self.time_max;
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(time_max)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, SocketAddr};

    use axum::Router;
    use axum::http::StatusCode;
    use axum::routing::{get, post};
    use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};
    use tokio::time::timeout;
    use tokio_rustls::rustls::pki_types::pem::PemObject;
    use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};
    use tokio_rustls::{TlsAcceptor, TlsConnector};

    use super::*;
    use crate::certificates::Certificates;
    use crate::listen::{Bounded, Opened};

    const SHORT: Duration = Duration::from_millis(300);
    /// More than the system keeps on the way between two sockets.
    const LARGE_BYTES: usize = 32 * 1024 * 1024;

    /// Asks for the large answer and waits before each piece of it.
    async fn read_slowly(
        mut stream: impl AsyncRead + AsyncWrite + Unpin,
        before_first: Duration,
        before_each: Duration,
    ) -> usize {
        let ask = b"GET /large HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(ask).await.unwrap();
        sleep(before_first).await;
        let (mut taken, mut piece) = (0, vec![0; LARGE_BYTES / 8]);
        let reading = async {
            // A connection that is given up ends, or is reset.
            while let Ok(read @ 1..) = stream.read(&mut piece).await {
                let before = taken / piece.len();
                taken += read;
                if taken / piece.len() > before {
                    sleep(before_each).await;
                }
            }
        };
        timeout(SHORT * 60, reading)
            .await
            .expect("the connection ends");
        taken
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_not_waited_for_and_a_slow_one_is() {
        let (address, _stop) = listen().await;
        let plain = async || TcpStream::connect(address).await.unwrap();
        let taken = read_slowly(plain().await, SHORT * 5, Duration::ZERO).await;
        assert!(taken < LARGE_BYTES);
        let taken = read_slowly(plain().await, Duration::ZERO, SHORT / 2).await;
        assert!(taken >= LARGE_BYTES);
    }

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_not_waited_for_behind_tls_either() {
        let certificates = Arc::new(Certificates::new(false).unwrap());
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(certificates.authority_pem().as_bytes());
        roots.add(authority.unwrap()).unwrap();
        let config = ClientConfig::builder()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let acceptor = TlsAcceptor::from(certificates.for_loopback().unwrap());
        let (listener, address) = bound().await;
        let opened = Opened::new(listener, move |wire| acceptor.accept(wire)).unwrap();
        let _stop = serve(opened);
        let connector = TlsConnector::from(Arc::new(config));
        let secured = async || {
            let stream = TcpStream::connect(address).await.unwrap();
            let name = ServerName::try_from("localhost").unwrap();
            connector.connect(name, stream).await.unwrap()
        };
        let taken = read_slowly(secured().await, SHORT * 5, Duration::ZERO).await;
        assert!(taken < LARGE_BYTES);
        let taken = read_slowly(secured().await, Duration::ZERO, SHORT / 2).await;
        assert!(taken >= LARGE_BYTES);
    }

    async fn bound() -> (TcpListener, SocketAddr) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        (listener, address)
    }

    async fn listen() -> (SocketAddr, watch::Sender<bool>) {
        let (listener, address) = bound().await;
        (address, serve(Bounded::new(listener)))
    }

    /// Serves with a short patience; dropping the sender stops it.
    fn serve(listener: impl Listener<Io = Connection>) -> watch::Sender<bool> {
        let routes = Router::new()
            .route(
                "/late",
                get(async || {
                    sleep(SHORT * 3).await;
                    "late"
                }),
            )
            .route("/large", get(async || vec![b'x'; LARGE_BYTES]))
            .route(
                "/read",
                post(
                    async |body: axum::body::Body| match axum::body::to_bytes(body, 100).await {
                        Ok(read) => (StatusCode::OK, format!("read {}", read.len())),
                        Err(_) => (StatusCode::REQUEST_TIMEOUT, String::new()),
                    },
                ),
            );
        let sender = watch::Sender::new(false);
        let front = Front::of_routes(routes);
        let stopped = sender.subscribe();
        tokio::spawn(serve_all(listener, front, stopped, SHORT));
        sender
    }

    /// Writes the pieces with a pause between them and reads until the end.
    async fn exchange(address: SocketAddr, pieces: &[&str]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        for piece in pieces {
            stream.write_all(piece.as_bytes()).await.unwrap();
            sleep(SHORT / 3).await;
        }
        let mut answer = Vec::new();
        let read = stream.read_to_end(&mut answer);
        let _ = timeout(SHORT * 30, read)
            .await
            .expect("the connection ends");
        String::from_utf8_lossy(&answer).into_owned()
    }

    #[tokio::test]
    async fn a_client_that_says_nothing_is_not_waited_for() {
        let (address, _stop) = listen().await;
        let post = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n";
        for (pieces, expected) in [
            (&[""][..], ""),
            (&["GET /late HTTP/1.1\r\nHost"], ""),
            (&[post, "1"], "HTTP/1.1 408"),
        ] {
            let answer = exchange(address, pieces).await;
            assert!(answer.starts_with(expected), "{pieces:?}: {answer}");
            assert_eq!(answer.is_empty(), expected.is_empty(), "{answer}");
        }
    }

    #[tokio::test]
    async fn slow_answers_and_slow_bodies_come_to_their_end() {
        let (address, _stop) = listen().await;
        let late = "GET /late HTTP/1.1\r\nHost: localhost\r\n\r\n";
        let post = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n";
        for (pieces, expected) in [
            (&[late][..], "late"),
            (&[post, "1", "2", "3", "4", "5"], "read 5"),
        ] {
            let answer = exchange(address, pieces).await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
            assert!(answer.ends_with(expected), "{answer}");
        }
    }

    #[tokio::test]
    async fn version_2_is_not_spoken() {
        let (address, _stop) = listen().await;
        let answer = exchange(address, &["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"]).await;
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 "),
            "{answer}"
        );
    }
}
