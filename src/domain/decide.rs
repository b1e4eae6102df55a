//! The one door to the rules: policy first, then the noun's own file.

use super::leaving::OnLeaving;
use super::lookup::{Case, days_before, invalid, within};
use super::{
    AccountDays, AdoptEdition, Code, Command, Context, Denied, Edition, EntryMeta, Event, Id, Moments, No,
    Rejection, ReportClockJump, Row, Rule, Stamp, View, empowered, erase, policy, touches,
};

/// A command that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// What it becomes.
    pub event: Event,
    /// The role in which it was given; none where the desk gives it for somebody without one.
    pub role: String,
    /// The person for whom it was given, where the actor stood in for somebody.
    pub on_behalf: Option<Id>,
}

/// Decides a command: an event, or why not. Pure: same view, context and command, same answer.
///
/// # Errors
/// As [`judge`].
pub fn decide(view: &dyn View, context: &Context<'_>, command: &Command) -> Result<Event, No> {
    Ok(judge(view, context, command)?.event)
}

/// Decides a command, in the actor's own right, or where that is none or not enough for the first for whom they stand in and
/// whose right is. Pure, as [`decide`].
///
/// # Errors
/// [`No::Denied`] when none of the actor's roles holds the command, [`No::Rejected`] when a rule forbids it
/// (when several do, the first in the order of [`Code`] that the noun's rules meet), [`No::Broken`] when the
/// registers cannot be read.
pub fn judge(view: &dyn View, context: &Context<'_>, command: &Command) -> Result<Decision, No> {
    let context = empowered(view, context)?;
    first_enough(policy::acting(&context, command)?, |(role, way)| {
        let on_behalf = way.on_behalf();
        Ok(Decision { event: decide_as(view, &way, command)?, role, on_behalf })
    })
}

/// The first of some ways that is enough: where one is refused since the authority of who acts so is not, the next is tried.
///
/// # Errors
/// Why the first is not, where none is.
pub(super) fn first_enough<W, T>(ways: Vec<W>, mut tried: impl FnMut(W) -> Result<T, No>) -> Result<T, No> {
    let mut first: Option<No> = None;
    for way in ways {
        match tried(way) {
            Err(No::Rejected(no)) if matches!(no.code, Code::NoAuthority | Code::OutsideJurisdiction) => {
                first = first.or(Some(no.into()));
            }
            Err(No::Denied(denied)) => first = first.or(Some(denied.into())),
            done => return done,
        }
    }
    // There is one way at least.
    Err(first.unwrap_or_else(|| Denied { what: String::new(), needs: Vec::new() }.into()))
}

/// Decides a command as somebody who may give it.
fn decide_as(view: &dyn View, context: &Context<'_>, command: &Command) -> Result<Event, No> {
    let case = Case { view, context };
    // Of the whole site nothing more is said to whoever has a part of it.
    if command.rule().needs_role()
        && let Some(no) = case.is_for_whole(command.rule())
    {
        return Err(no.into());
    }
    let general = [
        late(context, command),
        foreign(context, command),
        clock(context, command.rule()),
        early(context, command.rule()),
        barred(view, context, command)?,
    ];
    let general = general.into_iter().flatten();
    let general = general.min_by_key(|rejection| rejection.code);
    let outcome = match (command.decide(&case), general) {
        (Err(No::Broken(broken)), _) => return Err(broken.into()),
        (Err(No::Rejected(no)), Some(general)) if no.code < general.code => return Err(no.into()),
        (_, Some(general)) => return Err(general.into()),
        (outcome, None) => outcome?,
    };
    let event = Event { command: command.clone(), at: context.at, outcome };
    match outside(&case, &event)? {
        Some(rejection) => Err(rejection.into()),
        None => Ok(event),
    }
}

/// Why something is not done within the actor's jurisdiction: a record that it changes lies outside (S-2). What ended is
/// closed with a new vault key wherever it lies.
fn outside(case: &Case<'_>, event: &Event) -> Result<Option<Rejection>, No> {
    let bound = event.command.rule().is_given_by_people() && !case.context.within.is_empty();
    if !bound || matches!(event.command, Command::RekeyVault(_)) {
        return Ok(None);
    }
    for id in touches(event) {
        let Some(row) = case.view.row(id)? else { continue };
        let ends = row.noun().filing().on_leaving == OnLeaving::EndsAnywhere
            && matches!(event.command, Command::Leave(_));
        if let Some(no) = case.lies_outside(&row)?.filter(|_| !ends) {
            return Ok(Some(no));
        }
    }
    Ok(None)
}

/// Why a late entry is none.
fn late(context: &Context<'_>, command: &Command) -> Option<Rejection> {
    let at = context.at?;
    if !command.rule().late {
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
    if context.edition < Edition::Two || !command.rule().is_given_by_people() {
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
pub(super) fn clock(context: &Context<'_>, rule: &Rule) -> Option<Rejection> {
    (context.clock_unconfirmed && rule.needs_clock).then(|| Code::ClockUnconfirmed.no())
}

/// Why an actor gives nothing: the period of their account has not begun, or is over (J-1-1-1-c); or their password is due,
/// and they give nothing before a new one (J-1-1-1-b). That something was refused is recorded all the same.
fn barred(view: &dyn View, context: &Context<'_>, command: &Command) -> Result<Option<Rejection>, No> {
    if context.edition < Edition::Three {
        return Ok(None);
    }
    let Some(id) = context.actor.user else { return Ok(None) };
    let known = match command {
        Command::RecordRefusal(_) => return Ok(None),
        // The doubt begins with it.
        Command::ReportClockJump(ReportClockJump { before: Some(before) }) if !context.clock_unconfirmed => {
            before.date_naive()
        }
        _ => context.accounts_on,
    };
    let Some(Row::User(user)) = view.row(id)? else { return Ok(None) };
    let (rule, days) = (&context.profile.password, AccountDays::from(known, context.now.date_naive()));
    Ok(match command {
        // What settles which time it is, whoever may be in their period can do while that is in doubt.
        Command::ReportClockJump(_) | Command::ConfirmClock(_) | Command::EnrolKey(_) => {
            user.is_surely_outside(days)
        }
        Command::LogIn(_) => user.is_surely_outside(days).or_else(|| user.is_password_due(rule, known)),
        // A vault that was restored is taken over with the password of its copy.
        Command::BeginEpoch(_) => user.may_be_outside(days),
        _ => user.is_barred(rule, days),
    })
}

/// Why a command waits for a later edition: releases that decide by the one in force do not know it. The entry that
/// brings an edition into force is the one that cannot wait for it.
pub(super) fn early(context: &Context<'_>, rule: &Rule) -> Option<Rejection> {
    let waits = rule.since > context.edition && rule.name != AdoptEdition::RULE.name;
    waits.then(|| {
        Code::NeedsEdition.with("edition", rule.since.number()).and("in_force", context.edition.number())
    })
}

/// One row after an event. Total: an event that does not fit the row leaves it as it is.
pub fn fold(id: Id, old: Option<Row>, event: &Event, meta: &EntryMeta) -> Option<Row> {
    if !touches(event).contains(&id) {
        return old;
    }
    let Some(mut row) = old else { return Row::make(id, event, meta) };
    if row.id() == id && change(&mut row, event, meta) {
        row.trace_mut().changed = meta.seq;
    }
    Some(row)
}

fn change(row: &mut Row, event: &Event, meta: &EntryMeta) -> bool {
    match event.command {
        Command::Erase(_) => erase::change(row, event, meta.seq),
        _ => row.change(event, meta),
    }
}
