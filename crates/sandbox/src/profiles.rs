//! What people changed about themselves: their profile, their mailbox settings
//! and their categories. What they never touched is worked out from the directory.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_json::{Map, Value};

use crate::directory::Person;
use crate::guard::lock;

/// How many bytes the changes of one kind may take for one person: some hundred
/// times what a profile or an automatic reply has.
const BYTES_MAX: usize = 256 * 1024;

/// What somebody changed.
#[derive(Debug, Clone, Default)]
struct Changed {
    user: Map<String, Value>,
    settings: Map<String, Value>,
    categories: Option<Vec<Value>>,
}

/// The changes would take more room than one person has.
#[derive(Debug, PartialEq, Eq)]
pub struct TooMuch;

/// Everybody's changes. Their number is bounded by that of the people.
#[derive(Default)]
pub struct Profiles {
    changed: Mutex<BTreeMap<&'static str, Changed>>,
}

impl Profiles {
    /// The changed properties of the person's `user`.
    pub fn user(&self, person: &Person) -> Map<String, Value> {
        self.of(person).user
    }

    /// Changes properties of the person's `user`.
    pub fn change_user(&self, person: &Person, fields: &Map<String, Value>) -> Result<(), TooMuch> {
        self.change(person, |changed| merge(&mut changed.user, fields))
    }

    /// The changed mailbox settings.
    pub fn settings(&self, person: &Person) -> Map<String, Value> {
        self.of(person).settings
    }

    /// Changes mailbox settings; a structure is changed by its parts.
    pub fn change_settings(
        &self,
        person: &Person,
        fields: &Map<String, Value>,
    ) -> Result<(), TooMuch> {
        self.change(person, |changed| merge(&mut changed.settings, fields))
    }

    /// The person's categories, if they were ever changed.
    pub fn categories(&self, person: &Person) -> Option<Vec<Value>> {
        self.of(person).categories
    }

    /// Sets the person's categories.
    pub fn set_categories(&self, person: &Person, categories: Vec<Value>) -> Result<(), TooMuch> {
        self.change(person, |changed| changed.categories = Some(categories))
    }

    /// Forgets every change.
    pub fn clear(&self) {
        lock(&self.changed).clear();
    }

    fn of(&self, person: &Person) -> Changed {
        lock(&self.changed)
            .get(person.oid)
            .cloned()
            .unwrap_or_default()
    }

    fn change(&self, person: &Person, work: impl FnOnce(&mut Changed)) -> Result<(), TooMuch> {
        let mut all = lock(&self.changed);
        let mut changed = all.get(person.oid).cloned().unwrap_or_default();
        work(&mut changed);
        let categories = changed.categories.iter().flatten().map(bytes).sum();
        let maps = [&changed.user, &changed.settings].map(|map| map.values().map(bytes).sum());
        if maps
            .into_iter()
            .chain([categories])
            .any(|bytes: usize| bytes > BYTES_MAX)
        {
            return Err(TooMuch);
        }
        all.insert(person.oid, changed);
        Ok(())
    }
}

fn bytes(value: &Value) -> usize {
    value.to_string().len()
}

fn merge(into: &mut Map<String, Value>, fields: &Map<String, Value>) {
    for (name, value) in fields {
        match (into.get_mut(name), value) {
            (Some(Value::Object(known)), Value::Object(parts)) => merge(known, parts),
            _ => {
                into.insert(name.clone(), value.clone());
            }
        }
    }
}
