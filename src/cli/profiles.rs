//! `daicho profiles`: the profiles built in, or one in a file: who may what, their duties, and which function meets each.

use super::open::read_file;
use super::stop::Stop;
use crate::desk::declare::cells;
use crate::desk::difference::{Part, difference};
use crate::desk::profiles::{BUILT_IN, Expanded, Held, accepted, built_in};
use crate::desk::{Lang, shown};
use crate::domain::{Edition, Label, Profile, Role, policy};
use crate::text::width::wrap;
use crate::text::{clean_bytes, without_bom};
use serde_json::{Value, json};
use std::path::Path;

/// The longest profile file, in bytes.
const MOST: usize = 128 << 10;

/// Cells of a line.
const LINE: usize = 80;

/// Cells of the names at the left of the grid.
const NAMES: usize = 24;

/// As what a profile is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// For reading: its groups written out as a grid.
    Plain,
    /// As JSON.
    Json,
    /// Its text as it was written.
    Toml,
}

/// The answer: the list of profiles, or one of them.
///
/// # Errors
/// No such profile, or everything that is wrong with it.
pub fn answer(name: Option<&str>, form: Form, lang: Lang) -> Result<String, Stop> {
    let read =
        |text: &str| accepted(text, Edition::NEWEST).map_err(|failure| Stop::failed(&failure, None, lang));
    if let Some(name) = name {
        let text = text_of(name, lang)?;
        return Ok(match form {
            Form::Toml => text,
            Form::Json => format!("{}\n", as_json(&read(&text)?)),
            Form::Plain => said(&read(&text)?, lang),
        });
    }
    let mut list = Vec::new();
    for name in BUILT_IN {
        list.push((*name, read(name)?.profile.title));
    }
    Ok(match form {
        Form::Json => {
            let list: Value =
                list.iter().map(|(name, title)| json!({"name": name, "title": title})).collect();
            format!("{list}\n")
        }
        _ => list.iter().map(|(name, title)| format!("{name:<10}  {}\n", pick(title, lang))).collect(),
    })
}

/// What a profile changes, compared with another.
///
/// # Errors
/// No such profile, or everything that is wrong with one of them.
pub fn compared(before: &str, after: &str, lang: Lang) -> Result<String, Stop> {
    let read = |name: &str| {
        let found = accepted(&text_of(name, lang)?, Edition::NEWEST);
        found.map(|found| found.profile).map_err(|failure| Stop::failed(&failure, None, lang))
    };
    let (before, after) = (read(before)?, read(after)?);
    let lines: Vec<String> =
        Part::ALL.into_iter().flat_map(|part| difference(&before, &after, part, lang)).collect();
    if lines.is_empty() {
        return Ok(lang.pick("変わる点はありません。\n", "It changes nothing.\n").to_owned());
    }
    Ok(lines.into_iter().map(|line| format!("{}\n", shown(&line))).collect())
}

/// The text of a profile: of one built in, or in a file.
fn text_of(name: &str, lang: Lang) -> Result<String, Stop> {
    match built_in(name) {
        Some(text) => Ok(text.to_owned()),
        None => from_file(name, lang),
    }
}

/// The text of a profile in a file.
///
/// # Errors
/// There is no such file, or it cannot be read as text.
pub fn from_file(path: &str, lang: Lang) -> Result<String, Stop> {
    if !Path::new(path).exists() {
        return Err(unknown(path, lang));
    }
    let bytes = read_file(Path::new(path), MOST, lang)?;
    let text = clean_bytes(&bytes).map_err(|problem| Stop::usage(lang, problem.ja(), problem.en()))?;
    Ok(without_bom(text).to_owned())
}

fn unknown(name: &str, lang: Lang) -> Stop {
    // What was typed may hold anything: cleaned before it reaches a terminal.
    let (known, name) = (BUILT_IN.join(" "), shown(name));
    Stop::usage(
        lang,
        format!("規程「{name}」は組み込まれていません。組み込み: {known}"),
        format!("No profile \"{name}\" is built in. Built in: {known}"),
    )
}

fn pick(label: &Label, lang: Lang) -> &str {
    lang.pick(&label.ja, &label.en)
}

/// Every command and query, each with the roles that may use it: also where a profile names it by a group, or where it
/// comes with another.
fn rights(profile: &Profile) -> Vec<(String, Vec<bool>)> {
    let may =
        |role: &Role, what: &str| policy::role_for(profile, std::slice::from_ref(&role.id), what).is_ok();
    policy::every_right()
        .map(|what| {
            let roles = profile.roles.iter().map(|role| may(role, &what)).collect();
            (what, roles)
        })
        .collect()
}

