//! A request to Graph, read whole and within its limit.

use std::borrow::Cow;
use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::{Body, HttpBody};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::body::{has_few_nodes, unreadable};
use super::fault::GraphFault;
use crate::caller::{self, Caller};
use crate::operations::Resolved;
use crate::origin::Origin;
use crate::tokens::AccessToken;
use crate::world::World;

/// A request's body is at most 4 MB ("Send Outlook messages that have large
/// attachments": above it, upload sessions).
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// How much of a longer body is still read, and thrown away, so that the client
/// gets the 413 instead of a broken pipe.
const DRAINED_BYTES_MAX: usize = 80 * 1024 * 1024;
/// How much one range of an upload may hold. 4 MB are recommended ("Attach large
/// files to Outlook messages"), Microsoft's own clients send five, and no upload
/// session of Graph takes more than 60 MiB at once ("driveItem:
/// createUploadSession").
pub const UPLOAD_PART_BYTES_MAX: usize = 60 * 1024 * 1024;

/// The ids that tie a request to its answer.
#[derive(Debug, Clone)]
pub struct GraphIds {
    /// Made for the answer.
    pub request_id: String,
    /// The client's, or the same as `request_id`.
    pub client_request_id: String,
}

impl GraphIds {
    /// Takes the client's id from its header, whatever it is, shortened.
    pub fn new(world: &World, headers: &HeaderMap) -> Self {
        const ID_CHARS_MAX: usize = 100;
        let request_id = world.dice.uuid().to_string();
        let client_request_id = headers
            .get("client-request-id")
            .and_then(|value| value.to_str().ok())
            .map(|text| text.chars().take(ID_CHARS_MAX).collect())
            .unwrap_or_else(|| request_id.clone());
        Self {
            request_id,
            client_request_id,
        }
    }
}

/// Where a request goes.
#[derive(Debug, Clone, Copy)]
pub struct Target<'t> {
    /// Path below `/v1.0`.
    pub path: &'t str,
    /// Query, without its `?`.
    pub query: &'t str,
}

/// One request, from a socket or from a batch.
pub struct Call {
    /// Method.
    pub method: Method,
    /// Path below `/v1.0`.
    pub path: String,
    /// What its path asks for.
    pub resolved: Resolved,
    /// Query parameters that no resource's rules read.
    pub query: HashMap<String, String>,
    /// The query as it came: repeated options and links need its order.
    pub raw_query: String,
    /// Headers, the bearer token among them.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
    /// Ids.
    pub ids: GraphIds,
    /// Under which name the client reached the sandbox.
    pub origin: Origin,
    /// The bearer token, if it was opened before.
    pub token: Option<Arc<AccessToken>>,
}

impl Call {
    /// A request that came over a socket.
    pub fn new(mut parts: Parts, body: Vec<u8>, ids: GraphIds) -> Self {
        let resolved = parts.extensions.remove::<Resolved>();
        let path = parts.uri.path();
        let path = readable_path(path.strip_prefix("/v1.0").unwrap_or(path));
        let query = parts.uri.query().unwrap_or_default();
        Self {
            resolved: resolved.unwrap_or_else(|| Resolved::of_graph(&parts.method, &path)),
            path,
            query: read_query(query),
            raw_query: query.to_owned(),
            origin: Origin::taken_from(&mut parts),
            token: parts.extensions.remove(),
            method: parts.method,
            headers: parts.headers,
            body,
            ids,
        }
    }

    /// A request to `target` that has no headers, no body and no token yet.
    pub fn to(target: Target<'_>, method: Method, origin: Origin, ids: GraphIds) -> Self {
        let path = readable_path(target.path);
        Self {
            resolved: Resolved::of_graph(&method, &path),
            method,
            path,
            query: read_query(target.query),
            raw_query: target.query.to_owned(),
            headers: HeaderMap::new(),
            body: Vec::new(),
            ids,
            origin,
            token: None,
        }
    }

