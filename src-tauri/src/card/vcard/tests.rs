use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use calcard::vcard::{VCard, VCardProperty, VCardValue, VCardVersion};

use super::*;
use crate::card::samples::{ada, noor};

#[test]
fn a_full_card_is_written_line_by_line() {
    let expected = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "FN:Ada Lovelace-Núñez",
        "N:Lovelace-Núñez;Ada;;;",
        "EMAIL:ada@signet.example",
        "TEL;TYPE=work,voice:+44 20 7946 0101",
        "TEL;TYPE=cell:+44 7700 900101",
        "TITLE:Principal Engineer\\; Analyst",
        "ORG:Signet\\, Example;Analytical Engines",
        "ADR;TYPE=work:;;St James’s Square 12\\n2.04;;;;",
        "LANG:en-GB",
        "PHOTO:data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAA",
        " ACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==",
        "END:VCARD",
        "",
    ];
    assert_eq!(whole(&ada()), expected.join("\r\n"));
}

#[test]
fn little_is_known_and_little_is_written() {
    let expected = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Noor\r\nN:;Noor;;;\r\nEND:VCARD\r\n";
    assert_eq!(whole(&noor()), expected);
}

/// The values of a property as another program reads them, parts and repetitions one after the other.
fn read(vcard: &str, property: &VCardProperty) -> Vec<String> {
    VCard::parse(vcard)
        .unwrap()
        .properties(property)
        .flat_map(|entry| &entry.values)
        .flat_map(|value| match value {
            VCardValue::Component(parts) => parts.clone(),
            VCardValue::Binary(data) => vec![BASE64.encode(&data.data)],
            value => vec![value.as_text().unwrap_or_default().to_owned()],
        })
        .collect()
}

#[test]
fn another_program_reads_what_was_meant() {
    let vcard = whole(&ada());
    let version = VCard::parse(&vcard).unwrap().version();
    assert_eq!(version, Some(VCardVersion::V4_0));
    for (property, expected) in [
        (VCardProperty::Fn, &["Ada Lovelace-Núñez"][..]),
        (VCardProperty::N, &["Lovelace-Núñez", "Ada", "", "", ""]),
        (VCardProperty::Email, &["ada@signet.example"]),
        (VCardProperty::Tel, &["+44 20 7946 0101", "+44 7700 900101"]),
        (VCardProperty::Title, &["Principal Engineer; Analyst"]),
        (
            VCardProperty::Org,
            &["Signet, Example", "Analytical Engines"],
        ),
        (
            VCardProperty::Adr,
            &["", "", "St James’s Square 12\n2.04", "", "", "", ""],
        ),
        (VCardProperty::Lang, &["en-GB"]),
        (VCardProperty::Photo, &[ada().photo.unwrap().as_str()]),
    ] {
        assert_eq!(read(&vcard, &property), expected, "{property:?}");
    }
}

#[test]
fn no_value_can_end_its_line_or_begin_another_property() {
    for name in [
        "a\r\nEMAIL:eve@example.com",
        "a\nEND:VCARD",
        "a\r b",
        "back\\slash, comma; semicolon: colon \"quote\"",
        "\\n",
        "tab\tand\u{7}bell",
        "\u{feff}山田 太郎 👩‍💻",
    ] {
        let card = Card {
            name: name.to_owned(),
            ..noor()
        };
        let vcard = whole(&card);
        assert_eq!(vcard.matches("\r\n").count(), vcard.matches('\n').count());
        let expected = name.replace("\r\n", "\n").replace('\r', "\n");
        let expected = expected.replace(['\t', '\u{7}'], " ");
        assert_eq!(read(&vcard, &VCardProperty::Fn), [expected], "{name:?}");
        assert!(read(&vcard, &VCardProperty::Email).is_empty(), "{name:?}");
    }
}

#[test]
fn a_line_is_broken_between_characters_and_never_too_long() {
    for name in ["é", "山", "👩‍💻", "a", "a👩"].map(|piece| piece.repeat(90)) {
        let card = Card {
            name: name.clone(),
            ..noor()
        };
        let vcard = whole(&card);
        assert!(
            vcard
                .split("\r\n")
                .all(|line| line.len() <= LINE_OCTETS_MAX)
        );
        assert!(
            vcard
                .split("\r\n")
                .any(|line| line.len() > LINE_OCTETS_MAX - 4)
        );
        assert_eq!(read(&vcard, &VCardProperty::Fn), [name]);
    }
}

#[test]
fn what_is_no_language_is_left_out() {
    for (tag, expected) in [
        ("pt-BR", &["pt-BR"][..]),
        ("sr-Latn-RS", &["sr-Latn-RS"]),
        ("", &[]),
        ("en_US", &[]),
        ("en-", &[]),
        ("en\r\nEMAIL:eve@example.com", &[]),
    ] {
        let card = Card {
            language: Some(tag.to_owned()),
            ..noor()
        };
        let vcard = whole(&card);
        assert_eq!(read(&vcard, &VCardProperty::Lang), expected, "{tag:?}");
    }
}

#[test]
fn a_unit_without_an_organization_stays_a_unit() {
    let card = Card {
        company: None,
        ..ada()
    };
    let vcard = whole(&card);
    assert_eq!(
        read(&vcard, &VCardProperty::Org),
        ["", "Analytical Engines"]
    );
}

#[test]
fn what_is_scanned_stays_within_its_limit_and_cuts_no_address() {
    let long = Card {
        name: "Ünal ".repeat(50),
        given_name: Some("Ü".repeat(250)),
        mail: Some(format!("{}@example.com", "a".repeat(300))),
        ..ada()
    };
    let (vcard, held) = compact(&long, 300);
    assert!(vcard.len() <= 300, "{}", vcard.len());
    assert!(read(&vcard, &VCardProperty::Email).is_empty());
    assert_eq!(
        read(&vcard, &VCardProperty::Tel),
        ["+44 20 7946 0101", "+44 7700 900101"]
    );
    assert!(held.iter().any(|one| one.value == "+44 7700 900101"));
    let (vcard, _) = compact(&ada(), 520);
    assert_eq!(read(&vcard, &VCardProperty::Email), ["ada@signet.example"]);
    assert!(read(&vcard, &VCardProperty::Photo).is_empty());
}
