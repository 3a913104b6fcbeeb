//! An amount over the last while, in slots: exact to a sixtieth of the span,
//! and of bounded size however much comes.

use std::collections::VecDeque;

/// Into how many slots a span is cut.
const SLOTS: i64 = 60;

/// A sliding sum. The span is an argument, since a switch may change it.
#[derive(Debug, Default)]
pub struct Window {
    slots: VecDeque<Slot>,
    total: u64,
}

#[derive(Debug)]
struct Slot {
    start_ms: i64,
    amount: u64,
}

impl Window {
    /// Adds an amount, and forgets what is older than the span.
    pub fn add(&mut self, amount: u64, span_ms: i64, now_ms: i64) {
        let slot_ms = (span_ms / SLOTS).max(1);
        let start_ms = now_ms - now_ms.rem_euclid(slot_ms);
        self.forget(span_ms + slot_ms, start_ms);
        self.total = self.total.saturating_add(amount);
        match self.slots.back_mut() {
            Some(last) if last.start_ms == start_ms => {
                last.amount = last.amount.saturating_add(amount);
            }
            _ => self.slots.push_back(Slot { start_ms, amount }),
        }
    }

    /// What was added within the span before the last call of `add`.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// After how long `amount` would fit below `max`.
    pub fn wait_ms(&self, amount: u64, max: u64, span_ms: i64, now_ms: i64) -> i64 {
        let slot_ms = (span_ms / SLOTS).max(1);
        let mut left = self.total;
        for slot in &self.slots {
            left = left.saturating_sub(slot.amount);
            if left.saturating_add(amount) <= max {
                return (slot.start_ms + slot_ms + span_ms - now_ms).max(1);
            }
        }
        span_ms
    }

    /// Drops slots that began more than `age_ms` before `start_ms`, and, if the
    /// clock was set back, those of what is now the future.
    fn forget(&mut self, age_ms: i64, start_ms: i64) {
        if self
            .slots
            .back()
            .is_some_and(|last| last.start_ms > start_ms)
        {
            *self = Self::default();
        }
        while let Some(first) = self.slots.front()
            && first.start_ms + age_ms <= start_ms
        {
            self.total = self.total.saturating_sub(first.amount);
            self.slots.pop_front();
        }
    }
}
