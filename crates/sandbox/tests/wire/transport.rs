//! How the sandbox is reached: HTTPS, the proxy, and the names each of them
//! serves. Sources: RFC 9110 §9.3.6 (CONNECT), RFC 5280 §4.2.1 (certificates),
//! "National clouds" and "Microsoft Graph national cloud deployments".

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::{Certificate, Client, Proxy, redirect};
use sandbox::{Running, Settings, start};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto::aws_lc_rs};

use crate::browser::string;
pub const METADATA: &str = "/common/v2.0/.well-known/openid-configuration";

/// A sandbox with every entrance open.
pub struct Place {
    pub running: Running,
    folder: TempDir,
}

impl Place {
    pub async fn open() -> Self {
        let free = Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            http: free,
            https: free,
            proxy: free,
            control: free,
            ca: Some(folder.path().join("ca.pem")),
            ..Settings::default()
        };
        let running = start(&settings).await.unwrap();
        Self { running, folder }
    }

    fn ca(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A client that trusts this run's authority and nobody else.
    pub fn client(&self, through_proxy: bool) -> Client {
        let pem = fs::read(self.ca()).unwrap();
        let builder = Client::builder()
            .no_proxy()
            .redirect(redirect::Policy::none())
            .tls_certs_only([Certificate::from_pem(&pem).unwrap()]);
        let builder = if through_proxy {
            let proxy = format!("http://{}", self.running.proxy.unwrap());
            builder.proxy(Proxy::all(proxy).unwrap())
        } else {
            builder
        };
        builder.build().unwrap()
    }

    pub async fn json(&self, through_proxy: bool, url: &str) -> Value {
        let answer = self.client(through_proxy).get(url).send().await.unwrap();
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    fn https_port(&self) -> u16 {
        self.running.https.unwrap().port()
    }

    /// Whether a client that expects `name` is satisfied with the certificate.
    async fn proves(&self, name: &'static str) -> bool {
        let stream = TcpStream::connect(self.running.https.unwrap())
            .await
            .unwrap();
        let name = ServerName::try_from(name).unwrap();
        self.connector().connect(name, stream).await.is_ok()
    }

    fn connector(&self) -> TlsConnector {
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_file_iter(self.ca()).unwrap() {
            roots.add(certificate.unwrap()).unwrap();
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        TlsConnector::from(Arc::new(config))
    }
}

/// Writes `request` as it is and reads all that comes back.
pub async fn raw(address: SocketAddr, request: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8_lossy(&answer).into_owned()
}

pub fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn the_certificate_is_for_loopback_and_nothing_else() {
    let place = Place::open().await;
    for (name, expected) in [
        ("localhost", true),
        ("127.0.0.1", true),
        ("::1", true),
        ("graph.microsoft.com", false),
        ("127.0.0.2", false),
    ] {
        assert_eq!(place.proves(name).await, expected, "{name}");
    }
}

#[tokio::test]
async fn the_ca_file_is_a_certificate_and_never_a_key() {
    let place = Place::open().await;
    let text = fs::read_to_string(place.ca()).unwrap();
    assert_eq!(text.matches("-----BEGIN").count(), 1);
    assert!(text.starts_with("-----BEGIN CERTIFICATE-----\n"));
    assert!(text.lines().all(|line| line.len() <= 64));
    let names: Vec<_> = fs::read_dir(place.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, ["ca.pem"]);
    let other = Place::open().await;
    assert_ne!(text, fs::read_to_string(other.ca()).unwrap());
}

#[tokio::test]
async fn every_address_in_an_answer_has_the_origin_that_was_used() {
    let place = Place::open().await;
    let port = place.https_port();
    for host in ["localhost", "127.0.0.1"] {
        let origin = format!("https://{host}:{port}");
        let body = place.json(false, &format!("{origin}{METADATA}")).await;
        for name in [
            "token_endpoint",
            "authorization_endpoint",
            "device_authorization_endpoint",
            "end_session_endpoint",
            "jwks_uri",
            "issuer",
            "userinfo_endpoint",
        ] {
            let address = string(&body[name]);
            assert!(address.starts_with(&format!("{origin}/")), "{address}");
        }
        assert_eq!(body["msgraph_host"], format!("{host}:{port}"));
        assert_eq!(
            challenge(&place, false, &origin).await,
            format!("{origin}/common/oauth2/authorize")
        );
    }
}

/// The address that a refusal of Graph names for signing in.
pub async fn challenge(place: &Place, through_proxy: bool, graph: &str) -> String {
    let url = format!("{graph}/v1.0/me");
    let answer = place.client(through_proxy).get(url).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    let header = answer.headers()["www-authenticate"].to_str().unwrap();
    let (_, rest) = header.split_once("authorization_uri=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

/// DNS rebinding: a name that is not this entrance's is misdirected.
#[tokio::test]
async fn each_entrance_knows_its_names() {
    let place = Place::open().await;
    let http = place.running.http.unwrap();
    let https = format!("https://127.0.0.1:{}/", place.https_port());
    let graph = "https://graph.microsoft.com/".to_owned();
    for (proxied, url, host, expected) in [
        (false, format!("http://{http}/"), "localhost", 200),
        (false, format!("http://{http}/"), "evil.example", 421),
        (false, format!("http://{http}/"), "graph.microsoft.com", 421),
        (false, https.clone(), "localhost:1", 200),
        (false, https.clone(), "evil.example", 421),
        (false, https, "graph.microsoft.com", 421),
        (true, graph.clone(), "login.microsoftonline.com", 200),
        (true, graph.clone(), "evil.example", 421),
        (true, graph, "127.0.0.1", 421),
    ] {
        let request = place.client(proxied).get(&url).header("host", host);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), expected, "{url} {host}");
    }
    for head in [
        "GET http://evil.example/ HTTP/1.1\r\nHost: 127.0.0.1",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example",
        "GET / HTTP/1.0",
    ] {
        let answer = raw(http, &format!("{head}\r\nConnection: close\r\n\r\n")).await;
        assert_eq!(status(&answer), 421, "{head}");
    }
}

/// A handshake that never comes keeps nobody else from being served.
#[tokio::test]
async fn a_silent_client_keeps_nobody_waiting() {
    let place = Place::open().await;
    let mut silent = Vec::new();
    for address in [place.running.https, place.running.proxy] {
        silent.push(TcpStream::connect(address.unwrap()).await.unwrap());
    }
    let url = format!("https://localhost:{}{METADATA}", place.https_port());
    place.json(false, &url).await;
    let url = format!("https://login.microsoft.com{METADATA}");
    place.json(true, &url).await;
}
