//! What can be made to go wrong: faults, switches and the clock, as forms.

use serde_json::{Value, json};

use super::section;
use crate::clock::readable;
use crate::desk::DeskKey;
use crate::directory::{PEOPLE, by_address};
use crate::faults::Fault;
use crate::operations::names;
use crate::pages::frame::text;
use crate::world::World;

/// The answers that the page offers; the control API has more.
const ANSWERS: &[(&str, &str)] = &[
    ("429", "429, try again in 5 s"),
    ("503", "503, try again in 5 s"),
    ("504", "504, gateway timeout"),
    ("500", "500, internal error"),
    ("401", "401, token refused"),
    ("html", "A gateway's page instead of JSON"),
    ("half_json", "JSON that stops in the middle"),
    ("empty", "200 without a body"),
    ("close", "The connection is cut"),
    ("late", "The real answer, 10 s late"),
];

/// The values of switches that are words.
const WORDS: &[(&str, &[&str])] = &[
    ("id_on_send", &["kept", "changed", "kept_if_immutable"]),
    ("message_id_on_send", &["kept", "changed"]),
    ("second_send", &["not_found", "nothing", "sends_again"]),
    ("upload_next_range", &["bare", "dash", "range"]),
    ("refresh_rotation", &["reusable", "strict"]),
    (
        "photo_absent",
        &[
            "image_not_found",
            "entity_not_found",
            "item_not_found",
            "profile_not_found",
            "non_existent_mailbox",
            "consumer_not_supported",
            "one_pixel_gif",
        ],
    ),
    (
        "mailbox",
        &[
            "normal",
            "full",
            "suspended",
            "submission_blocked",
            "message_limit",
            "hybrid",
            "none",
            "moving",
        ],
    ),
    ("retry_after", &["seconds", "decimal", "http_date", "none"]),
];

/// What the fault of this name answers.
pub fn fault_answer(name: &str) -> Option<Value> {
    let status = |status: u16, retry_after: Value| json!({"kind": "status", "status": status, "retry_after": retry_after});
    Some(match name {
        "429" => status(429, json!(5)),
        "503" => status(503, json!(5)),
        "504" => status(504, Value::Null),
        "500" => status(500, Value::Null),
        "401" => status(401, Value::Null),
        "late" => json!({"kind": "delay", "ms": 10_000}),
        "html" | "half_json" | "empty" | "close" => json!({"kind": name}),
        _ => return None,
    })
}

/// Every form, or how to get them.
pub fn behaviour(world: &World, person: Option<&str>) -> String {
    let Some(key) = &world.desk_key else {
        return section(
            "faults",
            "Faults, switches and the clock",
            "<p class=\"soft\">To make answers fail, to choose how the service behaves, or to move its clock, \
             start the sandbox with <code>--control 127.0.0.1:0</code>: the forms are then here, and a test can \
             do the same over the control API.</p><i id=\"switches\"></i><i id=\"clock\"></i>",
        );
    };
    [
        section("faults", "Faults", &faults(world, key)),
        section("switches", "Switches", &switches(world, key, person)),
        section("clock", "Clock and fresh start", &clock(world, key)),
    ]
    .concat()
}

fn faults(world: &World, key: &DeskKey) -> String {
    let routes: Vec<(&str, &str)> = names().into_iter().map(|name| (name, name)).collect();
    let waiting = world.faults.waiting();
    let list: String = waiting
        .iter()
        .map(|fault| format!("<li>{}</li>", describe(fault)))
        .collect();
    let waiting = if list.is_empty() {
        "<p class=\"soft\">Every answer is the real one.</p>".to_owned()
    } else {
        format!(
            "<ul class=\"waiting\">{list}</ul>{}",
            form(key, "/desk/faults/forget", "", "Forget them", false)
        )
    };
    let fields = format!(
        "<div class=\"fields\">{}{}{}{}{}{}<label class=\"check\"><input type=\"checkbox\" name=\"after_work\" value=\"true\"> \
         Do the work first: the mail is sent, the code is used</label></div>",
        labelled("Route", "route", &select("route", &routes, "sendMail")),
        labelled("Answer", "answer", &select("answer", ANSWERS, "429")),
        labelled(
            "How often",
            "count",
            "<input id=\"count\" name=\"count\" type=\"number\" min=\"1\" max=\"1000\" value=\"1\" required>"
        ),
        labelled("For whom", "whom", &select("whom", &people(), "")),
        labelled(
            "Requests let pass first",
            "skip",
            "<input id=\"skip\" name=\"skip\" type=\"number\" min=\"0\" value=\"0\" required>"
        ),
        labelled(
            "How likely, in a thousand",
            "permille",
            "<input id=\"permille\" name=\"permille\" type=\"number\" min=\"0\" max=\"1000\" value=\"1000\" required>"
        ),
    );
    format!(
        "<p class=\"soft\">The next answers of a route are replaced.</p>{waiting}{}",
        form(key, "/desk/faults", &fields, "Add the fault", true)
    )
}