/// What no role may do.
fn nobodys(rights: &[(String, Vec<bool>)]) -> Vec<&str> {
    rights.iter().filter(|(_, roles)| !roles.contains(&true)).map(|(what, _)| what.as_str()).collect()
}

fn as_json(given: &Expanded) -> Value {
    let profile = &given.profile;
    let rights = rights(profile);
    let holders = |roles: &[bool]| -> Value {
        let held = profile.roles.iter().zip(roles).filter(|(_, may)| **may);
        held.map(|(role, _)| role.id.as_str()).collect()
    };
    let role = |role: &Role| json!({"id": role.id, "label": role.label, "founds": role.founds, "reading_counts": role.reading_counts, "held_in": role.held_in, "clerk": role.clerk});
    let group = |group: &Held| json!({"name": group.name, "label": group.label, "holds": group.holds});
    json!({
        "name": profile.name,
        "version": profile.version,
        "title": profile.title,
        "source": profile.source.trim(),
        "roles": profile.roles.iter().map(role).collect::<Value>(),
        "rights": rights.iter().map(|(what, roles)| json!({"right": what, "roles": holders(roles)})).collect::<Value>(),
        "nobody": nobodys(&rights),
        "authority": profile.authority,
        "offices": profile.offices,
        "jurisdictions": profile.jurisdictions,
        "exceptions": profile.exceptions,
        "groups": given.groups.iter().map(group).collect::<Value>(),
        "zones": profile.zones,
        "trail": profile.trail,
        "duties": profile.duties,
    })
}

