//! The generated site: a data centre whose days all look alike, so that only its size differs.

use super::names::{GIVEN_NAMES, SURNAMES};
use chrono::{Days, Months, NaiveDate, TimeDelta};
use daicho::desk::{Desk, Founding, Instruction, Receipt, SeededEntropy, StandingClock, Terminal};
use daicho::domain::{
    ApplyVisit, ApproveWork, BadgeKind, CheckIn, CheckOut, Command, Correct, DecideVisit, Id, IssueUser,
    Noun, PermitKind, RecordWork, RegisterBadge, RegisterCompany, RegisterEntrant, RegisterPerson, Stamp,
};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everybody's password here.
pub const PASSWORD: &str = "Sakura-2026-mon";
/// The user who works at the desk.
pub const GUARD: &str = "uketsuke";
/// The administrator.
pub const ADMIN: &str = "admin";
/// Cheap passwords: what scrypt costs is not what is measured.
const WORK_FACTOR: u8 = 2;

/// Regular entrants, and how many of them come in each half of a day.
const STAFF: usize = 60;
const STAFF_A_ROUND: usize = 50;
/// Contractors; in each half of a day, each of the first ten sends three workers under a permit of that day.
const COMPANIES: usize = 12;
const PERMITS_A_ROUND: usize = 10;
const WORKERS_A_PERMIT: usize = 3;
const ROUNDS: usize = 2;
const FIRST_WORKERS: usize = 8;
/// Corrections and refused attempts of a round, workers registered a day.
const CORRECTIONS: usize = 80;
const REFUSALS: usize = 25;
const NEW_WORKERS: usize = 6;
/// Entries of the founding and of a day, as the numbers above make them.
const FIRST_ENTRIES: u64 = 370;
const ENTRIES_A_DAY: u64 = 796;
/// Days between two changes of who is logged in.
const STRETCH: u64 = 120;
/// Commands of one group.
const GROUP: usize = 256;

/// What a measurement must know of a generated vault.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    pub seed: u64,
    /// Entries in the log when it was closed.
    pub entries: u64,
    pub visits: u32,
    pub persons: u32,
    /// The day in the middle of its life, for questions about the past.
    pub middle: NaiveDate,
    /// When it was closed.
    pub closed: Stamp,
    /// Seconds and commands a second of the generation.
    pub seconds: f64,
}

/// A terminal whose clock the benchmark sets.
pub fn terminal(clock: &Arc<StandingClock>, seed: u64) -> Terminal {
    Terminal {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(seed)),
        name: "bench".to_owned(),
        work_factor: WORK_FACTOR,
        hardening: "none".to_owned(),
        last_seen: None,
    }
}

/// The vault of a generated site.
pub fn vault_of(folder: &Path) -> PathBuf {
    folder.join("vault")
}

/// The plan that says that a generation was finished.
pub fn read_plan(folder: &Path) -> Option<Plan> {
    serde_json::from_slice(&std::fs::read(folder.join("plan.json")).ok()?).ok()
}

/// Person `n` of the regular entrants, from 0. The administrator and the guard come before them.
pub fn staff(n: usize) -> Id {
    Id::new(Noun::Person, 3 + n as u32)
}

/// A regular entrant comes in.
pub fn staff_in(n: usize) -> Command {
    Command::from(CheckIn {
        card: Some(format!("K-{n:03}")),
        zone: "server_room".to_owned(),
        purpose: "operation".to_owned(),
        rack: Some(format!("R{:02}", n % 12 + 1)),
        ..CheckIn::default()
    })
}

/// Whoever it is goes out.
pub fn out(person: Id) -> Command {
    Command::from(CheckOut { person: Some(person), ..CheckOut::default() })
}

struct World {
    desk: Option<Desk>,
    vault: PathBuf,
    clock: Arc<StandingClock>,
    seed: u64,
    sessions: u64,
    now: Stamp,
    random: u64,
    visits: u32,
    works: u32,
    permits: u32,
    decided: u32,
    /// Reports under a permit, which wait for approval.
    reports: Vec<Id>,
    persons: u32,
    registered_to: NaiveDate,
    workers: Vec<Vec<Id>>,
}

