//! Messages, folders and what hangs on them.

use super::{Kind, Property, TEXTS, Type, field, link, text};

const fn flag(name: &'static str) -> Property {
    field(name, Kind::Boolean)
}

const fn count(name: &'static str) -> Property {
    field(name, Kind::Number)
}

const fn at(name: &'static str) -> Property {
    field(name, Kind::DateTime)
}

const fn key(name: &'static str) -> Property {
    field(name, Kind::Key)
}

const EMAIL_ADDRESS: Type = Type {
    name: "microsoft.graph.emailAddress",
    properties: &[text("name"), text("address")],
};

static RECIPIENT: Type = Type {
    name: "microsoft.graph.recipient",
    properties: &[field("emailAddress", Kind::Object(&EMAIL_ADDRESS))],
};

const RECIPIENTS: Kind = Kind::List(&Kind::Object(&RECIPIENT));

static ITEM_BODY: Type = Type {
    name: "microsoft.graph.itemBody",
    properties: &[text("contentType"), text("content")],
};

static DATE_TIME_TIME_ZONE: Type = Type {
    name: "microsoft.graph.dateTimeTimeZone",
    properties: &[at("dateTime"), text("timeZone")],
};

static FOLLOWUP_FLAG: Type = Type {
    name: "microsoft.graph.followupFlag",
    properties: &[
        text("flagStatus"),
        field("startDateTime", Kind::Object(&DATE_TIME_TIME_ZONE)),
        field("dueDateTime", Kind::Object(&DATE_TIME_TIME_ZONE)),
        field("completedDateTime", Kind::Object(&DATE_TIME_TIME_ZONE)),
    ],
};

static INTERNET_MESSAGE_HEADER: Type = Type {
    name: "microsoft.graph.internetMessageHeader",
    properties: &[text("name"), text("value")],
};

static SINGLE_VALUE_PROPERTY: Type = Type {
    name: "microsoft.graph.singleValueLegacyExtendedProperty",
    properties: &[field("id", Kind::PropertyId), text("value")],
};

static MULTI_VALUE_PROPERTY: Type = Type {
    name: "microsoft.graph.multiValueLegacyExtendedProperty",
    properties: &[field("id", Kind::PropertyId), field("value", TEXTS)],
};

static EXTENSION: Type = Type {
    name: "microsoft.graph.openTypeExtension",
    properties: &[key("id"), text("extensionName")],
};

static SINGLE_VALUE: Kind = Kind::Object(&SINGLE_VALUE_PROPERTY);
static MULTI_VALUE: Kind = Kind::Object(&MULTI_VALUE_PROPERTY);

const SINGLE_VALUES: Property = link("singleValueExtendedProperties", Kind::List(&SINGLE_VALUE));

const MULTI_VALUES: Property = link("multiValueExtendedProperties", Kind::List(&MULTI_VALUE));

/// "attachment resource type", "fileAttachment", "itemAttachment".
pub static ATTACHMENT: Type = Type {
    name: "microsoft.graph.attachment",
    properties: &[
        key("id"),
        text("name"),
        text("contentType"),
        count("size"),
        flag("isInline"),
        at("lastModifiedDateTime"),
        key("contentId"),
        text("contentLocation"),
        field("contentBytes", Kind::Opaque),
        link("item", Kind::Object(&MESSAGE)),
    ],
};

/// "outlookCategory resource type".
pub static OUTLOOK_CATEGORY: Type = Type {
    name: "microsoft.graph.outlookCategory",
    properties: &[key("id"), text("displayName"), text("color")],
};

/// "mailboxSettings resource type".
pub static MAILBOX_SETTINGS: Type = Type {
    name: "microsoft.graph.mailboxSettings",
    properties: &[
        key("archiveFolder"),
        field("automaticRepliesSetting", Kind::Opaque),
        text("dateFormat"),
        text("delegateMeetingMessageDeliveryOptions"),
        field("language", Kind::Opaque),
        text("timeFormat"),
        text("timeZone"),
        text("userPurpose"),
        field("workingHours", Kind::Opaque),
    ],
};

/// "message resource type".
pub static MESSAGE: Type = Type {
    name: "microsoft.graph.message",
    properties: &[
        key("id"),
        at("createdDateTime"),
        at("lastModifiedDateTime"),
        key("changeKey"),
        field("categories", TEXTS),
        at("receivedDateTime"),
        at("sentDateTime"),
        flag("hasAttachments"),
        text("internetMessageId"),
        field(
            "internetMessageHeaders",
            Kind::List(&Kind::Object(&INTERNET_MESSAGE_HEADER)),
        ),
        text("subject"),
        text("bodyPreview"),
        text("importance"),
        key("parentFolderId"),
        key("conversationId"),
        field("conversationIndex", Kind::Opaque),
        flag("isDeliveryReceiptRequested"),
        flag("isReadReceiptRequested"),
        flag("isRead"),
        flag("isDraft"),
        text("webLink"),
        text("inferenceClassification"),
        field("body", Kind::Object(&ITEM_BODY)),
        field("uniqueBody", Kind::Object(&ITEM_BODY)),
        field("sender", Kind::Object(&RECIPIENT)),
        field("from", Kind::Object(&RECIPIENT)),
        field("toRecipients", RECIPIENTS),
        field("ccRecipients", RECIPIENTS),
        field("bccRecipients", RECIPIENTS),
        field("replyTo", RECIPIENTS),
        field("flag", Kind::Object(&FOLLOWUP_FLAG)),
        link("attachments", Kind::List(&Kind::Object(&ATTACHMENT))),
        link("extensions", Kind::List(&Kind::Object(&EXTENSION))),
        SINGLE_VALUES,
        MULTI_VALUES,
    ],
};

/// "mailFolder resource type". Its children are a relationship to itself, which
/// the client expands one level deep.
pub static MAIL_FOLDER: Type = Type {
    name: "microsoft.graph.mailFolder",
    properties: &[
        key("id"),
        text("displayName"),
        key("parentFolderId"),
        count("childFolderCount"),
        count("unreadItemCount"),
        count("totalItemCount"),
        count("sizeInBytes"),
        flag("isHidden"),
        link("childFolders", Kind::List(&Kind::Object(&MAIL_FOLDER))),
        SINGLE_VALUES,
        MULTI_VALUES,
    ],
};
