//! How values stand in cells: days, times, names, marks. The same in every register.

use super::register_of;
use crate::desk::{Lang, Lookup};
use crate::domain::{
    Clause, Command, Could, Date, DecidedBefore, ERASED, Ending, Group, Id, Noun, Profile, Query, Role, Row,
    Stamp, StepTaken,
};
use crate::text::wareki::wareki_short;

/// A day: `R6.11.20`, or `2024-11-20` in English.
pub fn day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Ja => wareki_short(date),
        Lang::En => date.format("%Y-%m-%d").to_string(),
    }
}

/// A month, by one of its days.
pub fn month(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Ja => {
            let day = wareki_short(date);
            day.rsplit_once('.').map_or(day.clone(), |(month, _)| month.to_owned())
        }
        Lang::En => date.format("%Y-%m").to_string(),
    }
}

/// How long something has waited since a day, in days.
pub fn waiting(since: Date, at: &dyn Lookup, lang: Lang) -> String {
    let days = at.now().date_naive().signed_duration_since(since).num_days();
    match (days, lang) {
        (..=0, _) => lang.pick("本日", "today").to_owned(),
        (days, Lang::Ja) => format!("{days}日"),
        (days, Lang::En) => format!("{days} d"),
    }
}

/// A time of day, to the minute.
pub fn time(at: Stamp) -> String {
    at.format("%H:%M").to_string()
}

/// A day and a time, to the minute: `R6.11.20 14:05`, or `2024-11-20 14:05` in English.
pub fn stamp(at: Stamp, lang: Lang) -> String {
    format!("{} {}", day(at.date_naive(), lang), time(at))
}

/// The time alone where the day is the other moment's, day and time otherwise.
pub fn stamp_after(at: Stamp, before: Stamp, lang: Lang) -> String {
    if at.date_naive() == before.date_naive() { time(at) } else { stamp(at, lang) }
}

/// First and last day.
pub fn period(from: Date, to: Date, lang: Lang) -> String {
    if from == to { day(from, lang) } else { format!("{} - {}", day(from, lang), day(to, lang)) }
}

/// A period that may have no end.
pub fn from_to(from: Date, to: Option<Date>, lang: Lang) -> String {
    match to {
        Some(to) => period(from, to, lang),
        None => format!("{} {}", day(from, lang), lang.pick("から", "on")),
    }
}

/// What was decided outside these books: when, by whom, under which number.
pub fn decided_before(decided: Option<&DecidedBefore>, lang: Lang) -> String {
    let Some(decided) = decided else { return String::new() };
    let told = [day(decided.on, lang), decided.by.clone(), decided.number.clone()];
    joined(told.into_iter().filter(|text| !text.is_empty()), lang)
}

/// A text; one that was erased says so.
pub fn text(text: &str, lang: Lang) -> String {
    if text == ERASED { erased(lang) } else { text.to_owned() }
}

/// What stands in place of an erased text.
pub fn erased(lang: Lang) -> String {
    lang.pick("消去済", "erased").to_owned()
}

/// So many bytes, short: `640 B`, `1.2 MB`. Units are powers of 1024.
pub fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 2] = [("MB", 1 << 20), ("KB", 1 << 10)];
    match UNITS.into_iter().find(|(_, unit)| count >= *unit) {
        Some((name, unit)) => format!("{}.{} {name}", count / unit, count % unit * 10 / unit),
        None => format!("{count} B"),
    }
}

/// The name behind an id.
pub fn name(id: Id, at: &dyn Lookup, lang: Lang) -> String {
    text(&at.name(id), lang)
}

/// The name behind an id, where there is one.
pub fn name_of(id: Option<Id>, at: &dyn Lookup, lang: Lang) -> String {
    id.map(|id| name(id, at, lang)).unwrap_or_default()
}

