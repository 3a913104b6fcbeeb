//! The body of a control request, read with a sentence for what is wrong.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::problem;

/// The longest body: a fault with many headers comes to a few kilobytes.
pub const BODY_BYTES_MAX: usize = 64 * 1024;

/// What was asked, as JSON.
pub struct Asked<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Asked<T> {
    type Rejection = Response;

    /// JSON that does not fit is the caller's mistake like any other: 400. That
    /// a body must be JSON by its media type keeps forms of web pages out: 415.
    async fn from_request(request: Request, state: &S) -> Result<Self, Response> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(asked)) => Ok(Self(asked)),
            Err(rejection) => {
                let status = match rejection {
                    JsonRejection::JsonDataError(_) | JsonRejection::JsonSyntaxError(_) => {
                        StatusCode::BAD_REQUEST
                    }
                    _ => rejection.status(),
                };
                Err(problem(status, &rejection.body_text()))
            }
        }
    }
}
