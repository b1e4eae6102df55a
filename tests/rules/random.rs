//! Random commands, mostly plausible: nothing panics, and after every accepted one [`World::act`] finds that only
//! touched rows changed, that each row is what its own entries make of it, that the decision is the same without
//! texts, and that the whole world holds.

use super::world::*;
use crate::golden;
use chrono::TimeDelta;
use daicho::desk::declare::{Kind, operation};
use daicho::domain::*;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;

/// Choices of one step, drawn by proptest and spent one by one.
struct Dice<'a>(std::slice::Iter<'a, u16>);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        usize::from(*self.0.next().unwrap_or(&0)) % sides
    }

    fn of<T: Clone>(&mut self, values: &[T]) -> T {
        values[self.roll(values.len())].clone()
    }

    /// Seldom nothing.
    fn maybe<T>(&mut self, value: T) -> Option<T> {
        if self.roll(8) == 0 { None } else { Some(value) }
    }

    fn rarely(&mut self) -> bool {
        self.roll(6) == 0
    }

    /// A record of a noun, mostly one that exists.
    fn record(&mut self, world: &World, noun: Noun) -> Option<Id> {
        let last = world.registers.last(noun).unwrap();
        let beyond = usize::from(self.rarely());
        let n = self.roll((usize::try_from(last).unwrap() + beyond).max(1)) as u32 + 1;
        self.maybe(id(noun, n))
    }

    /// A record under a key, if there is one; else any of its noun.
    fn under(&mut self, world: &World, key: &str, noun: Noun) -> Option<Id> {
        let ids = world.registers.find(key).unwrap();
        if ids.is_empty() || self.rarely() { self.record(world, noun) } else { Some(self.of(&ids)) }
    }

    fn person(&mut self) -> Id {
        id(Noun::Person, self.roll(13) as u32 + 1)
    }

    fn badge(&mut self) -> String {
        self.of(&["G-01", "G-02", "G-03", "X-01", "C-06", "G-99"]).to_owned()
    }

    fn any_badge(&mut self) -> Option<String> {
        let badge = self.badge();
        self.maybe(badge)
    }

    fn zone(&mut self) -> String {
        self.of(&["room", "room", "room", "annex", "roof"]).to_owned()
    }

    fn purpose(&mut self) -> String {
        self.of(&["tour", "tour", "backup", "maintenance", "failure", ""]).to_owned()
    }

    fn text(&mut self) -> String {
        self.of(&["理由", "作業", "確認", "交換", "急ぎ", "正常", "確認済み", ""]).to_owned()
    }

    fn date(&mut self, world: &World) -> Option<Date> {
        let shift = self.roll(9) as i64 - 3;
        self.maybe(world.now.date_naive() + TimeDelta::days(shift))
    }

    fn moment(&mut self, world: &World) -> Stamp {
        world.now - TimeDelta::minutes(self.roll(24) as i64 - 1)
    }
}

