//! From items to an answer: the condition, the order, the page, and what is
//! shown of each item.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};
use url::form_urlencoded::{Serializer, parse};

use super::super::fault::GraphFault;
use super::super::request::Call;
use super::expand::Expand;
use super::rules::{Paging, Rules};
use super::{Options, order};

/// A page of `items`, which come in the resource's own order. `render` gives an
/// item with everything that a query may name; the page alone is shaped by
/// `$select`. `fragment` is what the context says after `#`.
pub fn collection<T>(
    call: &Call,
    rules: &Rules,
    options: &Options,
    fragment: &str,
    items: &[T],
    render: impl Fn(&T) -> Value,
) -> Value {
    let found = find(options, items, &render);
    let size = page_size(rules, options);
    let page: Vec<Value> = found
        .iter()
        .skip(options.skip)
        .take(size)
        .map(|item| shape(rules, options, &render(item)))
        .collect();
    let mut answer = Map::new();
    answer.insert(
        "@odata.context".to_owned(),
        json!(context(call, options, fragment, false)),
    );
    if options.count {
        answer.insert("@odata.count".to_owned(), json!(found.len()));
    }
    let next = options.skip.saturating_add(size);
    if next < found.len() && size > 0 {
        answer.insert(
            "@odata.nextLink".to_owned(),
            json!(next_link(call, rules, next)),
        );
    }
    answer.insert("value".to_owned(), Value::Array(page));
    Value::Object(answer)
}

/// One item.
pub fn entity(
    call: &Call,
    rules: &Rules,
    options: &Options,
    fragment: &str,
    item: &Value,
) -> Value {
    let mut shown = shape(rules, options, item);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert(
            "@odata.context".to_owned(),
            json!(context(call, options, fragment, true)),
        );
    }
    shown
}

/// How many items a page has: `$top` is a page's size here, not a total.
pub fn page_size(rules: &Rules, options: &Options) -> usize {
    let size = options.top.or(options.page_size).unwrap_or(rules.page);
    size.min(rules.top.1)
}

/// Those that meet the condition, in the order that was asked for. Nothing is
/// rendered if neither was, and nothing rendered is kept: bodies can be large.
fn find<'i, T>(options: &Options, items: &'i [T], render: &impl Fn(&T) -> Value) -> Vec<&'i T> {
    if options.filter.is_none() && options.order.is_empty() {
        return items.iter().collect();
    }
    let mut found = Vec::new();
    for item in items {
        let rendered = render(item);
        if options
            .filter
            .as_ref()
            .is_none_or(|filter| filter.matches(&rendered))
        {
            found.push((order::sort_key(&rendered, &options.order), item));
        }
    }
    found.sort_by(|(left, _), (right, _)| order::compare(left, right, &options.order));
    found.into_iter().map(|(_, item)| item).collect()
}

/// What is shown of `item`: annotations, what was selected or comes by itself,
/// and what was expanded. What was selected and is not there is null.
pub fn shape(rules: &Rules, options: &Options, item: &Value) -> Value {
    let mut shown = Map::new();
    for (name, value) in item.as_object().into_iter().flatten() {
        if name.starts_with("@odata.") {
            shown.insert(name.clone(), value.clone());
        }
    }
    let selected = options.select.as_deref().unwrap_or(rules.shown);
    for name in selected.iter().chain(rules.always) {
        let link = rules
            .of
            .property(name)
            .is_some_and(|property| property.link);
        if !link {
            let value = item.get(name).cloned().unwrap_or(Value::Null);
            shown.insert((*name).to_owned(), value);
        }
    }
    for expand in &options.expand {
        if let Some(value) = item.get(expand.property.name) {
            let value = expanded(expand, value);
            // A message without such properties is answered without the list.
            if !(expand.filter.is_some() && value == json!([])) {
                shown.insert(expand.property.name.to_owned(), value);
            }
        }
    }
    Value::Object(shown)
}

