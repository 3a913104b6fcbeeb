//! The table of operations. The first row that fits a request counts.

use super::{Meter, Operation, Service};

/// The endpoints and pages of Entra ID, below the tenant; v1.0 twins share their
/// names.
pub const ENTRA: &[Operation] = &[
    entra("POST", "oauth2/v2.0/token", "token"),
    entra("POST", "oauth2/token", "token"),
    entra("GET POST", "oauth2/v2.0/authorize", "authorize"),
    entra("GET POST", "oauth2/authorize", "authorize"),
    entra("GET POST", "oauth2/v2.0/devicecode", "devicecode"),
    entra("GET POST", "oauth2/devicecode", "devicecode"),
    entra("GET POST", "oauth2/deviceauth", "deviceauth"),
    entra("GET POST", "oauth2/v2.0/logout", "logout"),
    entra("GET POST", "oauth2/logout", "logout"),
    entra("GET", "v2.0/.well-known/openid-configuration", "metadata"),
    entra("GET", ".well-known/openid-configuration", "metadata"),
    entra("GET", "discovery/instance", "instance"),
    entra("GET", "discovery/v2.0/keys", "keys"),
    entra("GET", "discovery/keys", "keys"),
    entra("GET", "v2.0/adminconsent", "adminconsent"),
    entra("GET", "adminconsent", "adminconsent"),
    entra("POST", "login", "login"),
    entra("POST", "consent", "consent"),
    entra("POST", "second-factor", "second-factor"),
    entra("POST", "stay", "stay"),
    entra("GET", "cancel", "cancel"),
    entra("GET", "decline", "decline"),
    entra("GET", "other-account", "other-account"),
    entra("GET", "oauth2/deviceauth/done", "deviceauth"),
    entra("POST", "oauth2/deviceauth/confirm", "deviceauth"),
];

/// The options of one item without relationships.
const ALONE: &[&str] = &["select", "format"];
/// Those of one item whose relationships can be brought along.
const LINKED: &[&str] = &["select", "expand", "format"];
/// Those of a list of mail's side.
const LIST: &[&str] = &[
    "select", "expand", "filter", "orderby", "top", "skip", "count", "format",
];
/// Those of a list whose items have no relationships.
const PLAIN_LIST: &[&str] = &[
    "select", "filter", "orderby", "top", "skip", "count", "format",
];
/// Those of people, who can be searched.
const PEOPLE: &[&str] = &[
    "select", "filter", "search", "orderby", "top", "skip", "count", "format",
];
/// Those of a list of the directory.
const USERS: &[&str] = &[
    "select",
    "expand",
    "filter",
    "search",
    "orderby",
    "top",
    "count",
    "skiptoken",
    "format",
];
/// Those of messages; which go together is the list's own affair.
const MESSAGES: &[&str] = &[
    "select",
    "expand",
    "filter",
    "search",
    "orderby",
    "top",
    "skip",
    "count",
    "skiptoken",
    "format",
];
/// Those of what changed in a folder.
const MESSAGES_DELTA: &[&str] = &[
    "select",
    "filter",
    "orderby",
    "top",
    "skiptoken",
    "deltatoken",
    "format",
];
/// Those of what changed among the folders.
const FOLDERS_DELTA: &[&str] = &["select", "top", "skiptoken", "deltatoken", "format"];

