use std::collections::BTreeSet;

use chrono::TimeDelta;
use daicho::domain::{Date, Id, Noun, Row, VisitState, key};
use daicho::store::{Filter, Order, VisitFilter};
use daicho::text::find::Wanted;

use super::past::Dice;
use super::world::*;

/// A month of visits: three people, thirty days.
fn month() -> World {
    let mut world = World::open();
    for d in 1..=28 {
        for (n, person) in STAFF.into_iter().enumerate() {
            world.now = stamp(&format!("2026-11-{d:02}T{:02}:00:00+09:00", 9 + n));
            world.must(GUARD, check_in(person, ""));
        }
        for (n, person) in STAFF.into_iter().enumerate() {
            if (d, n) != (28, 2) {
                world.now = stamp(&format!("2026-11-{d:02}T{:02}:00:00+09:00", 15 + n));
                world.must(GUARD, check_out(person));
            }
        }
    }
    world
}

fn pages(world: &World, filter: &VisitFilter, order: Order, limit: usize) -> Vec<Id> {
    let reading = world.store.read().unwrap();
    let (mut ids, mut cursor) = (Vec::new(), None);
    loop {
        let page = reading.visits(filter, order, cursor.as_ref(), limit).unwrap();
        assert!(page.rows.len() <= limit);
        ids.extend(page.rows.iter().map(Row::id));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return ids,
        }
    }
}

#[test]
fn pages_of_a_filtered_list_are_the_whole_list_in_order() {
    let world = month();
    let all: Vec<Row> = pages(&world, &VisitFilter::default(), Order::OldestFirst, 1000)
        .into_iter()
        .map(|id| world.store.read().unwrap().get(id).unwrap().unwrap())
        .collect();
    assert_eq!(all.len(), 84);
    let filters = [
        VisitFilter::default(),
        VisitFilter { person: Some(STAFF[1]), ..VisitFilter::default() },
        VisitFilter { days: Some((day("2026-11-05"), day("2026-11-09"))), ..VisitFilter::default() },
        VisitFilter {
            person: Some(STAFF[2]),
            days: Some((day("2026-11-27"), day("2026-11-30"))),
            ..VisitFilter::default()
        },
        VisitFilter { state: Some(VisitState::Inside), ..VisitFilter::default() },
        VisitFilter {
            state: Some(VisitState::Left),
            zone: Some("server_room".to_owned()),
            ..VisitFilter::default()
        },
        VisitFilter { zone: Some("media_room".to_owned()), ..VisitFilter::default() },
        VisitFilter { purpose: Some("patrol".to_owned()), ..VisitFilter::default() },
        VisitFilter { company: Some(Id::new(Noun::Company, 1)), ..VisitFilter::default() },
    ];
    for filter in filters {
        let keeps = |row: &Row| {
            let Row::Visit(v) = row else { return false };
            filter.person.is_none_or(|p| p == v.person)
                && filter.company.is_none_or(|c| Some(c) == v.company)
                && filter.zone.as_ref().is_none_or(|z| *z == v.zone)
                && filter.state.is_none_or(|s| s == v.state)
                && filter.purpose.as_ref().is_none_or(|p| *p == v.purpose)
                && filter.days.is_none_or(|(a, b)| a <= v.came.date_naive() && v.came.date_naive() <= b)
        };
        let mut expected: Vec<Id> = all.iter().filter(|row| keeps(row)).map(Row::id).collect();
        for limit in [1, 7, 50] {
            assert_eq!(pages(&world, &filter, Order::OldestFirst, limit), expected, "{filter:?}");
        }
        expected.reverse();
        for limit in [1, 7, 50] {
            assert_eq!(pages(&world, &filter, Order::NewestFirst, limit), expected, "{filter:?}");
        }
    }
    let reading = world.store.read().unwrap();
    let page = reading.list(Noun::Visit, &Filter::default(), Order::NewestFirst, None, 10).unwrap();
    assert_eq!(page.total, Some(84));
}

/// Who is found by what is typed, as they were called after an entry, the best first.
fn found(world: &World, noun: Noun, typed: &str, seq: u64) -> Vec<u32> {
    let reading = world.store.read().unwrap();
    let hits = reading.search(noun, &Wanted::of_query(typed), &[], seq).unwrap();
    hits.into_iter().map(|(id, _)| id.n).collect()
}

