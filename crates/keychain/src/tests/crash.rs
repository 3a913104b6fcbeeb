//! A crash between any two steps, in a store whose entries are small.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use proptest::prelude::*;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{Entries, KeychainError, record};

#[test]
fn a_crash_leaves_the_old_record_or_the_new_one_and_no_leftovers_for_long() {
    // Longer, shorter, of one part, and across a whole number of parts.
    for (old, new) in [
        ("", "abcdefghij"),
        ("abcdefghijklm", "nopq"),
        ("abc", "defghijklmnop"),
        ("abcdefgh", "ijklmnop"),
    ] {
        let mut steps = 0;
        loop {
            let store = Bounded::default();
            if !old.is_empty() {
                record::write(&store, "n", old).unwrap();
            }
            store.steps_left.set(Some(steps));
            let crashed = record::write(&store, "n", new).is_err();
            store.steps_left.set(None);
            check_read(
                &store,
                &[old, new],
                &format!("{old} to {new}, crash at step {steps}"),
            );
            // Whatever the crash left, the next write and the next deletion find it.
            let again = Bounded {
                entries: RefCell::new(store.entries.borrow().clone()),
                ..Bounded::default()
            };
            record::write(&again, "n", "last").unwrap();
            check_read(&again, &["last"], "written again");
            assert_eq!(
                again.entries.borrow().len(),
                2,
                "manifest and one part: {:?}",
                again.names()
            );
            record::delete(&store, "n").unwrap();
            assert_eq!(store.names(), Vec::<String>::new(), "crash at step {steps}");
            if !crashed {
                break;
            }
            steps += 1;
        }
        assert!(steps >= 3, "the crash was tried at every step");
    }
}

#[test]
fn a_crash_while_deleting_leaves_no_half_record() {
    for steps in 0.. {
        let store = Bounded::default();
        record::write(&store, "n", "abcdefghij").unwrap();
        store.steps_left.set(Some(steps));
        let crashed = record::delete(&store, "n").is_err();
        store.steps_left.set(None);
        match record::read(&store, "n").unwrap() {
            None => {}
            Some(read) => assert_eq!((read.expose_secret(), steps), ("abcdefghij", 0)),
        }
        record::delete(&store, "n").unwrap();
        assert_eq!(store.names(), Vec::<String>::new(), "crash at step {steps}");
        if !crashed {
            return;
        }
    }
}

#[test]
fn a_torn_record_is_said_and_mended_by_the_next_write() {
    for damage in ["n", "n/a/0", "n/a/1"] {
        for (what, change) in [("gone", None), ("changed", Some(&b"xxxx"[..]))] {
            let store = Bounded::default();
            record::write(&store, "n", "abcdefghij").unwrap();
            match change {
                None => store.entries.borrow_mut().remove(damage),
                Some(bytes) => store
                    .entries
                    .borrow_mut()
                    .insert(damage.to_owned(), bytes.to_vec()),
            };
            match record::read(&store, "n") {
                Err(KeychainError::Torn) => {}
                Ok(None) => assert_eq!((damage, what), ("n", "gone")),
                other => panic!("{damage} {what}: {other:?}"),
            }
            record::write(&store, "n", "mended").unwrap();
            check_read(&store, &["mended"], damage);
            record::delete(&store, "n").unwrap();
            assert_eq!(store.names(), Vec::<String>::new(), "{damage} {what}");
        }
    }
}

#[test]
fn a_store_that_is_full_keeps_what_it_has_and_gets_back_what_a_write_took() {
    let store = Bounded::default();
    record::write(&store, "n", "abcdefgh").unwrap();
    let before = store.names();
    for room in 0..4 {
        store.room.set(Some(before.len() + room));
        let refused = record::write(&store, "n", "a record that needs five");
        assert!(
            matches!(refused, Err(KeychainError::Refused(_))),
            "{room}: {refused:?}"
        );
        check_read(&store, &["abcdefgh"], "full");
        assert_eq!(store.names(), before, "{room}");
    }
    // What fits is taken, and there is room again for others.
    store.room.set(Some(before.len() + 1));
    record::write(&store, "n", "fits").unwrap();
    check_read(&store, &["fits"], "full");
    assert!(store.names().len() < before.len());
}

