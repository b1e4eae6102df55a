//! What a scan does at the desk: in, out, or what to do about it. With the quick check-in, the only screens that
//! know what a visit is.

use super::Quick;
use crate::desk::declare::{cells, operations_on, register, registers};
use crate::desk::{Failure, Instruction, ListQuery, Lookup, Receipt, Scan};
use crate::domain::{CheckOut, Command, Id, Row, Visit};
use crate::tui::input::has_digit;
use crate::tui::model::{Cx, Effect, Message};
use crate::tui::screen::{Detail, List, start};
use crate::tui::words::ui;

/// A code that was scanned, or typed and entered.
pub fn scanned(code: &str, cx: &Cx<'_>) -> Effect {
    let found = match cx.desk.scan(code) {
        Ok(found) => found,
        Err(failure) => return cx.trouble(&failure),
    };
    match found {
        Scan::CardInside(_, visit) => out(CheckOut { visit: Some(visit), ..CheckOut::default() }),
        Scan::BadgeOut(badge, visit) => {
            let badge = number(badge, cx);
            out(CheckOut { visit: Some(visit), badge, ..CheckOut::default() })
        }
        Scan::CardOutside(person) => came(person, code, cx),
        Scan::BadgeIn(badge) => {
            let badge = number(badge, cx).unwrap_or_else(|| code.to_owned());
            start("check_in", None, &[("badge", badge)], cx)
        }
        Scan::BadgeUnusable(badge) => {
            let detail = register("badges").and_then(|badges| Detail::new(badges, badge, None, cx));
            let mut effects: Vec<Effect> =
                detail.into_iter().map(|detail| Effect::Open(Box::new(detail))).collect();
            effects.push(Effect::Say(Message::wrong(unusable(badge, cx))));
            Effect::Many(effects)
        }
        Scan::Thing(id, command) => start(command, Some(id), &[], cx),
        Scan::Unknown => named(code, cx).unwrap_or_else(|| unknown_code(code, cx)),
    }
}

/// Whoever is called so, with all that can be done for them: the page of the only one, else the list of them. `None` for what is no
/// name, or nobody's whom this person may look up.
fn named(typed: &str, cx: &Cx<'_>) -> Option<Effect> {
    if has_digit(typed) {
        return None;
    }
    let people = register("persons").filter(|people| cx.desk.may_query(people.name))?;
    let query =
        ListQuery { register: people.name.to_owned(), search: typed.to_owned(), ..ListQuery::default() };
    match cx.desk.list(&query, None, 2).ok()?.rows.as_slice() {
        [] => None,
        [one] => Some(Effect::Open(Box::new(Detail::new(people, one.id(), None, cx)?))),
        _ => Some(Effect::Open(Box::new(List::with(query, cx)?))),
    }
}

/// Says that a code is not registered.
pub fn unknown_code(code: &str, cx: &Cx<'_>) -> Effect {
    Effect::Say(Message::wrong(unknown(code, cx)))
}

/// That a code is not registered, and what to do. The number of a record is none that stands on a thing.
pub fn unknown(code: &str, cx: &Cx<'_>) -> String {
    if code.to_ascii_uppercase().parse::<Id>().is_ok() {
        return format!("{}: {code}", cx.say(ui::SCAN_IS_RECORD));
    }
    let (said, advice) = if has_digit(code) || !cx.desk.may_query("persons") {
        (ui::SCAN_UNKNOWN, ui::SCAN_UNKNOWN_DO)
    } else {
        (ui::NAME_UNKNOWN, ui::NAME_UNKNOWN_DO)
    };
    format!("{}: {code} {}", cx.say(said), cx.say(advice))
}

/// That a badge or card is in no state to be used.
pub fn unusable(badge: Id, cx: &Cx<'_>) -> String {
    format!("{}: {}", cx.say(ui::SCAN_UNUSABLE), cells::named(badge, cx.desk, cx.lang))
}

/// On screens where a scan means nothing: a card or badge does not become a text to search for. `None` for what is
/// no code of ours: fast typing, or a number in a field.
pub fn not_as_text(code: &str, cx: &Cx<'_>) -> Option<Effect> {
    match cx.desk.scan(code) {
        Ok(Scan::Unknown) => None,
        Ok(_) => Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE)))),
        Err(failure) => Some(cx.trouble(&failure)),
    }
}

/// Whether this person's roles let people in or out, or handle things that are scanned: without that the desk's screens have no line for a code.
pub fn may_scan(cx: &Cx<'_>) -> bool {
    let held = |command| !matches!(cx.desk.available(command, None), Err(Failure::Denied(..)));
    let mut things = registers().iter().filter(|register| register.scanned.is_some());
    held("check_in")
        || held("check_out")
        || things.any(|register| operations_on(register.name).any(|operation| held(operation.command)))
}

fn out(command: CheckOut) -> Effect {
    Effect::Execute(Box::new(Instruction::from(Command::from(command))))
}

fn number(badge: Id, cx: &Cx<'_>) -> Option<String> {
    match cx.desk.row(badge) {
        Some(Row::Badge(badge)) => Some(badge.number),
        _ => None,
    }
}

/// The card of a person who is outside: one's own staff comes in quickly, an outsider needs the whole form.
fn came(person: Id, code: &str, cx: &Cx<'_>) -> Effect {
    if let Err(failure) = cx.desk.available("check_in", None) {
        return cx.trouble(&failure);
    }
    if cells::is_outsider(person, cx.desk) {
        let filled = [("person", person.to_string()), ("card", code.to_owned())];
        return start("check_in", None, &filled, cx);
    }
    Effect::Open(Box::new(Quick::new(person, code, cx)))
}

/// What is said when somebody went in or out: name, place, time, number of the entry.
pub fn passed(receipt: &Receipt, cx: &Cx<'_>) -> Effect {
    let visit = receipt.id.and_then(|id| cx.desk.row(id)).and_then(|row| Visit::try_from(row).ok());
    let entry = format!("({} #{})", cx.say(ui::ENTRY), receipt.seq);
    let said = match visit {
        Some(visit) => {
            let (what, when) = match visit.left {
                Some(left) => (ui::WENT_OUT, left),
                None => (ui::CAME_IN, visit.came),
            };
            let zone = cells::zone(&visit.zone, cx.desk, cx.lang);
            let name = cells::name(visit.person, cx.desk, cx.lang);
            format!("{}: {name}  {zone}  {}  {entry}", cx.say(what), when.format("%H:%M"))
        }
        None => format!("{} {entry}", cx.say(ui::RECORDED)),
    };
    Effect::Say(Message::done(said))
}