impl World {
    fn random(&mut self, below: usize) -> usize {
        // SplitMix64.
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % below.max(1) as u64) as usize
    }

    fn tick(&mut self, minutes: i64) {
        self.now += TimeDelta::minutes(minutes);
        self.clock.set(self.now);
    }

    fn desk(&mut self) -> &mut Desk {
        self.desk.as_mut().expect("somebody is logged in")
    }

    fn entries(&self) -> u64 {
        self.desk.as_ref().map_or(0, |desk| desk.last_entry().0)
    }

    /// Gives commands in groups; all must be accepted but `refused` of them.
    fn give(&mut self, commands: Vec<Command>, refused: usize) -> Vec<Receipt> {
        let mut receipts = Vec::new();
        let mut failures = Vec::new();
        let mut commands = commands.into_iter().map(Instruction::from).peekable();
        while commands.peek().is_some() {
            let group: Vec<Instruction> = commands.by_ref().take(GROUP).collect();
            for answer in self.desk().execute_group(group) {
                match answer {
                    Ok(receipt) => receipts.push(receipt),
                    Err(failure) => failures.push(failure),
                }
            }
        }
        assert_eq!(failures.len(), refused, "{:?}", failures.first());
        receipts
    }

    fn change_to(&mut self, user: &str, password: &str) {
        if let Some(mut desk) = self.desk.take() {
            // The next one opens a base, not a journal of thousands of large frames.
            desk.checkpoint_now();
            desk.close().expect("the session ends");
        }
        self.sessions += 1;
        let terminal = terminal(&self.clock, self.seed.wrapping_add(self.sessions << 32));
        let (desk, _) = Desk::log_in(&self.vault, user, password, terminal).expect("the session begins");
        self.desk = Some(desk);
    }

    fn name(&mut self) -> (String, String) {
        let (surname, given) = (self.random(SURNAMES.len()), self.random(GIVEN_NAMES.len()));
        let ((surname, reading), (given, given_reading)) = (SURNAMES[surname], GIVEN_NAMES[given]);
        (format!("{surname} {given}"), format!("{reading} {given_reading}"))
    }

    fn person(&mut self, company: Option<Id>, organisation: &str) -> Command {
        let (name, kana) = self.name();
        self.persons += 1;
        Command::from(RegisterPerson {
            name,
            kana,
            company,
            organisation: organisation.to_owned(),
            ..RegisterPerson::default()
        })
    }

    fn begin(&mut self) {
        let guard = RegisterPerson {
            name: "受付 次郎".to_owned(),
            kana: "ウケツケ ジロウ".to_owned(),
            ..RegisterPerson::default()
        };
        self.persons = 2;
        let user = IssueUser {
            user: GUARD.to_owned(),
            person: Some(Id::new(Noun::Person, 2)),
            roles: vec!["guard".to_owned()],
            ..IssueUser::default()
        };
        let receipts = self.give(vec![guard.into(), user.into()], 0);
        let provisional = receipts.last().and_then(|r| r.temporary_password.clone()).expect("a password");
        let mut commands: Vec<Command> = (0..STAFF).map(|_| self.person(None, "情報システム課")).collect();
        commands.extend((0..COMPANIES).map(|n| {
            let name = format!("{}システム{}", ["北陸", "金沢", "白山", "能登"][n % 4], n + 1);
            Command::from(RegisterCompany {
                name, kana: "システム".to_owned(), ..RegisterCompany::default()
            })
        }));
        for company in 0..COMPANIES {
            let id = Id::new(Noun::Company, company as u32 + 1);
            for _ in 0..FIRST_WORKERS {
                commands.push(self.person(Some(id), "保守部"));
                self.workers[company].push(Id::new(Noun::Person, self.persons));
            }
        }
        for n in 0..STAFF {
            commands.push(Command::from(RegisterBadge {
                number: format!("K-{n:03}"),
                kind: BadgeKind::Card,
                holder: Some(staff(n)),
                ..RegisterBadge::default()
            }));
        }
        for n in 0..PERMITS_A_ROUND * WORKERS_A_PERMIT {
            let number = format!("V-{n:03}");
            commands.push(Command::from(RegisterBadge { number, ..RegisterBadge::default() }));
        }
        self.give(commands, 0);
        self.registrations();
        self.change_to(GUARD, &provisional);
        self.desk().set_password(&provisional, PASSWORD).expect("the guard sets a password");
    }

    /// Registers the staff for a year more, where the year that runs ends within the next stretch.
    fn registrations(&mut self) {
        let today = self.now.date_naive();
        if self.registered_to > today + Days::new(STRETCH + 5) {
            return;
        }
        let from = self.registered_to.succ_opt().expect("a day");
        let to = from.checked_add_months(Months::new(12)).and_then(|day| day.pred_opt()).expect("a day");
        self.registered_to = to;
        let commands = (0..STAFF).map(|n| {
            Command::from(RegisterEntrant {
                person: Some(staff(n)),
                zones: vec!["server_room".to_owned(), "monitor_room".to_owned()],
                permitted_by: Some(Id::new(Noun::Person, 1)),
                from: Some(from),
                to: Some(to),
                escort: true,
                credential: "職員証".to_owned(),
            })
        });
        // The administrator does not permit, nor register, themselves; the staff are others.
        let commands: Vec<Command> = commands.collect();
        self.give(commands, 0);
    }

    fn company_of(day: u64, permit: usize) -> usize {
        (day as usize + permit) % COMPANIES
    }

    /// The guard enters the applications for the days of a stretch.
    fn apply(&mut self, from_day: u64, days: u64) {
        let today = self.now.date_naive();
        let mut commands = Vec::new();
        for day in 0..days {
            let date = today + Days::new(day);
            for permit in 0..PERMITS_A_ROUND * ROUNDS {
                let company = World::company_of(from_day + day, permit);
                let first = self.random(self.workers[company].len());
                let workers = (0..WORKERS_A_PERMIT)
                    .map(|n| self.workers[company][(first + n) % self.workers[company].len()])
                    .collect();
                commands.push(Command::from(ApplyVisit {
                    kind: PermitKind::Planned,
                    company: Some(Id::new(Noun::Company, company as u32 + 1)),
                    workers,
                    from: Some(date),
                    to: Some(date),
                    zones: vec!["server_room".to_owned()],
                    racks: "R03".to_owned(),
                    work: "定期点検とファームウェアの更新".to_owned(),
                    ..ApplyVisit::default()
                }));
            }
        }
        self.permits += commands.len() as u32;
        self.give(commands, 0);
    }

    /// The administrator decides what was applied for, and approves what was recorded.
    fn decide(&mut self) {
        self.registrations();
        let mut commands = Vec::new();
        while self.decided < self.permits {
            self.decided += 1;
            let permit = Some(Id::new(Noun::Permit, self.decided));
            commands.push(Command::from(DecideVisit { permit, granted: true, ..DecideVisit::default() }));
        }
        for work in std::mem::take(&mut self.reports) {
            let opinion = "確認しました".to_owned();
            commands.push(Command::from(ApproveWork { work: Some(work), opinion }));
        }
        self.give(commands, 0);
    }

    fn day(&mut self, day: u64, first_permit: u32) {
        let mut company = 0;
        let new: Vec<Command> = (0..NEW_WORKERS)
            .map(|n| {
                company = (day as usize * NEW_WORKERS + n) % COMPANIES;
                let command = self.person(Some(Id::new(Noun::Company, company as u32 + 1)), "保守部");
                let id = Id::new(Noun::Person, self.persons);
                self.workers[company].push(id);
                command
            })
            .collect();
        self.give(new, 0);
        for round in 0..ROUNDS {
            self.round(day, round, first_permit + (round * PERMITS_A_ROUND) as u32);
            self.tick(60);
        }
    }

    fn round(&mut self, day: u64, round: usize, first_permit: u32) {
        self.tick(20);
        let offset = self.random(STAFF);
        let staff_inside: Vec<usize> = (0..STAFF_A_ROUND).map(|n| (offset + n) % STAFF).collect();
        let mut commands: Vec<Command> = staff_inside.iter().map(|n| staff_in(*n)).collect();
        let mut outside = Vec::new();
        for (permit, escort) in staff_inside.iter().enumerate().take(PERMITS_A_ROUND) {
            let id = Id::new(Noun::Permit, first_permit + permit as u32);
            let row = self.desk().record(id, None).expect("the books are read");
            let Some(daicho::domain::Row::Permit(row)) = row else { panic!("{id} is no permit") };
            assert_eq!(row.company.n as usize, World::company_of(day, round * PERMITS_A_ROUND + permit) + 1);
            for (n, worker) in row.workers.iter().enumerate() {
                outside.push(*worker);
                commands.push(Command::from(CheckIn {
                    person: Some(*worker),
                    badge: Some(format!("V-{:03}", permit * WORKERS_A_PERMIT + n)),
                    zone: "server_room".to_owned(),
                    purpose: "maintenance".to_owned(),
                    permit: Some(id),
                    escort: Some(staff(*escort)),
                    identification: "licence".to_owned(),
                    carried_in: "ノートPC 1台".to_owned(),
                    ..CheckIn::default()
                }));
            }
        }
        // Somebody without a registration or a permit tries.
        for n in 0..REFUSALS {
            let person = Some(Id::new(Noun::Person, 1));
            let badge = Some(format!("V-{n:03}"));
            commands.push(Command::from(CheckIn {
                person,
                badge,
                zone: "server_room".to_owned(),
                purpose: "tour".to_owned(),
                ..CheckIn::default()
            }));
        }
        let first = self.visits + 1;
        self.visits += (STAFF_A_ROUND + outside.len()) as u32;
        let receipts = self.give(commands, REFUSALS);
        assert_eq!(receipts.first().and_then(|r| r.id), Some(Id::new(Noun::Visit, first)));
        self.tick(180);
        let mut commands = Vec::new();
        for visit in first..=self.visits {
            self.works += 1;
            if visit >= first + STAFF_A_ROUND as u32 {
                self.reports.push(Id::new(Noun::Work, self.works));
            }
            commands.push(Command::from(RecordWork {
                visit: Some(Id::new(Noun::Visit, visit)),
                server: format!("sv-{:02}", visit % 40),
                work: "定期点検とログの確認".to_owned(),
                result: "異常なし".to_owned(),
                pi_seen: Some(false),
                ..RecordWork::default()
            }));
        }
        commands.extend(outside.into_iter().map(out));
        commands.extend(staff_inside.into_iter().map(|n| out(staff(n))));
        for n in 0..CORRECTIONS {
            commands.push(Command::from(Correct {
                record: Some(Id::new(Noun::Visit, first + n as u32)),
                field: "carried_out".to_owned(),
                text: "予備ディスク 1個".to_owned(),
                reason: "記入もれ".to_owned(),
                ..Correct::default()
            }));
        }
        let receipts = self.give(commands, 0);
        assert_eq!(receipts.first().and_then(|r| r.id.map(|id| id.noun)), Some(Noun::Work));
    }
}

