//! The site itself: its founding, its clock, its keys and copies.

use super::choice::choice;
use super::command::commands;
use super::lookup::{
    Case, exists, hex64, in_order, invalid, missing, no_authority, nothing, required, within,
};
use super::row::row;
use super::rule::Given::{ByDesk, ByPeople};
use super::rule::decide_nothing;
use super::user::of_login;
use super::user::{known_roles, login_id, no_clash};
use super::way_in::{bound, users_of};
use super::{
    ClockRule, Code, Command, Date, Edition, EntryMeta, Event, Filing, Id, LastBackup, No, Noun, Outcome,
    Sealed, Sealing, SheetSeen, Stamp, WayIn, WaysIn,
};
use crate::text::find::Part;
use chrono::TimeDelta;

row! {
    /// The site.
    Site {
        /// Its id.
        site: String,
        /// Its name.
        name: String,
        /// The recovery sheet's verifying key, hex.
        recovery_key: String,
        /// The clock jumped at this entry and is not confirmed.
        clock_jump: Option<u64>,
        /// The last moment before that jump: until somebody confirms the clock, periods of accounts are judged by it.
        #[serde(with = "super::packed")]
        clock_before: Option<Stamp>,
        /// When the clock was last put right by hand, since somebody confirmed it or it jumped.
        #[serde(with = "super::packed")]
        clock_set: Option<Stamp>,
        /// The last takeover.
        shift: Option<Id>,
        /// Who took over last.
        on_duty: Option<Id>,
        /// The recovery sheet was used at this entry and is not replaced yet.
        sheet_used: Option<u64>,
        /// The entry with which the running epoch began; none in the first.
        epoch_begun: Option<u64>,
        /// The last month that was closed, by its first day.
        #[serde(with = "super::packed")]
        closed_to: Option<Date>,
        /// The last copy of the vault.
        backup: Option<LastBackup>,
        /// The edition of the rules in force.
        edition: Edition,
        /// Digest of the recovery sheet's recipient; none where the log does not bind it.
        sheet_recipient: Option<String>,
        /// The vault's key file, since an entry first named it.
        sealed: Option<Sealed>,
        /// The entry since which every way in is bound.
        ways_bound: Option<u64>,
        /// The entry with which a change of the vault's key began that has not ended.
        rekeying: Option<u64>,
        /// The login at which a terminal had seen more of the log than there was, since the running epoch began.
        seen_further: Option<u64>,
        /// The ID that the recovery sheet last issued with the powers of the founding.
        led_back: Option<Id>,
        /// Where the recovery sheet in force lies, and who last saw it there; none since it took the place of another.
        sheet_seen: Option<SheetSeen>,
    }
}

