//! What a version of the profile changes, in words: who gains and loses what, which lists and steps go or come, which
//! texts and limits are others. One difference, for whoever agrees, for the version's page and for `daicho profiles`.

use super::Lang;
use super::declare::{Words, cells, title_of_command};
use crate::domain::{AuthorityRow, Label, Office, Profile, Role, policy};
use serde_json::Value;
use std::collections::BTreeMap;

/// A part of the difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Roles, their rights, and whose decision each thing is.
    Rights,
    /// Zones, purposes, identifications, the steps by which the regulation is changed, and the offices.
    Lists,
    /// Title, source, limits, fields that are not used, duties.
    Texts,
}

impl Part {
    /// Every part.
    pub const ALL: [Part; 3] = [Part::Rights, Part::Lists, Part::Texts];
}

/// What is decided under each authority.
const AUTHORITIES: &[(&str, Words)] = &[
    ("entrant", Words::new("入室者の登録", "registrations")),
    ("planned", Words::new("計画作業", "planned work")),
    ("failure", Words::new("障害対応・訪問", "failure work, visits")),
    ("telephone", Words::new("電話での許可", "by telephone")),
    ("work", Words::new("作業報告の承認", "work reports")),
    ("notice", Words::new("個人情報の届出", "notices")),
];

/// What the limits and texts of a profile are called; a duty is called by its number.
const LABELS: &[(&str, Words)] = &[
    ("name", Words::new("規程の記号", "Name")),
    ("version", Words::new("版", "Version")),
    ("title.ja", Words::new("題名", "Title (Japanese)")),
    ("title.en", Words::new("題名（英語）", "Title")),
    ("source", Words::new("根拠", "Source")),
    ("offset", Words::new("時差", "Offset")),
    ("unused_fields", Words::new("使わない項目", "Fields not used")),
    ("periods.entrant_months", Words::new("入室者登録の最長（月）", "Longest registration (months)")),
    ("periods.planned_days", Words::new("計画作業の許可の最長（日）", "Longest planned permit (days)")),
    ("periods.permit_days", Words::new("ほかの許可の最長（日）", "Longest other permit (days)")),
    ("periods.exit_hours", Words::new("退室の未記録とみなす（時間）", "Exit held unrecorded after (hours)")),
    ("periods.soon_days", Words::new("期限間近とする（日）", "Ends soon within (days)")),
    ("periods.late_days", Words::new("後からの記録の限度（日）", "Oldest late entry (days)")),
    (
        "periods.telephone_hours",
        Words::new("電話許可の署名の期限（時間）", "Telephone to be signed in (hours)"),
    ),
    ("idle.screen_lock_s", Words::new("画面ロックまで（秒）", "Screen lock after (s)")),
    ("idle.full_lock_s", Words::new("完全ロックまで（秒）", "Full lock after (s)")),
    ("login.slow_after", Words::new("待たせるまでの失敗（回）", "Failures before waits")),
    ("login.slow_s", Words::new("最初の待ち（秒）", "First wait (s)")),
    ("login.slow_most_s", Words::new("最長の待ち（秒）", "Longest wait (s)")),
    ("login.needs_last_seen", Words::new("端末の覚えが必要", "Terminals must note the last entry")),
    ("login.lock_after", Words::new("IDを止めるまでの失敗（回）", "Failures before the lock")),
    ("password.least", Words::new("パスワードの最短（文字）", "Shortest password")),
    ("password.most", Words::new("パスワードの最長（文字）", "Longest password")),
    ("password.kinds", Words::new("パスワードの文字の種類", "Kinds of characters")),
    ("password.run", Words::new("同じ文字の連続の限度", "Longest run of a character")),
    ("password.symbols", Words::new("パスワードに使える記号", "Symbols of a password")),
    ("password.digits", Words::new("パスワードに使える数字", "Digits of a password")),
    ("password.months", Words::new("パスワードの期限（月）", "Months a password serves")),
    ("password.notice_days", Words::new("期限を知らせる（日前）", "Told so many days before")),
    ("password.source", Words::new("パスワードの規定の根拠", "Source of the password rule")),
    (
        "trail.on_failure.ja",
        Words::new("証跡を残せないときの対処方針", "When no trail can be kept (Japanese)"),
    ),
    ("trail.on_failure.en", Words::new("証跡を残せないときの対処方針（英語）", "When no trail can be kept")),
    ("accounts.without_application", Words::new("申請なしの発行", "IDs without an application")),
    ("accounts.checked", Words::new("申請の受付と確認が必要", "Applications are checked first")),
    ("accounts.one_each", Words::new("一人に一つのID", "One ID a person")),
    ("accounts.needs", Words::new("利用申請の必須項目", "An application tells")),
    ("accounts.outsider_needs", Words::new("外部の人の必須項目", "One for outsiders tells besides")),
    ("accounts.most_months", Words::new("利用期間の最長（月）", "Longest account (months)")),
    ("accounts.administrative", Words::new("管理者権限の役割", "Roles with administrator rights")),
    ("exceptions.number", Words::new("例外の許可番号の形", "Form of permit numbers")),
    ("exceptions.void_months", Words::new("例外が失効する（月）", "Exceptions are void after (months)")),
    ("exceptions.most_extensions", Words::new("例外の延長の上限（回）", "Most extensions")),
    ("exceptions.closed_by", Words::new("月を締める役割", "Who closes a month")),
    ("exceptions.received", Words::new("例外の申請の受付が必要", "Exceptions are received first")),
    ("exceptions.network.label.ja", Words::new("専用の網", "Network (Japanese)")),
    ("exceptions.network.label.en", Words::new("専用の網（英語）", "Network")),
    ("exceptions.network.decided_by", Words::new("専用の網の許可権限者", "Who decides of the network")),
    ("clock.back_s", Words::new("時計の戻りの許容（秒）", "Clock may go back (s)")),
    ("clock.ahead_days", Words::new("時計の進みの許容（日）", "Clock may be ahead (days)")),
];