fn command(dice: &mut Dice<'_>, world: &World, book: u16) -> Command {
    match dice.roll(46) {
        30.. => of_a_later_book(dice, world, book),
        0..=2 => CheckIn {
            badge: if dice.rarely() { Some(dice.badge()) } else { None },
            zone: dice.zone(),
            purpose: dice.of(&["tour", "backup"]).into(),
            ..staff(dice.of(&[ESCORT, ESCORT_2, STAFF, STRANGER]))
        }
        .into(),
        3..=6 => CheckIn {
            person: Some(dice.of(&[WORKER, WORKER, WORKER_2, OTHER_WORKER, STAFF])),
            card: if dice.rarely() { Some(dice.badge()) } else { None },
            badge: dice.any_badge(),
            zone: dice.zone(),
            purpose: dice.purpose(),
            rack: if dice.rarely() { Some("R01".into()) } else { None },
            permit: if dice.rarely() { dice.record(world, Noun::Permit) } else { None },
            escort: dice.of(&[Some(ESCORT), Some(ESCORT_2), Some(ESCORT), Some(STAFF), None]),
            identification: dice.of(&["licence", "staff_card", "licence", ""]).into(),
            ..CheckIn::default()
        }
        .into(),
        7..=8 => CheckOut {
            visit: dice.under(world, "visit/inside", Noun::Visit),
            badge: if dice.rarely() { Some(dice.badge()) } else { None },
            badge_kept: dice.rarely(),
            ..CheckOut::default()
        }
        .into(),
        9 => HandOverEscort {
            visit: dice.under(world, "visit/inside", Noun::Visit),
            escort: Some(dice.of(&[ESCORT, ESCORT_2, STAFF])),
        }
        .into(),
        10..=11 => SettleExit {
            visit: dice.under(world, "visit/inside", Noun::Visit),
            last_evidence: Some(dice.moment(world)),
            evidence: dice.text(),
            badge_missing: dice.rarely(),
        }
        .into(),
        12 => ReportBadge { badge: dice.badge(), what: dice.of(BadgeReport::ALL), remarks: String::new() }
            .into(),
        13..=15 => ApplyVisit {
            kind: dice.of(PermitKind::ALL),
            applicant: if dice.rarely() { Some(dice.person()) } else { None },
            company: dice.maybe(COMPANY),
            workers: dice.of(&[
                vec![WORKER],
                vec![WORKER, WORKER_2],
                vec![WORKER_2],
                vec![OTHER_WORKER],
                vec![],
            ]),
            from: Some(world.now.date_naive()),
            to: if dice.rarely() { dice.date(world) } else { Some(world.now.date_naive()) },
            zones: vec![dice.zone()],
            work: dice.text(),
            ..ApplyVisit::default()
        }
        .into(),
        16..=17 => DecideVisit {
            permit: dice.under(world, "permit/applied", Noun::Permit),
            granted: !dice.rarely(),
            reason: dice.text(),
            conditions: dice.text(),
        }
        .into(),
        18 => WithdrawVisit { permit: dice.record(world, Noun::Permit), reason: dice.text() }.into(),
        19 => PermitByTelephone {
            giver: Some(dice.of(&[MANAGER, MANAGER, DEPUTY, GUARD, WORKER])),
            workers: vec![dice.of(&[WORKER, WORKER_2])],
            zones: vec![dice.zone()],
            to: if dice.rarely() { dice.date(world) } else { None },
            ..call()
        }
        .into(),
        20 => ConfirmTelephone {
            permit: dice.under(world, "permit/telephone", Noun::Permit),
            signed: !dice.rarely(),
            reason: dice.text(),
        }
        .into(),
        21 => RecordWork {
            devices: Vec::new(),
            visit: dice.under(world, "visit/report_due", Noun::Visit),
            revises: dice.under(world, "work/returned", Noun::Work),
            date: if dice.rarely() { dice.date(world) } else { None },
            server: "DB-1".into(),
            work: dice.text(),
            workers: if dice.rarely() { vec![dice.person()] } else { Vec::new() },
            result: dice.text(),
            pi_seen: match dice.roll(6) {
                0 => None,
                1 => Some(true),
                _ => Some(false),
            },
            pi_detail: dice.text(),
        }
        .into(),
        22 => RecordWork { ..report(dice.roll(9) as u32 + 1) }.into(),
        23 => ApproveWork { work: dice.under(world, "work/recorded", Noun::Work), opinion: String::new() }
            .into(),
        24 => ReturnWork { work: dice.under(world, "work/recorded", Noun::Work), reason: dice.text() }.into(),
        25 => AcknowledgeNotice { notice: dice.record(world, Noun::Notice), remarks: String::new() }.into(),
        26..=27 => correct(dice, world),
        28 => match dice.roll(6) {
            0 => RegisterEntrant {
                from: dice.date(world),
                to: dice.date(world),
                ..entrant(dice.person(), &["room"], dice.rarely())
            }
            .into(),
            1 => RevokeEntrant { entrant: dice.record(world, Noun::Entrant), reason: dice.text() }.into(),
            2 => ChangePerson {
                person: Some(dice.person()),
                company: dice.maybe(COMPANY),
                leaves_company: dice.rarely(),
                contact: dice.maybe("内線".into()),
                reason: dice.text(),
                ..ChangePerson::default()
            }
            .into(),
            3 => Erase {
                record: {
                    let noun = dice.of(&[
                        Noun::Visit,
                        Noun::Permit,
                        Noun::Work,
                        Noun::Person,
                        Noun::Entrant,
                        Noun::Badge,
                    ]);
                    dice.record(world, noun)
                },
                entry: if dice.rarely() { Some(3) } else { None },
                reason: dice.text(),
            }
            .into(),
            4 => TakeOverShift::default().into(),
            _ => ReportClockJump::default().into(),
        },
        _ => match dice.roll(6) {
            0 => {
                SuspendUser { user: dice.of(&["admin", "user10", "user11", "x"]).into(), reason: dice.text() }
                    .into()
            }
            1 => ResumeUser { user: dice.of(&["admin", "user10", "user11"]).into(), reason: dice.text() }
                .into(),
            2 => ResetPassword {
                user: "user12".into(),
                key: key_of(dice.roll(5000) as u32),
                ..ResetPassword::default()
            }
            .into(),
            3 => EnrolKey { key: key_of(dice.roll(5000) as u32), ..EnrolKey::default() }.into(),
            4 => LogIn::default().into(),
            _ => ConfirmClock::default().into(),
        },
    }
}

