//! One address, as a person writes it and as a mail header shows it.
//!
//! What is accepted is RFC 5322 §3.4 with RFC 6532's Unicode: `a@b.example`, `Name <a@b.example>`,
//! `"Last, First" <a@b.example>`, `a@b.example (Name)`. What real mail refuses is refused here: domain literals,
//! source routes, a domain without a dot.

mod alike;
mod check;
mod list;
mod phrase;
mod public;
mod scan;
mod search;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use alike::Likeness;
pub(crate) use list::split as split_list;
pub use list::{ADDRESS_LIST_BYTES_MAX, ADDRESS_LIST_MAX, parse_addresses};
pub(crate) use phrase::is_direction_override;
pub use search::{Fit, Search};

/// The longest address there is, in bytes: a path of 256 without its angle brackets (RFC 5321 §4.5.3.1.3,
/// RFC 3696 erratum 1690).
pub const ADDRESS_BYTES_MAX: usize = 254;

/// The longest display name kept, in characters. Exchange shows no more of it, and names are shown in chips.
pub const NAME_CHARS_MAX: usize = 256;

/// How much of a faulty text an error carries, in characters: an address and a name, so that a chip can show it.
const FAULTY_TEXT_CHARS_MAX: usize = ADDRESS_BYTES_MAX + NAME_CHARS_MAX;

/// A checked mail address with the name that goes with it.
///
/// Serialised as `{"name": …, "address": …}` and checked again when read back.
/// `Display` is the header form, `"Name" <a@b.example>`; `Debug` shows the domain only.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked", into = "Unchecked")]
pub struct Address {
    name: Option<String>,
    address: String,
}

impl Address {
    /// An address from its parts. The name is tidied (control characters, direction overrides, surrounding quotes);
    /// an empty one is none.
    ///
    /// # Errors
    /// The fault of the address, or a name that is too long.
    pub fn new(name: Option<&str>, address: &str) -> Result<Self, AddressError> {
        Self::checked(name, address).map_err(|fault| AddressError::new(address, fault))
    }

    /// An address as one writes it into a field: with or without a name, brackets, comments, `mailto:` before it.
    ///
    /// # Errors
    /// Exactly one fault, the first that matters; several addresses in one text are a fault too.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        scan::scan(text)
            .and_then(|found| Self::checked(found.name.as_deref(), &found.address))
            .map_err(|fault| AddressError::new(text, fault))
    }

    fn checked(name: Option<&str>, address: &str) -> Result<Self, AddressFault> {
        let address = address.trim();
        check::check(address)?;
        let name = name.map(phrase::tidy).filter(|name| !name.is_empty());
        if name
            .as_ref()
            .is_some_and(|name| name.chars().count() > NAME_CHARS_MAX)
        {
            return Err(AddressFault::NameTooLong);
        }
        Ok(Self {
            name,
            address: address.to_owned(),
        })
    }

    /// The display name, never empty.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The bare address, as it was typed: the case is kept, an internationalised domain stays Unicode.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The part after the `@`, as typed.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.address
            .rsplit_once('@')
            .map_or("", |(_, domain)| domain)
    }

    /// The part before the `@`, as typed.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.address.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The address in the form in which two spellings of one are the same: in small letters, before the `@` too. By
    /// RFC 5321 §2.4 case could matter there; no large service lets it.
    #[must_use]
    pub fn folded(&self) -> String {
        self.address.to_lowercase()
    }

    /// The same address at the well-known public mail service that its domain is a slip of, as `gmial.com` is of
    /// `gmail.com`. `None` where the domain is no such slip.
    #[must_use]
    pub fn at_public_domain(&self) -> Option<Self> {
        let domain = public::meant(self.domain())?;
        Some(Self {
            name: self.name.clone(),
            address: format!("{}@{domain}", self.local_part()),
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(out, "{} <{}>", phrase::quoted(name), self.address),
            None => out.write_str(&self.address),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Address(…@{})", self.domain())
    }
}

#[derive(Serialize, Deserialize)]
struct Unchecked {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    address: String,
}

impl TryFrom<Unchecked> for Address {
    type Error = AddressError;

    fn try_from(unchecked: Unchecked) -> Result<Self, AddressError> {
        Self::new(unchecked.name.as_deref(), &unchecked.address)
    }
}

impl From<Address> for Unchecked {
    fn from(address: Address) -> Self {
        Self {
            name: address.name,
            address: address.address,
        }
    }
}

/// A text that is not an address, and why.
///
/// The text is kept for the field it came from. `Display` and `Debug` never show it: they may end in a log.
#[derive(Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("not a mail address: {fault}")]
pub struct AddressError {
    text: String,
    fault: AddressFault,
}

impl AddressError {
    fn new(text: &str, fault: AddressFault) -> Self {
        Self {
            text: text.trim().chars().take(FAULTY_TEXT_CHARS_MAX).collect(),
            fault,
        }
    }

    /// What was written, cut to what a field can show.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What is wrong with it.
    #[must_use]
    pub fn fault(&self) -> AddressFault {
        self.fault
    }
}

impl fmt::Debug for AddressError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "AddressError({:?})", self.fault)
    }
}