    /// The name that faults and the journal know its operation by; empty where it
    /// asks for none.
    pub fn route(&self) -> &'static str {
        self.resolved
            .operation
            .map_or("", |operation| operation.name)
    }

    /// The bearer token, whether or not it still holds.
    pub fn opened(&self, world: &World) -> Option<Arc<AccessToken>> {
        let token = self.token.clone();
        token.or_else(|| caller::opened(world, &self.headers))
    }

    /// Who calls, if the bearer token is good.
    pub fn caller(&self, world: &World) -> Option<Caller> {
        caller::of_token(world, &*self.opened(world)?)
    }

    /// The body as a JSON object: 415 for another media type, 400 for what is
    /// none.
    pub fn json_object(&self) -> Result<Map<String, Value>, GraphFault> {
        if self.content_type() != "application/json" {
            return Err(GraphFault::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "UnsupportedMediaType",
                "The content type of the request is not supported here; application/json is.",
            ));
        }
        if !has_few_nodes(&self.body) {
            return Err(unreadable());
        }
        serde_json::from_slice(&self.body).map_err(|_| unreadable())
    }

    /// What the `Prefer` headers say of `name` (RFC 7240 §2): its value without
    /// quotes, empty for a preference that has none.
    pub fn prefers(&self, name: &str) -> Option<&str> {
        self.headers
            .get_all("prefer")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split([',', ';']))
            .map(|one| one.split_once('=').unwrap_or((one, "")))
            .find(|(known, _)| known.trim().eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim().trim_matches('"'))
    }

    /// Whether JSON is among what the client takes (RFC 9110 §12.5.1); everything
    /// is, if it does not say. The weights are not compared: there is one form.
    pub fn accepts_json(&self) -> bool {
        let mut ranges = self
            .headers
            .get_all(header::ACCEPT)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .filter(|range| !range.is_empty())
            .peekable();
        ranges.peek().is_none()
            || ranges.any(|range| {
                let mut parts = range.split(';').map(str::trim);
                let kind = parts.next().unwrap_or_default();
                let refused = parts.any(|part| {
                    part.split_once('=').is_some_and(|(name, weight)| {
                        name.eq_ignore_ascii_case("q")
                            && weight.parse::<f32>().is_ok_and(|weight| weight == 0.0)
                    })
                });
                let fits = ["*/*", "application/*", "application/json"]
                    .iter()
                    .any(|one| kind.eq_ignore_ascii_case(one));
                fits && !refused
            })
    }

    /// Where attachments are uploaded to.
    pub fn upload_origin(&self) -> String {
        self.origin.upload()
    }

    /// Scheme, host and port under which the client reached the sandbox.
    pub fn origin(&self) -> String {
        self.origin.graph()
    }

    /// The body's media type without parameters, in lower case.
    pub fn content_type(&self) -> Cow<'_, str> {
        let kind = self.headers.get(header::CONTENT_TYPE);
        let kind = kind.and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind.bytes().any(|byte| byte.is_ascii_uppercase()) {
            Cow::Owned(kind.to_ascii_lowercase())
        } else {
            Cow::Borrowed(kind)
        }
    }
}

/// A path in which `$` is written out: clients may encode it, as in `%24value`.
pub fn readable_path(path: &str) -> String {
    path.replace("%24", "$")
}

/// Query parameters by name; the last of a repeated one counts.
pub fn read_query(query: &str) -> HashMap<String, String> {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// Reads a body up to the limit.
pub async fn read_body(mut body: Body, most: usize) -> Result<Vec<u8>, GraphFault> {
    // What the client announced, so that a large body is not moved as it grows.
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(most);
    let mut bytes = Vec::with_capacity(announced.min(most));
    let mut length = 0;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame
            .map_err(|_| GraphFault::bad_request("BadRequest", "The request body ended early."))?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        length += data.len();
        if length <= most {
            bytes.extend_from_slice(&data);
        } else if length > DRAINED_BYTES_MAX {
            break;
        }
    }
    if length > most {
        Err(GraphFault::too_large(most))
    } else {
        Ok(bytes)
    }
}
