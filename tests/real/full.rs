//! R6: a disk with room for so many pages more and no further, from none on until the operation succeeds. A file
//! system in memory gives up in the middle of a write, too: its last one is a short one.

use super::cases::{Outcome, Tally, all_are_wanted, any_of, figure, only, run, share};
use super::judge::judge;
use super::operations::{Operation, Start, named};
use super::place::{Harm, How, Place};
use super::tools::{self, Mount};

/// Bytes of a page: what such a file system gives out.
const PAGE: u64 = 4096;
/// Room for anything that is tried here.
const ROOM: u64 = 64 << 20;

/// One operation with room for so many pages.
type Case = (Operation, u64);

struct Full {
    place: Place,
    mount: Mount,
    _root: tempfile::TempDir,
}

fn used(place: &Place) -> u64 {
    let stat = rustix::fs::statvfs(&place.root).unwrap();
    (stat.f_blocks - stat.f_bfree) * stat.f_frsize
}

/// A file system with the site an operation begins with, and so many pages of room behind it.
fn with_room(operation: &Operation, pages: u64) -> Result<Full, String> {
    let root = tempfile::tempdir().map_err(|error| error.to_string())?;
    let at = root.path().join("disk");
    std::fs::create_dir(&at).map_err(|error| error.to_string())?;
    let mount = Mount::tmpfs(&at, ROOM)?;
    let place = Place::at(&at, root.path());
    place.prepare(operation);
    // One page is always taken: a size of none would be no limit.
    std::fs::write(at.join("page"), [1; PAGE as usize]).map_err(|error| error.to_string())?;
    mount.resize(used(&place) + pages * PAGE)?;
    Ok(Full { place, mount, _root: root })
}

fn full((operation, pages): &Case) -> Result<Outcome, String> {
    let Full { place, mount, _root } = with_room(operation, *pages)?;
    let ended = place.run(operation, &Harm::None);
    // A login writes, and whoever looks afterwards logs in: with room again.
    mount.resize(ROOM)?;
    let outcome = judge(operation, &place, &ended, false);
    let refused = ended.how != How::Exit(operation.exit);
    mount.take_down()?;
    outcome?;
    Ok(if refused { Outcome::Held } else { Outcome::NotReached })
}

/// How many pages an operation takes when it has all the room there is; while it runs it may take more.
fn takes(operation: &Operation) -> u64 {
    let Full { place, mount, _root } = with_room(operation, 0).unwrap();
    mount.resize(ROOM).unwrap();
    let before = used(&place);
    let ended = place.run(operation, &Harm::None);
    assert_eq!(ended.how, How::Exit(operation.exit), "{}: {ended:?}", operation.name);
    let after = used(&place);
    mount.take_down().unwrap();
    after.saturating_sub(before).div_ceil(PAGE)
}

/// Every number of pages, until more of them change nothing.
fn fill(operation: &Operation, most_sizes: usize) -> Tally {
    if !any_of(operation.name) {
        return Tally::default();
    }
    // What is written beside a file before it takes its place comes on top: a few pages, or another base. That a
    // checkpoint does not come about is not refused, and is looked for on purpose.
    let more_pages = if operation.start == Start::Long { 700 } else { 24 };
    let (mut most, mut more) = (takes(operation) + more_pages, more_pages);
    while only().is_none() && full(&(*operation, most)) != Ok(Outcome::NotReached) {
        assert!(more < ROOM / PAGE, "{}: refused with {most} pages", operation.name);
        more *= 2;
        most += more;
    }
    let all: Vec<(String, Case)> =
        (0..=most).map(|k| (format!("R6 {}: {k} pages", operation.name), (*operation, k))).collect();
    let of = all.len();
    let counted = run(&share(all, most_sizes), of, full);
    let (held, done) = (counted.held, counted.not_reached);
    println!("R6 {}: refused with {held} sizes, done with {done}, of {of}", operation.name);
    counted
}

#[test]
#[ignore = "needs root, and a minute"]
fn a_disk_full_at_each_page_refuses_and_keeps_what_was() {
    if !tools::mounts("R6, a full disk") {
        return;
    }
    let mut tally = Tally::default();
    let few = ["batch of one", "batch that makes the journal longer", "carry_over_user", "password"];
    for operation in named(&few) {
        tally += fill(&operation, 30);
    }
    for operation in
        named(&["init", "rekey", "sheet", "compact", "backup", "backup again", "restore", "recover"])
    {
        tally += fill(&operation, 30);
    }
    for operation in named(&["checkpoint"]) {
        tally += fill(&operation, 8);
    }
    tally.holds();
    let share = if all_are_wanted() { "every page" } else { "a share of the pages" };
    let detail = format!("{share}: {} were refused, {} had room enough", tally.held, tally.not_reached);
    figure("R6", tally.held + tally.not_reached, "sizes of a disk, 0 lost", &detail);
}
