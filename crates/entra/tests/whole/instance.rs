//! Microsoft's own names, played by the sandbox tenant behind its proxy: who vouches for an authority, and who does not.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use entra::{Authority, Client, ClientConfig, EntraErrorKind, SignInAsk, system_random};

use crate::authority::{CLIENT, today};

#[tokio::test]
async fn a_host_is_one_of_entras_or_nobody_is_sent_there() {
    let folder = tempfile::tempdir().unwrap();
    let settings = sandbox::Settings {
        proxy: Some(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))),
        ca: Some(folder.path().join("ca.pem")),
        ..sandbox::Settings::default()
    };
    let sandbox = sandbox::start(&settings).await.unwrap();
    let ca = std::fs::read(sandbox.ca.as_ref().unwrap()).unwrap();
    let proxy = format!("http://{}", sandbox.proxy.unwrap());
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .proxy(reqwest::Proxy::all(proxy).unwrap())
        .tls_certs_merge(reqwest::Certificate::from_pem_bundle(&ca).unwrap())
        .build()
        .unwrap();
    for (authority, expected) in [
        (
            "https://login.microsoftonline.com/common",
            Ok("login.microsoftonline.com"),
        ),
        (
            "https://login.windows.net/common",
            Ok("login.microsoftonline.com"),
        ),
        (
            "https://login.microsoftonline.us/common",
            Ok("login.microsoftonline.us"),
        ),
        (
            "https://login.evil.example/common",
            Err((EntraErrorKind::UnknownClient, Some(50_049))),
        ),
    ] {
        let config = ClientConfig {
            client_id: CLIENT.to_owned(),
            authority: Authority::parse(authority).unwrap(),
            redirect_uri: "io.github.signetmail://auth".to_owned(),
        };
        let client = Client::new(http.clone(), config, Arc::new(today), system_random());
        let begun = client.begin(SignInAsk::default()).await;
        let page = begun.map(|(page, _)| page.host_str().unwrap().to_owned());
        let page = page.map_err(|error| (error.kind, error.code));
        assert_eq!(page, expected.map(str::to_owned), "{authority}");
    }
    sandbox.stop().await;
}
