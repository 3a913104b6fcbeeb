//! The values of the switches, and what the live service is known to do.
//!
//! Where a field says "contradictory", Microsoft's own pages or its users'
//! reports disagree: the default is what most of them say, and a client must
//! live with every value.

use serde::{Deserialize, Serialize};

/// The longest time a switch may name: a year, so that no sum of times leaves
/// the range of a timestamp.
const SECONDS_MAX: u32 = 366 * 24 * 3600;
/// Exchange lets an administrator raise the message size to 150 MB.
const MESSAGE_BYTES_MAX: u64 = 150 * 1024 * 1024;

/// Every switch, at the value in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Switches {
    /// Whether a draft keeps its id when it becomes the copy in Sent Items.
    /// Contradictory: "Get immutable identifiers for Outlook resources" says it
    /// does under `Prefer: IdType="ImmutableId"`; "Outlook mail API overview"
    /// names sending as the exception.
    pub id_on_send: IdOnSend,
    /// Whether `internetMessageId` survives sending. Graph and Outlook on the web
    /// keep it; classic Outlook for Windows is reported to change it.
    pub message_id_on_send: MessageIdOnSend,
    /// What a second `send` of the same draft does. Undocumented: the item can be
    /// submitted once only, and after it the draft is no longer found.
    pub second_send: SecondSend,
    /// After how many seconds the copy appears in Sent Items. "Overview of the
    /// Outlook mail send pipeline" says it may take time, without a bound.
    pub sent_copy_delay_seconds: u32,
    /// For how many seconds a sent message is still seen as a draft in Drafts
    /// after the 202: that is where the transport picks it up (same page).
    pub draft_lingers_seconds: u32,
    /// MIME above about 2.2 MB is answered by 200 instead of 202, and no mail
    /// comes of it. Reported by users of `sendMail`, not documented.
    pub large_mime_vanishes: bool,
    /// Whether scripts, frames and handlers are taken out of HTML as Exchange
    /// does on reading, unless `Prefer: outlook.allow-unsafe-html` is sent
    /// ("message resource type", body).
    pub safe_html: bool,
    /// How the answer to a part of an upload names what comes next. Outlook's own
    /// sample has a bare number ("Attach large files to Outlook messages");
    /// OneDrive's pages, which describe the same type, have `N-` and `N-M`.
    pub upload_next_range: UploadNextRange,
    /// Whether that answer spells `NextExpectedRanges`. Both spellings are seen.
    pub upload_pascal_case: bool,
    /// How long an upload session lives. The samples show one to two hours; no
    /// page gives a number.
    pub upload_session_seconds: u32,
    /// Every upload URL answers 401, as in an incident of April 2025 that lasted
    /// about a day.
    pub upload_refuses: bool,
    /// How many in a thousand changes of a draft meet 412
    /// `ErrorIrresolvableConflict`, drawn from the seed. On the live service
    /// other programs touch drafts too, and clients without a change key met it.
    pub conflict_permille: u16,
    /// Whether a refresh token dies when it is used. "Refresh tokens in the
    /// Microsoft identity platform": they are replaced on use, and the old one
    /// is not revoked; a client must discard it all the same.
    pub refresh_rotation: RefreshRotation,
    /// Whether a refresh without `scope` is refused, as v2.0 says it requires
    /// the parameter; recordings show that the live service lets it pass.
    pub refresh_needs_scope: bool,
    /// Whether the authorization response carries `iss` (RFC 9207). The live
    /// service does not send it everywhere.
    pub authorization_response_iss: bool,
    /// Whether token answers carry `foci`, as for clients of Microsoft's own
    /// family; other clients never see it.
    pub instance_foci: bool,
    /// Whether long-lived token answers carry `refresh_in`. Undocumented for
    /// public clients; recordings show it on tokens of two hours and more.
    pub refresh_in: bool,
    /// How a photo is missing. Contradictory: "Get profilePhoto" has 404 and a
    /// 1x1 GIF, and five codes are seen with the 404.
    pub photo_absent: PhotoAbsent,
    /// Whether reading one's own manager needs `User.Read.All`. Contradictory:
    /// "List manager" demands it, "Get user" says `User.Read` suffices.
    pub manager_needs_admin: bool,
    /// What is the matter with the mailbox.
    pub mailbox: MailboxState,
    /// Whether every foreign `from` is refused by 403 `ErrorSendAsDenied`, also
    /// where the person has the right ("Send Outlook messages from another user").
    pub send_as_denied: bool,
    /// Whether everybody is asked once a session to stay signed in, the interrupt
    /// that AADSTS50140 is about.
    pub keep_signed_in_page: bool,
    /// Whether nobody but an administrator may consent to Outlook's and Teams'
    /// scopes (AADSTS90094). Since November 2025 the default of "Configure how
    /// users consent to applications" is so for unverified publishers.
    pub admin_consent_required: bool,
    /// How `Retry-After` is written. "Microsoft Graph throttling guidance" has a
    /// decimal in its sample, RFC 9110 §10.2.3 seconds or a date; sometimes it
    /// is left out.
    pub retry_after: RetryAfter,
    /// The largest message the mailbox takes: 35 MB unless an administrator says
    /// otherwise, up to 150 MB ("Exchange Online limits", message limits).
    pub message_size_limit_bytes: u64,
    /// How many recipients one message may have: 500, up to 1,000 by an
    /// administrator (same page, recipient limits).
    pub recipients_max: u32,
    /// How many requests one app may have open on one mailbox ("Microsoft Graph
    /// service-specific throttling limits", Outlook service limits).
    pub concurrency_max: u32,
    /// How many requests one app may make on one mailbox in ten minutes (same).
    pub requests_per_10_min: u32,
    /// How many bytes of POST, PATCH and PUT one app may send to one mailbox in
    /// five minutes: 150 MB (same).
    pub upload_bytes_per_5_min: u64,
    /// Above how many messages in a minute mail is taken over but delivered
    /// slowly: 30 in "Exchange Online limits", message rate limit. 0 is off,
    /// so that a suite need not wait for its mail.
    pub fast_sends_per_minute: u32,
    /// Whether the same refresh request, repeated again and again, is refused by
    /// AADSTS50196 ("Microsoft Entra authentication and authorization error
    /// codes"); the library guides name fifteen times in five minutes.
    pub loop_detection: bool,
    /// Whether `PidTagDeferredSendTime` holds a mail back (MS-OXOMSG §2.2.3.4).
    /// It works on the live service and is not in Graph's pages.
    pub deferred_send: bool,
}