/// What is otherwise in a profile than in the one before it, a line each; nothing where a part is the same.
pub fn difference(before: &Profile, after: &Profile, part: Part, lang: Lang) -> Vec<String> {
    match part {
        Part::Rights => rights(before, after, lang),
        Part::Lists => lists(before, after, lang),
        Part::Texts => texts(before, after, lang),
    }
}

fn come(what: &str, lang: Lang) -> String {
    format!("{}: {what}", lang.pick("増える", "Comes"))
}

fn go(what: &str, lang: Lang) -> String {
    format!("{}: {what}", lang.pick("なくなる", "Goes"))
}

fn other(what: &str, was: &str, is: &str, lang: Lang) -> String {
    let none = lang.pick("なし", "none");
    let said = |text: &str| if text.is_empty() { none.to_owned() } else { text.to_owned() };
    format!("{what}: {} -> {}", said(was), said(is))
}

fn pick(label: &Label, lang: Lang) -> &str {
    lang.pick(&label.ja, &label.en)
}

/// Everything that a role may do, also what comes with something else.
fn held(profile: &Profile, role: &Role) -> Vec<String> {
    let may = |what: &String| policy::role_for(profile, std::slice::from_ref(&role.id), what).is_ok();
    policy::every_right().filter(may).collect()
}

fn rights(before: &Profile, after: &Profile, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    // Two rights may have one title: who is inside now, and who was.
    let title = |rights: &[&String]| {
        let mut titles: Vec<String> = rights.iter().map(|right| title_of_command(right, lang)).collect();
        titles.dedup();
        cells::joined(titles.into_iter(), lang)
    };
    let (gained, lost) = (lang.pick("が得る", " gains"), lang.pick("が失う", " loses"));
    for role in &after.roles {
        let name = pick(&role.label, lang);
        let has = held(after, role);
        let Some(was) = before.role(&role.id) else {
            lines.push(come(name, lang));
            lines.push(format!("{name}{gained}: {}", title(&has.iter().collect::<Vec<_>>())));
            continue;
        };
        let had = held(before, was);
        if pick(&was.label, lang) != name {
            lines.push(other(&role.id, pick(&was.label, lang), name, lang));
        }
        let gains: Vec<&String> = has.iter().filter(|right| !had.contains(right)).collect();
        let loses: Vec<&String> = had.iter().filter(|right| !has.contains(right)).collect();
        if !gains.is_empty() {
            lines.push(format!("{name}{gained}: {}", title(&gains)));
        }
        if !loses.is_empty() {
            lines.push(format!("{name}{lost}: {}", title(&loses)));
        }
        if role.held_in != was.held_in {
            let what = format!("{name} ({})", lang.pick("持てる管轄", "held within"));
            lines.push(other(&what, &was.held_in.join(", "), &role.held_in.join(", "), lang));
        }
        if role.clerk != was.clerk {
            let what = format!("{name} ({})", lang.pick("担当者の事務", "its clerk's work"));
            let titles = |role: &Role| title(&role.clerk.iter().collect::<Vec<_>>());
            lines.push(other(&what, &titles(was), &titles(role), lang));
        }
        for (is, was, what) in [
            (role.founds, was.founds, lang.pick("最初の管理者になれる", "may found a site")),
            (role.reading_counts, was.reading_counts, lang.pick("閲覧も記録する", "reading is recorded")),
        ] {
            if is != was {
                lines.push(format!("{name}{}: {what}", if is { gained } else { lost }));
            }
        }
    }
    let gone = before.roles.iter().filter(|role| after.role(&role.id).is_none());
    lines.extend(gone.map(|role| go(pick(&role.label, lang), lang)));
    for ((name, was), (_, is)) in before.authority.each().zip(after.authority.each()) {
        if was != is {
            let known = AUTHORITIES.iter().find(|(known, _)| *known == name);
            let whose = known.map_or(name, |(_, words)| lang.of(*words));
            let what = format!("{} ({whose})", lang.pick("決める役割", "Whose decision"));
            lines.push(other(&what, &cells::roles(was, before, lang), &cells::roles(is, after, lang), lang));
        }
    }
    lines
}