/// Graph v1.0: what concerns people, then what concerns mail.
pub const GRAPH: &[Operation] = &[
    graph("POST", "$batch", "batch", Meter::None),
    graph("GET", "me", "me", Meter::None).serving(LINKED),
    graph("PATCH", "me", "me.update", Meter::None),
    graph("GET", "users", "users.list", Meter::None).serving(USERS),
    graph("GET", "users/$count", "users.list", Meter::None).serving(USERS),
    graph("GET", "users/{}", "users.get", Meter::None).serving(LINKED),
    graph(
        "POST",
        "me/revokeSignInSessions",
        "revokeSignInSessions",
        Meter::None,
    ),
    graph("GET", "me/photo", "photo", Meter::None).serving(ALONE),
    graph("GET", "me/photos", "photo", Meter::None).serving(ALONE),
    graph("GET", "me/photo/$value", "photo", Meter::None),
    graph("GET", "me/photo/{}", "photo", Meter::None).serving(ALONE),
    graph("GET", "me/photos/{}", "photo", Meter::None).serving(ALONE),
    graph("GET", "me/photo/**", "photo", Meter::None),
    graph("GET", "me/photos/**", "photo", Meter::None),
    graph("GET", "me/manager", "manager", Meter::None).serving(LINKED),
    graph("GET", "me/directReports", "directReports", Meter::None).serving(USERS),
    graph("GET", "me/people/**", "people", Meter::Insights).serving(PEOPLE),
    graph("GET", "me/presence", "presence", Meter::Presence).serving(ALONE),
    graph(
        "GET",
        "communications/presences/{}",
        "presence",
        Meter::Presence,
    )
    .serving(ALONE),
    outlook("GET", "me/mailboxSettings", "mailboxSettings").serving(ALONE),
    outlook("GET", "me/mailboxSettings/**", "mailboxSettings").serving(&["format"]),
    outlook("PATCH", "me/mailboxSettings", "mailboxSettings.update"),
    outlook("GET", "me/outlook/masterCategories", "masterCategories").serving(PLAIN_LIST),
    outlook("GET", "me/outlook/masterCategories/**", "masterCategories").serving(ALONE),
    outlook(
        "POST PATCH DELETE",
        "me/outlook/masterCategories/**",
        "masterCategories.change",
    ),
    outlook("POST", "me/getMailTips", "getMailTips"),
    outlook("POST", "me/sendMail", "sendMail"),
    outlook("GET", "me/messages", "messages.list").serving(MESSAGES),
    outlook("GET", "me/messages/$count", "messages.list").serving(MESSAGES),
    outlook("POST", "me/messages", "messages.create"),
    outlook("GET", "me/messages/delta", "messages.delta").serving(MESSAGES_DELTA),
    outlook("GET", "me/messages/{}", "messages.get").serving(LINKED),
    outlook("PATCH", "me/messages/{}", "messages.update"),
    outlook("DELETE", "me/messages/{}", "messages.delete"),
    outlook("GET", "me/messages/{}/$value", "messages.mime"),
    outlook("POST", "me/messages/{}/send", "messages.send"),
    outlook("POST", "me/messages/{}/reply", "messages.reply"),
    outlook("POST", "me/messages/{}/replyAll", "messages.replyAll"),
    outlook("POST", "me/messages/{}/forward", "messages.forward"),
    outlook("POST", "me/messages/{}/createReply", "messages.createReply"),
    outlook(
        "POST",
        "me/messages/{}/createReplyAll",
        "messages.createReplyAll",
    ),
    outlook(
        "POST",
        "me/messages/{}/createForward",
        "messages.createForward",
    ),
    outlook("POST", "me/messages/{}/move", "messages.move"),
    outlook("POST", "me/messages/{}/copy", "messages.copy"),
    outlook(
        "POST",
        "me/messages/{}/permanentDelete",
        "messages.permanentDelete",
    ),
    outlook("GET", "me/messages/{}/attachments", "attachments.list").serving(LIST),
    outlook(
        "GET",
        "me/messages/{}/attachments/$count",
        "attachments.count",
    ),
    outlook("POST", "me/messages/{}/attachments", "attachments.add"),
    outlook(
        "POST",
        "me/messages/{}/attachments/createUploadSession",
        "attachments.createUploadSession",
    ),
    outlook("GET", "me/messages/{}/attachments/{}", "attachments.get").serving(LINKED),
    outlook(
        "GET",
        "me/messages/{}/attachments/{}/$value",
        "attachments.value",
    ),
    outlook(
        "DELETE",
        "me/messages/{}/attachments/{}",
        "attachments.delete",
    ),
    outlook("GET", "me/mailFolders", "mailFolders.list").serving(LIST),
    outlook("POST", "me/mailFolders", "mailFolders.create"),
    outlook("GET", "me/mailFolders/delta", "mailFolders.delta").serving(FOLDERS_DELTA),
    outlook("GET", "me/mailFolders/{}/childFolders", "mailFolders.list").serving(LIST),
    outlook(
        "POST",
        "me/mailFolders/{}/childFolders",
        "mailFolders.create",
    ),
    outlook("POST", "me/mailFolders/{}/move", "mailFolders.move"),
    outlook("POST", "me/mailFolders/{}/copy", "mailFolders.copy"),
    outlook("GET", "me/mailFolders/{}/**", "mailFolders.get").serving(LINKED),
    outlook("PATCH", "me/mailFolders/{}/**", "mailFolders.update"),
    outlook("DELETE", "me/mailFolders/{}/**", "mailFolders.delete"),
];

/// What is below neither `/v1.0` nor a tenant: the short addresses of the page for
/// device codes, OpenID Connect's UserInfo, and Outlook's own host, which takes the
/// parts of large attachments; on loopback its path tells it apart.
pub const BESIDE: &[Operation] = &[
    entra("GET POST", "devicelogin", "devicelogin"),
    entra("GET POST", "deviceloginus", "devicelogin"),
    entra("GET POST", "deviceloginchina", "devicelogin"),
    entra("GET POST", "device", "devicelogin"),
    graph("GET POST", "oidc/userinfo", "userinfo", Meter::None),
    outlook("PUT", "api/{}/**", "attachments.upload"),
    outlook("PUT", "upload/api/**", "attachments.upload"),
    outlook("DELETE", "api/{}/**", "attachments.cancelUpload"),
    outlook("DELETE", "upload/api/**", "attachments.cancelUpload"),
];

const fn entra(methods: &'static str, path: &'static str, name: &'static str) -> Operation {
    Operation {
        methods,
        path,
        name,
        service: Service::Entra,
        meter: Meter::None,
        options: &[],
    }
}

const fn outlook(methods: &'static str, path: &'static str, name: &'static str) -> Operation {
    graph(methods, path, name, Meter::Outlook)
}

const fn graph(
    methods: &'static str,
    path: &'static str,
    name: &'static str,
    meter: Meter,
) -> Operation {
    Operation {
        methods,
        path,
        name,
        service: Service::Graph,
        meter,
        options: &[],
    }
}
