//! The ID token.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entra::fuzzing::id_token(bytes));
