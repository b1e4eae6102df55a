//! A site of many accounts: 10,000 users of whom 300 can log in, 2,000 offices, 5,000 delegations. What the desk answers about who
//! may what is measured on it.

use super::measure::{Numbers, quantile, timed};
use super::names::{GIVEN_NAMES, SURNAMES};
use super::world::{ADMIN, PASSWORD, Plan, terminal, vault_of};
use chrono::TimeDelta;
use daicho::desk::{
    AsOf, Desk, Founding, Instruction, Lang, ListQuery, Lookup, Receipt, StandingClock, declare,
};
use daicho::domain::{
    Appoint, AppointmentKind, CloseUser, Command, Delegate, Id, IssueUser, Noun, RegisterPerson, RekeyVault,
    Stamp,
};
use std::path::Path;
use std::sync::Arc;

/// Users in all, of whom so many can log in.
fn users() -> usize {
    std::env::var("DAICHO_BENCH_USERS").ok().and_then(|text| text.parse().ok()).unwrap_or(10_000)
}
const ACTIVE: usize = 300;
/// People who are registered.
const PEOPLE: usize = 10_000;
/// How many are issued before those that left make room: the vault's key is sealed to everybody at each.
const ROUND: usize = 100;
/// Appointments, and how many of them are to the office whose holders delegate.
const OFFICES: usize = 2_000;
const DELEGATORS: usize = 20;
/// Delegations in all.
const DELEGATIONS: usize = 5_000;
/// What is delegated.
const RIGHTS: [&str; 5] = ["suspend_user", "resume_user", "query:log", "query:users", "query:refused"];

struct World {
    desk: Option<Desk>,
    folder: std::path::PathBuf,
    clock: Arc<StandingClock>,
    now: Stamp,
    seed: u64,
    sessions: u64,
    persons: u32,
}

impl World {
    fn desk(&mut self) -> &mut Desk {
        self.desk.as_mut().expect("somebody is logged in")
    }

    fn give(&mut self, commands: impl IntoIterator<Item = Command>) -> Vec<Receipt> {
        let mut receipts = Vec::new();
        let commands: Vec<Instruction> = commands.into_iter().map(Instruction::from).collect();
        for group in commands.chunks(256) {
            self.now += TimeDelta::seconds(20);
            self.clock.set(self.now);
            let answers = self.desk().execute_group(group.to_vec());
            receipts.extend(answers.into_iter().map(|answer| answer.expect("it is accepted")));
        }
        receipts
    }

    fn alone(&mut self, command: impl Into<Command>) -> Receipt {
        self.desk().execute(Instruction::from(command.into())).expect("it is accepted")
    }

    fn change_to(&mut self, user: &str, password: &str) {
        self.log_in(user, password);
        self.desk().prove().expect("the books are what the entries make them");
    }

    fn log_in(&mut self, user: &str, password: &str) {
        if let Some(desk) = self.desk.take() {
            desk.close().expect("the session ends");
        }
        self.sessions += 1;
        let terminal = terminal(&self.clock, self.seed.wrapping_add(self.sessions << 32));
        let (desk, _) =
            Desk::log_in(&vault_of(&self.folder), user, password, terminal).expect("the session begins");
        self.desk = Some(desk);
    }

    /// Registers so many people; the number of the first.
    fn people(&mut self, count: usize) -> u32 {
        let first = self.persons + 1;
        let person = |n: usize| {
            let ((surname, reading), (given, given_reading)) =
                (SURNAMES[n % SURNAMES.len()], GIVEN_NAMES[(n / SURNAMES.len() + n) % GIVEN_NAMES.len()]);
            Command::from(RegisterPerson {
                // Nobody is anybody's namesake: who decides is asked about otherwise.
                name: format!("{surname} {given}{n}"),
                kana: format!("{reading} {given_reading}"),
                organisation: "医事課".to_owned(),
                ..RegisterPerson::default()
            })
        };
        let offset = self.persons as usize;
        self.give((0..count).map(|n| person(offset + n)));
        self.persons += count as u32;
        first
    }

    fn issue(&mut self, user: String, person: u32, role: &str) -> String {
        let roles = if role.is_empty() { Vec::new() } else { vec![role.to_owned()] };
        let person = Some(Id::new(Noun::Person, person));
        let receipt = self.alone(IssueUser { user, person, roles, ..IssueUser::default() });
        receipt.temporary_password.expect("a password")
    }

    /// Logs in with a temporary password, and sets a lasting one.
    fn enrol(&mut self, user: &str, temporary: &str) {
        self.log_in(user, temporary);
        self.desk().set_password(temporary, PASSWORD).expect("a password is set");
    }

