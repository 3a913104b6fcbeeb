use proptest::prelude::*;

use super::*;

fn check(text: &str, expected: Result<(Option<&str>, &str), AddressFault>) {
    let parsed = Address::parse(text);
    let found = parsed
        .as_ref()
        .map(|a| (a.name(), a.address()))
        .map_err(AddressError::fault);
    assert_eq!(found, expected, "{text:?}");
}

// RFC 5322 §3.4 and appendices A.1.2, A.5, A.6.1, RFC 6531 §3.3, and what people paste.
#[test]
fn one_address_in_its_many_spellings() {
    for (text, name, address) in [
        ("ada@signet.example", None, "ada@signet.example"),
        ("  <ada@signet.example> ", None, "ada@signet.example"),
        ("mailto:ada@signet.example", None, "ada@signet.example"),
        (
            "Ada Lovelace <ada@signet.example>",
            Some("Ada Lovelace"),
            "ada@signet.example",
        ),
        (
            "\"Joe Q. Public\" <john.q.public@example.com>",
            Some("Joe Q. Public"),
            "john.q.public@example.com",
        ),
        (
            r#""Giant; \"Big\" Box" <sysservices@example.net>"#,
            Some("Giant; \"Big\" Box"),
            "sysservices@example.net",
        ),
        (
            "\"Lovelace, Ada\" <ada@signet.example>",
            Some("Lovelace, Ada"),
            "ada@signet.example",
        ),
        (
            "'ada@signet.example' <ada@signet.example>",
            Some("ada@signet.example"),
            "ada@signet.example",
        ),
        (
            "ada@signet.example (Ada (the first) Lovelace)",
            Some("Ada (the first) Lovelace"),
            "ada@signet.example",
        ),
        (
            "Pete(A nice \\) chap) <pete@silly.example>(his host)",
            Some("Pete"),
            "pete@silly.example",
        ),
        (
            "Núñez 計画 🎉 <ada@signet.example>",
            Some("Núñez 計画 🎉"),
            "ada@signet.example",
        ),
        (
            "נועה <noa@signet.example>",
            Some("נועה"),
            "noa@signet.example",
        ),
        ("Pelé@bücher.example", None, "Pelé@bücher.example"),
        ("用户@例子.example", None, "用户@例子.example"),
        (
            "a+tag/x=y'{z}@sub.signet.example",
            None,
            "a+tag/x=y'{z}@sub.signet.example",
        ),
        (
            "\"two words\"@signet.example",
            None,
            "\"two words\"@signet.example",
        ),
        (
            "5\" Disk <disk@signet.example>",
            Some("5\" Disk"),
            "disk@signet.example",
        ),
        (
            "evil\u{202e}moc <ada@signet.example>",
            Some("evilmoc"),
            "ada@signet.example",
        ),
    ] {
        check(text, Ok((name, address)));
    }
}

#[test]
fn each_fault_is_named() {
    use AddressFault::*;
    let long_local = format!("{}@signet.example", "a".repeat(65));
    let long_domain = format!("ada@{}example", "a23456789.".repeat(26));
    let long_name = format!("{} <ada@signet.example>", "n".repeat(257));
    for (text, fault) in [
        ("", Empty),
        ("<>", Empty),
        ("  mailto: ", Empty),
        ("ada", NoAt),
        ("ada at signet.example", NoAt),
        ("@signet.example", NoLocalPart),
        ("ada@", NoDomain),
        ("ada@signet", DomainIncomplete),
        ("ada@localhost", DomainIncomplete),
        ("ada@@signet.example", SeveralAts),
        ("ada@grace@signet.example", SeveralAts),
        ("ada..l@signet.example", BadLocalPart),
        (".ada@signet.example", BadLocalPart),
        ("a\u{200b}da@signet.example", BadLocalPart),
        ("ada@signet..example", BadDomain),
        ("ada@signet.example.", BadDomain),
        ("ada@-signet.example", BadDomain),
        ("ada@[127.0.0.1]", BadDomain),
        ("ada@127.0.0.1", BadDomain),
        ("ada@sig_net.example", BadDomain),
        ("ada@signet%2eexample", BadDomain),
        ("ada lovelace@signet.example", SpaceInside),
        ("ada@signet .example", SpaceInside),
        ("\"Ada <ada@signet.example>", UnclosedQuote),
        ("Ada <ada@signet.example", UnclosedBracket),
        ("ada@signet.example (Ada", UnclosedComment),
        ("<ada@signet.example> Ada", TextAfterAddress),
        ("<ada@signet.example><eve@signet.example>", TextAfterAddress),
        ("ada\u{0}@signet.example", ControlCharacter),
        (&long_local, TooLong),
        (&long_domain, TooLong),
        (&long_name, NameTooLong),
    ] {
        check(text, Err(fault));
    }
}

