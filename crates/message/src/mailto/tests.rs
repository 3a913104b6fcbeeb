use proptest::prelude::*;

use super::*;

#[derive(Debug, Default, PartialEq)]
struct Expected<'a> {
    to: &'a [&'a str],
    cc: &'a [&'a str],
    bcc: &'a [&'a str],
    subject: &'a str,
    body: &'a str,
    ignored: &'a [&'a str],
}

fn check(url: &str, expected: Expected<'_>) {
    let found = parse(url).unwrap_or_else(|error| panic!("{url}: {error}"));
    assert_eq!(found.to, expected.to, "to of {url}");
    assert_eq!(found.cc, expected.cc, "cc of {url}");
    assert_eq!(found.bcc, expected.bcc, "bcc of {url}");
    assert_eq!(found.subject, expected.subject, "subject of {url}");
    assert_eq!(found.body, expected.body, "body of {url}");
    assert_eq!(found.ignored, expected.ignored, "ignored of {url}");
}

const NONE: Expected<'static> = Expected {
    to: &[],
    cc: &[],
    bcc: &[],
    subject: "",
    body: "",
    ignored: &[],
};

#[test]
fn hostile_links_fill_a_form_and_do_nothing_else() {
    let a: &[&str] = &["a@b.example"];
    check(
        "mailto:a@b.example?attach=/etc/passwd&attachment=file:///etc/passwd&ATTACH=x",
        Expected {
            to: a,
            ignored: &["attach", "attachment"],
            ..NONE
        },
    );
    check(
        "mailto:a@b.example?from=boss@b.example&reply-to=eve@e.example&x-signet-outbox=1&content-type=text/html",
        Expected {
            to: a,
            ignored: &["from", "reply-to", "x-signet-outbox", "content-type"],
            ..NONE
        },
    );
    // Header injection: a line break stays inside its own field.
    check(
        "mailto:a@b.example?subject=Hi%0D%0ABcc:%20eve@e.example",
        Expected {
            to: a,
            subject: "Hi Bcc: eve@e.example",
            ..NONE
        },
    );
    check(
        "mailto:a@b.example%0D%0ABcc:eve@e.example",
        Expected {
            to: &["a@b.example", "Bcc:eve@e.example"],
            ..NONE
        },
    );
    assert!(crate::Address::parse("Bcc:eve@e.example").is_err());
    check(
        "mailto:a@b.example?body=%00%07one%0D%0Atwo%0Dthree%1B[0m",
        Expected {
            to: a,
            body: "one\ntwo\nthree[0m",
            ..NONE
        },
    );
    check(
        "mailto:a@b.example?body=%3Cscript%3Ealert(1)%3C/script%3E",
        Expected {
            to: a,
            body: "<script>alert(1)</script>",
            ..NONE
        },
    );
    check(
        "mailto:a@b.example?subject=first&subject=second&body=one&body=two",
        Expected {
            to: a,
            subject: "first",
            body: "one",
            ignored: &["subject", "body"],
            ..NONE
        },
    );
    check(
        &format!("mailto:?{}=1", "n".repeat(500)),
        Expected {
            ignored: &[&"n".repeat(32)],
            ..NONE
        },
    );
    assert_eq!(parse("javascript:alert(1)"), Err(MailtoError::NotMailto));
    assert_eq!(parse("mailto"), Err(MailtoError::NotMailto));
    assert_eq!(parse(""), Err(MailtoError::NotMailto));
    assert_eq!(
        parse(&format!("mailto:{}", "a".repeat(MAILTO_BYTES_MAX))),
        Err(MailtoError::TooLong)
    );
    assert_eq!(
        parse(&format!("mailto:?to={}", "a@b.example,".repeat(5_000)))
            .unwrap()
            .to
            .len(),
        ADDRESS_LIST_MAX
    );
    assert!(
        parse(&format!("mailto:?{}", "x=1&y=2&".repeat(5_000)))
            .unwrap()
            .ignored
            .len()
            <= FIELDS_MAX
    );
}

// RFC 6068 §6.1 and §6.2.
#[test]
fn the_examples_of_the_rfc() {
    check(
        "mailto:chris@example.com",
        Expected {
            to: &["chris@example.com"],
            ..NONE
        },
    );
    check(
        "mailto:infobot@example.com?body=send%20current-issue%0D%0Asend%20index",
        Expected {
            to: &["infobot@example.com"],
            body: "send current-issue\nsend index",
            ..NONE
        },
    );
    check(
        "mailto:joe@example.com?cc=bob@example.com&body=hello",
        Expected {
            to: &["joe@example.com"],
            cc: &["bob@example.com"],
            body: "hello",
            ..NONE
        },
    );
    let two = Expected {
        to: &["addr1@an.example", "addr2@an.example"],
        ..NONE
    };
    check(
        "mailto:?to=addr1@an.example,addr2@an.example",
        Expected { ..two },
    );
    check(
        "mailto:addr1@an.example?to=addr2@an.example",
        Expected { to: two.to, ..NONE },
    );
    check(
        "mailto:gorby%25kremvax@example.com",
        Expected {
            to: &["gorby%kremvax@example.com"],
            ..NONE
        },
    );
    check(
        "mailto:unlikely%3Faddress@example.com?blat=foop",
        Expected {
            to: &["unlikely?address@example.com"],
            ignored: &["blat"],
            ..NONE
        },
    );
    check(
        "mailto:Mike%26family@example.org",
        Expected {
            to: &["Mike&family@example.org"],
            ..NONE
        },
    );
    check(
        "mailto:%22not%40me%22@example.org",
        Expected {
            to: &["\"not@me\"@example.org"],
            ..NONE
        },
    );
    check(
        "mailto:user@example.org?subject=caf%C3%A9&body=caf%C3%A9",
        Expected {
            to: &["user@example.org"],
            subject: "café",
            body: "café",
            ..NONE
        },
    );
    check(
        "mailto:user@%E7%B4%8D%E8%B1%86.example.org?subject=Test",
        Expected {
            to: &["user@納豆.example.org"],
            subject: "Test",
            ..NONE
        },
    );
}

