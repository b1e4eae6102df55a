//! The one door to the rules: policy first, then the noun's own file.

use super::lookup::{Ask, days_before, invalid, within};
use super::{
    Code, Command, Context, Edition, EntryMeta, Event, Id, Moments, No, Noun, Outcome, Rejection, Row, Stamp,
    View, attachment, badge, company, correct, entrant, erase, notice, permit, person, policy, shift, site,
    user, visit, work,
};

/// Commands that may be entered late from paper.
pub const LATE: &[&str] = &[
    "check_in",
    "check_out",
    "settle_exit",
    "record_work",
    "hand_over_escort",
    "permit_by_telephone",
    "report_badge",
];

/// Commands that judge or begin a period, and wait until somebody has confirmed the clock after a jump.
pub const NEEDS_CLOCK: &[&str] =
    &["register_entrant", "apply_visit", "decide_visit", "permit_by_telephone", "adopt_profile"];

/// Decides a command: an event, or why not. Pure: same view, context and command, same answer.
///
/// # Errors
/// [`No::Denied`] when none of the actor's roles holds the command, [`No::Rejected`] when a rule forbids it
/// (when several do, the first in the order of [`Code`] that the noun's rules meet), [`No::Broken`] when the
/// registers cannot be read.
pub fn decide(view: &dyn View, context: &Context<'_>, command: &Command) -> Result<Event, No> {
    policy::acting_role(context.profile, context.actor, command)?;
    let ask = Ask { view, context };
    let general = [
        late(context, command),
        foreign(context, command),
        clock(context, command.name()),
        early(context, command),
    ];
    let general = general.into_iter().flatten();
    let general = general.min_by_key(|rejection| rejection.code);
    let outcome = match (outcome(&ask, command), general) {
        (Err(No::Broken(broken)), _) => return Err(broken.into()),
        (Err(No::Rejected(no)), Some(general)) if no.code < general.code => return Err(no.into()),
        (_, Some(general)) => return Err(general.into()),
        (outcome, None) => outcome?,
    };
    Ok(Event { command: command.clone(), at: context.at, outcome })
}

/// Why a late entry is none.
fn late(context: &Context<'_>, command: &Command) -> Option<Rejection> {
    let at = context.at?;
    if !LATE.contains(&command.name()) {
        return Some(invalid("at", at.to_rfc3339()));
    }
    // Neither end of the range is known while the clock is not.
    if context.clock_unconfirmed {
        return None;
    }
    within(at, days_before(context.now, context.profile.periods.late_days), context.now).err()
}

/// The first moment that somebody gave in another offset than that of the entry. The desk turns what is given into the
/// site's offset first, so that no day begins at two moments in one log; the first edition knew no site's offset.
fn foreign(context: &Context<'_>, command: &Command) -> Option<Rejection> {
    if context.edition < Edition::Two || !command.is_given_by_people() {
        return None;
    }
    let here = *context.now.offset();
    let mut found: Option<Stamp> = None;
    let mut given = (context.at, command.clone());
    given.each_moment(&mut |moment| {
        if *moment.offset() != here {
            found.get_or_insert(*moment);
        }
    });
    found.map(|moment| Code::OtherOffset.with("time", moment.to_rfc3339()).and("offset", here))
}

/// Why a command waits for the clock.
pub(super) fn clock(context: &Context<'_>, command: &str) -> Option<Rejection> {
    (context.clock_unconfirmed && NEEDS_CLOCK.contains(&command)).then(|| Code::ClockUnconfirmed.no())
}

/// Why a command waits for a later edition: releases that decide by the one in force do not know it. The entry that
/// brings an edition into force is the one that cannot wait for it.
fn early(context: &Context<'_>, command: &Command) -> Option<Rejection> {
    if matches!(command, Command::AdoptEdition(_) | Command::FoundSite(_)) {
        return None;
    }
    needs_edition(context, command.name())
}

/// As [`early`], of a command's name.
pub(super) fn needs_edition(context: &Context<'_>, command: &str) -> Option<Rejection> {
    let since = Command::since(command).filter(|since| *since > context.edition)?;
    Some(Code::NeedsEdition.with("edition", since.number()).and("in_force", context.edition.number()))
}

