//! What a query asks: the book by its name, and its filters.

use super::args::Query;
use super::stop::Stop;
use super::typed;
use crate::desk::declare::{Register, register, registers};
use crate::desk::{Desk, Lang, ListQuery, Lookup, shown};
use crate::domain::Noun;

/// What can be asked.
#[derive(Clone, Copy)]
pub enum Book {
    /// Who is inside now.
    Inside,
    /// Who was inside at a moment.
    InsideAt,
    /// Who could do something at a moment.
    WhoCould,
    /// What somebody could do at a moment.
    Policy,
    /// The day's open business.
    Today,
    Log,
    Refused,
    Register(&'static Register),
}

/// The names of what can be asked besides the registers.
const OTHERS: [&str; 9] =
    ["inside", "inside_at", "refused", "today", "log", "who_could", "policy", DORMANT, IN_FORCE];

/// The accounts that nobody used for as long as the rules say: a state of the users, by a name of its own.
const DORMANT: &str = "dormant";

/// The exceptions in force: a state of theirs, by a name of its own.
const IN_FORCE: &str = "in_force";

/// The state for which the name of a question stands, where it stands for one.
fn state_of(name: &str) -> Option<&'static str> {
    [DORMANT, IN_FORCE].into_iter().find(|known| *known == name)
}

impl Book {
    /// What a name stands for.
    pub fn of(name: &str) -> Option<Book> {
        match name {
            "inside" => Some(Book::Inside),
            "inside_at" => Some(Book::InsideAt),
            "today" => Some(Book::Today),
            "who_could" => Some(Book::WhoCould),
            "policy" => Some(Book::Policy),
            "refused" => Some(Book::Refused),
            "log" => Some(Book::Log),
            DORMANT => register("users").map(Book::Register),
            IN_FORCE => register("exceptions").map(Book::Register),
            _ => register(name).map(Book::Register),
        }
    }

    /// The register that is asked, where it is one.
    fn register(self) -> Option<&'static str> {
        match self {
            Book::Register(register) => Some(register.name),
            _ => None,
        }
    }

    fn tells_roles(self) -> bool {
        matches!(self, Book::Register(register) if register.noun.filing().tell_roles())
    }

    /// Refuses filters that this question does not have, rather than leaving them out in silence.
    ///
    /// # Errors
    /// [`Stop::Usage`] naming the filter, or what the state may be.
    pub fn check(self, args: &Query, lang: Lang) -> Result<(), Stop> {
        let rows = matches!(self, Book::Register(_));
        let filters = [
            ("--as-of", args.as_of.is_some(), rows || matches!(self, Book::WhoCould)),
            ("--person", args.person.is_some(), rows || matches!(self, Book::Policy)),
            ("--company", args.company.is_some(), rows),
            ("--role", args.role.is_some(), self.tells_roles()),
            ("--zone", args.zone.is_some(), rows),
            ("--state", args.state.is_some(), rows && state_of(&args.register).is_none()),
            ("--search", args.search.is_some(), rows),
            ("--from", args.from.is_some(), rows || matches!(self, Book::Log | Book::Refused)),
            ("--to", args.to.is_some(), rows || matches!(self, Book::Log | Book::Refused)),
            ("--at", args.at.is_some(), matches!(self, Book::InsideAt | Book::WhoCould | Book::Policy)),
            ("--what", args.what.is_some(), matches!(self, Book::WhoCould)),
        ];
        if let Some((name, ..)) = filters.into_iter().find(|(_, given, known)| *given && !*known) {
            let register = &args.register;
            return Err(Stop::usage(
                lang,
                format!("{register} に {name} は使えません。"),
                format!("{name} cannot be used with {register}."),
            ));
        }
        if matches!(self, Book::InsideAt) && args.at.is_none() {
            return Err(Stop::usage(
                lang,
                "inside_at には --at '2026-11-20 14:05' のように日時が要ります。",
                "inside_at needs a moment: --at '2026-11-20 14:05'.",
            ));
        }
        if matches!(self, Book::WhoCould) && (args.at.is_none() || args.what.is_none()) {
            return Err(Stop::usage(
                lang,
                "who_could には --what decide_visit のような操作名と、--at '2026-11-03 14:05' のような日時が要ります。",
                "who_could needs a command and a moment: --what decide_visit --at '2026-11-03 14:05'.",
            ));
        }
        if matches!(self, Book::Policy) && args.person.is_none() {
            return Err(Stop::usage(
                lang,
                "policy には --person P-00003 のように人の番号が要ります。",
                "policy needs a person: --person P-00003.",
            ));
        }
        if let (Book::Register(register), Some(state)) = (self, &args.state)
            && !register.states.iter().any(|(name, _)| name == state)
        {
            let known: Vec<&str> = register.states.iter().map(|(name, _)| *name).collect();
            let known = known.join(" ");
            return Err(Stop::usage(
                lang,
                format!("状態「{state}」はありません。使えるもの: {known}"),
                format!("There is no state \"{state}\". Known: {known}"),
            ));
        }
        Ok(())
    }
}

/// The names of what can be asked, one after the other.
pub(super) fn names() -> String {
    let registers = registers().iter().map(|register| register.name);
    OTHERS.into_iter().chain(registers).collect::<Vec<_>>().join(" ")
}

/// There is nothing of that name to be asked.
pub fn unknown(name: &str, lang: Lang) -> Stop {
    let known = names();
    Stop::usage(
        lang,
        format!("台帳「{name}」はありません。使えるもの: {known}"),
        format!("There is no register \"{name}\". Known: {known}"),
    )
}

/// The question of a register, from what was typed.
///
/// # Errors
/// [`Stop::Usage`] with what will not do.
pub fn list_query(desk: &Desk, args: &Query, lang: Lang) -> Result<ListQuery, Stop> {
    let today = desk.now().date_naive();
    let day =
        |typed: &Option<String>| typed.as_deref().map(|typed| typed::day(typed, today, lang)).transpose();
    if let Some(zone) = args.zone.as_ref().filter(|zone| desk.profile().zone(zone).is_none()) {
        let known: Vec<&str> = desk.profile().zones.iter().map(|zone| zone.id.as_str()).collect();
        let known = known.join(" ");
        return Err(Stop::usage(
            lang,
            format!("区画「{zone}」はありません。使えるもの: {known}"),
            format!("There is no zone \"{zone}\". Known: {known}"),
        ));
    }
    if let Some(role) = args.role.as_ref().filter(|role| !desk.role_ids().contains(*role)) {
        let (known, role) = (desk.role_ids().join(" "), shown(role));
        return Err(Stop::usage(
            lang,
            format!("役割「{role}」はありません。使えるもの: {known}"),
            format!("There is no role \"{role}\". Known: {known}"),
        ));
    }
    let record = |typed: &Option<String>, noun| {
        typed.as_deref().map(|typed| typed::record(typed, noun, desk, lang)).transpose()
    };
    Ok(ListQuery {
        register: Book::of(&args.register).and_then(Book::register).unwrap_or(&args.register).to_owned(),
        search: args.search.clone().unwrap_or_default(),
        state: args.state.clone().or_else(|| state_of(&args.register).map(str::to_owned)),
        person: record(&args.person, Noun::Person)?,
        company: record(&args.company, Noun::Company)?,
        under: None,
        roles: args.role.iter().cloned().collect(),
        zone: args.zone.clone(),
        from: day(&args.from)?,
        to: day(&args.to)?,
        as_of: args.as_of.as_deref().map(|typed| typed::as_of(typed, today, lang)).transpose()?,
    })
}
