//! Attachments, and large ones by upload session. Sources: Graph v1.0 reference,
//! "attachment resource type", "attachment: createUploadSession"; "Attach large
//! files to Outlook messages as attachments".

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::browser::{Answer, string};
use crate::drafts::Desk;
use crate::mail::{mailbox, plain};

const ADA: &str = "ada@signet.example";
const SCOPES: &str = "Mail.ReadWrite Mail.Send";
const MIB: usize = 1024 * 1024;

/// Bytes whose base64 has all three signs that base64 for URLs writes otherwise.
const CONTENT: [u8; 4] = [0xfb, 0xef, 0xff, 0x00];
const CONTENT_BASE64: &str = "++//AA==";

fn file(name: &str) -> Value {
    json!({
        "@odata.type": "#microsoft.graph.fileAttachment", "name": name,
        "contentType": "text/plain", "contentBytes": CONTENT_BASE64,
    })
}

#[tokio::test]
async fn files_are_added_listed_read_and_deleted() {
    let ada = Desk::of(ADA, SCOPES).await;
    let message = format!("/me/messages/{}", ada.draft().await);
    let list = format!("{message}/attachments");
    let before = ada.get(&message).await.json();
    let made = ada.call("POST", &list, file("a.txt")).await;
    assert_eq!(made.status, 201);
    let after = ada.get(&message).await.json();
    assert_eq!(after["hasAttachments"], true);
    assert_ne!(after["changeKey"], before["changeKey"]);
    let made = made.json();
    for (name, expected) in [
        ("@odata.type", json!("#microsoft.graph.fileAttachment")),
        ("name", json!("a.txt")),
        ("size", json!(4)),
        ("isInline", json!(false)),
        ("contentBytes", json!(CONTENT_BASE64)),
        ("contentId", Value::Null),
    ] {
        assert_eq!(made[name], expected, "{name}");
    }
    let path = format!("{list}/{}", string(&made["id"]));
    assert_eq!(ada.get(&path).await.json()["contentBytes"], CONTENT_BASE64);
    let raw = ada.get(&format!("{path}/$value")).await;
    assert_eq!(
        (raw.header("content-type"), &*raw.bytes),
        ("text/plain", &CONTENT[..])
    );
    let listed = ada
        .get(&format!("{list}?$select=id,name,size"))
        .await
        .json();
    assert_eq!(listed["value"].as_array().unwrap().len(), 1);
    assert!(listed["value"][0].get("contentBytes").is_none());
    assert_eq!(ada.get(&format!("{list}/$count")).await.text(), "1");
    assert_eq!(ada.call("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(ada.get(&path).await.graph_code(), "ErrorItemNotFound");
    assert_eq!(ada.get(&message).await.json()["hasAttachments"], false);
}

#[tokio::test]
async fn an_inline_picture_does_not_count_as_an_attachment() {
    let ada = Desk::of(ADA, SCOPES).await;
    let message = format!("/me/messages/{}", ada.draft().await);
    let mut picture = file("logo.png");
    picture["isInline"] = json!(true);
    picture["contentId"] = json!("logo");
    ada.call("POST", &format!("{message}/attachments"), picture)
        .await;
    assert_eq!(ada.get(&message).await.json()["hasAttachments"], false);
    let expanded = ada
        .get(&format!("{message}?$expand=attachments"))
        .await
        .json();
    assert_eq!(expanded["attachments"][0]["contentId"], "logo");
}

#[tokio::test]
async fn an_item_can_be_attached_and_expanded() {
    let ada = Desk::of(ADA, SCOPES).await;
    let list = format!("/me/messages/{}/attachments", ada.draft().await);
    let mut inner = plain();
    inner["@odata.type"] = json!("microsoft.graph.message");
    let item =
        json!({"@odata.type": "#microsoft.graph.itemAttachment", "name": "inner", "item": inner});
    let made = ada.call("POST", &list, item).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let path = format!("{list}/{}", string(&made.json()["id"]));
    assert!(ada.get(&path).await.json().get("item").is_none());
    let expanded = ada
        .get(&format!(
            "{path}?$expand=microsoft.graph.itemattachment/item"
        ))
        .await
        .json();
    assert_eq!(expanded["item"]["subject"], "Hello");
    let mime = ada.get(&format!("{path}/$value")).await.text();
    assert!(mime.contains("Subject: Hello"), "{mime}");
}

#[tokio::test]
async fn an_attachment_of_no_type_is_422() {
    let ada = Desk::of(ADA, SCOPES).await;
    let list = format!("/me/messages/{}/attachments", ada.draft().await);
    for (body, status, code) in [
        (
            json!({"name": "a", "contentBytes": "YQ=="}),
            422,
            "UnprocessableType",
        ),
        (
            json!({"@odata.type": "#microsoft.graph.attachment", "name": "a"}),
            422,
            "UnprocessableType",
        ),
        (
            json!({"@odata.type": "#microsoft.graph.fileAttachment"}),
            400,
            "ErrorInvalidArgument",
        ),
        (
            json!({"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "sourceUrl": "x"}),
            400,
            "RequestBodyRead",
        ),
        (
            json!({"@odata.type": "#microsoft.graph.referenceAttachment", "name": "a", "sourceUrl": "x"}),
            400,
            "RequestBodyRead",
        ),
    ] {
        let answer = ada.call("POST", &list, body).await;
        assert_eq!((answer.status, &*answer.graph_code()), (status, code));
    }
}

#[tokio::test]
async fn a_session_is_for_large_files_only() {
    let ada = Desk::of(ADA, SCOPES).await;
    let path = format!(
        "/me/messages/{}/attachments/createUploadSession",
        ada.draft().await
    );
    let item = |kind: &str, size: Value| json!({"AttachmentItem": {"attachmentType": kind, "name": "a", "size": size}});
    for (body, status, code) in [
        (
            item("file", json!(3 * MIB - 1)),
            400,
            "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
        ),
        (
            item("file", json!(36 * MIB)),
            400,
            "ErrorMessageSizeExceeded",
        ),
        (item("file", json!("big")), 400, "RequestBodyRead"),
        (item("item", json!(4 * MIB)), 400, "ErrorInvalidRequest"),
        (item("cloud", json!(4 * MIB)), 400, "RequestBodyRead"),
        (json!({}), 400, "ErrorInvalidParameter"),
    ] {
        let answer = ada.call("POST", &path, body).await;
        assert_eq!((answer.status, &*answer.graph_code()), (status, code));
    }
    let opened = ada
        .call(
            "POST",
            &path,
            json!({"attachmentItem": {"attachmentType": "File", "name": "a", "size": 3 * MIB}}),
        )
        .await;
    assert_eq!(opened.status, 201);
    assert_eq!(opened.json()["nextExpectedRanges"], json!(["0-"]));
    assert!(!string(&opened.json()["expirationDateTime"]).is_empty());
    // What is there already counts, too.
    let draft = ada.draft().await;
    let list = format!("/me/messages/{draft}/attachments");
    let mut lying = file("lying.bin");
    lying["contentBytes"] = json!(STANDARD.encode(vec![0; 2 * MIB]));
    assert_eq!(ada.call("POST", &list, lying).await.status, 201);
    ada.switch(json!({"message_size_limit_bytes": 7 * MIB}))
        .await;
    for (size, expected) in [(4 * MIB, 201), (6 * MIB, 400)] {
        let path = format!("{list}/createUploadSession");
        let answer = ada.call("POST", &path, item("file", json!(size))).await;
        assert_eq!(answer.status, expected, "{size}");
        if expected == 400 {
            assert_eq!(answer.graph_code(), "ErrorMessageSizeExceeded");
        }
    }
    let send_only = Desk::of(ADA, "Mail.Send").await;
    let refused = send_only
        .call(
            "POST",
            "/me/messages/AAMkAGE=/attachments/createUploadSession",
            json!({}),
        )
        .await;
    assert_eq!(refused.graph_code(), "ErrorAccessDenied");
}

/// A file on its way.
struct Upload {
    desk: Desk,
    draft: String,
    url: String,
    file: Vec<u8>,
}

impl Upload {
    async fn open(size: usize) -> Self {
        Self::open_with(size, json!({})).await
    }

    async fn open_with(size: usize, switches: Value) -> Self {
        let desk = Desk::of(ADA, SCOPES).await;
        desk.switch(switches).await;
        let draft = desk.draft().await;
        let path = format!("/me/messages/{draft}/attachments/createUploadSession");
        let item =
            json!({"AttachmentItem": {"attachmentType": "file", "name": "big.bin", "size": size}});
        let url = string(&desk.call("POST", &path, item).await.json()["uploadUrl"]);
        let file = (0..size).map(|at| (at % 251) as u8).collect();
        Self {
            desk,
            draft,
            url,
            file,
        }
    }

    async fn put(&self, first: usize, end: usize, more: &[(&str, &str)]) -> Answer {
        let range = format!("bytes {first}-{}/{}", end.wrapping_sub(1), self.file.len());
        self.put_range(&range, self.file[first..end].to_vec(), more)
            .await
    }

    async fn put_range(&self, range: &str, body: Vec<u8>, more: &[(&str, &str)]) -> Answer {
        let mut headers = vec![
            ("content-range", range),
            ("content-type", "application/octet-stream"),
        ];
        headers.extend_from_slice(more);
        self.desk
            .tenant
            .send("PUT", &self.url, &headers, body)
            .await
    }
}

/// Once a session is over nothing is left to compare a range with: whatever is
/// asked, the empty range of a client that counts wrongly included, is 404
/// ("Microsoft Graph error responses", uploadSessionNotFound).
async fn check_over(upload: &Upload) {
    let size = upload.file.len();
    for (method, range) in [
        ("PUT", format!("bytes 0-9/{size}")),
        ("PUT", format!("bytes {size}-{}/{size}", size - 1)),
        ("PUT", String::new()),
        ("GET", String::new()),
        ("DELETE", String::new()),
    ] {
        let headers = [("content-range", range.as_str())];
        let answer = upload
            .desk
            .tenant
            .send(method, &upload.url, &headers, Vec::new())
            .await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (404, "uploadSessionNotFound"),
            "{method} {range}"
        );
    }
}

#[tokio::test]
async fn a_large_file_arrives_range_by_range() {
    let upload = Upload::open(5 * MIB).await;
    let middle = upload.put(0, 2 * MIB, &[]).await;
    assert_eq!(middle.status, 200);
    assert_eq!(middle.json()["nextExpectedRanges"], json!(["2097152"]));
    assert!(middle.json().get("ExpirationDateTime").is_some());
    assert!(middle.json().get("uploadUrl").is_none());
    upload.put(2 * MIB, 4 * MIB, &[]).await;
    let last = upload.put(4 * MIB, 5 * MIB, &[]).await;
    assert_eq!((last.status, last.bytes.len()), (201, 0));
    let place = last.header("location").to_owned();
    assert!(
        place.starts_with("https://outlook.office.com/api/v2.0/Users('"),
        "{place}"
    );
    let (_, id) = place.rsplit_once("Attachments('").unwrap();
    let path = format!(
        "/me/messages/{}/attachments/{}",
        upload.draft,
        id.trim_end_matches("')")
    );
    assert_eq!(
        upload.desk.get(&format!("{path}/$value")).await.bytes,
        upload.file
    );
    check_over(&upload).await;
    upload
        .desk
        .call(
            "POST",
            &format!("/me/messages/{}/send", upload.draft),
            Value::Null,
        )
        .await;
    let delivered =
        mailbox(&upload.desk.tenant, "grace@signet.example").await["delivered"][0].clone();
    let hash = Sha256::digest(&upload.file);
    let hex: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(delivered["attachments"][0]["sha256"], hex);
}

/// "Microsoft Graph service-specific throttling limits", Outlook service limits:
/// bytes count for the app that opened the session, and faults can be for the
/// person whose mailbox it is, though the request carries no token.
#[tokio::test]
async fn parts_count_against_the_mailbox_and_meet_its_faults() {
    let upload = Upload::open(4 * MIB).await;
    let control = async |path: &str, body: Value| {
        let answer = upload.desk.tenant.control("POST", path, Some(body)).await;
        assert_eq!(answer.status, 200, "{path}");
    };
    let fault = |person: &str| json!({"route": "attachments.upload", "person": person, "answer": {"kind": "status", "status": 503}});
    control("/faults", fault("grace@signet.example")).await;
    assert_eq!(upload.put(0, MIB, &[]).await.status, 200);
    control("/faults", fault(ADA)).await;
    assert_eq!(upload.put(MIB, 2 * MIB, &[]).await.status, 503);
    assert_eq!(upload.put(MIB, 2 * MIB, &[]).await.status, 200);
    control("/switches", json!({"upload_bytes_per_5_min": 4 * MIB})).await;
    let refused = upload.put(2 * MIB, 4 * MIB, &[]).await;
    assert_eq!(
        (refused.status, &*refused.graph_code()),
        (429, "ApplicationThrottled")
    );
    assert!(!refused.header("retry-after").is_empty());
    control("/clock", json!({"advance_seconds": 360})).await;
    assert_eq!(upload.put(2 * MIB, 4 * MIB, &[]).await.status, 201);
}

/// Source: "Microsoft Graph error responses", on ranges.
#[tokio::test]
async fn ranges_that_do_not_fit_are_refused() {
    let upload = Upload::open(4 * MIB).await;
    upload.put(0, MIB, &[]).await;
    for (range, bytes, status, inner) in [
        ("bytes 0-9/4194304", 10, 416, "fragmentOverlap"),
        (
            "bytes 2097152-2097161/4194304",
            10,
            416,
            "fragmentOutOfOrder",
        ),
        ("bytes 1048576-1048585/4194303", 10, 416, "invalidRange"),
        (
            "bytes 1048576-1048585/4194304",
            9,
            416,
            "fragmentLengthMismatch",
        ),
        ("bytes 1048576-1048575/4194304", 0, 416, "invalidRange"),
        ("bytes */4194304", 0, 416, "invalidRange"),
        ("", 10, 416, "invalidRange"),
    ] {
        let answer = upload.put_range(range, vec![0; bytes], &[]).await;
        assert_eq!(
            (answer.status, &*answer.graph_code()),
            (status, "invalidRange"),
            "{range}"
        );
        assert_eq!(
            answer.json()["error"]["innerError"]["code"],
            inner,
            "{range}"
        );
    }
    assert_eq!(upload.put(MIB, 2 * MIB, &[]).await.status, 200);
}

#[tokio::test]
async fn the_upload_host_knows_no_bearer_token() {
    let upload = Upload::open(4 * MIB).await;
    let answer = upload.put(0, MIB, &[("authorization", "Bearer x")]).await;
    assert_eq!(
        (answer.status, &*answer.graph_code()),
        (401, "InvalidAudience")
    );
    assert_eq!(upload.put(0, MIB, &[]).await.status, 200);
    upload.desk.switch(json!({"upload_refuses": true})).await;
    assert_eq!(upload.put(MIB, 2 * MIB, &[]).await.status, 401);
}

#[tokio::test]
async fn a_session_is_given_up_or_expires() {
    let upload = Upload::open(4 * MIB).await;
    let answer = upload
        .desk
        .tenant
        .send("DELETE", &upload.url, &[], Vec::new())
        .await;
    assert_eq!(answer.status, 204);
    check_over(&upload).await;
    for (switches, seconds) in [
        (json!({}), 3600),
        (json!({"upload_session_seconds": 60}), 60),
    ] {
        let upload = Upload::open_with(4 * MIB, switches).await;
        let clock = async |offset: i64| {
            let offset = json!({"offset_seconds": offset});
            upload
                .desk
                .tenant
                .control("POST", "/clock", Some(offset))
                .await;
        };
        clock(seconds - 10).await;
        assert_eq!(upload.put(0, MIB, &[]).await.status, 200);
        clock(seconds + 1).await;
        let late = upload.put(MIB, 2 * MIB, &[]).await;
        assert_eq!(
            (late.status, &*late.graph_code()),
            (404, "uploadSessionNotFound")
        );
    }
}

#[tokio::test]
async fn the_draft_must_stay_where_it_is() {
    let upload = Upload::open(3 * MIB).await;
    upload
        .desk
        .call(
            "DELETE",
            &format!("/me/messages/{}", upload.draft),
            Value::Null,
        )
        .await;
    assert_eq!(
        upload.put(0, 3 * MIB, &[]).await.graph_code(),
        "ErrorItemNotFound"
    );
}

/// The samples disagree about what comes next; switches choose.
#[tokio::test]
async fn the_next_range_is_written_in_every_way_that_is_seen() {
    for (switches, name, expected) in [
        (
            json!({"upload_next_range": "dash"}),
            "nextExpectedRanges",
            "1048576-",
        ),
        (
            json!({"upload_next_range": "range"}),
            "nextExpectedRanges",
            "1048576-4194303",
        ),
        (
            json!({"upload_pascal_case": true}),
            "NextExpectedRanges",
            "1048576",
        ),
    ] {
        let upload = Upload::open(4 * MIB).await;
        upload.desk.switch(switches).await;
        let middle = upload.put(0, MIB, &[]).await.json();
        assert_eq!(middle[name], json!([expected]));
    }
}

/// The host of uploads has a limit of its own; Graph's 4 MB are not its.
#[tokio::test]
async fn a_range_of_an_upload_has_a_limit_of_its_own() {
    let upload = Upload::open(17 * MIB).await;
    assert_eq!(upload.put(0, 17 * MIB, &[]).await.status, 201);
    let headers = [("content-range", "bytes 0-63963135/150000000")];
    let url = upload.desk.tenant.url("/upload/api/v2.0/x?authtoken=y");
    let refused = upload
        .desk
        .tenant
        .send("PUT", &url, &headers, vec![0; 61 * MIB])
        .await;
    assert_eq!(refused.status, 413);
    let message = string(&refused.json()["error"]["message"]);
    assert!(
        message.ends_with("The maximum request length is 60 MB."),
        "{message}"
    );
}