fn outcome(ask: &Ask<'_>, command: &Command) -> Result<Outcome, No> {
    match command {
        Command::RegisterPerson(c) => person::decide_register(ask, c),
        Command::ChangePerson(c) => person::decide_change(ask, c),
        Command::RegisterCompany(c) => company::decide_register(ask, c),
        Command::RegisterEntrant(c) => entrant::decide_register(ask, c),
        Command::RevokeEntrant(c) => entrant::decide_revoke(ask, c),
        Command::RegisterBadge(c) => badge::decide_register(ask, c),
        Command::ReportBadge(c) => badge::decide_report(ask, c),
        Command::ApplyVisit(c) => permit::decide_apply(ask, c),
        Command::DecideVisit(c) => permit::decide_decide(ask, c),
        Command::WithdrawVisit(c) => permit::decide_withdraw(ask, c),
        Command::PermitByTelephone(c) => permit::decide_by_telephone(ask, c),
        Command::ConfirmTelephone(c) => permit::decide_confirm(ask, c),
        Command::CheckIn(c) => visit::decide_check_in(ask, c),
        Command::HandOverEscort(c) => visit::decide_hand_over(ask, c),
        Command::CheckOut(c) => visit::decide_check_out(ask, c),
        Command::SettleExit(c) => visit::decide_settle(ask, c),
        Command::RecordWork(c) => work::decide_record(ask, c),
        Command::ApproveWork(c) => work::decide_approve(ask, c),
        Command::ReturnWork(c) => work::decide_return(ask, c),
        Command::AcknowledgeNotice(c) => notice::decide_acknowledge(ask, c),
        Command::Correct(c) => correct::decide_correct(ask, c),
        Command::TakeOverShift(_) => shift::decide_take_over(ask),
        Command::IssueUser(c) => user::decide_issue(ask, c),
        Command::ResetPassword(c) => user::decide_reset(ask, c),
        Command::SuspendUser(c) => user::decide_suspend(ask, c),
        Command::ResumeUser(c) => user::decide_resume(ask, c),
        Command::Erase(c) => erase::decide_erase(ask, c),
        Command::ConfirmClock(_) => site::decide_confirm_clock(ask),
        Command::AdoptProfile(c) => site::decide_adopt(ask, c),
        Command::RemoveUser(c) => user::decide_remove(ask, c),
        Command::BackUp(c) => site::decide_back_up(ask, c),
        Command::RekeyVault(c) => site::decide_rekey(ask, c),
        Command::CompactVault(_) => site::decide_about_site(ask),
        Command::AdoptEdition(c) => site::decide_adopt_edition(ask, c),
        Command::Attach(c) => attachment::decide_attach(ask, c),
        Command::WriteAttachment(c) => attachment::decide_write(ask, c),
        Command::UseSheet(c) => user::decide_use_sheet(ask, c),
        Command::ReplaceSheet(c) => site::decide_replace_sheet(ask, c),
        Command::BeginEpoch(c) => site::decide_begin_epoch(ask, c),
        Command::FoundSite(c) => site::decide_found(ask, c),
        Command::EnrolKey(c) => user::decide_enrol(ask, c),
        Command::LogIn(_) => user::decide_log_in(ask),
        Command::ReportClockJump(_) => site::decide_about_site(ask),
        Command::ReportFailedLogins(_) | Command::RecordReading(_) | Command::RecordRefusal(_) => {
            Ok(Outcome::default())
        }
    }
}

/// Every row that an event makes or changes, without repeats; the subject first.
pub fn touches(event: &Event) -> Vec<Id> {
    let outcome = &event.outcome;
    let others = match &event.command {
        Command::CheckIn(_) | Command::CheckOut(_) | Command::SettleExit(_) | Command::Correct(_) => {
            vec![outcome.badge]
        }
        Command::ReportBadge(_) | Command::ApproveWork(_) | Command::ReturnWork(_) => vec![outcome.visit],
        Command::RecordWork(_) => vec![outcome.visit, outcome.notice],
        Command::TakeOverShift(_) | Command::UseSheet(_) => vec![Some(Id::SITE)],
        Command::FoundSite(_) => vec![outcome.person, outcome.user],
        _ => Vec::new(),
    };
    let mut ids: Vec<Id> = Vec::new();
    for id in [outcome.id].into_iter().chain(others).flatten().chain(outcome.also.iter().copied()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// One row after an event. Total: an event that does not fit the row leaves it as it is.
pub fn fold(id: Id, old: Option<Row>, event: &Event, meta: &EntryMeta) -> Option<Row> {
    if !touches(event).contains(&id) {
        return old;
    }
    let Some(mut row) = old else { return make(id, event, meta) };
    if row.id() == id && change(&mut row, event, meta) {
        row.trace_mut().changed = meta.seq;
    }
    Some(row)
}

fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Row> {
    match id.noun {
        Noun::Person => person::make(id, event, meta).map(Row::from),
        Noun::Company => company::make(id, event, meta).map(Row::from),
        Noun::Entrant => entrant::make(id, event, meta).map(Row::from),
        Noun::Badge => badge::make(id, event, meta).map(Row::from),
        Noun::Visit => visit::make(id, event, meta).map(Row::from),
        Noun::Permit => permit::make(id, event, meta).map(Row::from),
        Noun::Work => work::make(id, event, meta).map(Row::from),
        Noun::Notice => notice::make(id, event, meta).map(Row::from),
        Noun::User => user::make(id, event, meta).map(Row::from),
        Noun::Shift => shift::make(id, event, meta).map(Row::from),
        Noun::Site => site::make(id, event, meta).map(Row::from),
        Noun::Profile => site::make_version(id, event, meta).map(Row::from),
        Noun::Attachment => attachment::make(id, event, meta).map(Row::from),
    }
}

fn change(row: &mut Row, event: &Event, meta: &EntryMeta) -> bool {
    if let Command::Erase(_) = event.command {
        return erase::change(row, event, meta.seq);
    }
    match row {
        Row::Person(row) => person::change(row, event),
        Row::Entrant(row) => entrant::change(row, event, meta),
        Row::Badge(row) => badge::change(row, event, meta),
        Row::Visit(row) => visit::change(row, event, meta),
        Row::Permit(row) => permit::change(row, event, meta),
        Row::Work(row) => work::change(row, event, meta),
        Row::Notice(row) => notice::change(row, event, meta),
        Row::User(row) => user::change(row, event, meta),
        Row::Site(row) => site::change(row, event, meta),
        // Made once and never changed but by erasing.
        Row::Company(_) | Row::Shift(_) | Row::ProfileVersion(_) | Row::Attachment(_) => false,
    }
}
