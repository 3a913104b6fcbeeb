//! What a filter makes use of, for services that serve a part of the language.

use super::filter::{Comparison, Expression, Filter, Path, TextTest};

/// What was found in a filter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    /// `contains`
    pub contains: bool,
    /// `endswith`
    pub ends_with: bool,
    /// `not` and `ne`
    pub negates: bool,
    /// The paths it names outside of lambdas, in their order.
    pub paths: Vec<Vec<&'static str>>,
}

impl Filter {
    /// What it makes use of.
    pub fn features(&self) -> Features {
        let mut found = Features::default();
        found.collect(self.expression());
        found
    }
}

impl Features {
    /// The first name of every path.
    pub fn roots(&self) -> impl Iterator<Item = &'static str> {
        self.paths.iter().filter_map(|path| path.first().copied())
    }

    fn collect(&mut self, expression: &Expression) {
        match expression {
            Expression::Literal(_) => {}
            Expression::Path(path) => self.path(path),
            Expression::Members(path, _, inner) => {
                self.path(path);
                if let Some(inner) = inner {
                    self.collect(inner);
                }
            }
            Expression::In(one, _) => self.collect(one),
            Expression::Not(one) => {
                self.negates = true;
                self.collect(one);
            }
            Expression::Compare(comparison, left, right) => {
                self.negates |= *comparison == Comparison::NotEqual;
                self.collect(left);
                self.collect(right);
            }
            Expression::Test(test, left, right) => {
                self.contains |= *test == TextTest::Contains;
                self.ends_with |= *test == TextTest::EndsWith;
                self.collect(left);
                self.collect(right);
            }
            Expression::And(left, right) | Expression::Or(left, right) => {
                self.collect(left);
                self.collect(right);
            }
        }
    }

    fn path(&mut self, path: &Path) {
        if path.variable.is_none() {
            self.paths.push(path.names.clone());
        }
    }
}
