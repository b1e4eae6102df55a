//! R7 and R8: every byte of every file changed, files cut short, lengthened, mixed up and taken from older copies.

use super::cuts::vault_identity;
use super::figure::{full, on_all_cores, seed, write};
use super::operations::attached;
use super::owed::{clock_at, terminal};
use super::play::{PASSWORD, Play, Site, founded};
use crate::desk::flips::shown;
use crate::vault::Dice;
use crate::vault::sim::SimDisk;
use daicho::desk::{Checker, Desk, Failure, check_on};
use daicho::vault::{VaultError, VaultIdentity, Verified, verify};
use serde_json::json;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

const SEED: u64 = 20_261_126;
const MASKS: [u8; 3] = [0x01, 0x80, 0xff];
const CHUNK: usize = (64 << 10) + 16;

/// A small site: commands in its base, commands behind it, and an older copy of it.
struct Small {
    site: Site,
    identity: VaultIdentity,
    /// What people are shown.
    truth: String,
    older: SimDisk,
}

fn log_in(disk: &SimDisk, site: &Site) -> Result<Desk, Failure> {
    let clock = clock_at(&site.owed.now);
    Desk::log_in_on(disk.copy().dyn_disk(), "admin", PASSWORD, terminal(&clock, 3)).map(|(desk, _)| desk)
}

fn person(name: &str) -> serde_json::Value {
    json!({"command": "register_person", "name": name, "kana": "ヒト", "organisation": "情報課"})
}

impl Small {
    fn found() -> Small {
        let mut play = Play::on(&founded(SEED), SEED);
        play.must(person("台帳の人"));
        let older = play.at_rest();
        let mut play = Play::on(&older, SEED + 1);
        play.desk().checkpoint_now();
        play.must(person("後の人"));
        play.draft("check_in", Some("書きかけ".to_owned()));
        play.must(person("最後の人"));
        attached(&mut play);
        let site = play.at_rest();
        site.disk.delete_if_there("lock");
        let truth = shown(&log_in(&site.disk, &site).unwrap()).unwrap();
        let identity = vault_identity(&site.disk, "admin", PASSWORD);
        Small { site, identity, truth, older: older.disk }
    }

    /// Files, but `lock` and `attempts`.
    fn files(&self) -> Vec<(String, Vec<u8>)> {
        let names = self.site.disk.names().into_iter().filter(|name| name != "lock" && name != "attempts");
        names.map(|name| (name.clone(), self.site.disk.get(&name))).collect()
    }

    fn verify(&self, disk: &SimDisk) -> Verified {
        let mut found = verify(disk, &self.identity, &mut |_| {});
        found.findings.append(&mut found.blob_findings);
        found
    }

    /// With a file in another state.
    fn with(&self, name: &str, bytes: Vec<u8>) -> SimDisk {
        let disk = self.site.disk.copy();
        disk.put(name, bytes);
        disk
    }

