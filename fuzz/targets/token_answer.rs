//! The answer of the token endpoint.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| entra::fuzzing::token_answer(bytes));
