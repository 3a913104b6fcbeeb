//! What a token request asks for: scopes at v2.0, a resource at v1.0.

use std::collections::BTreeSet;

use super::super::aadsts::SEVERAL_RESOURCES;
use super::super::authorize::scope_refusal;
use super::super::facts::RESOURCE_UNKNOWN;
use super::super::issue::Version;
use super::super::refusal::Refusal;
use super::request::TokenRequest;
use crate::scopes::{OUTLOOK, ScopeSet, asks_in_long_form};

/// Graph's id and address, the forms in which a v1.0 request names it.
const GRAPH: [&str; 3] = [
    "https://graph.microsoft.com",
    "https://graph.microsoft.com/",
    "00000003-0000-0000-c000-000000000000",
];
/// What v1.0 always grants beside the app's static permissions.
const V1_SCOPES: &str = "openid profile email offline_access";

/// The scopes a request names, if it names any. v1.0 ignores `scope`: it grants
/// what the registration lists, as far as it was consented.
pub fn asked(
    request: &TokenRequest<'_>,
    consented: &ScopeSet,
) -> Result<Option<ScopeSet>, Refusal> {
    if request.version == Version::V1 {
        let listed = request.app.permissions.join(" ");
        let listed = ScopeSet::parse(&listed).unwrap_or_default();
        let unconsented = listed.minus(consented);
        let always = ScopeSet::parse(V1_SCOPES).unwrap_or_default();
        return Ok(Some(listed.minus(&unconsented).plus(&always)));
    }
    let Some(scope) = request
        .form
        .get("scope")
        .filter(|scope| !scope.trim().is_empty())
    else {
        return Ok(None);
    };
    if several_resources(scope) {
        return Err(Refusal::from(&SEVERAL_RESOURCES));
    }
    ScopeSet::parse(scope).map(Some).map_err(scope_refusal)
}

/// Whether the request names Graph's scopes in the long form.
pub fn in_long_form(request: &TokenRequest<'_>) -> Option<bool> {
    request.form.get("scope").map(asks_in_long_form)
}

/// The resource of a v1.0 request: the one it names, or the one named before.
pub fn resource(
    request: &TokenRequest<'_>,
    before: Option<String>,
) -> Result<Option<String>, Refusal> {
    if request.version == Version::V2 {
        return Ok(None);
    }
    let named = request.form.get("resource").map(str::to_owned);
    let resource = named.or(before).unwrap_or_else(|| {
        let [address, ..] = GRAPH;
        address.to_owned()
    });
    if !GRAPH.contains(&resource.as_str()) {
        return Err(Refusal::from(&RESOURCE_UNKNOWN).saying(format!(
            "The resource principal named {resource} was not found in the tenant."
        )));
    }
    Ok(Some(resource))
}

/// A token is for one resource ("Scopes and permissions", requesting individual
/// user consent); OpenID Connect's scopes belong to none.
fn several_resources(scope: &str) -> bool {
    let resources: BTreeSet<&str> = scope
        .split_ascii_whitespace()
        .filter(|word| !["openid", "profile", "email", "offline_access"].contains(word))
        .map(|word| {
            let named = word.rsplit_once('/').map_or("", |(resource, _)| resource);
            let named = named.trim_end_matches('/');
            match named {
                "https://outlook.office365.com" => OUTLOOK,
                named if GRAPH.contains(&named) => "",
                named => named,
            }
        })
        .collect();
    resources.len() > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: "Microsoft Entra authentication and authorization error codes",
    /// 28000.
    #[test]
    fn scopes_of_several_resources_are_told_apart() {
        for (scope, expected) in [
            ("openid User.Read", false),
            ("https://graph.microsoft.com/User.Read Mail.Send", false),
            ("https://graph.microsoft.com//.default openid", false),
            ("User.Read https://outlook.office.com/Mail.Send", true),
            ("openid https://outlook.office.com/Mail.Send", false),
        ] {
            assert_eq!(several_resources(scope), expected, "{scope}");
        }
    }
}