/// A record's number with its name: `P-00003 山田 太郎`; the number alone where it has no name. What carries a number of
/// its own is called by that first, for it is what stands on the thing: `B-007 (B-00035)`.
pub fn named(id: Id, at: &dyn Lookup, lang: Lang) -> String {
    let called = name(id, at, lang);
    match id.noun {
        _ if called == id.to_string() => called,
        noun if noun.filing().tagged => format!("{called} ({id})"),
        _ => format!("{id} {called}"),
    }
}

/// How a record is called in a sentence: by its name; one that has none by its number and whom it is about.
pub fn called(id: Id, at: &dyn Lookup, lang: Lang) -> String {
    let own = name(id, at, lang);
    if own != id.to_string() {
        return own;
    }
    let about = |row| register_of(id.noun).map(|register| (register.whom)(&row, at, lang));
    match at.row(id).and_then(about).filter(|whom| !whom.is_empty()) {
        Some(whom) => format!("{own} {whom}"),
        None => own,
    }
}

/// A person, one from outside with the company.
pub fn whom(person: Id, company: Option<Id>, at: &dyn Lookup, lang: Lang) -> String {
    let names = [Some(person), company].into_iter().flatten().map(|id| name(id, at, lang));
    names.collect::<Vec<_>>().join(" ")
}

/// Names in a row.
pub fn names(ids: &[Id], at: &dyn Lookup, lang: Lang) -> String {
    joined(ids.iter().map(|id| name(*id, at, lang)), lang)
}

/// Parts in a row, as the language separates them.
pub fn joined(parts: impl Iterator<Item = String>, lang: Lang) -> String {
    parts.collect::<Vec<_>>().join(lang.pick("、", ", "))
}

/// A zone's name; its id where the profile in force has it no more.
pub fn zone(id: &str, at: &dyn Lookup, lang: Lang) -> String {
    let found = at.profile().zone(id).map(|zone| lang.pick(&zone.label.ja, &zone.label.en));
    found.unwrap_or(id).to_owned()
}

/// Names of zones.
pub fn zones(ids: &[String], at: &dyn Lookup, lang: Lang) -> String {
    joined(ids.iter().map(|id| zone(id, at, lang)), lang)
}

/// A purpose's name.
pub fn purpose(id: &str, at: &dyn Lookup, lang: Lang) -> String {
    let found = at.profile().purpose(id).map(|purpose| lang.pick(&purpose.label.ja, &purpose.label.en));
    found.unwrap_or(id).to_owned()
}

/// What somebody identified themselves with.
pub fn identification(id: &str, at: &dyn Lookup, lang: Lang) -> String {
    let found = at.profile().identifications.iter().find(|item| item.id == id);
    found.map_or(id, |item| lang.pick(&item.label.ja, &item.label.en)).to_owned()
}

/// What the regulation calls a step by which it is changed; its id where the profile in force has it no more.
pub fn step(id: &str, profile: &Profile, lang: Lang) -> String {
    let found = profile.adoption_steps.iter().find(|step| step.id == id);
    found.map_or(id, |step| lang.pick(&step.label.ja, &step.label.en)).to_owned()
}

/// A step that was taken, with its day, a vote with how many of all were in favour.
pub fn step_taken(taken: &StepTaken, at: &dyn Lookup, lang: Lang) -> String {
    let said = format!("{} {}", step(&taken.step, at.profile(), lang), day(taken.on, lang));
    match taken.vote {
        Some(vote) => format!("{said} {}/{}", vote.in_favour, vote.of),
        None => said,
    }
}

/// A jurisdiction's name; its id where the profile in force has it no more.
pub fn jurisdiction(id: &str, profile: &Profile, lang: Lang) -> String {
    let found = profile.jurisdiction(id);
    found.map_or(id, |one| lang.pick(&one.label.ja, &one.label.en)).to_owned()
}

/// A kind of exception; its id where the profile in force has it no more.
pub fn exception_kind(id: &str, profile: &Profile, lang: Lang) -> String {
    let found = profile.exception_kind(id);
    found.map_or(id, |kind| lang.pick(&kind.label.ja, &kind.label.en)).to_owned()
}

