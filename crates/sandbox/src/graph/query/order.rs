//! `$orderby`. Source: "Customize Microsoft Graph responses with query
//! parameters", orderby parameter.

use std::cmp::Ordering;

use serde_json::Value;

use super::evaluate::{Exactness, constant, order};
use super::filter::Literal;
use super::schema::{Kind, Type};
use super::syntax::SyntaxError;

/// How many properties may take part: more than a list in a mail client shows.
const KEYS_MAX: usize = 10;

/// One property to sort by.
#[derive(Debug, Clone)]
pub struct OrderKey {
    /// Names on the way to it.
    pub names: Vec<&'static str>,
    kind: Kind,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// Reads `receivedDateTime desc, subject`.
pub fn parse(text: &str, of: &'static Type) -> Result<Vec<OrderKey>, SyntaxError> {
    let keys: Vec<&str> = text.split(',').collect();
    if keys.len() > KEYS_MAX {
        return Err(SyntaxError::TooComplex);
    }
    keys.into_iter().map(|key| parse_key(key, of)).collect()
}

fn parse_key(text: &str, of: &'static Type) -> Result<OrderKey, SyntaxError> {
    let mut words = text.split_ascii_whitespace();
    let path = words.next().ok_or(SyntaxError::End)?;
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(other) => return Err(SyntaxError::NoOption(other.to_owned())),
    };
    if let Some(other) = words.next() {
        return Err(SyntaxError::NoOption(other.to_owned()));
    }
    let (names, kind) = resolve(path, of)?;
    Ok(OrderKey {
        names,
        kind,
        descending,
    })
}

fn resolve(path: &str, of: &'static Type) -> Result<(Vec<&'static str>, Kind), SyntaxError> {
    let mut names = Vec::new();
    let mut kind = Kind::Object(of);
    for name in path.split('/') {
        let Kind::Object(of) = kind else {
            return Err(SyntaxError::Unusable(names.last().copied().unwrap_or("")));
        };
        let property = of.property(name).ok_or_else(|| SyntaxError::NoProperty {
            name: name.to_owned(),
            of: of.name,
        })?;
        names.push(property.name);
        kind = property.kind;
    }
    if kind.is_primitive() {
        Ok((names, kind))
    } else {
        Err(SyntaxError::Unusable(names.last().copied().unwrap_or("")))
    }
}

/// What `item` is sorted by.
pub fn sort_key(item: &Value, keys: &[OrderKey]) -> Vec<Literal> {
    let find = |key: &OrderKey| {
        let found = key
            .names
            .iter()
            .try_fold(item, |value, name| value.get(name));
        found.map_or(Literal::Null, |found| constant(found, key.kind))
    };
    keys.iter().map(find).collect()
}

/// The order of two items by their keys: null comes before everything else.
pub fn compare(left: &[Literal], right: &[Literal], keys: &[OrderKey]) -> Ordering {
    for ((left, right), key) in left.iter().zip(right).zip(keys) {
        let found = match (*left == Literal::Null, *right == Literal::Null) {
            (false, false) => order(left, right, Exactness::NoCase).unwrap_or(Ordering::Equal),
            (left, right) => right.cmp(&left),
        };
        let found = if key.descending {
            found.reverse()
        } else {
            found
        };
        if found.is_ne() {
            return found;
        }
    }
    Ordering::Equal
}
