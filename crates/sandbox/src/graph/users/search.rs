//! `$search` on directory objects: `"displayName:ada" AND "mail:ada"`.
//!
//! Source: "Use the $search query parameter", directory object collections:
//! clauses in double quotes, tokens that words begin with, AND and OR in upper
//! case, parentheses around both.

use serde_json::Value;

use super::super::fault::GraphFault;
use super::super::query::Rules;

/// How many clauses one search may have.
const CLAUSES_MAX: usize = 20;
/// Properties that can be searched.
const SEARCHED: [&str; 6] = [
    "displayName",
    "givenName",
    "mail",
    "mailNickname",
    "surname",
    "userPrincipalName",
];

/// Alternatives, each of clauses that must all be met: AND binds tighter.
pub struct Search {
    alternatives: Vec<Vec<Clause>>,
}

struct Clause {
    property: &'static str,
    words: Vec<String>,
}

impl Search {
    /// Reads a search. Parentheses are refused like everything that is not
    /// served: two clauses and an operator between them need none.
    pub fn parse(text: &str, rules: &Rules) -> Result<Self, GraphFault> {
        let refused =
            |why: &str| rules.unsupported(format!("The $search clause could not be parsed: {why}"));
        let mut alternatives = vec![Vec::new()];
        let mut rest = text.trim();
        for _ in 0..CLAUSES_MAX {
            let (clause, after) =
                quoted(rest).ok_or_else(|| refused("clauses are written in double quotes."))?;
            let clause = Clause::parse(clause).ok_or_else(|| {
                refused("a clause is a property that can be searched, a colon and a value.")
            })?;
            if let Some(last) = alternatives.last_mut() {
                last.push(clause);
            }
            let after = after.trim_start();
            if after.is_empty() {
                return Ok(Self { alternatives });
            }
            if let Some(next) = after.strip_prefix("OR ") {
                alternatives.push(Vec::new());
                rest = next.trim_start();
            } else if let Some(next) = after.strip_prefix("AND ") {
                rest = next.trim_start();
            } else {
                return Err(refused("clauses are joined by AND or OR in upper case."));
            }
        }
        Err(refused("there are too many clauses."))
    }

    /// Whether `user` is found.
    pub fn finds(&self, user: &Value) -> bool {
        self.alternatives
            .iter()
            .any(|clauses| clauses.iter().all(|clause| clause.finds(user)))
    }
}

impl Clause {
    fn parse(text: &str) -> Option<Self> {
        let (name, value) = text.split_once(':')?;
        let property = SEARCHED
            .into_iter()
            .find(|known| known.eq_ignore_ascii_case(name.trim()))?;
        let words = words(value);
        (!words.is_empty()).then_some(Self { property, words })
    }

    /// Every word asked for must begin a word of the value.
    fn finds(&self, user: &Value) -> bool {
        let value = user
            .get(self.property)
            .and_then(Value::as_str)
            .unwrap_or_default();
        let known = words(value);
        self.words
            .iter()
            .all(|word| known.iter().any(|known| known.starts_with(word.as_str())))
    }
}

/// The clause in its double quotes, in which `\"` is a quote, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let inner = text.strip_prefix('"')?;
    let mut escaped = false;
    for (at, letter) in inner.char_indices() {
        match letter {
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Some((inner.get(..at)?, inner.get(at + 1..)?)),
            _ => escaped = false,
        }
    }
    None
}

/// Words are what letters and digits make: an address is several.
fn words(text: &str) -> Vec<String> {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}
