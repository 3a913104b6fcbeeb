//! `$filter` as a tree. Source: "Use the $filter query parameter"; OData 4.01
//! URL conventions §5.1.1.
//!
//! The types of both sides are checked while reading, so that a quoted date is
//! refused as it is by the service, and not found unequal to everything.

mod parser;

use jiff::Timestamp;

use super::schema::{Kind, Type};
use super::syntax::SyntaxError;

pub use parser::parse;

/// An expression, and what its value is.
#[derive(Debug, Clone)]
pub enum Expression {
    /// A constant.
    Literal(Literal),
    /// A property.
    Path(Path),
    /// A comparison.
    Compare(Comparison, Box<Expression>, Box<Expression>),
    /// `in`
    In(Box<Expression>, Vec<Literal>),
    /// `and`
    And(Box<Expression>, Box<Expression>),
    /// `or`
    Or(Box<Expression>, Box<Expression>),
    /// `not`
    Not(Box<Expression>),
    /// A test of two strings.
    Test(TextTest, Box<Expression>, Box<Expression>),
    /// `any` and `all` over a list; without a condition, whether it has members.
    Members(Path, Quantifier, Option<Box<Expression>>),
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// A string.
    Text(String),
    /// `true` and `false`
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A point in time.
    Time(Timestamp),
}

/// A property of the item, or of a member that `any` looks at.
#[derive(Debug, Clone)]
pub struct Path {
    /// How many `any` out from the innermost, or `None` for the item itself.
    pub variable: Option<usize>,
    /// Names on the way, spelled right.
    pub names: Vec<&'static str>,
    /// What is found there.
    pub kind: Kind,
}

/// The comparisons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`
    Equal,
    /// `ne`
    NotEqual,
    /// `gt`
    Greater,
    /// `ge`
    GreaterOrEqual,
    /// `lt`
    Less,
    /// `le`
    LessOrEqual,
}

/// The tests of strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextTest {
    /// `startswith`
    StartsWith,
    /// `endswith`
    EndsWith,
    /// `contains`
    Contains,
}

/// `any` or `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantifier {
    /// At least one member.
    Any,
    /// Every member.
    All,
}

/// A whole `$filter` over items of one type.
#[derive(Debug, Clone)]
pub struct Filter(Expression);

impl Filter {
    /// Reads `text` as a condition on `of`.
    pub fn parse(text: &str, of: &'static Type) -> Result<Self, SyntaxError> {
        parse(text, of).map(Self)
    }

    /// The condition.
    pub fn expression(&self) -> &Expression {
        &self.0
    }
}

impl Expression {
    /// What its value is.
    pub fn kind(&self) -> Option<Kind> {
        match self {
            Self::Literal(Literal::Null) => None,
            Self::Literal(Literal::Text(_)) => Some(Kind::Text),
            Self::Literal(Literal::Number(_)) => Some(Kind::Number),
            Self::Literal(Literal::Time(_)) => Some(Kind::DateTime),
            Self::Path(path) => Some(path.kind),
            _ => Some(Kind::Boolean),
        }
    }
}

impl Comparison {
    /// Reads the operator's word.
    pub fn parse(word: &str) -> Option<Self> {
        [
            Self::Equal,
            Self::NotEqual,
            Self::Greater,
            Self::GreaterOrEqual,
            Self::Less,
            Self::LessOrEqual,
        ]
        .into_iter()
        .find(|comparison| comparison.word() == word)
    }

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equal => "eq",
            Self::NotEqual => "ne",
            Self::Greater => "gt",
            Self::GreaterOrEqual => "ge",
            Self::Less => "lt",
            Self::LessOrEqual => "le",
        }
    }
}

impl TextTest {
    /// Reads the function's name, which clients write in both cases.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::StartsWith, Self::EndsWith, Self::Contains]
            .into_iter()
            .find(|test| test.word().eq_ignore_ascii_case(word))
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::StartsWith => "startswith",
            Self::EndsWith => "endswith",
            Self::Contains => "contains",
        }
    }
}
