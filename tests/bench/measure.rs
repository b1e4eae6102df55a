//! What is measured, each part in a process of its own, on a copy of the generated vault.

use super::names::{GIVEN_NAMES, SURNAMES};
use super::world::{ADMIN, GUARD, PASSWORD, Plan, out, staff, staff_in, terminal, vault_of};
use chrono::{Days, TimeDelta};
use daicho::desk::{
    AsOf, CheckStep, Checker, Compacted, Desk, Failure, Instruction, Lang, ListQuery, StandingClock,
    Terminal, check, declare,
};
use daicho::domain::{Command, CompactVault, Id, Noun, RegisterPerson, ResetPassword, Stamp};
use daicho::tui::input::Key;
use daicho::tui::{Folder, Offscreen, Options};
use daicho::vault::Disk;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Numbers by name: milliseconds, MB, a second, as the name says.
pub type Numbers = BTreeMap<String, f64>;

/// What runs before a part, in a process of its own: what a session took to write is not counted to the next one.
pub fn before(part: &str) -> Option<&'static str> {
    (part == "names").then_some("register")
}

/// The parts that run, each in its own process.
pub const PARTS: &[&str] = &[
    "open",
    "compare",
    "memory",
    "search",
    "names",
    "frame",
    "commit",
    "past",
    "check",
    "checkpoint",
    "compact",
];

/// What is measured on a site of many accounts ([`super::accounts`]).
pub const ACCOUNTS: &str = "accounts";

/// What somebody types, key by key.
const TYPED: &[&str] = &[
    "や",
    "やま",
    "やまだ",
    "ヤマ",
    "ﾔﾏﾀﾞ",
    "山",
    "山田",
    "山田 太",
    "さ",
    "さくら",
    "北陸",
    "すずき けん",
    "yama",
    "保守",
    "ん",
    "K-01",
    "V-00",
    "zzz",
];

struct Site {
    vault: std::path::PathBuf,
    clock: Arc<StandingClock>,
    now: Stamp,
    plan: Plan,
    sessions: u64,
    /// Where the terminal notes what it saw and verified; nowhere, but where that is measured.
    notes: Option<Arc<dyn Disk>>,
}

impl Site {
    fn of(folder: &Path, plan: Plan) -> Site {
        let now = plan.closed + TimeDelta::minutes(30);
        Site {
            vault: vault_of(folder),
            clock: Arc::new(StandingClock::new(now)),
            now,
            plan,
            sessions: 0,
            notes: None,
        }
    }

    fn log_in(&mut self) -> Desk {
        self.log_in_as(GUARD)
    }

    /// A session whose books are compared with the log already: what that takes is measured by itself.
    fn log_in_as(&mut self, user: &str) -> Desk {
        let mut desk = self.just_logged_in(user);
        desk.prove().expect("the books are what the entries make them");
        // What it took at most is not counted to what comes.
        fs::write("/proc/self/clear_refs", "5").expect("the peak of the memory begins anew");
        desk
    }

    /// A session that begins: the comparison runs.
    fn just_logged_in(&mut self, user: &str) -> Desk {
        self.sessions += 1;
        let terminal = terminal(&self.clock, !self.plan.seed.wrapping_add(self.sessions << 32));
        let terminal = Terminal { last_seen: self.notes.clone(), ..terminal };
        Desk::log_in(&self.vault, user, PASSWORD, terminal).expect("the vault opens").0
    }

    fn tick(&mut self) {
        self.now += TimeDelta::seconds(1);
        self.clock.set(self.now);
    }
}

/// Milliseconds that something takes.
pub fn timed<T>(what: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let result = what();
    (started.elapsed().as_secs_f64() * 1000.0, result)
}

/// Milliseconds that this thread has had a processor for: what stays the same when others want it too.
fn processor() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// The value below which this part of the numbers lies.
pub fn quantile(numbers: &mut [f64], part: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let at = ((numbers.len() as f64 - 1.0) * part).round() as usize;
    numbers.get(at).copied().unwrap_or(0.0)
}

