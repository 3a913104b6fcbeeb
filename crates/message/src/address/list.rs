//! Lists of addresses, as they are pasted: commas, semicolons, line breaks, tabs, or only spaces between them.

use super::scan::quote_opens_after;
use super::{Address, AddressError, AddressFault};

/// The longest list that is read, in bytes: a thousand addresses with names.
pub const ADDRESS_LIST_BYTES_MAX: usize = 512 * 1024;

/// The most addresses read from one list: what the largest Exchange tenant lets one message carry.
pub const ADDRESS_LIST_MAX: usize = 1_000;

/// Reads a pasted list; each entry is an address or its fault, in the order written.
///
/// Nothing is dropped silently: an entry that is no address comes back as an error with its text, and a list that is
/// too long ends in one `TooMany`. Empty entries (a trailing comma) are no entries.
#[must_use]
pub fn parse_addresses(text: &str) -> Vec<Result<Address, AddressError>> {
    if text.len() > ADDRESS_LIST_BYTES_MAX {
        return vec![Err(AddressError::new("", AddressFault::TooMany))];
    }
    let entries = split(text);
    let too_many = entries.len() > ADDRESS_LIST_MAX;
    let mut read: Vec<_> = entries
        .iter()
        .take(ADDRESS_LIST_MAX)
        .map(|entry| Address::parse(entry))
        .collect();
    if too_many {
        read.push(Err(AddressError::new("", AddressFault::TooMany)));
    }
    read
}

/// Splits a list into its entries, trimmed, none empty.
pub fn split(text: &str) -> Vec<String> {
    let pieces = pieces(text);
    let others_separate = pieces
        .iter()
        .any(|piece| piece.ended_by.is_some_and(|end| end != ','));
    let one_address = text.matches('@').count() == 1;
    let joined = if others_separate || one_address {
        join_names(pieces)
    } else {
        pieces
    };
    joined
        .into_iter()
        .flat_map(|piece| by_spaces(piece.text))
        .collect()
}

struct Piece {
    text: String,
    ended_by: Option<char>,
}

// Full-width and ideographic marks come from East Asian keyboards.
fn separator(c: char) -> Option<char> {
    match c {
        ',' | '，' | '、' => Some(','),
        ';' | '；' => Some(';'),
        '\n' | '\r' | '\t' => Some('\n'),
        _ => None,
    }
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let (mut in_quote, mut depth, mut escaped) = (false, 0_usize, false);
    let mut before = None;
    for c in text.chars() {
        let protected = in_quote || depth > 0;
        let ends = match separator(c) {
            // A quotation mark that is never closed must not swallow the lines after it.
            Some('\n') => Some('\n'),
            Some(end) if !protected => Some(end),
            _ => None,
        };
        if let Some(end) = ends {
            pieces.push(Piece {
                text: std::mem::take(&mut piece),
                ended_by: Some(end),
            });
            (in_quote, depth, escaped) = (false, 0, false);
            before = None;
            continue;
        }
        piece.push(c);
        match c {
            _ if std::mem::take(&mut escaped) => {}
            '\\' if protected => escaped = true,
            '"' if in_quote => in_quote = false,
            '"' if depth == 0 && quote_opens_after(before) => in_quote = true,
            '(' if !in_quote => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ => {}
        }
        before = Some(c);
    }
    pieces.push(Piece {
        text: piece,
        ended_by: None,
    });
    pieces.retain(|piece| !piece.text.trim().is_empty());
    pieces
}

/// Puts `Lovelace` and `Ada <ada@signet.example>` together again.
///
/// Outlook copies names as "Last, First <address>" and separates people by semicolons. A piece without an `@` can be
/// no address, so joining it to the one after the comma loses nothing, and it is done only where the comma is seen not
/// to be the separator.
fn join_names(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut joined: Vec<Piece> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        match joined.last_mut() {
            Some(last)
                if last.ended_by == Some(',')
                    && !last.text.contains('@')
                    && piece.text.trim_end().ends_with('>') =>
            {
                last.text = format!("{}, {}", last.text.trim(), piece.text.trim());
                last.ended_by = piece.ended_by;
            }
            _ => joined.push(piece),
        }
    }
    joined
}

// `a@b.example c@d.example`: only when every word could be an address, so that a space typed by mistake stays a fault.
fn by_spaces(entry: String) -> Vec<String> {
    let bare = !entry.contains(['<', '"', '(']);
    if bare && entry.split_whitespace().all(|word| word.contains('@')) {
        entry.split_whitespace().map(str::to_owned).collect()
    } else {
        vec![entry.trim().to_owned()]
    }
}