    /// What the desk makes of it: never wrong data, and damage with its place.
    fn desk_shows(&self, disk: &SimDisk, reported: bool) -> Result<(), String> {
        let checked = check_on(&disk.dyn_disk(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {});
        match checked {
            Ok(checked) if checked.findings.is_empty() && reported => {
                return Err("check finds nothing".into());
            }
            Ok(_) => {}
            Err(Failure::Damaged(_)) => {}
            Err(Failure::NotOpened(daicho::desk::NotOpened::Newer(_))) => {}
            Err(other) => return Err(format!("the check says {other:?}")),
        }
        match log_in(disk, &self.site).and_then(|desk| shown(&desk)) {
            Ok(text) if text == self.truth => Ok(()),
            Ok(_) => Err("wrong data is shown".to_owned()),
            Err(Failure::Damaged(_) | Failure::NotOpened(daicho::desk::NotOpened::Newer(_))) => Ok(()),
            Err(other) => Err(format!("the desk says {other:?}")),
        }
    }
}

/// Whether a finding names the file, and a place in it.
fn names(findings: &[VaultError], name: &str, len: usize) -> bool {
    findings.iter().any(|finding| match finding {
        VaultError::Damaged { file, offset, .. } => {
            // A sum that does not fit may be the wrong one of the two.
            (file == name || name == "keys/SHA256SUMS") && *offset <= len as u64
        }
        VaultError::NewerFormat { .. } => name == "FORMAT",
        _ => false,
    })
}

#[derive(Default)]
struct Tally {
    done: u64,
    desk: u64,
    failures: Vec<String>,
}

/// Flips bytes of a file at these places.
fn flip(small: &Small, name: &str, bytes: &[u8], places: &[usize], desk_every: u64) -> Tally {
    let mut tally = Tally::default();
    let mut dice = Dice::new(places.first().copied().unwrap_or(0) as u64 + SEED);
    for at in places {
        for mask in MASKS {
            let mut wrong = bytes.to_vec();
            wrong[*at] ^= mask;
            let disk = small.with(name, wrong);
            let with_desk = dice.roll(desk_every) == 0;
            let answer = catch_unwind(AssertUnwindSafe(|| {
                let found = small.verify(&disk).findings;
                if !names(&found, name, bytes.len()) {
                    return Err(format!("not reported in its place: {found:?}"));
                }
                if with_desk { small.desk_shows(&disk, true) } else { Ok(()) }
            }));
            tally.done += 1;
            tally.desk += u64::from(with_desk);
            if let Err(what) = answer.unwrap_or_else(|_| Err("it panicked".to_owned())) {
                tally.failures.push(format!("{name} byte {at} ^ {mask:#04x}: {what}"));
            }
        }
    }
    tally
}

/// Flips one of so many bytes of the small files and of the large ones, from a place that the seed gives.
fn flips(seed: u64, (small_files, large_files): (usize, usize)) -> (u64, u64, String) {
    let small = Small::found();
    let mut work = Vec::new();
    let mut sizes = Vec::new();
    let files = small.files();
    for (name, bytes) in &files {
        sizes.push(format!("{name} {}", bytes.len()));
        let every = if bytes.len() < 4096 { small_files } else { large_files };
        let places: Vec<usize> = (seed as usize % every..bytes.len()).step_by(every).collect();
        work.extend(places.chunks(512).map(|part| (name, bytes, part.to_vec())));
    }
    let tallies = on_all_cores(work, |(name, bytes, part)| flip(&small, name, bytes, &part, 400));
    let failures: Vec<String> = tallies.iter().flat_map(|tally| tally.failures.clone()).collect();
    assert!(
        failures.is_empty(),
        "seed {seed}: {} go unseen:\n{}",
        failures.len(),
        failures[..failures.len().min(20)].join("\n")
    );
    (tallies.iter().map(|t| t.done).sum(), tallies.iter().map(|t| t.desk).sum(), sizes.join(", "))
}

#[test]
fn a_share_of_all_flipped_bytes_is_reported_with_file_and_place() {
    let (done, ..) = flips(seed(SEED), (31, 4001));
    assert!(done > 200, "{done}");
}

#[test]
#[ignore = "the figure R7: some minutes"]
fn campaign_every_byte_of_every_file_flipped_three_ways_is_reported() {
    let seed = seed(SEED);
    let every = if full() { 1 } else { 16 };
    let (done, desk, sizes) = flips(seed, (1, every));
    let share = if every == 1 {
        "every byte".to_owned()
    } else {
        format!("every byte of files under 4 KiB, one of {every} of the others")
    };
    let detail = format!(
        "{share}, three ways each; {desk} of them at the desk, too, which showed nothing wrong; bytes: {sizes}"
    );
    write("R7", done, "flips, 100 % reported with file and place, 0 panics", seed, &detail);
}

/// Where frames begin in a segment, and where the last one ends.
fn frames(bytes: &[u8]) -> Vec<usize> {
    let mut starts: Vec<usize> =
        (512..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"daichoF1")).collect();
    starts.push(bytes.iter().rposition(|b| *b != 0).map_or(512, |at| (at + 1).next_multiple_of(512)));
    starts
}

fn newest(disk: &SimDisk, kind: &str) -> String {
    disk.names().into_iter().filter(|name| name.starts_with(kind)).max().unwrap()
}

/// What has been done to a vault, and the vault, made when it is looked at: there are too many to keep.
struct Spoiled<'s> {
    what: String,
    make: Box<dyn Fn() -> SimDisk + Send + 's>,
}