/// By which other procedure a kind of exception is applied for; its id where the profile in force names none.
pub fn elsewhere(kind: &str, profile: &Profile, lang: Lang) -> String {
    let found = profile.exception_kind(kind).and_then(|kind| kind.elsewhere.as_ref());
    found.map_or(kind, |label| lang.pick(&label.ja, &label.en)).to_owned()
}

/// A rule from which there may be exceptions: 規程名称 規程項番 and what it is about; its id where the profile in force has it no
/// more.
pub fn clause(id: &str, profile: &Profile, lang: Lang) -> String {
    let titled = profile.clause(id).map(Clause::title);
    titled.map_or_else(|| id.to_owned(), |title| lang.pick(&title.ja, &title.en).to_owned())
}

/// A role with the jurisdiction within which it is held; the role alone where that is everywhere.
pub fn role_within(id: &str, within: &str, profile: &Profile, lang: Lang) -> String {
    let role = role(id, profile, lang);
    if within.is_empty() {
        return role;
    }
    format!("{role}{}{}", lang.pick("・", ", "), jurisdiction(within, profile, lang))
}

/// A role's name.
pub fn role(id: &str, profile: &Profile, lang: Lang) -> String {
    profile.role(id).map_or(id, |role| lang.pick(&role.label.ja, &role.label.en)).to_owned()
}

/// What a role does, in a line: its kinds of work, by book; first that it is an office, which an account does not give.
pub fn work_of(role: &Role, profile: &Profile, lang: Lang) -> String {
    let of_commands = Command::RULES.iter().filter_map(|rule| Some((rule.group?, rule.name.to_owned())));
    let of_queries = Query::all().map(|query| (query.group, query.right()));
    let mut books: Vec<(&str, Vec<&str>)> = Vec::new();
    for (Group(book, task), right) in of_commands.chain(of_queries) {
        if !role.may.contains(&right) {
            continue;
        }
        let (book, task) = (book.title(), task.title());
        let (book, task) = (lang.pick(book.0, book.1), lang.pick(task.0, task.1));
        match books.iter_mut().find(|(known, _)| *known == book) {
            Some((_, tasks)) if tasks.contains(&task) => {}
            Some((_, tasks)) => tasks.push(task),
            None => books.push((book, vec![task])),
        }
    }
    let separator = lang.pick("・", ", ");
    let books = books.into_iter().map(|(book, tasks)| format!("{book}: {}", tasks.join(separator)));
    let office = profile.office(&role.id).map(|_| lang.pick("任命される役職", "an office").to_owned());
    office.into_iter().chain(books).collect::<Vec<_>>().join(lang.pick(" / ", "; "))
}

/// Names of roles.
pub fn roles(ids: &[String], profile: &Profile, lang: Lang) -> String {
    joined(ids.iter().map(|id| role(id, profile, lang)), lang)
}

/// What of a person's records says nothing more about the person: whose it is, how often, when last.
const OF_PERSON: [&str; 5] = ["id", "person", "outsider", "last_login", "count"];

/// A record of a person in a line: of which register, its number, what stands in its columns there.
pub fn in_a_line(row: &Row, at: &dyn Lookup, lang: Lang) -> String {
    line_of(row, &OF_PERSON, at, lang)
}

/// On what it rested that somebody could do something: the record, as its list shows it.
pub fn ground(could: &Could, at: &dyn Lookup, lang: Lang) -> String {
    let left_out: Vec<&str> = OF_PERSON.into_iter().chain(["state"]).collect();
    at.row(could.ground).map_or_else(|| could.ground.to_string(), |row| line_of(&row, &left_out, at, lang))
}

fn line_of(row: &Row, left_out: &[&str], at: &dyn Lookup, lang: Lang) -> String {
    let Some(register) = register_of(row.noun()) else { return row.id().to_string() };
    let columns = register.columns.iter().filter(|column| !left_out.contains(&column.name));
    let cells = columns.map(|column| (column.cell)(row, at, lang)).filter(|cell| !cell.is_empty());
    format!("{} {} {}", lang.of(register.title), row.id(), cells.collect::<Vec<_>>().join(" "))
}

