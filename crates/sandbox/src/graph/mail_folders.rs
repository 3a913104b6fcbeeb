//! Folders of a mailbox. Source: Graph v1.0 reference, "mailFolder resource
//! type", "List mailFolders", "List childFolders", "Create mailFolder", "Update
//! mailFolder", "Delete mailFolder", "mailFolder: move".

mod delta;

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::fault::GraphFault;
use super::mail_access::{Desk, READ, WRITE, Work, enter, folder_not_found};
use super::query::{MAIL_FOLDER, Options, Paging, Rules, Side, collection, entity};
use super::reply::Reply;
use super::request::Call;
use crate::mailboxes::folder::{RECOVERABLE_ITEMS, ROOT};
use crate::mailboxes::{Folder, FolderError, FolderNumber, Mailbox};
use crate::world::World;

pub use delta::delta;

const SHOWN: [&str; 8] = [
    "id",
    "displayName",
    "parentFolderId",
    "childFolderCount",
    "unreadItemCount",
    "totalItemCount",
    "sizeInBytes",
    "isHidden",
];
/// Exchange allows 255 characters in a folder's name (PidTagDisplayName).
const NAME_CHARS_MAX: usize = 255;

static LIST: Rules = Rules {
    of: &MAIL_FOLDER,
    side: Side::Mail,
    options: &[
        "select", "expand", "filter", "orderby", "top", "skip", "count", "format",
    ],
    expands: &["childFolders"],
    shown: &SHOWN,
    always: &["id"],
    page: 10,
    top: (0, 1000),
    paging: Paging::Skip,
};

static ONE: Rules = Rules {
    of: &MAIL_FOLDER,
    side: Side::Mail,
    options: &["select", "expand", "format"],
    expands: &["childFolders"],
    shown: &SHOWN,
    always: &["id"],
    page: 1,
    top: (1, 1),
    paging: Paging::Skip,
};

/// `GET …/mailFolders` and `GET …/childFolders`, hidden ones on request.
pub fn list(world: &World, call: &Call, parent: Option<&str>) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let options = Options::read(call, &LIST)?;
    let hidden = includes_hidden(call);
    let folders = desk.mailbox(world, |mailbox| {
        let parent = number(mailbox, parent)?;
        let mut folders = children(mailbox, parent, hidden);
        folders.sort_by_key(|folder| folder.name.to_lowercase());
        let deep = options.expands("childFolders");
        let json = |folder: &Folder| write(mailbox, folder, deep.then_some(hidden));
        Ok::<_, GraphFault>(folders.iter().map(json).collect::<Vec<Value>>())
    })?;
    let fragment = fragment(&desk);
    let render = |folder: &Value| folder.clone();
    let answer = collection(call, &LIST, &options, &fragment, &folders, render);
    Ok(desk.reply(StatusCode::OK, &answer))
}

/// `GET …/mailFolders/{id}`, by id or by well-known name.
pub fn get(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &READ, Work::Read)?;
    let options = Options::read(call, &ONE)?;
    let folder = desk.mailbox(world, |mailbox| {
        let folder = named(mailbox, id)?;
        let deep = options
            .expands("childFolders")
            .then(|| includes_hidden(call));
        Ok::<_, GraphFault>(write(mailbox, folder, deep))
    })?;
    let answer = entity(call, &ONE, &options, &fragment(&desk), &folder);
    Ok(desk.reply(StatusCode::OK, &answer))
}

/// `POST …/mailFolders` and `POST …/childFolders`
pub fn create(world: &World, call: &Call, parent: Option<&str>) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Store)?;
    let fields = call.json_object()?;
    let name = display_name(&fields, &["displayName", "isHidden"])?;
    let hidden = match fields.get("isHidden") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(hidden)) => *hidden,
        Some(_) => return Err(invalid("isHidden")),
    };
    work(world, call, &desk, StatusCode::CREATED, |mailbox| {
        let parent = number(mailbox, parent)?;
        mailbox
            .create_folder(parent, &name, hidden)
            .map_err(|error| refused(error, "ErrorAccessDenied"))
    })
}

/// `PATCH …/mailFolders/{id}`: the name is all that can be changed.
pub fn rename(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    let name = display_name(&call.json_object()?, &["displayName"])?;
    work(world, call, &desk, StatusCode::OK, |mailbox| {
        let number = named(mailbox, id)?.number;
        mailbox
            .rename_folder(number, &name)
            .map_err(|error| refused(error, "ErrorAccessDenied"))
    })
}

/// `POST …/mailFolders/{id}/move`
pub fn r#move(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    let destination = destination(call)?;
    work(world, call, &desk, StatusCode::CREATED, |mailbox| {
        let number = named(mailbox, id)?.number;
        let parent = named(mailbox, &destination)?.number;
        mailbox
            .move_folder(number, parent)
            .map_err(|error| refused(error, "ErrorMoveDistinguishedFolder"))
    })
}

/// `POST …/mailFolders/{id}/copy`, with everything in it.
pub fn copy(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Store)?;
    let destination = destination(call)?;
    work(world, call, &desk, StatusCode::CREATED, |mailbox| {
        let number = named(mailbox, id)?.number;
        let parent = named(mailbox, &destination)?.number;
        mailbox
            .copy_folder(number, parent, desk.now_ms)
            .map_err(|error| refused(error, "ErrorAccessDenied"))
    })
}

