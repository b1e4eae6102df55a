//! A small site in memory. Every step of every test goes through [`World::act`], which checks the whole world.

use chrono::{DateTime, TimeDelta};
use daicho::domain::*;
use std::collections::BTreeMap;

pub const ADMIN: Id = Id::new(Noun::Person, 1);
pub const GUARD: Id = Id::new(Noun::Person, 2);
pub const MANAGER: Id = Id::new(Noun::Person, 3);
pub const DEPUTY: Id = Id::new(Noun::Person, 4);
pub const OFFICER: Id = Id::new(Noun::Person, 5);
/// Staff, may escort in the server room, holds card `C-06`.
pub const ESCORT: Id = Id::new(Noun::Person, 6);
/// Staff, may enter the server room.
pub const STAFF: Id = Id::new(Noun::Person, 7);
/// Staff, registered nowhere.
pub const STRANGER: Id = Id::new(Noun::Person, 8);
/// Worker of the first company.
pub const WORKER: Id = Id::new(Noun::Person, 9);
pub const WORKER_2: Id = Id::new(Noun::Person, 10);
/// Worker of the second company.
pub const OTHER_WORKER: Id = Id::new(Noun::Person, 11);
/// Staff, may escort in the server room and the annex.
pub const ESCORT_2: Id = Id::new(Noun::Person, 12);
pub const COMPANY: Id = Id::new(Noun::Company, 1);
pub const OTHER_COMPANY: Id = Id::new(Noun::Company, 2);

/// The next id of a noun after those that [`World::new`] made: visits, permits, works and notices start at 1.
pub fn id(noun: Noun, n: u32) -> Id {
    Id::new(noun, n)
}

pub fn visit(n: u32) -> Option<Id> {
    Some(id(Noun::Visit, n))
}

pub fn permit(n: u32) -> Option<Id> {
    Some(id(Noun::Permit, n))
}

pub fn work(n: u32) -> Option<Id> {
    Some(id(Noun::Work, n))
}

pub fn stamp(text: &str) -> Stamp {
    DateTime::parse_from_rfc3339(text).unwrap()
}

pub fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

/// A verifying key that is nobody's: its last digits are `n`.
pub fn key_of(n: u32) -> String {
    format!("{n:064x}")
}

