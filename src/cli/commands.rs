//! `daicho commands`: every command with its fields, kinds and roles, from the declarations.

use super::out;
use super::stop::{Exit, Stop};
use crate::desk::Lang;
use crate::desk::declare::{Field, Kind, Operation, operations};
use crate::desk::profiles::{BUILT_IN, accepted, built_in};
use crate::domain::{Edition, Profile, policy};
use serde_json::{Map, Value, json};

/// Prints the list.
///
/// # Errors
/// The output's.
pub fn run(as_json: bool, lang: Lang) -> Result<Exit, Stop> {
    let mut profiles = Vec::new();
    for text in BUILT_IN.iter().filter_map(|name| built_in(name)) {
        let expanded =
            accepted(text, Edition::NEWEST).map_err(|failure| Stop::failed(&failure, None, lang))?;
        profiles.push(expanded.profile);
    }
    if as_json {
        let list: Value =
            operations().iter().map(|operation| operation_json(operation, &profiles, lang)).collect();
        out::json(&list, lang)?;
    } else {
        let text: Vec<String> =
            operations().iter().map(|operation| said(operation, &profiles, lang)).collect();
        out::text(&text.join("\n"), lang)?;
    }
    Ok(Exit::Done)
}

/// The roles of a profile that may give a command.
fn roles<'a>(profile: &'a Profile, command: &str) -> Vec<&'a str> {
    let may = |id: &&str| policy::role_for(profile, &[(*id).to_owned()], command).is_ok();
    profile.roles.iter().map(|role| role.id.as_str()).filter(may).collect()
}

fn operation_json(operation: &Operation, profiles: &[Profile], lang: Lang) -> Value {
    let fields: Vec<Value> = operation.fields.iter().map(|field| field_json(field, lang)).collect();
    let roles: Map<String, Value> = profiles
        .iter()
        .map(|profile| (profile.name.clone(), json!(roles(profile, operation.command))))
        .collect();
    json!({
        "command": operation.command,
        "title": lang.of(operation.title),
        "doc": lang.of(operation.doc),
        "register": operation.register,
        "late": operation.is_late(),
        "fields": fields,
        "roles": roles,
    })
}

fn field_json(field: &Field, lang: Lang) -> Value {
    let mut value = json!({
        "name": field.name,
        "kind": field.kind.name(),
        "required": field.required,
        "label": lang.of(field.label),
        "help": lang.of(field.help),
    });
    match field.kind {
        Kind::Line(most) | Kind::Block(most) => value["most"] = json!(most),
        Kind::Ref(noun) | Kind::Refs(noun) => value["noun"] = json!(noun.name()),
        Kind::Choice(choices) => {
            value["choices"] = choices.iter().map(|(name, _)| Value::from(*name)).collect();
        }
        _ => {}
    }
    value
}

fn said(operation: &Operation, profiles: &[Profile], lang: Lang) -> String {
    let mut text =
        format!("{}  {}\n    {}\n", operation.command, lang.of(operation.title), lang.of(operation.doc));
    for field in operation.fields {
        let needed = if field.required { "*" } else { " " };
        let choices = match field.kind {
            Kind::Choice(choices) => {
                format!(" {}", choices.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("|"))
            }
            Kind::Ref(noun) | Kind::Refs(noun) => format!(" {}", noun.name()),
            _ => String::new(),
        };
        let label = lang.of(field.label);
        text.push_str(&format!("  {needed} {:<16}  {}{choices}  {label}\n", field.name, field.kind.name()));
    }
    for profile in profiles {
        text.push_str(&format!("    {}: {}\n", profile.name, roles(profile, operation.command).join(" ")));
    }
    text
}
