//! The CONNECT proxy that leads Microsoft's names here (RFC 9110 §9.3.6).
//!
//! A program that is given this proxy and the authority's certificate runs
//! against the sandbox as if it were Microsoft, hard-coded hosts and all. The
//! tunnel never leaves the process: it ends at once in TLS under the name that
//! was asked for. Every other host is refused, so nothing can slip through.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::certificates::Certificates;
use crate::clouds;
use crate::journal::Entry;
use crate::listen::Wire;
use crate::world::World;

/// How long the head of a tunnel request may be: a line, a `Host`, a user agent.
const HEAD_BYTES_MAX: u64 = 8 * 1024;
/// The only port that the names are served on.
const PORT: &str = "443";
/// How much of a refused target is noted.
const TARGET_CHARS_MAX: usize = 200;

/// Why no tunnel was opened.
#[derive(Debug, PartialEq, Eq)]
enum Refused {
    /// Not HTTP, or longer than a tunnel request is.
    Malformed,
    /// Another method than CONNECT: this proxy forwards nothing.
    NotConnect,
    /// A host that the sandbox does not stand in for.
    OtherHost(String),
}

/// Opens one tunnel up to the end of its handshake, or says why not.
pub async fn tunnel(
    mut wire: Wire,
    certificates: Arc<Certificates>,
    world: Arc<World>,
) -> io::Result<TlsStream<Wire>> {
    let head = read_head(&mut wire).await?;
    let host = match host(&head) {
        Ok(host) => host,
        Err(refused) => {
            note(&world, &refused);
            wire.write_all(refused.answer().as_bytes()).await?;
            wire.shutdown().await?;
            return Err(io::ErrorKind::PermissionDenied.into());
        }
    };
    let config = certificates.for_stand_in(host).map_err(io::Error::other)?;
    wire.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")
        .await?;
    TlsAcceptor::from(config).accept(wire).await
}

/// The request's head up to its empty line; shorter if the client stopped or
/// wrote more than fits.
async fn read_head(wire: &mut Wire) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    let mut limited = wire.take(HEAD_BYTES_MAX);
    loop {
        let line_start = head.len();
        limited.read_until(b'\n', &mut head).await?;
        let line = head.get(line_start..).unwrap_or_default();
        if line.is_empty() || matches!(line, b"\r\n" | b"\n") {
            return Ok(head);
        }
    }
}

/// The name that the tunnel is asked for.
fn host(head: &[u8]) -> Result<&'static str, Refused> {
    let head = std::str::from_utf8(head).map_err(|_| Refused::Malformed)?;
    let whole = head.ends_with("\r\n\r\n") || head.ends_with("\n\n");
    let line = head.lines().next().unwrap_or_default();
    let mut words = line.split(' ');
    let (Some(method), Some(target), Some(version), None) =
        (words.next(), words.next(), words.next(), words.next())
    else {
        return Err(Refused::Malformed);
    };
    if !whole || !version.starts_with("HTTP/1.") {
        return Err(Refused::Malformed);
    }
    if method != "CONNECT" {
        return Err(Refused::NotConnect);
    }
    target
        .rsplit_once(':')
        .filter(|(_, port)| *port == PORT)
        .and_then(|(host, _)| clouds::stand_in(host))
        .ok_or_else(|| Refused::OtherHost(target.chars().take(TARGET_CHARS_MAX).collect()))
}

impl Refused {
    fn status(&self) -> u16 {
        match self {
            Self::Malformed => 400,
            Self::NotConnect => 405,
            Self::OtherHost(_) => 403,
        }
    }

    fn answer(&self) -> String {
        let (reason, more, text) = match self {
            Self::Malformed => ("Bad Request", "", "This is no tunnel request."),
            Self::NotConnect => (
                "Method Not Allowed",
                "Allow: CONNECT\r\n",
                "This proxy opens tunnels and forwards nothing.",
            ),
            Self::OtherHost(_) => (
                "Forbidden",
                "",
                "The sandbox stands in for Microsoft's sign-in and Graph hosts only.",
            ),
        };
        format!(
            "HTTP/1.1 {} {reason}\r\n{more}Content-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
            self.status(),
            text.len()
        )
    }
}

/// A program that asks for another host is something to know about.
fn note(world: &World, refused: &Refused) {
    tracing::info!(status = refused.status(), "no tunnel");
    if let Refused::OtherHost(target) = refused {
        world.journal.add(Entry {
            at_ms: world.clock.now_ms(),
            route: None,
            method: "CONNECT".to_owned(),
            path: target.clone(),
            status: refused.status(),
            fault: false,
            batch: false,
            client: Default::default(),
            ms: 0,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 9110 §9.3.6, RFC 9112 §3.2.3.
    #[test]
    fn tunnels_lead_to_stand_in_names_only() {
        let other = |target: &str| Err(Refused::OtherHost(target.to_owned()));
        for (line, expected) in [
            (
                "CONNECT graph.microsoft.com:443 HTTP/1.1",
                Ok("graph.microsoft.com"),
            ),
            (
                "CONNECT LOGIN.microsoftonline.com:443 HTTP/1.0",
                Ok("login.microsoftonline.com"),
            ),
            (
                "CONNECT graph.microsoft.com:80 HTTP/1.1",
                other("graph.microsoft.com:80"),
            ),
            (
                "CONNECT evil.example:443 HTTP/1.1",
                other("evil.example:443"),
            ),
            ("CONNECT localhost:443 HTTP/1.1", other("localhost:443")),
            (
                "CONNECT graph.microsoft.com HTTP/1.1",
                other("graph.microsoft.com"),
            ),
            (
                "GET http://graph.microsoft.com/ HTTP/1.1",
                Err(Refused::NotConnect),
            ),
            (
                "connect graph.microsoft.com:443 HTTP/1.1",
                Err(Refused::NotConnect),
            ),
            (
                "CONNECT graph.microsoft.com:443 HTTP/2",
                Err(Refused::Malformed),
            ),
            ("CONNECT graph.microsoft.com:443", Err(Refused::Malformed)),
            ("\u{16}\u{3}\u{1}", Err(Refused::Malformed)),
        ] {
            let head = format!("{line}\r\nHost: x\r\n\r\n");
            assert_eq!(host(head.as_bytes()), expected, "{line}");
        }
        let endless = b"CONNECT graph.microsoft.com:443 HTTP/1.1\r\nX: y";
        assert_eq!(host(endless), Err(Refused::Malformed));
    }
}
