//! One condition of a search, and what of a message it looks at.

use std::cmp::Ordering;

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::super::super::fault::GraphFault;
use super::refused;
use super::words::Word;
use crate::mailboxes::{Importance, Message, Recipient};

/// A condition.
#[derive(Debug, PartialEq)]
pub enum Condition {
    /// Words somewhere in a part of the message.
    Words(Part, Vec<String>),
    /// A time between two, in milliseconds since 1970; the end is not part of it.
    Between(Time, i64, i64),
    /// A size in bytes.
    Size(Vec<Ordering>, i64),
    /// Whether there are attachments.
    HasAttachment(bool),
    /// An importance.
    Importance(Importance),
    /// Whether it is a message; other kinds do not lie here.
    Kind(bool),
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// From, subject and body: what a search without a property looks at.
    Default,
    /// Names of attachments.
    Attachment,
    /// Bcc.
    Bcc,
    /// Body.
    Body,
    /// Cc.
    Cc,
    /// From.
    From,
    /// From, To, Cc and Bcc.
    Participants,
    /// To, Cc and Bcc.
    Recipients,
    /// Subject.
    Subject,
    /// To.
    To,
}

/// The two times that can be searched.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Time {
    /// `received`
    Received,
    /// `sent`
    Sent,
}

const PARTS: [(&str, Part); 9] = [
    ("attachment", Part::Attachment),
    ("bcc", Part::Bcc),
    ("body", Part::Body),
    ("cc", Part::Cc),
    ("from", Part::From),
    ("participants", Part::Participants),
    ("recipients", Part::Recipients),
    ("subject", Part::Subject),
    ("to", Part::To),
];

const DAY_MS: i64 = 24 * 3600 * 1000;

impl Condition {
    /// Reads a word. A property that is none is part of the text: subjects begin
    /// with words and colons.
    pub fn read(word: &Word) -> Result<Self, GraphFault> {
        match word {
            Word::Plain(text) | Word::Phrase(text) => text_of(Part::Default, text),
            Word::Property {
                name,
                relation,
                value,
            } => property(&name.to_lowercase(), relation, value)
                .unwrap_or_else(|| text_of(Part::Default, &format!("{name} {value}"))),
            Word::Open | Word::Close => Err(refused("a condition is missing")),
        }
    }

    /// Whether `message` meets it.
    pub fn finds(&self, message: &Message) -> bool {
        match self {
            Self::Words(part, words) => texts(message, *part)
                .iter()
                .any(|text| in_a_row(words, text)),
            Self::Between(time, from, until) => {
                let at = match time {
                    Time::Received => message.received_ms,
                    Time::Sent => message.sent_ms,
                };
                (*from..*until).contains(&at)
            }
            Self::Size(orders, bytes) => {
                let size = i64::try_from(message.size()).unwrap_or(i64::MAX);
                orders.contains(&size.cmp(bytes))
            }
            Self::HasAttachment(wanted) => message.has_attachments() == *wanted,
            Self::Importance(wanted) => message.importance == *wanted,
            Self::Kind(is_mail) => *is_mail,
        }
    }
}

fn property(name: &str, relation: &str, value: &str) -> Option<Result<Condition, GraphFault>> {
    if let Some((_, part)) = PARTS.into_iter().find(|(known, _)| *known == name) {
        return Some(match relation {
            ":" | "=" => text_of(part, value),
            _ => Err(refused("this property has no order")),
        });
    }
    let equals = matches!(relation, ":" | "=");
    let found = match name {
        "received" => between(Time::Received, relation, value),
        "sent" => between(Time::Sent, relation, value),
        "size" => size(relation, value),
        "hasattachment" | "hasattachments" if equals => match value {
            "true" | "1" | "yes" => Some(Condition::HasAttachment(true)),
            "false" | "0" | "no" => Some(Condition::HasAttachment(false)),
            _ => None,
        },
        "importance" if equals => match value.to_lowercase().as_str() {
            "low" => Some(Condition::Importance(Importance::Low)),
            "normal" | "medium" => Some(Condition::Importance(Importance::Normal)),
            "high" => Some(Condition::Importance(Importance::High)),
            _ => None,
        },
        "kind" if equals => Some(Condition::Kind(value.eq_ignore_ascii_case("email"))),
        "hasattachment" | "hasattachments" | "importance" | "kind" => None,
        _ => return None,
    };
    Some(found.ok_or_else(|| refused(&format!("'{value}' is no value of '{name}'"))))
}

