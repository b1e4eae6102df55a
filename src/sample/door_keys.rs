//! The keys of the sample: the ledger from before, one lent in the last hours and one whose lock was changed.

use super::Halt;
use super::cast::{Cast, MEDIA_ROOM, SERVER_ROOM};
use super::play::guard_at;
use super::stage::{Part, Stage};
use crate::domain::{ChangeLock, DoorKeyKind, LendKey, LockChange, Noun, RegisterKey, Stamp};
use chrono::TimeDelta;

/// Number, what it opens, zone, copies.
const KEYS: &[(&str, &str, &str, u32)] = &[
    ("K-101", "サーバ室 前室の扉", SERVER_ROOM, 3),
    ("K-102", "ラック R01・R02", SERVER_ROOM, 2),
    ("K-103", "ラック R03・R04", SERVER_ROOM, 2),
    ("K-201", "媒体保管庫", MEDIA_ROOM, 2),
    ("K-202", "耐火金庫", MEDIA_ROOM, 1),
];

/// The combination among them.
const COMBINATION: (&str, &str) = ("N-201", "媒体保管庫の番号錠");

/// Registers the keys.
///
/// # Errors
/// What the desk refused.
pub fn enter(stage: &mut Stage, cast: &Cast, moment: &mut Stamp) -> Result<(), Halt> {
    let keeper = cast.desk.first().map(|entrant| entrant.person);
    let key = |number: &str, opens: &str, zone: &str, copies: u32, kind| RegisterKey {
        number: number.to_owned(),
        opens: opens.to_owned(),
        kind,
        zone: Some(zone.to_owned()),
        copies: Some(copies),
        keeper,
        carried_over: true,
        holder: None,
        remarks: String::new(),
    };
    let keys =
        KEYS.iter().map(|(number, opens, zone, copies)| key(number, opens, zone, *copies, DoorKeyKind::Key));
    let combination = key(COMBINATION.0, COMBINATION.1, MEDIA_ROOM, 1, DoorKeyKind::Combination);
    for register in keys.chain([combination]) {
        *moment += TimeDelta::seconds(30);
        stage.make(Part::Admin, *moment, register, Noun::DoorKey)?;
    }
    *moment += TimeDelta::seconds(30);
    let change = ChangeLock {
        key: COMBINATION.0.to_owned(),
        why: LockChange::KeeperLeft,
        keeper,
        copies: None,
        remarks: "前の保管者の異動".to_owned(),
    };
    stage.act(Part::Admin, *moment, change)
}

/// Lends a key in the last hours: it is out when somebody opens the sample.
///
/// # Errors
/// What the desk refused.
pub fn lend(stage: &mut Stage, cast: &Cast, moment: Stamp) -> Result<(), Halt> {
    let Some((number, ..)) = KEYS.get(1) else { return Ok(()) };
    let lend = LendKey {
        key: (*number).to_owned(),
        person: cast.staff.first().map(|entrant| entrant.person),
        reason: "UPSの点検".to_owned(),
        due: Some(moment.date_naive()),
    };
    stage.act(guard_at(moment), moment, lend)
}
