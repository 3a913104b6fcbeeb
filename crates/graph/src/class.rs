//! What to do about an error, as data.
//!
//! The rows are what Graph's error pages and years of reports say about each code. A code counts only with a status it
//! belongs to: gateways repeat codes of requests they have given up on, and then the status is all that is known.

/// What a failed request was for; the same answer means different things.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operation {
    /// A read that must succeed: `/me`.
    Read,
    /// A read that may find nothing: photo, manager.
    Part,
    /// A submission that must not happen twice.
    Send,
}

/// What to do about an error.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Class {
    /// Fetch a fresh token, with claims where they were asked for; once.
    Refresh,
    /// Ask for consent to the scope.
    Consent,
    /// The person must change something: recipients, size, sender, or the account has no mailbox.
    Person,
    /// Hold everything of this account until something changes: full mailbox, paused or blocked sending.
    Park,
    /// Ask again later.
    Wait,
    /// It may have been done: find out, never repeat blindly.
    Check,
    /// The request was wrong.
    Bug,
    /// There is nothing there.
    Absent,
}

struct Row {
    code: &'static str,
    statuses: &'static [u16],
    read: Class,
    send: Class,
}

const fn row(code: &'static str, statuses: &'static [u16], read: Class, send: Class) -> Row {
    Row {
        code,
        statuses,
        read,
        send,
    }
}

/// Sources: Graph, "Microsoft Graph error responses and resource types", "Resolve authorization errors", "Throttling
/// guidance", "Combine requests using JSON batching", user: sendMail; Exchange, `ResponseCode` of the web services.
#[rustfmt::skip]
const ROWS: &[Row] = {
    use Class::{Absent, Bug, Check, Consent, Park, Person, Refresh, Wait};
    &[
        row("InvalidAuthenticationToken", &[401], Refresh, Refresh),
        row("insufficient_claims", &[401, 403], Refresh, Refresh),
        row("InvalidAudience", &[401], Bug, Bug),
        row("InvalidAudienceForResource", &[401], Bug, Bug),
        row("Authorization_RequestDenied", &[403], Absent, Consent),
        row("accessDenied", &[403], Absent, Consent),
        row("ErrorAccessDenied", &[403], Consent, Consent),
        row("ErrorSendAsDenied", &[403], Person, Person),
        row("MailboxNotEnabledForRESTAPI", &[404, 400], Absent, Person),
        row("MailboxNotSupportedForRESTAPI", &[404], Absent, Person),
        row("ErrorNonExistentMailbox", &[404], Absent, Person),
        row("ErrorMissingEmailAddress", &[400], Absent, Person),
        row("ErrorInvalidUser", &[404], Absent, Person),
        row("extensionError", &[400, 403, 404], Absent, Person),
        row("ErrorInvalidRecipients", &[400], Person, Person),
        row("ErrorExceededMaxRecipientLimit", &[400, 403], Person, Person),
        row("ErrorMessageSizeExceeded", &[400, 413], Person, Person),
        row("ErrorExceededMessageLimit", &[403, 400], Park, Park),
        row("ErrorMessageSubmissionBlocked", &[403], Park, Park),
        row("ErrorAccountSuspend", &[403], Park, Park),
        row("ErrorQuotaExceeded", &[507, 403, 400], Park, Park),
        row("quotaLimitReached", &[507, 403, 400], Park, Park),
        row("RequestEntityTooLarge", &[413], Bug, Bug),
        row("BadRequest", &[400], Bug, Bug),
        row("RequestBodyRead", &[400], Bug, Bug),
        row("ErrorAttachmentSizeShouldNotBeLessThanMinimumSize", &[400], Bug, Bug),
        row("UnprocessableType", &[422], Bug, Bug),
        row("ErrorMimeContentInvalidBase64String", &[400], Bug, Bug),
        row("InvalidInternetMessageHeader", &[400], Bug, Bug),
        row("InvalidInternetMessageHeaderCollection", &[400], Bug, Bug),
        row("ErrorInvalidIdMalformed", &[400], Bug, Bug),
        row("ErrorItemNotFound", &[404], Absent, Check),
        row("ErrorIrresolvableConflict", &[412], Wait, Check),
        row("invalidRange", &[416], Check, Check),
        row("fragmentOutOfOrder", &[416], Check, Check),
        row("fragmentOverlap", &[416], Check, Check),
        row("uploadSessionNotFound", &[404], Check, Check),
        row("ApplicationThrottled", &[429], Wait, Check),
        row("TooManyRequests", &[429], Wait, Check),
        row("activityLimitReached", &[429], Wait, Check),
        row("ErrorServerBusy", &[503], Wait, Check),
        row("serviceNotAvailable", &[503], Wait, Check),
        row("ServiceUnavailable", &[503], Wait, Check),
        row("ErrorMailboxMoveInProgress", &[503], Wait, Check),
        row("ErrorMailboxStoreUnavailable", &[503], Wait, Check),
        row("UnknownError", &[504], Wait, Check),
        row("GatewayTimeout", &[504], Wait, Check),
        row("ErrorInternalServerTransientError", &[500, 503], Wait, Check),
        row("generalException", &[500], Wait, Check),
        row("ErrorInternalServerError", &[500], Wait, Check),
        row("ImageNotFound", &[404], Absent, Bug),
        row("ErrorEntityNotFound", &[404], Absent, Bug),
        row("ProfileNotFound", &[404], Absent, Bug),
        row("ConsumerPhotoIsNotSupported", &[404], Absent, Bug),
        row("Request_ResourceNotFound", &[404], Absent, Bug),
    ]
};

/// Whether a code stands in the table.
pub(crate) fn is_known(code: &str) -> bool {
    find(code).is_some()
}

fn find(code: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.code.eq_ignore_ascii_case(code))
}

/// What to do about an answer of `status` with this innermost known code.
#[must_use]
pub fn classify(operation: Operation, status: u16, code: Option<&str>) -> Class {
    let row = code.and_then(find).filter(|row| belongs(row, status));
    match (operation, row) {
        (Operation::Send, Some(row)) => row.send,
        (Operation::Send, None) => send_class(status),
        (Operation::Part, Some(row)) if row.read == Class::Refresh => Class::Refresh,
        (Operation::Part, _) if matches!(status, 403 | 404) => Class::Absent,
        (Operation::Read | Operation::Part, Some(row)) => row.read,
        (Operation::Read | Operation::Part, None) => read_class(status),
    }
}

/// Statuses of refusals wander from page to page (400, 403, 413), so a refusal's code counts with any of them. What
/// may have been done all the same does not wander into certainty: 408, 429 and 5xx count only where they are listed.
fn belongs(row: &Row, status: u16) -> bool {
    let refused = |status: u16| matches!(status, 400..=499) && !matches!(status, 401 | 408 | 429);
    row.statuses.contains(&status)
        || (refused(status) && row.statuses.iter().any(|listed| refused(*listed)))
}

/// A submission is refused for sure by a 4xx only; 408 and 429 were seen on mail that left, and a draft that is not where
/// or what it was (404, 409, 410, 412, 423) may have been sent.
fn send_class(status: u16) -> Class {
    match status {
        401 => Class::Refresh,
        404 | 408..=410 | 412 | 423 | 429 => Class::Check,
        400..=499 => Class::Bug,
        _ => Class::Check,
    }
}

fn read_class(status: u16) -> Class {
    match status {
        401 => Class::Refresh,
        408 | 429 | 500..=599 => Class::Wait,
        _ => Class::Bug,
    }
}

#[cfg(test)]
mod tests;
