//! What each resource lets a query do.

use axum::http::StatusCode;

use super::super::fault::GraphFault;
use super::schema::Type;
use super::syntax::SyntaxError;

/// The two families of services behind Graph, which refuse in different codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Exchange Online.
    Mail,
    /// Microsoft Entra ID.
    Directory,
}

/// How a list is gone through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// By `$skip`, as Exchange does.
    Skip,
    /// By an opaque `$skiptoken`, as the directory does.
    Token,
}

/// The rules of one resource.
#[derive(Debug)]
pub struct Rules {
    /// Its type.
    pub of: &'static Type,
    /// Who serves it.
    pub side: Side,
    /// The options it takes, without `$`.
    pub options: &'static [&'static str],
    /// The relationships that `$expand` serves.
    pub expands: &'static [&'static str],
    /// What comes without `$select`.
    pub shown: &'static [&'static str],
    /// What comes whatever was selected.
    pub always: &'static [&'static str],
    /// How many items a page has if nobody says.
    pub page: usize,
    /// The smallest and the largest `$top`.
    pub top: (usize, usize),
    /// How a client goes on.
    pub paging: Paging,
}

/// The options of OData, and the two tokens of links.
pub const SYSTEM_OPTIONS: [&str; 11] = [
    "select",
    "expand",
    "filter",
    "search",
    "orderby",
    "top",
    "skip",
    "count",
    "skiptoken",
    "deltatoken",
    "format",
];

impl Rules {
    /// 400 for an expression that cannot be read.
    pub fn unreadable(&self, clause: &str, error: &SyntaxError) -> GraphFault {
        GraphFault::bad_request("BadRequest", format!("{clause}: {error}"))
    }

    /// 400 for an option or an expression that is not served here.
    pub fn unsupported(&self, message: impl Into<String>) -> GraphFault {
        let code = match self.side {
            Side::Mail => "ErrorInvalidUrlQuery",
            Side::Directory => "Request_UnsupportedQuery",
        };
        GraphFault::new(StatusCode::BAD_REQUEST, code, message)
    }
}