impl Default for Switches {
    fn default() -> Self {
        const MIB: u64 = 1024 * 1024;
        Self {
            id_on_send: IdOnSend::KeptIfImmutable,
            message_id_on_send: MessageIdOnSend::Kept,
            second_send: SecondSend::NotFound,
            sent_copy_delay_seconds: 0,
            draft_lingers_seconds: 0,
            large_mime_vanishes: false,
            safe_html: true,
            upload_next_range: UploadNextRange::Bare,
            upload_pascal_case: false,
            upload_session_seconds: 3600,
            upload_refuses: false,
            conflict_permille: 0,
            refresh_rotation: RefreshRotation::Reusable,
            refresh_needs_scope: false,
            authorization_response_iss: false,
            instance_foci: false,
            refresh_in: true,
            photo_absent: PhotoAbsent::ImageNotFound,
            manager_needs_admin: false,
            mailbox: MailboxState::Normal,
            send_as_denied: false,
            keep_signed_in_page: false,
            admin_consent_required: false,
            retry_after: RetryAfter::Seconds,
            message_size_limit_bytes: 35 * MIB,
            recipients_max: 500,
            concurrency_max: 4,
            requests_per_10_min: 10_000,
            upload_bytes_per_5_min: 150 * MIB,
            fast_sends_per_minute: 0,
            loop_detection: true,
            deferred_send: true,
        }
    }
}

