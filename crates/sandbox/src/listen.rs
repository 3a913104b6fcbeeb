//! The listeners: loopback, a bounded number of connections, and a way to cut one.
//!
//! What has to happen before HTTP (a TLS handshake, a tunnel) happens beside the
//! accept loop, so that a client that says nothing keeps nobody waiting.

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, BufReader, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Sleep, sleep, timeout};
use tokio_rustls::server::TlsStream;

/// How many connections one listener serves at once, those that still shake
/// hands included; more wait to be accepted. A browser and a test suite together
/// need a few dozen.
const CONNECTIONS_MAX: usize = 512;
/// How long a client may take from connecting to its first byte of HTTP: ten
/// times what a slow machine needs for a tunnel and a handshake.
const OPENING_TIME_MAX: Duration = Duration::from_secs(10);
/// How many opened connections may wait for the server, which takes them at once.
const OPENED_MAX: usize = 16;

/// What TLS runs over: what a client sent behind its tunnel request is kept.
pub type Wire = BufReader<TcpStream>;

/// Cuts the connection a request came on, without an answer.
#[derive(Debug, Clone, Default)]
pub struct Cut(Arc<AtomicBool>);

impl Cut {
    /// Nothing more is written from now on.
    pub fn now(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    fn check(&self) -> io::Result<()> {
        if self.0.load(Ordering::Relaxed) {
            Err(io::ErrorKind::ConnectionReset.into())
        } else {
            Ok(())
        }
    }
}

/// A TCP listener with a bound on its connections.
pub struct Bounded {
    listener: TcpListener,
    permits: Arc<Semaphore>,
}

impl Bounded {
    /// Bounds `listener`.
    pub fn new(listener: TcpListener) -> Self {
        Self {
            listener,
            permits: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        }
    }

    async fn next(&mut self) -> (TcpStream, SocketAddr, Option<OwnedSemaphorePermit>) {
        let permit = Arc::clone(&self.permits).acquire_owned().await.ok();
        let (stream, address) = Listener::accept(&mut self.listener).await;
        // Small answers would wait for the client's delayed acknowledgement.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
        (stream, address, permit)
    }
}

impl Listener for Bounded {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        let (stream, address, permit) = self.next().await;
        (Connection::new(Stream::Plain(stream), permit), address)
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }
}

/// A listener whose connections are opened by more than accepting them.
pub struct Opened {
    connections: mpsc::Receiver<(Connection, SocketAddr)>,
    address: SocketAddr,
    // Dropping it ends the accept loop and every half-open connection.
    _accepting: JoinSet<()>,
}

impl Opened {
    /// Accepts on `listener` and lets `open` make each connection ready for HTTP.
    pub fn new<O, F>(listener: TcpListener, open: O) -> io::Result<Self>
    where
        O: Fn(Wire) -> F + Send + Sync + 'static,
        F: Future<Output = io::Result<TlsStream<Wire>>> + Send + 'static,
    {
        let address = listener.local_addr()?;
        let (sender, connections) = mpsc::channel(OPENED_MAX);
        let mut accepting = JoinSet::new();
        accepting.spawn(accept_all(Bounded::new(listener), open, sender));
        Ok(Self {
            connections,
            address,
            _accepting: accepting,
        })
    }
}

async fn accept_all<O, F>(
    mut listener: Bounded,
    open: O,
    opened: mpsc::Sender<(Connection, SocketAddr)>,
) where
    O: Fn(Wire) -> F + Send + Sync + 'static,
    F: Future<Output = io::Result<TlsStream<Wire>>> + Send + 'static,
{
    let mut opening = JoinSet::new();
    loop {
        tokio::select! {
            (stream, address, permit) = listener.next() => {
                let ready = open(BufReader::new(stream));
                let opened = opened.clone();
                opening.spawn(async move {
                    match timeout(OPENING_TIME_MAX, ready).await {
                        Ok(Ok(stream)) => {
                            let connection = Connection::new(Stream::Tls(Box::new(stream)), permit);
                            // An error means that the server stopped.
                            let _ = opened.send((connection, address)).await;
                        }
                        Ok(Err(error)) => tracing::debug!(%error, "a connection did not open"),
                        Err(_) => tracing::debug!("a connection took too long to open"),
                    }
                });
            }
            Some(_) = opening.join_next() => {}
        }
    }
}

impl Listener for Opened {
    type Io = Connection;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Connection, SocketAddr) {
        match self.connections.recv().await {
            Some(opened) => opened,
            // The accept loop is gone only while everything stops.
            None => pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}

enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<Wire>>),
}

/// A connection that can be cut from within.
pub struct Connection {
    stream: Stream,
    cut: Cut,
    write_time_max: Option<Duration>,
    /// Runs while the client takes nothing of what is written, and only then.
    deadline: Option<Pin<Box<Sleep>>>,
    _permit: Option<OwnedSemaphorePermit>,
}

impl Connection {
    fn new(stream: Stream, permit: Option<OwnedSemaphorePermit>) -> Self {
        Self {
            stream,
            cut: Cut::default(),
            write_time_max: None,
            deadline: None,
            _permit: permit,
        }
    }

    /// Ends it once the client has taken nothing of an answer for so long.
    pub fn end_unread_after(&mut self, time_max: Duration) {
        self.write_time_max = Some(time_max);
    }

    /// What came of writing, unless there was too long a wait for it.
    fn awaited<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        let (Poll::Pending, Some(time_max)) = (&written, self.write_time_max) else {
            self.deadline = None;
            return written;
        };
        let deadline = self
            .deadline
            .get_or_insert_with(|| Box::pin(sleep(time_max)));
        ready!(deadline.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// What cuts it.
    pub fn cut(&self) -> Cut {
        self.cut.clone()
    }
}

/// Polls whichever stream there is.
macro_rules! poll {
    ($connection:expr, $method:ident, $($argument:expr),+) => {
        match &mut $connection.stream {
            Stream::Plain(stream) => Pin::new(stream).$method($($argument),+),
            Stream::Tls(stream) => Pin::new(&mut **stream).$method($($argument),+),
        }
    };
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        poll!(self, poll_read, context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.cut.check()?;
        let written = poll!(self, poll_write, context, buffer);
        self.awaited(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.cut.check()?;
        let written = poll!(self, poll_flush, context);
        self.awaited(context, written)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        // A cut connection says no goodbye, not even TLS's.
        self.cut.check()?;
        let written = poll!(self, poll_shutdown, context);
        self.awaited(context, written)
    }
}
