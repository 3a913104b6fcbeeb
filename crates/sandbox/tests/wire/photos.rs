//! Photos. Source: Graph v1.0 reference, "Get profilePhoto".

use serde_json::json;

use crate::browser::{SIGN_IN, Tenant, string};
use crate::people::{ADA, NOOR, check};

#[tokio::test]
async fn a_missing_photo_is_missing_in_the_way_that_was_chosen() {
    let tenant = Tenant::start().await;
    let grace = tenant.access_token("grace@signet.example", SIGN_IN).await;
    for (absent, code) in [
        ("image_not_found", "ImageNotFound"),
        ("entity_not_found", "ErrorEntityNotFound"),
        ("item_not_found", "ErrorItemNotFound"),
        ("profile_not_found", "ProfileNotFound"),
        ("non_existent_mailbox", "ErrorNonExistentMailbox"),
        ("consumer_not_supported", "ConsumerPhotoIsNotSupported"),
    ] {
        let switch = json!({"photo_absent": absent});
        tenant.control("POST", "/switches", Some(switch)).await;
        check(
            &tenant,
            &grace,
            &[("/me/photo", 404, code), ("/me/photo/$value", 404, code)],
        )
        .await;
    }
    let switch = json!({"photo_absent": "one_pixel_gif"});
    tenant.control("POST", "/switches", Some(switch)).await;
    let metadata = tenant.graph("GET", "/me/photo", &grace, None).await.json();
    assert_eq!(
        (
            &metadata["id"],
            &metadata["@odata.mediaContentType"],
            &metadata["width"]
        ),
        (&json!("1x1"), &json!("image/gif"), &json!(1))
    );
    check(
        &tenant,
        &grace,
        &[("/me/photo/$value", 404, "ImageNotFound")],
    )
    .await;
    let noor = tenant.access_token(NOOR, SIGN_IN).await;
    check(
        &tenant,
        &noor,
        &[("/me/photo", 404, "ConsumerPhotoIsNotSupported")],
    )
    .await;
}

#[tokio::test]
async fn photos_are_described_size_by_size() {
    let tenant = Tenant::start().await;
    let ada = tenant.access_token(ADA, SIGN_IN).await;
    let all = tenant.graph("GET", "/me/photos", &ada, None).await.json();
    let ids: Vec<String> = all["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| string(&one["id"]))
        .collect();
    assert_eq!(
        ids,
        [
            "48x48", "64x64", "96x96", "120x120", "240x240", "360x360", "432x432", "504x504",
            "648x648"
        ]
    );
    let one = tenant
        .graph("GET", "/me/photos/240x240", &ada, None)
        .await
        .json();
    assert_eq!(
        (&one["id"], &one["width"]),
        (&json!("240x240"), &json!(240))
    );
    let bytes = tenant
        .graph("GET", "/me/photos/240x240/$value", &ada, None)
        .await;
    assert_eq!(bytes.header("etag"), string(&one["@odata.mediaEtag"]));
}
