//! R16: the restore drill. After each operation: back up, wipe, restore, and everything is as it was said to be.

use super::cases::{Outcome, figure, run, share};
use super::judge::judge;
use super::operations::{ADMIN, Again, Operation, Start, operations};
use super::place::{Harm, How, Place};

fn drill(operation: &Operation) -> Result<Outcome, String> {
    let place = Place::new();
    place.prepare(operation);
    let ended = place.run(operation, &Harm::None);
    let password = match operation.user {
        // The one that is in force once it is done.
        ADMIN => (operation.opens)().pop().unwrap_or_default(),
        _ => super::operations::PASSWORD.to_owned(),
    };
    let copy = place.root.join("copy");
    let copy = copy.to_str().ok_or("a path that is no text")?;
    let backup = ["backup", copy, "--as", ADMIN, "--medium", "USB-3", "--same-device", "試験"];
    let ran = place.ask(&backup, &password);
    if ran.how != How::Exit(0) {
        return Err(format!("backed up: {ran:?}"));
    }
    std::fs::remove_dir_all(place.vault()).map_err(|error| error.to_string())?;
    let ran = place.ask(&["restore", copy, "--as", ADMIN], &password);
    if ran.how != How::Exit(0) {
        return Err(format!("restored: {ran:?}"));
    }
    judge(operation, &place, &ended, false)?;
    Ok(Outcome::Held)
}

#[test]
fn what_was_backed_up_and_wiped_comes_back_as_it_was() {
    let small = |operation: &Operation| operation.start == Start::Small && operation.again != Again::Nothing;
    let drills: Vec<(String, Operation)> = operations()
        .into_iter()
        .filter(small)
        .map(|operation| (format!("R16 {}: restored", operation.name), operation))
        .collect();
    let of = drills.len();
    let tally = run(&share(drills, of), of, drill);
    tally.holds();
    figure(
        "R16-operations",
        tally.held,
        "restore drills, 0 entries lost",
        "back up, wipe, restore and check, after each operation",
    );
}
