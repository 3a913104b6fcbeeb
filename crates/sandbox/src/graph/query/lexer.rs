//! The words of a `$filter`. Source: OData 4.01 ABNF construction rules.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::syntax::SyntaxError;

/// One word of an expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    /// A name, an operator or a word such as `true`.
    Word(String),
    /// A string, unquoted.
    Text(String),
    /// A number.
    Number(f64),
    /// A point in time; a date alone is its midnight in UTC.
    Time(Timestamp),
    /// A GUID, which OData writes without quotes.
    Guid(String),
    /// `(`
    Open,
    /// `)`
    Close,
    /// `,`
    Comma,
    /// `/`
    Slash,
    /// `:`
    Colon,
}

/// Splits `text` into words, each with the place where it begins.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>, SyntaxError> {
    let mut rest = text.char_indices().peekable();
    let mut tokens = Vec::new();
    while let Some((at, letter)) = rest.peek().copied() {
        let single = match letter {
            '(' => Some(Token::Open),
            ')' => Some(Token::Close),
            ',' => Some(Token::Comma),
            '/' => Some(Token::Slash),
            _ => None,
        };
        if let Some(token) = single {
            rest.next();
            tokens.push((at, token));
        } else if letter == ' ' || letter == '\t' {
            rest.next();
        } else if letter == '\'' {
            tokens.push((at, Token::Text(quoted(&mut rest, at)?)));
        } else if letter == ':' {
            rest.next();
            tokens.push((at, Token::Colon));
        } else {
            tokens.push((at, bare(&mut rest, at)?));
        }
    }
    Ok(tokens)
}

type Letters<'t> = std::iter::Peekable<std::str::CharIndices<'t>>;

/// A string ends at a quote; two quotes are one that belongs to it.
fn quoted(rest: &mut Letters<'_>, at: usize) -> Result<String, SyntaxError> {
    let mut text = String::new();
    rest.next();
    loop {
        match rest.next() {
            None => return Err(SyntaxError::OpenString(at)),
            Some((_, '\'')) if rest.next_if(|(_, next)| *next == '\'').is_none() => {
                return Ok(text);
            }
            Some((_, letter)) => text.push(letter),
        }
    }
}

/// A name, a number, a date or a GUID: told apart by how it begins. Only what
/// begins with a digit or a sign may hold `:` and `+`, as times do.
fn bare(rest: &mut Letters<'_>, at: usize) -> Result<Token, SyntaxError> {
    let counts = rest
        .peek()
        .is_some_and(|(_, first)| first.is_ascii_digit() || matches!(first, '-' | '+'));
    let belongs = |letter: char| {
        letter.is_ascii_alphanumeric()
            || matches!(letter, '_' | '.' | '-' | '@' | '$')
            || (counts && matches!(letter, ':' | '+'))
    };
    let mut word = String::new();
    while let Some((_, letter)) = rest.next_if(|(_, letter)| belongs(*letter)) {
        word.push(letter);
    }
    let read = if word.contains('-') || counts {
        literal(&word)
    } else if word.is_empty() {
        None
    } else {
        Some(Token::Word(word))
    };
    read.ok_or(SyntaxError::At(at))
}

fn literal(word: &str) -> Option<Token> {
    if let Ok(guid) = Uuid::try_parse(word)
        && word.len() == guid.hyphenated().to_string().len()
    {
        return Some(Token::Guid(guid.hyphenated().to_string()));
    }
    if let Some(number) = number(word) {
        return Some(Token::Number(number));
    }
    if let Ok(time) = word.parse::<Timestamp>() {
        return Some(Token::Time(time));
    }
    let midnight = word.parse::<Date>().ok().filter(|_| !word.contains('T'))?;
    let zoned = midnight.to_zoned(TimeZone::UTC).ok()?;
    Some(Token::Time(zoned.timestamp()))
}

/// Digits, a sign, a point and an exponent; not `inf` and the like.
fn number(word: &str) -> Option<f64> {
    let plain = word
        .chars()
        .all(|letter| letter.is_ascii_digit() || matches!(letter, '+' | '-' | '.' | 'e' | 'E'));
    word.parse()
        .ok()
        .filter(|value: &f64| plain && value.is_finite())
}
