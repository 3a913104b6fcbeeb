//! `GET /me/photo/$value`: the largest photo there is.
//! Source: Graph v1.0 reference, "Get profilePhoto".

use http::header::{CONTENT_TYPE, ETAG};
use http::{Response, StatusCode};

use crate::class::{Class, Operation};
use crate::error::GraphError;
use crate::profile::Part;

/// The photo as it was uploaded, or resized by Exchange.
pub const PATH: &str = "/me/photo/$value";

/// The largest photo that is looked at: what Graph lets one upload.
const PHOTO_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A photo as Graph sent it: untrusted bytes that begin like a picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Photo {
    /// JPEG, PNG, GIF or WebP, told by the first bytes and not by the answer's header.
    pub bytes: Vec<u8>,
    /// For the next request.
    pub etag: Option<String>,
}

impl std::fmt::Debug for Photo {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Photo({} bytes)", self.bytes.len())
    }
}

/// Reads the answer. 304 and every failure leave what is known as it is; 404, 403 and Graph's stand-in picture of one
/// pixel say that there is no photo.
#[must_use]
pub fn read(answer: &Response<Vec<u8>>) -> Part<Photo> {
    match answer.status() {
        StatusCode::OK => picture(answer),
        StatusCode::NO_CONTENT => Part::Absent,
        StatusCode::NOT_MODIFIED => Part::Unknown,
        _ if GraphError::read(answer).class(Operation::Part) == Class::Absent => Part::Absent,
        _ => Part::Unknown,
    }
}

fn picture(answer: &Response<Vec<u8>>) -> Part<Photo> {
    let bytes = answer.body();
    if bytes.len() > PHOTO_BYTES_MAX {
        return Part::Unknown;
    }
    if is_one_pixel(bytes) {
        return Part::Absent;
    }
    if !is_picture(bytes) {
        return if bytes.is_empty() && answer.headers().contains_key(CONTENT_TYPE) {
            Part::Absent
        } else {
            Part::Unknown
        };
    }
    let etag = answer
        .headers()
        .get(ETAG)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    Part::Present(Photo {
        bytes: bytes.clone(),
        etag,
    })
}

/// JPEG, PNG, GIF and WebP by their signatures.
fn is_picture(bytes: &[u8]) -> bool {
    let is_webp = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    let signatures: [&[u8]; 3] = [b"\xff\xd8\xff", b"\x89PNG", b"GIF8"];
    is_webp
        || signatures
            .iter()
            .any(|signature| bytes.starts_with(signature))
}

/// "1x1, image/gif" is how newer answers say that there is no photo.
fn is_one_pixel(bytes: &[u8]) -> bool {
    // Width and height stand after the six bytes of the signature, low byte first (GIF89a §18).
    matches!(bytes, [b'G', b'I', b'F', b'8', _, _, 1, 0, 1, 0, ..])
}
