//! Status x command and role x command, printed to golden files that a reviewer compares.
//! `UPDATE_GOLDEN=1 cargo test --test all rules::grids` writes them anew.

use super::world::*;
use crate::golden;
use daicho::domain::*;
use std::fmt::Write as _;
fn answer(result: Result<Event, No>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(No::Rejected(rejection)) => rejection.code.name().to_owned(),
        Err(No::Denied(_)) => Denied::NAME.to_owned(),
        Err(No::Broken(broken)) => panic!("{broken}"),
    }
}

/// One line a state and command: who, what, and what the rules say. Each is tried on a world of its own.
pub fn grid(states: &[(&str, World)], commands: &[(&str, Id, Command)]) -> String {
    let called = |name: &str, command: &Command| match name.contains(command.name()) {
        true => name.to_owned(),
        false => format!("{}, {name}", command.name()),
    };
    let commands: Vec<(String, &Id, &Command)> =
        commands.iter().map(|(name, who, command)| (called(name, command), who, command)).collect();
    let width = commands.iter().map(|(name, ..)| name.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    for (state, world) in states {
        writeln!(text, "{state}").unwrap();
        for (name, who, command) in &commands {
            let said = answer(world.clone().act(**who, (*command).clone()));
            if let Some(record) = subject(command) {
                // What the screen shows dim is refused; it is dim for the reason that the rules give.
                if let Availability::Unavailable(no) = world.may(**who, command.name(), record) {
                    assert_eq!(said, answer(Err(no)), "{state}: {name}");
                }
            }
            writeln!(text, "    {name:width$}  {said}").unwrap();
        }
    }
    text
}

pub fn states_of(family: &str, text: &str) {
    golden::check(&format!("family/{family}/states.txt"), text, "look at it");
}

/// The record that an operation on the screen would be opened on.
fn subject(command: &Command) -> Option<Id> {
    match command {
        Command::CheckOut(c) => c.visit,
        Command::HandOverEscort(c) => c.visit,
        Command::SettleExit(c) => c.visit,
        Command::RecordWork(c) if c.revises.is_none() => c.visit,
        Command::DecideVisit(c) => c.permit,
        Command::WithdrawVisit(c) => c.permit,
        Command::ConfirmTelephone(c) => c.permit,
        Command::ApproveWork(c) => c.work,
        Command::ReturnWork(c) => c.work,
        Command::Erase(c) => c.record,
        Command::RevokeEntrant(c) => c.entrant,
        Command::AcknowledgeNotice(c) => c.notice,
        Command::Attach(c) => c.record,
        Command::WriteAttachment(c) => c.attachment,
        Command::AgreeProfile(c) => c.version,
        Command::WithdrawProfile(c) => c.version,
        Command::ActInEmergency(c) => c.record,
        Command::ReviewEmergencyAct(c) => c.emergency,
        Command::SettleContradiction(c) => c.contradiction,
        Command::MergePersons(c) => c.person,
        Command::KeepApart(c) => c.person,
        Command::Leave(c) => c.person,
        Command::ReceiveException(c) => c.exception,
        Command::ReturnForCorrection(c) => c.exception,
        Command::ResubmitException(c) => c.exception,
        Command::ForwardException(c) => c.exception,
        Command::DecideException(c) => c.exception,
        Command::WithdrawException(c) => c.exception,
        Command::HandOverCopy(c) => c.exception,
        Command::BeginException(c) => c.exception,
        Command::InterruptException(c) => c.exception,
        Command::ResumeException(c) => c.exception,
        Command::ReportEnd(c) => c.exception,
        Command::ConfirmEnd(c) => c.exception,
        Command::RevokeException(c) => c.exception,
        Command::ReviewEmergency(c) => c.exception,
        Command::TellCouncil(c) => c.exception,
        Command::ConfirmGone(c) => c.exception,
        Command::NoteRisk(c) => c.exception,
        Command::ApplyMeasure(c) => c.exception,
        Command::SettleLine(c) => c.exception,
        Command::ReopenMonth(c) => c.month,
        Command::ReceiveApplication(c) => c.application,
        Command::CheckApplication(c) => c.application,
        Command::RefuseApplication(c) => c.application,
        Command::WithdrawApplication(c) => c.application,
        Command::IssueUser(c) => c.application,
        Command::EndAppointment(c) => c.appointment,
        Command::TellAppointment(c) => c.appointment,
        Command::EndDelegation(c) => c.delegation,
        Command::AddMember(c) => c.organisation,
        Command::EndMember(c) => c.organisation,
        Command::CloseOrganisationId(c) => c.organisation,
        Command::OpenEmergencyAccount(c) => c.account,
        Command::CloseEmergencyAccount(c) => c.account,
        Command::ReviewEmergencyAccount(c) => c.account,
        Command::WithdrawEmergencyAccount(c) => c.account,
        Command::ChangeUser(c) => c.application,
        Command::ReopenUser(c) => c.application,
        Command::PassOnChange(c) => c.change,
        Command::CancelChange(c) => c.change,
        Command::ConfirmClock(_) => Some(Id::SITE),
        _ => None,
    }
}

pub fn after(base: &World, steps: impl FnOnce(&mut World)) -> World {
    let mut world = base.clone();
    steps(&mut world);
    world
}

#[test]
fn visits_by_state_and_command() {
    let mut base = World::new();
    base.ready(PermitKind::Planned);
    base.ok(GUARD, staff(ESCORT_2));
    base.ok(GUARD, outsider("maintenance"));
    let settled = settle(3, "2026-11-20T09:06:00+09:00");
    let states = [
        ("inside", base.clone()),
        ("inside, badge lost", after(&base, |w| drop(w.ok(GUARD, badge_report("G-01", BadgeReport::Lost))))),
        ("left", after(&base, |w| drop(w.ok(GUARD, out(3))))),
        (
            "left without giving the badge back",
            after(&base, |w| {
                w.ok(GUARD, CheckOut { badge_kept: true, ..out(3) });
            }),
        ),
        ("exit_unknown", after(&base, |w| drop(w.ok(GUARD, settled.clone())))),
        ("inside, work recorded", after(&base, |w| drop(w.ok(GUARD, report(3))))),
        (
            "left, work approved",
            after(&base, |w| {
                w.ok(GUARD, out(3));
                w.ok(GUARD, report(3));
                w.ok(DEPUTY, ApproveWork { work: work(1), ..ApproveWork::default() });
            }),
        ),
    ];
    let text = Correct { text: "窓口".into(), ..correction(3, "visited", "") };
    let commands: Vec<(&str, Id, Command)> = vec![
        ("check_in", GUARD, outsider("maintenance").into()),
        ("check_out", GUARD, out(3).into()),
        ("check_out by badge", GUARD, CheckOut { badge: Some("G-01".into()), ..CheckOut::default() }.into()),
        ("check_out by person", GUARD, CheckOut { person: Some(WORKER), ..CheckOut::default() }.into()),
        ("check_out, badge kept", GUARD, CheckOut { badge_kept: true, ..out(3) }.into()),
        ("check_out of the escort", GUARD, out(1).into()),
        ("hand_over_escort", GUARD, HandOverEscort { visit: visit(3), escort: Some(ESCORT_2) }.into()),
        ("settle_exit", GUARD, settled.into()),
        ("record_work", GUARD, report(3).into()),
        ("correct person", GUARD, correction(3, "person", "P-00007").into()),
        ("correct purpose", GUARD, correction(3, "purpose", "tour").into()),
        ("correct zone", GUARD, correction(3, "zone", "annex").into()),
        ("correct rack", GUARD, correction(3, "rack", "R01").into()),
        ("correct badge", GUARD, correction(3, "badge", "G-02").into()),
        ("correct permit", GUARD, correction(3, "permit", "").into()),
        ("correct came", GUARD, correction(3, "came", "2026-11-20T09:04:30+09:00").into()),
        ("correct left", GUARD, correction(3, "left", "2026-11-20T09:05:30+09:00").into()),
        ("correct visited", GUARD, text.into()),
        ("withdraw its permit", GUARD, WithdrawVisit { permit: permit(1), reason: "中止".into() }.into()),
        ("report_badge lost", GUARD, badge_report("G-01", BadgeReport::Lost).into()),
        ("report_badge returned", GUARD, badge_report("G-01", BadgeReport::Returned).into()),
        ("erase", ADMIN, Erase { record: visit(3), reason: "求め".into(), ..Erase::default() }.into()),
        (
            "erase the person",
            ADMIN,
            Erase { record: Some(WORKER), reason: "求め".into(), ..Erase::default() }.into(),
        ),
    ];
    states_of("visit", &grid(&states, &commands));
}

#[test]
fn permits_by_state_and_command() {
    let mut base = World::new();
    base.ok(GUARD, by_card());
    let asked = |kind| after(&base, |w| drop(w.ok(GUARD, application(kind))));
    let planned = asked(PermitKind::Planned);
    let called = after(&base, |w| drop(w.ok(GUARD, call())));
    let sign = |signed| ConfirmTelephone { permit: permit(1), signed, reason: "確認".into() };
    let withdraw = WithdrawVisit { permit: permit(1), reason: "中止".into() };
    let next_day = |world: &World| after(world, |w| w.now = stamp("2026-11-21T09:00:00+09:00"));
    let states = [
        ("applied, planned", planned.clone()),
        ("applied, failure", asked(PermitKind::Failure)),
        ("applied, visit", asked(PermitKind::Visit)),
        ("applied, its day over", next_day(&planned)),
        ("granted, planned", after(&planned, |w| drop(w.ok(MANAGER, grant(1))))),
        ("granted, failure", after(&asked(PermitKind::Failure), |w| drop(w.ok(MANAGER, grant(1))))),
        ("granted, visit", after(&asked(PermitKind::Visit), |w| drop(w.ok(MANAGER, grant(1))))),
        ("granted, its day over", next_day(&after(&planned, |w| drop(w.ok(MANAGER, grant(1)))))),
        (
            "granted, somebody inside on it",
            after(&planned, |w| {
                w.ok(MANAGER, grant(1));
                w.ok(GUARD, CheckIn { badge: Some("G-02".into()), ..outsider("maintenance") });
            }),
        ),
        ("refused", after(&planned, |w| drop(w.ok(MANAGER, refuse(1))))),
        ("withdrawn", after(&planned, |w| drop(w.ok(GUARD, withdraw.clone())))),
        ("telephone", called.clone()),
        ("telephone, signed", after(&called, |w| drop(w.ok(MANAGER, sign(true))))),
        ("telephone, disowned", after(&called, |w| drop(w.ok(MANAGER, sign(false))))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("decide_visit granted, by the manager", MANAGER, grant(1).into()),
        ("decide_visit granted, by the deputy", DEPUTY, grant(1).into()),
        ("decide_visit granted, by the officer", OFFICER, grant(1).into()),
        ("decide_visit refused, by the manager", MANAGER, refuse(1).into()),
        ("withdraw_visit, by who typed it", GUARD, withdraw.clone().into()),
        ("withdraw_visit, by the manager", MANAGER, withdraw.into()),
        ("confirm_telephone signed", MANAGER, sign(true).into()),
        ("confirm_telephone disowned", MANAGER, sign(false).into()),
        ("check_in, planned maintenance", GUARD, outsider("maintenance").into()),
        ("check_in, failure", GUARD, outsider("failure").into()),
        ("check_in, tour", GUARD, outsider("tour").into()),
        ("erase", ADMIN, Erase { record: permit(1), reason: "求め".into(), ..Erase::default() }.into()),
    ];
    states_of("permit", &grid(&states, &commands));
}

#[test]
fn badges_by_state_and_command() {
    let mut base = World::new();
    base.ready(PermitKind::Visit);
    let report = |what| badge_report("G-01", what);
    let lent = after(&base, |w| drop(w.ok(GUARD, outsider("tour"))));
    let kept = CheckOut { badge_kept: true, ..out(2) };
    let states = [
        ("in", base.clone()),
        ("out", lent.clone()),
        ("not_returned", after(&lent, |w| drop(w.ok(GUARD, kept)))),
        ("lost", after(&base, |w| drop(w.ok(GUARD, report(BadgeReport::Lost))))),
        ("lost while worn", after(&lent, |w| drop(w.ok(GUARD, report(BadgeReport::Lost))))),
        ("broken", after(&base, |w| drop(w.ok(GUARD, report(BadgeReport::Broken))))),
        ("disposed", after(&base, |w| drop(w.ok(GUARD, report(BadgeReport::Disposed))))),
    ];
    let mut commands: Vec<(&str, Id, Command)> = vec![
        (
            "check_in of a member of staff with it",
            GUARD,
            CheckIn { badge: Some("G-01".into()), ..staff(STAFF) }.into(),
        ),
        ("check_out by it", GUARD, CheckOut { badge: Some("G-01".into()), ..CheckOut::default() }.into()),
        (
            "register_badge with its number",
            ADMIN,
            RegisterBadge { number: "G-01".into(), ..RegisterBadge::default() }.into(),
        ),
    ];
    for what in BadgeReport::ALL {
        commands.push((what.name(), GUARD, report(*what).into()));
    }
    states_of("badge", &grid(&states, &commands));
}

#[test]
fn works_by_state_and_command() {
    let mut base = World::new();
    base.ready(PermitKind::Planned);
    base.ok(GUARD, outsider("maintenance"));
    let recorded = after(&base, |w| drop(w.ok(GUARD, report(2))));
    let mut kept = World::new();
    kept.ok(GUARD, CheckIn { purpose: "backup".into(), ..staff(STAFF) });
    kept.ok(GUARD, report(1));
    let approve = ApproveWork { work: work(1), opinion: String::new() };
    let send_back = ReturnWork { work: work(1), reason: "追記".into() };
    let states = [
        ("due", base.clone()),
        ("recorded", recorded.clone()),
        ("returned", after(&recorded, |w| drop(w.ok(MANAGER, send_back.clone())))),
        ("approved", after(&recorded, |w| drop(w.ok(MANAGER, approve.clone())))),
        ("kept", kept),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("record_work", GUARD, report(2).into()),
        ("record_work, revising", GUARD, RecordWork { revises: work(1), ..report(2) }.into()),
        ("approve_work", MANAGER, approve.clone().into()),
        ("approve_work, by one without the authority", ADMIN, approve.into()),
        ("return_work", DEPUTY, send_back.into()),
        ("erase", ADMIN, Erase { record: work(1), reason: "求め".into(), ..Erase::default() }.into()),
    ];
    states_of("work", &grid(&states, &commands));
}

#[test]
fn users_by_state_and_command() {
    let mut base = World::new();
    let issued = base.ok(
        ADMIN,
        IssueUser {
            user: "tanaka".into(),
            person: Some(STAFF),
            roles: vec!["admin".into()],
            key: key_of(90),
            ..IssueUser::default()
        },
    );
    base.actors.insert(STAFF, Actor { person: STAFF, user: issued.outcome.id, roles: vec!["admin".into()] });
    let suspend = SuspendUser { user: "tanaka".into(), reason: "不在".into() };
    let resume = ResumeUser { user: "tanaka".into(), reason: String::new() };
    let remove = RemoveUser { user: "tanaka".into(), reason: "退職".into(), ..RemoveUser::default() };
    let close = CloseUser { user: "tanaka".into(), reason: "契約の終了".into() };
    let change = ChangeUser {
        user: "tanaka".into(),
        roles: vec!["guard".into()],
        reason: "担当の変更".into(),
        ..ChangeUser::default()
    };
    let reopen = ReopenUser {
        user: "tanaka".into(),
        key: key_of(99),
        reason: "再契約".into(),
        ..ReopenUser::default()
    };
    let lead_back = IssueBySheet {
        user: "back".into(),
        person: Some(STRANGER),
        key: key_of(98),
        ..IssueBySheet::default()
    };
    let active = after(&base, |w| drop(w.ok(STAFF, EnrolKey { key: key_of(91), ..EnrolKey::default() })));
    let states = [
        ("provisional", base.clone()),
        ("active", active.clone()),
        ("suspended", after(&active, |w| drop(w.ok(ADMIN, suspend.clone())))),
        ("closed", after(&active, |w| drop(w.ok(ADMIN, close.clone())))),
        ("removed", after(&active, |w| drop(w.ok(ADMIN, remove.clone())))),
        (
            "suspended and resumed, never enrolled",
            after(&base, |w| {
                w.ok(ADMIN, suspend.clone());
                w.ok(ADMIN, resume.clone());
            }),
        ),
        (
            "suspended and resumed",
            after(&active, |w| {
                w.ok(ADMIN, suspend.clone());
                w.ok(ADMIN, resume.clone());
            }),
        ),
    ];
    let report = ReportCompromise { what: "見られた".into() };
    let measures = RecordMeasures { user: "tanaka".into(), measures: "確かめた".into() };
    let reported = after(&active, |w| drop(w.ok(STAFF, report.clone())));
    let states = states.into_iter().chain([("reported", reported)]).collect::<Vec<_>>();
    let commands: Vec<(&str, Id, Command)> = vec![
        ("report_compromise", STAFF, report.into()),
        ("record_measures", ADMIN, measures.into()),
        ("log_in", STAFF, LogIn::default().into()),
        ("enrol_key", STAFF, EnrolKey { key: key_of(95), ..EnrolKey::default() }.into()),
        (
            "enrol_key, the provisional one again",
            STAFF,
            EnrolKey { key: key_of(90), ..EnrolKey::default() }.into(),
        ),
        (
            "reset_password",
            ADMIN,
            ResetPassword { user: "tanaka".into(), key: key_of(96), ..ResetPassword::default() }.into(),
        ),
        (
            "reset_password, own",
            STAFF,
            ResetPassword { user: "tanaka".into(), key: key_of(96), ..ResetPassword::default() }.into(),
        ),
        ("suspend_user", ADMIN, suspend.clone().into()),
        ("suspend_user, own", STAFF, suspend.into()),
        ("resume_user", ADMIN, resume.into()),
        ("change_user", ADMIN, change.clone().into()),
        ("change_user, own", STAFF, change.clone().into()),
        ("change_user, nothing", ADMIN, ChangeUser { roles: Vec::new(), ..change.clone() }.into()),
        ("change_user, no reason", ADMIN, ChangeUser { reason: " ".into(), ..change }.into()),
        ("close_user", ADMIN, close.clone().into()),
        ("close_user, own", STAFF, close.into()),
        ("reopen_user", ADMIN, reopen.clone().into()),
        ("reopen_user, a key there is", ADMIN, ReopenUser { key: key_of(90), ..reopen }.into()),
        ("remove_user", ADMIN, remove.clone().into()),
        ("remove_user, own", STAFF, remove.into()),
        (
            "use_sheet, by a user",
            ADMIN,
            UseSheet { user: "tanaka".into(), key: key_of(97), ..UseSheet::default() }.into(),
        ),
        (
            "use_sheet, by the sheet",
            Id::SITE,
            UseSheet { user: "tanaka".into(), key: key_of(97), ..UseSheet::default() }.into(),
        ),
        ("issue_by_sheet", Id::SITE, lead_back.into()),
    ];
    states_of("user", &grid(&states, &commands));
}

#[test]
fn registrations_by_state_and_command() {
    let base = World::new();
    let (first, second) = (id(Noun::Entrant, 4), id(Noun::Entrant, 5));
    let revoke = |entrant| RevokeEntrant { entrant: Some(entrant), reason: "異動".into() };
    let here = after(&base, |w| drop(w.ok(MANAGER, entrant(STRANGER, &["room"], false))));
    let states = [
        ("none", base.clone()),
        ("in force", here.clone()),
        ("of another zone", after(&base, |w| drop(w.ok(MANAGER, entrant(STRANGER, &["annex"], false))))),
        ("over", after(&here, |w| w.now = stamp("2027-11-20T09:00:00+09:00"))),
        ("revoked", after(&here, |w| drop(w.ok(MANAGER, revoke(first))))),
        ("clock in doubt", after(&here, |w| w.clock_unconfirmed = true)),
    ];
    let again = RegisterEntrant {
        from: day("2027-12-01"),
        to: day("2027-12-31"),
        ..entrant(STRANGER, &["room"], true)
    };
    let commands: Vec<(&str, Id, Command)> = vec![
        ("register_entrant", MANAGER, entrant(STRANGER, &["room"], false).into()),
        ("register_entrant, for later", MANAGER, again.into()),
        ("register_entrant, oneself", MANAGER, entrant(MANAGER, &["room"], false).into()),
        ("register_entrant, by one without the authority", ADMIN, entrant(STRANGER, &["room"], false).into()),
        ("revoke_entrant", MANAGER, revoke(first).into()),
        ("revoke_entrant, of no such number", MANAGER, revoke(second).into()),
        ("check_in", GUARD, staff(STRANGER).into()),
    ];
    states_of("entrant", &grid(&states, &commands));
}

fn leave(person: Id) -> Leave {
    Leave { person: Some(person), reason: "契約の終了".into() }
}

#[test]
fn people_and_companies_by_state_and_command() {
    let base = World::new();
    let state = |erased: &[Id]| {
        after(&base, |w| {
            for record in erased {
                w.ok(ADMIN, Erase { record: Some(*record), reason: "求め".into(), ..Erase::default() });
            }
        })
    };
    let named = |company| RegisterPerson {
        name: "人".into(),
        kana: "ヒト".into(),
        company,
        ..RegisterPerson::default()
    };
    let change = |person| ChangePerson {
        person: Some(person),
        name: Some("改".into()),
        reason: "改姓".into(),
        ..ChangePerson::default()
    };
    let join =
        |person, into| MergePersons { person: Some(person), into: Some(into), reason: "名刺".into() };
    let apart =
        |person, other| KeepApart { person: Some(person), other: Some(other), reason: "本人".into() };
    let firm = RegisterCompany {
        name: "海音寺".into(),
        kana: "カ".into(),
        outsourced_by: Some(OTHER_COMPANY),
        ..RegisterCompany::default()
    };
    let commands: Vec<(&str, Id, Command)> = vec![
        ("register_person", ADMIN, named(None).into()),
        ("register_person, of a company", ADMIN, named(Some(COMPANY)).into()),
        ("register_person, of no such company", ADMIN, named(Some(id(Noun::Company, 9))).into()),
        ("register_person, without a name", ADMIN, RegisterPerson::default().into()),
        ("change_person", ADMIN, change(WORKER).into()),
        (
            "change_person, nothing",
            ADMIN,
            ChangePerson { person: Some(WORKER), reason: "改姓".into(), ..ChangePerson::default() }.into(),
        ),
        ("change_person, nobody", ADMIN, change(id(Noun::Person, 99)).into()),
        ("merge_persons", ADMIN, join(WORKER, WORKER_2).into()),
        ("merge_persons, of somebody registered", ADMIN, join(STAFF, WORKER).into()),
        ("merge_persons, the other way", ADMIN, join(WORKER_2, WORKER).into()),
        ("keep_apart", ADMIN, apart(WORKER, WORKER_2).into()),
        ("keep_apart, of a third", ADMIN, apart(WORKER, STAFF).into()),
        ("keep_apart, oneself", ADMIN, apart(WORKER, ADMIN).into()),
        ("leave, nothing there", ADMIN, leave(WORKER).into()),
        ("leave, of somebody registered", ADMIN, leave(STAFF).into()),
        ("leave, oneself", ADMIN, leave(ADMIN).into()),
        ("leave, no reason", ADMIN, Leave { reason: " ".into(), ..leave(STAFF) }.into()),
        ("register_company, of another", ADMIN, firm.into()),
        ("register_company, without a name", ADMIN, RegisterCompany::default().into()),
        (
            "erase, the person",
            ADMIN,
            Erase { record: Some(WORKER), reason: "求め".into(), ..Erase::default() }.into(),
        ),
    ];
    let joined = after(&base, |w| drop(w.ok(ADMIN, join(WORKER, WORKER_2))));
    let states =
        [("there", base.clone()), ("erased", state(&[WORKER, COMPANY])), ("joined to another", joined)];
    states_of("person", &grid(&states, &commands));
}

#[test]
fn emergency_acts_by_state_and_command() {
    let mut base = World::new();
    base.profile.roles[1].may.push("act_in_emergency".to_owned());
    base.user(STRANGER, "guard", 60);
    base.ok(GUARD, application(PermitKind::Failure));
    let acted = after(&base, |w| drop(w.ok(STRANGER, emergency())));
    let reviewed = after(&acted, |w| drop(w.ok(MANAGER, review())));
    let states = [("applied", base), ("done in an emergency", acted), ("reviewed", reviewed)];
    let erase = Erase { record: review().emergency, reason: "求め".into(), ..Erase::default() };
    let commands: Vec<(&str, Id, Command)> = vec![
        ("act_in_emergency", STRANGER, emergency().into()),
        ("act_in_emergency, who typed it", GUARD, emergency().into()),
        ("act_in_emergency, another role", DEPUTY, emergency().into()),
        (
            "act_in_emergency, nobody tried",
            STRANGER,
            ActInEmergency { tried: " ".into(), ..emergency() }.into(),
        ),
        ("review_emergency_act", MANAGER, review().into()),
        ("review_emergency_act, without the authority", DEPUTY, review().into()),
        ("review_emergency_act, who did it", STRANGER, review().into()),
        (
            "decide_visit",
            MANAGER,
            DecideVisit { permit: permit(1), granted: true, ..DecideVisit::default() }.into(),
        ),
        ("withdraw_visit", MANAGER, WithdrawVisit { permit: permit(1), reason: "中止".into() }.into()),
        ("erase", ADMIN, erase.into()),
    ];
    states_of("emergency_act", &grid(&states, &commands));
}

#[test]
fn contradictions_by_state_and_command() {
    let mut base = World::new();
    base.now = stamp("2026-11-20T14:00:00+09:00");
    let open = after(&base, |w| {
        for (came, left) in [("10", "12"), ("11", "13")] {
            let left = Some(stamp(&format!("2026-11-20T{left}:00:00+09:00")));
            w.late(GUARD, &format!("2026-11-20T{came}:00:00+09:00"), CheckIn { left, ..staff(STAFF) });
        }
    });
    let settle = SettleContradiction {
        contradiction: Some(id(Noun::Contradiction, 1)),
        finding: "紙の書き違い".into(),
    };
    let settled = after(&open, |w| drop(w.ok(ADMIN, settle.clone())));
    let erase = Erase { record: settle.contradiction, reason: "求め".into(), ..Erase::default() };
    let erased = after(&settled, |w| drop(w.ok(ADMIN, erase.clone())));
    let states = [("none", base), ("open", open), ("settled", settled), ("erased", erased)];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("settle_contradiction", ADMIN, settle.clone().into()),
        (
            "settle_contradiction, without a finding",
            ADMIN,
            SettleContradiction { finding: String::new(), ..settle.clone() }.into(),
        ),
        ("settle_contradiction, a guard", GUARD, settle.into()),
        ("erase", ADMIN, erase.into()),
    ];
    states_of("contradiction", &grid(&states, &commands));
}

#[test]
fn notices_and_attachments_by_state_and_command() {
    let mut base = World::new();
    base.ready(PermitKind::Planned);
    base.ok(GUARD, outsider("maintenance"));
    let seen = RecordWork { pi_seen: Some(true), pi_detail: "氏名".into(), ..report(2) };
    let open = after(&base, |w| drop(w.ok(GUARD, seen)));
    let notice = Some(id(Noun::Notice, 1));
    let take = AcknowledgeNotice { notice, remarks: String::new() };
    let attach = |record| Attach {
        record,
        title: "申請書".into(),
        file: "a.pdf".into(),
        size: 9,
        digest: key_of(1),
        blob: key_of(2),
    };
    let write = WriteAttachment { attachment: Some(id(Noun::Attachment, 1)), to: "/media/a.pdf".into() };
    let attached = after(&open, |w| drop(w.ok(GUARD, attach(work(1)))));
    let erase = |record| Erase { record, reason: "求め".into(), ..Erase::default() };
    let states = [
        ("none", base.clone()),
        ("open", open.clone()),
        ("taken", after(&open, |w| drop(w.ok(OFFICER, take.clone())))),
        ("attached", attached.clone()),
        ("erased", after(&attached, |w| drop(w.ok(ADMIN, erase(Some(id(Noun::Attachment, 1))))))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("acknowledge_notice", OFFICER, take.clone().into()),
        ("acknowledge_notice, by one without the authority", ADMIN, take.into()),
        ("attach, to a permit", GUARD, attach(permit(1)).into()),
        ("attach, to a work record", GUARD, Attach { blob: key_of(3), ..attach(work(1)) }.into()),
        ("attach, to a visit", GUARD, Attach { blob: key_of(3), ..attach(visit(1)) }.into()),
        ("write_attachment", MANAGER, write.clone().into()),
    ];
    states_of("notice", &grid(&states, &commands));
    let written = attached.clone().ok(MANAGER, write);
    assert_eq!(written.outcome.id, Some(id(Noun::Attachment, 1)), "its history tells who had it");
}

#[test]
fn the_site_by_state_and_command() {
    let base = World::new();
    let jumped = after(&base, |w| {
        w.ok(GUARD, ReportClockJump { before: Some(w.now) });
        w.clock_unconfirmed = true;
    });
    let confirmed = after(&jumped, |w| {
        w.ok(ADMIN, ConfirmClock::default());
        w.clock_unconfirmed = false;
    });
    let taken = after(&base, |w| drop(w.ok(GUARD, TakeOverShift::default())));
    let sealing = Some(Sealing { vault_key: key_of(80), ..Sealing::default() });
    let way_in = Some(WayIn { recipient: key_of(81), key_file: key_of(82) });
    let sheet = after(&base, |w| {
        let (sheet_recipient, sealing) = (Some(key_of(83)), sealing.clone());
        w.ok(ADMIN, ReplaceSheet { recovery_key: key_of(84), sheet_recipient, sealing });
    });
    let logins: Vec<String> = WaysIn::of(&base.registers).unwrap().unproved().map(str::to_owned).collect();
    let proved = after(&sheet, |w| drop(w.ok(ADMIN, LogIn { way_in: way_in.clone(), ..LogIn::default() })));
    let unproved: Vec<String> =
        WaysIn::of(&proved.registers).unwrap().unproved().map(str::to_owned).collect();
    let bind = |left_out: &[String]| BindWaysIn { left_out: left_out.to_vec(), sealing: sealing.clone() };
    let bound = after(&proved, |w| drop(w.ok(ADMIN, bind(&unproved))));
    let ended = after(&bound, |w| drop(w.ok(GUARD, EndRekey { sealing: sealing.clone() })));
    let states = [
        ("as usual", base),
        ("clock in doubt", jumped),
        ("clock confirmed", confirmed),
        ("taken over", taken),
        ("a sheet that the log binds", sheet),
        ("the administrator's way in proved", proved),
        ("ways in bound", bound),
        ("ways in bound, and the new key in force", ended),
    ];
    let set_clock = |time: &str| SetClock {
        to: Some(stamp(&format!("2026-11-20T{time}:00+09:00"))),
        reason: "電波時計".into(),
    };
    let adopt = |from| AdoptProfile { profile: "version = 2".into(), from: day(from) };
    let see = |place: &str| SeeSheet { place: place.into(), ..SeeSheet::default() };
    let issue = |key| IssueUser {
        user: "neu".into(),
        person: Some(STAFF),
        roles: vec!["guard".into()],
        key: key_of(key),
        ..IssueUser::default()
    };
    let commands: Vec<(&str, Id, Command)> = vec![
        ("confirm_clock", ADMIN, ConfirmClock::default().into()),
        ("set_clock", ADMIN, set_clock("09:10").into()),
        ("set_clock, an hour", ADMIN, set_clock("10:10").into()),
        (
            "set_clock, compared with nothing",
            ADMIN,
            SetClock { reason: " ".into(), ..set_clock("09:10") }.into(),
        ),
        ("take_over_shift", GUARD, TakeOverShift::default().into()),
        ("adopt_profile, from now on", ADMIN, adopt("2026-11-21").into()),
        ("adopt_profile, reaching back", ADMIN, adopt("2026-11-19").into()),
        ("adopt_edition, in force", ADMIN, AdoptEdition { edition: Edition::NEWEST.number() }.into()),
        ("adopt_edition, unknown", ADMIN, AdoptEdition { edition: 99 }.into()),
        ("permit_by_telephone", GUARD, call().into()),
        ("bind_ways_in, naming everybody", ADMIN, bind(&logins).into()),
        ("bind_ways_in, naming who has not come", ADMIN, bind(&unproved).into()),
        ("bind_ways_in, without the sealing", ADMIN, BindWaysIn { sealing: None, ..bind(&unproved) }.into()),
        (
            "rekey_vault",
            ADMIN,
            RekeyVault { reason: "紛失".into(), sealing: sealing.clone(), ..RekeyVault::default() }.into(),
        ),
        (
            "rekey_vault, without the sealing",
            ADMIN,
            RekeyVault { reason: "紛失".into(), ..RekeyVault::default() }.into(),
        ),
        ("end_rekey", GUARD, EndRekey { sealing: sealing.clone() }.into()),
        ("see_sheet", ADMIN, see("金庫").into()),
        ("see_sheet, nowhere", ADMIN, see("").into()),
        ("log_in", ADMIN, LogIn::default().into()),
        ("log_in, proving a way in", ADMIN, LogIn { way_in: way_in.clone(), ..LogIn::default() }.into()),
        (
            "issue_user, with a way in",
            ADMIN,
            IssueUser { way_in: way_in.clone(), sealing: sealing.clone(), ..issue(70) }.into(),
        ),
        ("issue_user, with a key there is", ADMIN, issue(10).into()),
        ("issue_user", ADMIN, issue(70).into()),
    ];
    states_of("site", &grid(&states, &commands));
}

/// What people give does something with records: in some state of theirs it is refused, and a grid shows in which. What
/// works on the vault's files alone has no state here.
#[test]
fn every_command_that_people_give_stands_in_a_grid() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/family");
    let grids = std::fs::read_dir(folder).unwrap().map(|family| family.unwrap().path().join("states.txt"));
    let grids: String = grids.filter_map(|path| std::fs::read_to_string(path).ok()).collect();
    let tried =
        |name: &str| grids.lines().any(|line| line.trim_start().split([' ', ',']).next() == Some(name));
    let on_files = ["back_up", "rekey_vault", "compact_vault", "replace_sheet"];
    let missing: Vec<&str> =
        Command::given().filter(|name| !tried(name) && !on_files.contains(name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn the_policy_is_asked_before_the_rules_and_names_who_may() {
    let mut world = World::new();
    // Nothing in these commands is right but the policy has the first word.
    let denied = world.denied(GUARD, RegisterEntrant::default());
    assert_eq!(
        (denied.what.as_str(), denied.needs),
        ("register_entrant", vec!["admin".into(), "manager".into()])
    );
    world.denied(STRANGER, CheckIn::default());
    world.denied(OFFICER, Correct::default());
}

/// Each command of a family: what becomes of an empty one, and which roles of the test's profile may give it.
#[test]
fn every_command_is_decided_an_empty_one_is_refused_by_name_and_roles_give_what_they_may() {
    let profile = profile();
    for family in FAMILIES.iter().filter(|family| !family.rules.is_empty()) {
        let mut text = String::new();
        for rule in family.rules {
            let command: Command =
                serde_json::from_value(serde_json::json!({ "command": rule.name })).unwrap();
            let said = answer(World::new().act(ADMIN, command));
            let may =
                |role: &&Role| policy::role_for(&profile, std::slice::from_ref(&role.id), rule.name).is_ok();
            let roles: Vec<&str> = profile.roles.iter().filter(may).map(|role| role.id.as_str()).collect();
            writeln!(text, "{:24}{said:20}{}", rule.name, roles.join(" ")).unwrap();
        }
        golden::check(&format!("family/{}/empty.txt", family.name), &text, "look at it");
    }
}

/// What each role of the test's profile may read.
#[test]
fn roles_read_the_registers_that_they_are_given() {
    let profile = profile();
    let mut text = String::new();
    for query in Query::all() {
        let may =
            |role: &&Role| policy::role_for(&profile, std::slice::from_ref(&role.id), &query.right()).is_ok();
        let roles: Vec<&str> = profile.roles.iter().filter(may).map(|role| role.id.as_str()).collect();
        writeln!(text, "{:24}{}", query.name, roles.join(" ")).unwrap();
    }
    golden::check("queries.txt", &text, "look at it");
}
