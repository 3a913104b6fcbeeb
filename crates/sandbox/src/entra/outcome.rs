//! The authorization response: how an answer travels to the redirect URI.
//!
//! Quirks of the live service that are kept: a redirect URI without a path gets
//! a `/` before its `?` or `#`; an empty `#` ends a query answer, so that an
//! earlier fragment cannot leak through; `state` comes back as it was sent.

use url::Url;
use url::form_urlencoded::Serializer;

use super::authorize::{Ask, ResponseMode};
use super::refusal::{Ids, Refusal};
use crate::world::World;

/// Parameters of an answer, in order.
pub type Parameters = Vec<(&'static str, String)>;

/// A successful answer.
pub fn success(
    ask: &Ask,
    code: String,
    session_state: String,
    client_info: Option<String>,
) -> Parameters {
    let mut parameters = vec![("code", code)];
    parameters.extend(client_info.map(|info| ("client_info", info)));
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    parameters.push(("session_state", session_state));
    parameters
}

/// A refusal, with its description.
pub fn refused(world: &World, ask: &Ask, refusal: &Refusal, ids: &Ids) -> Parameters {
    let mut parameters = vec![
        ("error", refusal.error.clone()),
        ("error_description", refusal.description(world, ids)),
        ("error_uri", refusal.uri()),
    ];
    parameters.extend(
        refusal
            .suberror
            .clone()
            .map(|suberror| ("suberror", suberror)),
    );
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    parameters
}

/// Cancel says less than any other refusal: a subcode and no description.
pub fn cancelled(ask: &Ask) -> Parameters {
    let mut parameters = vec![
        ("error", "access_denied".to_owned()),
        ("error_subcode", "cancel".to_owned()),
    ];
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    parameters
}

/// The address that carries `parameters`, for the modes that use one.
pub fn address(ask: &Ask, parameters: &Parameters) -> String {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(parameters);
    let query = query.finish();
    let base = with_path(&ask.redirect_uri);
    match ask.response_mode {
        ResponseMode::Fragment => format!("{base}#{query}"),
        ResponseMode::Query | ResponseMode::FormPost if base.contains('?') => {
            format!("{base}&{query}#")
        }
        ResponseMode::Query | ResponseMode::FormPost => format!("{base}?{query}#"),
    }
}

/// Whether the redirect leaves the browser for an app on this machine.
pub fn leaves_the_browser(redirect_uri: &str) -> bool {
    !["http://", "https://"]
        .iter()
        .any(|scheme| redirect_uri.starts_with(scheme))
}

/// What a page's `form-action` must allow for a redirect after a form to pass:
/// the origin of a web address, the scheme of any other.
pub fn form_target(redirect_uri: &str) -> Option<String> {
    let url = Url::parse(redirect_uri).ok()?;
    match url.host_str() {
        Some(host) if !leaves_the_browser(redirect_uri) => Some(match url.port() {
            Some(port) => format!("{}://{host}:{port}", url.scheme()),
            None => format!("{}://{host}", url.scheme()),
        }),
        _ => Some(format!("{}:", url.scheme())),
    }
}

fn with_path(redirect_uri: &str) -> String {
    let after_scheme = redirect_uri
        .split_once("://")
        .map_or(redirect_uri, |(_, rest)| rest);
    if !redirect_uri.contains("://") || after_scheme.contains(['/', '?']) {
        redirect_uri.to_owned()
    } else {
        format!("{redirect_uri}/")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: recordings of the live service, and "What's new in
    /// authentication", February 2020 (empty fragments).
    #[test]
    fn answers_travel_as_the_live_service_sends_them() {
        for (uri, mode, expected) in [
            (
                "io.github.signetmail://auth",
                ResponseMode::Query,
                "io.github.signetmail://auth/?code=c&state=s#",
            ),
            (
                "http://localhost:5001",
                ResponseMode::Query,
                "http://localhost:5001/?code=c&state=s#",
            ),
            (
                "http://localhost:5001/cb",
                ResponseMode::Query,
                "http://localhost:5001/cb?code=c&state=s#",
            ),
            (
                "http://localhost:5001/cb?a=1",
                ResponseMode::Query,
                "http://localhost:5001/cb?a=1&code=c&state=s#",
            ),
            (
                "http://localhost:5001",
                ResponseMode::Fragment,
                "http://localhost:5001/#code=c&state=s",
            ),
            (
                "urn:ietf:wg:oauth:2.0:oob",
                ResponseMode::Query,
                "urn:ietf:wg:oauth:2.0:oob?code=c&state=s#",
            ),
        ] {
            let ask = Ask::for_test(uri, mode);
            let parameters = vec![("code", "c".to_owned()), ("state", "s".to_owned())];
            assert_eq!(address(&ask, &parameters), expected);
        }
    }

    #[test]
    fn form_action_allows_the_redirect_and_no_more() {
        for (uri, expected) in [
            ("io.github.signetmail://auth", "io.github.signetmail:"),
            ("http://localhost:5001/cb", "http://localhost:5001"),
            ("http://localhost", "http://localhost"),
        ] {
            assert_eq!(form_target(uri).as_deref(), Some(expected));
        }
    }
}
