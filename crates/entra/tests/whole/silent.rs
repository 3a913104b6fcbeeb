//! Silent acquisition: who is asked, how often, and what is left afterwards.

mod guest;
mod keeping;
mod processes;
mod refresh;
mod refusal;
mod rotation;
mod world;

pub use world::signed_in;
