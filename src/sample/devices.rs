//! The machines of the sample: a list from before, one bought since.

use super::Halt;
use super::cast::{Cast, SERVER_ROOM};
use super::stage::{Part, Stage};
use crate::domain::{ByHand, DeviceKind, Noun, RegisterDevice, Stamp};
use chrono::TimeDelta;

/// Code, kind, rack, software, why it is kept by hand, whether it holds personal information.
type Machine = (&'static str, DeviceKind, Option<&'static str>, &'static str, ByHand, bool);

const DEVICES: &[Machine] = &[
    ("SV-001", DeviceKind::Server, Some("R01"), "Red Hat Enterprise Linux 8.10", ByHand::NotCovered, true),
    ("SV-002", DeviceKind::Server, Some("R02"), "Windows Server 2022", ByHand::NotCovered, true),
    ("SV-009", DeviceKind::Server, Some("R03"), "Windows Server 2019", ByHand::TestSystem, false),
    ("NW-001", DeviceKind::Network, Some("R01"), "FortiOS 7.4", ByHand::Network, false),
    ("NW-002", DeviceKind::Network, Some("R02"), "IOS XE 17.9", ByHand::Network, false),
    ("ST-001", DeviceKind::Storage, Some("R04"), "LTO-9", ByHand::NotCovered, true),
    ("TM-014", DeviceKind::Terminal, None, "Windows 11", ByHand::StandAlone, false),
];

/// Registers the machines.
///
/// # Errors
/// What the desk refused.
pub fn enter(stage: &mut Stage, cast: &Cast, moment: &mut Stamp) -> Result<(), Halt> {
    for (n, (code, kind, rack, software, by_hand, personal)) in DEVICES.iter().enumerate() {
        *moment += TimeDelta::seconds(40);
        let used_by = cast.staff.get(n).map(|entrant| entrant.person).filter(|_| rack.is_none());
        let register = RegisterDevice {
            code: (*code).to_owned(),
            kind: *kind,
            zone: rack.map(|_| SERVER_ROOM.to_owned()),
            rack: rack.map(str::to_owned),
            place: if rack.is_some() { "" } else { "本館2階 医療情報室" }.to_owned(),
            stand_alone: *by_hand == ByHand::StandAlone,
            personal_information: *personal,
            by_hand: *by_hand,
            used_by,
            user_id: used_by.map(|_| "hoshu01").unwrap_or_default().to_owned(),
            department: "医療情報課".to_owned(),
            software: (*software).to_owned(),
            carried_over: n < 6,
            remarks: String::new(),
        };
        stage.make(Part::Admin, *moment, register, Noun::Device)?;
    }
    Ok(())
}
