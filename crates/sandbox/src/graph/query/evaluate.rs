//! Whether an item meets a condition. Items are the JSON that clients read, with
//! everything that a condition may name.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::Value;

use super::filter::{Comparison, Expression, Filter, Literal, Path, Quantifier, TextTest};
use super::property_id::same_property;
use super::schema::Kind;

impl Filter {
    /// Whether `item` meets the condition.
    pub fn matches(&self, item: &Value) -> bool {
        holds(self.expression(), &mut vec![item])
    }
}

/// The item first, then the members that lambdas are at.
type Scope<'v> = Vec<&'v Value>;

fn holds<'v>(expression: &Expression, scope: &mut Scope<'v>) -> bool {
    match expression {
        Expression::Literal(literal) => *literal == Literal::Boolean(true),
        Expression::Path(path) => find(path, scope).and_then(Value::as_bool) == Some(true),
        Expression::And(left, right) => holds(left, scope) && holds(right, scope),
        Expression::Or(left, right) => holds(left, scope) || holds(right, scope),
        Expression::Not(inner) => !holds(inner, scope),
        Expression::Compare(comparison, left, right) => {
            let exact = exactness(left, right);
            let (left, right) = (value(left, scope), value(right, scope));
            compares(*comparison, order(&left, &right, exact), &left, &right)
        }
        Expression::In(left, literals) => {
            let exact = exactness(left, left);
            let left = value(left, scope);
            literals
                .iter()
                .any(|right| order(&left, right, exact) == Some(Ordering::Equal))
        }
        Expression::Test(test, left, right) => match (value(left, scope), value(right, scope)) {
            (Literal::Text(left), Literal::Text(right)) => tests(*test, &left, &right),
            _ => false,
        },
        Expression::Members(list, quantifier, inner) => {
            let members = find(list, scope)
                .and_then(Value::as_array)
                .map_or(&[][..], Vec::as_slice);
            members_hold(members, *quantifier, inner.as_deref(), scope)
        }
    }
}

fn members_hold<'v>(
    members: &'v [Value],
    quantifier: Quantifier,
    inner: Option<&Expression>,
    scope: &mut Scope<'v>,
) -> bool {
    let Some(inner) = inner else {
        return !members.is_empty();
    };
    let mut meets = |member: &'v Value| {
        scope.push(member);
        let held = holds(inner, scope);
        scope.pop();
        held
    };
    match quantifier {
        Quantifier::Any => members.iter().any(&mut meets),
        Quantifier::All => members.iter().all(&mut meets),
    }
}

fn value(expression: &Expression, scope: &mut Scope<'_>) -> Literal {
    match expression {
        Expression::Literal(literal) => literal.clone(),
        Expression::Path(path) => {
            find(path, scope).map_or(Literal::Null, |found| constant(found, path.kind))
        }
        other => Literal::Boolean(holds(other, scope)),
    }
}

/// A value of an item as a constant; what cannot be one is null.
pub fn constant(found: &Value, kind: Kind) -> Literal {
    match (kind, found) {
        (Kind::DateTime, Value::String(text)) => text
            .parse::<Timestamp>()
            .map_or(Literal::Null, Literal::Time),
        (Kind::Object(_), Value::Object(_)) => Literal::Boolean(true),
        (_, Value::String(text)) => Literal::Text(text.clone()),
        (_, Value::Bool(truth)) => Literal::Boolean(*truth),
        (_, Value::Number(number)) => number.as_f64().map_or(Literal::Null, Literal::Number),
        _ => Literal::Null,
    }
}

fn find<'v>(path: &Path, scope: &Scope<'v>) -> Option<&'v Value> {
    let start = match path.variable {
        None => scope.first(),
        Some(out) => scope.iter().rev().nth(out),
    }?;
    path.names
        .iter()
        .try_fold(*start, |value, name| value.get(name))
}

/// How two strings compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exactness {
    /// Without case, as Exchange and the directory do.
    NoCase,
    /// With case: ids.
    Exact,
    /// Ids of extended properties.
    PropertyId,
}

fn exactness(left: &Expression, right: &Expression) -> Exactness {
    let kinds = [left.kind(), right.kind()];
    if kinds
        .iter()
        .flatten()
        .any(|kind| matches!(kind, Kind::PropertyId))
    {
        Exactness::PropertyId
    } else if kinds.iter().flatten().any(|kind| matches!(kind, Kind::Key)) {
        Exactness::Exact
    } else {
        Exactness::NoCase
    }
}

/// The order of two constants; `None` where there is none.
pub fn order(left: &Literal, right: &Literal, exact: Exactness) -> Option<Ordering> {
    match (left, right) {
        (Literal::Null, Literal::Null) => Some(Ordering::Equal),
        (Literal::Text(left), Literal::Text(right)) => Some(order_texts(left, right, exact)),
        (Literal::Boolean(left), Literal::Boolean(right)) => Some(left.cmp(right)),
        (Literal::Number(left), Literal::Number(right)) => left.partial_cmp(right),
        (Literal::Time(left), Literal::Time(right)) => Some(left.cmp(right)),
        _ => None,
    }
}

fn order_texts(left: &str, right: &str, exact: Exactness) -> Ordering {
    match exact {
        Exactness::Exact => left.cmp(right),
        Exactness::PropertyId if same_property(left, right) => Ordering::Equal,
        Exactness::PropertyId => left.cmp(right),
        Exactness::NoCase => left.to_lowercase().cmp(&right.to_lowercase()),
    }
}

/// Null equals null alone, and is neither greater nor less than anything.
fn compares(
    comparison: Comparison,
    order: Option<Ordering>,
    left: &Literal,
    right: &Literal,
) -> bool {
    let null = *left == Literal::Null || *right == Literal::Null;
    match comparison {
        Comparison::Equal => order == Some(Ordering::Equal),
        Comparison::NotEqual => order != Some(Ordering::Equal),
        _ if null => false,
        Comparison::Greater => order == Some(Ordering::Greater),
        Comparison::GreaterOrEqual => order.is_some_and(Ordering::is_ge),
        Comparison::Less => order == Some(Ordering::Less),
        Comparison::LessOrEqual => order.is_some_and(Ordering::is_le),
    }
}

fn tests(test: TextTest, text: &str, part: &str) -> bool {
    let (text, part) = (text.to_lowercase(), part.to_lowercase());
    match test {
        TextTest::StartsWith => text.starts_with(&part),
        TextTest::EndsWith => text.ends_with(&part),
        TextTest::Contains => text.contains(&part),
    }
}