impl<'s> Spoiled<'s> {
    fn new(what: String, make: impl Fn() -> SimDisk + Send + 's) -> Spoiled<'s> {
        Spoiled { what, make: Box::new(make) }
    }
}

/// A piece of some file.
type Piece = (Arc<Vec<u8>>, std::ops::Range<usize>);

fn join(pieces: &[Piece]) -> Vec<u8> {
    pieces.iter().flat_map(|(bytes, range)| bytes[range.clone()].iter().copied()).collect()
}

/// Every length that a file could be cut to, `every` one of them.
fn truncations(small: &Small, every: usize) -> Vec<Spoiled<'_>> {
    let mut all = Vec::new();
    for (name, bytes) in small.files() {
        let (name, bytes) = (Arc::new(name), Arc::new(bytes));
        let step = if bytes.len() < 4096 { every.div_ceil(100) } else { every };
        for len in (0..bytes.len()).step_by(step) {
            let (name, bytes) = (Arc::clone(&name), Arc::clone(&bytes));
            let what = format!("{name} cut to {len}");
            all.push(Spoiled::new(what, move || small.with(&name, bytes[..len].to_vec())));
        }
    }
    all
}

/// Bytes added behind each file: any number of zeros, ones and others, up to a sector (`every` so many of them) and at
/// the lengths of things.
fn appendices(small: &Small, every: usize) -> Vec<Spoiled<'_>> {
    let mut all = Vec::new();
    let mut dice = Dice::new(SEED);
    for (name, bytes) in small.files() {
        let (name, bytes) = (Arc::new(name), Arc::new(bytes));
        let mut add = |what: String, tail: Vec<u8>| {
            let (name, bytes) = (Arc::clone(&name), Arc::clone(&bytes));
            all.push(Spoiled::new(what, move || small.with(&name, [&bytes[..], &tail].concat())));
        };
        for extra in (1..=513).step_by(every).chain([1024, 4096, 65_535, 65_552]) {
            for (what, tail) in
                [("zeros", vec![0; extra]), ("ones", vec![1; extra]), ("anything", dice.bytes(extra))]
            {
                add(format!("{name} with {extra} {what}"), tail);
            }
        }
        add(format!("{name} twice"), bytes.to_vec());
    }
    all
}

/// Chunks of the base exchanged, repeated, taken out, and taken from an older base.
fn chunks(small: &Small) -> Vec<Spoiled<'_>> {
    let mut all = Vec::new();
    let (name, old) = (newest(&small.site.disk, "base."), newest(&small.older, "base."));
    let (bytes, old) = (Arc::new(small.site.disk.get(&name)), Arc::new(small.older.get(&old)));
    // Header and nonce, then the chunks, of which the last may be shorter.
    let pieces = |bytes: &Arc<Vec<u8>>| -> Vec<Piece> {
        let mac = bytes.windows(5).position(|w| w == b"\n--- ").unwrap() + 5;
        let first = mac + bytes[mac..].iter().position(|b| *b == b'\n').unwrap() + 1 + 16;
        let starts = (first..bytes.len()).step_by(CHUNK);
        let chunks = starts.map(|at| (Arc::clone(bytes), at..bytes.len().min(at + CHUNK)));
        [(Arc::clone(bytes), 0..first)].into_iter().chain(chunks).collect()
    };
    let (own, theirs) = (pieces(&bytes), pieces(&old));
    let mut add = |what: String, order: Vec<Piece>| {
        let name = name.clone();
        all.push(Spoiled::new(what, move || small.with(&name, join(&order))));
    };
    for a in 1..own.len() {
        for b in (1..own.len()).filter(|b| a != *b) {
            let mut order = own.clone();
            order[a] = own[b].clone();
            add(format!("chunk {b} in the place of {a}"), order);
            let mut order = own.clone();
            order.swap(a, b);
            add(format!("chunks {a} and {b} exchanged"), order);
        }
        let mut order = own.clone();
        order.remove(a);
        add(format!("chunk {a} taken out"), order);
        for (b, chunk) in theirs.iter().enumerate().skip(1) {
            let mut order = own.clone();
            order[a] = chunk.clone();
            add(format!("chunk {b} of an older base in the place of {a}"), order);
        }
    }
    add("an older base under the newer name".to_owned(), theirs.clone());
    let mut header = own.clone();
    header[0] = theirs[0].clone();
    add("the header of an older base".to_owned(), header);
    all
}

