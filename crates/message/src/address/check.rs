//! Whether a bare address can be one.

use email_address::{EmailAddress, Error, Options};

use super::phrase::is_invisible;
use super::{ADDRESS_BYTES_MAX, AddressFault};

/// The longest part before the `@`, in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_PART_BYTES_MAX: usize = 64;

/// A domain on the internet has two labels at least; one label is nearly always a slip.
const DOMAIN_LABELS_MIN: usize = 2;

/// Checks `local@domain`, with nothing around it.
pub fn check(address: &str) -> Result<(), AddressFault> {
    if address.is_empty() {
        return Err(AddressFault::Empty);
    }
    if address.chars().any(char::is_control) {
        return Err(AddressFault::ControlCharacter);
    }
    let (local, domain) = address.rsplit_once('@').ok_or(AddressFault::NoAt)?;
    check_local(local)?;
    check_domain(domain)?;
    if address.len() > ADDRESS_BYTES_MAX || local.len() > LOCAL_PART_BYTES_MAX {
        return Err(AddressFault::TooLong);
    }
    let options = Options {
        minimum_sub_domains: DOMAIN_LABELS_MIN,
        allow_domain_literal: false,
        allow_display_text: false,
    };
    EmailAddress::parse_with_options(address, options)
        .map_err(fault)
        .map(|_| ())
}

fn check_local(local: &str) -> Result<(), AddressFault> {
    if local.is_empty() {
        return Err(AddressFault::NoLocalPart);
    }
    // An address that cannot be seen whole cannot be checked by the person who sends to it.
    if local.chars().any(is_invisible) {
        return Err(AddressFault::BadLocalPart);
    }
    if local.starts_with('"') {
        return Ok(());
    }
    if local.contains('@') {
        return Err(AddressFault::SeveralAts);
    }
    if local.chars().any(char::is_whitespace) {
        return Err(AddressFault::SpaceInside);
    }
    Ok(())
}

fn check_domain(domain: &str) -> Result<(), AddressFault> {
    if domain.is_empty() {
        return Err(AddressFault::NoDomain);
    }
    if domain.chars().any(char::is_whitespace) {
        return Err(AddressFault::SpaceInside);
    }
    if !domain
        .chars()
        .all(|c| c.is_alphanumeric() || !c.is_ascii() || matches!(c, '-' | '.'))
    {
        return Err(AddressFault::BadDomain);
    }
    if domain
        .split('.')
        .any(|label| label.is_empty() || label.starts_with('-') || label.ends_with('-'))
    {
        return Err(AddressFault::BadDomain);
    }
    // Maps and checks an internationalised name as IDNA wants it, and tells `1.2.3.4` from a name.
    match url::Host::parse(domain) {
        Ok(url::Host::Domain(ascii)) if ascii.contains('.') => Ok(()),
        Ok(url::Host::Domain(_)) => Err(AddressFault::DomainIncomplete),
        _ => Err(AddressFault::BadDomain),
    }
}

fn fault(error: Error) -> AddressFault {
    match error {
        Error::MissingSeparator => AddressFault::NoAt,
        Error::LocalPartEmpty => AddressFault::NoLocalPart,
        Error::LocalPartTooLong | Error::DomainTooLong => AddressFault::TooLong,
        Error::DomainEmpty => AddressFault::NoDomain,
        Error::DomainTooFew => AddressFault::DomainIncomplete,
        Error::SubDomainEmpty
        | Error::SubDomainTooLong
        | Error::DomainInvalidSeparator
        | Error::InvalidIPAddress
        | Error::UnsupportedDomainLiteral => AddressFault::BadDomain,
        Error::UnbalancedQuotes => AddressFault::UnclosedQuote,
        Error::MissingEndBracket => AddressFault::UnclosedBracket,
        Error::InvalidCharacter
        | Error::InvalidComment
        | Error::UnsupportedDisplayName
        | Error::MissingDisplayName => AddressFault::BadLocalPart,
    }
}
