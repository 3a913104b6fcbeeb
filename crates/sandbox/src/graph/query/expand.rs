//! `$select` and `$expand`. Source: "Customize Microsoft Graph responses with
//! query parameters", select and expand parameters.

use super::filter::Filter;
use super::schema::{Kind, Property, Type};
use super::syntax::SyntaxError;

/// How many names either option may have: more than any resource has properties.
const NAMES_MAX: usize = 200;

/// One relationship to bring along.
#[derive(Debug, Clone)]
pub struct Expand {
    /// Which.
    pub property: &'static Property,
    /// What to show of it, if not everything.
    pub select: Option<Vec<&'static str>>,
    /// Which members to show.
    pub filter: Option<Filter>,
    /// How many members to show.
    pub top: Option<usize>,
}

/// Reads `id,subject`; a relationship may be named too, and `*` is everything.
pub fn select(text: &str, of: &'static Type) -> Result<Vec<&'static str>, SyntaxError> {
    let mut names = Vec::new();
    for name in text
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        if name == "*" {
            names.extend(
                of.properties
                    .iter()
                    .filter(|one| !one.link)
                    .map(|one| one.name),
            );
            continue;
        }
        let property = property(name, of)?;
        if !names.contains(&property.name) {
            names.push(property.name);
        }
        if names.len() > NAMES_MAX {
            return Err(SyntaxError::TooComplex);
        }
    }
    Ok(names)
}

/// Reads `attachments($select=id,name),singleValueExtendedProperties($filter=…)`.
pub fn parse(text: &str, of: &'static Type) -> Result<Vec<Expand>, SyntaxError> {
    let items = split(text, ',')?;
    if items.len() > NAMES_MAX {
        return Err(SyntaxError::TooComplex);
    }
    items.into_iter().map(|item| one(item.trim(), of)).collect()
}

fn one(text: &str, of: &'static Type) -> Result<Expand, SyntaxError> {
    let (name, options) = match text.split_once('(') {
        None => (text, ""),
        Some((name, rest)) => (name.trim(), rest.strip_suffix(')').ok_or(SyntaxError::End)?),
    };
    let property = property(name, of)?;
    let target = target(property).ok_or(SyntaxError::Unusable(property.name))?;
    let mut expand = Expand {
        property,
        select: None,
        filter: None,
        top: None,
    };
    for option in split(options, ';')? {
        let option = option.trim();
        if !option.is_empty() {
            read_option(&mut expand, option, target)?;
        }
    }
    Ok(expand)
}

fn read_option(expand: &mut Expand, text: &str, of: &'static Type) -> Result<(), SyntaxError> {
    let refused = || SyntaxError::NoOption(text.to_owned());
    let (name, value) = text.split_once('=').ok_or_else(refused)?;
    let name = name.trim();
    match name.strip_prefix('$').unwrap_or(name) {
        "select" if expand.select.is_none() => expand.select = Some(select(value, of)?),
        "filter" if expand.filter.is_none() => expand.filter = Some(Filter::parse(value, of)?),
        "top" if expand.top.is_none() => {
            expand.top = Some(value.trim().parse().map_err(|_| refused())?);
        }
        _ => return Err(refused()),
    }
    Ok(())
}

/// The type at the other end; only relationships have one.
fn target(property: &'static Property) -> Option<&'static Type> {
    match property.kind {
        Kind::Object(of) if property.link => Some(of),
        Kind::List(Kind::Object(of)) if property.link => Some(*of),
        _ => None,
    }
}

fn property(name: &str, of: &'static Type) -> Result<&'static Property, SyntaxError> {
    of.property(name).ok_or_else(|| SyntaxError::NoProperty {
        name: name.to_owned(),
        of: of.name,
    })
}

/// Splits at `separator` outside of parentheses and quotes.
fn split(text: &str, separator: char) -> Result<Vec<&str>, SyntaxError> {
    let mut parts = Vec::new();
    let (mut start, mut depth, mut in_quotes) = (0, 0_usize, false);
    for (at, letter) in text.char_indices() {
        match letter {
            '\'' => in_quotes = !in_quotes,
            _ if in_quotes => {}
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1).ok_or(SyntaxError::At(at))?,
            _ if letter == separator && depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default());
                start = at + letter.len_utf8();
            }
            _ => {}
        }
    }
    if in_quotes || depth > 0 {
        return Err(SyntaxError::End);
    }
    parts.push(text.get(start..).unwrap_or_default());
    Ok(parts)
}