commands! {
    /// A person says that the clock is right.
    ConfirmClock = "confirm_clock" => "clock_confirmed" {
        /// How the time was checked.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Site, super::Task::Administration)), sealed: &["remarks"] }
        decide decide_confirm_clock, touches [], on { Noun::Site => may_confirm_clock };

    /// The terminal's clock is put right by hand, by some minutes: said before it is done or right after. Nothing waits
    /// for it, and what it was off by does not count as a jump.
    SetClock = "set_clock" => "clock_set" {
        /// What time it is by what it was compared with; the entry itself has the time that the terminal had.
        to: Option<Stamp>,
        /// What it was compared with.
        reason: String,
    }
        rule { given: ByPeople, since: Edition::Three, needs_clock: true, sealed: &["reason"], with: &["confirm_clock"] }
        decide decide_set_clock, touches [], on {};

    /// Bring a version of the profile into force from a day, by one person alone: before edition 3, from which on one
    /// proposes it and another agrees ([`super::ProposeProfile`]).
    AdoptProfile = "adopt_profile" => "profile_adopted" {
        /// The profile itself, TOML.
        profile: String,
        /// First day in force.
        from: Option<Date>,
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, group: Some(super::Group(super::Book::Site, super::Task::Administration)), of_whole: true, needs_clock: true }
        decide decide_adopt, touches [], on { Noun::Site => may_adopt };

    /// Copy the vault to another device (I-3-9). What stands behind `reason` is the desk's, once the copy was read back.
    BackUp = "back_up" => "backed_up" {
        /// Where to, as a path.
        to: String,
        /// Which medium, by its number or label.
        medium: String,
        /// Why on the device of the vault itself; empty on another.
        reason: String,
        /// Bytes of the copy.
        bytes: u64,
        /// Bytes of these that were not there yet.
        fresh: u64,
        /// The last entry that the copy holds.
        last: u64,
        /// The short root at that entry.
        root: String,
        /// The copy was made beside a running session, and this says so later on the word of a file that anybody
        /// could write: by which login ID.
        claimed_by: String,
        /// When it was made, where that is not now.
        made: Option<Stamp>,
    }
        rule {
            given: ByPeople,
            waits: super::Waits::Compared,
            alone: true,
            sealed: &["reason"],
            filled: &["bytes", "fresh", "last", "root", "claimed_by", "made"],
            with: &["issue_user"],
        }
        decide decide_back_up, touches [], on {};

    /// Give the vault a new identity: old key files then open old copies only. Whoever's account is over has no way in any
    /// more, and it is closed.
    RekeyVault = "rekey_vault" => "vault_rekeyed" {
        /// Why.
        reason: String,
        /// The login IDs whose accounts are closed or over; the desk's.
        left_out: Vec<String>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, alone: true, sealed: &["reason"], filled: &["left_out", "sealing"], with: &["issue_user"] }
        decide decide_rekey, touches [], on {};

    /// Bind every way in: seal the vault's key, a new one, to those whose ways in their own logins have proved, and to
    /// nobody else.
    BindWaysIn = "bind_ways_in" => "ways_in_bound" {
        /// The login IDs that have not logged in since: they get new passwords.
        left_out: Vec<String>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule {
            given: ByPeople,
            lasting: true,
            waits: super::Waits::Proved,
            since: Edition::Three,
            of_whole: true,
            alone: true,
            filled: &["left_out", "sealing"],
            with: &["issue_user"],
        }
        decide decide_bind, touches [], on { Noun::Site => may_bind };

    /// Write the vault anew without what was erased or overwritten.
    CompactVault = "compact_vault" => "vault_compacted" {
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, alone: true, with: &["issue_user"] }
        decide decide_about_site, touches [], on {};

    /// Bring an edition of the rules into force: from this entry on the log is decided by it.
    AdoptEdition = "adopt_edition" => "edition_adopted" {
        /// The edition's number: higher than the one in force.
        edition: u32,
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, since: Edition::Two, of_whole: true, alone: true, with: &["adopt_profile"] }
        decide decide_adopt_edition, touches [], on { Noun::Site => may_adopt_edition };

    /// Say where the recovery sheet lies: by whoever has just seen it there (J-1-1-4).
    SeeSheet = "see_sheet" => "sheet_seen" {
        /// Where it lies.
        place: String,
        /// What else was seen: whether its envelope is whole, who has the safe's key.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(super::Group(super::Book::Site, super::Task::Administration)),
            sealed: &["place", "remarks"],
        }
        decide decide_see_sheet, touches [], on {};

    /// A new recovery sheet takes the place of the one before.
    ReplaceSheet = "replace_sheet" => "sheet_replaced" {
        /// The new sheet's verifying key, hex.
        recovery_key: String,
        /// Digest of the new sheet's recipient.
        sheet_recipient: Option<String>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk, lasting: true, waits: super::Waits::Proved, of_whole: true, with: &["issue_user"] }
        decide decide_replace_sheet, touches [], on {};

    /// A change of the vault's key ended: everything is sealed anew, and the key before it goes.
    EndRekey = "end_rekey" => "rekey_ended" {
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk, waits: super::Waits::Compared, since: Edition::Three }
        decide decide_end_rekey, touches [], on {};

    /// The log goes on from a copy, or from what was saved of a damaged vault: others may hold entries of the epoch
    /// before that are not here.
    BeginEpoch = "begin_epoch" => "epoch_begun" {
        /// What made it necessary.
        cause: EpochCause,
        /// The last entry that was taken over.
        kept: u64,
        /// Entries that are known to be missing, as ranges: `813-820, 824`.
        lost: String,
        /// In words.
        reason: String,
        /// The login IDs whose keys could not be saved: they get new passwords.
        left_out: Vec<String>,
        /// What the recovery sheet opens could not be saved: a new one is made.
        sheet_lost: bool,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk, sealed: &["reason"], with: &["issue_user"] }
        decide decide_begin_epoch, touches [], on {};

    /// The site begins: its first administrator, recovery key and profile. The first entry, and no other.
    FoundSite = "found_site" => "site_founded" {
        /// The site's id.
        site: String,
        /// The site's name.
        site_name: String,
        /// The profile itself, TOML.
        profile: String,
        /// The first administrator's login ID.
        user: String,
        /// Their name.
        name: String,
        /// Its reading.
        kana: String,
        /// Their role ids.
        roles: Vec<String>,
        /// Their verifying key, hex.
        key: String,
        /// The recovery sheet's verifying key, hex.
        recovery_key: String,
        /// The edition of the rules that the site begins with; 0 is the first.
        edition: u32,
        /// How the first administrator opens the vault.
        way_in: Option<WayIn>,
        /// Digest of the recovery sheet's recipient.
        sheet_recipient: Option<String>,
        /// To whom the vault's key is sealed.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk, sealed: &["name", "kana"] }
        decide decide_found, touches [Person, User], on {};

    /// Failed logins since the last good one; unauthenticated, and marked so.
    ReportFailedLogins = "report_failed_logins" => "failed_logins_reported" {
        /// How many.
        count: u32,
        /// The first of them, by the clock of then.
        first: Option<Stamp>,
        /// The last of them.
        last: Option<Stamp>,
        /// What was typed as ID, with counts.
        tried: String,
        /// They were tries at a locked screen.
        at_lock: bool,
    }
        rule { given: ByDesk, sealed: &["tried"] }
        decide decide_failures, touches [], on {};

    /// The clock jumped; periods are not judged until somebody confirms the time.
    ReportClockJump = "report_clock_jump" => "clock_jumped" {
        /// The time of the last entry before.
        before: Option<Stamp>,
    }
        rule { given: ByDesk }
        decide decide_about_site, touches [], on {};

    /// Personal data was read out: a query, a print, a CSV, an auditor's look-up.
    RecordReading = "record_reading" => "reading_recorded" {
        /// The register or query.
        register: String,
        /// `screen`, `csv`, `print`, `json`.
        how: String,
        /// How many rows were given.
        rows: u32,
        /// Which filters were set.
        filters: String,
    }
        rule { given: ByDesk, sealed: &["filters"] }
        decide decide_nothing, touches [], on {};

    /// A command was refused by the rules or the policy.
    RecordRefusal = "record_refusal" => "refused" {
        /// The name of the refused command.
        refused: String,
        /// The name of the refusal.
        reason: String,
        /// The record it was about, where it named one.
        record: Option<Id>,
        /// What else the refusal says: person, visit, badge ...
        about: Vec<String>,
        /// What had been typed.
        input: String,
    }
        rule { given: ByDesk, sealed: &["input"] }
        decide decide_nothing, touches [], on {};
}

choice! {
    /// Why a log goes on in a new epoch.
    EpochCause {
        /// The vault was restored from a copy.
        #[default]
        Restored = "restored",
        /// The vault was damaged, and this is what could be saved.
        Recovered = "recovered",
    }
}

/// The first entry of a log, and no other: all of a site's first rows.
pub(super) fn decide_found(case: &Case<'_>, c: &FoundSite) -> Result<Outcome, No> {
    let texts = [(&c.site, "site"), (&c.site_name, "site_name"), (&c.profile, "profile"), (&c.name, "name")];
    for (text, field) in texts.into_iter().chain([(&c.kana, "kana")]) {
        required(text, field)?;
    }
    login_id(&c.user)?;
    known_roles(case, &c.roles)?;
    hex64(&c.key, "key")?;
    hex64(&c.recovery_key, "recovery_key")?;
    Edition::founded(c.edition).ok_or_else(|| Code::EditionUnknown.with("edition", c.edition))?;
    bound(case, Some(c.way_in.as_ref()), c.sealing.as_ref())?;
    sheet(c.sheet_recipient.as_ref())?;
    let first = Id::new(Noun::Person, 1);
    no_clash(case, first, &c.roles)?;
    let founders = || case.profile().roles.iter().filter(|role| role.founds);
    if !founders().any(|role| c.roles.contains(&role.id)) {
        let needs: Vec<&str> = founders().map(|role| role.id.as_str()).collect();
        return Err(no_authority(first, &needs.join(", ")).into());
    }
    if case.view.row(Id::SITE)?.is_some() {
        return Err(exists(Id::SITE).into());
    }
    let user = Id::new(Noun::User, 1);
    let mut also = vec![Id::new(Noun::Profile, 1)];
    // An office is held by appointment, the founder's too; before edition 3 the account itself had its role.
    let mut roles = c.roles.clone();
    if case.context.edition >= Edition::Three {
        roles.retain(|role| case.profile().office(role).is_none());
    }
    let offices = (1..).take(c.roles.len().saturating_sub(roles.len()));
    also.extend(offices.map(|n| Id::new(Noun::Appointment, n)));
    if roles.len() == c.roles.len() {
        roles.clear();
    }
    Ok(Outcome {
        id: Some(Id::SITE),
        person: Some(first),
        user: Some(user),
        also,
        roles,
        ..Outcome::default()
    })
}

/// What is reported changes nothing; before edition 3 no entry told of a locked screen.
pub(super) fn decide_failures(case: &Case<'_>, c: &ReportFailedLogins) -> Result<Outcome, No> {
    if c.at_lock && case.context.edition < Edition::Three {
        return Err(invalid("at_lock", c.at_lock).into());
    }
    decide_nothing(case, c)
}

/// The site's row, for what is about the site as a whole.
pub(super) fn decide_about_site<T>(case: &Case<'_>, _: &T) -> Result<Outcome, No> {
    let site: Site = case.row(Id::SITE)?;
    Ok(Outcome { id: Some(site.id), ..Outcome::default() })
}

/// A copy is recorded once it was read back: where it is must be said.
pub(super) fn decide_back_up(case: &Case<'_>, c: &BackUp) -> Result<Outcome, No> {
    required(&c.to, "to")?;
    required(&c.medium, "medium")?;
    decide_about_site(case, c)
}

/// Whoever gives the vault a new identity says why: what they fear decides what else is to be done.
pub(super) fn decide_rekey(case: &Case<'_>, c: &RekeyVault) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    bound(case, None, c.sealing.as_ref())?;
    let mut also = Vec::new();
    for name in &c.left_out {
        let user = of_login(case, name)?;
        if case.context.edition < Edition::Three || !user.is_done_with(case.context.accounts_on) {
            return Err(invalid("left_out", name).into());
        }
        also.push(user.id);
        also.extend(user.changes_to_see_to());
    }
    Ok(Outcome { also, ..decide_about_site(case, c)? })
}

/// The digest of a sheet's recipient, where one is named.
fn sheet(recipient: Option<&String>) -> Result<(), No> {
    recipient.map_or(Ok(()), |recipient| Ok(hex64(recipient, "sheet_recipient")?))
}

/// Ways in wait to be bound.
pub(super) fn may_bind(case: &Case<'_>, _: Option<Id>) -> Result<Site, No> {
    let site: Site = case.row(Id::SITE)?;
    if site.ways_bound.is_some() {
        return Err(nothing(Id::SITE).into());
    }
    if site.sheet_recipient.is_none() {
        return Err(Code::SheetNotBound.no().into());
    }
    Ok(site)
}

/// Whoever has not proved their way in is named, and has none any more.
pub(super) fn decide_bind(case: &Case<'_>, c: &BindWaysIn) -> Result<Outcome, No> {
    let site = may_bind(case, None)?;
    bound(case, None, c.sealing.as_ref())?;
    if c.sealing.is_none() {
        return Err(missing("sealing").into());
    }
    let ways = WaysIn::of(case.view)?;
    if !ways.unproved().eq(c.left_out.iter().map(String::as_str)) {
        return Err(invalid("left_out", c.left_out.join(", ")).into());
    }
    Ok(Outcome { id: Some(site.id), also: users_of(case, &c.left_out)?, ..Outcome::default() })
}

/// Whoever sits there ends what was begun.
pub(super) fn decide_end_rekey(case: &Case<'_>, c: &EndRekey) -> Result<Outcome, No> {
    let site: Site = case.row(Id::SITE)?;
    if site.rekeying.is_none() {
        return Err(nothing(Id::SITE).into());
    }
    bound(case, None, c.sealing.as_ref())?;
    decide_about_site(case, c)
}

/// A sheet that was ever in force does not come back.
pub(super) fn decide_replace_sheet(case: &Case<'_>, c: &ReplaceSheet) -> Result<Outcome, No> {
    hex64(&c.recovery_key, "recovery_key")?;
    let site: Site = case.row(Id::SITE)?;
    if site.recovery_key == c.recovery_key {
        return Err(exists(Id::SITE).into());
    }
    bound(case, None, c.sealing.as_ref())?;
    if site.ways_bound.is_some() && c.sheet_recipient.is_none() {
        return Err(missing("sheet_recipient").into());
    }
    sheet(c.sheet_recipient.as_ref())?;
    Ok(Outcome { id: Some(site.id), ..Outcome::default() })
}

/// Whoever saw it says where: that alone cannot be left out.
pub(super) fn decide_see_sheet(case: &Case<'_>, c: &SeeSheet) -> Result<Outcome, No> {
    required(&c.place, "place")?;
    decide_about_site(case, c)
}

/// At least the founding entry is taken over.
pub(super) fn decide_begin_epoch(case: &Case<'_>, c: &BeginEpoch) -> Result<Outcome, No> {
    if c.kept == 0 {
        return Err(invalid("kept", c.kept).into());
    }
    // A vault restored has the keys of its copy: only what was saved of a damaged one is sealed anew.
    let must = c.cause == EpochCause::Recovered;
    if must || c.sealing.is_some() || !c.left_out.is_empty() || c.sheet_lost {
        bound(case, None, c.sealing.as_ref())?;
    }
    let outcome = decide_about_site(case, c)?;
    Ok(Outcome { also: users_of(case, &c.left_out)?, ..outcome })
}

/// Refuses where the clock is not in doubt.
pub(super) fn may_confirm_clock(case: &Case<'_>, _: Option<Id>) -> Result<(), No> {
    let site: Site = case.row(Id::SITE)?;
    if site.clock_jump.is_some() { Ok(()) } else { Err(Code::ClockGood.no().into()) }
}

/// A later edition than the one in force is known.
pub(super) fn may_adopt_edition(case: &Case<'_>, _: Option<Id>) -> Result<(), No> {
    if case.context.edition < Edition::NEWEST { Ok(()) } else { Err(nothing(Id::SITE).into()) }
}

pub(super) fn decide_confirm_clock(case: &Case<'_>, _: &ConfirmClock) -> Result<Outcome, No> {
    let site: Site = case.row(Id::SITE)?;
    match site.clock_jump {
        Some(_) => Ok(Outcome { id: Some(site.id), ..Outcome::default() }),
        None => Err(Code::ClockGood.no().into()),
    }
}

/// Seconds by which a clock is set by hand at most: what is more is a jump, and somebody confirms the time.
const CLOCK_SET_MOST_S: u32 = 900;

impl Site {
    /// The day on which periods of accounts are judged ([`super::Context::accounts_on`]).
    pub fn accounts_on(&self, now: Stamp) -> Date {
        self.clock_before.unwrap_or(now).date_naive()
    }

    /// Seconds by which the clock may run back behind the latest moment of the log: what the profile bears, and for a quarter
    /// of an hour after it was put right by hand as much as that may be, or where that is what is `told` now. However often
    /// it is put right, no more.
    pub fn borne_back_s(&self, rule: &ClockRule, now: Stamp, told: bool) -> u32 {
        let most = TimeDelta::seconds(i64::from(CLOCK_SET_MOST_S));
        let lately = |set: Stamp| now <= set.checked_add_signed(most).unwrap_or(set);
        if told || self.clock_set.is_some_and(lately) {
            rule.back_s.max(CLOCK_SET_MOST_S)
        } else {
            rule.back_s
        }
    }
}

/// By some minutes: further off it would hide that periods were judged by a wrong day.
pub(super) fn decide_set_clock(case: &Case<'_>, c: &SetClock) -> Result<Outcome, No> {
    let to = c.to.ok_or_else(|| missing("to"))?;
    required(&c.reason, "reason")?;
    let most = TimeDelta::seconds(i64::from(CLOCK_SET_MOST_S));
    let now = case.context.now;
    let end = |by: TimeDelta| now.checked_add_signed(by).unwrap_or(now);
    within(to, end(-most), end(most))?;
    decide_about_site(case, c)
}

/// From edition 3 on nobody brings a version into force alone.
fn may_adopt(case: &Case<'_>, _: Option<Id>) -> Result<(), No> {
    if case.context.edition < Edition::Three { Ok(()) } else { Err(Code::ProposeInstead.no().into()) }
}

/// A version never reaches back: what was judged stays judged (N-13).
pub(super) fn decide_adopt(case: &Case<'_>, c: &AdoptProfile) -> Result<Outcome, No> {
    may_adopt(case, None)?;
    required(&c.profile, "profile")?;
    let from = c.from.ok_or_else(|| missing("from"))?;
    in_order(case.context.day(), from)?;
    Ok(Outcome { id: Some(case.view.next(Noun::Profile)?), ..Outcome::default() })
}

/// Editions only rise, one that is passed over with the one behind it; each holds all that the ones before mended.
pub(super) fn decide_adopt_edition(case: &Case<'_>, c: &AdoptEdition) -> Result<Outcome, No> {
    if c.edition == 0 {
        return Err(missing("edition").into());
    }
    let in_force = case.context.edition.number();
    if c.edition <= in_force {
        return Err(Code::EditionInForce.with("edition", c.edition).and("in_force", in_force).into());
    }
    Edition::of(c.edition).ok_or_else(|| Code::EditionUnknown.with("edition", c.edition))?;
    decide_about_site(case, c)
}

/// What is asked of the row ([`super::Row`]).
impl Site {
    pub(super) const FILING: Filing = Filing::PLAIN;

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::FoundSite(c) = &event.command else { return None };
        Some(Site {
            id,
            trace: meta.trace(),
            site: c.site.clone(),
            name: c.site_name.clone(),
            recovery_key: c.recovery_key.clone(),
            clock_jump: None,
            clock_before: None,
            clock_set: None,
            shift: None,
            on_duty: None,
            sheet_used: None,
            epoch_begun: None,
            closed_to: None,
            backup: None,
            edition: Edition::founded(c.edition).unwrap_or_default(),
            sheet_recipient: c.sheet_recipient.clone(),
            sealed: c.sealing.as_ref().map(|sealing| Sealed::after(None, sealing)),
            ways_bound: c.sealing.as_ref().map(|_| meta.seq),
            rekeying: None,
            seen_further: None,
            led_back: None,
            sheet_seen: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        if let Some(sealing) = event.command.sealing() {
            self.sealed = Some(Sealed::after(self.sealed.take(), sealing));
        }
        match &event.command {
            // One that this program does not know changes nothing here: who may give it, and what then, the store asks.
            Command::AdoptEdition(c) => match Edition::of(c.edition) {
                Some(edition) if edition > self.edition => self.edition = edition,
                _ => return false,
            },
            Command::ReportClockJump(c) => {
                // The first of several jumps in doubt is the one before which the time was known.
                if self.clock_jump.is_none() {
                    self.clock_before = c.before;
                }
                (self.clock_jump, self.clock_set) = (Some(meta.seq), None);
            }
            Command::ConfirmClock(_) => {
                (self.clock_jump, self.clock_before, self.clock_set) = (None, None, None);
            }
            Command::SetClock(_) => self.clock_set = Some(meta.time),
            Command::TakeOverShift(_) => {
                self.shift = event.outcome.id;
                self.on_duty = Some(meta.actor);
            }
            Command::CloseMonth(_) => self.closed_to = event.outcome.day,
            Command::ReopenMonth(_) => self.closed_to = event.outcome.until,
            // The row says when it was last, and no more: what it holds of the vault is nothing.
            Command::CompactVault(_) => {}
            // What they say of the vault's key is told above.
            Command::IssueUser(_)
            | Command::CarryOverUser(_)
            | Command::ResetPassword(_)
            | Command::ReopenUser(_)
            | Command::EnrolKey(_) => {}
            Command::RekeyVault(_) | Command::RemoveUser(_) => self.rekeying = Some(meta.seq),
            Command::BindWaysIn(_) => {
                self.ways_bound = Some(meta.seq);
                self.rekeying = Some(meta.seq);
            }
            Command::EndRekey(_) => self.rekeying = None,
            Command::LogIn(_) => self.seen_further = Some(meta.seq),
            Command::UseSheet(_) | Command::AgreeBySheet(_) => self.sheet_used = Some(meta.seq),
            Command::IssueBySheet(_) => {
                self.sheet_used = Some(meta.seq);
                self.led_back = event.outcome.id;
            }
            Command::ReplaceSheet(c) => {
                self.recovery_key.clone_from(&c.recovery_key);
                self.sheet_recipient.clone_from(&c.sheet_recipient);
                self.sheet_used = None;
                // It is another paper: nobody has seen it anywhere yet.
                self.sheet_seen = None;
                self.rekeying = Some(meta.seq);
            }
            Command::SeeSheet(c) => {
                let (by, on) = (meta.actor, meta.time);
                self.sheet_seen = Some(SheetSeen { by, on, place: c.place.clone() });
            }
            Command::BeginEpoch(c) => {
                self.epoch_begun = Some(meta.seq);
                self.seen_further = None;
                if c.sheet_lost {
                    self.sheet_recipient = None;
                    self.sheet_seen = None;
                }
                if c.sealing.is_some() {
                    self.rekeying = None;
                }
            }
            Command::BackUp(c) => {
                let made = c.made.unwrap_or(meta.time);
                self.backup =
                    Some(LastBackup { made, medium: c.medium.clone(), to: c.to.clone(), last: c.last });
            }
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        Vec::new()
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Name, &self.name)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        Vec::new()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let seen = self.sheet_seen.as_ref().map(|seen| seen.by);
        [self.shift, self.on_duty, seen, self.led_back].into_iter().flatten().collect()
    }

    pub(super) fn names(&self, _: Id) -> bool {
        false
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        None
    }
}
