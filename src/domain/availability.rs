//! Whether an operation on a record would be refused whatever is typed into its form: asked by the screens to
//! show it dim, with the reason. It asks the rules' own functions and never promises that the command succeeds.

use super::lookup::{Ask, nothing};
use super::{
    Code, Context, Edition, Id, No, Noun, Site, User, View, Visit, attachment, badge, decide, entrant, erase,
    key, notice, permit, policy, user, visit, work,
};

/// What a screen shows of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Nothing speaks against opening it.
    Available,
    /// It would be refused.
    Unavailable(No),
}

/// Whether the actor could give a command (by its stable name) about a record, as far as role, clock, state and
/// own application tell.
pub fn availability(
    view: &dyn View,
    context: &Context<'_>,
    command: &str,
    record: Option<Id>,
) -> Availability {
    let ask = Ask { view, context };
    match look(&ask, command, record) {
        Ok(()) => Availability::Available,
        Err(no) => Availability::Unavailable(no),
    }
}

fn look(ask: &Ask<'_>, command: &str, record: Option<Id>) -> Result<(), No> {
    policy::role_for(ask.profile(), &ask.context.actor.roles, command)?;
    if let Some(rejection) = decide::clock(ask.context, command) {
        return Err(rejection.into());
    }
    if command == "adopt_edition" {
        return if ask.context.edition < Edition::NEWEST { Ok(()) } else { Err(nothing(Id::SITE).into()) };
    }
    if let Some(rejection) = decide::needs_edition(ask.context, command) {
        return Err(rejection.into());
    }
    if command == "confirm_clock" {
        let site: Site = ask.row(Id::SITE)?;
        return if site.clock_jump.is_some() { Ok(()) } else { Err(Code::ClockGood.no().into()) };
    }
    // Whoever is on duty opens the takeover; the next one logs in there and takes it.
    let Some(id) = record else { return Ok(()) };
    match (command, id.noun) {
        ("check_in", Noun::Person) => match ask.view.find(&key::inside(id))?.first() {
            Some(visit) => Err(Code::AlreadyInside.with("person", id).and("visit", visit).into()),
            None => Ok(()),
        },
        ("check_in", Noun::Badge) => {
            let badge: super::Badge = ask.row(id)?;
            badge::unusable(&badge).map_or(Ok(()), |rejection| Err(rejection.into()))
        }
        ("check_out", Noun::Visit) => visit::left_alone(ask, &visit::going_on(ask, Some(id))?),
        ("check_out", Noun::Person) => match ask.one::<Visit>(&key::inside(id))? {
            Some(visit) => visit::left_alone(ask, &visit),
            None => Err(Code::NotInside.with("record", id).into()),
        },
        ("check_out", Noun::Badge) => {
            let badge: super::Badge = ask.row(id)?;
            visit::left_alone(ask, &visit::worn_by(ask, &badge.number)?)
        }
        ("settle_exit", Noun::Visit) => visit::going_on(ask, record).map(drop),
        ("hand_over_escort", Noun::Visit) => visit::may_hand_over(ask, record).map(drop),
        ("record_work", Noun::Visit) => work::may_record(ask, record),
        ("approve_work" | "return_work", Noun::Work) => work::may_judge(ask, record).map(drop),
        ("acknowledge_notice", Noun::Notice) => notice::may_acknowledge(ask, record).map(drop),
        ("decide_visit", Noun::Permit) => permit::may_decide(ask, record).map(drop),
        ("withdraw_visit", Noun::Permit) => permit::may_withdraw(ask, record).map(drop),
        ("confirm_telephone", Noun::Permit) => permit::may_confirm(ask, record).map(drop),
        ("revoke_entrant", Noun::Entrant) => entrant::may_revoke(ask, record).map(drop),
        ("report_badge", Noun::Badge) => badge::may_report(ask, id),
        ("reset_password", Noun::User) => user::may_reset(ask, ask.row::<User>(id)?).map(drop),
        ("suspend_user", Noun::User) => user::may_suspend(ask, ask.row::<User>(id)?).map(drop),
        ("remove_user", Noun::User) => user::may_remove(ask, ask.row::<User>(id)?).map(drop),
        ("resume_user", Noun::User) => user::may_resume(ask, ask.row::<User>(id)?).map(drop),
        ("attach", Noun::Permit | Noun::Work) => attachment::may_attach(ask, record).map(drop),
        ("write_attachment", Noun::Attachment) => attachment::may_write(ask, record).map(drop),
        ("erase", _) => erase::may_erase(ask, id).map(drop),
        _ => Ok(()),
    }
}
