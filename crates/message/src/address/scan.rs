//! Takes one written address apart into name and bare address, without judging either.

use super::AddressFault;

/// What a text holds.
pub struct Found {
    /// Display name or comment, as written.
    pub name: Option<String>,
    /// The bare address, unchecked.
    pub address: String,
}

/// Reads `Name <address>`, `address (Name)` or a bare address.
pub fn scan(text: &str) -> Result<Found, AddressFault> {
    let text = without_scheme(text.trim());
    let mut scanner = Scanner::default();
    for c in text.chars() {
        scanner.take(c)?;
    }
    scanner.finish()
}

// People paste links; the scheme in front is never part of an address.
fn without_scheme(text: &str) -> &str {
    const SCHEME: &str = "mailto:";
    match text.get(..SCHEME.len()) {
        Some(start) if start.eq_ignore_ascii_case(SCHEME) => {
            text.get(SCHEME.len()..).unwrap_or(text).trim_start()
        }
        _ => text,
    }
}

/// Whether a `"` here begins a quoted string: only at the beginning of a word, so that a name like `5" disk` and an
/// address with a stray mark fail where they are and do not swallow the rest.
pub fn quote_opens_after(before: Option<char>) -> bool {
    before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '<' | ',' | ';' | ':' | ')'))
}

#[derive(Default)]
struct Scanner {
    outside: String,
    unquoted: String,
    angle: Option<String>,
    angle_closed: bool,
    comment: String,
    depth: usize,
    in_quote: bool,
    escaped: bool,
    before: Option<char>,
}

impl Scanner {
    fn take(&mut self, c: char) -> Result<(), AddressFault> {
        if c.is_control() && !c.is_whitespace() {
            return Err(AddressFault::ControlCharacter);
        }
        if self.depth > 0 {
            self.take_in_comment(c);
        } else if self.in_quote {
            self.take_in_quote(c);
        } else {
            self.take_plain(c)?;
        }
        self.before = Some(c);
        Ok(())
    }

    fn take_in_comment(&mut self, c: char) {
        let escaped = std::mem::take(&mut self.escaped);
        match c {
            '\\' if !escaped => {
                self.escaped = true;
                return;
            }
            '(' if !escaped => self.depth += 1,
            ')' if !escaped => self.depth -= 1,
            _ => {}
        }
        if self.depth > 0 {
            self.comment.push(c);
        }
    }

    fn take_in_quote(&mut self, c: char) {
        let escaped = std::mem::take(&mut self.escaped);
        self.raw().push(c);
        match c {
            '\\' if !escaped => self.escaped = true,
            '"' if !escaped => self.in_quote = false,
            _ if self.angle.is_none() => self.unquoted.push(c),
            _ => {}
        }
    }

    fn take_plain(&mut self, c: char) -> Result<(), AddressFault> {
        match c {
            '(' => self.depth = 1,
            '<' if self.angle.is_none() => self.angle = Some(String::new()),
            '>' if self.angle.is_some() && !self.angle_closed => self.angle_closed = true,
            c if self.angle_closed && !c.is_whitespace() => {
                return Err(AddressFault::TextAfterAddress);
            }
            '"' if quote_opens_after(self.before) => {
                self.in_quote = true;
                self.raw().push(c);
            }
            c => {
                self.raw().push(c);
                if self.angle.is_none() {
                    self.unquoted.push(c);
                }
            }
        }
        Ok(())
    }

    fn raw(&mut self) -> &mut String {
        self.angle.as_mut().unwrap_or(&mut self.outside)
    }

    fn finish(self) -> Result<Found, AddressFault> {
        if self.in_quote {
            return Err(AddressFault::UnclosedQuote);
        }
        if self.depth > 0 {
            return Err(AddressFault::UnclosedComment);
        }
        let comment = Some(self.comment).filter(|comment| !comment.trim().is_empty());
        match self.angle {
            Some(_) if !self.angle_closed => Err(AddressFault::UnclosedBracket),
            Some(address) => {
                let name = Some(self.unquoted)
                    .filter(|name| !name.trim().is_empty())
                    .or(comment);
                Ok(Found {
                    name,
                    address: address.trim().to_owned(),
                })
            }
            None => Ok(Found {
                name: comment,
                address: self.outside.trim().to_owned(),
            }),
        }
    }
}