#[test]
fn search_finds_names_by_any_part_in_kana_romaji_and_kanji_variants() {
    let mut world = World::open();
    world.register("渡邊 高志", "ワタナベ タカシ");
    let find =
        |typed: &str| found(&world, Noun::Person, typed, u64::MAX).into_iter().collect::<BTreeSet<u32>>();
    let (watanabe_1, watanabe_2) = (5, 7);
    for typed in
        ["わたなべ", "ワタナベ", "ﾜﾀﾅﾍﾞ", "watanabe", "Watanab", "たなべ", "渡辺", "渡邉", "渡邊", "辺"]
    {
        assert_eq!(find(typed), BTreeSet::from([watanabe_1, watanabe_2]), "{typed}");
    }
    for typed in ["斉藤", "齋藤", "さいとう", "saito"] {
        assert_eq!(find(typed), BTreeSet::from([4]), "{typed}");
    }
    assert_eq!(find("高橋"), BTreeSet::from([2]));
    assert_eq!(find("情報システム").len(), 6, "a person is found by department too");
    for typed in ["", " ", "存在しない", "\u{0}", "あ".repeat(2000).as_str()] {
        assert_eq!(find(typed), BTreeSet::new(), "{typed:?}");
    }
    assert!(found(&world, Noun::Company, "わたなべ", u64::MAX).is_empty());
}

#[test]
fn a_changed_name_is_found_by_the_new_one_and_as_of_before_by_the_old_one() {
    let mut world = World::open();
    let before = world.store.head().seq;
    assert_eq!(found(&world, Noun::Person, "田中", u64::MAX), [6], "held in memory when the name changes");
    let changed = world.must(
        ADMIN,
        daicho::domain::ChangePerson {
            person: Some(STAFF[2]),
            name: Some("山本 三郎".to_owned()),
            kana: Some("ヤマモト サブロウ".to_owned()),
            reason: "改姓".to_owned(),
            ..Default::default()
        },
    );
    world.must(GUARD, check_in(STAFF[2], ""));
    for _ in 0..2 {
        for (typed, now) in [("田中", 0), ("tanaka", 0), ("山本", 1), ("さぶろう", 1)] {
            assert_eq!(found(&world, Noun::Person, typed, u64::MAX).len(), now, "{typed}");
        }
        for (typed, then) in [("田中", 1), ("tanaka", 1), ("山本", 0), ("さぶろう", 1)] {
            assert_eq!(found(&world, Noun::Person, typed, before).len(), then, "{typed} as of {before}");
            assert_eq!(found(&world, Noun::Person, typed, changed.seq - 1).len(), then, "{typed}");
        }
        assert!(found(&world, Noun::Person, "田中", changed.seq).is_empty());
        // Once more from the tables.
        world.store = world.reopened();
    }
}

#[test]
fn what_is_searched_in_memory_is_what_stands_in_the_tables() {
    let mut dice = Dice::new(11);
    let mut world = World::open();
    let typed = ["し", "新人", "1", "れい", "b", "さ", "kanri", "0"];
    for step in 0..120 {
        let persons = 4 + step / 12;
        let (actor, command) = super::past::random_command(&mut dice, persons, true);
        let _ = world.answer(actor, command, None);
        if step % 3 != 0 {
            continue;
        }
        let held: Vec<Vec<u32>> = named(&world, &typed);
        // Nothing was searched there yet.
        let fresh = world.reopened();
        assert_eq!(held, ask(&fresh.read().unwrap(), &typed), "after step {step}");
    }
}

/// The records of a noun about some people and companies, by every row there is.
fn about_by_rows(reading: &daicho::store::Reading, noun: Noun, ids: &[Id]) -> Vec<Id> {
    let keep = |row: &Row| row.about().iter().any(|id| ids.contains(id));
    let page = reading.list(
        noun,
        &Filter { keep: Some(&keep), ..Filter::default() },
        Order::NewestFirst,
        None,
        4000,
    );
    let mut rows = page.unwrap().rows;
    if noun == Noun::Visit {
        rows.sort_by_key(|row| std::cmp::Reverse((row.day(), row.id())));
    }
    rows.iter().map(Row::id).collect()
}

/// The same, by what is held in memory, some at a time.
fn about(reading: &daicho::store::Reading, noun: Noun, ids: &[Id], days: Option<(Date, Date)>) -> Vec<Id> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = reading.list_about((noun, ids), days, &|_| true, cursor.as_ref(), 3).unwrap().unwrap();
        assert!(page.rows.len() <= 3);
        found.extend(page.rows.iter().map(Row::id));
        match page.next {
            Some(next) => cursor = Some(next),
            None => return found,
        }
    }
}