/// A tick, as a word.
pub fn tick(yes: bool, lang: Lang) -> String {
    if yes { lang.pick("あり", "yes").to_owned() } else { String::new() }
}

/// Yes or no.
pub fn yes_no(yes: bool, lang: Lang) -> String {
    if yes { lang.pick("はい", "yes") } else { lang.pick("いいえ", "no") }.to_owned()
}

/// The mark of an outsider, a word and never a colour alone (J-3-3-1).
pub fn outside(outsider: bool, lang: Lang) -> String {
    if outsider { lang.pick("外部", "ext.").to_owned() } else { String::new() }
}

/// Whether a person is from outside, as the register has them now.
pub fn is_outsider(person: Id, at: &dyn Lookup) -> bool {
    matches!(at.row(person), Some(Row::Person(person)) if person.company.is_some())
}

/// The company a person belongs to now.
pub fn company_of(person: Id, at: &dyn Lookup) -> Option<Id> {
    match at.row(person) {
        Some(Row::Person(person)) => person.company,
        _ => None,
    }
}

/// Where a person belongs: their company, or their department of the site's own.
pub fn affiliation(person: Id, at: &dyn Lookup, lang: Lang) -> String {
    match at.row(person) {
        Some(Row::Person(person)) => match person.company {
            Some(company) => name(company, at, lang),
            None => text(&person.organisation, lang),
        },
        _ => String::new(),
    }
}

/// The mark of a contractor of the secretariat, or of one that works on behalf of one (N-5).
pub fn secretariat(company: Option<Id>, at: &dyn Lookup, lang: Lang) -> String {
    // A contractor may work for a contractor of the secretariat; a loop of mistakes must still end.
    let mut next = company;
    for depth in 0..8 {
        let Some(Row::Company(row)) = next.and_then(|id| at.row(id)) else { break };
        if row.secretariat {
            return if depth == 0 {
                lang.pick("事務局委託", "secretariat's")
            } else {
                lang.pick("事務局再委託", "secretariat's sub")
            }
            .to_owned();
        }
        next = row.outsourced_by;
    }
    String::new()
}

/// Who ended or decided something, when, and why.
pub fn ending(ending: Option<&Ending>, at: &dyn Lookup, lang: Lang) -> String {
    let Some(ending) = ending else { return String::new() };
    let who = format!("{} {}", stamp(ending.on, lang), by(ending.by, ending.on_behalf, at, lang));
    if ending.reason.is_empty() {
        who
    } else {
        format!("{who}{}{}", lang.pick("：", ": "), text(&ending.reason, lang))
    }
}

/// Who acted, and for whom: 山田 太郎（鈴木 一郎の代行）, or as which organisation or with which
/// emergency ID: 組織ID uketsuke（山田 太郎）.
pub fn by(actor: Id, on_behalf: Option<Id>, at: &dyn Lookup, lang: Lang) -> String {
    let who = name(actor, at, lang);
    let Some(whom) = on_behalf else { return who };
    let called = name(whom, at, lang);
    match (whom.noun, lang) {
        (Noun::OrganisationId, Lang::Ja) => format!("組織ID {called}（{who}）"),
        (Noun::OrganisationId, Lang::En) => format!("organisation ID {called} ({who})"),
        (Noun::EmergencyAccount, Lang::Ja) => format!("緊急用ID {called}（{who}）"),
        (Noun::EmergencyAccount, Lang::En) => format!("emergency ID {called} ({who})"),
        (_, Lang::Ja) => format!("{who}（{called}の代行）"),
        (_, Lang::En) => format!("{who} (for {called})"),
    }
}

/// What is said of a record whose texts were erased.
pub fn trace(row: &Row, lang: Lang) -> String {
    match row.trace().erased {
        Some(seq) => match lang {
            Lang::Ja => format!("消去済（証跡 #{seq}）"),
            Lang::En => format!("erased (entry #{seq})"),
        },
        None => String::new(),
    }
}
