//! The words of a search, before operators are told apart.

/// One word, or a sign.
#[derive(Debug, Clone, PartialEq)]
pub enum Word {
    /// A word, or an operator.
    Plain(String),
    /// Words in a row.
    Phrase(String),
    /// A property, what stands between, and a value.
    Property {
        /// As it was written.
        name: String,
        /// `:`, `=`, `<>`, `<`, `>`, `<=` or `>=`.
        relation: &'static str,
        /// The value, without its quotes.
        value: String,
    },
    /// `(`
    Open,
    /// `)`
    Close,
}

/// What may stand between a property and a value; the longer ones first.
const RELATIONS: [&str; 7] = ["<=", ">=", "<>", ":", "=", "<", ">"];

/// Splits a search; `None` if a quote is not closed.
pub fn words(text: &str) -> Option<Vec<Word>> {
    let mut words = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (word, after) = match first {
            '(' => (Word::Open, rest.get(1..)?),
            ')' => (Word::Close, rest.get(1..)?),
            '"' => {
                let (phrase, after) = rest.get(1..)?.split_once('"')?;
                (Word::Phrase(phrase.to_owned()), after)
            }
            _ => plain(rest)?,
        };
        words.push(word);
        rest = after.trim_start();
    }
    Some(words)
}

/// A word up to a space or a parenthesis, or a property with its value.
fn plain(text: &str) -> Option<(Word, &str)> {
    let name: usize = text
        .find(|letter: char| !letter.is_alphabetic())
        .unwrap_or(text.len());
    let (head, tail) = (text.get(..name)?, text.get(name..)?);
    let relation = RELATIONS
        .into_iter()
        .find(|relation| tail.starts_with(relation))
        .filter(|_| !head.is_empty());
    let Some(relation) = relation else {
        let (word, after) = bare(text)?;
        return Some((Word::Plain(word.to_owned()), after));
    };
    let value = tail.get(relation.len()..)?.trim_start();
    let (value, after) = match value.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => bare(value)?,
    };
    let word = Word::Property {
        name: head.to_owned(),
        relation,
        value: value.to_owned(),
    };
    Some((word, after))
}

fn bare(text: &str) -> Option<(&str, &str)> {
    let end = text
        .find(|letter: char| letter.is_whitespace() || matches!(letter, '(' | ')' | '"'))
        .unwrap_or(text.len());
    Some((text.get(..end)?, text.get(end..)?))
}