#[test]
fn whom_records_are_about_is_known_without_reading_them() {
    let mut dice = Dice::new(23);
    let mut world = World::open();
    let nouns = [Noun::Visit, Noun::Entrant];
    let mut found = std::collections::BTreeMap::<Noun, usize>::new();
    for step in 0..160 {
        let (actor, command) = super::past::random_command(&mut dice, 6, true);
        let _ = world.answer(actor, command, None);
        if step % 4 != 0 {
            continue;
        }
        let fresh = world.reopened();
        for reading in [world.store.read().unwrap(), fresh.read().unwrap()] {
            for noun in nouns {
                for ids in [vec![STAFF[0]], vec![STAFF[1], STAFF[2], Id::new(Noun::Company, 1)], Vec::new()] {
                    let expected = about_by_rows(&reading, noun, &ids);
                    *found.entry(noun).or_default() += expected.len();
                    assert_eq!(about(&reading, noun, &ids, None), expected, "{step} {noun:?} {ids:?}");
                }
            }
        }
    }
    assert!(nouns.iter().all(|noun| found.get(noun).is_some_and(|found| *found > 10)), "{found:?}");
    let reading = world.store.read().unwrap();
    // A number that nobody has is asked for at no cost; what is not known says so.
    assert_eq!(about(&reading, Noun::Visit, &[Id::new(Noun::Person, u32::MAX)], None), []);
    assert_eq!(reading.list_about((Noun::Work, &[STAFF[0]]), None, &|_| true, None, 3).unwrap(), None);
}

#[test]
fn the_days_asked_for_and_those_beside_them_are_looked_through() {
    let world = month();
    let reading = world.store.read().unwrap();
    let days = Some((day("2026-11-05"), day("2026-11-09")));
    let found = about(&reading, Noun::Visit, &[STAFF[1]], days);
    let came: Vec<String> =
        found.iter().map(|id| reading.get(*id).unwrap().unwrap().day().unwrap().to_string()).collect();
    let expected: Vec<String> = (4..=10).rev().map(|d| format!("2026-11-{d:02}")).collect();
    assert_eq!(came, expected);
}

#[test]
fn what_is_committed_while_texts_are_read_is_searched_too() {
    let mut world = World::open();
    for round in 0..40 {
        world.store = world.reopened();
        world.store.read().unwrap().read_texts_beside();
        // Some of these come before the thread is done, some behind it.
        for n in 0..3 {
            world.register(&format!("新人 {round}の{n}"), "シンジン レイ");
        }
        assert_eq!(found(&world, Noun::Person, "しんじん", u64::MAX).len(), 3 * (round + 1));
        world.store.read().unwrap().read_texts_beside();
        assert_eq!(
            found(&world, Noun::Person, "しんじん", u64::MAX).len(),
            3 * (round + 1),
            "it is there already"
        );
    }
}

fn named(world: &World, typed: &[&str]) -> Vec<Vec<u32>> {
    ask(&world.store.read().unwrap(), typed)
}

fn ask(reading: &daicho::store::Reading, typed: &[&str]) -> Vec<Vec<u32>> {
    let mut all = Vec::new();
    for noun in Noun::ALL.into_iter().filter(|noun| noun.filing().named) {
        for seq in [10, 20, reading.last_seq().unwrap()] {
            for typed in typed {
                let hits = reading.search(noun, &Wanted::of_query(typed), &[], seq).unwrap();
                all.push(hits.into_iter().map(|(id, _)| id.n).collect());
            }
        }
    }
    all
}

#[test]
fn who_looked_before_a_change_searches_what_was_there_then() {
    let mut world = World::open();
    let before = world.store.read().unwrap();
    world.register("新田 後子", "ニッタ アトコ");
    let wanted = Wanted::of_query("にった");
    assert_eq!(before.search(Noun::Person, &wanted, &[], u64::MAX).unwrap(), []);
    assert_eq!(found(&world, Noun::Person, "にった", u64::MAX).len(), 1);
    assert_eq!(before.search(Noun::Person, &wanted, &[], u64::MAX).unwrap(), []);
}

#[test]
fn who_was_inside_is_answered_for_any_moment_however_long_they_stayed() {
    let mut world = World::open();
    let mut dice = Dice::new(7);
    let mut stays = Vec::new();
    world.now = stamp("2026-11-01T00:00:00+09:00");
    let mut came: [Option<daicho::domain::Stamp>; 3] = [None; 3];
    for _ in 0..60 {
        let n = dice.below(3) as usize;
        let minutes = if dice.below(8) == 0 { 60 * 24 * 3 } else { 5 + dice.below(600) };
        world.now += TimeDelta::minutes(minutes as i64);
        let at = world.now;
        match came[n].take() {
            Some(since) => {
                world.must(GUARD, check_out(STAFF[n]));
                stays.push((STAFF[n], since, Some(at)));
            }
            None => {
                if at.date_naive() > day("2026-12-30") {
                    break;
                }
                world.must(GUARD, check_in(STAFF[n], ""));
                came[n] = Some(at);
            }
        }
    }
    stays.extend(STAFF.into_iter().zip(came).filter_map(|(person, came)| Some((person, came?, None))));
    assert!(stays.iter().any(|(_, since, left)| left.is_some_and(|left| left - *since > TimeDelta::days(2))));
    let reading = world.store.read().unwrap();
    let mut moment = stamp("2026-10-31T00:00:00+09:00");
    while moment < world.now + TimeDelta::days(1) {
        let expected: BTreeSet<Id> = stays
            .iter()
            .filter(|(_, since, left)| *since <= moment && left.is_none_or(|left| left > moment))
            .map(|(person, _, _)| *person)
            .collect();
        for asked in [moment, moment.with_timezone(&chrono::FixedOffset::west_opt(8 * 3600).unwrap())] {
            let found: BTreeSet<Id> =
                reading.inside_at(asked).unwrap().iter().map(|presence| presence.visit.person).collect();
            assert_eq!(found, expected, "{moment}");
        }
        moment += TimeDelta::minutes(97);
    }
    let inside: BTreeSet<Id> = reading.inside().unwrap().iter().map(|visit| visit.person).collect();
    assert_eq!(
        inside,
        stays.iter().filter(|(_, _, left)| left.is_none()).map(|(person, _, _)| *person).collect()
    );
}

