use std::collections::BTreeMap;

use std::collections::BTreeSet;

use daicho::domain::*;
use daicho::store::{CommitError, StoreError};

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
    let mut any = |noun| Some(Id::new(noun, 1 + dice.below(4) as u32));
    let (visit, permit, work, company) =
        (any(Noun::Visit), any(Noun::Permit), any(Noun::Work), any(Noun::Company));
    let badge = format!("B-00{}", dice.below(3));
    let text = |text: &str| text.to_owned();
    match dice.below(if erases { 46 } else { 42 }) {
        0..8 => (GUARD, check_in(staff, ["", "点検", "搬入"][dice.below(3) as usize]).into()),
        8..14 => (GUARD, check_out(staff).into()),
        14..16 => (
            ADMIN,
            RegisterPerson {
                name: format!("新人 {}", dice.below(1000)),
                kana: text("シンジン"),
                contact: text("内線 9"),
                company: company.filter(|_| dice.below(2) == 0),
                ..RegisterPerson::default()
            }
            .into(),
        ),
        16..18 => (
            ADMIN,
            ChangePerson {
                person: Some(anyone),
                contact: Some(format!("内線 {}", dice.below(1000))),
                reason: text("異動"),
                ..ChangePerson::default()
            }
            .into(),
        ),
        18 => (APPROVER, check_in(staff, "権限なし").into()),
        19..21 => {
            (GUARD, LogIn { terminal: text("受付"), hardening: text("full"), ..LogIn::default() }.into())
        }
        21 => {
            (ADMIN, RegisterCompany { name: text("例社"), kana: text("レイ"), ..Default::default() }.into())
        }
        22..24 => (ADMIN, RegisterBadge { number: badge, ..Default::default() }.into()),
        24 => (
            GUARD,
            ReportBadge { badge, what: BadgeReport::ALL[dice.below(5) as usize], remarks: text("棚") }.into(),
        ),
        25..27 => (GUARD, CheckIn { badge: Some(badge), ..check_in(staff, "札") }.into()),
        27..30 => (
            ADMIN,
            ApplyVisit {
                kind: PermitKind::ALL[dice.below(3) as usize],
                company,
                workers: vec![anyone],
                from: Some(day("2026-11-20")),
                to: Some(day("2026-11-20")),
                zones: vec![text("server_room")],
                racks: text("A-1"),
                work: text("電源交換"),
                ..Default::default()
            }
            .into(),
        ),
        30..32 => (
            APPROVER,
            DecideVisit {
                permit,
                granted: dice.below(2) == 0,
                reason: text("可否"),
                conditions: text("撮影禁止"),
            }
            .into(),
        ),
        32 => (APPROVER, WithdrawVisit { permit, reason: text("中止") }.into()),
        33..35 => (
            GUARD,
            RecordWork {
                visit,
                server: text("srv1"),
                work: text("交換"),
                result: text("良"),
                pi_seen: Some(dice.below(2) == 0),
                pi_detail: text("画面"),
                ..Default::default()
            }
            .into(),
        ),
        35 => (APPROVER, ApproveWork { work, opinion: text("可") }.into()),
        36 => (GUARD, TakeOverShift { remarks: text("異常なし") }.into()),
        37..39 => (
            GUARD,
            Correct {
                record: visit,
                field: text(["person", "remarks", "purpose"][dice.below(3) as usize]),
                value: [staff.to_string(), String::new(), text("cleaning")][dice.below(3) as usize].clone(),
                text: text(["", "正しい"][dice.below(2) as usize]),
                reason: text("取り違え"),
            }
            .into(),
        ),
        39 => (ADMIN, SuspendUser { user: text("shonin"), reason: text("休職") }.into()),
        40 => (ADMIN, ResumeUser { user: text("shonin"), reason: text("復職") }.into()),
        41 => (GUARD, SettleExit { visit, evidence: text("映像"), ..Default::default() }.into()),
        42..44 => (ADMIN, Erase { record: Some(anyone), entry: None, reason: text("求め") }.into()),
        44 => (ADMIN, Erase { record: visit, entry: None, reason: text("求め") }.into()),
        _ => (ADMIN, Erase { record: None, entry: Some(dice.below(40)), reason: text("求め") }.into()),
    }
}

/// Accepted, refused, or not signed because the actor is suspended: anything else is a failure.
fn play(world: &mut World, actor: Id, command: Command) {
    match world.answer(actor, command, None) {
        Ok(_) | Err(CommitError::Store(StoreError::WrongKey)) => {}
        Err(other) => panic!("{other}"),
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
        for _ in 0..60 {
            let persons = world.store.read().unwrap().list(
                Noun::Person,
                &Default::default(),
                Default::default(),
                None,
                1,
            );
            let (actor, command) = random_command(&mut dice, persons.unwrap().total.unwrap() as u32, false);
            play(&mut world, actor, command);
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
    let mut kinds = BTreeSet::new();
    for seed in 100..108 {
        let mut dice = Dice::new(seed);
        let mut world = World::open();
        for _ in 0..60 {
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
                play(&mut world, actor, command);
                world.memory = world.base.image();
                world.store = open(&world.memory, &world.journal.frames);
            } else {
                play(&mut world, actor, command);
            }
        }
        whole_world_check(&world.store);
        let log = world.store.read().unwrap().log(u64::MAX, None, 1000).unwrap();
        kinds.extend(log.entries.iter().map(|told| told.entry.head().kind.clone()));
        let again = world.base.image();
        open(&again, &world.journal.frames).close().unwrap();
        let (memory, _) = world.closed();
        assert_eq!(dump(&memory), dump(&again), "seed {seed}");
    }
    assert!(kinds.len() >= 20, "the commands reach too little: {kinds:?}");
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
            assert!(reading.seq_at(same_day.pred_opt().unwrap()).unwrap() < before);
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
