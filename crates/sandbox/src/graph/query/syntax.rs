//! Why an expression cannot be read.

use thiserror::Error;

/// What is wrong with an expression. The texts say what the service's say.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SyntaxError {
    /// Something stands where it cannot.
    #[error("Syntax error at position {0}.")]
    At(usize),
    /// The end came too early.
    #[error("Syntax error: the expression ends where an operand or an operator was expected.")]
    End,
    /// A string without its closing quote.
    #[error("There is an unterminated string literal at position {0}.")]
    OpenString(usize),
    /// No property of that name.
    #[error("Could not find a property named '{name}' on type '{of}'.")]
    NoProperty {
        /// As it was written.
        name: String,
        /// The type that was looked at.
        of: &'static str,
    },
    /// A function that is not served.
    #[error("An unknown function with name '{0}' was found.")]
    NoFunction(String),
    /// A function with the wrong operands.
    #[error("The function '{0}' cannot be used with these arguments.")]
    Arguments(&'static str),
    /// Two operands that do not go together.
    #[error(
        "A binary operator with incompatible types was detected. Found operand types '{left}' and '{right}' for operator '{operator}'."
    )]
    Incompatible {
        /// Type of the left operand.
        left: &'static str,
        /// Type of the right operand.
        right: &'static str,
        /// The operator as it is written.
        operator: &'static str,
    },
    /// A whole, or an operand of `and`, `or`, `not`, that is neither true nor false.
    #[error("The expression must evaluate to a single boolean value.")]
    NotBoolean,
    /// `any` or a path where it cannot be.
    #[error("The property '{0}' cannot be used in this expression.")]
    Unusable(&'static str),
    /// Longer or deeper than the service reads.
    #[error("The node count limit or the length limit of the query has been exceeded.")]
    TooComplex,
    /// An option inside `$expand` that is not served there.
    #[error("The query option '{0}' is not supported here.")]
    NoOption(String),
}