/// Generates a site of about so many entries in a folder, and closes it cleanly behind a checkpoint.
pub fn generate(folder: &Path, size: u64, seed: u64, tell: &mut dyn FnMut(u64)) -> Plan {
    let started = std::time::Instant::now();
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("a folder for the vault");
    let first = Stamp::parse_from_rfc3339("2015-04-01T08:00:00+09:00").expect("a time");
    let clock = Arc::new(StandingClock::new(first));
    let founding = Founding {
        site: "bench".to_owned(),
        site_name: "性能試験病院".to_owned(),
        profile: daicho::profile::builtin("ishikawa").expect("the profile").to_owned(),
        admin: ADMIN.to_owned(),
        name: "管理 花子".to_owned(),
        kana: "カンリ ハナコ".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let vault = vault_of(folder);
    let (desk, _) = Desk::found(&vault, &founding, terminal(&clock, seed)).expect("the site is founded");
    let mut world = World {
        desk: Some(desk),
        vault,
        clock,
        seed,
        sessions: 0,
        now: first,
        random: seed,
        visits: 0,
        works: 0,
        permits: 0,
        decided: 0,
        reports: Vec::new(),
        persons: 1,
        registered_to: first.date_naive().pred_opt().expect("a day"),
        workers: vec![Vec::new(); COMPANIES],
    };
    world.begin();
    let days = size.saturating_sub(FIRST_ENTRIES).div_ceil(ENTRIES_A_DAY).max(1);
    let mut done = 0;
    while done < days {
        let stretch = STRETCH.min(days - done);
        let first_permit = world.permits + 1;
        world.apply(done, stretch);
        world.change_to(ADMIN, PASSWORD);
        world.decide();
        world.change_to(GUARD, PASSWORD);
        for day in 0..stretch {
            let morning = (first + TimeDelta::days((done + day) as i64)) + TimeDelta::minutes(60);
            world.tick((morning - world.now).num_minutes());
            world.day(done + day, first_permit + (day as u32) * (PERMITS_A_ROUND * ROUNDS) as u32);
            tell(world.entries());
        }
        done += stretch;
        // The next stretch is applied for on its own first morning.
        let morning = first + TimeDelta::days(done as i64);
        world.tick((morning - world.now).num_minutes());
    }
    world.change_to(ADMIN, PASSWORD);
    world.decide();
    let entries = world.entries();
    let (visits, persons, closed) = (world.visits, world.persons, world.now);
    let mut desk = world.desk.take().expect("somebody is logged in");
    desk.checkpoint_now();
    desk.close().expect("the site is closed");
    let plan = Plan {
        seed,
        entries,
        visits,
        persons,
        middle: first.date_naive() + Days::new(days / 2),
        closed,
        seconds: started.elapsed().as_secs_f64(),
    };
    let bytes = serde_json::to_vec_pretty(&plan).expect("a plan");
    std::fs::write(folder.join("plan.json"), bytes).expect("the plan is written");
    plan
}