/// A command about versions of the profile.
fn of_versions(dice: &mut Dice<'_>, world: &World) -> Command {
    let version = dice.record(world, Noun::Profile);
    let digest = dice.of(&[key_of(90), key_of(90), key_of(91), String::new()]);
    match dice.roll(5) {
        0 => {
            ProposeProfile { profile: dice.text(), from: dice.date(world), steps: Vec::new(), digest }.into()
        }
        1 => AgreeBySheet { version, digest }.into(),
        2 => WithdrawProfile { version, reason: dice.text() }.into(),
        3 => IssueBySheet {
            user: dice.of(&["back", "admin", ""]).into(),
            person: dice.record(world, Noun::Person),
            key: digest,
            ..IssueBySheet::default()
        }
        .into(),
        _ => AgreeProfile { version, digest }.into(),
    }
}

/// A command of a book that came with a later edition: one of the kept lines, with other values in its fields. Every third one is of
/// the same book, so that its records go through their states however many books there are.
fn of_a_later_book(dice: &mut Dice<'_>, world: &World, book: u16) -> Command {
    if dice.roll(5) == 0 {
        return of_versions(dice, world);
    }
    let later = |line: &&str| {
        let rule = Command::rule_of(line.split('"').nth(3).unwrap()).unwrap();
        let about_records = rule.filled.is_empty();
        rule.since > Edition::Two && rule.is_given_by_people() && about_records
    };
    let books: Vec<Vec<String>> = golden::of_families("commands.jsonl")
        .map(|(_, text)| text.lines().filter(later).map(str::to_owned).collect::<Vec<_>>())
        .filter(|lines| !lines.is_empty())
        .collect();
    let kept = if dice.roll(3) > 0 { books.concat() } else { books[book as usize % books.len()].clone() };
    // What is about a record of which there is none is refused at once: that is seldom tried.
    let is_there =
        |word: &str| word.parse::<Id>().map_or(true, |id| world.registers.last(id.noun).unwrap() > 0);
    // The first word behind the command's name: what stands in a list besides may be left out.
    let record = |line: &&String| line.split('"').nth(7).is_none_or(is_there);
    let of_records: Vec<String> = kept.iter().filter(record).cloned().collect();
    let kept = if dice.rarely() || of_records.is_empty() { kept } else { of_records };
    let goes_on = if dice.roll(4) == 0 { of_last_exception(world, &books.concat()) } else { Vec::new() };
    let kept = if goes_on.is_empty() { kept } else { goes_on };
    let mut command: serde_json::Value = serde_json::from_str(&dice.of(&kept)).unwrap();
    let declared = operation(command["command"].as_str().unwrap()).unwrap();
    let fields = command.as_object_mut().unwrap();
    // A decision is refused for most other values: only what it is about and which way it goes is drawn.
    let decides = fields["command"] == "decide_exception";
    let kept = declared.register == "exceptions" && dice.roll(4) > 0;
    if kept {
        // Of what goes on, the day is today.
        for day in ["day", "last", "came", "month"] {
            fields.remove(day);
        }
    }
    let drawn = |name: &str| {
        name != "command"
            && (!decides && !kept || ["exception", "granted", "kind", "applicant"].contains(&name))
    };
    for (name, value) in fields.iter_mut().filter(|(name, _)| drawn(name)) {
        let other = if let Some(kept) = value.as_str().and_then(|text| text.parse::<Id>().ok()) {
            match kept.noun {
                Noun::Person => {
                    let person = dice.person();
                    dice.maybe(person)
                }
                .map(|id| id.to_string().into()),
                // What was made last goes on most often: a life has many steps.
                Noun::Exception if dice.roll(3) > 0 => {
                    let last = world.registers.last(Noun::Exception).unwrap();
                    (last > 0).then(|| id(Noun::Exception, last).to_string().into())
                }
                noun => dice.record(world, noun).map(|id| id.to_string().into()),
            }
        } else if value.is_array() {
            // Roles are left as they are.
            let Ok(Id { noun, .. }) = value[0].as_str().unwrap().parse::<Id>() else { continue };
            let last = world.registers.last(noun).unwrap();
            Some((1..=last).filter(|_| !dice.rarely()).map(|n| id(noun, n).to_string()).collect())
        } else if value.as_str().is_some_and(|text| text.parse::<Date>().is_ok()) {
            dice.date(world).map(|day| day.to_string().into())
        } else if let Some(Kind::Choice(choices)) = declared.field(name).map(|field| field.kind) {
            Some(dice.of(choices).0.into())
        } else if value.is_boolean() {
            Some(dice.rarely().into())
        } else {
            match name.as_str() {
                "number" | "code" | "key" => Some(dice.of(&["K-1", "K-2", "k-3", "K-4", "K 5"]).into()),
                "user" => Some(dice.of(&["user10", "user11", "user12", "uketsuke"]).into()),
                "zone" => Some(dice.zone().into()),
                // These rules have none.
                "jurisdiction" => dice.rarely().then(|| value.clone()),
                "rack" => dice.of(&[Some("R01"), Some("R02"), None]).map(Into::into),
                "remarks" | "reason" | "opens" | "place" => Some(dice.text().into()),
                _ => Some(value.clone()),
            }
        };
        *value = other.unwrap_or_default();
    }
    let needed = |name: &str| declared.field(name).is_none_or(|field| field.required);
    // Whose it is, is mostly told, and seldom which of their accounts.
    fields.retain(|name, value| {
        !value.is_null()
            && match name.as_str() {
                _ if needed(name) || decides => true,
                "person" => !dice.rarely(),
                "user" | "applicant" | "devices" | "others" => dice.rarely(),
                // What an application would be refused without.
                "system" | "account" | "unavoidable" => true,
                _ => dice.roll(2) == 0,
            }
    });
    serde_json::from_value(command).unwrap()
}