/// Frames exchanged, repeated, taken out, and from another continuation of the same past.
fn frames_mixed(small: &Small) -> Vec<Spoiled<'static>> {
    let mut all = Vec::new();
    let name = newest(&small.site.disk, "journal.");
    let other = {
        let mut play = Play::on(&small.site, SEED + 2);
        play.desk();
        play.must(person("別の人"));
        play.at_rest().disk
    };
    let ours = {
        let mut play = Play::on(&small.site, SEED + 3);
        play.desk();
        play.must(person("同じ長さ"));
        play.must(person("続き"));
        play.at_rest().disk
    };
    let (bytes, theirs) = (ours.get(&name), other.get(&name));
    let (own, foreign) = (frames(&bytes), frames(&theirs));
    let with = |what: String, bytes: Vec<u8>| {
        let disk = ours.copy();
        disk.put(&name, bytes);
        Spoiled::new(what, move || disk.copy())
    };
    let parts: Vec<&[u8]> = own.windows(2).map(|w| &bytes[w[0]..w[1]]).collect();
    let put = |order: &[&[u8]]| {
        let mut out = bytes[..512].to_vec();
        order.iter().for_each(|part| out.extend_from_slice(part));
        let len = bytes.len().max(out.len().next_power_of_two());
        out.resize(len, 0);
        out
    };
    for a in 0..parts.len() {
        for b in a + 1..parts.len() {
            let mut order = parts.clone();
            order.swap(a, b);
            all.push(with(format!("frames {a} and {b} exchanged"), put(&order)));
            order = parts.clone();
            order.insert(b, parts[a]);
            all.push(with(format!("frame {a} again before {b}"), put(&order)));
        }
        let mut order = parts.clone();
        order.push(parts[a]);
        all.push(with(format!("frame {a} again at the end"), put(&order)));
        if a + 1 < parts.len() {
            order = parts.clone();
            order.remove(a);
            all.push(with(format!("frame {a} taken out"), put(&order)));
            let mut holed = bytes.clone();
            holed[own[a]..own[a + 1]].fill(0);
            all.push(with(format!("frame {a} made zeros"), holed));
        }
    }
    // The past is the same up to where the two went on.
    let common =
        parts.iter().zip(foreign.windows(2)).take_while(|(part, w)| **part == &theirs[w[0]..w[1]]).count();
    for a in common..foreign.len() - 1 {
        let mut order = parts.clone();
        let part = &theirs[foreign[a]..foreign[a + 1]];
        if a + 1 < order.len() {
            order[a] = part;
            all.push(with(format!("frame {a} from another copy"), put(&order)));
        }
        order = parts.clone();
        order.push(part);
        all.push(with(format!("frame {a} from another copy at the end"), put(&order)));
    }
    all
}

/// Files of an older copy among the newer ones, and files that are missing.
fn files_mixed(small: &Small) -> Vec<Spoiled<'static>> {
    let mut all = Vec::new();
    let mut add = |what: String, disk: SimDisk| all.push(Spoiled::new(what, move || disk.copy()));
    let changed = {
        let mut play = Play::on(&small.site, SEED + 4);
        play.set_password("Kikyou-2027-tue");
        play.at_rest().disk
    };
    for name in small.files().into_iter().map(|(name, _)| name) {
        let gone = small.site.disk.copy();
        gone.delete(&name);
        add(format!("{name} missing"), gone);
        if name.starts_with("keys/") && changed.get(&name) != small.site.disk.get(&name) {
            let mixed = changed.copy();
            mixed.put(&name, small.site.disk.get(&name));
            add(format!("{name} of before a change of keys"), mixed);
        }
    }
    let journal = newest(&small.older, "journal.");
    let name = newest(&small.site.disk, "journal.");
    add("an older journal under the newer name".to_owned(), small.with(&name, small.older.get(&journal)));
    all
}