fn check_list(text: &str, expected: &[Result<&str, AddressFault>]) {
    let list = parse_addresses(text);
    let found: Vec<_> = list
        .iter()
        .map(|one| {
            one.as_ref()
                .map(ToString::to_string)
                .map_err(AddressError::fault)
        })
        .collect();
    let expected: Vec<_> = expected.iter().map(|one| one.map(str::to_owned)).collect();
    assert_eq!(found, expected, "{text:?}");
}

#[test]
fn pasted_lists() {
    let ada = "\"Lovelace, Ada\" <ada@signet.example>";
    let grace = "\"Hopper, Grace\" <grace@signet.example>";
    check_list("", &[]);
    check_list(" , ;\n", &[]);
    check_list(
        "a@b.example, c@d.example;e@f.example\r\n\tg@h.example,",
        &[
            Ok("a@b.example"),
            Ok("c@d.example"),
            Ok("e@f.example"),
            Ok("g@h.example"),
        ],
    );
    check_list(
        "a@b.example c@d.example",
        &[Ok("a@b.example"), Ok("c@d.example")],
    );
    check_list(
        "a@b.example，c@d.example；e@f.example",
        &[Ok("a@b.example"), Ok("c@d.example"), Ok("e@f.example")],
    );
    check_list(&format!("{ada}, {grace}"), &[Ok(ada), Ok(grace)]);
    // Outlook: names with commas, people separated by semicolons.
    check_list(
        "Lovelace, Ada <ada@signet.example>; Hopper, Grace <grace@signet.example>",
        &[Ok(ada), Ok(grace)],
    );
    check_list("Lovelace, Ada <ada@signet.example>", &[Ok(ada)]);
    // Commas only: nothing says which comma belongs to a name, so nobody is lost in a guess.
    check_list(
        "Bob, Ada <ada@signet.example>, eve@signet.example",
        &[
            Err(AddressFault::NoAt),
            Ok("\"Ada\" <ada@signet.example>"),
            Ok("eve@signet.example"),
        ],
    );
    check_list(
        "good@signet.example, bad, also good@signet.example",
        &[
            Ok("good@signet.example"),
            Err(AddressFault::NoAt),
            Err(AddressFault::SpaceInside),
        ],
    );
    // An unclosed quotation mark takes its own line with it and no other.
    check_list(
        "\"Ada <a@b.example>, x@y.example\nc@d.example",
        &[Err(AddressFault::UnclosedQuote), Ok("c@d.example")],
    );
}

#[test]
fn lists_end() {
    let long = "a@b.example\n".repeat(ADDRESS_LIST_MAX + 5);
    let read = parse_addresses(&long);
    assert_eq!(read.len(), ADDRESS_LIST_MAX + 1);
    assert_eq!(
        read.last().unwrap().as_ref().unwrap_err().fault(),
        AddressFault::TooMany
    );
    let huge = "x".repeat(ADDRESS_LIST_BYTES_MAX + 1);
    assert_eq!(parse_addresses(&huge).len(), 1);
}

#[test]
fn disk_holds_checked_addresses_only() {
    let ada = Address::new(Some("Ada"), "ada@signet.example").unwrap();
    let json = serde_json::json!({"name": "Ada", "address": "ada@signet.example"});
    assert_eq!(serde_json::to_value(&ada).unwrap(), json);
    assert_eq!(serde_json::from_value::<Address>(json).unwrap(), ada);
    assert!(serde_json::from_str::<Address>(r#"{"address":"ada"}"#).is_err());
}

#[test]
fn logs_never_show_an_address() {
    let ada = Address::parse("Ada <ada@signet.example>").unwrap();
    let error = Address::parse("Secret Name <ada@signet").unwrap_err();
    assert_eq!(format!("{ada:?}"), "Address(…@signet.example)");
    assert_eq!(
        format!("{error:?} {error}"),
        "AddressError(UnclosedBracket) not a mail address: an angle bracket is not closed"
    );
    assert_eq!(error.text(), "Secret Name <ada@signet");
}

fn local() -> impl Strategy<Value = String> {
    "[a-z0-9é用][a-z0-9é用+_-]{0,12}"
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,80}|[a@.<>\"(),;: \\\\\r\n\u{0}é]{0,80}") {
        let _ = Address::parse(&text);
        for address in parse_addresses(&text).into_iter().flatten() {
            prop_assert!(address.address().len() <= ADDRESS_BYTES_MAX);
            prop_assert!(!address.to_string().chars().any(char::is_control));
        }
    }

    #[test]
    fn the_header_form_reads_back(name in "\\PC{0,40}", local in local()) {
        let address = Address::new(Some(&name), &format!("{local}@signet.example")).unwrap();
        prop_assert_eq!(Address::parse(&address.to_string()).unwrap(), address.clone());
        let list = parse_addresses(&format!("{address}, {address}; {address}\n{address}"));
        prop_assert_eq!(list, vec![Ok(address.clone()), Ok(address.clone()), Ok(address.clone()), Ok(address)]);
    }
}