#[test]
fn the_log_is_paged_by_kind_and_by_record() {
    let world = month();
    let reading = world.store.read().unwrap();
    let mut seqs = Vec::new();
    let mut before = Some(u64::MAX);
    while let Some(at) = before {
        let log = reading.log(at, Some("checked_in"), 10).unwrap();
        seqs.extend(log.entries.iter().map(|told| told.meta.seq));
        assert!(log.entries.iter().all(|told| told.entry.head().kind == "checked_in"));
        before = log.next;
    }
    assert_eq!(seqs.len(), 84);
    assert!(seqs.is_sorted_by(|a, b| a > b));
    let whole = reading.log(u64::MAX, None, 1000).unwrap();
    assert_eq!(whole.entries.len() as u64, world.store.head().seq);
    assert_eq!(whole.next, None);
    let visit = Id::new(Noun::Visit, 3);
    let history: Vec<String> = reading
        .history(visit, u64::MAX, 10)
        .unwrap()
        .entries
        .into_iter()
        .map(|told| told.entry.head().kind.clone())
        .collect();
    assert_eq!(history, ["checked_out", "checked_in"]);
    assert!(reading.entry(0).unwrap().is_none());
    assert!(reading.entry(u64::MAX).unwrap().is_none());
    assert_eq!(reading.leaves(1, 5).unwrap().len(), 5);
    assert_eq!(reading.count_under(&key::day(Noun::Visit, day("2026-11-03")), 100).unwrap(), 3);
    assert_eq!(reading.count_under(&key::day(Noun::Visit, day("2026-11-03")), 2).unwrap(), 2);
}

#[test]
fn a_reader_in_another_thread_sees_whole_commits_only() {
    let mut world = World::open();
    let reader = world.store.reader();
    let seen = std::thread::scope(|scope| {
        let watching = scope.spawn(move || {
            let mut most = 0;
            for _ in 0..200 {
                let reading = reader.read().unwrap();
                let (inside, last) = (reading.inside().unwrap().len(), reading.last_seq().unwrap());
                assert!(inside == 0 || inside == 2, "half a group was seen at entry {last}");
                most = most.max(inside);
            }
            most
        });
        let guard = world.keys[&GUARD].clone();
        for _ in 0..10 {
            for enter in [true, false] {
                world
                    .group(|writing, context, salts| {
                        for person in [STAFF[0], STAFF[1]] {
                            let command =
                                if enter { check_in(person, "").into() } else { check_out(person).into() };
                            let signer = daicho::store::Signer::new(&guard);
                            writing
                                .execute(&context(GUARD), &command, None, &signer, salts())
                                .unwrap()
                                .unwrap();
                        }
                    })
                    .unwrap();
            }
        }
        watching.join().unwrap()
    });
    assert!(seen <= 2);
    whole_world_check(&world.store);
}

#[test]
fn who_looks_at_the_books_sees_what_was_committed_and_keeps_what_they_saw() {
    let mut world = World::open();
    let before = world.store.read().unwrap();
    assert!(std::sync::Arc::ptr_eq(&before, &world.store.read().unwrap()), "one look for all");
    let visit = world.must(GUARD, check_in(STAFF[0], "")).id.unwrap();
    assert_eq!(before.get(visit).unwrap(), None);
    assert!(world.store.read().unwrap().get(visit).unwrap().is_some());
    world.must_not(GUARD, check_in(STAFF[0], ""));
    let last = world.store.head().seq;
    assert_eq!(world.store.read().unwrap().last_seq().unwrap(), last);
    // Thrown away, a group leaves what is seen as it was.
    drop(world.store.begin().unwrap());
    assert_eq!(world.store.read().unwrap().last_seq().unwrap(), last);
    drop(before);
    world.store.close().unwrap();
}