    fn appoint(&mut self, role: &str, person: u32) {
        let outside = ["ciso", "representative"].contains(&role);
        let today = self.now.date_naive();
        self.alone(Appoint {
            role: role.to_owned(),
            person: Some(Id::new(Noun::Person, person)),
            kind: AppointmentKind::Principal,
            task: "院内のサーバ".to_owned(),
            decided_by: if outside { "理事長".to_owned() } else { String::new() },
            decided_on: outside.then_some(today),
            ..Appoint::default()
        });
    }
}

/// Generates it, and closes it behind a checkpoint.
pub fn generate(folder: &Path, seed: u64) -> Plan {
    let started = std::time::Instant::now();
    let _ = std::fs::remove_dir_all(folder);
    std::fs::create_dir_all(folder).expect("a folder for the vault");
    let first = Stamp::parse_from_rfc3339("2026-04-01T08:00:00+09:00").expect("a time");
    let clock = Arc::new(StandingClock::new(first));
    let profile = daicho::profile::builtin("jcho").expect("the profile");
    let founding = Founding {
        site: "accounts".to_owned(),
        site_name: "性能試験病院".to_owned(),
        profile: profile.replacen("without_application = false", "without_application = true", 1),
        admin: ADMIN.to_owned(),
        name: "管理 花子".to_owned(),
        kana: "カンリ ハナコ".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let (desk, _) =
        Desk::found(&vault_of(folder), &founding, terminal(&clock, seed)).expect("the site is founded");
    let folder_buf = folder.to_owned();
    let mut world =
        World { desk: Some(desk), folder: folder_buf, clock, now: first, seed, sessions: 0, persons: 1 };
    let people = world.people(PEOPLE);
    // Those who left: their records stay, and what they opened the vault with is gone.
    let left = users() - ACTIVE;
    for from in (0..left).step_by(ROUND) {
        for n in from..left.min(from + ROUND) {
            world.issue(format!("u{n}"), people + n as u32, "guard");
        }
        let close =
            |n: usize| Command::from(CloseUser { user: format!("u{n}"), reason: "退職".to_owned() });
        world.give((from..left.min(from + ROUND)).map(close));
        world.alone(RekeyVault { reason: "退職者の整理".to_owned(), ..RekeyVault::default() });
        if from % 1000 == 0 {
            eprintln!("  {from} accounts of those who left");
        }
    }
    // The officers, each with an account of their own.
    let mut officers = Vec::new();
    world.appoint("ciso", people + left as u32);
    world.appoint("representative", people + left as u32 + 1);
    for n in left..users() {
        let role = if n < left + 2 { "" } else { "operator" };
        let temporary = world.issue(format!("u{n}"), people + n as u32, role);
        officers.push((format!("u{n}"), people + n as u32, temporary));
    }
    let person = |n: usize| officers[n].1;
    for (user, _, temporary) in &officers {
        world.enrol(user, temporary);
    }
    world.change_to(&officers[0].0, PASSWORD);
    world.appoint("approver", person(2));
    for n in 0..(OFFICES - DELEGATORS - 3) / 2 {
        world.appoint("committee", people + (PEOPLE / 4 + n) as u32);
    }
    world.change_to(&officers[1].0, PASSWORD);
    world.appoint("officer", person(3 + DELEGATORS));
    world.change_to(&officers[3 + DELEGATORS].0, PASSWORD);
    for n in 0..(OFFICES - DELEGATORS - 3) / 2 {
        world.appoint("pi_manager", people + (PEOPLE / 2 + n) as u32);
    }
    world.change_to(&officers[2].0, PASSWORD);
    world.appoint("system_officer", person(4 + DELEGATORS));
    world.change_to(&officers[4 + DELEGATORS].0, PASSWORD);
    (0..DELEGATORS).for_each(|n| world.appoint("admin", person(3 + n)));
    let each = DELEGATIONS / DELEGATORS;
    for n in 0..DELEGATORS {
        world.change_to(&officers[3 + n].0, PASSWORD);
        let to = world.now.date_naive() + chrono::Days::new(90);
        let delegate = |m: usize| {
            Command::from(Delegate {
                person: Some(Id::new(Noun::Person, person(5 + DELEGATORS + m % (ACTIVE - 5 - DELEGATORS)))),
                what: vec![RIGHTS[(n + m) % RIGHTS.len()].to_owned()],
                to: Some(to),
                reason: "出張".to_owned(),
                ..Delegate::default()
            })
        };
        world.give((0..each).map(delegate));
    }
    world.change_to(ADMIN, PASSWORD);
    let entries = world.desk().last_entry().0;
    let (persons, closed) = (world.persons, world.now);
    let mut desk = world.desk.take().expect("somebody is logged in");
    desk.checkpoint_now();
    desk.close().expect("the site is closed");
    let seconds = started.elapsed().as_secs_f64();
    let plan = Plan { seed, entries, visits: 0, persons, middle: first.date_naive(), closed, seconds };
    let bytes = serde_json::to_vec_pretty(&plan).expect("a plan");
    std::fs::write(folder.join("plan.json"), bytes).expect("the plan is written");
    plan
}

/// What is typed into the list of users, key by key.
const TYPED: &[&str] = &["や", "やま", "山田", "さ", "すずき", "u9", "u99", "u9999", "ん", "zzz", ""];

/// Measures what the desk answers about accounts and rights.
pub fn measure(folder: &Path, plan: &Plan, numbers: &mut Numbers) {
    let now = plan.closed + TimeDelta::minutes(30);
    let clock = Arc::new(StandingClock::new(now));
    let log_in = |user: &str, session: u64| {
        let terminal = terminal(&clock, !plan.seed.wrapping_add(session << 32));
        Desk::log_in(&vault_of(folder), user, PASSWORD, terminal).expect("the vault opens").0
    };
    let mut logins = Vec::new();
    for session in 0..9 {
        let (ms, desk) = timed(|| log_in(ADMIN, session));
        desk.close().expect("it closes");
        logins.push(ms);
    }
    numbers.insert("accounts_login_ms".to_owned(), quantile(&mut logins, 0.5));
    let mut desk = log_in(ADMIN, 99);
    desk.prove().expect("the books are what the entries make them");
    let register = declare::register("users").expect("users");
    let mut pages = Vec::new();
    for typed in TYPED.iter().cycle().take(3 * TYPED.len()) {
        let query =
            ListQuery { register: "users".to_owned(), search: (*typed).to_owned(), ..ListQuery::default() };
        let (ms, ()) = timed(|| {
            let page = desk.list(&query, None, 50).expect("a page");
            for row in &page.rows {
                for column in register.columns {
                    std::hint::black_box((column.cell)(row, &desk, Lang::Ja));
                }
            }
        });
        pages.push(ms);
    }
    numbers.insert("accounts_page_p50_ms".to_owned(), quantile(&mut pages, 0.5));
    numbers.insert("accounts_page_max_ms".to_owned(), quantile(&mut pages, 1.0));
    let mut grids = Vec::new();
    for n in 0..ACTIVE {
        let person = Id::new(Noun::Person, (plan.persons as usize - n) as u32);
        let (ms, found) = timed(|| desk.policy_of(person, now).expect("a grid"));
        std::hint::black_box(found);
        grids.push(ms);
    }
    numbers.insert("accounts_grid_p50_ms".to_owned(), quantile(&mut grids, 0.5));
    numbers.insert("accounts_grid_max_ms".to_owned(), quantile(&mut grids, 1.0));
    let (mut could, mut before, mut then, mut most) = (Vec::new(), Vec::new(), Vec::new(), 0);
    let end = AsOf::Entry(desk.last_entry().0 - 1);
    for what in RIGHTS.iter().chain(&["decide_visit", "issue_user", "query:visits"]) {
        let (ms, found) = timed(|| desk.who_could(what, now, None).expect("an answer"));
        if std::env::var_os("DAICHO_BENCH_TELL").is_some() {
            eprintln!("  who could {what}: {ms:.1} ms, {} answers", found.len());
        }
        most = most.max(found.len());
        could.push(ms);
        let (ms, found) =
            timed(|| desk.who_could(what, plan.closed - TimeDelta::hours(1), None).expect("an answer"));
        std::hint::black_box(found);
        before.push(ms);
        let (ms, found) = timed(|| desk.who_could(what, desk.now(), Some(end)).expect("an answer"));
        std::hint::black_box(found);
        then.push(ms);
    }
    numbers.insert("accounts_could_most".to_owned(), most as f64);
    numbers.insert("accounts_could_p50_ms".to_owned(), quantile(&mut could, 0.5));
    numbers.insert("accounts_could_max_ms".to_owned(), quantile(&mut could, 1.0));
    numbers.insert("accounts_could_before_max_ms".to_owned(), quantile(&mut before, 1.0));
    numbers.insert("accounts_could_then_max_ms".to_owned(), quantile(&mut then, 1.0));
    desk.close().expect("it closes");
}
