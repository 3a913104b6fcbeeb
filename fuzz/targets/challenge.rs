//! The `WWW-Authenticate` header.
#![no_main]

use http::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(value) = HeaderValue::from_bytes(bytes) {
        let headers = HeaderMap::from_iter([(WWW_AUTHENTICATE, value)]);
        let _ = graph::challenge::claims(&headers);
    }
});
