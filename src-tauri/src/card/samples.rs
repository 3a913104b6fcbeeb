//! Cards for tests.

use super::Card;
use crate::views::{PhoneKind, PhoneView};

/// Everything that a directory says, and a photo of few bytes.
pub fn ada() -> Card {
    let text = |text: &str| Some(text.to_owned());
    let phone = |kind, number: &str| PhoneView {
        kind,
        number: number.to_owned(),
    };
    Card {
        me_json: None,
        account: "a.t".to_owned(),
        name: "Ada Lovelace-Núñez".to_owned(),
        given_name: text("Ada"),
        surname: text("Lovelace-Núñez"),
        title: text("Principal Engineer; Analyst"),
        department: text("Analytical Engines"),
        company: text("Signet, Example"),
        mail: text("ada@signet.example"),
        phones: vec![
            phone(PhoneKind::Business, "+44 20 7946 0101"),
            phone(PhoneKind::Mobile, "+44 7700 900101"),
        ],
        office: text("St James’s Square 12\r\n2.04"),
        language: text("en-GB"),
        manager: None,
        photo: text(
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
        ),
        photo_etag: None,
        as_of_ms: 0,
    }
}

/// A name, and nothing else.
pub fn noor() -> Card {
    Card {
        name: "Noor".to_owned(),
        given_name: None,
        surname: None,
        title: None,
        department: None,
        company: None,
        mail: None,
        phones: Vec::new(),
        office: None,
        language: None,
        photo: None,
        ..ada()
    }
}
