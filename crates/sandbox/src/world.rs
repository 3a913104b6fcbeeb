//! Everything the running sandbox holds, in one place that handlers share.

use std::sync::OnceLock;

use crate::back_channel::BackChannel;
use crate::clock::Clock;
use crate::codes::Codes;
use crate::consents::Consents;
use crate::desk::DeskKey;
use crate::dice::Dice;
use crate::faults::Faults;
use crate::journal::Journal;
use crate::limits::Limits;
use crate::mailboxes::Mailboxes;
use crate::opened_tokens::OpenedTokens;
use crate::portrait::Portraits;
use crate::profiles::Profiles;
use crate::revocations::Revocations;
use crate::seal::Seal;
use crate::serve::StartError;
use crate::sign_ins::SignIns;
use crate::signing::Signing;
use crate::switches::SwitchBoard;
use crate::uploads::Uploads;

/// The sandbox's state. Each part guards itself; no lock is held across an await.
pub struct World {
    /// The movable clock.
    pub clock: Clock,
    /// Seals what clients carry.
    pub seal: Seal,
    /// Access tokens that were opened lately.
    pub opened_tokens: OpenedTokens,
    /// Signs ID tokens.
    pub signing: Signing,
    /// Authorization codes that wait to be redeemed.
    pub codes: Codes,
    /// Who consented to what.
    pub consents: Consents,
    /// What the token and device endpoints remember.
    pub back_channel: BackChannel,
    /// Whose sessions were revoked, and when.
    pub revocations: Revocations,
    /// The mail that was delivered.
    pub mailboxes: Mailboxes,
    /// What people changed about themselves.
    pub profiles: Profiles,
    /// Large attachments on their way.
    pub uploads: Uploads,
    /// The faults that wait for their route.
    pub faults: Faults,
    /// What apps have used of the service.
    pub limits: Limits,
    /// Chance, as the seed has it.
    pub dice: Dice,
    /// How the service behaves where it is not always the same.
    pub switches: SwitchBoard,
    /// The last sign-ins.
    pub sign_ins: SignIns,
    /// The last requests.
    pub journal: Journal,
    /// Drawn photos.
    pub portraits: Portraits,
    /// What the front page's forms carry; none if there are no forms.
    pub desk_key: Option<DeskKey>,
    /// The certificate of this run's authority, once there is one.
    pub ca_pem: OnceLock<String>,
    /// Whether unknown client ids are public clients.
    pub any_app: bool,
}

impl World {
    /// A fresh world. The same seed opens the tokens of an earlier run.
    pub fn new(seed: u64, any_app: bool) -> Result<Self, StartError> {
        Ok(Self {
            clock: Clock::default(),
            seal: Seal::from_seed(seed)?,
            opened_tokens: OpenedTokens::default(),
            signing: Signing::baked_in()?,
            codes: Codes::default(),
            consents: Consents::default(),
            back_channel: BackChannel::default(),
            revocations: Revocations::default(),
            mailboxes: Mailboxes::default(),
            profiles: Profiles::default(),
            uploads: Uploads::default(),
            faults: Faults::default(),
            limits: Limits::default(),
            dice: Dice::from_seed(seed),
            switches: SwitchBoard::default(),
            sign_ins: SignIns::default(),
            journal: Journal::default(),
            portraits: Portraits::default(),
            desk_key: None,
            ca_pem: OnceLock::new(),
            any_app,
        })
    }

    /// Does what is due by now. Nothing in the sandbox waits for a timer: what
    /// has a time of its own is done before anybody looks, which makes a moved
    /// clock and a running one the same.
    pub fn run_due(&self) {
        self.mailboxes.run_due(self.clock.now_ms());
    }

    /// Forgets everything that happened, and sets the clock right.
    pub fn reset(&self) {
        self.clock.reset();
        self.signing.reset();
        self.codes.clear();
        self.consents.clear();
        self.back_channel.clear();
        self.revocations.clear();
        self.mailboxes.clear();
        self.profiles.clear();
        self.uploads.clear();
        self.faults.clear();
        self.limits.clear();
        self.dice.reset();
        self.switches.clear();
        self.sign_ins.clear();
        self.journal.clear();
    }
}
