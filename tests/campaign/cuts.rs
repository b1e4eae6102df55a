//! R1 and R2: the power cut before every step of everything that people do, and again while coming back from it.

use super::figure::{full, on_all_cores, seed, write};
use super::operations::OPERATIONS;
use super::owed::{End, Owed, Seen, look};
use super::play::{Play, Recording, Site, founded};
use super::trace::keep;
use crate::vault::Dice;
use crate::vault::sim::{Luck, SimDisk};
use crate::vault::stock::{installed, opens_with_stock_age};
use age::secrecy::SecretString;
use daicho::store::Store;
use daicho::vault::{
    DEFAULT_CACHE, Holder, Mode, Opened, VAULT_KEY, Vault, VaultIdentity, WorkFactor, open_user,
    open_vault_key, read_key_file,
};
use serde_json::json;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

const SEED: u64 = 20_261_125;
/// Operations of one recording: more of them, and every look at its vault takes longer.
const TOGETHER: usize = 4;

/// How much of a campaign is run.
#[derive(Clone, Copy)]
struct Size {
    /// Schedules, each with a seed of its own and all operations in another order.
    schedules: u64,
    /// Random lots drawn at each cut, beside nothing and everything: so many torn at 512 bytes, and at 4 KiB.
    lots: u64,
    /// One image in so many is cut again while it recovers.
    again: u64,
    /// Steps of a recording that are passed over before the next cut, and one.
    stride: usize,
}

#[derive(Default)]
struct Tally {
    steps: usize,
    images: u64,
    torn: u64,
    unfounded: u64,
    again: u64,
    stock: u64,
    failures: Vec<String>,
}

impl Tally {
    fn and(mut self, other: Tally) -> Tally {
        self.steps += other.steps;
        self.images += other.images;
        self.torn += other.torn;
        self.unfounded += other.unfounded;
        self.again += other.again;
        self.stock += other.stock;
        self.failures.extend(other.failures);
        self
    }
}

pub fn vault_identity(disk: &SimDisk, user: &str, password: &str) -> VaultIdentity {
    let secret = SecretString::from(password);
    let identity = open_user(disk, user, &secret, WorkFactor::MAX, WorkFactor::DEMO).unwrap();
    let sealed = read_key_file(disk, VAULT_KEY).unwrap().unwrap();
    open_vault_key(&sealed, &identity).unwrap()
}

/// A site whose power failed in the middle of a frame.
fn torn(site: &Site, seed: u64) -> Site {
    let mut play = Play::on(site, seed);
    play.desk();
    play.draft("check_in", Some("途中".repeat(600)));
    let recording = play.finish("to be torn");
    for (step, luck) in (0..=recording.tape.said.len()).flat_map(|s| (0..9).map(move |n| (s, Luck::Seed(n))))
    {
        let image = recording.tape.play().forward_to(step).after_cut(luck);
        let owed = recording.owed(step).1;
        if let Ok(Seen { torn: true, entries: Some(entries), .. }) = look(&image, owed, false, false) {
            let owed = Owed { ends: vec![(entries, None)], asked: Vec::new(), ..owed.clone() };
            return Site { disk: image, owed };
        }
    }
    panic!("no luck tears this frame");
}

/// A site whose registers were derived by an older release: opening makes them anew.
fn older(site: &Site) -> Site {
    let disk = site.disk.copy();
    let (user, passwords) = &site.owed.opens[0];
    let identity = vault_identity(&disk, user, &passwords[0]);
    let mode = Mode::Write(Holder::this(user, &site.owed.now));
    let Opened { vault, backend, frames, .. } =
        Vault::open(&disk.dyn_disk(), identity, mode, DEFAULT_CACHE).unwrap();
    let mut store = Store::open(backend.clone(), 4 << 20, frames, &mut |_, _, _| ()).unwrap();
    store.prepare_checkpoint().unwrap();
    store.close().unwrap();
    let database = redb::Database::builder().create_with_backend(backend).unwrap();
    let mut txn = database.begin_write().unwrap();
    txn.set_quick_repair(true);
    let meta: redb::TableDefinition<&str, &[u8]> = redb::TableDefinition::new("meta");
    let found = txn.open_table(meta).unwrap().insert("views", b"0.0".as_slice()).unwrap().is_some();
    assert!(found, "the version stands where it is looked for");
    txn.commit().unwrap();
    drop(database);
    let job = vault.begin_checkpoint().unwrap();
    vault.finish_checkpoint(job.run(&mut |_, _| ())).unwrap().remove().unwrap();
    drop(vault);
    Site { disk: disk.copy(), owed: site.owed.clone() }
}

