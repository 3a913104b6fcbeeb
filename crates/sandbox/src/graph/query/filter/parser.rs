//! From words to the tree, by recursive descent.

use super::super::lexer::{Token, tokens};
use super::super::schema::{Kind, Type};
use super::super::syntax::SyntaxError;
use super::{Comparison, Expression, Literal, Path, Quantifier, TextTest};

/// How many characters a filter may have: several times what fits the addresses
/// and keys of a mail client's look-ups.
const CHARS_MAX: usize = 8 * 1024;
/// How deep parentheses, `not` and lambdas may nest, so that reading and
/// evaluating stay within the stack.
const DEPTH_MAX: usize = 24;
/// How many nodes a filter may have; a hundred is what OData's own library takes.
const NODES_MAX: usize = 100;

/// Reads a condition on items of the type `of`.
pub fn parse(text: &str, of: &'static Type) -> Result<Expression, SyntaxError> {
    if text.len() > CHARS_MAX {
        return Err(SyntaxError::TooComplex);
    }
    let mut parser = Parser {
        tokens: tokens(text)?,
        next: 0,
        root: of,
        variables: Vec::new(),
        depth: 0,
        nodes: 0,
    };
    let expression = parser.either()?;
    match parser.tokens.get(parser.next) {
        Some((at, _)) => Err(SyntaxError::At(*at)),
        None => condition(expression),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    next: usize,
    root: &'static Type,
    variables: Vec<(String, Kind)>,
    depth: usize,
    nodes: usize,
}

type Parsed = Result<Expression, SyntaxError>;

impl Parser {
    /// `a or b`
    fn either(&mut self) -> Parsed {
        let mut left = self.both()?;
        while self.takes_word("or") {
            let right = self.both()?;
            self.count()?;
            left = Expression::Or(Box::new(condition(left)?), Box::new(condition(right)?));
        }
        Ok(left)
    }

    /// `a and b`
    fn both(&mut self) -> Parsed {
        let mut left = self.comparison()?;
        while self.takes_word("and") {
            let right = self.comparison()?;
            self.count()?;
            left = Expression::And(Box::new(condition(left)?), Box::new(condition(right)?));
        }
        Ok(left)
    }

    /// `a eq b` and `a in (…)`
    fn comparison(&mut self) -> Parsed {
        let left = self.negation()?;
        if self.takes_word("in") {
            return self.members_of_list(left);
        }
        let Some(comparison) = self.word().and_then(Comparison::parse) else {
            return Ok(left);
        };
        self.next += 1;
        let right = self.negation()?;
        compatible(&left, &right, comparison)?;
        Ok(Expression::Compare(
            comparison,
            Box::new(left),
            Box::new(right),
        ))
    }

    /// `not a`, which binds tighter than a comparison.
    fn negation(&mut self) -> Parsed {
        if !self.takes_word("not") {
            return self.primary();
        }
        self.deeper()?;
        let inner = condition(self.negation()?)?;
        self.depth -= 1;
        Ok(Expression::Not(Box::new(inner)))
    }

    fn primary(&mut self) -> Parsed {
        self.count()?;
        let (at, token) = self.take()?;
        match token {
            Token::Open => {
                self.deeper()?;
                let inner = self.either()?;
                self.depth -= 1;
                self.expect(&Token::Close)?;
                Ok(inner)
            }
            Token::Word(word) => match (word.as_str(), self.peek()) {
                (_, Some(Token::Open)) => self.text_test(&word),
                ("true", _) => Ok(Expression::Literal(Literal::Boolean(true))),
                ("false", _) => Ok(Expression::Literal(Literal::Boolean(false))),
                ("null", _) => Ok(Expression::Literal(Literal::Null)),
                _ => self.path(word),
            },
            other => constant(other)
                .map(Expression::Literal)
                .ok_or(SyntaxError::At(at)),
        }
    }

    fn text_test(&mut self, word: &str) -> Parsed {
        let test = TextTest::parse(word).ok_or_else(|| SyntaxError::NoFunction(word.to_owned()))?;
        self.deeper()?;
        self.expect(&Token::Open)?;
        let left = self.primary()?;
        self.expect(&Token::Comma)?;
        let right = self.primary()?;
        self.expect(&Token::Close)?;
        self.depth -= 1;
        let texts = [&left, &right]
            .into_iter()
            .all(|side| side.kind().is_some_and(Kind::is_text));
        if !texts {
            return Err(SyntaxError::Arguments(test.word()));
        }
        Ok(Expression::Test(test, Box::new(left), Box::new(right)))
    }

    /// A path; at a list it may go on with `/any(…)` and `/all(…)` alone.
    fn path(&mut self, first: String) -> Parsed {
        let mut path = self.start_of_path(&first)?;
        while self.peek() == Some(&Token::Slash) {
            self.next += 1;
            let (at, token) = self.take()?;
            let Token::Word(name) = token else {
                return Err(SyntaxError::At(at));
            };
            match path.kind {
                Kind::List(member) => return self.lambda(path, &name, *member, at),
                Kind::Object(of) => step(&mut path, &name, of)?,
                _ => return Err(SyntaxError::At(at)),
            }
        }
        Ok(Expression::Path(path))
    }

    /// A variable of a lambda hides a property of the same name.
    fn start_of_path(&self, first: &str) -> Result<Path, SyntaxError> {
        let variable = self
            .variables
            .iter()
            .rev()
            .enumerate()
            .find(|(_, (name, _))| name == first);
        if let Some((out, (_, kind))) = variable {
            return Ok(Path {
                variable: Some(out),
                names: Vec::new(),
                kind: *kind,
            });
        }
        let mut path = Path {
            variable: None,
            names: Vec::new(),
            kind: Kind::Object(self.root),
        };
        step(&mut path, first, self.root)?;
        Ok(path)
    }

    fn lambda(&mut self, list: Path, name: &str, member: Kind, at: usize) -> Parsed {
        let quantifier = match name {
            "any" => Quantifier::Any,
            "all" => Quantifier::All,
            _ => return Err(SyntaxError::At(at)),
        };
        self.deeper()?;
        self.expect(&Token::Open)?;
        let inner = if quantifier == Quantifier::Any && self.peek() == Some(&Token::Close) {
            None
        } else {
            Some(Box::new(self.lambda_condition(member)?))
        };
        self.expect(&Token::Close)?;
        self.depth -= 1;
        Ok(Expression::Members(list, quantifier, inner))
    }

    fn lambda_condition(&mut self, member: Kind) -> Parsed {
        let (at, token) = self.take()?;
        let Token::Word(variable) = token else {
            return Err(SyntaxError::At(at));
        };
        self.expect(&Token::Colon)?;
        self.variables.push((variable, member));
        let inner = self.either().and_then(condition);
        self.variables.pop();
        inner
    }

    fn members_of_list(&mut self, left: Expression) -> Parsed {
        let mut literals = Vec::new();
        self.expect(&Token::Open)?;
        loop {
            let right = self.primary()?;
            compatible(&left, &right, Comparison::Equal)?;
            let Expression::Literal(literal) = right else {
                return Err(SyntaxError::Arguments("in"));
            };
            literals.push(literal);
            if self.peek() != Some(&Token::Comma) {
                break;
            }
            self.next += 1;
        }
        self.expect(&Token::Close)?;
        Ok(Expression::In(Box::new(left), literals))
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next).map(|(_, token)| token)
    }

    fn word(&self) -> Option<&str> {
        match self.peek() {
            Some(Token::Word(word)) => Some(word),
            _ => None,
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let takes = self.word() == Some(word);
        self.next += usize::from(takes);
        takes
    }

    fn take(&mut self) -> Result<(usize, Token), SyntaxError> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token.ok_or(SyntaxError::End)
    }

    fn expect(&mut self, expected: &Token) -> Result<(), SyntaxError> {
        let (at, token) = self.take()?;
        if token == *expected {
            Ok(())
        } else {
            Err(SyntaxError::At(at))
        }
    }

    fn deeper(&mut self) -> Result<(), SyntaxError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            Err(SyntaxError::TooComplex)
        } else {
            Ok(())
        }
    }

    fn count(&mut self) -> Result<(), SyntaxError> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            Err(SyntaxError::TooComplex)
        } else {
            Ok(())
        }
    }
}

