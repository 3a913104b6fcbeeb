//! The origin under which a client reached the sandbox. The metadata, the issuer
//! and the ID token all speak of that one, so `localhost` and `127.0.0.1` both
//! work, each in itself consistent.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header::HOST;
use axum::http::request::Parts;

/// Scheme, host and port. The `Host` header was checked before any handler ran.
#[derive(Debug, Clone)]
pub struct Origin(pub String);

impl<S: Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let host = parts
            .headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or("127.0.0.1");
        Ok(Self(format!("http://{host}")))
    }
}
