//! What `sendMail` is measured beside: the same server library, answering a body
//! with itself. Prints its address.

use std::error::Error;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    let listener = listener.tap_io(|stream| {
        // As the sandbox does; without it small answers would wait.
        let _ = stream.set_nodelay(true);
    });
    let routes = Router::new()
        .fallback(async |body: Bytes| body)
        .layer(DefaultBodyLimit::disable());
    axum::serve(listener, routes).await?;
    Ok(())
}
