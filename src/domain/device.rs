//! Devices (機器): the machines that are kept in a list by hand, each with its identification code (J-2-1-IT-a).
//! What work records and permits name as their target.

use super::choice::choice;
use super::command::commands;
use super::decide::early;
use super::lookup::{Case, exists, invalid, nothing, plain_code, repeated, required, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Command, Date, ERASED, Edition, Ending, EntryMeta, Event, Filing, Id, No, Noun, Outcome, Row, key,
};
use crate::text::find::Part;
use crate::text::scan::code_key;

row! {
    /// A machine.
    Device {
        /// Its identification code (識別コード), as it stands on it.
        code: String,
        /// What it is.
        kind: DeviceKind,
        /// The zone in which it stands, where it stands in one.
        zone: Option<String>,
        /// Its rack, where the zone has racks.
        rack: Option<String>,
        /// Where it stands, in words.
        place: String,
        /// Connected to no network (スタンドアローン).
        stand_alone: bool,
        /// It holds personal information.
        personal_information: bool,
        /// Why it is kept by hand.
        by_hand: ByHand,
        /// Who uses it.
        used_by: Option<Id>,
        /// The ID by which that person uses it.
        user_id: String,
        /// The department that it belongs to.
        department: String,
        /// The software on it.
        software: String,
        /// It stood in the list before these books began.
        carried_over: bool,
        /// Out of use: by whom, when and why.
        retired: Option<Ending>,
        /// Remarks.
        remarks: String,
    }
}

commands! {
    /// Enter a machine with its identification code (J-2-1-IT-a).
    RegisterDevice = "register_device" => "device_registered" {
        /// Its identification code: no other device has it, however it is written.
        code: String,
        /// What it is.
        kind: DeviceKind,
        /// The zone in which it stands.
        zone: Option<String>,
        /// Its rack, one of the zone's.
        rack: Option<String>,
        /// Where it stands, in words.
        place: String,
        /// Connected to no network.
        stand_alone: bool,
        /// It holds personal information.
        personal_information: bool,
        /// Why it is kept by hand.
        by_hand: ByHand,
        /// Who uses it.
        used_by: Option<Id>,
        /// The ID by which that person uses it.
        user_id: String,
        /// The department that it belongs to.
        department: String,
        /// The software on it.
        software: String,
        /// It stood in the list before these books began.
        carried_over: bool,
        /// Remarks.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Devices, super::Task::Upkeep)), since: Edition::Three, sealed: &["user_id", "remarks"] }
        decide decide_register, touches [], on {};

    /// Change what is known of a machine. A field that is absent stays as it is.
    ChangeDevice = "change_device" => "device_changed" {
        /// Which.
        device: Option<Id>,
        /// What it is.
        kind: Option<DeviceKind>,
        /// The zone in which it stands now; its rack goes with it.
        zone: Option<String>,
        /// Its rack, one of the zone's.
        rack: Option<String>,
        /// Where it stands, in words.
        place: Option<String>,
        /// Connected to no network.
        stand_alone: Option<bool>,
        /// It holds personal information.
        personal_information: Option<bool>,
        /// Why it is kept by hand.
        by_hand: Option<ByHand>,
        /// Who uses it now.
        used_by: Option<Id>,
        /// Nobody in particular uses it any more.
        used_by_nobody: bool,
        /// The ID by which that person uses it.
        user_id: Option<String>,
        /// The department that it belongs to.
        department: Option<String>,
        /// The software on it.
        software: Option<String>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Devices, super::Task::Upkeep)), since: Edition::Three, sealed: &["user_id", "reason"] }
        decide decide_change, touches [], on { Noun::Device => may_change };

    /// Take a machine out of use: it is not offered any more, and what names it goes on naming it.
    RetireDevice = "retire_device" => "device_retired" {
        /// Which.
        device: Option<Id>,
        /// Why, and where it went.
        reason: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Devices, super::Task::Upkeep)), since: Edition::Three, sealed: &["reason"] }
        decide decide_retire, touches [], on { Noun::Device => may_change };
}

choice! {
    /// What a machine is.
    DeviceKind {
        /// A server.
        #[default]
        Server = "server",
        /// A terminal or workstation.
        Terminal = "terminal",
        /// A switch, router or other network device (通信機器).
        Network = "network",
        /// Disks, tape drives and the like.
        Storage = "storage",
        /// A medical or measuring device with a computer in it.
        Appliance = "appliance",
        /// Anything else.
        Other = "other",
    }
    /// Why a machine is kept by hand (J-2-1-IT).
    ByHand {
        /// The asset system cannot cover it.
        #[default]
        NotCovered = "not_covered",
        /// It is connected to nothing.
        StandAlone = "stand_alone",
        /// A single system for tests.
        TestSystem = "test_system",
        /// A network device.
        Network = "network",
    }
}

fn placed(case: &Case<'_>, zone: Option<&str>, rack: Option<&str>) -> Result<(), No> {
    let found = zone.map(|id| case.profile().zone(id).ok_or_else(|| invalid("zone", id))).transpose()?;
    let racks = found.map(|zone| zone.racks.as_slice()).unwrap_or_default();
    match rack.filter(|rack| !racks.iter().any(|known| known == rack)) {
        Some(rack) => Err(invalid("rack", rack).into()),
        None => Ok(()),
    }
}

