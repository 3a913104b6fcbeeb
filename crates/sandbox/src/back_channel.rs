//! What the token and device endpoints remember between requests. Tokens carry
//! the rest themselves.

mod devices;
mod lifetimes;
mod repeats;
mod spent;

pub use devices::{DEVICE_CODE_SECONDS, Device, Devices, INTERVAL_SECONDS, Poll};
pub use lifetimes::Lifetimes;
pub use repeats::Repeats;
pub use spent::Spent;

/// The memory of the back channel.
pub struct BackChannel {
    /// Device codes that were given out.
    pub devices: Devices,
    /// Draws the lifetimes of access tokens.
    pub lifetimes: Lifetimes,
    /// Counts repeated requests.
    pub repeats: Repeats,
    /// Refresh tokens that were used, where they may be used once.
    pub spent: Spent,
}

impl BackChannel {
    /// Nothing happened yet.
    pub fn from_seed(seed: u64) -> Self {
        Self {
            devices: Devices::default(),
            lifetimes: Lifetimes::from_seed(seed),
            repeats: Repeats::default(),
            spent: Spent::default(),
        }
    }

    /// Forgets everything, and draws from the beginning again.
    pub fn clear(&self) {
        self.devices.clear();
        self.lifetimes.restart();
        self.repeats.clear();
        self.spent.clear();
    }
}