/// The lines by which the exception that was made last could go on: a life of one has many steps.
fn of_last_exception(world: &World, lines: &[String]) -> Vec<String> {
    let last = world.registers.last(Noun::Exception).unwrap();
    if last == 0 {
        return Vec::new();
    }
    let row: Exception = world.get(Some(id(Noun::Exception, last)));
    let steps: &[&str] = match row.state {
        ExceptionState::Applied | ExceptionState::Received => &["decide_exception"],
        ExceptionState::Returned => &["resubmit_exception"],
        ExceptionState::Granted if row.report.is_some() => &["confirm_end", "settle_line", "hand_over_copy"],
        ExceptionState::Granted if row.phases.is_empty() => {
            &["begin_exception", "apply_measure", "apply_amendment"]
        }
        ExceptionState::Granted => {
            &["interrupt_exception", "resume_exception", "apply_measure", "apply_amendment", "report_end"]
        }
        _ => &[],
    };
    let named = |line: &&String| line.split('"').nth(3).is_some_and(|name| steps.contains(&name));
    lines.iter().filter(named).cloned().collect()
}

fn correct(dice: &mut Dice<'_>, world: &World) -> Command {
    let (field, is_text) = dice.of(CORRECTABLE);
    let value = match field {
        "person" => dice.person().to_string(),
        "purpose" => dice.purpose(),
        "zone" => dice.zone(),
        "rack" => dice.of(&["R01", "R02", "", "A01"]).to_owned(),
        "badge" => dice.any_badge().unwrap_or_default(),
        "permit" => dice.record(world, Noun::Permit).map(|id| id.to_string()).unwrap_or_default(),
        "came" | "left" => dice.moment(world).to_rfc3339(),
        "identification" => dice.of(&["licence", "staff_card", "smile"]).to_owned(),
        _ => dice.text(),
    };
    let record = dice.record(world, Noun::Visit);
    let (value, text) = if is_text { (String::new(), value) } else { (value, String::new()) };
    Correct { record, field: field.to_owned(), value, text, reason: dice.text() }.into()
}

