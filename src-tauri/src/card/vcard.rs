//! The card as a vCard: what another program's address book takes in.
//!
//! A file carries all of it, as version 4.0. What phones scan carries the little that fits, as version 3.0, which all of them read.
//! Sources: RFC 6350 (4.0), RFC 2426 (3.0).

use super::Card;
use crate::views::{PhoneKind, PhoneView};

/// Octets of a line, its break not counted. Source: RFC 6350, section 3.2.
const LINE_OCTETS_MAX: usize = 75;

/// Letters of a name, title or organization that is to be scanned. An address or a number is never cut: half of one is wrong.
const SHORT_CHARS_MAX: usize = 48;

/// A property, and what it says to a person.
pub struct Property {
    line: String,
    /// The value as it is read.
    pub value: String,
}

/// The whole card as vCard 4.0: lines of at most 75 octets, each ended by CRLF.
pub fn whole(card: &Card) -> String {
    let mut properties = vec![full_name(&card.name), name(card)];
    properties.extend(ways(card));
    properties.extend(card.office.as_deref().map(office));
    properties.extend(card.language.as_deref().and_then(language));
    properties.extend(card.photo_url().map(|url| Property::new("PHOTO", &url)));
    framed("4.0", &properties)
}

/// As much of the card, name first, as stays within `octets_max` as vCard 3.0, and what that is.
pub fn compact(card: &Card, octets_max: usize) -> (String, Vec<Property>) {
    let short = Card {
        name: shortened(&card.name),
        given_name: card.given_name.as_deref().map(shortened),
        surname: card.surname.as_deref().map(shortened),
        title: card.title.as_deref().map(shortened),
        company: card.company.as_deref().map(shortened),
        department: card.department.as_deref().map(shortened),
        photo: None,
        ..card.clone()
    };
    let mut properties = vec![full_name(&short.name), name(&short)];
    for way in ways(&short) {
        properties.push(way);
        if framed("3.0", &properties).len() > octets_max {
            properties.pop();
        }
    }
    (framed("3.0", &properties), properties)
}

/// How the person is reached, and what they do there: the most useful first.
fn ways(card: &Card) -> Vec<Property> {
    let mail = card.mail.iter().map(|mail| text("EMAIL", mail));
    let phones = card.phones.iter().map(phone);
    let title = card.title.iter().map(|title| text("TITLE", title));
    let organization = organization(card.company.as_deref(), card.department.as_deref());
    mail.chain(phones)
        .chain(title)
        .chain(organization)
        .collect()
}

fn full_name(name: &str) -> Property {
    text("FN", name)
}

/// Family and given name. A name that nobody has taken apart is what the person is called by: 3.0 wants one, and address
/// books sort by it.
fn name(card: &Card) -> Property {
    let (surname, given) = match (card.surname.as_deref(), card.given_name.as_deref()) {
        (None, None) => ("", card.name.as_str()),
        (surname, given) => (surname.unwrap_or_default(), given.unwrap_or_default()),
    };
    let value = format!("{};{};;;", escaped(surname), escaped(given));
    Property::new("N", &value).says("")
}

fn phone(PhoneView { kind, number }: &PhoneView) -> Property {
    match kind {
        PhoneKind::Business => text("TEL;TYPE=work,voice", number),
        PhoneKind::Mobile => text("TEL;TYPE=cell", number),
    }
}

/// A unit of no organization has an empty first part.
fn organization(company: Option<&str>, department: Option<&str>) -> Option<Property> {
    let parts: Vec<&str> = match (company, department) {
        (None, None) => return None,
        (company, None) => company.into_iter().collect(),
        (company, Some(department)) => vec![company.unwrap_or_default(), department],
    };
    let value: Vec<_> = parts.iter().map(|part| escaped(part)).collect();
    let said: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Some(Property::new("ORG", &value.join(";")).says(&said.join(", ")))
}

/// What the directory calls an office is one line of no known parts. It stands where the street does: the two parts before it
/// should be empty (RFC 6350, section 6.3.1).
fn office(office: &str) -> Property {
    let value = format!(";;{};;;;", escaped(office));
    Property::new("ADR;TYPE=work", &value).says(office)
}

/// Only what has the shape of a language tag (RFC 5646, section 2.1).
fn language(tag: &str) -> Option<Property> {
    let is_tag = tag.split('-').all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    is_tag.then(|| Property::new("LANG", tag))
}

fn text(name: &str, value: &str) -> Property {
    Property::new(name, &escaped(value)).says(value)
}

impl Property {
    /// `value` is written as it is.
    fn new(name: &str, value: &str) -> Self {
        Self {
            line: format!("{name}:{value}"),
            value: value.to_owned(),
        }
    }

    fn says(self, value: &str) -> Self {
        Self {
            value: value.to_owned(),
            ..self
        }
    }
}

fn framed(version: &str, properties: &[Property]) -> String {
    let version = format!("VERSION:{version}");
    let inside = properties.iter().map(|property| property.line.as_str());
    ["BEGIN:VCARD", &version]
        .into_iter()
        .chain(inside)
        .chain(["END:VCARD"])
        .map(folded)
        .collect()
}

/// A value's own separators, and its line breaks. Other control characters may not stand in a vCard (RFC 6350, section 3.3).
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ',' | ';' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            c if c.is_control() => escaped.push(' '),
            c => escaped.push(c),
        }
    }
    escaped
}

/// A line, broken where it is too long, but never inside a character (RFC 6350, section 3.2).
fn folded(line: &str) -> String {
    let mut folded = String::with_capacity(line.len() + 2);
    let mut octets = 0;
    for c in line.chars() {
        if octets + c.len_utf8() > LINE_OCTETS_MAX {
            folded.push_str("\r\n ");
            octets = 1;
        }
        folded.push(c);
        octets += c.len_utf8();
    }
    folded + "\r\n"
}

fn shortened(value: &str) -> String {
    value.chars().take(SHORT_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests;
