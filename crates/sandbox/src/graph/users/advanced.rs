//! What the directory answers only as an advanced query.
//!
//! Source: "Advanced query capabilities on Microsoft Entra ID objects": the
//! header `ConsistencyLevel: eventual`, and `$count=true` beside most of it.

use super::super::fault::GraphFault;
use super::super::query::{Features, Options, Rules};
use super::super::request::Call;

/// Properties that a filter may name, and whether by advanced queries alone.
const FILTERED: [(&str, bool); 22] = [
    ("accountEnabled", false),
    ("businessPhones", false),
    ("city", false),
    ("companyName", true),
    ("country", false),
    ("createdDateTime", false),
    ("department", false),
    ("displayName", false),
    ("employeeId", false),
    ("givenName", false),
    ("id", false),
    ("jobTitle", false),
    ("mail", false),
    ("mailNickname", false),
    ("mobilePhone", true),
    ("officeLocation", true),
    ("otherMails", false),
    ("preferredLanguage", false),
    ("proxyAddresses", false),
    ("surname", false),
    ("userPrincipalName", false),
    ("userType", false),
];

/// 400 for what is not served at all, or not without the header.
pub fn check(call: &Call, options: &Options, rules: &Rules) -> Result<(), GraphFault> {
    let eventual = call
        .headers
        .get("consistencylevel")
        .is_some_and(|level| level.as_bytes().eq_ignore_ascii_case(b"eventual"));
    if options.search.is_some() && !eventual {
        return Err(rules.unsupported(
            "Request with $search query parameter only works through MSGraph with a special request header: 'ConsistencyLevel: eventual'",
        ));
    }
    if options.count && !eventual {
        return Err(rules.unsupported(
            "$count is not supported without the request header 'ConsistencyLevel: eventual'.",
        ));
    }
    let features = options
        .filter
        .as_ref()
        .map(|filter| filter.features())
        .unwrap_or_default();
    check_filter(&features, rules)?;
    if needs_advanced(&features, options) && !(eventual && options.count) {
        return Err(rules.unsupported(
            "This query needs the request header 'ConsistencyLevel: eventual' and the query parameter '$count=true'.",
        ));
    }
    Ok(())
}

fn check_filter(features: &Features, rules: &Rules) -> Result<(), GraphFault> {
    if features.contains {
        return Err(rules.unsupported("The function 'contains' is not supported in $filter."));
    }
    let other = features
        .roots()
        .find(|root| !FILTERED.iter().any(|(known, _)| known == root));
    match other {
        None => Ok(()),
        Some(other) => Err(rules.unsupported(format!(
            "Unsupported or invalid query filter clause specified for property '{other}' of resource 'User'."
        ))),
    }
}

/// Negation, endings, a filter together with an order, and some properties.
fn needs_advanced(features: &Features, options: &Options) -> bool {
    let advanced_property = features
        .roots()
        .any(|root| FILTERED.contains(&(root, true)));
    features.negates
        || features.ends_with
        || advanced_property
        || (options.filter.is_some() && !options.order.is_empty())
}
