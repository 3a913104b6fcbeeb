//! Signs in through the browser and says who came: `cargo run -p entra --example sign_in -- CLIENT_ID [AUTHORITY]`

use std::error::Error;
use std::sync::Arc;

use entra::{Authority, Client, ClientConfig, Loopback, Pages, SignInAsk, system_random};

#[tokio::main]
#[allow(
    clippy::disallowed_methods,
    reason = "a program of its own asks the clock itself"
)]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let config = ClientConfig {
        client_id: arguments.next().ok_or("which client id?")?,
        authority: Authority::parse(
            &arguments
                .next()
                .unwrap_or_else(|| "https://login.microsoftonline.com/common".into()),
        )?,
        redirect_uri: "http://localhost".into(),
    };
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let client = Client::new(
        http,
        config,
        Arc::new(std::time::SystemTime::now),
        system_random(),
    );
    let loopback = Loopback::bind().await?;
    let ask = SignInAsk {
        scopes: vec!["User.Read".into()],
        ..SignInAsk::default()
    };
    let (page, pending) = client.begin_at_loopback(ask, &loopback).await?;
    println!("Open {page}");
    let code = loopback.answer(&pending, Pages::default()).await?;
    let signed_in = client.redeem(pending, code).await?;
    println!("{} has signed in", signed_in.account.username);
    Ok(())
}