fn describe(fault: &Fault) -> String {
    let answer = serde_json::to_value(&fault.answer).unwrap_or_default();
    let words: Vec<String> = answer
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null() && **value != json!({}))
        .map(|(name, value)| match value.as_str() {
            Some(word) => format!("{name} {word}"),
            None => format!("{name} {value}"),
        })
        .collect();
    format!(
        "<b>{}</b> {} × <code>{}</code>{}",
        text(&fault.route),
        fault.count,
        text(&words.join(", ")),
        text(&terms(fault)),
    )
}

/// For whom and when it strikes, as far as it is not for everybody at once.
fn terms(fault: &Fault) -> String {
    let terms = [
        fault.after_work.then(|| "after the work".to_owned()),
        fault.person.as_ref().map(|person| format!("for {person}")),
        (fault.skip > 0).then(|| format!("after {} others", fault.skip)),
        (fault.probability_permille < 1000)
            .then(|| format!("with {} in a thousand", fault.probability_permille)),
    ];
    terms
        .iter()
        .flatten()
        .map(|term| format!(" {term}"))
        .collect()
}

/// Everybody, and each person.
fn people() -> Vec<(&'static str, &'static str)> {
    let each = PEOPLE.iter().map(|person| (person.address, person.address));
    std::iter::once(("", "everybody")).chain(each).collect()
}

fn switches(world: &World, key: &DeskKey, person: Option<&str>) -> String {
    let person = person.and_then(by_address).map(|person| person.address);
    let in_force = match person {
        Some(address) => world.switches.for_person(address),
        None => world.switches.for_everybody(),
    };
    let in_force = serde_json::to_value(in_force).unwrap_or_default();
    let fields: String = in_force
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| labelled(&name.replace('_', " "), name, &control(name, value)))
        .collect();
    let whose = person.unwrap_or_default();
    format!(
        "<p class=\"soft\">How the service behaves where it is not the same every day. What is set for a person \
         outranks what is set for everybody.</p>\
         <form class=\"inline\" method=\"get\" action=\"/#switches\">{}<button class=\"button\">Show</button></form>{}{}",
        labelled("Switches of", "person", &select("person", &people(), whose)),
        form(
            key,
            "/desk/switches",
            &format!(
                "<input type=\"hidden\" name=\"person\" value=\"{}\"><div class=\"fields\">{fields}</div>",
                text(whose)
            ),
            "Set",
            true
        ),
        form(
            key,
            "/desk/switches/forget",
            "",
            "All at their defaults",
            false
        ),
    )
}

fn control(name: &str, value: &Value) -> String {
    let words = WORDS.iter().find(|(known, _)| *known == name);
    match (value, words) {
        (Value::Bool(on), _) => select(
            name,
            &[("true", "yes"), ("false", "no")],
            if *on { "true" } else { "false" },
        ),
        (Value::String(current), Some((_, words))) => {
            let options: Vec<(&str, &str)> = words.iter().map(|word| (*word, *word)).collect();
            select(name, &options, current)
        }
        (Value::String(current), None) => format!(
            "<input id=\"{name}\" name=\"{name}\" value=\"{}\">",
            text(current)
        ),
        (other, _) => format!(
            "<input id=\"{name}\" name=\"{name}\" type=\"number\" min=\"0\" value=\"{other}\" required>"
        ),
    }
}

fn clock(world: &World, key: &DeskKey) -> String {
    let minutes = labelled(
        "Minutes from the machine's clock",
        "minutes",
        "<input id=\"minutes\" name=\"minutes\" type=\"number\" value=\"0\" required>",
    );
    format!(
        "<p>It is <b>{}</b> here.</p>{}<p class=\"soft\">A fresh start forgets mail, consent, sessions, requests, \
         faults and switches, and sets the clock right.</p>{}",
        text(&readable(world.clock.now_ms())),
        form(key, "/desk/clock", &minutes, "Move the clock", false),
        form(key, "/desk/reset", "", "Start afresh", false),
    )
}

fn form(key: &DeskKey, action: &str, fields: &str, button: &str, primary: bool) -> String {
    let class = if primary { "button primary" } else { "button" };
    format!(
        "<form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"key\" value=\"{}\">{fields}\
         <button class=\"{class}\">{button}</button></form>",
        text(key.written())
    )
}

fn labelled(label: &str, id: &str, control: &str) -> String {
    format!("<div><label for=\"{id}\">{label}</label>{control}</div>")
}

fn select(name: &str, options: &[(&str, &str)], chosen: &str) -> String {
    let options: String = options
        .iter()
        .map(|(value, label)| {
            let selected = if *value == chosen { " selected" } else { "" };
            format!(
                "<option value=\"{}\"{selected}>{}</option>",
                text(value),
                text(&label.replace('_', " "))
            )
        })
        .collect();
    format!("<select id=\"{name}\" name=\"{name}\">{options}</select>")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::switches::SwitchBoard;

    #[test]
    fn every_answer_on_offer_is_a_fault() {
        for (name, _) in ANSWERS {
            let answer = fault_answer(name).unwrap();
            let fault = json!({"route": "me", "answer": answer});
            assert!(serde_json::from_value::<Fault>(fault).is_ok(), "{name}");
        }
    }

    #[test]
    fn every_word_on_offer_is_a_value() {
        for (name, words) in WORDS {
            for word in *words {
                let fields = json!({*name: word}).as_object().unwrap().clone();
                SwitchBoard::default().set(None, fields).unwrap();
            }
        }
    }
}