fn said(given: &Expanded, lang: Lang) -> String {
    let profile = &given.profile;
    let mut text = format!(
        "{}  {} {}\n{}\n",
        profile.name,
        pick(&profile.title, lang),
        profile.version,
        profile.source.trim()
    );
    text.push_str(lang.pick("\n役割\n", "\nRoles\n"));
    for (n, role) in profile.roles.iter().enumerate() {
        let founds =
            if role.founds { lang.pick("（最初の管理者）", " (first administrator)") } else { "" };
        let reading = if role.reading_counts {
            lang.pick("（閲覧も記録）", " (reading is recorded)")
        } else {
            ""
        };
        let held = match role.held_in.join(", ") {
            kinds if kinds.is_empty() => kinds,
            kinds => format!("{}{kinds}{}", lang.pick("（管轄: ", " (held within: "), lang.pick("）", ")")),
        };
        let label = pick(&role.label, lang);
        text.push_str(&format!("{:>3} {:<16}  {label}{founds}{reading}{held}\n", n + 1, role.id));
    }
    grid(&mut text, profile, lang);
    text.push_str(lang.pick("\n決める役割\n", "\nWhose decision\n"));
    for (name, roles) in profile.authority.each() {
        text.push_str(&format!("  {name:<10}  {}\n", roles.join(", ")));
    }
    if !profile.offices.is_empty() {
        text.push_str(lang.pick("\n役職（任命する役割）\n", "\nOffices, and who appoints to each\n"));
        for office in &profile.offices {
            let by = office.appointed_by.join(", ");
            let outside =
                if office.outside { lang.pick("（外部の決定）", " (decided outside)") } else { "" };
            text.push_str(&format!("  {:<16}  {by}{outside}\n", office.role));
        }
    }
    if !profile.jurisdictions.is_empty() {
        text.push_str(
            lang.pick("\n管轄（含むものの下に）\n", "\nJurisdictions, each under the one around it\n"),
        );
        below(&mut text, profile, None, 1, lang);
    }
    exceptions(&mut text, profile, lang);
    text.push_str(lang.pick(
        "\n権限グループ（役割の may に書ける名前と、その中身）\n",
        "\nGroups that a role's may can name, and what each holds\n",
    ));
    for group in &given.groups {
        text.push_str(&format!("  group:{}  {}\n", group.name, pick(&group.label, lang)));
        for line in wrap(&group.holds.join(" "), LINE - 6) {
            text.push_str(&format!("      {line}\n"));
        }
    }
    text.push_str(lang.pick("\n区画\n", "\nZones\n"));
    for zone in &profile.zones {
        text.push_str(&format!("  {:<16}  {}\n", zone.id, pick(&zone.label, lang)));
    }
    if let Some(policy) = profile.on_failure() {
        text.push_str(lang.pick("\n証跡を残せないときの対処方針\n", "\nWhen no trail can be kept\n"));
        for line in wrap(pick(policy, lang), LINE - 2) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push_str(lang.pick("\n条項と、それを満たす機能\n", "\nDuties, and which function meets each\n"));
    for (duty, function) in &profile.duties {
        text.push_str(&format!("  {duty:<10}  {function}\n"));
    }
    text
}

/// Which exceptions there may be, from which rules, and whose decision each is.
fn exceptions(text: &mut String, profile: &Profile, lang: Lang) {
    let Some(rules) = &profile.exceptions else { return };
    text.push_str(
        lang.pick("\n例外措置の種類と、決める役割\n", "\nKinds of exceptions, and whose decision each is\n"),
    );
    let by = |roles: &[String]| match roles {
        [] => lang.pick("下の表による", "by the table below").to_owned(),
        roles => roles.join(", "),
    };
    for kind in &rules.kinds {
        let whose = match &kind.elsewhere {
            Some(elsewhere) => format!("{}: {}", lang.pick("別の手続", "elsewhere"), pick(elsewhere, lang)),
            None if kind.decision => kind.applied_by.join(", "),
            None if !kind.reviewed_by.is_empty() => {
                format!("{}: {}", lang.pick("後から審査", "reviewed by"), kind.reviewed_by.join(", "))
            }
            None => by(&kind.decided_by),
        };
        text.push_str(&format!("  {:<16}  {}  {whose}\n", kind.id, pick(&kind.label, lang)));
    }
    if let Some(network) = &rules.network {
        text.push_str(&format!("  {}: {}\n", pick(&network.label, lang), network.decided_by.join(", ")));
    }
    for row in &rules.rows {
        let who = match row.applicants.as_slice() {
            [] => lang.pick("その他の人", "everybody else").to_owned(),
            roles => roles.join(", "),
        };
        let part = if row.part.is_empty() { String::new() } else { format!(" [{}]", row.part) };
        text.push_str(&format!("  {who}{part} -> {}\n", row.decided_by.join(", ")));
    }
    if !rules.clauses.is_empty() {
        text.push_str(lang.pick("\n例外を申請できる規定\n", "\nRules from which there may be exceptions\n"));
    }
    for clause in &rules.clauses {
        let part = if clause.part.is_empty() { String::new() } else { format!(" [{}]", clause.part) };
        let whose = match clause.decided_by.as_slice() {
            [] => String::new(),
            roles => format!(" -> {}", roles.join(", ")),
        };
        text.push_str(&format!(
            "  {:<16}  {}{part}{whose}\n",
            clause.id,
            cells::clause(&clause.id, profile, lang)
        ));
    }
}

/// The jurisdictions that lie in one, or in none, and what lies in each.
fn below(text: &mut String, profile: &Profile, around: Option<&str>, depth: usize, lang: Lang) {
    for one in profile.jurisdictions.iter().filter(|one| one.within.as_deref() == around) {
        let kind = if one.kind.is_empty() { String::new() } else { format!("  [{}]", one.kind) };
        let by = match one.users_by.as_deref().and_then(|by| profile.jurisdiction(by)) {
            Some(by) => format!("{}{}", lang.pick("  利用者IDの管理: ", "  IDs by: "), pick(&by.label, lang)),
            None => String::new(),
        };
        let indent = "  ".repeat(depth);
        text.push_str(&format!("{indent}{}  {}{kind}{by}\n", one.id, pick(&one.label, lang)));
        below(text, profile, Some(&one.id), depth + 1, lang);
    }
}

/// Who may what, a column a role by its number, and what nobody may.
fn grid(text: &mut String, profile: &Profile, lang: Lang) {
    text.push_str(lang.pick("\n役割ごとにできること\n", "\nWho may what\n"));
    text.push_str(&" ".repeat(NAMES));
    for n in 1..=profile.roles.len() {
        text.push_str(&format!("{n:>3}"));
    }
    text.push('\n');
    let rights = rights(profile);
    for (what, roles) in &rights {
        let marks: String = roles.iter().map(|may| if *may { "  x" } else { "  ." }).collect();
        text.push_str(&format!("{what:NAMES$}{marks}\n"));
    }
    let nobodys = nobodys(&rights);
    if !nobodys.is_empty() {
        text.push_str(lang.pick(
            "\nどの役割にもできないこと（使うなら、役割の may に書いた版を採用してください）\n",
            "\nWhat no role may do (to use it, adopt a version that names it in a role's may)\n",
        ));
        for line in wrap(&nobodys.join(" "), LINE - 2) {
            text.push_str(&format!("  {line}\n"));
        }
    }
}
