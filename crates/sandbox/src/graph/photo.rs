//! Photos of oneself and of others. Source: Graph v1.0 reference, "Get
//! profilePhoto", "profilePhoto resource type".

use axum::http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::access::{self, Caller, Seated};
use super::fault::GraphFault;
use super::me::PROFILE_SCOPES;
use super::query::{Options, PROFILE_PHOTO, Paging, Rules, Side, entity, shape};
use super::reply::Reply;
use super::request::Call;
use super::users::OTHERS_SCOPES;
use crate::portrait::LARGEST;
use crate::switches::PhotoAbsent;
use crate::world::World;

/// The sizes that the reference lists.
const SIZES: [u32; 9] = [48, 64, 96, 120, 240, 360, 432, 504, 648];

static RULES: Rules = Rules {
    of: &PROFILE_PHOTO,
    side: Side::Mail,
    options: &["select", "format"],
    expands: &[],
    shown: &["id", "height", "width"],
    always: &[],
    page: 1,
    top: (1, 1),
    paging: Paging::Skip,
};

/// `GET …/photo` and `GET …/photos/{size}`
pub fn metadata(
    world: &World,
    call: &Call,
    id: Option<&str>,
    size: Option<&str>,
) -> Result<Reply, GraphFault> {
    let seated = pictured(world, call, id)?;
    if seated.person.is_personal() {
        return Err(absent(PhotoAbsent::ConsumerNotSupported));
    }
    let options = Options::read(call, &RULES)?;
    let photo = match (seated.person.has_photo, absence(world, &seated)) {
        (true, _) => described(&seated, read_size(size)?),
        (false, PhotoAbsent::OnePixelGif) => one_pixel(),
        (false, how) => return Err(absent(how)),
    };
    let fragment = format!("users('{}')/photo", seated.seat.oid);
    let body = entity(call, &RULES, &options, &fragment, &photo);
    Ok(Reply::json(StatusCode::OK, &body))
}

/// `GET …/photos`: the sizes there are.
pub fn list(world: &World, call: &Call, id: Option<&str>) -> Result<Reply, GraphFault> {
    let seated = pictured(world, call, id)?;
    let options = Options::read(call, &RULES)?;
    let sizes: Vec<Value> = SIZES
        .into_iter()
        .filter(|_| seated.person.has_photo)
        .map(|size| shape(&RULES, &options, &described(&seated, size)))
        .collect();
    let body = json!({
        "@odata.context": format!("{}/v1.0/$metadata#users('{}')/photos", call.origin(), seated.seat.oid),
        "value": sizes,
    });
    Ok(Reply::json(StatusCode::OK, &body))
}

/// `GET …/photo/$value` and `GET …/photos/{size}/$value`
pub fn value(
    world: &World,
    call: &Call,
    id: Option<&str>,
    size: Option<&str>,
) -> Result<Reply, GraphFault> {
    let seated = pictured(world, call, id)?;
    if !seated.person.has_photo {
        return Err(absent(absence(world, &seated)));
    }
    let size = read_size(size)?;
    let mut reply = Reply {
        status: StatusCode::OK,
        headers: vec![(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"))],
        body: world.portraits.jpeg(size).to_vec(),
    };
    if let Ok(value) = HeaderValue::from_str(&etag(&seated, size)) {
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

/// The largest without a size; a size that there is not is a photo there is not.
fn read_size(size: Option<&str>) -> Result<u32, GraphFault> {
    let Some(text) = size else {
        return Ok(LARGEST);
    };
    SIZES
        .into_iter()
        .find(|size| text.eq_ignore_ascii_case(&format!("{size}x{size}")))
        .ok_or_else(|| absent(PhotoAbsent::ImageNotFound))
}

/// Whose photo: one's own with a profile scope, others' with one for all.
fn pictured(world: &World, call: &Call, id: Option<&str>) -> Result<Seated, GraphFault> {
    let denied = GraphFault::mail_access_denied;
    let Some(id) = id else {
        return Ok(access::caller(world, call, &PROFILE_SCOPES, denied)?.seated());
    };
    let scopes: Vec<&str> = PROFILE_SCOPES.into_iter().chain(OTHERS_SCOPES).collect();
    let caller: Caller = access::caller(world, call, &scopes, denied)?;
    let seated = caller.find(id);
    let own = seated.as_ref().is_some_and(|seated| caller.is(seated));
    if !own && !caller.scopes_any(&OTHERS_SCOPES) {
        return Err(denied());
    }
    seated.ok_or_else(|| absent(PhotoAbsent::NonExistentMailbox))
}

fn absence(world: &World, seated: &Seated) -> PhotoAbsent {
    world
        .switches
        .for_person(seated.person.address)
        .photo_absent
}

/// The codes that are seen with a photo that is not there.
fn absent(how: PhotoAbsent) -> GraphFault {
    let (code, message) = match how {
        PhotoAbsent::ImageNotFound | PhotoAbsent::OnePixelGif => (
            "ImageNotFound",
            "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
        ),
        PhotoAbsent::EntityNotFound => ("ErrorEntityNotFound", "The photo was not found."),
        PhotoAbsent::ItemNotFound => (
            "ErrorItemNotFound",
            "The specified object was not found in the store.",
        ),
        PhotoAbsent::ProfileNotFound => ("ProfileNotFound", "The profile was not found."),
        PhotoAbsent::NonExistentMailbox => (
            "ErrorNonExistentMailbox",
            "The SMTP address has no mailbox associated with it.",
        ),
        PhotoAbsent::ConsumerNotSupported => (
            "ConsumerPhotoIsNotSupported",
            "Consumer photo is not supported.",
        ),
    };
    GraphFault::new(StatusCode::NOT_FOUND, code, message)
}

fn described(seated: &Seated, size: u32) -> Value {
    json!({
        "@odata.mediaContentType": "image/jpeg",
        "@odata.mediaEtag": etag(seated, size),
        "id": format!("{size}x{size}"),
        "height": size,
        "width": size,
    })
}

/// Newer pages answer so where there is no photo.
fn one_pixel() -> Value {
    json!({
        "@odata.mediaContentType": "image/gif",
        "id": "1x1",
        "height": 1,
        "width": 1,
    })
}

fn etag(seated: &Seated, size: u32) -> String {
    let id: String = seated
        .person
        .oid
        .chars()
        .filter(char::is_ascii_hexdigit)
        .collect();
    format!("\"{id}-{size}\"")
}
