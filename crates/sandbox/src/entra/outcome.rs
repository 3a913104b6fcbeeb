//! The authorization response: how an answer travels to the redirect URI.
//!
//! Quirks of the live service that are kept: a redirect URI without a path gets
//! a `/` before its `?` or `#`; an empty `#` ends a query answer, so that an
//! earlier fragment cannot leak through; `state` comes back as it was sent.

use url::Url;
use url::form_urlencoded::Serializer;

use super::ask::{Ask, Endpoint, ResponseMode};
use super::facts::ADMIN_CANCELLED;
use super::flow::Flow;
use super::identifiers::client_info;
use super::refusal::{Ids, Refusal};
use crate::clouds::Cloud;
use crate::directory::{Person, Tenancy};
use crate::origin::Origin;
use crate::world::World;

/// Parameters of an answer, in order.
pub type Parameters = Vec<(&'static str, String)>;

/// A successful answer: the code, tokens of the front channel, and what was asked
/// to come with them.
pub fn success(
    world: &World,
    flow: &Flow,
    person: &Person,
    code: Option<String>,
    tokens: Parameters,
) -> Parameters {
    let ask = &flow.ask;
    let mut parameters: Parameters = code.map(|code| ("code", code)).into_iter().collect();
    parameters.extend(tokens);
    if ask.client_info {
        parameters.push(("client_info", client_info(person)));
    }
    if ask.client_data {
        parameters.push(("clientdata", client_data(flow, person)));
    }
    if ask.instance_aware {
        parameters.extend(instance(ask));
    }
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    parameters.push(("session_state", flow.sid.clone()));
    let tenant = flow.seat(person).map(|seat| seat.tenant.id);
    parameters.extend(issuer(world, ask, Some(person), tenant));
    parameters
}

/// A refusal, with its description: the parts of which stand on lines of their own.
/// `person` is whoever signed in before it, if somebody did.
pub fn refused(
    world: &World,
    ask: &Ask,
    person: Option<&Person>,
    refusal: &Refusal,
    ids: &Ids,
) -> Parameters {
    let mut parameters = vec![
        ("error", refusal.error.clone()),
        ("error_description", refusal.description_lines(world, ids)),
        ("error_uri", refusal.uri()),
    ];
    for (name, value) in [("suberror", &refusal.suberror), ("claims", &refusal.claims)] {
        parameters.extend(value.clone().map(|value| (name, value)));
    }
    if ask.client_data {
        let suberror = refusal.suberror.as_deref().unwrap_or_default();
        let data = format!(
            "|{}|{suberror}|{}|",
            refusal.error,
            cloud(ask).instance_name
        );
        parameters.push(("clientdata", data));
    }
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    parameters.extend(issuer(world, ask, person, None));
    parameters
}

/// Cancel says less than any other refusal: a subcode and no description.
pub fn cancelled(world: &World, ask: &Ask, person: Option<&Person>) -> Parameters {
    let mut parameters = if ask.endpoint.is_admin_consent() {
        vec![
            ("error", ADMIN_CANCELLED.error.to_owned()),
            ("error_description", ADMIN_CANCELLED.sentence.to_owned()),
        ]
    } else {
        vec![
            ("error", "access_denied".to_owned()),
            ("error_subcode", "cancel".to_owned()),
        ]
    };
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    parameters.extend(issuer(world, ask, person, None));
    parameters
}

/// What the admin consent endpoints answer ("Grant tenant-wide admin consent to
/// an application"; "Admin consent on the Microsoft identity platform").
pub fn admin_consented(ask: &Ask, tenant_id: &str) -> Parameters {
    let mut parameters = vec![
        ("admin_consent", "True".to_owned()),
        ("tenant", tenant_id.to_owned()),
    ];
    parameters.extend(ask.state.clone().map(|state| ("state", state)));
    if ask.endpoint == Endpoint::AdminConsentV2 {
        parameters.push(("scope", ask.scopes.granted()));
    }
    parameters
}

/// What `clidata=1` asks for: account type, error, suberror, cloud and data
/// boundary between bars.
fn client_data(flow: &Flow, person: &Person) -> String {
    let kind = if person.is_personal() { "m" } else { "e" };
    let boundary = flow
        .seat(person)
        .filter(|seat| seat.tenant.region == "EU")
        .map_or("none", |seat| seat.tenant.region);
    let cloud = cloud(&flow.ask).instance_name;
    format!("{kind}|||{cloud}|{boundary}")
}

/// What `instance_aware=true` asks for: where the account's cloud is.
fn instance(ask: &Ask) -> Parameters {
    let origin = Origin(ask.issuer.clone());
    let graph = Origin(origin.graph());
    vec![
        ("cloud_instance_name", cloud(ask).instance_name.to_owned()),
        ("cloud_instance_host_name", origin.authority().to_owned()),
        (
            "cloud_graph_host_name",
            cloud(ask).directory_graph.to_owned(),
        ),
        ("msgraph_host", graph.authority().to_owned()),
    ]
}

fn cloud(ask: &Ask) -> &'static Cloud {
    Origin(ask.issuer.clone()).served_cloud()
}

/// `iss` of RFC 9207, which the live service does not send and a switch adds, for
/// everybody or for the person who signed in: that of the tenant, or the
/// authority's where the request was refused.
fn issuer(
    world: &World,
    ask: &Ask,
    person: Option<&Person>,
    tenant_id: Option<&str>,
) -> Option<(&'static str, String)> {
    let switches = match person {
        Some(person) => world.switches.for_person(person.address),
        None => world.switches.for_everybody(),
    };
    if !switches.authorization_response_iss {
        return None;
    }
    let authority = Tenancy::parse(&ask.tenant)?.issuer_tenant();
    let tenant = tenant_id.unwrap_or(authority);
    Some(("iss", format!("{}/{tenant}/v2.0", ask.issuer)))
}

/// The address that carries `parameters`, for the modes that use one.
pub fn address(ask: &Ask, parameters: &Parameters) -> String {
    let pairs: Vec<String> = parameters
        .iter()
        .map(|(name, value)| match &ask.state_as_sent {
            Some(sent) if *name == "state" => format!("state={sent}"),
            _ => Serializer::new(String::new())
                .append_pair(name, value)
                .finish(),
        })
        .collect();
    let query = pairs.join("&");
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
