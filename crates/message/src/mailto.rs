//! `mailto:` links (RFC 6068), read the way they are really written.
//!
//! A link comes from anybody. It fills a form a person looks at: it cannot send, attach a file, or set any field but
//! recipients, subject and body. What it asked for beyond that is named in `ignored`, so that the window can say so.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::address::split_list;
use crate::draft::one_line;
use crate::{ADDRESS_LIST_MAX, Body, Draft};

/// The longest link that is read, in bytes: the longest argument Linux hands to a program.
pub const MAILTO_BYTES_MAX: usize = 128 * 1024;

/// The most fields that are read; a link needs five.
const FIELDS_MAX: usize = 64;

/// The longest ignored name that is shown, in characters.
const IGNORED_NAME_CHARS_MAX: usize = 32;

/// What a link fills in. Addresses are as written, unchecked: the form shows what is wrong with them.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Mailto {
    /// To: the addresses before the `?` and those of `to=`.
    pub to: Vec<String>,
    /// Cc.
    pub cc: Vec<String>,
    /// Bcc.
    pub bcc: Vec<String>,
    /// One line.
    pub subject: String,
    /// Plain text with `\n` line ends.
    pub body: String,
    /// Names of fields that were not used, each once, `attach` above all.
    pub ignored: Vec<String>,
}

impl fmt::Debug for Mailto {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Mailto")
            .field(
                "recipients",
                &(self.to.len() + self.cc.len() + self.bcc.len()),
            )
            .field("body_bytes", &self.body.len())
            .field("ignored", &self.ignored.len())
            .finish_non_exhaustive()
    }
}

/// Why a link fills in nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum MailtoError {
    /// Another scheme.
    #[error("not a mailto: link")]
    NotMailto,
    /// Longer than any honest link.
    #[error("the link is too long")]
    TooLong,
}

/// Reads a link. Malformed ones are common, so all that can be understood is: `&` in place of the first `?`,
/// `&amp;`, `;` between addresses, slashes after the scheme, empty fields, broken percent escapes.
///
/// # Errors
/// Another scheme, or a link beyond [`MAILTO_BYTES_MAX`].
pub fn parse(url: &str) -> Result<Mailto, MailtoError> {
    if url.len() > MAILTO_BYTES_MAX {
        return Err(MailtoError::TooLong);
    }
    let rest = without_scheme(url.trim()).ok_or(MailtoError::NotMailto)?;
    let rest = rest.split('#').next().unwrap_or_default();
    let (addresses, fields) = head_and_fields(rest);
    let mut mailto = Mailto {
        to: recipients(addresses),
        ..Mailto::default()
    };
    for field in fields
        .split('&')
        .filter(|field| !field.is_empty())
        .take(FIELDS_MAX)
    {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        mailto.take(&field_name(name), value);
    }
    Ok(mailto)
}

fn without_scheme(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once(':')?;
    scheme
        .eq_ignore_ascii_case("mailto")
        .then(|| rest.trim_start_matches('/'))
}

/// Splits at the `?`, or at an `&` that stands in its place: `mailto:a@b.example&subject=Hi`.
fn head_and_fields(rest: &str) -> (&str, &str) {
    let mark = rest.find('?').or_else(|| {
        rest.match_indices('&').map(|(at, _)| at).find(|at| {
            let after = rest.get(at + 1..).unwrap_or_default();
            after
                .split_once('=')
                .is_some_and(|(name, _)| Field::named(&field_name(name)).is_some())
        })
    });
    match mark {
        Some(at) => (
            rest.get(..at).unwrap_or_default(),
            rest.get(at + 1..).unwrap_or_default(),
        ),
        None => (rest, ""),
    }
}

/// The name in lower case, without what an HTML-escaped ampersand leaves: `&amp;body=` splits into `amp;body`.
fn field_name(name: &str) -> String {
    let decoded = decode(name).to_ascii_lowercase();
    let name = decoded.trim();
    name.strip_prefix("amp;").unwrap_or(name).to_owned()
}

enum Field {
    To,
    Cc,
    Bcc,
    Subject,
    Body,
}

impl Field {
    fn named(name: &str) -> Option<Self> {
        match name {
            "to" => Some(Self::To),
            "cc" => Some(Self::Cc),
            "bcc" => Some(Self::Bcc),
            "subject" => Some(Self::Subject),
            "body" => Some(Self::Body),
            _ => None,
        }
    }
}

impl Mailto {
    fn take(&mut self, name: &str, value: &str) {
        match Field::named(name) {
            Some(Field::To) => add(&mut self.to, value),
            Some(Field::Cc) => add(&mut self.cc, value),
            Some(Field::Bcc) => add(&mut self.bcc, value),
            // RFC 6068 §2 allows each once; the first is the one most programs show.
            Some(Field::Subject) if self.subject.is_empty() => {
                self.subject = one_line(&decode(value))
            }
            Some(Field::Body) if self.body.is_empty() => self.body = lines(&decode(value)),
            Some(Field::Subject | Field::Body) | None => self.ignore(name),
        }
    }

    fn ignore(&mut self, name: &str) {
        let shown: String = one_line(name)
            .chars()
            .take(IGNORED_NAME_CHARS_MAX)
            .collect();
        if !shown.is_empty() && !self.ignored.contains(&shown) {
            self.ignored.push(shown);
        }
    }
}

fn add(field: &mut Vec<String>, value: &str) {
    let room = ADDRESS_LIST_MAX.saturating_sub(field.len());
    field.extend(recipients(value).into_iter().take(room));
}

/// The addresses of one value. Commas separate before decoding (RFC 6068 §2), and once more after it, outside
/// quotation marks, for programs that encode the separator too.
fn recipients(value: &str) -> Vec<String> {
    value
        .split([',', ';'])
        // A line break would be a separator in a pasted list; in a link it is an attempt to add a header.
        .map(|entry| one_line(&decode(entry)))
        .flat_map(|entry| split_list(&entry))
        .take(ADDRESS_LIST_MAX)
        .collect()
}

// A `+` is a plus (RFC 6068 §5); a broken escape stays as it is written; bytes that are no UTF-8 are replaced.
fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn lines(body: &str) -> String {
    let breaks = body.replace("\r\n", "\n").replace('\r', "\n");
    breaks
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect()
}

impl From<Mailto> for Draft {
    fn from(mailto: Mailto) -> Self {
        Self {
            to: mailto.to,
            cc: mailto.cc,
            bcc: mailto.bcc,
            subject: mailto.subject,
            body: Body::Text(mailto.body),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