/// All operations in an order of this seed, a few to a recording, each from another site.
fn recordings(seed: u64) -> Vec<Recording> {
    let mut founding = Play::nowhere(seed);
    founding.found();
    founding.must(json!({"command": "register_person", "name": "最初", "kana": "サイショ"}));
    let mut recordings = vec![founding.finish("founding")];
    let base = founded(seed);
    let starts = [base.clone(), torn(&base, seed), older(&base)];
    let mut dice = Dice::new(seed);
    let mut order: Vec<_> = OPERATIONS.iter().collect();
    for n in (1..order.len()).rev() {
        order.swap(n, dice.roll(n as u64 + 1) as usize);
    }
    for (n, part) in order.chunks(TOGETHER).enumerate() {
        let start = (n + seed as usize) % starts.len();
        let mut play = Play::on(&starts[start], seed * 100 + n as u64);
        part.iter().for_each(|(_, does)| does(&mut play));
        let names: Vec<&str> = part.iter().map(|(name, _)| *name).collect();
        let from = ["a site", "a torn site", "an older site"][start];
        recordings.push(play.finish(&format!("{from}: {}", names.join(", "))));
    }
    recordings
}

/// Looks at an image; whatever goes wrong, a panic too, is kept as a trace.
fn looked(
    image: &SimDisk,
    owed: &Owed,
    (thorough, record): (bool, bool),
    id: &str,
    words: &dyn Fn() -> String,
) -> Result<Seen, String> {
    let answer = catch_unwind(AssertUnwindSafe(|| look(image, owed, thorough, record)));
    let answer = answer.unwrap_or_else(|_| Err("it panicked".to_owned()));
    answer.map_err(|what| {
        let words = words();
        let folder = keep(id, image, owed, &format!("{what}\n\n{words}"));
        format!("{what}\n  kept in {}", folder.display())
    })
}

/// Cuts before every step of a recording.
fn cut(recording: &Recording, seed: u64, size: Size, with_age: bool) -> Tally {
    let mut tally = Tally { steps: recording.tape.said.len(), ..Tally::default() };
    let mut dice = Dice::new(seed);
    let mut seen = HashSet::new();
    let mut player = recording.tape.play();
    for step in (0..=tally.steps).step_by(size.stride) {
        let (mark, owed) = recording.owed(step);
        let disk = player.forward_to(step);
        let drawn = (0..size.lots).flat_map(|n| {
            let seed = seed ^ (step as u64 * 1000 + n);
            [Luck::Seed(seed), Luck::Pages(seed)]
        });
        for luck in [Luck::Nothing, Luck::Everything].into_iter().chain(drawn) {
            let image = disk.after_cut(luck);
            if !seen.insert((image.fingerprint(), mark)) {
                continue;
            }
            tally.images += 1;
            let id = format!("r1-{seed}-{step}-{}", tally.images);
            let words = || {
                let said = recording.tape.said[..step].join("\n");
                format!("{}\ncut before step {step}, {luck:?}; done until then:\n{said}", recording.name)
            };
            let (thorough, record) = (dice.roll(12) == 0, dice.roll(size.again) == 0);
            match looked(&image, owed, (thorough, record), &id, &words) {
                Ok(seen) => {
                    tally.torn += u64::from(seen.torn);
                    tally.unfounded += u64::from(seen.entries.is_none());
                    let keys_change =
                        recording.tape.said[..step].last().is_some_and(|said| said.contains("keys/"));
                    if with_age && seen.entries.is_some() && keys_change && dice.roll(9) == 0 {
                        tally.stock += 1;
                        tally.failures.extend(stock(&image, owed).err());
                    }
                    tally = tally.and(cut_again(&image, owed, &seen, seed ^ step as u64));
                }
                Err(what) => tally.failures.push(format!("{}, step {step}: {what}", recording.name)),
            }
        }
    }
    tally
}