fn text_of(part: Part, text: &str) -> Result<Condition, GraphFault> {
    let words = split(text);
    if words.is_empty() {
        Err(refused("a condition has no word"))
    } else {
        Ok(Condition::Words(part, words))
    }
}

/// A day, a range of days `a..b`, or everything before or after a day.
fn between(time: Time, relation: &str, value: &str) -> Option<Condition> {
    let (first, last) = match value.split_once("..") {
        Some((first, last)) if matches!(relation, ":" | "=") => (day(first)?, day(last)?),
        Some(_) => return None,
        None => (day(value)?, day(value)?),
    };
    let (from, until) = match relation {
        ":" | "=" => (first, last + DAY_MS),
        ">" => (first + DAY_MS, i64::MAX),
        ">=" => (first, i64::MAX),
        "<" => (i64::MIN, first),
        "<=" => (i64::MIN, first + DAY_MS),
        _ => return None,
    };
    Some(Condition::Between(time, from, until))
}

/// The midnight, in UTC, that a day begins with: `2026-01-31` or `1/31/2026`.
fn day(text: &str) -> Option<i64> {
    let date = text
        .parse::<Date>()
        .or_else(|_| Date::strptime("%m/%d/%Y", text));
    let zoned = date.ok()?.to_zoned(TimeZone::UTC).ok()?;
    Some(zoned.timestamp().as_millisecond())
}

fn size(relation: &str, value: &str) -> Option<Condition> {
    let bytes = value.parse().ok()?;
    let orders = match relation {
        ":" | "=" => vec![Ordering::Equal],
        "<>" => vec![Ordering::Less, Ordering::Greater],
        "<" => vec![Ordering::Less],
        ">" => vec![Ordering::Greater],
        "<=" => vec![Ordering::Less, Ordering::Equal],
        ">=" => vec![Ordering::Greater, Ordering::Equal],
        _ => return None,
    };
    Some(Condition::Size(orders, bytes))
}

fn texts(message: &Message, part: Part) -> Vec<String> {
    let from = || message.from.iter().map(named).collect::<Vec<String>>();
    let all = |list: &[Recipient]| list.iter().map(named).collect::<Vec<String>>();
    match part {
        Part::Default => {
            let mut texts = from();
            texts.push(message.subject.clone());
            texts.push(message.body.text().to_owned());
            texts
        }
        Part::Attachment => message
            .attachments
            .iter()
            .map(|one| one.name.clone())
            .collect(),
        Part::Bcc => all(&message.bcc),
        Part::Body => vec![message.body.text().to_owned()],
        Part::Cc => all(&message.cc),
        Part::From => from(),
        Part::Participants => from()
            .into_iter()
            .chain(message.recipients().map(named))
            .collect(),
        Part::Recipients => message.recipients().map(named).collect(),
        Part::Subject => vec![message.subject.clone()],
        Part::To => all(&message.to),
    }
}

fn named(recipient: &Recipient) -> String {
    let name = recipient.name.as_deref().unwrap_or_default();
    format!("{name} {}", recipient.address)
}

fn split(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Whether `wanted` stands in `text` word by word; the last one may be the
/// beginning of a word.
fn in_a_row(wanted: &[String], text: &str) -> bool {
    let known = split(text);
    let Some((last, before)) = wanted.split_last() else {
        return false;
    };
    known.windows(wanted.len()).any(|words| {
        words
            .split_last()
            .is_some_and(|(word, earlier)| earlier == before && word.starts_with(last.as_str()))
    })
}
