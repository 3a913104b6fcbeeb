//! Faults on demand: the next answers of a route are replaced, delayed, cut
//! short, or given after the work was done all the same.

mod answer;
mod fault;
mod retry_after;

use std::collections::VecDeque;
use std::sync::Mutex;

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::directory::Person;
use crate::guard::lock;
use crate::operations::Operation;

pub use fault::{Fault, FaultAnswer};

/// How many faults may wait at once.
const FAULTS_MAX: usize = 200;
/// How often one fault may be used: a forgotten one must not last for ever.
const COUNT_MAX: u32 = 100_000;

/// The faults that wait, in the order they were asked for.
#[derive(Default)]
pub struct Faults {
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    waiting: VecDeque<Waiting>,
    /// How many were added since the start or the last reset. The number of a
    /// fault says where in the seed its chances lie.
    added: u64,
}

struct Waiting {
    fault: Fault,
    number: u64,
    /// How many requests it could have answered.
    met: u64,
}

impl Faults {
    /// Adds a fault. `Err` says why it cannot be had.
    pub fn add(&self, mut fault: Fault) -> Result<(), String> {
        fault.check()?;
        fault.count = fault.count.min(COUNT_MAX);
        let mut list = lock(&self.list);
        list.waiting.retain(|waiting| waiting.fault.count > 0);
        if list.waiting.len() >= FAULTS_MAX {
            return Err(format!("at most {FAULTS_MAX} faults can wait"));
        }
        let number = list.added;
        list.added += 1;
        list.waiting.push_back(Waiting {
            fault,
            number,
            met: 0,
        });
        Ok(())
    }

    /// Whether a fault that concerns one person waits for `operation`, so that
    /// it is worth finding out whom the request is about.
    pub fn ask_who(&self, operation: &Operation) -> bool {
        lock(&self.list).waiting.iter().any(|waiting| {
            waiting.fault.count > 0
                && waiting.fault.person.is_some()
                && operation.answers_to(&waiting.fault.route)
        })
    }

    /// Takes one use of the first fault that is for this operation and person,
    /// has let enough requests pass, and whose chance comes up.
    pub fn take(
        &self,
        operation: &Operation,
        person: Option<&Person>,
        dice: &Dice,
    ) -> Option<Fault> {
        let mut list = lock(&self.list);
        list.waiting.retain(|waiting| waiting.fault.count > 0);
        list.waiting
            .iter_mut()
            .filter(|waiting| waiting.fault.concerns(operation, person))
            .find_map(|waiting| waiting.strike(dice))
    }

    /// What still waits.
    pub fn waiting(&self) -> Vec<Fault> {
        lock(&self.list)
            .waiting
            .iter()
            .filter(|waiting| waiting.fault.count > 0)
            .map(|waiting| waiting.fault.clone())
            .collect()
    }

    /// Forgets them, and begins the chances anew.
    pub fn clear(&self) {
        *lock(&self.list) = List::default();
    }
}

impl Waiting {
    fn strike(&mut self, dice: &Dice) -> Option<Fault> {
        let index = self.met;
        self.met += 1;
        let passes = index < u64::from(self.fault.skip);
        let permille = self.fault.probability_permille;
        if passes || !dice.happens_at(permille, self.number, index) {
            return None;
        }
        self.fault.count -= 1;
        Some(self.fault.clone())
    }
}

/// What the control API says about waiting faults.
pub fn describe(faults: &[Fault]) -> Value {
    json!({"faults": faults})
}

#[cfg(test)]
mod tests {
    use axum::http::Method;

    use super::*;
    use crate::directory::by_address;
    use crate::operations::Resolved;

    #[test]
    fn a_fault_waits_for_its_route_its_person_and_its_turn() {
        let faults = Faults::default();
        let dice = Dice::from_seed(1);
        let fault = json!({
            "route": "me", "person": "ada@signet.example", "skip": 1, "count": 1, "answer": {"kind": "empty"},
        });
        faults.add(serde_json::from_value(fault).unwrap()).unwrap();
        let ada = by_address("ada@signet.example");
        let grace = by_address("grace@signet.example");
        for (path, person, expected) in [
            ("/me/photo/$value", ada, false),
            ("/me", None, false),
            ("/me", grace, false),
            ("/me", ada, false),
            ("/me", ada, true),
            ("/me", ada, false),
        ] {
            let operation = Resolved::of_graph(&Method::GET, path).operation.unwrap();
            let taken = faults.take(operation, person, &dice);
            assert_eq!(taken.is_some(), expected, "{path} {person:?}");
        }
    }

    #[test]
    fn the_same_seed_strikes_the_same_requests() {
        let struck = |seed| {
            let faults = Faults::default();
            let dice = Dice::from_seed(seed);
            let fault = json!({
                "route": "graph", "count": 1000, "probability_permille": 300, "answer": {"kind": "empty"},
            });
            faults.add(serde_json::from_value(fault).unwrap()).unwrap();
            let operation = Resolved::of_graph(&Method::GET, "/me").operation.unwrap();
            let taken = || faults.take(operation, None, &dice).is_some();
            (0..100).map(|_| taken()).collect::<Vec<_>>()
        };
        assert_eq!(struck(1), struck(1));
        assert_ne!(struck(1), struck(2));
        let hits = struck(1).into_iter().filter(|hit| *hit).count();
        assert!((15..=45).contains(&hits), "{hits}");
    }
}
