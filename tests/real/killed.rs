//! R4: killed at each call that writes, of each operation. What the kernel has, it keeps: the power cut is `cut`.

use super::cases::{Outcome, Tally, any_of, figure, of_all, run, share};
use super::census::{Point, census};
use super::judge::judge;
use super::operations::{Operation, Start, named, operations, unharmed};
use super::place::{Harm, How, Place};
use super::tools;

type Case = (Operation, Point);

/// Killed on the way into a call, so that it is not made: all before it are.
fn kill((operation, point): &Case) -> Result<Outcome, String> {
    let place = Place::new();
    place.prepare(operation);
    let what = format!("{}:signal=SIGKILL:when={}", point.call, point.nth);
    let ended = place.run(operation, &Harm::Inject { what, on: point.on_in(&place) });
    judge(operation, &place, &ended, true)?;
    Ok(if ended.how == How::Signal(9) { Outcome::Held } else { Outcome::NotReached })
}

/// Every point at which an operation can be killed: opening a file changes nothing unless it makes one.
fn points(operation: &Operation) -> Vec<(String, Case)> {
    unharmed(operation);
    let points = census(operation).into_iter().filter(|point| !point.reads);
    points.map(|point| (format!("R4 {}: {point}", operation.name), (*operation, point))).collect()
}

/// Kills at about so many calls of each operation.
fn kill_each(operations: &[Operation], most: usize) -> Tally {
    let mut tally = Tally::default();
    for operation in operations.iter().filter(|operation| any_of(operation.name)) {
        let all = points(operation);
        let of = all.len();
        // Each case of the long journal takes ten times as long.
        let most = if operation.start == Start::Long { most / 4 } else { most };
        let counted = run(&share(all, most), of, kill);
        println!("R4 {}: {} killed, of {of} calls", operation.name, counted.held);
        tally += counted;
    }
    tally
}

#[test]
fn killed_at_each_call_of_one_command_it_loses_nothing() {
    if tools::strace("killing the program at each call of a command") {
        kill_each(&named(&["batch of one"]), usize::MAX).holds();
    }
}

#[test]
#[ignore = "the share for a change takes a minute or two, all of it ten"]
fn killed_at_each_call_of_each_operation_it_loses_nothing() {
    if tools::strace("R4, killing the program at each call") {
        let tally = kill_each(&operations(), 25);
        tally.holds();
        figure("R4", tally.held, "kills at a call of an operation, 0 lost", &of_all(&tally));
    }
}