/// Cuts before every step of what a login did to come back.
fn cut_again(image: &SimDisk, owed: &Owed, seen: &Seen, seed: u64) -> Tally {
    let mut tally = Tally::default();
    let (Some(entries), Some(tape)) = (seen.entries, &seen.recovery) else { return tally };
    let ends: Vec<End> = (entries..=seen.after).map(|entries| (entries, None)).collect();
    let owed = Owed { ends, ..owed.clone() };
    let mut player = tape.play();
    let mut prints = HashSet::from([image.fingerprint()]);
    for step in 0..=tape.said.len() {
        for luck in [Luck::Nothing, Luck::Everything, Luck::Seed(seed ^ step as u64)] {
            let second = player.forward_to(step).after_cut(luck);
            if !prints.insert(second.fingerprint()) {
                continue;
            }
            tally.again += 1;
            let id = format!("r2-{seed}-{step}-{}", tally.again);
            let words =
                || format!("cut again before step {step}, {luck:?}:\n{}", tape.said[..step].join("\n"));
            if let Err(what) = looked(&second, &owed, (false, false), &id, &words) {
                tally.failures.push(format!("cut again at step {step}: {what}"));
            }
        }
    }
    tally
}

/// Some password of every user opens vault key and base with stock age.
fn stock(image: &SimDisk, owed: &Owed) -> Result<(), String> {
    let folder = tempfile::tempdir().unwrap();
    image.save(folder.path());
    for (user, passwords) in &owed.opens {
        let mut tried = passwords.iter().map(|password| opens_with_stock_age(folder.path(), user, password));
        if !tried.any(|answer| answer.is_ok()) {
            return Err(format!("stock age opens nothing for {user}"));
        }
    }
    Ok(())
}

fn campaign(seed: u64, size: Size) -> Tally {
    let with_age = installed();
    let seeds: Vec<u64> = (0..size.schedules).map(|n| seed + n).collect();
    let recorded =
        on_all_cores(seeds, |seed| recordings(seed).into_iter().map(move |r| (seed, r)).collect::<Vec<_>>());
    let work: Vec<_> = recorded.into_iter().flatten().collect();
    let tally = on_all_cores(work, |(seed, recording)| cut(&recording, seed, size, with_age));
    let tally = tally.into_iter().fold(Tally::default(), Tally::and);
    println!(
        "seed {seed}: {} steps, {} images ({} torn tails, {} not founded yet), {} cut again, {} opened by stock age",
        tally.steps, tally.images, tally.torn, tally.unfounded, tally.again, tally.stock
    );
    assert!(
        tally.failures.is_empty(),
        "seed {seed}: {} fail:\n{}",
        tally.failures.len(),
        tally.failures.join("\n")
    );
    tally
}

#[test]
fn a_share_of_all_power_cuts_loses_nothing() {
    let tally = campaign(seed(SEED), Size { schedules: 1, lots: 1, again: 150, stride: 11 });
    assert!(tally.images > 50 && tally.torn > 0, "{} images, {} torn", tally.images, tally.torn);
}

#[test]
fn a_password_reset_cut_anywhere_leaves_its_user_a_key_file_that_opens() {
    let mut play = Play::on(&founded(SEED), SEED);
    let (_, reset) = OPERATIONS.iter().find(|(name, _)| name.starts_with("a password reset")).unwrap();
    // The first time there is nobody yet: a user is issued.
    (0..2).for_each(|_| reset(&mut play));
    let recording = play.finish("a password reset");
    let size = Size { schedules: 1, lots: 1, again: u64::MAX, stride: 2 };
    assert_eq!(cut(&recording, SEED, size, false).failures, Vec::<String>::new());
}

#[test]
#[ignore = "the figures R1 and R2: some minutes"]
fn campaign_power_cuts_at_every_step_and_again_while_recovering() {
    let schedules = if full() { 40 } else { 3 };
    let seed = seed(SEED);
    let tally = campaign(seed, Size { schedules, lots: 8, again: 100, stride: 1 });
    let detail = format!(
        "{schedules} schedules of {} operations and founding, cut before each of {} steps: nothing, everything or a part \
         of the unsynced kept, torn at 512 B and at 4 KiB; images counted once; {} torn tails; {} opened by stock age",
        OPERATIONS.len(),
        tally.steps,
        tally.torn,
        tally.stock
    );
    write("R1", tally.images, "images, 0 acknowledged commands lost", seed, &detail);
    let detail = "power cut before each step of the login that comes back from a cut".to_owned();
    write("R2", tally.again, "images, 0 acknowledged commands lost", seed, &detail);
    assert!(tally.images >= 10_000, "{} images", tally.images);
    assert!(tally.again >= 1_000, "{} images cut again", tally.again);
}