/// Plays steps; counts what was accepted, by command, and refused, by code.
fn play(
    (book, steps): (u16, &[Vec<u16>]),
    accepted: &mut BTreeMap<&'static str, u32>,
    refused: &mut BTreeMap<&'static str, u32>,
) {
    let mut world = World::new();
    let divisions = vec!["受付業務".to_owned()];
    world.profile.accounts = Some(Accounts { divisions, ..Accounts::default() });
    super::exceptions::at_a_site_with_exceptions(&mut world);
    for step in steps {
        let mut dice = Dice(step.iter());
        let command = command(&mut dice, &world, book);
        let name = command.name();
        let who = match &command {
            Command::DecideVisit(_) | Command::ReturnWork(_) => dice.of(&[MANAGER, DEPUTY, MANAGER]),
            Command::ConfirmTelephone(_) | Command::RegisterEntrant(_) | Command::RevokeEntrant(_) => MANAGER,
            Command::ApproveWork(_) => dice.of(&[MANAGER, DEPUTY]),
            Command::ReviewEmergencyAct(_) => dice.of(&[MANAGER, MANAGER, ADMIN]),
            Command::AcknowledgeNotice(_) => OFFICER,
            Command::AgreeProfile(_) => dice.of(&[ADMIN, MANAGER, MANAGER]),
            Command::DecideException(_) | Command::ForwardException(_) => {
                dice.of(&[MANAGER, MANAGER, DEPUTY])
            }
            Command::ConfirmEnd(_) | Command::RevokeException(_) | Command::SettleLine(_) => MANAGER,
            Command::CloseMonth(_) | Command::ReopenMonth(_) => MANAGER,
            Command::ReceiveException(_) | Command::ReturnForCorrection(_) => ADMIN,
            _ if operation(name).is_some_and(|of| of.register == "exceptions") => GUARD,
            _ if command.rule().since > Edition::Two => ADMIN,
            Command::ChangePerson(_) | Command::Erase(_) | Command::ConfirmClock(_) => ADMIN,
            Command::SuspendUser(_) | Command::ResumeUser(_) | Command::ResetPassword(_) => ADMIN,
            _ if dice.roll(12) == 0 => dice.of(&[MANAGER, STRANGER]),
            _ => dice.of(&[GUARD, GUARD, GUARD, ADMIN]),
        };
        let at = if dice.rarely() && command.rule().late { Some(dice.moment(&world)) } else { None };
        match world.act_at(who, at, command) {
            Ok(_) => {
                *accepted.entry(name).or_default() += 1;
                let site: Site = world.get(Some(Id::SITE));
                world.clock_unconfirmed = site.clock_jump.is_some();
                if name == "report_compromise" {
                    let key = key_of(10_000 + world.log.len() as u32);
                    world.ok(who, EnrolKey { key, ..EnrolKey::default() });
                }
                if world.clock_unconfirmed && dice.rarely() {
                    world.ok(ADMIN, ConfirmClock::default());
                    world.clock_unconfirmed = false;
                }
            }
            Err(No::Rejected(rejection)) => *refused.entry(rejection.code.name()).or_default() += 1,
            Err(No::Denied(_)) => *refused.entry(Denied::NAME).or_default() += 1,
            Err(No::Broken(broken)) => panic!("{broken}"),
        }
    }
}

