use super::*;

fn check(one: &str, other: &str, expected: bool) {
    let likeness = |text| Likeness::of(&Address::parse(text).unwrap());
    let (one_like, other_like) = (likeness(one), likeness(other));
    assert_eq!(
        one_like.could_be_taken_for(&other_like),
        expected,
        "{one} for {other}"
    );
    assert_eq!(
        other_like.could_be_taken_for(&one_like),
        expected,
        "{other} for {one}"
    );
}

#[test]
fn what_an_eye_or_a_finger_confuses_is_alike() {
    for (one, other) in [
        ("ana@contoso.com", "ana@c0ntoso.com"),
        ("ana@contoso.com", "ana@contoso.co"),
        ("ana@contoso.com", "ana@contoso.cm"),
        ("ana@contoso.com", "ana@contoso.con"),
        ("ana@contoso.com", "ana@contsoo.com"),
        ("ana@contoso.com", "ana@contosoo.com"),
        ("ana@contoso.com", "Ana@Contosso.com"),
        ("ana@contoso.com", "ana@contoso1.com"),
        ("ana@mail.contoso.com", "ana@mailcontoso.com"),
        ("ana@contoso.de", "ana@contoso.ed"),
        ("ada@gmail.com", "ada@gmial.com"),
        ("ada@gmail.com", "ada@gmall.com"),
        // Cyrillic а and о; rn for m; l for 1.
        ("ana@contoso.com", "ana@c\u{43e}ntoso.com"),
        ("ana@contoso.com", "\u{430}na@contoso.com"),
        ("ana@contoso.com", "\u{430}na@c\u{43e}ntoso.com"),
        ("ana@modern.example", "ana@rnodern.example"),
        ("paul@hp.com", "pau1@hp.com"),
        ("grace.hopper@signet.example", "grace.hoper@signet.example"),
        ("grace.hopper@signet.example", "garce.hopper@signet.example"),
        ("grace.hopper@signet.example", "grace.hoppet@signet.example"),
        ("grace.hopper@signet.example", "gracehopper@signet.example"),
        ("zoë.ångström@signet.example", "zoë.ångstrom@signet.example"),
    ] {
        check(one, other, true);
    }
}

#[test]
fn what_tells_people_apart_is_not() {
    for (one, other) in [
        ("ana@contoso.com", "ana@contoso.com"),
        ("ana@contoso.com", "ANA@Contoso.com"),
        // Short names.
        ("anna@contoso.com", "hanna@contoso.com"),
        ("ana@contoso.com", "anna@contoso.com"),
        ("daniel@contoso.com", "daniela@contoso.com"),
        ("michael@contoso.com", "michaela@contoso.com"),
        ("maria@contoso.com", "mario@contoso.com"),
        // Initials.
        ("a.lovelace@contoso.com", "b.lovelace@contoso.com"),
        ("alovelace@contoso.com", "blovelace@contoso.com"),
        ("lovelace.a@contoso.com", "lovelace.b@contoso.com"),
        ("lovelace@contoso.com", "alovelace@contoso.com"),
        // Numbers.
        ("s1234567@contoso.com", "s1234568@contoso.com"),
        ("jonathan@contoso.com", "jonathan2@contoso.com"),
        ("ana@team1.example", "ana@team2.example"),
        ("ana@mx1.contoso.com", "ana@mx2.contoso.com"),
        // Short companies, and a company's countries.
        ("info@hp.com", "info@hq.com"),
        ("info@ibm.com", "info@ibn.com"),
        ("ana@contoso.de", "ana@contoso.dk"),
        ("ana@contoso.co.uk", "ana@contoso.co.ug"),
        ("ana@contoso.com", "ana@contoso.org"),
        ("ana@web.de", "ana@gmx.de"),
        // Two slips, or one on each side of the @.
        ("ana@contoso.com", "ana@kontosso.com"),
        ("grace.hopper@signet.example", "grace.hoper@signets.example"),
        ("ana@contoso.com", "bob@contoso.co"),
    ] {
        check(one, other, false);
    }
}

#[test]
fn the_slips_of_public_domains_are_known_without_anybody_known() {
    for (typed, meant) in [
        ("ana@gmial.com", Some("ana@gmail.com")),
        ("ana@gmal.com", Some("ana@gmail.com")),
        ("ana@gmail.co", Some("ana@gmail.com")),
        ("Ana@GMAIL.CON", Some("Ana@gmail.com")),
        ("ana@gmai1.com", Some("ana@gmail.com")),
        ("ana@outlok.com", Some("ana@outlook.com")),
        ("ana@out1ook.com", Some("ana@outlook.com")),
        ("ana@hotnail.com", Some("ana@hotmail.com")),
        ("ana@hotrnail.com", Some("ana@hotmail.com")),
        ("ana@yaho.com", Some("ana@yahoo.com")),
        ("ana@yahoo.cm", Some("ana@yahoo.com")),
        ("ana@iclould.com", Some("ana@icloud.com")),
        ("ana@protonmial.com", Some("ana@protonmail.com")),
        ("Ana <ana@gmial.com>", Some("ana@gmail.com")),
        ("ana@gmail.com", None),
        ("ana@GMAIL.com", None),
        ("ana@mail.com", None),
        ("ana@email.com", None),
        ("ana@ymail.com", None),
        ("ana@cloud.com", None),
        ("ana@yahoo.ca", None),
        ("ana@hotmail.de", None),
        ("ana@outlook.example", None),
        ("ana@gmail.contoso.com", None),
        ("ana@gml.com", None),
        ("ana@man.com", None),
        ("ana@contoso.com", None),
    ] {
        let address = Address::parse(typed).unwrap();
        let found = address.at_public_domain();
        assert_eq!(found.as_ref().map(Address::address), meant, "{typed}");
        assert!(found.is_none_or(|found| found.name() == address.name()));
    }
}