fn memory(field: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap_or("0");
    let kib: f64 = line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    kib * 1024.0 / 1e6
}

fn list(register: &str, search: &str) -> ListQuery {
    ListQuery { register: register.to_owned(), search: search.to_owned(), ..ListQuery::default() }
}

/// Measures one part.
pub fn measure(part: &str, folder: &Path, plan: Plan) -> Numbers {
    let mut numbers = Numbers::new();
    if part == ACCOUNTS {
        super::accounts::measure(folder, &plan, &mut numbers);
        return numbers;
    }
    let mut site = Site::of(folder, plan);
    match part {
        "open" => open(&mut site, &mut numbers),
        "memory" => paging(&mut site, &mut numbers),
        "search" => searching(&mut site, &mut numbers),
        "register" => registering(&mut site),
        "names" => naming(&mut site, &mut numbers),
        "frame" => drawing(&mut site, &mut numbers),
        "commit" => committing(&mut site, &mut numbers),
        "past" => past(&mut site, &mut numbers),
        "compare" => comparing(&mut site, &mut numbers),
        "check" => checking(&mut site, &mut numbers),
        "checkpoint" => checkpoint(&mut site, &mut numbers),
        "compact" => compacting(&mut site, &mut numbers),
        other => panic!("{other}: no such part"),
    }
    numbers
}

fn open(site: &mut Site, numbers: &mut Numbers) {
    let mut clean = Vec::new();
    let before = processor();
    for _ in 0..5 {
        let (ms, desk) = timed(|| site.just_logged_in(GUARD));
        desk.close().expect("it closes");
        clean.push(ms);
        site.tick();
    }
    numbers.insert("open_clean_ms".to_owned(), quantile(&mut clean, 0.5));
    numbers.insert("open_clean_cpu_ms".to_owned(), (processor() - before) / 5.0);
    let mut desk = site.log_in();
    // The logins were frames as well; a checkpoint begins at a thousand.
    for n in 0..493 {
        commit(site, &mut desk, n);
    }
    desk.close().expect("it closes");
    let mut replayed = Vec::new();
    let before = processor();
    for _ in 0..3 {
        let (ms, desk) = timed(|| site.just_logged_in(GUARD));
        desk.close().expect("it closes");
        replayed.push(ms);
        site.tick();
    }
    let journal = files(&site.vault).filter(|(name, _)| name.starts_with("journal.")).map(|(_, len)| len);
    numbers.insert("open_journal_mb".to_owned(), journal.sum::<u64>() as f64 / 1e6);
    numbers.insert("open_replay_cpu_ms".to_owned(), (processor() - before) / 3.0);
    numbers.insert("open_replay_ms".to_owned(), quantile(&mut replayed, 0.5));
}

/// One check-in and one check-out of a regular entrant; the milliseconds of both.
fn commit(site: &mut Site, desk: &mut Desk, n: usize) -> (f64, f64) {
    site.tick();
    let n = n % 50;
    let (came, receipt) = timed(|| desk.execute(Instruction::from(staff_in(n))));
    receipt.expect("they come in");
    site.tick();
    let (left, receipt) = timed(|| desk.execute(Instruction::from(out(staff(n)))));
    receipt.expect("they go out");
    (came, left)
}

