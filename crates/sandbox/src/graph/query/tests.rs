//! Tables of expressions, and that no text at all makes the reader fall.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::filter::Filter;
use super::schema::{MESSAGE, USER};
use super::syntax::SyntaxError;
use super::{expand, order};

fn message() -> Value {
    json!({
        "id": "AAMk=",
        "subject": "O'Neil's Plan",
        "isRead": false,
        "importance": "high",
        "receivedDateTime": "2026-01-02T09:00:00Z",
        "from": {"emailAddress": {"name": "Ada", "address": "Ada@signet.example"}},
        "toRecipients": [
            {"emailAddress": {"name": "Grace", "address": "grace@signet.example"}},
            {"emailAddress": {"name": "Noor", "address": "noor@outlook.example"}},
        ],
        "categories": ["Red category"],
        "conversationId": null,
        "flag": {"flagStatus": "flagged"},
        "singleValueExtendedProperties": [
            {"id": "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey", "value": "01JX"},
        ],
    })
}

/// Sources: "Use the $filter query parameter"; "Get
/// singleValueLegacyExtendedProperty" for the last ones.
#[test]
fn conditions_hold_or_do_not() {
    for (text, expected) in [
        ("isRead eq false", true),
        ("isRead ne false", false),
        ("not isRead", true),
        ("not (isRead eq false)", false),
        ("subject eq 'o''neil''s plan'", true),
        ("Subject eq 'other'", false),
        ("startswith(subject,'O''Neil')", true),
        ("startsWith(subject, 'plan')", false),
        ("contains(subject,'NEIL')", true),
        ("endswith(subject,'plan') eq true", true),
        ("from/emailAddress/address eq 'ada@SIGNET.example'", true),
        ("receivedDateTime ge 2026-01-02T09:00:00Z", true),
        ("receivedDateTime gt 2026-01-02T10:00:00+01:00", false),
        ("receivedDateTime lt 2026-01-03", true),
        ("receivedDateTime le 2026-01-02T08:59:59.999Z", false),
        ("importance eq 'high' and isRead eq false", true),
        ("importance eq 'low' or isRead eq true", false),
        (
            "importance eq 'low' or isRead eq true and isRead eq false or isRead eq false",
            true,
        ),
        ("conversationId eq null", true),
        ("conversationId ne null", false),
        ("conversationId gt 'A'", false),
        ("internetMessageId ne '<a@b>'", true),
        ("id eq 'AAMk='", true),
        ("id eq 'aamk='", false),
        ("importance in ('low', 'high')", true),
        ("importance in ('low')", false),
        ("flag/flagStatus eq 'flagged'", true),
        ("categories/any(c: c eq 'red category')", true),
        ("categories/any()", true),
        ("ccRecipients/any()", false),
        (
            "toRecipients/any(r: r/emailAddress/address eq 'grace@signet.example')",
            true,
        ),
        (
            "toRecipients/all(r: endswith(r/emailAddress/address,'signet.example'))",
            false,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey' and ep/value eq '01jx')",
            true,
        ),
        (
            "singleValueExtendedProperties/Any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name outboxkey' and ep/value eq '01JX')",
            false,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name outboxkey' and ep/value eq '01JX')",
            false,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66F5A359-4659-4830-9070-00047EC6AC6E} Name OutboxKey' and startswith(ep/value, '01'))",
            true,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey' and contains(ep/value, '1j'))",
            true,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey' and contains(ep/value, '2j'))",
            false,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey' and ep/value ne '01jx')",
            false,
        ),
        (
            "singleValueExtendedProperties/any(ep: ep/id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name OutboxKey' and ep/value ne '02')",
            true,
        ),
    ] {
        let held = Filter::parse(text, &MESSAGE).map(|filter| filter.matches(&message()));
        if text.contains("/Any(") {
            assert!(held.is_err(), "{text}");
        } else {
            assert_eq!(held, Ok(expected), "{text}");
        }
    }
}

