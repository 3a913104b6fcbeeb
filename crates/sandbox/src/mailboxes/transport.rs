//! What happens to a message that was handed over: it is delivered, its copy
//! comes to Sent Items, and reports come back.
//!
//! Source: "Things to know about Outlook: sending mail with Microsoft Graph" for
//! the order (Drafts, 202, transport, Sent Items, reports); MS-OXOMSG §2.2.3.4
//! for deferred messages. Work that is due later waits here and is done as soon
//! as somebody looks at a mailbox or moves the clock past it.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;

use super::folder::{DRAFTS, INBOX, SENT_ITEMS};
use super::mailbox::internet_message_id;
use super::message::{Flag, Message};
use super::{Busy, Delivery, Store, report};
use crate::directory::{Person, TENANTS, by_address};

/// How many messages may wait for their time or for their sent copy.
const TRANSITS_MAX: usize = 10_000;
/// How many characters of a property's id name its tag.
const DEFERRED_TAG: &str = "0x3fef";

/// How a message is sent: the rules of the service where they are known, and
/// the choices of whoever tests where they are not.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sending {
    /// Whether no copy is kept in Sent Items.
    pub unsaved: bool,
    /// How long it takes the copy to appear there.
    pub copy_delay_ms: i64,
    /// How long the draft stays visible in Drafts.
    pub linger_ms: i64,
    /// What becomes of the draft's ids.
    pub ids: SentIds,
    /// Whether transport writes another `Message-ID`.
    pub new_message_id: bool,
    /// Whether a deferred send time is not looked at.
    pub never_deferred: bool,
}

/// Which ids the sent copy shares with its draft.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SentIds {
    /// The immutable one.
    #[default]
    KeptIfImmutable,
    /// Both.
    Kept,
    /// None: it is another item.
    Changed,
}

/// Something to be done later.
#[derive(Debug)]
pub struct Transit {
    due_ms: i64,
    owner: &'static str,
    sending: Sending,
    step: Step,
}

#[derive(Debug)]
enum Step {
    /// A draft that waits for its time. Whoever deletes it, cancels it.
    Send(u64),
    /// A draft that was sent and is seen until now.
    Leave(u64),
    /// The copy of what was sent.
    Appear(Box<Message>),
}

impl Store {
    /// Hands over a message that lies nowhere yet.
    pub(super) fn submit(
        &mut self,
        owner: &'static str,
        mut message: Message,
        sending: Sending,
        now_ms: i64,
    ) -> Result<(), Busy> {
        self.has_place()?;
        let at_once = sending.copy_delay_ms == 0 && sending.linger_ms == 0;
        if at_once && sending.due_ms(&message, now_ms).is_none() {
            send_off(&mut message, now_ms);
            if sending.unsaved {
                self.mailbox(owner).name(&mut message, now_ms);
                self.dispatch_loose(owner, message, now_ms);
            } else {
                let sent = self.mailbox(owner).insert(message, SENT_ITEMS, now_ms);
                self.dispatch(owner, &sent, true, now_ms);
            }
            return Ok(());
        }
        message.is_draft = true;
        message.is_read = true;
        let serial = self.mailbox(owner).insert(message, DRAFTS, now_ms).serial;
        self.submit_draft(owner, serial, sending, now_ms)
    }

    /// Hands over a draft.
    pub(super) fn submit_draft(
        &mut self,
        owner: &'static str,
        serial: u64,
        sending: Sending,
        now_ms: i64,
    ) -> Result<(), Busy> {
        self.has_place()?;
        let mailbox = self.mailbox(owner);
        let Some(draft) = mailbox.by_serial(serial) else {
            return Ok(());
        };
        match sending.due_ms(draft, now_ms) {
            Some(due_ms) => {
                mailbox.update(serial, now_ms, |draft| draft.submitted = true);
                self.wait(due_ms, owner, sending, Step::Send(serial));
            }
            None => self.send_draft(owner, serial, sending, now_ms),
        }
        Ok(())
    }

