//! The site's zone: one offset for every day, list and entry, whatever the terminal or whoever gives a moment says.

use crate::declare::sample::Books;
use crate::desk::people::Cast;
use crate::desk::site::{PASSWORD, Site, at, everything_holds};
use crate::store::world::{GUARD, STAFF, World, check_in, day, stamp, whole_world_check};
use chrono::{FixedOffset, TimeDelta};
use daicho::desk::declare::read::order_from_json;
use daicho::desk::{Desk, ListQuery, Lookup};
use daicho::domain::{Code, Edition, Moments, No, Noun, Row, Stamp, Visit, parse_offset, usual_offset};
use daicho::profile::{Versions, builtin, read};
use daicho::store::{Filter, Order};
use serde_json::{Value, json};

/// Every text of a JSON value that is a moment.
fn moments(value: &Value) -> Vec<Stamp> {
    match value {
        Value::String(text) => Stamp::parse_from_rfc3339(text).into_iter().collect(),
        Value::Array(list) => list.iter().flat_map(moments).collect(),
        Value::Object(map) => map.values().flat_map(moments).collect(),
        _ => Vec::new(),
    }
}

fn offsets(moments: &[Stamp]) -> Vec<FixedOffset> {
    moments.iter().map(|moment| *moment.offset()).collect()
}

#[test]
fn every_moment_of_every_row_is_told_in_the_zone_that_is_asked() {
    let zone = parse_offset("+05:30").unwrap();
    let mut seen = 0;
    for row in Books::new().rows.into_values() {
        let before = moments(&serde_json::to_value(&row).unwrap());
        let after = moments(&serde_json::to_value(row.in_zone(zone)).unwrap());
        assert_eq!(before, after, "the instants stay");
        assert!(offsets(&after).iter().all(|offset| *offset == zone), "{after:?}");
        seen += after.len();
    }
    assert!(seen > 15, "{seen}");
}

#[test]
fn every_moment_of_a_command_is_turned_into_the_sites_zone() {
    for line in [
        json!({"command": "settle_exit", "visit": "V-00001", "last_evidence": "2026-11-19T23:30:00Z", "evidence": "x"}),
        json!({"command": "permit_by_telephone", "giver": "P-00001", "given_at": "2026-11-19T23:30:00Z",
               "how_identified": "x", "company": "C-00001", "workers": ["P-00002"], "zones": ["server_room"], "work": "x"}),
        json!({"command": "correct", "record": "V-00001", "field": "came", "value": "2026-11-19T23:30:00Z", "reason": "x"}),
    ] {
        let read = order_from_json(line.to_string().as_bytes(), usual_offset()).unwrap();
        let found = moments(&serde_json::to_value(&read.command).unwrap());
        assert_eq!(found, [at("2026-11-20T08:30:00+09:00")]);
        assert_eq!(offsets(&found), [usual_offset()], "{line}");
        let mut command = read.command;
        command.to_zone(parse_offset("-03:30").unwrap());
        let found = moments(&serde_json::to_value(&command).unwrap());
        assert_eq!(offsets(&found), [parse_offset("-03:30").unwrap()], "{line}");
    }
    let line = json!({"command": "check_out", "card": "C-9", "at": "2026-11-20T08:30:00"}).to_string();
    let order = order_from_json(line.as_bytes(), parse_offset("+13:00").unwrap()).unwrap();
    assert_eq!(
        order.at.unwrap().to_rfc3339(),
        "2026-11-20T08:30:00+13:00",
        "without an offset it is the site's"
    );
}

fn on(desk: &Desk, day: &str) -> Vec<Visit> {
    let day = Some(day.parse().unwrap());
    let query = ListQuery { register: "visits".to_owned(), from: day, to: day, ..ListQuery::default() };
    let rows = desk.list(&query, None, 50).unwrap().rows;
    rows.into_iter().filter_map(|row| Visit::try_from(row).ok()).collect()
}

#[test]
fn what_is_given_in_another_offset_is_filed_under_the_sites_day() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    site.clock.set(at("2026-11-21T09:00:00+09:00"));
    let line = json!({"command": "check_in", "card": "C-9", "zone": "server_room", "purpose": "operation",
                      "at": "2026-11-20T23:30:00Z"});
    let visit = cast.must("guard", line).id.unwrap();
    let desk = cast.sit("guard");
    assert_eq!(on(desk, "2026-11-21").iter().map(|visit| visit.id).collect::<Vec<_>>(), [visit]);
    assert_eq!(on(desk, "2026-11-20"), []);
    assert_eq!(on(desk, "2026-11-21")[0].came.to_rfc3339(), "2026-11-21T08:30:00+09:00");
    let inside = desk.inside_at(at("2026-11-21T08:45:00+09:00")).unwrap();
    assert_eq!(inside.len(), 1);
    cast.close();
    everything_holds(&site);
}

#[test]
fn entries_have_the_sites_offset_whatever_the_terminals_clock_has() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    for (clock, told) in [
        ("2026-11-20T00:20:00+00:00", "2026-11-20T09:20:00+09:00"),
        ("2026-11-19T11:30:00-13:00", "2026-11-20T09:30:00+09:00"),
    ] {
        site.clock.set(at(clock));
        assert_eq!(cast.desk.now().to_rfc3339(), told);
        cast.register("新任 一", "シンニン ハジメ");
        assert_eq!(cast.desk.last_entry().1.to_rfc3339(), told);
    }
    cast.close();
    let desk = site.log_in("admin");
    assert_eq!(offsets(&[desk.last_entry().1]), [usual_offset()]);
    desk.close().unwrap();
    everything_holds(&site);
}

/// A built-in profile with an offset of its own.
fn profile_with(offset: &str) -> String {
    format!("offset = \"{offset}\"\n{}", builtin("ishikawa").unwrap())
}

