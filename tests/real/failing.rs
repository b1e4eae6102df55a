//! R5: each call on the vault fails, once and from then on; and writes that the kernel does only in part.

use super::cases::{Outcome, Tally, any_of, figure, of_all, run, share};
use super::census::{Point, census};
use super::judge::judge;
use super::operations::{Again, Operation, Start, named, operations};
use super::place::{Harm, Place};
use super::tools;

/// One call that fails, with this, so often.
type Case = (Operation, Point, &'static str, bool);

fn errors(point: &Point) -> &'static [(&'static str, bool)] {
    if point.call == "read" {
        // From then on, it would fail for what the program is given, too.
        return &[("EIO", false), ("EINTR", false)];
    }
    if point.reads {
        // What is only read is never out of room.
        return &[("EIO", false), ("EIO", true), ("EINTR", false)];
    }
    // A call that is interrupted for ever is no device's failure, and nobody's: it is tried again for ever.
    &[
        ("EIO", false),
        ("EIO", true),
        ("ENOSPC", false),
        ("ENOSPC", true),
        ("EROFS", false),
        ("EROFS", true),
        ("EINTR", false),
    ]
}

fn fail((operation, point, error, for_ever): &Case) -> Result<Outcome, String> {
    let place = Place::new();
    place.prepare(operation);
    let before = (operation.again == Again::Nothing).then(|| place.bytes());
    let when = if *for_ever { format!("{}+", point.nth) } else { point.nth.to_string() };
    let what = format!("{}:error={error}:when={when}", point.call);
    let ended = place.run(operation, &Harm::Inject { what, on: point.on_in(&place) });
    let reached = std::fs::read_to_string(&place.log).is_ok_and(|log| log.contains("(INJECTED)"));
    if before.is_some_and(|before| before != place.bytes()) {
        return Err("something was written that should only be read".to_owned());
    }
    judge(operation, &place, &ended, *for_ever)?;
    Ok(if reached { Outcome::Held } else { Outcome::NotReached })
}

fn points(operation: &Operation) -> Vec<(String, Case)> {
    let mut cases = Vec::new();
    for point in census(operation) {
        for (error, for_ever) in errors(&point) {
            let often = if *for_ever { "from then on" } else { "once" };
            let name = format!("R5 {}: {point} {error} {often}", operation.name);
            cases.push((name, (*operation, point.clone(), *error, *for_ever)));
        }
    }
    cases
}

/// About so many failures of each operation.
fn fail_each(operations: &[Operation], most: usize) -> Tally {
    let mut tally = Tally::default();
    for operation in operations.iter().filter(|operation| any_of(operation.name)) {
        let all = points(operation);
        let of = all.len();
        let most = if operation.start == Start::Long { most / 4 } else { most };
        let counted = run(&share(all, most), of, fail);
        println!("R5 {}: {} failures, of {of}", operation.name, counted.held);
        tally += counted;
    }
    tally
}

/// Sizes that no file may pass. Where the journal is preallocated its length says nothing, so they lie close: within
/// key files of some hundred bytes, and within frames of the first kilobytes, where a small site writes its next.
fn sizes(operation: &Operation) -> Vec<u64> {
    match operation.start {
        // The base is a megabyte, written in pieces.
        Start::Nothing => (0..34).map(|n| n * 32_768 + 1000).collect(),
        _ => (0..24).map(|n| 100 + n * 90).chain((0..40).map(|n| 3000 + n * 300)).collect(),
    }
}

fn cut_short((operation, bytes): &(Operation, u64)) -> Result<Outcome, String> {
    let place = Place::new();
    place.prepare(operation);
    let ended = place.run(operation, &Harm::FileSize(*bytes));
    judge(operation, &place, &ended, false)?;
    Ok(Outcome::Held)
}

fn cut_short_each(operations: &[Operation], most: usize) -> Tally {
    let mut tally = Tally::default();
    for operation in operations.iter().filter(|operation| any_of(operation.name)) {
        let all: Vec<_> = sizes(operation)
            .into_iter()
            .map(|bytes| {
                (format!("R5 {}: no file beyond {bytes} bytes", operation.name), (*operation, bytes))
            })
            .collect();
        let of = all.len();
        tally += run(&share(all, most), of, cut_short);
    }
    tally
}

#[test]
fn a_write_that_is_cut_short_is_no_command_half_done() {
    if tools::prlimit("writes that are cut short") {
        cut_short_each(&named(&["batch of one", "password"]), 10).holds();
    }
}

#[test]
#[ignore = "the share for a change takes a minute or two, all of it hours"]
fn failing_at_each_call_of_each_operation_it_says_what_is_true() {
    if !tools::strace("R5, calls that fail") || !tools::prlimit("R5, writes that are cut short") {
        return;
    }
    let mut tally = fail_each(&operations(), 25);
    let writing = ["init", "batch of one", "batch in groups", "carry_over_user", "password"];
    tally += cut_short_each(&named(&writing), 12);
    tally.holds();
    figure("R5", tally.held, "calls failed, 0 said or left wrong", &of_all(&tally));
}