/// What can be wrong with an address, in the words a person needs to mend it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressFault {
    /// Nothing was written.
    #[error("it is empty")]
    Empty,
    /// There is no `@`.
    #[error("the @ is missing")]
    NoAt,
    /// There is more than one `@`.
    #[error("there is more than one @")]
    SeveralAts,
    /// Nothing before the `@`.
    #[error("nothing stands before the @")]
    NoLocalPart,
    /// What stands before the `@` has a character or dot that may not be there.
    #[error("the part before the @ is not valid")]
    BadLocalPart,
    /// Nothing after the `@`.
    #[error("nothing stands after the @")]
    NoDomain,
    /// What stands after the `@` is no domain name.
    #[error("the part after the @ is not a domain name")]
    BadDomain,
    /// The domain has no dot: `ada@signet`.
    #[error("the domain is incomplete")]
    DomainIncomplete,
    /// A space inside the address; it could hide a forgotten separator.
    #[error("there is a space inside")]
    SpaceInside,
    /// A `"` without its partner.
    #[error("a quotation mark is not closed")]
    UnclosedQuote,
    /// A `<` without its `>`.
    #[error("an angle bracket is not closed")]
    UnclosedBracket,
    /// A `(` without its `)`.
    #[error("a parenthesis is not closed")]
    UnclosedComment,
    /// Something stands after `<address>`.
    #[error("something stands after the address")]
    TextAfterAddress,
    /// A control character.
    #[error("there is a control character inside")]
    ControlCharacter,
    /// Longer than an address can be (254 bytes, 64 before the `@`).
    #[error("it is too long")]
    TooLong,
    /// The display name is too long.
    #[error("the name is too long")]
    NameTooLong,
    /// The list holds more addresses, or more text, than is read at once.
    #[error("the list is too long")]
    TooMany,
}

impl AddressFault {
    /// The name the interface and the disk use, for example `no-at`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::NoAt => "no-at",
            Self::SeveralAts => "several-ats",
            Self::NoLocalPart => "no-local-part",
            Self::BadLocalPart => "bad-local-part",
            Self::NoDomain => "no-domain",
            Self::BadDomain => "bad-domain",
            Self::DomainIncomplete => "domain-incomplete",
            Self::SpaceInside => "space-inside",
            Self::UnclosedQuote => "unclosed-quote",
            Self::UnclosedBracket => "unclosed-bracket",
            Self::UnclosedComment => "unclosed-comment",
            Self::TextAfterAddress => "text-after-address",
            Self::ControlCharacter => "control-character",
            Self::TooLong => "too-long",
            Self::NameTooLong => "name-too-long",
            Self::TooMany => "too-many",
        }
    }
}

#[cfg(test)]
mod tests;