/// The items of a list by their ids: what they are called, and all that is told of them.
type Items = Vec<(String, String, Value)>;

fn items<'p, T: serde::Serialize + 'p>(
    list: impl Iterator<Item = &'p T>,
    named: impl Fn(&T) -> (&str, &Label),
    lang: Lang,
) -> Items {
    list.map(|item| {
        let (id, label) = named(item);
        (id.to_owned(), pick(label, lang).to_owned(), serde_json::to_value(item).unwrap_or_default())
    })
    .collect()
}

fn of_list(lines: &mut Vec<String>, what: &str, before: &Items, after: &Items, lang: Lang) {
    for (id, name, told) in after {
        match before.iter().find(|(known, ..)| known == id) {
            None => lines.push(format!("{what} {}", come(name, lang))),
            Some((_, was, before)) if before != told => {
                let how = told_otherwise(before, told, lang);
                let name = if was == name { name.clone() } else { format!("{was} -> {name}") };
                lines.push(format!("{what} {}: {name}{how}", lang.pick("変わる", "Changes")));
            }
            Some(_) => {}
        }
    }
    for (id, name, _) in before {
        if !after.iter().any(|(known, ..)| known == id) {
            lines.push(format!("{what} {}", go(name, lang)));
        }
    }
    let order = |items: &Items| items.iter().map(|(id, ..)| id.clone()).collect::<Vec<_>>();
    let (was, is) = (order(before), order(after));
    let mut sorted = (was.clone(), is.clone());
    sorted.0.sort();
    sorted.1.sort();
    if was != is && sorted.0 == sorted.1 {
        lines.push(format!("{what} {}", lang.pick("順序が変わる", "Another order")));
    }
}

/// The members of an item that are told otherwise, but for its label.
fn told_otherwise(before: &Value, after: &Value, lang: Lang) -> String {
    let (Some(was), Some(is)) = (before.as_object(), after.as_object()) else { return String::new() };
    let keys: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let of = |told: &serde_json::Map<String, Value>, key: &String| told.get(key).cloned().unwrap_or_default();
    let otherwise = keys.into_iter().filter(|key| *key != "label" && was.get(*key) != is.get(*key));
    let said: Vec<String> =
        otherwise.map(|key| format!("{key} {} -> {}", of(was, key), of(is, key))).collect();
    if said.is_empty() { String::new() } else { format!(" ({})", cells::joined(said.into_iter(), lang)) }
}