fn expanded(expand: &Expand, value: &Value) -> Value {
    let Value::Array(members) = value else {
        return selected(expand, value);
    };
    let members = members
        .iter()
        .filter(|member| {
            expand
                .filter
                .as_ref()
                .is_none_or(|filter| filter.matches(member))
        })
        .take(expand.top.unwrap_or(usize::MAX))
        .map(|member| selected(expand, member));
    Value::Array(members.collect())
}

fn selected(expand: &Expand, value: &Value) -> Value {
    let (Some(names), Some(fields)) = (&expand.select, value.as_object()) else {
        return value.clone();
    };
    let keep = |name: &str| name.starts_with("@odata.") || name == "id" || names.contains(&name);
    let kept = fields.iter().filter(|(name, _)| keep(name));
    Value::Object(
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

/// `@odata.context`, with what was selected and expanded in parentheses.
fn context(call: &Call, options: &Options, fragment: &str, single: bool) -> String {
    let mut names: Vec<String> = options
        .select
        .iter()
        .flatten()
        .map(|name| (*name).to_owned())
        .collect();
    names.extend(
        options
            .expand
            .iter()
            .map(|expand| format!("{}()", expand.property.name)),
    );
    let names = if names.is_empty() {
        String::new()
    } else {
        format!("({})", names.join(","))
    };
    let entity = if single { "/$entity" } else { "" };
    format!("{}/v1.0/$metadata#{fragment}{names}{entity}", call.origin())
}

/// The request's own address with another place to begin at.
fn next_link(call: &Call, rules: &Rules, next: usize) -> String {
    let (name, value) = match rules.paging {
        Paging::Skip => ("$skip", next.to_string()),
        Paging::Token => ("$skiptoken", token(next)),
    };
    link(call, &[(name, &value)])
}

/// The request's own address with `parameters` in place of the places and tokens
/// it had.
pub fn link(call: &Call, parameters: &[(&str, &str)]) -> String {
    const PLACES: [&str; 3] = ["skip", "skiptoken", "deltatoken"];
    let mut query = Serializer::new(String::new());
    for (name, value) in parse(call.raw_query.as_bytes()) {
        let lower = name.to_ascii_lowercase();
        if !PLACES.contains(&lower.strip_prefix('$').unwrap_or(&lower)) {
            query.append_pair(&name, &value);
        }
    }
    query.extend_pairs(parameters);
    let query = query.finish().replace("%24", "$");
    format!("{}/v1.0{}?{query}", call.origin(), call.path)
}

/// A place in a list, in a form that nobody is tempted to count with.
fn token(place: usize) -> String {
    URL_SAFE_NO_PAD.encode(format!("place:{place}"))
}

/// Reads `$skiptoken`.
pub fn read_token(value: &str) -> Result<usize, GraphFault> {
    let place = URL_SAFE_NO_PAD
        .decode(value)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .and_then(|text| text.strip_prefix("place:")?.parse().ok());
    place.ok_or_else(|| {
        GraphFault::bad_request(
            "Directory_ExpiredPageToken",
            "The specified page token value has expired and can no longer be included in your request.",
        )
    })
}

/// Reads `$top` within the resource's limits.
pub fn read_top(value: &str, rules: &Rules) -> Result<usize, GraphFault> {
    let top = read_number(value, "$top")?;
    let (least, most) = rules.top;
    if (least..=most).contains(&top) {
        Ok(top)
    } else {
        Err(rules.unsupported(format!(
            "Invalid page size specified: '{top}'. Must be between {least} and {most} inclusive."
        )))
    }
}

/// Reads a number that is not negative.
pub fn read_number(value: &str, option: &str) -> Result<usize, GraphFault> {
    value.parse().map_err(|_| {
        GraphFault::bad_request(
            "BadRequest",
            format!("Invalid value '{value}' for {option} query option found. The {option} query option requires a non-negative integer value."),
        )
    })
}