fn destination(call: &Call) -> Result<String, GraphFault> {
    call.json_object()?
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case("DestinationId"))
        .and_then(|(_, value)| value.as_str())
        .map(str::to_owned)
        .ok_or_else(|| invalid("DestinationId"))
}

/// `DELETE …/mailFolders/{id}`, with everything in it.
pub fn delete(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let desk = enter(world, call, &WRITE, Work::Change)?;
    desk.mailbox(world, |mailbox| {
        let number = named(mailbox, id)?.number;
        mailbox
            .delete_folder(number)
            .map_err(|error| refused(error, "ErrorDeleteDistinguishedFolder"))
    })?;
    Ok(Reply::no_content())
}

/// A change that is answered with the folder it made.
fn work(
    world: &World,
    call: &Call,
    desk: &Desk,
    status: StatusCode,
    change: impl FnOnce(&mut Mailbox) -> Result<Folder, GraphFault>,
) -> Result<Reply, GraphFault> {
    let folder = desk.mailbox(world, |mailbox| {
        let folder = change(mailbox)?;
        Ok::<_, GraphFault>(write(mailbox, &folder, None))
    })?;
    let answer = entity(call, &ONE, &Options::default(), &fragment(desk), &folder);
    Ok(desk.reply(status, &answer))
}

fn fragment(desk: &Desk) -> String {
    format!("users('{}')/mailFolders", desk.person.oid)
}

/// `includeHiddenFolders=true`, a parameter of these operations alone.
fn includes_hidden(call: &Call) -> bool {
    url::form_urlencoded::parse(call.raw_query.as_bytes()).any(|(name, value)| {
        name.eq_ignore_ascii_case("includeHiddenFolders") && value.eq_ignore_ascii_case("true")
    })
}

fn named<'m>(mailbox: &'m Mailbox, name: &str) -> Result<&'m Folder, GraphFault> {
    mailbox
        .folder_called(name)
        .ok_or_else(|| folder_not_found(name))
}

fn number(mailbox: &Mailbox, name: Option<&str>) -> Result<FolderNumber, GraphFault> {
    name.map_or(Ok(ROOT), |name| {
        named(mailbox, name).map(|folder| folder.number)
    })
}

/// Folders within `parent`; what is deleted for good is in none of them.
fn children(mailbox: &Mailbox, parent: FolderNumber, hidden: bool) -> Vec<Folder> {
    mailbox
        .folders()
        .filter(|folder| folder.parent == parent && (hidden || !folder.hidden))
        .filter(|folder| folder.number != RECOVERABLE_ITEMS)
        .cloned()
        .collect()
}

/// A folder as JSON, with its children if `deep` says whether hidden ones count.
fn write(mailbox: &Mailbox, folder: &Folder, deep: Option<bool>) -> Value {
    let counts = mailbox.counts(folder.number);
    let parent = mailbox
        .folder(folder.parent)
        .map(|parent| parent.id.as_str());
    let mut fields = json!({
        "id": folder.id,
        "displayName": folder.name,
        "parentFolderId": parent,
        "childFolderCount": counts.children,
        "unreadItemCount": counts.unread,
        "totalItemCount": counts.total,
        "sizeInBytes": counts.bytes,
        "isHidden": folder.hidden,
    });
    if let (Some(hidden), Some(fields)) = (deep, fields.as_object_mut()) {
        let children = children(mailbox, folder.number, hidden);
        let children = children.iter().map(|child| write(mailbox, child, None));
        fields.insert("childFolders".to_owned(), children.collect());
    }
    fields
}

fn display_name(fields: &Map<String, Value>, known: &[&str]) -> Result<String, GraphFault> {
    let other = fields
        .keys()
        .find(|name| !name.starts_with('@') && !known.contains(&name.as_str()));
    if let Some(other) = other {
        let exists = MAIL_FOLDER.property(other).is_some();
        return Err(if exists {
            invalid(other)
        } else {
            GraphFault::bad_request(
                "RequestBodyRead",
                format!(
                    "The property '{other}' does not exist on type 'microsoft.graph.mailFolder'. Make sure to only use property names that are defined by the type."
                ),
            )
        });
    }
    fields
        .get("displayName")
        .and_then(Value::as_str)
        .filter(|name| !name.trim().is_empty() && name.chars().count() <= NAME_CHARS_MAX)
        .map(str::to_owned)
        .ok_or_else(|| invalid("displayName"))
}

fn refused(error: FolderError, well_known: &str) -> GraphFault {
    let (status, code, message) = match error {
        FolderError::NotFound => (
            StatusCode::NOT_FOUND,
            "ErrorItemNotFound",
            "The specified folder could not be found in the store.",
        ),
        FolderError::Exists => (
            StatusCode::CONFLICT,
            "ErrorFolderExists",
            "A folder with the specified name already exists.",
        ),
        FolderError::WellKnown => (
            StatusCode::FORBIDDEN,
            well_known,
            "Distinguished folders cannot be changed so.",
        ),
        FolderError::Cycle => (
            StatusCode::BAD_REQUEST,
            "ErrorMoveCopyFailed",
            "A folder cannot be moved or copied into itself.",
        ),
        FolderError::TooMany => (
            StatusCode::INSUFFICIENT_STORAGE,
            "ErrorQuotaExceeded",
            "The mailbox has as many folders as it can.",
        ),
    };
    GraphFault::new(status, code, message)
}

fn invalid(name: &str) -> GraphFault {
    GraphFault::bad_request(
        "ErrorInvalidArgument",
        format!("The value of '{name}' cannot be set to this."),
    )
}
