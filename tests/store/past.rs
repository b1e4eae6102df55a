use std::collections::BTreeMap;

use daicho::domain::{ChangePerson, Command, Erase, Id, LogIn, Noun, RegisterPerson, ReportClockJump, Row};

use super::world::*;

/// A small generator: the same numbers for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % n
    }
}

pub fn random_command(dice: &mut Dice, persons: u32, erases: bool) -> (Id, Command) {
    let staff = STAFF[dice.below(3) as usize];
    let anyone = Id::new(Noun::Person, 4 + dice.below(u64::from(persons.max(4)) - 3) as u32);
    match dice.below(if erases { 22 } else { 20 }) {
        0..7 => (GUARD, check_in(staff, ["", "点検", "搬入"][dice.below(3) as usize]).into()),
        7..13 => (GUARD, check_out(staff).into()),
        13..15 => (
            ADMIN,
            RegisterPerson {
                name: format!("新人 {}", dice.below(1000)),
                kana: "シンジン".to_owned(),
                contact: "内線 9".to_owned(),
                ..RegisterPerson::default()
            }
            .into(),
        ),
        15..17 => (
            ADMIN,
            ChangePerson {
                person: Some(anyone),
                contact: Some(format!("内線 {}", dice.below(1000))),
                reason: "異動".to_owned(),
                ..ChangePerson::default()
            }
            .into(),
        ),
        17 => (APPROVER, check_in(staff, "権限なし").into()),
        18..20 => (GUARD, LogIn { terminal: "受付".to_owned(), hardening: "full".to_owned() }.into()),
        20 => (ADMIN, Erase { record: Some(anyone), entry: None, reason: "求め".to_owned() }.into()),
        _ => (
            ADMIN,
            Erase { record: None, entry: Some(10 + dice.below(12)), reason: "求め".to_owned() }.into(),
        ),
    }
}

fn all_rows(store: &daicho::store::Store) -> BTreeMap<Id, Row> {
    let reading = store.read().unwrap();
    let mut rows = BTreeMap::new();
    for noun in Noun::ALL {
        reading
            .list_as_of(
                noun,
                u64::MAX,
                &mut |row| {
                    rows.insert(row.id(), row);
                    true
                },
                &mut |_, _, _| (),
            )
            .unwrap();
    }
    rows
}

#[test]
fn as_of_an_entry_is_what_a_replay_up_to_it_gives() {
    for seed in 0..6 {
        let mut dice = Dice::new(seed);
        let mut world = World::open();
        let mut then = vec![(world.store.head().seq, all_rows(&world.store))];
        for _ in 0..40 {
            let persons = world.store.read().unwrap().list(
                Noun::Person,
                &Default::default(),
                Default::default(),
                None,
                1,
            );
            let (actor, command) = random_command(&mut dice, persons.unwrap().total.unwrap() as u32, false);
            let _ = world.answer(actor, command, None).unwrap();
            then.push((world.store.head().seq, all_rows(&world.store)));
        }
        let reading = world.store.read().unwrap();
        for (seq, rows) in &then {
            for noun in Noun::ALL {
                let mut listed = Vec::new();
                let mut each = |row: Row| {
                    listed.push(row);
                    true
                };
                reading.list_as_of(noun, *seq, &mut each, &mut |_, _, _| ()).unwrap();
                let expected: Vec<Row> = rows.values().filter(|row| row.noun() == noun).cloned().collect();
                assert_eq!(listed, expected, "seed {seed}, as of {seq}");
            }
            for row in rows.values() {
                assert_eq!(reading.get_as_of(row.id(), *seq).unwrap().as_ref(), Some(row));
            }
        }
        whole_world_check(&world.store);
    }
}

#[test]
fn random_commands_with_crashes_and_erasures_replay_to_the_same_books() {
    for seed in 100..106 {
        let mut dice = Dice::new(seed);
        let mut world = World::open();
        for _ in 0..30 {
            let persons = world.store.read().unwrap().list(
                Noun::Person,
                &Default::default(),
                Default::default(),
                None,
                1,
            );
            let (actor, command) = random_command(&mut dice, persons.unwrap().total.unwrap() as u32, true);
            if dice.below(6) == 0 {
                world.memory.break_off();
                let _ = world.answer(actor, command, None).unwrap();
                world.memory = world.base.image();
                world.store = open(&world.memory, &world.journal.frames);
            } else {
                let _ = world.answer(actor, command, None).unwrap();
            }
        }
        whole_world_check(&world.store);
        let again = world.base.image();
        open(&again, &world.journal.frames).close().unwrap();
        let (memory, _) = world.closed();
        assert_eq!(dump(&memory), dump(&again), "seed {seed}");
    }
}

#[test]
fn the_end_of_a_day_is_found_and_a_clock_that_jumped_does_not_hide_it() {
    let mut world = World::open();
    world.now = stamp("2026-11-21T09:00:00+09:00");
    let first = world.must(GUARD, check_in(STAFF[0], "")).seq;
    world.now = stamp("2026-11-23T09:00:00+09:00");
    let third = world.must(GUARD, check_out(STAFF[0])).seq;
    {
        let reading = world.store.read().unwrap();
        assert_eq!(reading.seq_at(day("2026-11-19")).unwrap(), 0);
        assert_eq!(reading.seq_at(day("2026-11-20")).unwrap(), first - 1);
        assert_eq!(reading.seq_at(day("2026-11-21")).unwrap(), first);
        assert_eq!(reading.seq_at(day("2026-11-22")).unwrap(), first);
        assert_eq!(reading.seq_at(day("2026-11-23")).unwrap(), third);
        assert_eq!(reading.seq_at(day("2099-01-01")).unwrap(), third);
    }
    for jump in ["2000-01-01T00:00:00+09:00", "2090-01-01T00:00:00+09:00"] {
        let before = world.store.head().seq;
        let after_jump = world.store.head().time.unwrap();
        world.now = stamp(jump);
        world.must(GUARD, ReportClockJump { before: Some(after_jump) });
        world.must(GUARD, check_in(STAFF[1], ""));
        world.must(GUARD, check_out(STAFF[1]));
        let last = world.store.head().seq;
        {
            let reading = world.store.read().unwrap();
            assert_eq!(reading.seq_at(day("2026-11-20")).unwrap(), first - 1);
            assert_eq!(reading.seq_at(day("2026-11-21")).unwrap(), first);
            let same_day = after_jump.date_naive();
            assert_eq!(reading.seq_at(same_day).unwrap(), last, "what is in doubt belongs to the day before");
            assert_eq!(reading.seq_at(same_day.pred_opt().unwrap()).unwrap() < before, true);
        }
        world.now = after_jump + chrono::TimeDelta::days(2);
        world.must(ADMIN, daicho::domain::ConfirmClock { remarks: "時報".to_owned() });
        let confirmed = world.store.head().seq;
        let reading = world.store.read().unwrap();
        assert_eq!(reading.seq_at(after_jump.date_naive()).unwrap(), last);
        assert_eq!(reading.seq_at(world.now.date_naive()).unwrap(), confirmed);
    }
    whole_world_check(&world.store);
}

#[test]
fn a_list_as_of_the_past_tells_how_far_it_is_and_stops_when_told() {
    let world = World::open();
    let reading = world.store.read().unwrap();
    let (mut seen, mut told) = (0, Vec::new());
    let mut each = |_| {
        seen += 1;
        seen < 2
    };
    reading.list_as_of(Noun::Person, u64::MAX, &mut each, &mut |_, done, of| told.push((done, of))).unwrap();
    assert_eq!(seen, 2);
    assert_eq!(told, [(6, 6)]);
}