fn label(text: &str) -> Label {
    Label { ja: text.to_owned(), en: text.to_owned() }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The test profile: one role a kind of authority.
pub fn profile() -> Profile {
    let role = |id: &str, may: &[&str]| Role {
        id: id.to_owned(),
        label: label(id),
        may: strings(may),
        founds: id == "admin",
        reading_counts: id == "auditor",
        held_in: Vec::new(),
        clerk: Vec::new(),
    };
    let purpose = |id: &str, work_record: bool, planned: bool, failure: bool| Purpose {
        id: id.to_owned(),
        label: label(id),
        work_record,
        planned,
        failure,
    };
    let zone = |id: &str, racks: &[&str]| Zone {
        id: id.to_owned(),
        label: label(id),
        locked: true,
        camera: true,
        apart: true,
        racks: strings(racks),
    };
    let item = |id: &str| Item { id: id.to_owned(), label: label(id) };
    Profile {
        name: "test".to_owned(),
        version: 1,
        title: label("test"),
        roles: vec![
            role("admin", &Command::given().collect::<Vec<_>>()),
            role(
                "guard",
                &[
                    "check_in",
                    "check_out",
                    "hand_over_escort",
                    "settle_exit",
                    "report_badge",
                    "apply_visit",
                    "withdraw_visit",
                    "permit_by_telephone",
                    "record_work",
                    "correct",
                    "take_over_shift",
                    "query:today",
                ],
            ),
            role(
                "manager",
                &[
                    "agree_profile",
                    "register_entrant",
                    "revoke_entrant",
                    "apply_visit",
                    "decide_visit",
                    "withdraw_visit",
                    "confirm_telephone",
                    "record_work",
                    "approve_work",
                    "return_work",
                    "query:*",
                ],
            ),
            role("deputy", &["apply_visit", "decide_visit", "approve_work", "return_work", "query:*"]),
            role("officer", &["acknowledge_notice", "decide_visit", "query:notices"]),
            role("auditor", &["query:*"]),
            role("clerk", &["query:today"]),
        ],
        zones: vec![zone("room", &["R01", "R02"]), zone("annex", &["A01"])],
        purposes: vec![
            purpose("tour", false, false, false),
            purpose("backup", true, false, false),
            purpose("maintenance", true, true, false),
            purpose("failure", true, false, true),
        ],
        identifications: vec![item("staff_card"), item("licence")],
        offices: vec![Office {
            role: "clerk".into(),
            appointed_by: strings(&["admin"]),
            deputies: 3,
            told: strings(&["manager"]),
            ..Office::default()
        }],
        authority: Authority {
            entrant: strings(&["manager"]),
            planned: strings(&["manager", "deputy"]),
            failure: strings(&["manager"]),
            telephone: strings(&["manager"]),
            work: strings(&["manager", "deputy"]),
            notice: strings(&["officer"]),
        },
        periods: Periods {
            entrant_months: 12,
            planned_days: 1,
            permit_days: 7,
            exit_hours: 12,
            soon_days: 30,
            late_days: 3,
            telephone_hours: 24,
        },
        ..Profile::default()
    }
}

#[derive(Clone)]
pub struct World {
    pub registers: Registers,
    /// The same site, had all sealed texts been erased: decisions must come out the same.
    erased: Registers,
    pub profile: Profile,
    pub now: Stamp,
    pub clock_unconfirmed: bool,
    /// By which edition of the rules it is decided.
    pub edition: Edition,
    pub log: Vec<(Event, EntryMeta)>,
    history: BTreeMap<Id, Vec<usize>>,
    /// The roles of those who act, by person, with their user.
    pub actors: BTreeMap<Id, Actor>,
}

/// What a sealed text's erasure makes of a command: every sealed field says so, empty ones too.
pub fn without_texts(command: &Command) -> Command {
    let mut json = serde_json::to_value(command).unwrap();
    for field in command.rule().sealed {
        json[*field] = ERASED.into();
    }
    serde_json::from_value(json).unwrap()
}

impl World {
    /// A site founded, without anything else.
    pub fn founded() -> World {
        let mut world = World {
            registers: Registers::new(),
            erased: Registers::new(),
            profile: profile(),
            now: stamp("2026-11-20T07:00:00+09:00"),
            clock_unconfirmed: false,
            edition: Edition::NEWEST,
            log: Vec::new(),
            history: BTreeMap::new(),
            actors: BTreeMap::new(),
        };
        world.actors.insert(ADMIN, Actor { person: ADMIN, user: None, roles: strings(&["admin"]) });
        world.ok(ADMIN, found());
        world.actors.insert(
            ADMIN,
            Actor { person: ADMIN, user: Some(id(Noun::User, 1)), roles: strings(&["admin"]) },
        );
        world
    }

    /// A site with its people, companies, entrants, badges and users.
    pub fn new() -> World {
        let mut world = World::founded();
        for name in ["海音寺", "湯川"] {
            let company =
                RegisterCompany { name: name.into(), kana: "カ".into(), ..RegisterCompany::default() };
            world.ok(ADMIN, company);
        }
        for n in 2..=12 {
            let company = match n {
                9 | 10 => Some(COMPANY),
                11 => Some(OTHER_COMPANY),
                _ => None,
            };
            let person = RegisterPerson {
                name: format!("人{n}"),
                kana: "ヒト".into(),
                company,
                ..RegisterPerson::default()
            };
            world.ok(ADMIN, person);
        }
        for (n, (person, role)) in
            [(GUARD, "guard"), (MANAGER, "manager"), (DEPUTY, "deputy"), (OFFICER, "officer")]
                .iter()
                .enumerate()
        {
            world.user(*person, role, 10 + n as u32);
        }
        for (person, zones, escort) in
            [(ESCORT, &["room"][..], true), (STAFF, &["room"], false), (ESCORT_2, &["room", "annex"], true)]
        {
            world.ok(MANAGER, entrant(person, zones, escort));
        }
        for (number, zone) in
            [("G-01", Some("room")), ("G-02", None), ("G-03", None), ("X-01", Some("annex"))]
        {
            let zone = zone.map(str::to_owned);
            world.ok(ADMIN, RegisterBadge { number: number.into(), zone, ..RegisterBadge::default() });
        }
        world.ok(
            ADMIN,
            RegisterBadge {
                number: "C-06".into(),
                kind: BadgeKind::Card,
                holder: Some(ESCORT),
                ..RegisterBadge::default()
            },
        );
        world.now = stamp("2026-11-20T09:00:00+09:00");
        world
    }

    /// The same, decided from here on by an edition.
    pub fn under(edition: Edition) -> World {
        let mut world = World::new();
        world.edition = edition;
        world
    }

    /// The day on which periods of accounts are judged.
    pub fn accounts_on(&self) -> Date {
        match self.registers.row(Id::SITE).unwrap() {
            Some(Row::Site(site)) => site.accounts_on(self.now),
            _ => self.today(),
        }
    }

    /// The day.
    pub fn today(&self) -> Date {
        self.now.date_naive()
    }

    /// A user for a person, with their own key.
    pub fn user(&mut self, person: Id, role: &str, key: u32) -> Id {
        let issued = self.ok(
            ADMIN,
            IssueUser {
                user: format!("user{key}"),
                person: Some(person),
                roles: strings(&[role]),
                key: key_of(key),
                ..IssueUser::default()
            },
        );
        let user = issued.outcome.id.unwrap();
        self.actors.insert(person, Actor { person, user: Some(user), roles: strings(&[role]) });
        self.ok(person, EnrolKey { key: key_of(key + 1000), ..EnrolKey::default() });
        user
    }

    /// One command; a minute passes.
    pub fn act(&mut self, who: Id, command: impl Into<Command>) -> Result<Event, No> {
        self.act_at(who, None, command)
    }

    /// One command, entered late when `at` is given.
    pub fn act_at(&mut self, who: Id, at: Option<Stamp>, command: impl Into<Command>) -> Result<Event, No> {
        let command = command.into();
        self.now += TimeDelta::minutes(1);
        let actor =
            self.actors.get(&who).cloned().unwrap_or(Actor { person: who, user: None, roles: Vec::new() });
        let profile = self.profile.clone();
        let context = self.context(&actor, &profile, at);
        let answer = judge(&self.registers, &context, &command);
        assert_eq!(answer, judge(&self.registers, &context, &command), "the same question, the same answer");
        let Decision { event, role, on_behalf } = match answer {
            Ok(decision) => decision,
            Err(no) => {
                if let No::Rejected(rejection) = &no {
                    let named: Vec<&str> = rejection.args.iter().map(|(name, _)| name.as_str()).collect();
                    assert_eq!(named, rejection.code.args(), "{rejection:?} names what its wording needs");
                }
                return Err(no);
            }
        };
        assert_eq!((&event.command, event.at), (&command, at), "the event is the command as given");
        let bare = without_texts(&command);
        let again = decide(&self.erased, &context, &bare);
        let expected = Event { command: bare, ..event.clone() };
        assert_eq!(again, Ok(expected.clone()), "decided alike when the texts are gone");
        self.enter((actor.person, role, on_behalf), &event, &expected);
        Ok(event)
    }

    /// What somebody decides in now, under a profile.
    pub fn context<'a>(&self, actor: &'a Actor, profile: &'a Profile, at: Option<Stamp>) -> Context<'a> {
        Context {
            clock_unconfirmed: self.clock_unconfirmed,
            edition: self.edition,
            accounts_on: self.accounts_on(),
            ..Context::new(actor, self.now, at, profile)
        }
    }

    fn enter(&mut self, (actor, role, on_behalf): (Id, String, Option<Id>), event: &Event, bare: &Event) {
        let meta = EntryMeta { seq: self.log.len() as u64 + 1, time: self.now, actor, role, on_behalf };
        let touched = touches(event);
        for (id, row) in self.registers.rows() {
            if !touched.contains(&id) {
                let after = fold(id, Some(row.clone()), event, &meta);
                assert_eq!(after.as_ref(), Some(row), "an untouched row stays");
            }
        }
        self.log.push((event.clone(), meta.clone()));
        for id in touched {
            let before = self.registers.row(id).unwrap();
            let made = before.is_none();
            let after =
                fold(id, before, event, &meta).unwrap_or_else(|| panic!("{id} is touched and not there"));
            // What was written out stays as it is: the entry stands in its history alone.
            let written_out = matches!(event.command, Command::WriteAttachment(_));
            assert_eq!(after.id(), id);
            assert!(after.trace().changed == meta.seq || written_out, "{event:?} changes {id}");
            assert_eq!(after.trace().made == meta.seq, made);
            self.history.entry(id).or_default().push(self.log.len() - 1);
            let own =
                self.history[&id].iter().fold(None, |row, n| fold(id, row, &self.log[*n].0, &self.log[*n].1));
            assert_eq!(own.as_ref(), Some(&after), "a row is what its own entries make of it");
            self.registers.put(id, after);
            let bare = fold(id, self.erased.row(id).unwrap(), bare, &meta).unwrap();
            self.erased.put(id, bare);
        }
        assert_eq!(invariants(&self.registers), [], "after {event:?}");
    }

    /// A command that must be accepted.
    pub fn ok(&mut self, who: Id, command: impl Into<Command>) -> Event {
        let command = command.into();
        match self.act(who, command.clone()) {
            Ok(event) => event,
            Err(no) => panic!("{command:?}: {no:?}"),
        }
    }

    /// A command that must be accepted as a late entry.
    pub fn late(&mut self, who: Id, at: &str, command: impl Into<Command>) -> Event {
        self.act_at(who, Some(stamp(at)), command).unwrap()
    }

    /// A command that must be refused, with the code's name; nothing may change.
    pub fn no(&mut self, who: Id, command: impl Into<Command>) -> Code {
        self.no_at(who, None, command)
    }

    pub fn no_at(&mut self, who: Id, at: Option<&str>, command: impl Into<Command>) -> Code {
        match self.act_at(who, at.map(stamp), command) {
            Err(No::Rejected(rejection)) => rejection.code,
            other => panic!("not refused: {other:?}"),
        }
    }

    pub fn denied(&mut self, who: Id, command: impl Into<Command>) -> Denied {
        match self.act(who, command) {
            Err(No::Denied(denied)) => denied,
            other => panic!("not denied: {other:?}"),
        }
    }

    pub fn may(&self, who: Id, command: &str, record: Id) -> Availability {
        let context = self.context(&self.actors[&who], &self.profile, None);
        availability(&self.registers, &context, command, Some(record))
    }

    pub fn get<T: TryFrom<Row>>(&self, id: Option<Id>) -> T {
        let row = self.registers.row(id.unwrap()).unwrap().unwrap();
        T::try_from(row).ok().unwrap()
    }

    /// The row is the same, whether its entries still hold their texts or not.
    pub fn same_without_texts(&self, id: Id) {
        assert_eq!(self.erased.row(id), self.registers.row(id), "{id}");
    }

    pub fn visit(&self, n: u32) -> Visit {
        self.get(visit(n))
    }

    pub fn permit(&self, n: u32) -> Permit {
        self.get(permit(n))
    }

    pub fn badge(&self, number: &str) -> Badge {
        let ids = self.registers.find(&key::number(Noun::Badge, number)).unwrap();
        self.get(ids.first().copied())
    }

    /// An escort comes in, an application for today is granted: what an outsider needs.
    pub fn ready(&mut self, kind: PermitKind) -> Id {
        self.ok(GUARD, by_card());
        self.granted(kind)
    }

    pub fn granted(&mut self, kind: PermitKind) -> Id {
        let permit = self.ok(GUARD, application(kind)).outcome.id.unwrap();
        let granted = DecideVisit { permit: Some(permit), granted: true, ..DecideVisit::default() };
        self.ok(MANAGER, granted);
        permit
    }
}

pub fn found() -> FoundSite {
    FoundSite {
        site: "test".into(),
        site_name: "試験".into(),
        profile: "name = \"test\"".into(),
        user: "admin".into(),
        name: "管理".into(),
        kana: "カンリ".into(),
        roles: strings(&["admin"]),
        key: key_of(1),
        recovery_key: key_of(2),
        edition: Edition::NEWEST.founding(),
        ..FoundSite::default()
    }
}

/// A version of the profile from a day, without any step.
pub fn propose(text: &str, from: &str) -> ProposeProfile {
    ProposeProfile { profile: text.into(), from: day(from), steps: Vec::new(), digest: key_of(90) }
}

/// Agreement to a version, to the text that [`propose`] gives.
pub fn agree(n: u32) -> AgreeProfile {
    AgreeProfile { version: Some(id(Noun::Profile, n)), digest: key_of(90) }
}

pub fn withdraw(n: u32) -> WithdrawProfile {
    WithdrawProfile { version: Some(id(Noun::Profile, n)), reason: "誤記".into() }
}

pub fn entrant(person: Id, zones: &[&str], escort: bool) -> RegisterEntrant {
    RegisterEntrant {
        person: Some(person),
        zones: strings(zones),
        from: day("2026-04-01"),
        to: day("2027-03-31"),
        escort,
        ..RegisterEntrant::default()
    }
}

/// An application by the guard for the first company's first worker, today, in the server room.
pub fn application(kind: PermitKind) -> ApplyVisit {
    ApplyVisit {
        kind,
        company: Some(COMPANY),
        workers: vec![WORKER],
        from: day("2026-11-20"),
        to: day("2026-11-20"),
        zones: strings(&["room"]),
        work: "交換".into(),
        ..ApplyVisit::default()
    }
}

/// The escort comes in with their card.
pub fn by_card() -> CheckIn {
    CheckIn { card: Some("C-06".into()), zone: "room".into(), purpose: "tour".into(), ..CheckIn::default() }
}

/// A registered person comes in and shows their staff card.
pub fn staff(person: Id) -> CheckIn {
    CheckIn {
        person: Some(person),
        zone: "room".into(),
        purpose: "tour".into(),
        identification: "staff_card".into(),
        ..CheckIn::default()
    }
}

/// The first company's worker comes in with everything an outsider needs.
pub fn outsider(purpose: &str) -> CheckIn {
    CheckIn {
        person: Some(WORKER),
        zone: "room".into(),
        purpose: purpose.into(),
        badge: Some("G-01".into()),
        escort: Some(ESCORT),
        identification: "licence".into(),
        ..CheckIn::default()
    }
}

pub fn out(n: u32) -> CheckOut {
    CheckOut { visit: visit(n), ..CheckOut::default() }
}

pub fn report(n: u32) -> RecordWork {
    RecordWork {
        visit: visit(n),
        server: "DB-1".into(),
        work: "交換".into(),
        result: "正常".into(),
        pi_seen: Some(false),
        ..RecordWork::default()
    }
}

/// A call to the manager for the first company's worker.
pub fn call() -> PermitByTelephone {
    PermitByTelephone {
        giver: Some(MANAGER),
        how_identified: "職員番号".into(),
        company: Some(COMPANY),
        workers: vec![WORKER],
        zones: strings(&["room"]),
        work: "障害対応".into(),
        ..PermitByTelephone::default()
    }
}

pub fn settle(n: u32, last_evidence: &str) -> SettleExit {
    SettleExit {
        visit: visit(n),
        last_evidence: Some(stamp(last_evidence)),
        evidence: "カメラ".into(),
        badge_missing: false,
    }
}

pub fn correction(n: u32, field: &str, value: &str) -> Correct {
    Correct {
        record: visit(n),
        field: field.into(),
        value: value.into(),
        text: String::new(),
        reason: "選び間違い".into(),
    }
}

pub fn grant(n: u32) -> DecideVisit {
    DecideVisit { permit: permit(n), granted: true, ..DecideVisit::default() }
}

pub fn refuse(n: u32) -> DecideVisit {
    DecideVisit { permit: permit(n), granted: false, reason: "不備".into(), ..DecideVisit::default() }
}

pub fn badge_report(number: &str, what: BadgeReport) -> ReportBadge {
    ReportBadge { badge: number.into(), what, remarks: "受付より".into() }
}

/// The first application is granted, since nobody who may can be reached.
pub fn emergency() -> ActInEmergency {
    ActInEmergency {
        record: permit(1), reason: "記憶装置の故障".into(), tried: "二人に電話".into()
    }
}

/// The first emergency act is looked at.
pub fn review() -> ReviewEmergencyAct {
    ReviewEmergencyAct { emergency: Some(id(Noun::EmergencyAct, 1)), finding: "やむを得ない".into() }
}
