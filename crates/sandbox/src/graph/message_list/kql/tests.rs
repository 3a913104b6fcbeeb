//! Searches and the messages they find.

use super::*;
use crate::mailboxes::{Body, Importance, Recipient};

fn message() -> Message {
    let person = |name: &str, address: &str| Recipient {
        name: Some(name.to_owned()),
        address: address.to_owned(),
    };
    Message {
        subject: "RE: Plans for the engine".to_owned(),
        body: Body::of_text("The mill turns, the store keeps.".to_owned()),
        from: Some(person("Ada Lovelace", "ada@signet.example")),
        to: vec![person("Grace Hopper", "grace@signet.example")],
        cc: vec![person("Noor Haddad", "noor@outlook.example")],
        importance: Importance::High,
        // 2026-01-02T09:00:00Z
        received_ms: 1_767_344_400_000,
        ..Message::default()
    }
}

/// Source: "Use the $search query parameter", message collections.
#[test]
fn searches_find_what_they_name() {
    for (text, expected) in [
        ("engine", true),
        ("\"engi\"", true),
        ("\"ngine\"", false),
        ("\"mill store\"", true),
        ("\"mill AND nothing\"", false),
        ("\"nothing OR mill\"", true),
        ("\"NOT nothing\"", true),
        ("\"mill NOT store\"", false),
        ("\"(nothing OR mill) AND keeps\"", true),
        ("\"from:ada\"", true),
        ("\"from:ada@signet.example\"", true),
        ("\"from:grace\"", false),
        ("\"to:grace subject:plans\"", true),
        ("\"cc:noor\"", true),
        ("\"bcc:noor\"", false),
        ("\"recipients:noor participants:ada\"", true),
        ("\"participants:grace\"", true),
        ("\"subject:\\\"plans for\\\"\"", true),
        ("\"subject:\\\"for plans\\\"\"", false),
        ("\"body:turns\"", true),
        ("\"received:2026-01-02\"", true),
        ("\"received:1/2/2026\"", true),
        ("\"received>=2026-01-03\"", false),
        ("\"received<=2026-01-02\"", true),
        ("\"received:2026-01-01..2026-01-31\"", true),
        ("\"importance:high\"", true),
        ("\"hasAttachments:true\"", false),
        ("\"hasAttachment:false\"", true),
        ("\"size>10\"", true),
        ("\"size<10\"", false),
        ("\"kind:email\"", true),
        ("\"kind:meetings\"", false),
        ("\"re:plans\"", true),
    ] {
        let found = Search::parse(text).map(|search| search.finds(&message()));
        assert_eq!(found.ok(), Some(expected), "{text}");
    }
}

#[test]
fn what_is_no_search_is_refused() {
    let deep = format!("\"{}x{}\"", "(".repeat(50), ")".repeat(50));
    let long = format!("\"{}\"", "x ".repeat(100));
    for text in [
        "",
        "\"\"",
        "\"",
        "a\"b",
        "\"(mill\"",
        "\"mill)\"",
        "\"mill AND\"",
        "\"OR mill\"",
        "\"NOT\"",
        "\"received:someday\"",
        "\"received:2026-01-01..\"",
        "\"size:big\"",
        "\"importance:urgent\"",
        "\"subject>x\"",
        "\"subject:\\\"open\"",
        &deep,
        &long,
    ] {
        assert!(Search::parse(text).is_err(), "{text}");
    }
}