impl Switches {
    /// Whether there is a switch of this name.
    pub fn has(name: &str) -> bool {
        serde_json::to_value(Self::default()).is_ok_and(|all| all.get(name).is_some())
    }

    /// `Err` says which value lies outside of what can be played.
    pub fn check(&self) -> Result<(), String> {
        let seconds = [
            ("sent_copy_delay_seconds", self.sent_copy_delay_seconds),
            ("draft_lingers_seconds", self.draft_lingers_seconds),
            ("upload_session_seconds", self.upload_session_seconds),
        ];
        if let Some((name, _)) = seconds.iter().find(|(_, value)| *value > SECONDS_MAX) {
            return Err(format!("{name} must not exceed {SECONDS_MAX}"));
        }
        if self.conflict_permille > 1000 {
            return Err("conflict_permille must lie between 0 and 1000".to_owned());
        }
        if self.message_size_limit_bytes > MESSAGE_BYTES_MAX {
            return Err(format!(
                "message_size_limit_bytes must not exceed {MESSAGE_BYTES_MAX}"
            ));
        }
        Ok(())
    }
}

/// What becomes of a draft's id when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdOnSend {
    /// The sent copy has the draft's id.
    Kept,
    /// The sent copy has an id of its own.
    Changed,
    /// The immutable id is kept, the ordinary one changes.
    KeptIfImmutable,
}

/// What becomes of a draft's `internetMessageId` when it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageIdOnSend {
    /// It stays.
    Kept,
    /// Transport writes another.
    Changed,
}

/// What a second `send` of the same draft does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecondSend {
    /// 404 `ErrorItemNotFound`.
    NotFound,
    /// 202, and no second mail.
    Nothing,
    /// 202, and a second mail.
    SendsAgain,
}

/// How `nextExpectedRanges` is written in the middle of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadNextRange {
    /// `2097152`
    Bare,
    /// `2097152-`
    Dash,
    /// `2097152-3145727`
    Range,
}

/// Whether a refresh token can be used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefreshRotation {
    /// The old one stays good.
    Reusable,
    /// The old one dies when it is used.
    Strict,
}

/// How a photo that is not there is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoAbsent {
    /// 404 `ImageNotFound`
    ImageNotFound,
    /// 404 `ErrorEntityNotFound`
    EntityNotFound,
    /// 404 `ErrorItemNotFound`
    ItemNotFound,
    /// 404 `ProfileNotFound`
    ProfileNotFound,
    /// 404 `ErrorNonExistentMailbox`
    NonExistentMailbox,
    /// 404 `ConsumerPhotoIsNotSupported`
    ConsumerNotSupported,
    /// Metadata 200 with id `1x1` and `image/gif`; the bytes are still 404.
    OnePixelGif,
}

/// What is the matter with a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailboxState {
    /// Nothing.
    Normal,
    /// 507 `ErrorQuotaExceeded` on whatever would be stored.
    Full,
    /// 403 `ErrorAccountSuspend` on sending.
    Suspended,
    /// 403 `ErrorMessageSubmissionBlocked` on sending.
    SubmissionBlocked,
    /// 403 `ErrorExceededMessageLimit` on sending.
    MessageLimit,
    /// On premises: 400 `RequestBodyRead` also where the JSON is right.
    Hybrid,
    /// There is none: 404 `MailboxNotEnabledForRESTAPI`.
    None,
    /// Being moved: 503 `ErrorMailboxMoveInProgress`.
    Moving,
}

/// How `Retry-After` is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// Whole seconds.
    Seconds,
    /// Seconds with a fraction, as in `2.128`.
    Decimal,
    /// An HTTP date.
    HttpDate,
    /// Not at all.
    None,
}