#[test]
fn odd_links_are_understood() {
    let a: &[&str] = &["a@b.example"];
    for empty in [
        "mailto:",
        "mailto:?",
        "mailto:?to=&cc=&bcc=&subject=&body=",
        "MAILTO:?&&=",
        "mailto://",
    ] {
        check(empty, NONE);
    }
    check("  MailTo:a@b.example  ", Expected { to: a, ..NONE });
    check("mailto://a@b.example", Expected { to: a, ..NONE });
    check("mailto:a@b.example#top", Expected { to: a, ..NONE });
    check(
        "mailto:a@b.example&subject=Hi&body=There",
        Expected {
            to: a,
            subject: "Hi",
            body: "There",
            ..NONE
        },
    );
    check(
        "mailto:a&b@c.example",
        Expected {
            to: &["a&b@c.example"],
            ..NONE
        },
    );
    check(
        "mailto:a@b.example?&SUBJECT=Hi&amp;Body=There",
        Expected {
            to: a,
            subject: "Hi",
            body: "There",
            ..NONE
        },
    );
    check("mailto:a@b.example?subject", Expected { to: a, ..NONE });
    check(
        "mailto:a@b.example?subject=Really?&cc=",
        Expected {
            to: a,
            subject: "Really?",
            ..NONE
        },
    );
    check(
        "mailto:a@b.example?subject=1%2B1=2&body=100%&cc=c%ZZd@e.example",
        Expected {
            to: a,
            subject: "1+1=2",
            body: "100%",
            cc: &["c%ZZd@e.example"],
            ..NONE
        },
    );
    check(
        "mailto:a+tag@b.example?subject=a+b",
        Expected {
            to: &["a+tag@b.example"],
            subject: "a+b",
            ..NONE
        },
    );
    check(
        "mailto:a@b.example;c@d.example,%20e@f.example%2Cg@h.example",
        Expected {
            to: &["a@b.example", "c@d.example", "e@f.example", "g@h.example"],
            ..NONE
        },
    );
    check(
        "mailto:%22Lovelace%2C%20Ada%22%20%3Cada@signet.example%3E",
        Expected {
            to: &["\"Lovelace, Ada\" <ada@signet.example>"],
            ..NONE
        },
    );
    check(
        "mailto:a@b.example?subject=caf%E9",
        Expected {
            to: a,
            subject: "caf\u{fffd}",
            ..NONE
        },
    );
    check(
        "mailto:nonsense?bcc=x@y.example",
        Expected {
            to: &["nonsense"],
            bcc: &["x@y.example"],
            ..NONE
        },
    );
    check(
        "mailto:?subject=日本語&body=🎉",
        Expected {
            subject: "日本語",
            body: "🎉",
            ..NONE
        },
    );
}

#[test]
fn a_link_becomes_a_draft_without_attachments() {
    let draft = Draft::from(
        parse("mailto:a@b.example?subject=Hi&body=<b>x</b>&attach=/etc/passwd").unwrap(),
    );
    assert_eq!(
        (draft.to, draft.subject, draft.attachments),
        (vec!["a@b.example".to_owned()], "Hi".to_owned(), vec![])
    );
    assert_eq!(draft.body, Body::Text("<b>x</b>".to_owned()));
}

proptest! {
    #[test]
    fn any_link_is_read_or_refused(rest in "\\PC{0,120}|[a@.?&=%20DA;,:/#\u{0}é]{0,120}") {
        let mailto = parse(&format!("mailto:{rest}")).unwrap();
        prop_assert!(!mailto.subject.chars().any(char::is_control));
        prop_assert!(!mailto.to.iter().chain(&mailto.cc).chain(&mailto.bcc).any(|a| a.chars().any(char::is_control)));
        prop_assert!(!mailto.body.contains('\r'));
    }

    #[test]
    fn encoded_fields_come_back(subject in "[^\\p{C}]{0,40}", body in "[^\\p{C}]{0,80}") {
        let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let mailto = parse(&format!("mailto:?subject={}&body={}", encode(&subject), encode(&body))).unwrap();
        prop_assert_eq!(mailto.subject, one_line(&subject));
        prop_assert_eq!(mailto.body, body);
    }
}
