//! Messages found by an extended property, and the properties that came with them.
//! Source: Graph v1.0 reference, "singleValueLegacyExtendedProperty: get", second form; MS-OXPROPS for the tags.

use http::Method;
use reqwest::{Request, Url};
use serde_json::Value;

use crate::immutable_id;

/// Asks for the messages of a folder on which a property has a value, with what is selected of them and those of
/// `properties` that they have. `count_max` of them at most.
pub fn find(
    mut folder: Url,
    (id, value): (&str, &str),
    properties: &[&str],
    select: &str,
    count_max: &str,
) -> Request {
    // A quote in a literal is written twice. Source: OData 4.01 URL Conventions §5.1.1.1.2.
    let value = value.replace('\'', "''");
    let ids: Vec<String> = properties
        .iter()
        .map(|id| format!("id eq '{id}'"))
        .collect();
    folder
        .query_pairs_mut()
        .append_pair(
            "$filter",
            &format!(
                "singleValueExtendedProperties/any(ep: ep/id eq '{id}' and ep/value eq '{value}')"
            ),
        )
        .append_pair("$select", select)
        .append_pair(
            "$expand",
            &format!(
                "singleValueExtendedProperties($filter={})",
                ids.join(" or ")
            ),
        )
        .append_pair("$top", count_max);
    // A space is a plus sign in forms only. Source: OData 4.01 ABNF Construction Rules, SP.
    let query = folder.query().map(|query| query.replace('+', "%20"));
    folder.set_query(query.as_deref());
    let mut request = Request::new(Method::GET, folder);
    immutable_id::prefer(request.headers_mut());
    request
}

/// The properties that came with a message.
pub fn of(message: &Value) -> impl Iterator<Item = &Value> {
    let properties = message.get("singleValueExtendedProperties");
    properties.and_then(Value::as_array).into_iter().flatten()
}
