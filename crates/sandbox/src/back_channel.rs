//! What the token and device endpoints remember between requests. Tokens carry
//! the rest themselves.

mod devices;
mod repeats;
mod spent;

pub use devices::{DEVICE_CODE_SECONDS, Device, Devices, INTERVAL_SECONDS, Poll};
pub use repeats::Repeats;
pub use spent::Spent;

/// The memory of the back channel.
#[derive(Default)]
pub struct BackChannel {
    /// Device codes that were given out.
    pub devices: Devices,
    /// Counts repeated requests.
    pub repeats: Repeats,
    /// Refresh tokens that were used, where they may be used once.
    pub spent: Spent,
}

impl BackChannel {
    /// Forgets everything.
    pub fn clear(&self) {
        self.devices.clear();
        self.repeats.clear();
        self.spent.clear();
    }
}