pub(super) fn decide_register(case: &Case<'_>, c: &RegisterDevice) -> Result<Outcome, No> {
    plain_code(&c.code, "code")?;
    placed(case, c.zone.as_deref(), c.rack.as_deref())?;
    case.person_named(c.used_by)?;
    if let Some(other) = case.one::<Device>(&key::number(Noun::Device, &code_key(&c.code)))? {
        return Err(exists(other.id).into());
    }
    Ok(Outcome { id: Some(case.view.next(Noun::Device)?), ..Outcome::default() })
}

/// A machine in use.
pub(super) fn may_change(case: &Case<'_>, device: Option<Id>) -> Result<Device, No> {
    in_use(case.given(device, "device")?)
}

fn in_use(device: Device) -> Result<Device, No> {
    if device.retired.is_some() { Err(wrong_state(device.id, RETIRED).into()) } else { Ok(device) }
}

/// The state of a machine that is out of use.
const RETIRED: &str = "retired";

pub(super) fn decide_change(case: &Case<'_>, c: &ChangeDevice) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    if c.used_by_nobody && c.used_by.is_some() {
        return Err(invalid("used_by_nobody", true).into());
    }
    let device = may_change(case, c.device)?;
    let after = device.changed(c);
    placed(case, after.zone.as_deref(), after.rack.as_deref())?;
    case.person_named(c.used_by)?;
    // An erased text once differed, or the entry would not exist; so it counts as a change.
    if after == device && c.user_id.as_deref() != Some(ERASED) {
        return Err(nothing(device.id).into());
    }
    Ok(Outcome { id: Some(device.id), ..Outcome::default() })
}

pub(super) fn decide_retire(case: &Case<'_>, c: &RetireDevice) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    Ok(Outcome { id: Some(may_change(case, c.device)?.id), ..Outcome::default() })
}

/// Machines that a record names as its target: each is in use and named once. Records of before edition 3 name none.
pub(super) fn targets(case: &Case<'_>, devices: &[Id]) -> Result<(), No> {
    if devices.is_empty() {
        return Ok(());
    }
    if let Some(rejection) = early(case.context, &RegisterDevice::RULE) {
        return Err(rejection.into());
    }
    if let Some(device) = repeated(devices) {
        return Err(invalid("devices", device).into());
    }
    for device in devices {
        in_use(case.row(*device)?)?;
    }
    Ok(())
}

/// What is asked of the row ([`super::Row`]).
impl Device {
    pub(super) const FILING: Filing = Filing {
        states: &[("in_use", "in_use"), ("retired", RETIRED)],
        named: true,
        tagged: true,
        lists_by: &[Noun::Person],
        offered: |row| matches!(row, Row::Device(row) if row.retired.is_none()),
        query: Some(super::Query {
            name: "devices",
            group: super::Group(super::Book::Devices, super::Task::Reading),
            since: super::Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RegisterDevice(c) = &event.command else { return None };
        Some(Device {
            id,
            trace: meta.trace(),
            code: c.code.clone(),
            kind: c.kind,
            zone: c.zone.clone(),
            rack: c.rack.clone(),
            place: c.place.clone(),
            stand_alone: c.stand_alone,
            personal_information: c.personal_information,
            by_hand: c.by_hand,
            used_by: c.used_by,
            user_id: c.user_id.clone(),
            department: c.department.clone(),
            software: c.software.clone(),
            carried_over: c.carried_over,
            retired: None,
            remarks: c.remarks.clone(),
        })
    }

    /// As it stands after a change.
    fn changed(&self, c: &ChangeDevice) -> Device {
        let text = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        let moved = c.zone.is_some() && c.zone != self.zone;
        Device {
            kind: c.kind.unwrap_or(self.kind),
            zone: c.zone.clone().or_else(|| self.zone.clone()),
            rack: c.rack.clone().or_else(|| self.rack.clone().filter(|_| !moved)),
            place: text(&c.place, &self.place),
            stand_alone: c.stand_alone.unwrap_or(self.stand_alone),
            personal_information: c.personal_information.unwrap_or(self.personal_information),
            by_hand: c.by_hand.unwrap_or(self.by_hand),
            used_by: if c.used_by_nobody { None } else { c.used_by.or(self.used_by) },
            user_id: if c.used_by_nobody && c.user_id.is_none() {
                String::new()
            } else {
                text(&c.user_id, &self.user_id)
            },
            department: text(&c.department, &self.department),
            software: text(&c.software, &self.software),
            ..self.clone()
        }
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        match &event.command {
            Command::ChangeDevice(c) => *self = self.changed(c),
            Command::RetireDevice(c) => {
                self.retired = Some(meta.ending(event.happened(meta), &c.reason));
            }
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let state = if self.retired.is_some() { RETIRED } else { "in_use" };
        vec![key::number(Noun::Device, &code_key(&self.code)), key::state(Noun::Device, state)]
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![
            (Part::Number, &self.code),
            (Part::Belongs, &self.place),
            (Part::Belongs, &self.department),
            (Part::Belongs, &self.software),
        ]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        self.used_by.into_iter().collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.used_by.into_iter().collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.used_by == Some(id)
    }

    pub(super) fn is_in_zone(&self, zone: &str) -> bool {
        self.zone.as_deref() == Some(zone)
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let reason = self.retired.as_mut().map(|end| &mut end.reason);
        Some([&mut self.user_id, &mut self.remarks].into_iter().chain(reason).collect())
    }
}
