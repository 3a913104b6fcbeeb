//! The card as a vCard: what another program's address book takes in.
//!
//! Source: RFC 6350.

use super::Card;
use crate::views::{PhoneKind, PhoneView};

/// Octets of a line, its break not counted. Source: RFC 6350, section 3.2.
const LINE_OCTETS_MAX: usize = 75;

/// The whole card as vCard 4.0: lines of at most 75 octets, each ended by CRLF.
pub fn whole(card: &Card) -> String {
    let mut properties = vec![full_name(&card.name), name(card)];
    properties.extend(ways(card));
    properties.extend(card.office.as_deref().map(office));
    properties.extend(card.language.as_deref().and_then(language));
    properties.extend(card.photo_url().map(|url| format!("PHOTO:{url}")));
    framed(&properties)
}

/// How the person is reached, and what they do there: the most useful first.
fn ways(card: &Card) -> Vec<String> {
    let mail = card.mail.iter().map(|mail| text("EMAIL", mail));
    let phones = card.phones.iter().map(phone);
    let title = card.title.iter().map(|title| text("TITLE", title));
    let organization = organization(card.company.as_deref(), card.department.as_deref());
    mail.chain(phones)
        .chain(title)
        .chain(organization)
        .collect()
}

fn full_name(name: &str) -> String {
    text("FN", name)
}

/// Family and given name. A name that nobody has taken apart is what the person is called by: address books sort by it.
fn name(card: &Card) -> String {
    let (surname, given) = match (card.surname.as_deref(), card.given_name.as_deref()) {
        (None, None) => ("", card.name.as_str()),
        (surname, given) => (surname.unwrap_or_default(), given.unwrap_or_default()),
    };
    let value = format!("{};{};;;", escaped(surname), escaped(given));
    format!("N:{value}")
}

fn phone(PhoneView { kind, number }: &PhoneView) -> String {
    match kind {
        PhoneKind::Business => text("TEL;TYPE=work,voice", number),
        PhoneKind::Mobile => text("TEL;TYPE=cell", number),
    }
}

/// A unit of no organization has an empty first part.
fn organization(company: Option<&str>, department: Option<&str>) -> Option<String> {
    let parts: Vec<&str> = match (company, department) {
        (None, None) => return None,
        (company, None) => company.into_iter().collect(),
        (company, Some(department)) => vec![company.unwrap_or_default(), department],
    };
    let value: Vec<_> = parts.iter().map(|part| escaped(part)).collect();
    Some(format!("ORG:{}", value.join(";")))
}

/// What the directory calls an office is one line of no known parts. It stands where the street does: the two parts before it
/// should be empty (RFC 6350, section 6.3.1).
fn office(office: &str) -> String {
    format!("ADR;TYPE=work:;;{};;;;", escaped(office))
}

/// Only what has the shape of a language tag (RFC 5646, section 2.1).
fn language(tag: &str) -> Option<String> {
    let is_tag = tag.split('-').all(|part| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    });
    is_tag.then(|| format!("LANG:{tag}"))
}

fn text(name: &str, value: &str) -> String {
    format!("{name}:{}", escaped(value))
}

fn framed(properties: &[String]) -> String {
    let inside = properties.iter().map(String::as_str);
    ["BEGIN:VCARD", "VERSION:4.0"]
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

#[cfg(test)]
mod tests;
