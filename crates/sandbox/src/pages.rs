//! The pages a person meets: one frame, one style, and a strict policy for all.
//!
//! Everything from outside is written through `text`, which escapes it.

mod consent;
mod device;
mod frame;
mod home;
mod interrupt;
mod mailbox;
mod notice;
mod sign_in;

pub use consent::{admin_needed, consent};
pub use device::{device_code, device_confirm, device_done};
pub use home::{fault_answer, home, problem};
pub use interrupt::{barred, pick_sign_out, second_factor, stay};
pub use mailbox::{attachment, mailbox, mailboxes, message};
pub use notice::{confirm, form_post, not_found, refusal, signed_out};
pub use sign_in::sign_in;
