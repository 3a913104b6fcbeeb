use super::Class::*;
use super::*;

/// Code, status, and what is to be done when it answers `/me`, a photo or manager, and a submission.
/// Sources as at the table itself; this is the reading of them that a caller relies on.
#[rustfmt::skip]
const EXPECTED: &[(&str, u16, Class, Class, Class)] = &[
    ("InvalidAuthenticationToken",          401, Refresh, Refresh, Refresh),
    ("insufficient_claims",                 401, Refresh, Refresh, Refresh),
    ("insufficient_claims",                 403, Refresh, Refresh, Refresh),
    ("InvalidAudience",                     401, Bug,     Bug,     Bug),
    ("Authorization_RequestDenied",         403, Absent,  Absent,  Consent),
    ("accessDenied",                        403, Absent,  Absent,  Consent),
    ("ErrorAccessDenied",                   403, Consent, Absent,  Consent),
    ("ErrorSendAsDenied",                   403, Person,  Absent,  Person),
    ("MailboxNotEnabledForRESTAPI",         404, Absent,  Absent,  Person),
    ("MailboxNotEnabledForRESTAPI",         400, Absent,  Absent,  Person),
    ("MailboxNotSupportedForRESTAPI",       404, Absent,  Absent,  Person),
    ("ErrorNonExistentMailbox",             404, Absent,  Absent,  Person),
    ("ErrorMissingEmailAddress",            400, Absent,  Absent,  Person),
    ("ErrorInvalidUser",                    404, Absent,  Absent,  Person),
    ("ErrorInvalidRecipients",              400, Person,  Person,  Person),
    ("ErrorExceededMaxRecipientLimit",      400, Person,  Person,  Person),
    ("ErrorExceededMessageLimit",           403, Park,    Absent,  Park),
    ("ErrorMessageSubmissionBlocked",       403, Park,    Absent,  Park),
    ("ErrorAccountSuspend",                 403, Park,    Absent,  Park),
    ("ErrorMessageSizeExceeded",            400, Person,  Person,  Person),
    ("ErrorMessageSizeExceeded",            413, Person,  Person,  Person),
    ("RequestEntityTooLarge",               413, Bug,     Bug,     Bug),
    ("ErrorAttachmentSizeShouldNotBeLessThanMinimumSize", 400, Bug, Bug, Bug),
    ("UnprocessableType",                   422, Bug,     Bug,     Bug),
    ("ErrorMimeContentInvalidBase64String", 400, Bug,     Bug,     Bug),
    ("InvalidInternetMessageHeader",        400, Bug,     Bug,     Bug),
    ("InvalidInternetMessageHeaderCollection", 400, Bug,  Bug,     Bug),
    ("RequestBodyRead",                     400, Bug,     Bug,     Bug),
    ("BadRequest",                          400, Bug,     Bug,     Bug),
    ("ErrorInvalidIdMalformed",             400, Bug,     Bug,     Bug),
    ("ErrorItemNotFound",                   404, Absent,  Absent,  Check),
    ("ErrorIrresolvableConflict",           412, Wait,    Wait,    Check),
    ("ErrorQuotaExceeded",                  507, Park,    Park,    Park),
    ("quotaLimitReached",                   507, Park,    Park,    Park),
    ("ApplicationThrottled",                429, Wait,    Wait,    Check),
    ("TooManyRequests",                     429, Wait,    Wait,    Check),
    ("activityLimitReached",                429, Wait,    Wait,    Check),
    ("ErrorServerBusy",                     503, Wait,    Wait,    Check),
    ("serviceNotAvailable",                 503, Wait,    Wait,    Check),
    ("ServiceUnavailable",                  503, Wait,    Wait,    Check),
    ("UnknownError",                        504, Wait,    Wait,    Check),
    ("GatewayTimeout",                      504, Wait,    Wait,    Check),
    ("ErrorInternalServerTransientError",   500, Wait,    Wait,    Check),
    ("ErrorInternalServerTransientError",   503, Wait,    Wait,    Check),
    ("ErrorMailboxMoveInProgress",          503, Wait,    Wait,    Check),
    ("ErrorMailboxStoreUnavailable",        503, Wait,    Wait,    Check),
    ("generalException",                    500, Wait,    Wait,    Check),
    ("ErrorInternalServerError",            500, Wait,    Wait,    Check),
    ("invalidRange",                        416, Check,   Check,   Check),
    ("fragmentOutOfOrder",                  416, Check,   Check,   Check),
    ("fragmentOverlap",                     416, Check,   Check,   Check),
    ("uploadSessionNotFound",               404, Check,   Absent,  Check),
    ("ImageNotFound",                       404, Absent,  Absent,  Bug),
    ("ErrorEntityNotFound",                 404, Absent,  Absent,  Bug),
    ("ProfileNotFound",                     404, Absent,  Absent,  Bug),
    ("ConsumerPhotoIsNotSupported",         404, Absent,  Absent,  Bug),
    ("Request_ResourceNotFound",            404, Absent,  Absent,  Bug),
    ("extensionError",                      403, Absent,  Absent,  Person),
    // Codes that nobody knows, and codes with a status that says something else.
    ("SomethingNew",                        400, Bug,     Bug,     Bug),
    ("SomethingNew",                        403, Bug,     Absent,  Bug),
    ("SomethingNew",                        500, Wait,    Wait,    Check),
    ("SomethingNew",                        401, Refresh, Refresh, Refresh),
    ("SomethingNew",                        412, Bug,     Bug,     Check),
    ("ErrorSendAsDenied",                   400, Person,  Person,  Person),
    ("ErrorInvalidRecipients",              504, Wait,    Wait,    Check),
    ("ErrorExceededMessageLimit",           429, Wait,    Wait,    Check),
    ("ErrorMessageSizeExceeded",            500, Wait,    Wait,    Check),
    ("UnknownError",                        403, Bug,     Absent,  Bug),
    ("ErrorAccessDenied",                   200, Bug,     Bug,     Check),
];

#[test]
fn every_row_leads_to_its_class() {
    for &(code, status, read, part, send) in EXPECTED {
        for (operation, expected) in [
            (Operation::Read, read),
            (Operation::Part, part),
            (Operation::Send, send),
        ] {
            assert_eq!(
                classify(operation, status, Some(code)),
                expected,
                "{code} {status} {operation:?}"
            );
        }
    }
}

#[test]
fn every_row_is_expected_here() {
    for row in ROWS {
        let listed = |(code, status, ..): &&(&str, u16, Class, Class, Class)| {
            *code == row.code && row.statuses.contains(status)
        };
        let alike = row.code == "InvalidAudienceForResource";
        assert!(
            alike || EXPECTED.iter().any(|expected| listed(&expected)),
            "{} is not tested",
            row.code
        );
    }
}

// The promise: only a refusal is taken for one. Every other status may hide a message that left.
#[test]
fn no_status_but_a_refusal_permits_another_submission() {
    for status in (100..=599)
        .filter(|status| !(400..=499).contains(status))
        .chain([408, 429])
    {
        assert_eq!(classify(Operation::Send, status, None), Check, "{status}");
        for row in ROWS.iter().filter(|row| row.send != Park) {
            assert_eq!(
                classify(Operation::Send, status, Some(row.code)),
                Check,
                "{status} {}",
                row.code
            );
        }
    }
}
