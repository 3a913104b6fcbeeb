//! `GET /me/photo` and its sizes. Source: Graph v1.0 reference, "Get profilePhoto".

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::access;
use super::fault::GraphFault;
use super::me::PROFILE_SCOPES;
use super::reply::Reply;
use super::request::Call;
use crate::directory::Person;
use crate::portrait::LARGEST;
use crate::world::World;

/// The sizes that the reference lists.
const SIZES: [u32; 9] = [48, 64, 96, 120, 240, 360, 432, 504, 648];

/// `GET /me/photo`
pub fn metadata(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let person = pictured(world, call)?;
    let body = json!({
        "@odata.context": format!("{}/v1.0/$metadata#users('{}')/photo/$entity", call.origin(), person.oid),
        "@odata.mediaContentType": "image/jpeg",
        "@odata.mediaEtag": etag(person, LARGEST),
        "id": format!("{LARGEST}x{LARGEST}"),
        "height": LARGEST,
        "width": LARGEST,
    });
    Ok(Reply::json(StatusCode::OK, &body))
}

/// `GET /me/photo/$value` and `GET /me/photos/{size}/$value`
pub fn value(world: &World, call: &Call, size: Option<&str>) -> Result<Reply, GraphFault> {
    let person = pictured(world, call)?;
    let size = match size {
        None => LARGEST,
        Some(text) => SIZES
            .into_iter()
            .find(|size| text.eq_ignore_ascii_case(&format!("{size}x{size}")))
            .ok_or_else(no_photo)?,
    };
    let etag = etag(person, size);
    let mut reply = Reply {
        status: StatusCode::OK,
        headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))],
        body: world.portraits.jpeg(size).to_vec(),
    };
    if let Ok(value) = HeaderValue::from_str(&etag) {
        let unchanged = call
            .headers
            .get(header::IF_NONE_MATCH)
            .is_some_and(|known| known == value);
        if unchanged {
            reply.status = StatusCode::NOT_MODIFIED;
            reply.headers.clear();
            reply.body.clear();
        }
        reply.headers.push((header::ETAG, value));
    }
    Ok(reply)
}

fn pictured(world: &World, call: &Call) -> Result<&'static Person, GraphFault> {
    let person = access::person(world, call, &PROFILE_SCOPES, GraphFault::mail_access_denied)?;
    if person.has_photo {
        Ok(person)
    } else {
        Err(no_photo())
    }
}

fn no_photo() -> GraphFault {
    GraphFault::new(
        StatusCode::NOT_FOUND,
        "ImageNotFound",
        "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
    )
}

fn etag(person: &Person, size: u32) -> String {
    let id: String = person.oid.chars().filter(char::is_ascii_hexdigit).collect();
    format!("\"{id}-{size}\"")
}
