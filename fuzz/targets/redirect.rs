//! The redirect, which any link on the computer may be.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| entra::fuzzing::redirect(text));
