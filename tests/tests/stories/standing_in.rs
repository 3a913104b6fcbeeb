//! Signet as it is shipped, with Microsoft's own names, behind a proxy and a certificate of one's own.

use walk::letter::Letter;
use walk::sandbox::{ADA, GRACE};
use walk::{Setting, Told, story};

#[test]
fn with_microsofts_own_names_behind_a_proxy_a_mail_arrives() -> Told {
    let setting = Setting {
        stands_in: true,
        ..Setting::default()
    };
    story("standing-in", setting, async |stage| {
        stage.sign_in(ADA).await?;
        let letter = Letter {
            to: &[(None, GRACE)],
            subject: "By way of the proxy",
            body: &["Nothing here names another authority than Microsoft's."],
            ..Letter::default()
        };
        stage.send(&letter).await?;
        stage.allow_sending().await?;
        stage.outbox_shows(letter.subject, "accepted").await?;
        let mail = letter.delivered(&stage.sandbox, GRACE).await?;
        letter.check(ADA, &mail, false)
    })
}
