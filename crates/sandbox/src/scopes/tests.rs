use super::*;

/// Source: "Scopes and permissions in the Microsoft identity platform".
#[test]
fn scopes_are_read_in_both_forms() {
    for (text, expected) in [
        ("User.Read openid", Ok("User.Read openid")),
        (
            "https://graph.microsoft.com/User.Read profile",
            Ok("User.Read profile"),
        ),
        ("user.read OPENID offline_access", Ok("User.Read openid")),
        ("https://graph.microsoft.com/.default", Ok("User.Read")),
        (
            "https://graph.microsoft.com//.default openid",
            Ok("User.Read openid"),
        ),
        (
            "https://graph.microsoft.com/.default Mail.Send",
            Err(ScopeError::DefaultMixed),
        ),
        (
            "https://outlook.office365.com/smtp.send openid",
            Ok("https://outlook.office.com/SMTP.Send openid"),
        ),
        (
            "https://outlook.office.com/SMTP.Fly",
            Err(ScopeError::Unknown(
                "https://outlook.office.com/SMTP.Fly".to_owned(),
            )),
        ),
        (
            "https://outlook.office.com/.default",
            Err(ScopeError::Undeclared(
                "https://outlook.office.com".to_owned(),
            )),
        ),
        ("", Err(ScopeError::Empty)),
        ("User.Fly", Err(ScopeError::Unknown("User.Fly".to_owned()))),
        (
            "https://vault.example/x",
            Err(ScopeError::UnknownResource(
                "https://vault.example".to_owned(),
            )),
        ),
    ] {
        let read = ScopeSet::parse(text).map(|set| set.echo(false));
        assert_eq!(read, expected.map(str::to_owned), "{text}");
    }
}

#[test]
fn the_long_form_is_answered_in_the_long_form() {
    let text = "https://graph.microsoft.com/Mail.Send openid";
    let set = ScopeSet::parse(text).unwrap();
    assert_eq!(set.echo(asks_in_long_form(text)), text);
}

/// Source: "Scopes and permissions": a token is for one resource.
#[test]
fn a_set_is_told_apart_by_resource() {
    let outlook = "https://outlook.office.com/IMAP.AccessAsUser.All";
    for (text, several, audience) in [
        ("openid", false, Audience::Graph),
        ("openid User.Read Mail.Send", false, Audience::Graph),
        (&format!("openid {outlook}"), false, Audience::Outlook),
        (&format!("User.Read {outlook}"), true, Audience::Graph),
    ] {
        let set = ScopeSet::parse(text).unwrap();
        assert_eq!(
            (set.is_for_several(), set.audience()),
            (several, audience),
            "{text}"
        );
    }
    let both = ScopeSet::parse(&format!("openid User.Read {outlook}")).unwrap();
    assert_eq!(both.of(Audience::Graph).echo(false), "User.Read openid");
    assert_eq!(
        both.of(Audience::Outlook).claim(),
        "IMAP.AccessAsUser.All openid"
    );
}

/// Source: "Microsoft Graph permissions reference", delegated permissions.
#[test]
fn the_reference_s_permissions_are_known_each_once() {
    for (name, admin_only, title) in [
        (
            "User.ReadBasic.All",
            false,
            "Read all users' basic profiles",
        ),
        ("User.Read.All", true, "Read all users' full profiles"),
        (
            "Mail.ReadWrite",
            false,
            "Read and write access to your mail",
        ),
        (
            "Mail.Send.Shared",
            false,
            "Send mail on behalf of others or yourself",
        ),
        ("Mail.Read.Shared", false, "Read mail you can access"),
        ("MailboxSettings.Read", false, "Read your mailbox settings"),
        ("People.Read", false, "Read your relevant people list"),
        ("Presence.Read", false, "Read your presence information"),
        ("Calendars.Read", false, "Read your calendars"),
        (
            "Contacts.ReadWrite",
            false,
            "Have full access of your contacts",
        ),
        (
            "Files.ReadWrite.All",
            false,
            "Have full access to all files you have access to",
        ),
        ("Chat.Read", false, "Read your chat messages"),
        ("Group.Read.All", true, "Read all groups"),
        ("Directory.Read.All", true, "Read directory data"),
        (
            "Directory.AccessAsUser.All",
            true,
            "Access the directory as you",
        ),
        ("Schedule.Read.All", true, "Read your schedule items"),
        (
            "UnifiedGroupMember.Read.AsGuest",
            true,
            "Read unified group memberships as guest",
        ),
        (
            "TeamsTab.ReadWriteSelfForUser",
            false,
            "Allow the Teams app to manage only its own tabs for you",
        ),
    ] {
        let known = find(name).unwrap();
        assert_eq!(
            (known.admin_only, &*known.title),
            (admin_only, title),
            "{name}"
        );
    }
    let mut names = BTreeSet::new();
    for permission in &*PERMISSIONS {
        assert!(
            names.insert(permission.name.to_ascii_lowercase()),
            "{}",
            permission.name
        );
    }
    assert!(names.len() > 300, "{}", names.len());
}