/// Everything is reported; `Err` names what is not.
fn reported(small: &Small, Spoiled { what, make }: &Spoiled<'_>) -> Result<(), String> {
    let answer = catch_unwind(AssertUnwindSafe(|| {
        let disk = make();
        let found = small.verify(&disk);
        if !found.findings.is_empty() {
            return Ok(());
        }
        if what.starts_with("blobs/") {
            // Whether one should be there, only the books know.
            return small.desk_shows(&disk, true);
        }
        if found.torn.is_none() && !is_room(what, &disk, &small.site.disk) {
            return Err("goes unseen".to_owned());
        }
        // Nothing is damaged: then everything that was acknowledged is there.
        small.desk_shows(&disk, false)
    }));
    answer.unwrap_or_else(|_| Err("it panicked".to_owned())).map_err(|why| format!("{what}: {why}"))
}

/// Zeros that make a journal as long as one that has grown ahead: room, and nothing else.
fn is_room(what: &str, disk: &SimDisk, whole: &SimDisk) -> bool {
    let name = newest(whole, "journal.");
    let (bytes, before) = (disk.get(&name), whole.get(&name));
    what.contains("zeros")
        && bytes.len() > before.len()
        && bytes.len().is_power_of_two()
        && bytes[before.len()..].iter().all(|b| *b == 0)
}

/// The last frame with any of its sectors lost: dropped, said, and nothing before it.
fn torn_tails(small: &Small) -> u64 {
    let name = newest(&small.site.disk, "journal.");
    let bytes = small.site.disk.get(&name);
    let starts = frames(&bytes);
    let (from, to) = (starts[starts.len() - 2], starts[starts.len() - 1]);
    let sectors = (to - from) / 512;
    let whole = small.verify(&small.site.disk).frames;
    for lost in 1..1u32 << sectors {
        let mut torn = bytes.clone();
        (0..sectors).filter(|s| lost >> s & 1 == 1).for_each(|s| torn[from + s * 512..][..512].fill(0));
        let disk = small.with(&name, torn);
        let found = small.verify(&disk);
        assert_eq!((found.findings, found.frames), (Vec::new(), whole - 1), "sectors {lost:b}");
        let all = lost + 1 == 1 << sectors;
        assert_eq!(found.torn.is_none(), all, "sectors {lost:b}: said, unless nothing of it is there");
        let clock = clock_at(&small.site.owed.now);
        let opened = Desk::log_in_on(disk.dyn_disk(), "admin", PASSWORD, terminal(&clock, 4));
        let (desk, welcome) = opened.unwrap_or_else(|failure| panic!("sectors {lost:b}: {failure:?}"));
        assert_eq!(welcome.torn_tail.is_none(), all);
        desk.close().unwrap();
        assert_eq!(small.verify(&disk).findings, []);
    }
    (1 << sectors) - 1
}

fn splices((cuts, tails): (usize, usize)) -> (u64, u64, String) {
    let small = Small::found();
    let kinds = [
        ("truncations", truncations(&small, cuts)),
        ("additions", appendices(&small, tails)),
        ("chunks of the base", chunks(&small)),
        ("frames", frames_mixed(&small)),
        ("files", files_mixed(&small)),
    ];
    let said = kinds.iter().map(|(kind, all)| format!("{} {kind}", all.len())).collect::<Vec<_>>().join(", ");
    let work: Vec<Spoiled<'_>> = kinds.into_iter().flat_map(|(_, all)| all).collect();
    let count = work.len() as u64;
    let answers = on_all_cores(work, |spoiled| reported(&small, &spoiled));
    let unseen: Vec<String> = answers.into_iter().filter_map(Result::err).collect();
    assert!(unseen.is_empty(), "{} of {count}:\n{}", unseen.len(), unseen[..unseen.len().min(20)].join("\n"));
    (count, torn_tails(&small), said)
}

#[test]
fn a_share_of_files_cut_short_lengthened_and_mixed_up_is_reported() {
    let (spoiled, torn, _) = splices((2003, 201));
    assert!(spoiled > 300 && torn > 1, "{spoiled}, {torn}");
}

#[test]
#[ignore = "the figure R8: some minutes"]
fn campaign_every_truncation_addition_exchange_and_older_part_is_reported() {
    let every = if full() { 1 } else { 16 };
    let (spoiled, torn, said) = splices((every, every));
    let share =
        if every == 1 { "every length".to_owned() } else { format!("one of {every} lengths of large files") };
    let detail = format!("{said} ({share}); {torn} torn tails dropped and said");
    write("R8", spoiled + torn, "spoiled vaults, 100 % reported", SEED, &detail);
}
