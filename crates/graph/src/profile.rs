//! The card: `/me`, photo and manager in one batch, each but the first allowed to be missing.

use std::time::Duration;

use http::Response;
use reqwest::Request;

use crate::base_url::BaseUrl;
use crate::batch::{self, Ask};
use crate::error::{GraphError, Refusal};
use crate::manager::{self, Person};
use crate::me::{self, Me};
use crate::photo::{self, Photo};
use crate::transport::Limits;

/// What reading one's own card needs. The manager is tried with the same: some tenants allow it.
pub(crate) const SCOPES: &[&str] = &["User.Read"];

/// Somebody waits for the card, but the last known one is on the screen. The largest photo in base64 is 5.6 MB, the
/// rest a few kilobytes.
pub(crate) const LIMITS: Limits = Limits {
    time: Duration::from_secs(30),
    answer_bytes_max: 8 * 1024 * 1024,
};

const ME: &str = "me";
const PHOTO: &str = "photo";
const MANAGER: &str = "manager";

/// What Graph says about the person signed in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Profile {
    /// The person.
    pub me: Me,
    /// The photo.
    pub photo: Part<Photo>,
    /// The manager.
    pub manager: Part<Person>,
}

/// A part of a card that may be missing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Part<T> {
    /// Here it is.
    Present(T),
    /// There is none, or not for this account; what was known is to be forgotten.
    Absent,
    /// Not known this time, or unchanged; what was known is to be kept.
    Unknown,
}

/// Builds the batch. `photo_etag` names the photo that is already there.
#[must_use]
pub fn request(base: &BaseUrl, photo_etag: Option<&str>) -> Request {
    let ask = |id, path: &str, etag: Option<&str>| Ask {
        id,
        url: path.to_owned(),
        if_none_match: etag.map(str::to_owned),
    };
    batch::request(
        base,
        &[
            ask(ME, me::PATH, None),
            ask(PHOTO, photo::PATH, photo_etag),
            ask(MANAGER, manager::PATH, None),
        ],
    )
}

/// Reads the batch's answer.
///
/// # Errors
/// When the batch or its `/me` failed; that part's own status, codes and `Retry-After` count.
pub fn read(answer: &Response<Vec<u8>>) -> Result<Profile, GraphError> {
    let parts = batch::read(answer)?;
    let me = parts
        .get(ME)
        .ok_or_else(|| GraphError::Unreadable(Box::new(Refusal::read(answer))))?;
    Ok(Profile {
        me: me::read(me)?,
        photo: parts.get(PHOTO).map_or(Part::Unknown, photo::read),
        manager: parts.get(MANAGER).map_or(Part::Unknown, manager::read),
    })
}

#[cfg(test)]
mod tests;
