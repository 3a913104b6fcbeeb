//! The mail services that anybody may join, and the slips of their names.

use super::alike::are_alike;

/// Their domains whose slips are nobody else's address. Source: the sign-up pages of Google, Microsoft, Yahoo, Apple, AOL,
/// Proton, GMX, Yandex and Tencent.
const MEANT: [&str; 17] = [
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "hotmail.co.uk",
    "hotmail.fr",
    "yahoo.com",
    "yahoo.co.uk",
    "yahoo.fr",
    "icloud.com",
    "live.com",
    "msn.com",
    "aol.com",
    "protonmail.com",
    "yandex.ru",
    "foxmail.com",
    "rediffmail.com",
];

/// What is one slip away from one of them and people's own address all the same.
const OTHERS: [&str; 16] = [
    "cloud.com",
    "email.com",
    "hotmail.com",
    "hotmail.de",
    "hotmail.es",
    "hotmail.it",
    "live.ca",
    "live.co.uk",
    "live.de",
    "mail.com",
    "protonmail.ch",
    "yahoo.ca",
    "yahoo.co.in",
    "yahoo.co.jp",
    "yandex.com",
    "ymail.com",
];

/// The public domain that `domain` is a slip of. `None` for a public domain itself.
pub fn meant(domain: &str) -> Option<&'static str> {
    let domain = domain.to_lowercase();
    let is_real = MEANT.iter().chain(&OTHERS).any(|real| *real == domain);
    match is_real {
        true => None,
        false => MEANT.into_iter().find(|real| are_alike(&domain, real)),
    }
}
