//! Demands of the regulations that take the whole desk to show, under the rules of the sites that owe them. Their
//! letters stand in `data/duties.txt`.

use crate::desk::people::{Cast, order};
use crate::desk::site::{Site, everything_holds};
use daicho::desk::{Desk, Failure, Lang, ListQuery, Lookup, TodayLine};
use daicho::domain::{Id, Row, Visit};
use serde_json::{Value, json};

mod accounts;
mod door;
mod exceptions;
mod exceptions_changed;
mod exceptions_month;
mod exceptions_own;
mod jurisdictions;
mod nesid;
mod offices;
mod organisation_ids;
mod own;
mod versions;

const PROFILES: [&str; 2] = ["ishikawa", "jcho"];

fn cast(profile: &str) -> (Site, Cast) {
    let site = Site::found_under(profile);
    let cast = Cast::gather(&site);
    (site, cast)
}

fn done(site: &Site, cast: Cast) {
    cast.close();
    everything_holds(site);
}

/// Tries what must be refused: the attempt is recorded, with who tried and why it was refused, and nothing else. The
/// refusal's name.
fn refused(cast: &mut Cast, user: &str, line: Value) -> String {
    let (end, person) = (cast.desk.last_entry().0, cast.sit(user).actor().person);
    let name = cast.no(user, line.clone());
    let told = cast.sit("admin").log(None, None, 1, Lang::Ja).unwrap().remove(0);
    assert_eq!((told.seq, told.kind.as_str(), told.actor), (end + 1, "refused", person), "{name} {line}");
    assert!(!told.says.is_empty(), "{line}");
    name
}

fn with(mut line: Value, more: Value) -> Value {
    line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    line
}

fn listed(desk: &Desk, register: &str, state: &str) -> Vec<Id> {
    let query =
        ListQuery { register: register.to_owned(), state: Some(state.to_owned()), ..ListQuery::default() };
    desk.list(&query, None, 50).unwrap().rows.iter().map(Row::id).collect()
}

fn line_of(desk: &Desk, name: &str) -> Option<TodayLine> {
    desk.today().unwrap().into_iter().find(|line| line.name == name)
}

fn visit(cast: &Cast, id: Id) -> Visit {
    Visit::try_from(cast.row(id)).unwrap()
}

/// Somebody of the site's own, who shows their staff card.
fn come(person: Id) -> Value {
    json!({"command": "check_in", "person": person, "zone": "server_room", "purpose": "patrol",
           "identification": "staff_card"})
}

/// A contractor's worker, with the operator as escort.
fn come_by(cast: &Cast, worker: Id, badge: &str, purpose: &str) -> Value {
    json!({"command": "check_in", "person": worker, "badge": badge, "zone": "server_room", "purpose": purpose,
           "identification": "company_card", "escort": cast.person("operator")})
}

fn entrant(person: Id, from: &str, to: &str) -> Value {
    json!({"command": "register_entrant", "person": person, "zones": ["server_room"], "from": from, "to": to})
}

fn apply(kind: &str, company: Id, worker: Id, day: &str) -> Value {
    json!({"command": "apply_visit", "kind": kind, "company": company, "workers": [worker], "from": day,
           "to": day, "zones": ["server_room"], "work": "記憶装置の交換"})
}

fn decide(permit: Id, granted: bool) -> Value {
    json!({"command": "decide_visit", "permit": permit, "granted": granted, "reason": "確認"})
}