    /// Delivers a draft again that was sent before and still lies there: one of
    /// the answers to what nobody knows of the service.
    pub(super) fn send_again(&mut self, owner: &'static str, message: &Message, now_ms: i64) {
        let mut again = message.clone();
        send_off(&mut again, now_ms);
        let sent = self.mailbox(owner).insert(again, SENT_ITEMS, now_ms);
        self.dispatch(owner, &sent, true, now_ms);
    }

    /// Does everything whose time has come, in the order of its time.
    pub(super) fn run_due(&mut self, now_ms: i64) {
        loop {
            let next = self
                .transits
                .iter()
                .enumerate()
                .filter(|(_, transit)| transit.due_ms <= now_ms)
                .min_by_key(|(_, transit)| transit.due_ms)
                .map(|(index, _)| index);
            let Some(index) = next else { return };
            let transit = self.transits.remove(index);
            self.run(transit, now_ms);
        }
    }

    fn run(&mut self, transit: Transit, now_ms: i64) {
        let Transit {
            due_ms,
            owner,
            sending,
            step,
        } = transit;
        // What was due while nobody looked happened at its own time.
        let at_ms = due_ms.min(now_ms);
        match step {
            Step::Send(serial) => {
                if self.waits_in_drafts(owner, serial) {
                    self.send_draft(owner, serial, sending, at_ms);
                }
            }
            Step::Leave(serial) => {
                if self.waits_in_drafts(owner, serial) {
                    self.mailbox(owner).remove(serial);
                }
            }
            Step::Appear(message) => {
                self.appear(owner, *message, sending, at_ms);
            }
        }
    }

    fn waits_in_drafts(&mut self, owner: &'static str, serial: u64) -> bool {
        self.mailbox(owner)
            .by_serial(serial)
            .is_some_and(|draft| draft.submitted && draft.folder == DRAFTS)
    }

    /// Sends a draft now. Its copy and its end in Drafts may come later.
    fn send_draft(&mut self, owner: &'static str, serial: u64, sending: Sending, now_ms: i64) {
        let mailbox = self.mailbox(owner);
        let Some(draft) = mailbox.by_serial(serial).cloned() else {
            return;
        };
        if sending.copy_delay_ms == 0 && sending.linger_ms == 0 && !sending.unsaved {
            let sent = self.appear(owner, Arc::unwrap_or_clone(draft), sending, now_ms);
            self.dispatch(owner, &sent, true, now_ms);
            return;
        }
        if sending.linger_ms > 0 {
            mailbox.update(serial, now_ms, |draft| draft.submitted = true);
            let due_ms = now_ms + sending.linger_ms;
            self.wait(due_ms, owner, sending, Step::Leave(serial));
        } else {
            mailbox.remove(serial);
        }
        if !sending.unsaved {
            let due_ms = now_ms + sending.copy_delay_ms;
            let copy = Box::new(Message::clone(&draft));
            self.wait(due_ms, owner, sending, Step::Appear(copy));
        }
        let mut message = Arc::unwrap_or_clone(draft);
        leave_drafts(&mut message, owner, sending, now_ms);
        self.dispatch_loose(owner, message, now_ms);
        self.run_due(now_ms);
    }

    /// The copy comes to Sent Items: as the draft itself, if it still lies there
    /// and keeps its id.
    fn appear(
        &mut self,
        owner: &'static str,
        mut message: Message,
        sending: Sending,
        now_ms: i64,
    ) -> Arc<Message> {
        let serial = message.serial;
        leave_drafts(&mut message, owner, sending, now_ms);
        let mailbox = self.mailbox(owner);
        if sending.ids == SentIds::Changed {
            if sending.linger_ms == 0 {
                mailbox.remove(serial);
            }
            message.fixed_id = None;
            return mailbox.insert(message, SENT_ITEMS, now_ms);
        }
        mailbox.leave(serial);
        mailbox.restore(message, SENT_ITEMS, now_ms)
    }

    /// Delivers a message that no folder holds.
    fn dispatch_loose(&mut self, owner: &'static str, mut message: Message, now_ms: i64) {
        message.settle(&self.room);
        self.dispatch(owner, &Arc::new(message), false, now_ms);
    }