#[test]
fn a_hostile_manifest_has_an_end() {
    for manifest in [
        r#"{"generation":"a","parts":18446744073709551615,"sha256":""}"#,
        r#"{"generation":"a","parts":129,"sha256":""}"#,
        r#"{"generation":"c","parts":1,"sha256":""}"#,
        r#"{"parts":1}"#,
        "[]",
        "",
    ] {
        let store = Bounded::default();
        store
            .entries
            .borrow_mut()
            .insert("n".to_owned(), manifest.as_bytes().to_vec());
        assert!(
            matches!(record::read(&store, "n"), Err(KeychainError::Torn)),
            "{manifest}"
        );
    }
}

proptest! {
    /// Any story of writes, deletions and crashes ends with a record that was written last or was being written.
    #[test]
    fn any_story_is_survived(story in proptest::collection::vec((proptest::option::of("[a-z]{0,40}"), proptest::option::of(0_usize..30)), 1..12)) {
        let store = Bounded::default();
        let mut may_be: Vec<Option<String>> = vec![None];
        for (content, crash) in story {
            store.steps_left.set(crash);
            let done = match &content {
                Some(content) => record::write(&store, "n", content),
                None => record::delete(&store, "n"),
            };
            store.steps_left.set(None);
            if done.is_ok() {
                may_be.clear();
            }
            may_be.push(content);
            let read = record::read(&store, "n").unwrap().map(|read| read.expose_secret().to_owned());
            prop_assert!(may_be.contains(&read), "{:?} is none of {:?}", read, may_be);
            may_be = vec![read];
        }
        record::delete(&store, "n").unwrap();
        prop_assert!(store.names().is_empty());
    }
}

fn check_read(store: &Bounded, expected: &[&str], what: &str) {
    let read = record::read(store, "n").unwrap();
    let read = read.as_ref().map_or("", |read| read.expose_secret());
    assert!(expected.contains(&read), "{what}: {read}");
}

/// Entries of four bytes and room for so many, in a process that dies after so many changes.
#[derive(Default)]
struct Bounded {
    entries: RefCell<BTreeMap<String, Vec<u8>>>,
    steps_left: Cell<Option<usize>>,
    /// How many entries there is room for.
    room: Cell<Option<usize>>,
}

impl Bounded {
    fn names(&self) -> Vec<String> {
        self.entries.borrow().keys().cloned().collect()
    }

    fn step(&self) -> Result<(), KeychainError> {
        match self.steps_left.get() {
            None => Ok(()),
            Some(0) => Err(KeychainError::Refused("crashed".into())),
            Some(left) => {
                self.steps_left.set(Some(left - 1));
                Ok(())
            }
        }
    }
}

impl Entries for Bounded {
    fn bytes_max(&self) -> Option<usize> {
        Some(4)
    }

    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        Ok(self.entries.borrow().get(name).cloned().map(Zeroizing::new))
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), KeychainError> {
        self.step()?;
        assert!(
            secret.len() <= 4 || name == "n",
            "a part is never longer than an entry"
        );
        let mut entries = self.entries.borrow_mut();
        let is_full = self.room.get().is_some_and(|room| entries.len() >= room);
        if is_full && !entries.contains_key(name) {
            return Err(KeychainError::Refused("full".into()));
        }
        entries.insert(name.to_owned(), secret.to_vec());
        Ok(())
    }

    fn remove(&self, name: &str) -> Result<(), KeychainError> {
        self.step()?;
        self.entries.borrow_mut().remove(name);
        Ok(())
    }
}
