//! What happens to a message that was handed over: it is delivered, its copy
//! comes to Sent Items, and reports come back.
//!
//! Source: "Things to know about Outlook: sending mail with Microsoft Graph" for
//! the order (Drafts, 202, transport, Sent Items, reports); MS-OXOMSG §2.2.3.4
//! for deferred messages. Work that is due later waits here and is done as soon
//! as somebody looks at a mailbox or moves the clock past it.

use std::sync::Arc;

use jiff::Timestamp;

use super::folder::{DRAFTS, INBOX, SENT_ITEMS};
use super::mailbox::internet_message_id;
use super::message::{Flag, Message};
use super::{Busy, Store, report};
use crate::directory::{Group, PEOPLE, Person, TENANTS, by_oid};

/// How many messages may wait for their time or for their sent copy.
const TRANSITS_MAX: usize = 10_000;
/// Over which time fast senders are counted ("Exchange Online limits").
const MINUTE_MS: i64 = 60_000;
/// PidTagDeferredSendTime's tag.
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
    /// How many messages go in a minute before the rest has to wait; 0 is any.
    pub sends_per_minute: u32,
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
        let due_ms = self.due_ms(owner, &message, sending, now_ms);
        if due_ms.is_none() && sending.copy_delay_ms == 0 && sending.linger_ms == 0 {
            send_off(&mut message, now_ms);
            if sending.unsaved {
                self.mailbox(owner).name(&mut message, now_ms);
                self.dispatch_loose(owner, message, now_ms);
            } else {
                let sent = self.mailbox(owner).insert(message, SENT_ITEMS, now_ms);
                self.dispatch(owner, &sent, now_ms);
            }
            return Ok(());
        }
        message.is_draft = true;
        message.is_read = true;
        let draft = self.mailbox(owner).insert(message, DRAFTS, now_ms);
        self.hand_over(owner, Arc::unwrap_or_clone(draft), sending, due_ms, now_ms);
        Ok(())
    }

    /// Hands over a draft; false if it changed since, or is gone.
    pub(super) fn submit_draft(
        &mut self,
        owner: &'static str,
        ready: Message,
        sending: Sending,
        now_ms: i64,
    ) -> Result<bool, Busy> {
        self.has_place()?;
        let unchanged = self
            .mailbox(owner)
            .by_serial(ready.serial)
            .is_some_and(|draft| draft.changed_seq == ready.changed_seq);
        if unchanged {
            let due_ms = self.due_ms(owner, &ready, sending, now_ms);
            self.hand_over(owner, ready, sending, due_ms, now_ms);
        }
        Ok(unchanged)
    }

    /// Lets a draft wait for its time, or sends it.
    fn hand_over(
        &mut self,
        owner: &'static str,
        draft: Message,
        sending: Sending,
        due_ms: Option<i64>,
        now_ms: i64,
    ) {
        let Some(due_ms) = due_ms else {
            return self.send_draft(owner, draft, sending, now_ms);
        };
        let serial = draft.serial;
        self.mailbox(owner).update(serial, now_ms, |kept| {
            *kept = draft;
            kept.submitted = true;
        });
        self.wait(due_ms, owner, sending, Step::Send(serial));
    }

    /// When a message is to be sent, if that is later than now: at the time it
    /// names, or when fewer than the allowed number went within a minute.
    fn due_ms(
        &mut self,
        owner: &'static str,
        message: &Message,
        sending: Sending,
        now_ms: i64,
    ) -> Option<i64> {
        if !sending.never_deferred
            && let Some(due_ms) = deferred_ms(message).filter(|due_ms| *due_ms > now_ms)
        {
            return Some(due_ms);
        }
        let most = usize::try_from(sending.sends_per_minute).unwrap_or(usize::MAX);
        if most == 0 {
            return None;
        }
        let sends = self.sends.entry(owner).or_default();
        while sends.len() >= TRANSITS_MAX
            || sends
                .front()
                .is_some_and(|sent_ms| *sent_ms <= now_ms - MINUTE_MS)
        {
            sends.pop_front();
        }
        let due_ms = sends
            .len()
            .checked_sub(most)
            .and_then(|index| sends.get(index))
            .map(|sent_ms| sent_ms + MINUTE_MS);
        sends.push_back(due_ms.unwrap_or(now_ms));
        due_ms
    }

    /// Delivers a draft again that was sent before and still lies there: one of
    /// the answers to what nobody knows of the service.
    pub(super) fn send_again(&mut self, owner: &'static str, message: &Message, now_ms: i64) {
        let mut again = message.clone();
        send_off(&mut again, now_ms);
        let sent = self.mailbox(owner).insert(again, SENT_ITEMS, now_ms);
        self.dispatch(owner, &sent, now_ms);
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
                if self.waits_in_drafts(owner, serial)
                    && let Some(draft) = self.mailbox(owner).by_serial(serial).cloned()
                {
                    self.send_draft(owner, Arc::unwrap_or_clone(draft), sending, at_ms);
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
    fn send_draft(&mut self, owner: &'static str, draft: Message, sending: Sending, now_ms: i64) {
        let mailbox = self.mailbox(owner);
        let serial = draft.serial;
        if sending.copy_delay_ms == 0 && sending.linger_ms == 0 && !sending.unsaved {
            let sent = self.appear(owner, draft, sending, now_ms);
            self.dispatch(owner, &sent, now_ms);
            return;
        }
        if sending.linger_ms > 0 {
            mailbox.update(serial, now_ms, |kept| kept.submitted = true);
            let due_ms = now_ms + sending.linger_ms;
            self.wait(due_ms, owner, sending, Step::Leave(serial));
        } else {
            mailbox.remove(serial);
        }
        if !sending.unsaved {
            let due_ms = now_ms + sending.copy_delay_ms;
            let copy = Box::new(draft.clone());
            self.wait(due_ms, owner, sending, Step::Appear(copy));
        }
        let mut message = draft;
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
        self.dispatch(owner, &Arc::new(message), now_ms);
    }

    /// Brings a message to everybody it is for. Those outside get it as far as
    /// the list of deliveries, where tests look; an address that this domain
    /// ought to know and does not comes back as a report.
    fn dispatch(&mut self, owner: &'static str, message: &Arc<Message>, now_ms: i64) {
        self.log(Arc::clone(message));
        let mut reached = Vec::new();
        let mut failed = Vec::new();
        let addresses = message
            .recipients()
            .map(|recipient| recipient.address.as_str());
        for address in addresses.flat_map(|address| members(address, owner)) {
            if reached
                .iter()
                .any(|known: &&str| known.eq_ignore_ascii_case(address))
            {
                continue;
            }
            reached.push(address);
            match has_mailbox(address) {
                Some(person) => self.arrive(person, message, now_ms),
                None if is_ours(address) => failed.push(address.to_owned()),
                None => {}
            }
        }
        if !failed.is_empty() {
            let report = report::of_failure(message, failed);
            let arrived = self.mailbox(owner).insert(report, INBOX, now_ms);
            self.log(arrived);
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

/// When a message asks to be sent: PidTagDeferredSendTime, in any case of its
/// tag. A time that cannot be read defers nothing.
fn deferred_ms(message: &Message) -> Option<i64> {
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
    message.sent_from = Some([message.id(), message.immutable_id()]);
    if sending.ids == SentIds::Kept {
        message.fixed_id = Some(message.id());
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

/// Whoever here gets mail under this address, which need not be the one they
/// sign in with.
fn has_mailbox(address: &str) -> Option<&'static Person> {
    PEOPLE.iter().find(|person| {
        let mut own = [Some(person.address), person.mail].into_iter().flatten();
        person.has_mailbox && own.any(|own| own.eq_ignore_ascii_case(address.trim()))
    })
}

/// The members of a group that takes the sender's mail, or the address itself: a
/// group that does not take it is then one that nobody has.
fn members<'a>(address: &'a str, owner: &str) -> Vec<&'a str> {
    let sender = by_oid(owner);
    match Group::by_address(address) {
        Some(group) if sender.is_some_and(|sender| group.takes_mail_from(sender)) => {
            group.members.to_vec()
        }
        _ => vec![address],
    }
}

/// Whether the address belongs to a domain of the sandbox.
fn is_ours(address: &str) -> bool {
    address.rsplit_once('@').is_some_and(|(_, domain)| {
        TENANTS
            .iter()
            .any(|tenant| tenant.domain.eq_ignore_ascii_case(domain))
    })
}