#[test]
fn an_adopted_profile_moves_the_site_to_its_offset() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let visit = cast.operator_in();
    let text = profile_with("-08:00").replacen("version = 2", "version = 3", 1);
    cast.brings(&text, "2026-11-20");
    site.clock.set(at("2026-11-21T10:00:00+09:00"));
    cast.register("新任 一", "シンニン ハジメ");
    assert_eq!(cast.desk.last_entry().1.to_rfc3339(), "2026-11-20T17:00:00-08:00");
    let Row::Visit(row) = cast.row(visit) else { panic!("no visit") };
    assert_eq!(row.came.to_rfc3339(), "2026-11-19T16:00:00-08:00", "the same instant, in the site's zone");
    assert_eq!(on(cast.sit("guard"), "2026-11-19").len(), 1);
    cast.close();
    everything_holds(&site);
    let (desk, _) = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    assert_eq!(offsets(&[desk.now()]), [parse_offset("-08:00").unwrap()]);
    desk.close().unwrap();
}

#[test]
fn rows_that_stand_in_the_log_with_another_offset_are_listed_on_the_sites_day() {
    // Of the first edition, which took moments as they came.
    let mut world = World::open_as(Edition::One);
    world.now = stamp("2026-11-21T09:00:00+09:00");
    let moment = stamp("2026-11-19T23:30:00Z");
    let id = world.answer_at(GUARD, check_in(STAFF[0], ""), None, Some(moment)).unwrap().unwrap().id.unwrap();
    let listed = |world: &World, text: &str| {
        let filter = Filter { days: Some((day(text), day(text))), ..Filter::default() };
        let page =
            world.store.read().unwrap().list(Noun::Visit, &filter, Order::NewestFirst, None, 9).unwrap();
        page.rows.iter().map(Row::id).collect::<Vec<_>>()
    };
    assert_eq!(listed(&world, "2026-11-19"), [id], "as it was entered, where no zone is said");
    world.store.tell_in(usual_offset());
    assert_eq!(listed(&world, "2026-11-20"), [id]);
    assert_eq!(listed(&world, "2026-11-19"), []);
    let reading = world.store.read().unwrap();
    let visit: Visit = reading.get_as(id).unwrap().unwrap();
    assert_eq!(visit.came.to_rfc3339(), "2026-11-20T08:30:00+09:00");
    let told = reading.entry(reading.last_seq().unwrap()).unwrap().unwrap();
    assert_eq!(told.event.at.unwrap().to_rfc3339(), "2026-11-20T08:30:00+09:00");
    whole_world_check(&world.store);
}

#[test]
fn from_the_second_edition_on_a_moment_of_another_offset_is_refused() {
    let mut world = World::open();
    world.now = stamp("2026-11-21T09:00:00+09:00");
    let moment = stamp("2026-11-20T23:30:00Z");
    let no = world.answer_at(GUARD, check_in(STAFF[0], ""), None, Some(moment)).unwrap().unwrap_err();
    let No::Rejected(rejection) = no else { panic!("{no:?}") };
    assert_eq!(rejection.code, Code::OtherOffset);
    let here = moment.with_timezone(&usual_offset());
    world.answer_at(GUARD, check_in(STAFF[0], ""), None, Some(here)).unwrap().unwrap();
}

#[test]
fn the_end_of_a_day_is_the_sites() {
    let mut world = World::open();
    world.now = stamp("2026-11-20T16:00:00Z");
    world.register("夜間 一", "ヤカン イチ");
    let last = world.store.read().unwrap().last_seq().unwrap();
    let seq_at = |world: &World, text: &str| world.store.read().unwrap().seq_at(day(text)).unwrap();
    assert_eq!(seq_at(&world, "2026-11-20"), last);
    world.store.tell_in(usual_offset());
    assert_eq!(seq_at(&world, "2026-11-20"), last - 1, "one in the morning of the next day, at the site");
    assert_eq!(seq_at(&world, "2026-11-21"), last);
}

#[test]
fn a_version_holds_from_the_beginning_of_its_day_in_its_own_offset() {
    let japan = read(builtin("ishikawa").unwrap()).unwrap();
    let west = read(&profile_with("-08:00")).unwrap();
    let mut versions = Versions::new(day("2026-01-01"), japan);
    versions.adopt(day("2026-11-20"), west);
    let begins = at("2026-11-20T00:00:00-08:00");
    assert_eq!(offsets(&[versions.in_zone(begins)]), [parse_offset("-08:00").unwrap()]);
    assert_eq!(offsets(&[versions.in_zone(begins - TimeDelta::seconds(1))]), [usual_offset()]);
}

#[test]
fn an_offset_has_one_spelling() {
    for (text, seconds) in [("+09:00", 32_400), ("-03:30", -12_600), ("+14:00", 50_400), ("+00:00", 0)] {
        assert_eq!(parse_offset(text).unwrap().local_minus_utc(), seconds, "{text}");
    }
    for text in
        ["", "09:00", "+9:00", "+09", "+0900", "+14:01", "-15:00", "+09:60", "Z", "JST", "＋09:00", "+09:00 "]
    {
        assert_eq!(parse_offset(text), None, "{text}");
    }
    for text in ["JST", "+9:00", ""] {
        let problems = daicho::profile::expand(&profile_with(text), Edition::NEWEST).unwrap_err().problems;
        assert!(problems.iter().any(|problem| problem.place == "offset"), "{problems:?}");
    }
    let early = daicho::profile::expand(&profile_with("+08:00"), Edition::One).unwrap_err();
    assert_eq!(
        early.problems[0].kind,
        daicho::profile::ProblemKind::UnknownField,
        "the release before has no such key"
    );
}
