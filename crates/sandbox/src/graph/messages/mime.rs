//! `GET …/$value`: the message as MIME.
//!
//! Source: "Get MIME content of a message"; RFC 5322, RFC 2045, RFC 3464.

use axum::http::{HeaderValue, StatusCode, header};

use super::super::fault::GraphFault;
use super::super::mail_access::{READ_BODIES, Work, enter};
use super::super::mime::write;
use super::super::reply::Reply;
use super::super::request::Call;
use crate::world::World;

/// 200, and the whole message as text.
pub fn get(
    world: &World,
    call: &Call,
    folder: Option<&str>,
    id: &str,
) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ_BODIES, Work::Read)?;
    let message = desk.message(world, folder, id)?;
    Ok(Reply {
        status: StatusCode::OK,
        headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"))],
        body: write(&message),
    })
}
