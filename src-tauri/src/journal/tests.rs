use std::time::SystemTime;

use super::*;

fn journal() -> Journal {
    let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    Journal::new(Arc::new(move || -> SystemTime { now }))
}

fn request(address: &str) -> RequestView {
    RequestView {
        number: 0,
        to: Host::Graph,
        method: "GET".to_owned(),
        address: address.to_owned(),
        content_type: None,
        client_request_id: None,
        request_id: None,
        status: Some(200),
        failure: None,
        at_ms: 0,
        took_ms: 0,
        again: None,
    }
}

#[test]
fn nothing_secret_or_personal_is_kept_of_an_address() {
    let token = "eyJ0eXAiOiJKV1QifQ.eyJvaWQiOiIxIn0.c2lnbmF0dXJl";
    let id = "AAMkAGVmMDEzMTM4LTZmYWUtNDdkNC1hMDZiLTU1OGY5OTZhYmY4OABGAAAAAAAiQ8W967B7TKBjgx9rVEURBwAiIsqMbYjsT5e";
    for (url, expected) in [
        (
            "https://graph.microsoft.com/v1.0/$batch".to_owned(),
            "https://graph.microsoft.com/v1.0/$batch",
        ),
        (
            "https://graph.microsoft.com/v1.0/me?$select=id,displayName&$top=10".to_owned(),
            "https://graph.microsoft.com/v1.0/me?$select=id,displayName&$top=10",
        ),
        (
            "https://graph.microsoft.com/v1.0/me/photos/96x96/$value".to_owned(),
            "https://graph.microsoft.com/v1.0/me/photos/96x96/$value",
        ),
        (
            format!("https://graph.microsoft.com/v1.0/me/messages/{id}/send"),
            "https://graph.microsoft.com/v1.0/me/messages/…YjsT5e/send",
        ),
        (
            "https://graph.microsoft.com/v1.0/me/messages?$filter=subject eq 'Secret plan'&$select=id"
                .to_owned(),
            "https://graph.microsoft.com/v1.0/me/messages?$filter=…&$select=id",
        ),
        (
            "https://graph.microsoft.com/v1.0/users/ada@signet.example/photo".to_owned(),
            "https://graph.microsoft.com/v1.0/users/…/photo",
        ),
        (
            format!("https://outlook.office.com/api/v2.0/Users('ada@signet.example')/AttachmentSessions('{id}')?authtoken={token}"),
            "https://outlook.office.com/api/v2.0/…/…?authtoken=…",
        ),
        (
            format!("https://ada:pass@login.microsoftonline.com/contoso.onmicrosoft.com/oauth2/v2.0/token?{token}#{token}"),
            "https://login.microsoftonline.com/…/oauth2/v2.0/token?…",
        ),
        (
            format!("https://graph.microsoft.com/v1.0/{token}?$select={token}"),
            "https://graph.microsoft.com/v1.0/…?$select=…",
        ),
    ] {
        let kept = address(&Url::parse(&url).unwrap());
        assert_eq!(kept, expected, "{url}");
        assert!(!kept.contains("eyJ") && !kept.contains('@'), "{kept}");
    }
}

#[test]
fn an_address_has_an_end() {
    let long = format!("https://graph.microsoft.com/{}", "me/".repeat(10_000));
    let kept = address(&Url::parse(&long).unwrap());
    assert_eq!(kept.chars().count(), ADDRESS_CHARS_MAX + 1);
}

#[test]
fn the_newest_stand_first_and_the_oldest_go() {
    let journal = journal();
    for number in 0..REQUESTS_MAX + 50 {
        let took = Duration::from_millis(1_500);
        journal.note(None, request(&number.to_string()), took);
    }
    let kept = journal.requests(None);
    assert_eq!(kept.len(), REQUESTS_MAX);
    assert_eq!(kept[0].address, (REQUESTS_MAX + 49).to_string());
    assert_eq!(kept[REQUESTS_MAX - 1].address, "50");
    assert_eq!((kept[0].at_ms, kept[0].took_ms), (1_699_999_998_500, 1_500));
}

#[test]
fn an_account_sees_its_own_and_takes_them_along() {
    let journal = journal();
    let note = |account: Option<&str>, address| {
        journal.note(account.map(str::to_owned), request(address), Duration::ZERO);
    };
    note(Some("ada"), "a");
    note(Some("noor"), "n");
    note(None, "sign-in");
    let shown = |account| -> Vec<String> {
        let requests = journal.requests(account).into_iter();
        requests.map(|request| request.address).collect()
    };
    assert_eq!(shown(Some("ada")), ["sign-in", "a"]);
    assert_eq!(shown(None), ["sign-in"]);
    journal.forget("ada");
    assert_eq!(shown(Some("ada")), ["sign-in"]);
    assert_eq!(shown(Some("noor")), ["sign-in", "n"]);
}
