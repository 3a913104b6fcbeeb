//! Starting and stopping the sandbox.

mod http;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::certificates::{CertificateError, Certificates};
use crate::desk::DeskKey;
use crate::front::Front;
use crate::listen::{Bounded, Connection, Opened};
use crate::origin::Entrance;
use crate::proxy;
use crate::ready::write_whole;
use crate::world::World;
use http::{CLIENT_TIME_MAX, serve_all};

/// How long open connections may take to end when the sandbox stops.
const STOP_DEADLINE: Duration = Duration::from_secs(2);

/// How to run. What is `None` is not opened.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// Where both services and the pages listen.
    pub http: Option<SocketAddr>,
    /// Where they listen with TLS, under a certificate of this run's authority.
    pub https: Option<SocketAddr>,
    /// Where the proxy listens that leads Microsoft's names here.
    pub proxy: Option<SocketAddr>,
    /// Where the control API listens.
    pub control: Option<SocketAddr>,
    /// Where the authority's certificate is written to.
    pub ca: Option<PathBuf>,
    /// Seals tokens; the same seed opens those of an earlier run.
    pub seed: u64,
    /// Whether unknown client ids are public clients.
    pub any_app: bool,
}

/// Why the sandbox cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Only loopback is served: whoever could reach the sandbox could sign in.
    /// Of its addresses only those that requests are admitted under.
    #[error("{0} cannot be listened on, only 127.0.0.1 and [::1] can")]
    NotLoopback(SocketAddr),
    /// The address is taken or not allowed.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// No certificate could be made.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// The authority's certificate could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A listener could not be set up.
    #[error("a listener cannot be used")]
    Listener(#[from] io::Error),
    /// The baked-in key or the seal's key was refused.
    #[error("a key cannot be used")]
    Key,
}

/// A sandbox that runs. Dropping it stops it without waiting.
pub struct Running {
    /// Where both services and the pages listen.
    pub http: Option<SocketAddr>,
    /// Where they listen with TLS.
    pub https: Option<SocketAddr>,
    /// Where the proxy listens.
    pub proxy: Option<SocketAddr>,
    /// Where the control API listens.
    pub control: Option<SocketAddr>,
    /// Where the authority's certificate lies; absolute.
    pub ca: Option<PathBuf>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Running {
    fn serve<L>(&mut self, listener: L, front: Front)
    where
        L: Listener<Io = Connection, Addr = SocketAddr>,
    {
        let stopped = self.stop.subscribe();
        let served = serve_all(listener, front, stopped, CLIENT_TIME_MAX);
        self.tasks.push(tokio::spawn(served));
    }

    /// Stops: no new connections, and open ones get a moment to end.
    pub async fn stop(mut self) {
        let _ = self.stop.send(true);
        for mut task in std::mem::take(&mut self.tasks) {
            if tokio::time::timeout(STOP_DEADLINE, &mut task)
                .await
                .is_err()
            {
                task.abort();
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Starts the sandbox and returns once it listens and the certificate is written.
///
/// Plain HTTP answers before the certificates are made.
pub async fn start(settings: &Settings) -> Result<Running, StartError> {
    let mut world = World::new(settings.seed, settings.any_app)?;
    world.desk_key = settings.control.map(|_| DeskKey::new());
    let world = Arc::new(world);
    let http = bind(settings.http).await?;
    let https = bind(settings.https).await?;
    let proxy = bind(settings.proxy).await?;
    let control = bind(settings.control).await?;
    let front = |entrance| Front::of_services(entrance, Arc::clone(&world));
    let mut running = Running {
        http: address(http.as_ref()),
        https: address(https.as_ref()),
        proxy: address(proxy.as_ref()),
        control: address(control.as_ref()),
        ca: settings.ca.as_deref().map(absolute),
        stop: watch::Sender::new(false),
        tasks: Vec::new(),
    };
    if let Some(listener) = http {
        running.serve(Bounded::new(listener), front(Entrance::Http));
    }
    if let Some(listener) = control {
        let front = Front::of_control(Arc::clone(&world));
        running.serve(Bounded::new(listener), front);
    }
    if https.is_some() || proxy.is_some() || settings.ca.is_some() {
        let certificates = certificates(settings).await?;
        let _ = world.ca_pem.set(certificates.authority_pem().to_owned());
        if let Some(listener) = https {
            let listener = secured(listener, &certificates)?;
            running.serve(listener, front(Entrance::Https));
        }
        if let Some(listener) = proxy {
            let listener = tunnelled(listener, &certificates, &world)?;
            running.serve(listener, front(Entrance::Proxy));
        }
    }
    tokio::task::spawn_blocking(move || world.portraits.draw_ahead());
    Ok(running)
}

/// Makes this run's authority and writes its certificate where it was asked for.
async fn certificates(settings: &Settings) -> Result<Arc<Certificates>, StartError> {
    let with_stand_ins = settings.proxy.is_some();
    let path = settings.ca.clone();
    let made = tokio::task::spawn_blocking(move || {
        let certificates = Certificates::new(with_stand_ins)?;
        if let Some(path) = path {
            write_whole(&path, certificates.authority_pem().as_bytes())
                .map_err(|source| StartError::Write { path, source })?;
        }
        Ok(Arc::new(certificates))
    });
    made.await.map_err(|_| StartError::Key)?
}

fn secured(listener: TcpListener, certificates: &Arc<Certificates>) -> Result<Opened, StartError> {
    let acceptor = TlsAcceptor::from(certificates.for_loopback()?);
    Ok(Opened::new(listener, move |wire| acceptor.accept(wire))?)
}

fn tunnelled(
    listener: TcpListener,
    certificates: &Arc<Certificates>,
    world: &Arc<World>,
) -> Result<Opened, StartError> {
    let (certificates, world) = (Arc::clone(certificates), Arc::clone(world));
    Ok(Opened::new(listener, move |wire| {
        proxy::tunnel(wire, Arc::clone(&certificates), Arc::clone(&world))
    })?)
}

/// Binds a loopback address, if one is wanted.
async fn bind(address: Option<SocketAddr>) -> Result<Option<TcpListener>, StartError> {
    let Some(address) = address else {
        return Ok(None);
    };
    if !is_served(address.ip()) {
        return Err(StartError::NotLoopback(address));
    }
    TcpListener::bind(address)
        .await
        .map(Some)
        .map_err(|source| StartError::Listen { address, source })
}

/// Whether a client can name `ip` in its requests and be answered.
fn is_served(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip == Ipv4Addr::LOCALHOST,
        IpAddr::V6(ip) => ip == Ipv6Addr::LOCALHOST,
    }
}

fn address(listener: Option<&TcpListener>) -> Option<SocketAddr> {
    listener.and_then(|listener| listener.local_addr().ok())
}

/// Whoever reads the ready file may run in another folder.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