#[test]
fn random_commands_never_panic_and_the_world_holds_after_each() {
    let config = Config { cases: 480, failure_persistence: None, ..Config::default() };
    // One seed, so that what runs here runs everywhere; what `RULES_SEED=n` finds becomes a test of its own.
    let seed = std::env::var("RULES_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(7);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let steps = (any::<u16>(), prop::collection::vec(prop::collection::vec(any::<u16>(), 32), 150));
    let (mut accepted, mut refused) = (BTreeMap::new(), BTreeMap::new());
    let counts = std::cell::RefCell::new((&mut accepted, &mut refused));
    TestRunner::new_with_rng(config, rng)
        .run(&steps, |(book, steps)| {
            let mut counts = counts.borrow_mut();
            let (accepted, refused) = &mut *counts;
            play((book, &steps), accepted, refused);
            Ok(())
        })
        .unwrap();
    // A test that refuses everything shows nothing.
    for often in ["check_in", "check_out", "decide_visit", "record_work", "correct", "settle_exit", "erase"] {
        assert!(
            accepted.get(often).is_some_and(|n| *n >= 10),
            "{often} is hardly ever accepted: {accepted:?} {refused:?}"
        );
    }
    for family in FAMILIES.iter().filter(|family| family.rules.iter().all(|rule| rule.since > Edition::Two)) {
        let often: Vec<&str> =
            family.rules.iter().map(|rule| rule.name).filter(|name| accepted.contains_key(name)).collect();
        assert!(
            family.rules.is_empty() || often.len() * 2 > family.rules.len(),
            "{}: {often:?} of {accepted:?} {refused:?}",
            family.name
        );
    }
    assert!(refused.len() >= 20, "few kinds of refusals: {refused:?}");
}

proptest! {
    #![proptest_config(Config { cases: 64, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_shape_of_command_is_answered(
        which in 0..Command::RULES.len(),
        texts in prop::collection::vec("\\PC{0,12}", 4),
        number in any::<u32>(),
    ) {
        // Every text field filled with anything, every record field with any record.
        let mut command = serde_json::json!({ "command": Command::RULES[which].name });
        let fields = ["name", "kana", "badge", "zone", "purpose", "field", "value", "reason", "user", "key", "server"];
        for (n, field) in fields.iter().enumerate() {
            let mut with = command.clone();
            with[*field] = texts[n % texts.len()].clone().into();
            if serde_json::from_value::<Command>(with.clone()).is_ok() {
                command = with;
            }
        }
        for field in ["person", "visit", "permit", "work", "record", "company", "notice", "entrant"] {
            let mut with = command.clone();
            let noun = Noun::ALL[number as usize % Noun::ALL.len()];
            with[field] = id(noun, number.max(1)).to_string().into();
            if serde_json::from_value::<Command>(with.clone()).is_ok() {
                command = with;
            }
        }
        let command: Command = serde_json::from_value(command).unwrap();
        let mut world = World::new();
        world.act(ADMIN, command).ok();
    }
}
