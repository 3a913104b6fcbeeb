//! Graph's `message`: read from what clients write, and written for them.
//!
//! Source: Graph v1.0 reference, "message resource type" and the types it is
//! made of. Unknown properties are refused, as there; those that only the
//! service sets may come and change nothing.

mod attachment;
mod extended;
mod json;
mod read;

pub use attachment::read as read_attachment;
pub use extended::{PropertyId, headers, list_properties, properties};
pub use json::{list, object, text, unknown};
pub use read::{Purpose, apply, read};