fn step(path: &mut Path, name: &str, of: &'static Type) -> Result<(), SyntaxError> {
    let property = of.property(name).ok_or_else(|| SyntaxError::NoProperty {
        name: name.to_owned(),
        of: of.name,
    })?;
    path.names.push(property.name);
    path.kind = property.kind;
    Ok(())
}

fn constant(token: Token) -> Option<Literal> {
    match token {
        Token::Text(text) | Token::Guid(text) => Some(Literal::Text(text)),
        Token::Number(number) => Some(Literal::Number(number)),
        Token::Time(time) => Some(Literal::Time(time)),
        _ => None,
    }
}

fn condition(expression: Expression) -> Parsed {
    match expression.kind() {
        Some(Kind::Boolean) => Ok(expression),
        _ => Err(SyntaxError::NotBoolean),
    }
}

/// Both sides must be of one type; null goes with any. Order is for what has one.
fn compatible(
    left: &Expression,
    right: &Expression,
    comparison: Comparison,
) -> Result<(), SyntaxError> {
    let (from, to) = (left.kind(), right.kind());
    let fits = match (from, to) {
        (Some(from), Some(to)) => {
            from.is_primitive() && to.is_primitive() && from.edm() == to.edm()
        }
        (Some(kind), None) | (None, Some(kind)) => !matches!(kind, Kind::List(_) | Kind::Opaque),
        (None, None) => true,
    };
    if fits {
        return Ok(());
    }
    let name = |kind: Option<Kind>| kind.map_or("null", Kind::edm);
    Err(SyntaxError::Incompatible {
        left: name(from),
        right: name(to),
        operator: comparison.word(),
    })
}
