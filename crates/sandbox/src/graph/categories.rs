//! The categories that Outlook offers. Source: Graph v1.0 reference,
//! "outlookCategory resource type", "Create Outlook category": the name is set
//! once, the colour can be changed.

use axum::http::StatusCode;
use serde_json::{Map, Value, json};

use super::access::Caller;
use super::fault::GraphFault;
use super::query::{OUTLOOK_CATEGORY, Options, Paging, Rules, Side, collection, entity};
use super::reply::Reply;
use super::request::Call;
use super::settings::{READ_SCOPES, WRITE_SCOPES, owner};
use crate::directory::Person;
use crate::world::World;

/// What a new mailbox has, with the colours of Outlook.
const FRESH: [(&str, &str); 6] = [
    ("Red category", "preset0"),
    ("Orange category", "preset1"),
    ("Yellow category", "preset3"),
    ("Green category", "preset4"),
    ("Blue category", "preset7"),
    ("Purple category", "preset8"),
];
/// `preset0` to `preset24`.
const PRESETS: u8 = 25;
/// How many categories one mailbox may have: more than anybody can tell apart.
const CATEGORIES_MAX: usize = 500;
/// "Create Outlook category" limits no name; Outlook's own box takes 255.
const NAME_CHARS_MAX: usize = 255;

static RULES: Rules = Rules {
    of: &OUTLOOK_CATEGORY,
    side: Side::Mail,
    options: &[
        "select", "filter", "orderby", "top", "skip", "count", "format",
    ],
    expands: &[],
    shown: &["id", "displayName", "color"],
    always: &["id"],
    page: 1000,
    top: (1, 1000),
    paging: Paging::Skip,
};

/// `GET /me/outlook/masterCategories`
pub fn list(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &READ_SCOPES)?;
    let options = Options::read(call, &RULES)?;
    let all = categories(world, caller.person);
    let render = |category: &Value| category.clone();
    let answer = collection(call, &RULES, &options, &fragment(&caller), &all, render);
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `GET /me/outlook/masterCategories/{id}`
pub fn get(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &READ_SCOPES)?;
    let options = Options::read(call, &RULES)?;
    let all = categories(world, caller.person);
    let category = all.iter().find(|one| has_id(one, id)).ok_or_else(missing)?;
    let answer = entity(call, &RULES, &options, &fragment(&caller), category);
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `POST /me/outlook/masterCategories`
pub fn post(world: &World, call: &Call) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &WRITE_SCOPES)?;
    let fields = call.json_object()?;
    let mut all = categories(world, caller.person);
    let name = fields
        .get("displayName")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty() && name.chars().count() <= NAME_CHARS_MAX)
        .ok_or_else(|| invalid("displayName"))?;
    let known = |one: &Value| {
        let taken = one.get("displayName").and_then(Value::as_str);
        taken.is_some_and(|taken| taken.to_lowercase() == name.to_lowercase())
    };
    if all.iter().any(known) {
        return Err(GraphFault::new(
            StatusCode::CONFLICT,
            "ErrorCategoryNameAlreadyExists",
            "A category of this name exists.",
        ));
    }
    if all.len() >= CATEGORIES_MAX {
        return Err(invalid("displayName"));
    }
    let color = color(&fields)?.unwrap_or("none".to_owned());
    let category =
        json!({"id": world.dice.uuid().to_string(), "displayName": name, "color": color});
    all.push(category.clone());
    keep(world, &caller, all)?;
    let answer = entity(
        call,
        &RULES,
        &Options::default(),
        &fragment(&caller),
        &category,
    );
    Ok(Reply::json(StatusCode::CREATED, &answer))
}

/// `PATCH /me/outlook/masterCategories/{id}`
pub fn patch(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &WRITE_SCOPES)?;
    let fields = call.json_object()?;
    if fields.contains_key("displayName") {
        return Err(invalid("displayName"));
    }
    let color = color(&fields)?;
    let mut all = categories(world, caller.person);
    let category = all
        .iter_mut()
        .find(|one| has_id(one, id))
        .ok_or_else(missing)?;
    if let (Some(color), Some(fields)) = (color, category.as_object_mut()) {
        fields.insert("color".to_owned(), json!(color));
    }
    let category = category.clone();
    keep(world, &caller, all)?;
    let answer = entity(
        call,
        &RULES,
        &Options::default(),
        &fragment(&caller),
        &category,
    );
    Ok(Reply::json(StatusCode::OK, &answer))
}

/// `DELETE /me/outlook/masterCategories/{id}`
pub fn delete(world: &World, call: &Call, id: &str) -> Result<Reply, GraphFault> {
    let caller = owner(world, call, &WRITE_SCOPES)?;
    let mut all = categories(world, caller.person);
    let before = all.len();
    all.retain(|one| !has_id(one, id));
    if all.len() == before {
        return Err(missing());
    }
    keep(world, &caller, all)?;
    Ok(Reply::no_content())
}

fn keep(world: &World, caller: &Caller, all: Vec<Value>) -> Result<(), GraphFault> {
    world
        .profiles
        .set_categories(caller.person, all)
        .map_err(|_| invalid("displayName"))
}

fn categories(world: &World, person: &Person) -> Vec<Value> {
    world.profiles.categories(person).unwrap_or_else(|| {
        let fresh = FRESH.iter().zip(0_u32..);
        fresh
            .map(|((name, color), number)| {
                let head = person.oid.get(..8).unwrap_or_default();
                json!({
                    "id": format!("{head}-ca7e-4000-8000-{number:012x}"),
                    "displayName": name,
                    "color": color,
                })
            })
            .collect()
    })
}

/// `none` or one of the presets; nothing if it is not named.
fn color(fields: &Map<String, Value>) -> Result<Option<String>, GraphFault> {
    let Some(value) = fields.get("color") else {
        return Ok(None);
    };
    let text = value.as_str().ok_or_else(|| invalid("color"))?;
    let preset = (0..PRESETS).any(|preset| text == format!("preset{preset}"));
    if preset || text == "none" {
        Ok(Some(text.to_owned()))
    } else {
        Err(invalid("color"))
    }
}

fn has_id(category: &Value, id: &str) -> bool {
    category
        .get("id")
        .and_then(Value::as_str)
        .is_some_and(|known| known.eq_ignore_ascii_case(id))
}

fn fragment(caller: &Caller) -> String {
    format!("users('{}')/outlook/masterCategories", caller.seat.oid)
}

fn missing() -> GraphFault {
    GraphFault::new(
        StatusCode::NOT_FOUND,
        "ErrorItemNotFound",
        "The specified object was not found in the store.",
    )
}

fn invalid(name: &str) -> GraphFault {
    GraphFault::bad_request(
        "ErrorInvalidArgument",
        format!("The value of '{name}' cannot be set to this."),
    )
}