    /// Brings a message to everybody it is for. Those outside get it as far as
    /// the list of deliveries, where tests look; an address that this domain
    /// ought to know and does not comes back as a report.
    fn dispatch(&mut self, owner: &'static str, message: &Arc<Message>, saved: bool, now_ms: i64) {
        self.log(Delivery {
            message: Arc::clone(message),
            saved,
        });
        let mut reached = BTreeSet::new();
        let mut failed = Vec::new();
        for recipient in message.recipients() {
            if !reached.insert(recipient.address.to_ascii_lowercase()) {
                continue;
            }
            match by_address(&recipient.address) {
                Some(person) => self.arrive(person, message, now_ms),
                None if is_ours(&recipient.address) => failed.push(recipient.address.clone()),
                None => {}
            }
        }
        if !failed.is_empty() {
            let report = report::of_failure(message, failed);
            let arrived = self.mailbox(owner).insert(report, INBOX, now_ms);
            self.log(Delivery {
                message: arrived,
                saved: false,
            });
        }
    }

    fn arrive(&mut self, person: &Person, message: &Message, now_ms: i64) {
        let copy = delivered_copy(message, now_ms);
        self.mailbox(person.oid).insert(copy, INBOX, now_ms);
    }

    fn has_place(&self) -> Result<(), Busy> {
        if self.transits.len() >= TRANSITS_MAX {
            Err(Busy)
        } else {
            Ok(())
        }
    }

    fn wait(&mut self, due_ms: i64, owner: &'static str, sending: Sending, step: Step) {
        self.transits.push(Transit {
            due_ms,
            owner,
            sending,
            step,
        });
    }
}

impl Sending {
    /// When the message asks to be sent, if that is later than now.
    fn due_ms(self, message: &Message, now_ms: i64) -> Option<i64> {
        deferred_ms(message).filter(|due| *due > now_ms && !self.never_deferred)
    }
}

/// When a message asks to be sent: PidTagDeferredSendTime, in any case of its
/// tag. A time that cannot be read defers nothing.
pub fn deferred_ms(message: &Message) -> Option<i64> {
    let (_, value) = message.properties.iter().find(|(id, _)| {
        id.split_once(' ').is_some_and(|(kind, tag)| {
            kind.eq_ignore_ascii_case("SystemTime") && tag.trim().eq_ignore_ascii_case(DEFERRED_TAG)
        })
    })?;
    let at: Timestamp = value.trim().parse().ok()?;
    Some(at.as_millisecond())
}

fn send_off(message: &mut Message, now_ms: i64) {
    message.is_draft = false;
    message.submitted = false;
    message.is_read = true;
    message.sent_ms = now_ms;
    message.received_ms = now_ms;
}

fn leave_drafts(message: &mut Message, owner: &str, sending: Sending, now_ms: i64) {
    send_off(message, now_ms);
    if sending.ids == SentIds::Kept {
        message.fixed_id = Some(message.id.clone());
    }
    if sending.new_message_id {
        // Another number than the item's own, so that the id differs for certain.
        message.internet_message_id =
            internet_message_id(owner, message.serial.wrapping_add(1 << 40));
    }
}

/// What a recipient gets: nobody sees Bcc, and what Outlook keeps beside the
/// mail (extended properties, categories, flags) does not travel.
fn delivered_copy(message: &Message, now_ms: i64) -> Message {
    let mut copy = message.clone();
    copy.bcc.clear();
    copy.properties.clear();
    copy.list_properties.clear();
    copy.categories.clear();
    copy.flag = Flag::default();
    copy.is_read = false;
    copy.delivered = true;
    copy.received_ms = now_ms;
    for attachment in &mut copy.attachments {
        attachment.id.clear();
    }
    copy
}

/// Whether the address belongs to a domain of the sandbox.
fn is_ours(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, domain)| {
        TENANTS
            .iter()
            .any(|tenant| tenant.domain.eq_ignore_ascii_case(domain))
    })
}
