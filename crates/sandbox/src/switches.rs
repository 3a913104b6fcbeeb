//! Switches: how the sandbox behaves where the live service differs between
//! tenants, mailboxes and days, or where its documentation contradicts itself.
//!
//! What lives here: the values in force, for everybody and for one person. What
//! each means is said in `values`; what it does is done by the part it concerns.
//! A fault replaces single answers; a switch stays until it is set again.

mod values;

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Map, Value, json};

pub use values::*;

use crate::guard::lock;

/// For how many people switches may be set: more than any directory here holds.
const PEOPLE_MAX: usize = 200;

/// The switches in force.
#[derive(Default)]
pub struct SwitchBoard {
    set: Mutex<Set>,
}

/// What was set, as it was set, and what comes of it. The values are worked out
/// when a switch is set, since every request reads them.
#[derive(Default, Clone)]
struct Set {
    everybody: Map<String, Value>,
    people: BTreeMap<String, Map<String, Value>>,
    values: Switches,
    values_of: BTreeMap<String, Switches>,
}

impl SwitchBoard {
    /// What holds for the person with this address, whatever its case: the
    /// defaults, over them what was set for everybody, over that what was set
    /// for the person.
    pub fn for_person(&self, address: &str) -> Switches {
        let set = lock(&self.set);
        if set.values_of.is_empty() {
            return set.values;
        }
        set.values_of
            .get(&address.trim().to_ascii_lowercase())
            .copied()
            .unwrap_or(set.values)
    }

    /// What holds where nobody is known yet.
    pub fn for_everybody(&self) -> Switches {
        lock(&self.set).values
    }

    /// Sets the named switches for one person or for everybody, all or none; a
    /// null takes an earlier setting back. `Err` says what is wrong.
    pub fn set(&self, person: Option<&str>, fields: Map<String, Value>) -> Result<(), String> {
        let mut kept = lock(&self.set);
        let mut next = kept.clone();
        let target = match person {
            None => &mut next.everybody,
            Some(address) => next.people.entry(address.to_ascii_lowercase()).or_default(),
        };
        for (name, value) in fields {
            if !Switches::has(&name) {
                return Err(format!("there is no switch '{name}'"));
            }
            if value.is_null() {
                target.remove(&name);
            } else {
                target.insert(name, value);
            }
        }
        next.people.retain(|_, fields| !fields.is_empty());
        if next.people.len() > PEOPLE_MAX {
            return Err(format!(
                "switches can be set for at most {PEOPLE_MAX} people"
            ));
        }
        next.work_out()?;
        *kept = next;
        Ok(())
    }

    /// What the control API says: the values for everybody, and what was set for
    /// single people beside them.
    pub fn describe(&self) -> Value {
        let people = lock(&self.set).people.clone();
        json!({"switches": self.for_everybody(), "people": people})
    }

    /// Everything at its default.
    pub fn clear(&self) {
        *lock(&self.set) = Set::default();
    }
}

impl Set {
    fn work_out(&mut self) -> Result<(), String> {
        self.values = over(&Switches::default(), &self.everybody)?;
        self.values_of = self
            .people
            .iter()
            .map(|(address, fields)| Ok((address.clone(), over(&self.values, fields)?)))
            .collect::<Result<_, String>>()?;
        Ok(())
    }
}

/// `base` with `fields` laid over it.
fn over(base: &Switches, fields: &Map<String, Value>) -> Result<Switches, String> {
    let mut whole = serde_json::to_value(base).map_err(|error| error.to_string())?;
    if let Some(whole) = whole.as_object_mut() {
        whole.extend(fields.clone());
    }
    let values: Switches = serde_json::from_value(whole).map_err(|error| error.to_string())?;
    values.check()?;
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_s_switch_lies_over_everybody_s_and_over_the_default() {
        let board = SwitchBoard::default();
        board
            .set(
                None,
                fields(json!({"mailbox": "full", "recipients_max": 7})),
            )
            .unwrap();
        board
            .set(
                Some("Ada@signet.example"),
                fields(json!({"mailbox": "moving", "refresh_rotation": "strict"})),
            )
            .unwrap();
        let ada = board.for_person("ADA@signet.example");
        assert_eq!(
            (ada.mailbox, ada.recipients_max, ada.refresh_rotation),
            (MailboxState::Moving, 7, RefreshRotation::Strict)
        );
        let grace = board.for_person("grace@signet.example");
        assert_eq!(
            (grace.mailbox, grace.refresh_rotation),
            (MailboxState::Full, RefreshRotation::Reusable)
        );
        assert_eq!(grace, board.for_everybody());
    }

    #[test]
    fn null_takes_back_and_clear_forgets() {
        let board = SwitchBoard::default();
        let ada = "ada@signet.example";
        board
            .set(Some(ada), fields(json!({"safe_html": false})))
            .unwrap();
        assert!(!board.for_person(ada).safe_html);
        board
            .set(Some(ada), fields(json!({"safe_html": null})))
            .unwrap();
        assert_eq!(board.for_person(ada), Switches::default());
        assert_eq!(board.describe()["people"], json!({}));
        board
            .set(None, fields(json!({"safe_html": false})))
            .unwrap();
        board.clear();
        assert_eq!(board.for_person(ada), Switches::default());
    }

    #[test]
    fn what_is_wrong_changes_nothing() {
        let board = SwitchBoard::default();
        for wrong in [
            json!({"no_such_switch": 1}),
            json!({"recipients_max": -1}),
            json!({"mailbox": "gone"}),
            json!({"safe_html": "yes"}),
            json!({"conflict_permille": 1001}),
            json!({"upload_session_seconds": 100_000_000}),
            json!({"recipients_max": 3, "no_such_switch": null}),
        ] {
            assert!(board.set(None, fields(wrong.clone())).is_err(), "{wrong}");
            assert_eq!(board.for_everybody(), Switches::default(), "{wrong}");
        }
    }

    #[test]
    fn people_are_bounded() {
        let board = SwitchBoard::default();
        let set = |number: usize| {
            board.set(
                Some(&format!("{number}@signet.example")),
                fields(json!({"safe_html": false})),
            )
        };
        assert!((0..PEOPLE_MAX).all(|number| set(number).is_ok()));
        assert!(set(PEOPLE_MAX).is_err());
    }

    fn fields(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }
}
