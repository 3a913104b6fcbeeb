//! The ID token.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| entra::fuzzing::id_token(text));
