//! Graph's delegated permissions that no operation here asks for. Apps ask for
//! them all the same, and get a consent page and a token with their name in it.
//!
//! Source: "Microsoft Graph permissions reference", delegated permissions. A row
//! with a line has its name, its line (`consentDisplayName`) and its
//! administrator's mark (`isAdmin`) from
//! `permissions/permissions-descriptions.json` in
//! `microsoftgraph/microsoft-graph-devx-content`, commit 0134553. A row with
//! `None` came after that: its mark is unchecked, and its line is made from its
//! name.

mod by_administrators;
mod by_anybody;

pub use by_administrators::BY_ADMINISTRATORS;
pub use by_anybody::BY_ANYBODY;

/// What the consent page says of each, besides its name.
pub const DETAIL: &str = "The sandbox has nothing behind this permission.";

/// A permission's name, and its line on the consent page where that is known.
pub type Row = (&'static str, Option<&'static str>);

/// A line for the consent page, made from the name: `Files.ReadWrite.All` lets an
/// app read and write all files.
pub fn title_of(name: &str) -> String {
    let mut parts = name.split('.');
    let what = words(parts.next().unwrap_or_default());
    let act = parts.next().unwrap_or_default();
    let how: Vec<&str> = parts.collect();
    let all = if how.contains(&"All") { "all " } else { "" };
    let shared = if how.contains(&"Shared") {
        ", what is shared with you too"
    } else {
        ""
    };
    let verb = match act {
        "Read" => "Read",
        "ReadBasic" => "Read the basics of",
        "ReadWrite" => "Read and write",
        "Create" => "Create",
        "Manage" => "Manage",
        "Send" => "Send",
        _ => {
            let rest = std::iter::once(act).chain(how).map(words);
            let rest = rest.collect::<Vec<_>>().join(", ");
            return format!("{}: {rest}", capitalised(&what));
        }
    };
    format!("{verb} {all}{what}{shared}")
}

/// `DeviceManagementApps` as words: a capital after a small letter begins one.
fn words(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut after_small = false;
    for letter in name.chars() {
        if letter.is_uppercase() && after_small {
            text.push(' ');
        }
        after_small = letter.is_lowercase();
        text.extend(letter.to_lowercase());
    }
    text
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name stands once, in one of the tables, where one would look for it.
    #[test]
    fn the_tables_are_sorted_and_share_no_name() {
        for table in [BY_ANYBODY, BY_ADMINISTRATORS] {
            let names = table.iter().map(|(name, _)| name.to_ascii_lowercase());
            let names: Vec<_> = names.collect();
            for pair in names.windows(2) {
                assert!(pair[0] < pair[1], "{} before {}", pair[0], pair[1]);
            }
        }
        for (name, _) in BY_ANYBODY {
            let twice = |(other, _): &Row| other.eq_ignore_ascii_case(name);
            assert!(!BY_ADMINISTRATORS.iter().any(twice), "{name}");
        }
    }

    /// A line is text of the page: no markup, no blanks around it.
    #[test]
    fn the_lines_are_plain_text() {
        for (name, title) in BY_ANYBODY.iter().chain(BY_ADMINISTRATORS) {
            let line = title.map_or_else(|| title_of(name), str::to_owned);
            assert!(!line.is_empty() && line == line.trim(), "{name}: {line}");
            assert!(!line.contains(['<', '>', '&']), "{name}: {line}");
        }
    }
}
