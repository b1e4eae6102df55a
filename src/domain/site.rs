//! The site itself: its founding, its clock, the versions of its profile (N-13).

use super::lookup::{Ask, exists, hex64, in_order, missing, no_authority, required};
use super::user::{known_roles, login_id, no_clash};
use super::{
    AdoptProfile, Code, Command, EntryMeta, Event, FoundSite, Id, No, Noun, Outcome, ProfileVersion, Site,
    Trace,
};

/// The first entry of a log, and no other: all of a site's first rows.
pub(super) fn decide_found(ask: &Ask<'_>, c: &FoundSite) -> Result<Outcome, No> {
    let texts = [(&c.site, "site"), (&c.site_name, "site_name"), (&c.profile, "profile"), (&c.name, "name")];
    for (text, field) in texts.into_iter().chain([(&c.kana, "kana")]) {
        required(text, field)?;
    }
    login_id(&c.user)?;
    known_roles(ask, &c.roles)?;
    hex64(&c.key, "key")?;
    hex64(&c.recovery_key, "recovery_key")?;
    let first = Id::new(Noun::Person, 1);
    no_clash(ask, first, &c.roles)?;
    let founders = || ask.profile().roles.iter().filter(|role| role.founds);
    if !founders().any(|role| c.roles.contains(&role.id)) {
        let needs: Vec<&str> = founders().map(|role| role.id.as_str()).collect();
        return Err(no_authority(first, &needs.join(", ")).into());
    }
    if ask.view.row(Id::SITE)?.is_some() {
        return Err(exists(Id::SITE).into());
    }
    let user = Id::new(Noun::User, 1);
    Ok(Outcome {
        id: Some(Id::SITE),
        person: Some(first),
        user: Some(user),
        also: vec![Id::new(Noun::Profile, 1)],
        ..Outcome::default()
    })
}

/// The site's row, for the entries about its clock.
pub(super) fn decide_jump(ask: &Ask<'_>) -> Result<Outcome, No> {
    let site: Site = ask.row(Id::SITE)?;
    Ok(Outcome { id: Some(site.id), ..Outcome::default() })
}

/// Refuses when there is no jump to confirm.
pub(super) fn decide_confirm_clock(ask: &Ask<'_>) -> Result<Outcome, No> {
    let site: Site = ask.row(Id::SITE)?;
    match site.clock_jump {
        Some(_) => Ok(Outcome { id: Some(site.id), ..Outcome::default() }),
        None => Err(Code::ClockGood.no().into()),
    }
}

/// A version never reaches back: what was judged stays judged (N-13).
pub(super) fn decide_adopt(ask: &Ask<'_>, c: &AdoptProfile) -> Result<Outcome, No> {
    required(&c.profile, "profile")?;
    let from = c.from.ok_or_else(|| missing("from"))?;
    in_order(ask.context.day(), from)?;
    Ok(Outcome { id: Some(ask.view.next(Noun::Profile)?), ..Outcome::default() })
}

pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Site> {
    let Command::FoundSite(c) = &event.command else { return None };
    Some(Site {
        id,
        trace: Trace { made: meta.seq, changed: meta.seq, erased: None },
        site: c.site.clone(),
        name: c.site_name.clone(),
        recovery_key: c.recovery_key.clone(),
        clock_jump: None,
        shift: None,
        on_duty: None,
    })
}

pub(super) fn change(row: &mut Site, event: &Event, meta: &EntryMeta) -> bool {
    match &event.command {
        Command::ReportClockJump(_) => row.clock_jump = Some(meta.seq),
        Command::ConfirmClock(_) => row.clock_jump = None,
        Command::TakeOverShift(_) => {
            row.shift = event.outcome.id;
            row.on_duty = Some(meta.actor);
        }
        _ => return false,
    }
    true
}

pub(super) fn make_version(id: Id, event: &Event, meta: &EntryMeta) -> Option<ProfileVersion> {
    let adopted = event.happened(meta);
    let (text, from) = match &event.command {
        Command::AdoptProfile(c) => (&c.profile, c.from?),
        Command::FoundSite(c) => (&c.profile, adopted.date_naive()),
        _ => return None,
    };
    Some(ProfileVersion {
        id,
        trace: Trace { made: meta.seq, changed: meta.seq, erased: None },
        text: text.clone(),
        from,
        by: meta.actor,
        adopted,
    })
}
