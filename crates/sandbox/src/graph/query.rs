//! The query options of OData that Graph takes: read once, refused where the
//! service refuses them, never skipped.
//!
//! Source: "Customize Microsoft Graph responses with query parameters". A
//! resource states in its `Rules` what it takes; `Options` is what was asked.

mod evaluate;
mod expand;
mod features;
mod filter;
mod lexer;
mod order;
mod page;
mod property_id;
mod rules;
mod schema;
mod syntax;
#[cfg(test)]
mod tests;

pub use expand::Expand;
pub use features::Features;
pub use filter::Filter;
pub use page::{collection, entity, link, page_size, shape};
pub use property_id::same_property;
pub use rules::{Paging, Rules, SYSTEM_OPTIONS, Side};
pub use schema::{
    ATTACHMENT, MAIL_FOLDER, MAILBOX_SETTINGS, MESSAGE, OUTLOOK_CATEGORY, PERSON, PRESENCE,
    PROFILE_PHOTO, USER,
};

use order::OrderKey;
use url::form_urlencoded;

use super::fault::GraphFault;
use super::request::Call;

/// What a request asked for.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// `$select`, spelled right.
    pub select: Option<Vec<&'static str>>,
    /// `$expand`
    pub expand: Vec<Expand>,
    /// `$filter`
    pub filter: Option<Filter>,
    /// `$search` as it came, with its quotes.
    pub search: Option<String>,
    /// `$orderby`
    pub order: Vec<OrderKey>,
    /// `$top`
    pub top: Option<usize>,
    /// `$skip`, or what `$skiptoken` stands for.
    pub skip: usize,
    /// `$count=true`
    pub count: bool,
    /// `$deltatoken` or, in a round of changes, `$skiptoken`.
    pub token: Option<String>,
    /// `Prefer: odata.maxpagesize`
    pub page_size: Option<usize>,
}

impl Options {
    /// Reads the options of `call`.
    pub fn read(call: &Call, rules: &'static Rules) -> Result<Self, GraphFault> {
        let options = Self::parse(&call.raw_query, rules)?;
        Ok(Self {
            page_size: preferred_page_size(call),
            ..options
        })
    }

    /// Reads the options that a query string has.
    pub fn parse(query: &str, rules: &'static Rules) -> Result<Self, GraphFault> {
        let mut options = Self::default();
        let mut seen: Vec<String> = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let Some(name) = system_name(&name, rules)? else {
                continue;
            };
            if seen.contains(&name) {
                return Err(GraphFault::bad_request(
                    "BadRequest",
                    format!(
                        "Query option '${name}' was specified more than once, but it must be specified at most once."
                    ),
                ));
            }
            options.set(&name, &value, rules)?;
            seen.push(name);
        }
        Ok(options)
    }

    /// The options of a request whose texts were kept.
    pub fn of_texts(
        select: Option<&str>,
        filter: Option<&str>,
        rules: &'static Rules,
    ) -> Result<Self, GraphFault> {
        let mut options = Self::default();
        for (name, value) in [("select", select), ("filter", filter)] {
            if let Some(value) = value {
                options.set(name, value, rules)?;
            }
        }
        Ok(options)
    }

    /// Whether the relationship `name` was asked for.
    pub fn expands(&self, name: &str) -> bool {
        self.expand
            .iter()
            .any(|expand| expand.property.name == name)
    }

    fn set(&mut self, name: &str, value: &str, rules: &'static Rules) -> Result<(), GraphFault> {
        match name {
            "select" => {
                let names = expand::select(value, rules.of)
                    .map_err(|error| rules.unreadable(SELECT_EXPAND, &error))?;
                self.select = Some(names).filter(|names| !names.is_empty());
            }
            "expand" => self.expand = read_expand(value, rules)?,
            "filter" => {
                let filter = Filter::parse(value, rules.of)
                    .map_err(|error| rules.unreadable("Invalid filter clause", &error))?;
                self.filter = Some(filter);
            }
            "orderby" => {
                self.order = order::parse(value, rules.of)
                    .map_err(|error| rules.unreadable("Invalid orderby clause", &error))?;
            }
            "search" => self.search = Some(value.to_owned()),
            "top" => self.top = Some(page::read_top(value, rules)?),
            "skip" => self.skip = page::read_number(value, "$skip")?,
            "count" => self.count = read_count(value)?,
            "skiptoken" if rules.paging == Paging::Token => self.skip = page::read_token(value)?,
            "skiptoken" | "deltatoken" => self.token = Some(value.to_owned()),
            "format" if is_json_format(value) => {}
            _ => {
                return Err(rules.unsupported(format!(
                    "The value '{value}' of the query option '${name}' is not supported."
                )));
            }
        }
        Ok(())
    }
}

/// The first option in `query` that is none of `served`, as it was spelled.
pub fn unserved(query: &str, served: &[&str]) -> Option<String> {
    form_urlencoded::parse(query.as_bytes())
        .map(|(name, _)| name)
        .find(|name| matches!(option(name, served), Named::Unserved))
        .map(|name| name.into_owned())
}

/// What the name of a query parameter stands for.
enum Named {
    /// An option that is served, without its `$`.
    Served(String),
    /// An option that is not.
    Unserved,
    /// A parameter that is an operation's own.
    Own,
}

/// v1.0 lets clients leave the `$` of an option out.
fn option(name: &str, served: &[&str]) -> Named {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix('$').unwrap_or(&lower);
    if served.contains(&bare) {
        Named::Served(bare.to_owned())
    } else if name.starts_with('$') || SYSTEM_OPTIONS.contains(&bare) {
        Named::Unserved
    } else {
        Named::Own
    }
}

const SELECT_EXPAND: &str = "Parsing OData Select and Expand failed";

/// The option's name without its `$`; `None` for parameters that are an
/// operation's own.
fn system_name(name: &str, rules: &Rules) -> Result<Option<String>, GraphFault> {
    match option(name, rules.options) {
        Named::Served(bare) => Ok(Some(bare)),
        Named::Own => Ok(None),
        Named::Unserved => Err(rules.unsupported(format!(
            "The query option '{name}' is not supported for '{}'.",
            rules.of.name
        ))),
    }
}

fn read_expand(value: &str, rules: &'static Rules) -> Result<Vec<Expand>, GraphFault> {
    let expands =
        expand::parse(value, rules.of).map_err(|error| rules.unreadable(SELECT_EXPAND, &error))?;
    match expands
        .iter()
        .find(|expand| !rules.expands.contains(&expand.property.name))
    {
        None => Ok(expands),
        Some(other) => Err(rules.unsupported(format!(
            "Expanding the property '{}' is not supported.",
            other.property.name
        ))),
    }
}

fn read_count(value: &str) -> Result<bool, GraphFault> {
    match value.to_ascii_lowercase().as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err(GraphFault::bad_request(
            "BadRequest",
            format!(
                "Invalid value '{value}' for $count query option found. Valid values are 'true' and 'false'."
            ),
        )),
    }
}

fn is_json_format(value: &str) -> bool {
    value.eq_ignore_ascii_case("json") || value.to_ascii_lowercase().starts_with("application/json")
}

/// `Prefer: odata.maxpagesize=25`.
fn preferred_page_size(call: &Call) -> Option<usize> {
    let size = call.prefers("odata.maxpagesize")?.parse().ok()?;
    (size > 0).then_some(size)
}
