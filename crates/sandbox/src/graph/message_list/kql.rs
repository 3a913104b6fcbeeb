//! `$search` on messages: the part of the Keyword Query Language that Outlook's
//! pages name.
//!
//! Source: "Use the $search query parameter", message collections; "Keyword
//! Query Language (KQL) syntax reference": words are met by beginnings of words,
//! phrases by words in a row; AND, OR and NOT are in upper case, and nothing
//! between two conditions is AND.

mod condition;
mod words;

use super::super::fault::GraphFault;
use crate::mailboxes::Message;

pub use condition::Condition;
use words::{Word, words};

/// How many conditions a search may have, so that one request bounds its work.
const CONDITIONS_MAX: usize = 50;
/// How deep parentheses may nest.
const DEPTH_MAX: usize = 10;

/// A search.
#[derive(Debug, PartialEq)]
pub enum Search {
    /// One condition.
    One(Condition),
    /// All of them.
    All(Vec<Search>),
    /// At least one of them.
    Any(Vec<Search>),
    /// Not this.
    Not(Box<Search>),
}

impl Search {
    /// Reads the option as it came: in double quotes, in which `\"` is a quote,
    /// or a single word without them.
    pub fn parse(text: &str) -> Result<Self, GraphFault> {
        let text = text.trim();
        let inner = match text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
        {
            Some(inner) => inner.replace("\\\"", "\""),
            None if text.contains('"') => return Err(refused("the quotes do not match")),
            None => text.to_owned(),
        };
        let words = words(&inner).ok_or_else(|| refused("the quotes do not match"))?;
        let mut parser = Parser {
            words: &words,
            depth: 0,
            conditions: 0,
        };
        let search = parser.either()?;
        if parser.words.is_empty() {
            Ok(search)
        } else {
            Err(refused("a parenthesis is closed that was not opened"))
        }
    }

    /// Whether `message` is found.
    pub fn finds(&self, message: &Message) -> bool {
        match self {
            Self::One(condition) => condition.finds(message),
            Self::All(all) => all.iter().all(|one| one.finds(message)),
            Self::Any(any) => any.iter().any(|one| one.finds(message)),
            Self::Not(inner) => !inner.finds(message),
        }
    }
}

struct Parser<'w> {
    words: &'w [Word],
    depth: usize,
    conditions: usize,
}

impl Parser<'_> {
    fn either(&mut self) -> Result<Search, GraphFault> {
        let mut any = vec![self.both()?];
        while self.takes("OR") {
            any.push(self.both()?);
        }
        Ok(one_or(any, Search::Any))
    }

    fn both(&mut self) -> Result<Search, GraphFault> {
        let mut all = vec![self.one()?];
        loop {
            let joined = self.takes("AND");
            let ends = match self.words.first() {
                None | Some(Word::Close) => true,
                Some(Word::Plain(word)) => word == "OR",
                Some(_) => false,
            };
            if ends && !joined {
                return Ok(one_or(all, Search::All));
            }
            all.push(self.one()?);
        }
    }

    fn one(&mut self) -> Result<Search, GraphFault> {
        if self.takes("NOT") {
            self.deeper()?;
            let inner = self.one()?;
            self.depth -= 1;
            return Ok(Search::Not(Box::new(inner)));
        }
        let (word, rest) = self
            .words
            .split_first()
            .ok_or_else(|| refused("a condition is missing"))?;
        self.words = rest;
        match word {
            Word::Open => {
                self.deeper()?;
                let inner = self.either()?;
                self.depth -= 1;
                match self.words.split_first() {
                    Some((Word::Close, rest)) => self.words = rest,
                    _ => return Err(refused("a parenthesis is not closed")),
                }
                Ok(inner)
            }
            Word::Close => Err(refused("a condition is missing")),
            Word::Plain(word) if word == "OR" || word == "AND" => {
                Err(refused("a condition is missing"))
            }
            word => {
                self.conditions += 1;
                if self.conditions > CONDITIONS_MAX {
                    return Err(refused("there are too many conditions"));
                }
                Condition::read(word).map(Search::One)
            }
        }
    }

    fn takes(&mut self, operator: &str) -> bool {
        match self.words.split_first() {
            Some((Word::Plain(word), rest)) if word == operator => {
                self.words = rest;
                true
            }
            _ => false,
        }
    }

    fn deeper(&mut self) -> Result<(), GraphFault> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            Err(refused("it is nested too deep"))
        } else {
            Ok(())
        }
    }
}

fn one_or(mut all: Vec<Search>, whole: fn(Vec<Search>) -> Search) -> Search {
    match (all.len(), all.pop()) {
        (1, Some(one)) => one,
        (_, Some(last)) => {
            all.push(last);
            whole(all)
        }
        (_, None) => whole(all),
    }
}

fn refused(why: &str) -> GraphFault {
    GraphFault::bad_request(
        "BadRequest",
        format!("Syntax error: the $search expression cannot be read, {why}."),
    )
}

#[cfg(test)]
mod tests;