/// Source: OData 4.01 URL conventions §5.1.1, and the service's texts.
#[test]
fn what_cannot_be_read_is_refused() {
    let no_property = |name: &str, of| SyntaxError::NoProperty {
        name: name.to_owned(),
        of,
    };
    let incompatible = |left, right, operator| SyntaxError::Incompatible {
        left,
        right,
        operator,
    };
    for (text, expected) in [
        ("", SyntaxError::End),
        ("isRead eq", SyntaxError::End),
        ("isRead eq false)", SyntaxError::At(15)),
        ("(isRead eq false", SyntaxError::End),
        ("isRead = false", SyntaxError::At(7)),
        ("subject eq 'open", SyntaxError::OpenString(11)),
        ("subject eq \"x\"", SyntaxError::At(11)),
        ("subject", SyntaxError::NotBoolean),
        ("'x'", SyntaxError::NotBoolean),
        ("subject and isRead", SyntaxError::NotBoolean),
        (
            "shoeSize eq 1",
            no_property("shoeSize", "microsoft.graph.message"),
        ),
        (
            "from/address eq 'x'",
            no_property("address", "microsoft.graph.recipient"),
        ),
        (
            "receivedDateTime ge '2026-01-02T09:00:00Z'",
            incompatible("Edm.DateTimeOffset", "Edm.String", "ge"),
        ),
        (
            "isRead eq 'false'",
            incompatible("Edm.Boolean", "Edm.String", "eq"),
        ),
        (
            "toRecipients eq 'x'",
            incompatible("Collection", "Edm.String", "eq"),
        ),
        (
            "receivedDateTime ge 2026-01-02T09:00:00",
            SyntaxError::At(20),
        ),
        (
            "tolower(subject) eq 'x'",
            SyntaxError::NoFunction("tolower".to_owned()),
        ),
        ("contains(isRead,'x')", SyntaxError::Arguments("contains")),
        (
            "toRecipients/emailAddress/address eq 'x'",
            SyntaxError::At(13),
        ),
        ("subject/any(s: s eq 'x')", SyntaxError::At(8)),
        ("isRead EQ true", SyntaxError::At(7)),
    ] {
        let error = Filter::parse(text, &MESSAGE).map(|_| ()).unwrap_err();
        assert_eq!(error, expected, "{text}");
    }
}

#[test]
fn depth_and_length_have_an_end() {
    let deep = format!("{}isRead{}", "(".repeat(200), ")".repeat(200));
    let long = format!("subject eq '{}'", "x".repeat(10_000));
    let wide = vec!["isRead"; 200].join(" or ");
    let negated = format!("{}isRead", "not ".repeat(10_000));
    for text in [deep, long, wide, negated] {
        let error = Filter::parse(&text, &MESSAGE).map(|_| ()).unwrap_err();
        assert_eq!(error, SyntaxError::TooComplex);
    }
}

#[test]
fn the_paths_of_a_filter_are_known_in_their_order() {
    let filter = Filter::parse(
        "receivedDateTime ge 2026-01-01 and categories/any(c: c eq 'x') and subject eq 'y'",
        &MESSAGE,
    );
    assert_eq!(
        filter.unwrap().features().roots().collect::<Vec<_>>(),
        ["receivedDateTime", "categories", "subject"]
    );
}

/// Source: "Customize Microsoft Graph responses with query parameters".
#[test]
fn expansions_are_read_with_their_options() {
    for (text, expected) in [
        ("attachments", Some(1)),
        (
            "attachments($select=id,name;$top=2),singleValueExtendedProperties($filter=id eq 'String {66f5a359-4659-4830-9070-00047ec6ac6e} Name A,B')",
            Some(2),
        ),
        ("subject", None),
        ("attachments($levels=2)", None),
        ("attachments($select=nope)", None),
        ("attachments($select=id;$select=name)", None),
        ("attachments(", None),
        ("attachments($filter=id eq 'x)", None),
        ("attachments)", None),
    ] {
        let found = expand::parse(text, &MESSAGE).map(|expands| expands.len());
        assert_eq!(found.ok(), expected, "{text}");
    }
}

#[test]
fn orders_are_by_what_has_an_order() {
    for (text, expected) in [
        ("receivedDateTime desc", true),
        ("from/emailAddress/name,receivedDateTime desc", true),
        ("body", false),
        ("toRecipients", false),
        ("receivedDateTime down", false),
        ("subject asc asc", false),
        ("", false),
        ("subject,", false),
    ] {
        assert_eq!(order::parse(text, &MESSAGE).is_ok(), expected, "{text}");
    }
}

/// Words a filter is made of, in any order: most are not filters.
fn pieces() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "isRead",
        "subject",
        "eq",
        "ne",
        "and",
        "or",
        "not",
        "(",
        ")",
        ",",
        "/",
        "any",
        "all",
        "x:",
        "x",
        "'it''s'",
        "'",
        "null",
        "true",
        "1",
        "-2.5",
        "2026-01-02",
        "toRecipients",
        "contains",
        "in",
        "é",
        ":",
        "categories",
    ]);
    prop::collection::vec(words, 0..40).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_fall(text in ".{0,200}") {
        let _ = Filter::parse(&text, &MESSAGE);
        let _ = expand::parse(&text, &USER);
        let _ = order::parse(&text, &USER);
    }

    #[test]
    fn no_words_make_the_reader_fall(text in pieces()) {
        if let Ok(filter) = Filter::parse(&text, &MESSAGE) {
            filter.matches(&message());
            filter.matches(&Value::Null);
        }
    }

    #[test]
    fn any_string_is_found_again_once_its_quotes_are_doubled(text in ".{0,60}") {
        let quoted = text.replace('\'', "''");
        let filter = Filter::parse(&format!("subject eq '{quoted}'"), &MESSAGE).unwrap();
        let found = [text.clone(), format!("{text}!")].map(|subject| filter.matches(&json!({"subject": subject})));
        prop_assert_eq!(found, [true, false]);
    }
}