fn lists(before: &Profile, after: &Profile, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    let zones = |p: &Profile| items(p.zones.iter(), |item| (item.id.as_str(), &item.label), lang);
    of_list(&mut lines, lang.pick("区画", "Zone"), &zones(before), &zones(after), lang);
    let purposes = |p: &Profile| items(p.purposes.iter(), |item| (item.id.as_str(), &item.label), lang);
    of_list(&mut lines, lang.pick("入室の目的", "Purpose"), &purposes(before), &purposes(after), lang);
    let papers = |p: &Profile| items(p.identifications.iter(), |item| (item.id.as_str(), &item.label), lang);
    of_list(&mut lines, lang.pick("本人確認", "Identification"), &papers(before), &papers(after), lang);
    let steps = |p: &Profile| items(p.adoption_steps.iter(), |item| (item.id.as_str(), &item.label), lang);
    of_list(&mut lines, lang.pick("改正の手続", "Procedure"), &steps(before), &steps(after), lang);
    let offices = |p: &Profile| {
        let label = |office: &Office| p.role(&office.role).map(|role| role.label.clone()).unwrap_or_default();
        let list = p.offices.iter().map(|office| {
            let told = serde_json::to_value(office).unwrap_or_default();
            (office.role.clone(), pick(&label(office), lang).to_owned(), told)
        });
        list.collect::<Items>()
    };
    of_list(&mut lines, lang.pick("役職", "Office"), &offices(before), &offices(after), lang);
    let places = |p: &Profile| items(p.jurisdictions.iter(), |item| (item.id.as_str(), &item.label), lang);
    of_list(&mut lines, lang.pick("管轄", "Jurisdiction"), &places(before), &places(after), lang);
    let kinds = |p: &Profile| items(p.exception_kinds(), |kind| (kind.id.as_str(), &kind.label), lang);
    of_list(
        &mut lines,
        lang.pick("例外措置の種類", "Kind of exception"),
        &kinds(before),
        &kinds(after),
        lang,
    );
    let clauses = |p: &Profile| items(p.clauses(), |one| (one.id.as_str(), &one.about), lang);
    of_list(
        &mut lines,
        lang.pick("例外の対象規定", "Rule excepted"),
        &clauses(before),
        &clauses(after),
        lang,
    );
    let rows = |p: &Profile| {
        let row = |row: &AuthorityRow| {
            let who = match row.applicants.is_empty() {
                true => lang.pick("その他の人", "everybody else").to_owned(),
                false => cells::roles(&row.applicants, p, lang),
            };
            let id = format!("{} {}", row.applicants.join(","), row.part);
            let name = format!("{who} {}", row.part);
            (id, name.trim().to_owned(), serde_json::to_value(row).unwrap_or_default())
        };
        p.exceptions.iter().flat_map(|rules| &rules.rows).map(row).collect::<Items>()
    };
    of_list(&mut lines, lang.pick("例外の許可権限者", "Who decides"), &rows(before), &rows(after), lang);
    lines
}

/// Every number and text of a part of a profile, by its place in the file.
fn flat(place: &str, value: &Value, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                flat(&place, value, found);
            }
        }
        Value::Array(items) => {
            let said: Vec<String> =
                items.iter().map(|item| item.as_str().map_or(item.to_string(), str::to_owned)).collect();
            found.insert(place.to_owned(), said.join(", "));
        }
        Value::Null => {}
        Value::String(text) => {
            found.insert(place.to_owned(), text.trim().to_owned());
        }
        other => {
            found.insert(place.to_owned(), other.to_string());
        }
    }
}

fn texts(before: &Profile, after: &Profile, lang: Lang) -> Vec<String> {
    // What the other parts tell.
    const TOLD: [&str; 8] =
        ["role", "zone", "purpose", "identification", "authority", "adoption_step", "office", "jurisdiction"];
    let told = |profile: &Profile| {
        let mut value = serde_json::to_value(profile).unwrap_or_default();
        if let Some(map) = value.as_object_mut() {
            map.retain(|key, _| !TOLD.contains(&key.as_str()));
            if let Some(rules) = map.get_mut("exceptions").and_then(Value::as_object_mut) {
                rules.retain(|key, _| !["kind", "clause", "row"].contains(&key.as_str()));
            }
        }
        let mut found = BTreeMap::new();
        flat("", &value, &mut found);
        found
    };
    let (was, is) = (told(before), told(after));
    let places: std::collections::BTreeSet<&String> = was.keys().chain(is.keys()).collect();
    let of = |told: &BTreeMap<String, String>, place: &String| told.get(place).cloned().unwrap_or_default();
    let named = |place: &String| match LABELS.iter().find(|(known, _)| known == place) {
        Some((_, words)) => lang.of(*words).to_owned(),
        None => place.clone(),
    };
    places
        .into_iter()
        .map(|place| (place, of(&was, place), of(&is, place)))
        .filter(|(_, was, is)| was != is)
        .map(|(place, was, is)| other(&named(place), &was, &is, lang))
        .collect()
}