fn paging(site: &mut Site, numbers: &mut Numbers) {
    let before = memory("VmRSS");
    let desk = site.log_in();
    ready(&desk);
    numbers.insert("memory_before_mb".to_owned(), before);
    numbers.insert("memory_open_mb".to_owned(), memory("VmRSS"));
    let mut pages = Vec::new();
    for register in ["visits", "persons", "works", "permits"] {
        let mut cursor = None;
        for _ in 0..400 {
            let (ms, page) = timed(|| desk.list(&list(register, ""), cursor.as_ref(), 50));
            let page = page.expect("a page");
            pages.push(ms);
            // Every cell of the page, as the screen would show it.
            if let Some(register) = declare::register(register) {
                for row in &page.rows {
                    for column in register.columns {
                        std::hint::black_box((column.cell)(row, &desk, Lang::Ja));
                    }
                }
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
    }
    numbers.insert("page_p50_ms".to_owned(), quantile(&mut pages, 0.5));
    numbers.insert("page_max_ms".to_owned(), quantile(&mut pages, 1.0));
    for typed in TYPED {
        for register in ["visits", "persons", "companies", "permits", "badges"] {
            desk.list(&list(register, typed), None, 50).expect("found or not");
        }
    }
    // Places all over the books, which no cache holds.
    for n in 1..=400 {
        let visit = 1 + (n * 7919) % site.plan.visits.max(1);
        desk.history(Id::new(Noun::Visit, visit), Lang::Ja).expect("its history");
    }
    numbers.insert("memory_mb".to_owned(), memory("VmRSS"));
    numbers.insert("memory_peak_mb".to_owned(), memory("VmHWM"));
    desk.close().expect("it closes");
}

/// Reads what is searched into memory, and waits for it with a search that finds nothing.
fn ready(desk: &Desk) {
    desk.ready_to_search().expect("it begins");
    assert!(desk.search(Noun::Person, "zzz", 1).expect("names are read").is_empty());
}

fn searching(site: &mut Site, numbers: &mut Numbers) {
    let desk = site.log_in();
    // As a session at a screen begins.
    let (ms, ()) = timed(|| ready(&desk));
    numbers.insert("search_ready_ms".to_owned(), ms);
    let mut all = Vec::new();
    let mut slowest = (0.0, String::new());
    for register in ["visits", "persons", "permits"] {
        let mut times = Vec::new();
        for typed in TYPED {
            // The first time after a cold start counts as much as the others.
            for _ in 0..3 {
                let before = processor();
                let (ms, page) = timed(|| desk.list(&list(register, typed), None, 50));
                page.expect("found or not");
                let cpu = processor() - before;
                if cpu > slowest.0 {
                    slowest = (cpu, format!("{register} {typed}"));
                }
                if std::env::var_os("DAICHO_BENCH_TELL").is_some() {
                    eprintln!("search {register} {typed}: {ms:.2} ms");
                }
                times.push(ms);
            }
        }
        numbers.insert(format!("search_{register}_max_ms"), quantile(&mut times, 1.0));
        all.extend(times);
    }
    eprintln!("  slowest search: {}", slowest.1);
    numbers.insert("search_max_cpu_ms".to_owned(), slowest.0);
    numbers.insert("search_p50_ms".to_owned(), quantile(&mut all, 0.5));
    numbers.insert("search_max_ms".to_owned(), quantile(&mut all, 1.0));
    desk.close().expect("it closes");
}

/// Appends of 4 KiB with a sync each, to a file that is there: what the device takes at least.
/// The list of visits on an 80 x 24 screen, a page a key: the drawing alone, and key to picture.
fn drawing(site: &mut Site, numbers: &mut Numbers) {
    let options = Options { lang: Lang::Ja, hint: Vec::new(), sink: Box::new(Folder(site.vault.clone())) };
    let terminal = terminal(&site.clock, site.plan.seed);
    let mut screen = Offscreen::new(&site.vault, terminal, options, (80, 24));
    screen.types(GUARD);
    screen.key(Key::Enter);
    screen.types(PASSWORD);
    screen.key(Key::Enter);
    screen.key(Key::F(3));
    screen.key(Key::Char('1'));
    screen.key(Key::Enter);
    assert!(screen.text().contains("V-") || screen.text().contains("R8."), "{}", screen.text());
    let (mut frames, mut keys) = (Vec::new(), Vec::new());
    for n in 0..400 {
        keys.push(timed(|| screen.key(if n % 2 == 0 { Key::PageDown } else { Key::Down })).0);
        frames.push(timed(|| screen.draw()).0);
    }
    numbers.insert("frame_p50_ms".to_owned(), quantile(&mut frames, 0.5));
    numbers.insert("frame_p99_ms".to_owned(), quantile(&mut frames, 0.99));
    numbers.insert("key_p50_ms".to_owned(), quantile(&mut keys, 0.5));
    numbers.insert("key_p99_ms".to_owned(), quantile(&mut keys, 0.99));
}

fn appends(file: &File, from: u64, count: u64, times: &mut Vec<f64>) {
    let block = [0xa5; 4096];
    for n in from..from + count {
        let (ms, result) = timed(|| file.write_all_at(&block, n * 4096).and_then(|()| file.sync_data()));
        result.expect("the file is written");
        times.push(ms);
    }
}

fn committing(site: &mut Site, numbers: &mut Numbers) {
    let path = site.vault.with_file_name("append");
    let file =
        File::options().read(true).write(true).create(true).truncate(true).open(&path).expect("a file");
    file.write_all_at(&vec![0; 8 << 20], 0).and_then(|()| file.sync_all()).expect("the file is written");
    let mut desk = site.log_in();
    let (mut check_ins, mut limit) = (Vec::new(), Vec::new());
    for n in 0..100 {
        commit(site, &mut desk, n);
    }
    let mut cpu = 0.0;
    for round in 0..10 {
        appends(&file, round * 100, 100, &mut limit);
        let before = processor();
        check_ins.extend((0..150).map(|n| commit(site, &mut desk, n).0));
        cpu += processor() - before;
    }
    // Check-ins and check-outs alike: half of 10 times 150 pairs each.
    numbers.insert("commit_cpu_ms".to_owned(), cpu / 3000.0);
    numbers.insert("append_p50_ms".to_owned(), quantile(&mut limit, 0.5));
    numbers.insert("append_p99_ms".to_owned(), quantile(&mut limit, 0.99));
    numbers.insert("checkin_p50_ms".to_owned(), quantile(&mut check_ins, 0.5));
    numbers.insert("checkin_p99_ms".to_owned(), quantile(&mut check_ins, 0.99));
    numbers.insert("checkin_max_ms".to_owned(), quantile(&mut check_ins, 1.0));
    numbers.insert("checkin_to_append".to_owned(), numbers["checkin_p50_ms"] / numbers["append_p50_ms"]);
    let started = Instant::now();
    let mut given = 0.0;
    for n in 0..1500 {
        commit(site, &mut desk, n);
        given += 2.0;
    }
    numbers.insert("batch_single_per_s".to_owned(), given / started.elapsed().as_secs_f64());
    let (started, before) = (Instant::now(), processor());
    let mut given = 0.0;
    for _ in 0..100 {
        site.tick();
        let pairs = (0..32).flat_map(|n| [staff_in(n), out(staff(n))]);
        for answer in desk.execute_group(pairs.map(Instruction::from).collect()) {
            answer.expect("accepted");
            given += 1.0;
        }
    }
    numbers.insert("batch_group_per_s".to_owned(), given / started.elapsed().as_secs_f64());
    numbers.insert("batch_group_cpu_ms".to_owned(), (processor() - before) / given);
    desk.close().expect("it closes");
    let _ = fs::remove_file(path);
    // A person registered, beside a check-in: what their names cost. Who registers them types at a screen, where
    // names are held in memory.
    let mut desk = site.log_in_as(ADMIN);
    ready(&desk);
    let before = processor();
    for n in 0..300 {
        site.tick();
        desk.execute(Instruction::from(person(n))).expect("registered");
    }
    numbers.insert("person_cpu_ms".to_owned(), (processor() - before) / 300.0);
    numbers.insert("person_to_commit".to_owned(), numbers["person_cpu_ms"] / numbers["commit_cpu_ms"]);
    desk.close().expect("it closes");
}

/// Somebody new, by number.
fn person(n: usize) -> Command {
    let (surname, read) = SURNAMES[n % SURNAMES.len()];
    let (given, given_read) = GIVEN_NAMES[n / SURNAMES.len() % GIVEN_NAMES.len()];
    Command::from(RegisterPerson {
        name: format!("{surname} {given}"),
        kana: format!("{read} {given_read}"),
        organisation: "情報システム課".to_owned(),
        ..RegisterPerson::default()
    })
}

/// Registers people until there are 100,000 (`DAICHO_BENCH_NAMES`), however few the generated site has.
fn registering(site: &mut Site) {
    let wanted = std::env::var("DAICHO_BENCH_NAMES").ok().and_then(|names| names.parse().ok());
    let wanted: usize = wanted.unwrap_or(100_000);
    let mut desk = site.log_in_as(ADMIN);
    let mut n = site.plan.persons as usize;
    while n < wanted {
        site.tick();
        let orders = (n..wanted.min(n + 1000)).map(|n| Instruction::from(person(n)));
        desk.execute_group(orders.collect()).into_iter().for_each(|answer| {
            answer.expect("registered");
        });
        n += 1000;
    }
    desk.close().expect("it closes");
}

/// Searches among the names that were registered.
fn naming(site: &mut Site, numbers: &mut Numbers) {
    searching(site, numbers);
    let found: Vec<(String, f64)> = std::mem::take(numbers).into_iter().collect();
    numbers.extend(found.into_iter().map(|(name, number)| (format!("names_{name}"), number)));
    numbers.insert("names_memory_mb".to_owned(), memory("VmRSS"));
}

fn past(site: &mut Site, numbers: &mut Numbers) {
    let desk = site.log_in();
    let mut times = Vec::new();
    for n in 1..=60 {
        let visit = Id::new(Noun::Visit, 1 + (n * 7919) % site.plan.visits.max(1));
        let day = site.plan.middle + Days::new(u64::from(n % 5));
        let (ms, row) = timed(|| desk.record(visit, Some(AsOf::Day(day))));
        row.expect("as of a day");
        times.push(ms);
    }
    // The record with the longest history, on the last day of the books.
    let person = staff(0);
    let (ms, row) = timed(|| desk.record(person, Some(AsOf::Day(site.plan.middle))));
    assert!(row.expect("as of a day").is_some());
    times.push(ms);
    numbers.insert("asof_record_p50_ms".to_owned(), quantile(&mut times, 0.5));
    numbers.insert("asof_record_max_ms".to_owned(), quantile(&mut times, 1.0));
    for (name, day) in [("middle", site.plan.middle), ("last", site.now.date_naive() - Days::new(1))] {
        let query = ListQuery { as_of: Some(AsOf::Day(day)), ..list("visits", "") };
        let before = processor();
        let (ms, page) = timed(|| desk.list(&query, None, 50));
        numbers.insert(format!("asof_list_{name}_ms"), ms);
        numbers.insert(format!("asof_list_{name}_cpu_ms"), processor() - before);
        numbers.insert(format!("asof_list_{name}_rows"), page.expect("as of a day").rows.len() as f64);
    }
    numbers.insert("asof_peak_mb".to_owned(), memory("VmHWM"));
    desk.close().expect("it closes");
}

fn checking(site: &mut Site, numbers: &mut Numbers) {
    let mut entries = None;
    let mut rows = None;
    let (started, before) = (Instant::now(), processor());
    let mut progress = |step: CheckStep, _, _| {
        let begun = match step {
            CheckStep::Bytes => return,
            CheckStep::Entries => &mut entries,
            CheckStep::Rows => &mut rows,
        };
        begun.get_or_insert_with(|| started.elapsed());
    };
    let checked =
        check(&site.vault, &Checker::User(GUARD, PASSWORD), &mut progress).expect("it can be checked");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let all = started.elapsed();
    numbers.insert("check_cpu_s".to_owned(), (processor() - before) / 1000.0);
    let (entries, rows) = (entries.unwrap_or(all), rows.unwrap_or(all));
    numbers.insert("check_s".to_owned(), all.as_secs_f64());
    numbers.insert("check_bytes_s".to_owned(), entries.as_secs_f64());
    numbers.insert("check_entries_s".to_owned(), rows.saturating_sub(entries).as_secs_f64());
    numbers.insert("check_rows_s".to_owned(), all.saturating_sub(rows).as_secs_f64());
    numbers.insert("check_peak_mb".to_owned(), memory("VmHWM"));
    numbers.insert("check_entries_per_s".to_owned(), checked.entries as f64 / all.as_secs_f64());
}

/// Calls of the desk while the books are compared with the log, from login on.
fn comparing(site: &mut Site, numbers: &mut Numbers) {
    let reset = Command::from(ResetPassword { user: GUARD.to_owned(), ..ResetPassword::default() });
    // With nobody at the desk: from the first entry on, and once more by the mark that this leaves.
    let notes = site.vault.with_file_name("state");
    fs::create_dir(&notes).expect("a folder");
    site.notes = Some(Desk::place_of_notes(&notes));
    for (name, whole) in [("compare", true), ("compare_marked", false)] {
        fs::write("/proc/self/clear_refs", "5").expect("the peak of the memory begins anew");
        let mut desk = site.just_logged_in(GUARD);
        let (ms, proved) = timed(|| desk.prove());
        proved.expect("the books are what the entries make them");
        assert_eq!(desk.compared_from() == Some(1), whole, "{:?}", desk.compared_from());
        numbers.insert(format!("{name}_s"), ms / 1000.0);
        numbers.insert(format!("{name}_peak_mb"), memory("VmHWM"));
        desk.close().expect("it closes");
    }
    site.notes = None;
    let mut desk = site.just_logged_in(GUARD);
    let (mut calls, started) = (Vec::new(), Instant::now());
    for n in 0.. {
        let (ms, waits) = timed(|| desk.waits(&reset, Duration::ZERO));
        if waits.is_none() {
            break;
        }
        assert!(matches!(waits, Some(Failure::Comparing { .. })), "{waits:?}");
        let (came, left) = commit(site, &mut desk, n);
        calls.extend([ms, came, left]);
        for asked in [list("visits", ""), list("persons", TYPED[n % TYPED.len()])] {
            let (ms, page) = timed(|| desk.list(&asked, None, 50));
            page.expect("a page");
            calls.push(ms);
        }
        let (ms, ()) = timed(|| desk.idle());
        calls.push(ms);
        // As people come: the books must not grow faster than they are compared.
        std::thread::sleep(Duration::from_millis(20));
    }
    numbers.insert("compare_beside_s".to_owned(), started.elapsed().as_secs_f64());
    numbers.insert("compare_calls".to_owned(), calls.len() as f64);
    numbers.insert("compare_p99_ms".to_owned(), quantile(&mut calls, 0.99));
    numbers.insert("compare_worst_ms".to_owned(), quantile(&mut calls, 1.0));
    desk.close().expect("it closes");
}

/// Calls of the desk while a checkpoint begins, runs and is taken over.
fn checkpoint(site: &mut Site, numbers: &mut Numbers) {
    let mut desk = site.log_in();
    let bases = |site: &Site| -> Vec<String> {
        files(&site.vault).map(|(name, _)| name).filter(|name| name.starts_with("base.")).collect()
    };
    let first = bases(site);
    let (mut executed, mut listed, mut beside) = (Vec::new(), Vec::new(), Vec::new());
    let started = Instant::now();
    let mut begun = None;
    for n in 0..1_000_000 {
        let (came, left) = commit(site, &mut desk, n);
        executed.extend([came, left]);
        let now = bases(site);
        if begun.is_none() && now.iter().any(|name| name.ends_with(".tmp")) {
            begun = Some(Instant::now());
        }
        if begun.is_some() {
            let (ms, page) = timed(|| desk.list(&list("visits", ""), None, 50));
            page.expect("a page");
            listed.push(ms);
            let (ms, page) = timed(|| desk.list(&list("persons", TYPED[n % TYPED.len()]), None, 50));
            page.expect("found or not");
            listed.push(ms);
            beside.extend([came, left]);
            if came.max(left) > 20.0 && std::env::var_os("DAICHO_BENCH_TELL").is_some() {
                let when = begun.map_or(0.0, |at| at.elapsed().as_secs_f64());
                eprintln!("slow commit {n}: {came:.1} {left:.1} ms, {when:.2} s after it began");
            }
            let (ms, ()) = timed(|| desk.idle());
            listed.push(ms);
        }
        // Another base than the first, whole, and the first is gone: written, renamed and taken over. Under this
        // load the next checkpoint may have begun already.
        if now.iter().any(|name| !name.ends_with(".tmp") && !first.contains(name))
            && !first.iter().any(|name| now.contains(name))
        {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(300), "no checkpoint came about");
    }
    numbers.insert("checkpoint_s".to_owned(), begun.map_or(0.0, |at| at.elapsed().as_secs_f64()));
    numbers.insert("checkpoint_calls".to_owned(), (listed.len() + beside.len()) as f64);
    numbers.insert("checkpoint_execute_p50_ms".to_owned(), quantile(&mut beside, 0.5));
    numbers.insert("checkpoint_execute_p99_ms".to_owned(), quantile(&mut beside, 0.99));
    numbers.insert("checkpoint_execute_max_ms".to_owned(), quantile(&mut executed, 1.0));
    numbers.insert("checkpoint_list_p99_ms".to_owned(), quantile(&mut listed, 0.99));
    numbers.insert("checkpoint_list_max_ms".to_owned(), quantile(&mut listed, 1.0));
    let worst = numbers["checkpoint_execute_max_ms"].max(numbers["checkpoint_list_max_ms"]);
    numbers.insert("checkpoint_worst_ms".to_owned(), worst);
    numbers.insert("checkpoint_peak_mb".to_owned(), memory("VmHWM"));
    let (ms, result) = timed(|| desk.close());
    result.expect("it closes");
    numbers.insert("close_ms".to_owned(), ms);
}

/// The whole vault written anew, and then checked.
fn compacting(site: &mut Site, numbers: &mut Numbers) {
    let mut desk = site.log_in_as(ADMIN);
    numbers.insert("compact_start_mb".to_owned(), memory("VmRSS"));
    let order = Instruction::from(Command::from(CompactVault {}));
    let (ms, compacted) = timed(|| desk.compact(order, &mut |_, _, _| ()));
    let Compacted { before, live, after, .. } = compacted.expect("it is compacted");
    numbers.insert("compact_s".to_owned(), ms / 1000.0);
    numbers.insert("compact_peak_mb".to_owned(), memory("VmHWM"));
    numbers.insert("compact_before_mb".to_owned(), before as f64 / 1e6);
    numbers.insert("compact_live_mb".to_owned(), live as f64 / 1e6);
    numbers.insert("compact_file_mb".to_owned(), after as f64 / 1e6);
    numbers.insert("compact_ratio".to_owned(), after as f64 / live as f64);
    desk.close().expect("it closes");
    let checked =
        check(&site.vault, &Checker::User(GUARD, PASSWORD), &mut |_, _, _| ()).expect("it can be checked");
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
}

/// Whether the first and the last records are what this program would write.
pub fn is_readable(folder: &Path, plan: Plan) -> bool {
    let mut site = Site::of(folder, plan);
    let terminal = terminal(&site.clock, 0);
    let Ok((desk, _)) = Desk::log_in(&site.vault, ADMIN, PASSWORD, terminal) else { return false };
    site.tick();
    let last = Id::new(Noun::Visit, site.plan.visits);
    let last = (site.plan.visits > 0).then_some(last);
    let is_told = |id: Id| desk.history(id, Lang::En).is_ok_and(|told| !told.is_empty());
    let told = [Id::SITE, staff(0)].into_iter().chain(last).all(is_told);
    desk.close().is_ok() && told
}

/// What the vault takes on the disk: the newest base, and all but bases.
pub fn disk_bytes(vault: &Path) -> u64 {
    let bases = files(vault).filter(|(name, _)| name.starts_with("base."));
    let newest = bases.max().map_or(0, |(_, len)| len);
    newest + files(vault).filter(|(name, _)| !name.starts_with("base.")).map(|(_, len)| len).sum::<u64>()
}

/// Files of a folder, with their lengths.
pub fn files(folder: &Path) -> impl Iterator<Item = (String, u64)> {
    let found = fs::read_dir(folder).expect("the folder is read");
    found.flatten().filter_map(|file| {
        let meta = file.metadata().ok().filter(fs::Metadata::is_file)?;
        Some((file.file_name().to_string_lossy().into_owned(), meta.len()))
    })
}
