//! The people of the sample site: staff, contractors and their workers; cards, badges, registrations.

use super::Halt;
use super::dice::Dice;
use super::stage::{Part, Stage};
use super::words;
use crate::domain::{
    Appoint, BadgeKind, CarryOverUser, Date, Id, Noun, RegisterBadge, RegisterCompany, RegisterEntrant,
    RegisterPerson, SeeSheet, Stamp,
};
use crate::text::wareki::{fiscal_last_day, fiscal_year};
use chrono::{Datelike, TimeDelta};
use std::collections::BTreeSet;

/// The zone of the racks.
pub const SERVER_ROOM: &str = "server_room";
/// The zone of the media.
pub const MEDIA_ROOM: &str = "media_room";

/// Staff; the first ones have a seat at the desk, and one of them, the approver, does not enter.
const STAFF: usize = 41;
/// Contractors' workers who come so regularly that they are registered.
const REGULARS: usize = 20;
/// Contractors' workers who come on a permit.
const OTHERS: usize = 24;
/// Contractors.
const COMPANIES: usize = 12;
/// Badges that are lent.
const BADGES: usize = 14;
/// Staff who hold a card.
const CARDS: usize = 28;

/// A user of the sample site, as it is printed.
#[derive(Clone, Debug)]
pub struct Player {
    /// Which part they play.
    pub part: Part,
    /// Login ID.
    pub user: &'static str,
    /// Role id of the profile.
    pub role: &'static str,
    /// Password.
    pub password: &'static str,
}

/// The users. Their passwords are published on purpose: the records are invented.
pub const PLAYERS: [Player; 8] = [
    Player { part: Part::GuardA, user: "guard1", role: "guard", password: "Keibi-1-asa" },
    Player { part: Part::GuardB, user: "guard2", role: "guard", password: "Keibi-2-hiru" },
    Player { part: Part::GuardC, user: "guard3", role: "guard", password: "Keibi-3-yoru" },
    Player { part: Part::Operator, user: "operator", role: "operator", password: "Tanto-4-sagyo" },
    Player { part: Part::Admin, user: "admin", role: "admin", password: "Kanri-5-daicho" },
    Player { part: Part::Approver, user: "approver", role: "approver", password: "Kyoka-6-sekinin" },
    Player { part: Part::Officer, user: "officer", role: "officer", password: "Kojin-7-joho" },
    Player { part: Part::Auditor, user: "auditor", role: "auditor", password: "Kansa-8-kiroku" },
];

/// A person who may enter by their own registration.
#[derive(Clone, Debug)]
pub struct Entrant {
    /// Who.
    pub person: Id,
    /// The number of their card.
    pub card: Option<String>,
    /// May escort outsiders.
    pub escort: bool,
    /// May enter the media room too.
    pub media: bool,
}

/// A contractor's worker who comes on a permit.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Who.
    pub person: Id,
    /// For whom they work.
    pub company: Id,
}

/// Everybody and everything there is.
#[derive(Debug, Default)]
pub struct Cast {
    /// Staff who may enter, and do.
    pub staff: Vec<Entrant>,
    /// Staff who may enter and hardly ever do: guards, officer, auditor.
    pub desk: Vec<Entrant>,
    /// Contractors' registered workers.
    pub regulars: Vec<Entrant>,
    /// Contractors' other workers.
    pub workers: Vec<Worker>,
    /// A person of the house who is not registered.
    pub stranger: Option<Id>,
    /// Numbers of the badges that are lent.
    pub badges: Vec<String>,
    /// Who permits by telephone.
    pub approver: Option<Id>,
}

/// A name and its reading.
pub type Name = (String, String);

/// Names that do not repeat.
pub struct Names {
    surnames: Vec<(&'static str, &'static str)>,
    given: Vec<(&'static str, &'static str)>,
    used: BTreeSet<String>,
}

impl Names {
    /// All names unused.
    pub fn new() -> Names {
        Names { surnames: words::surnames(), given: words::given(), used: BTreeSet::new() }
    }

    /// A name that nobody has yet.
    pub fn next(&mut self, dice: &mut Dice) -> Name {
        for _ in 0..1000 {
            let (surname, given) = (dice.pick(&self.surnames), dice.pick(&self.given));
            if let (Some((surname, first)), Some((given, second))) = (surname, given)
                && self.used.insert((*surname).to_owned())
            {
                return (format!("{surname} {given}"), format!("{first} {second}"));
            }
        }
        ("山田 太郎".to_owned(), "ヤマダ タロウ".to_owned())
    }
}

/// Enters everybody on the first day. `passwords` are still to come of each until the end.
///
/// # Errors
/// What the desk refused.
pub fn enter(
    stage: &mut Stage,
    dice: &mut Dice,
    names: &mut Names,
    start: Stamp,
    passwords: u32,
) -> Result<Cast, Halt> {
    let mut cast = Cast::default();
    let mut moment = start;
    let mut next = || {
        moment += TimeDelta::seconds(40);
        moment
    };
    let departments = words::departments();
    let mut people = vec![Id::new(Noun::Person, 1)];
    for n in 1..=STAFF {
        let (name, kana) = names.next(dice);
        let department = match n {
            1..=3 => "警備（防災センター）",
            4..=16 => "情報システム課",
            _ => departments.get(n % departments.len().max(1)).copied().unwrap_or_default(),
        };
        let register = RegisterPerson {
            name,
            kana,
            organisation: department.to_owned(),
            contact: format!("内線 {}", 2100 + n),
            identity: "職員証".to_owned(),
            ..RegisterPerson::default()
        };
        people.push(stage.make(Part::Admin, next(), register, Noun::Person)?);
    }
    let mut companies = Vec::new();
    for (n, (name, kana)) in words::companies().into_iter().take(COMPANIES).enumerate() {
        let register = RegisterCompany {
            name: name.to_owned(),
            kana: kana.to_owned(),
            contact: format!("047-000-{:04}", 1000 + n * 37),
            address: format!("千葉県船橋市みなと台{}-{}", n % 4 + 1, n * 3 + 2),
            secretariat: n < 2,
            // The sixth works for the first: work that was outsourced again (N-5).
            outsourced_by: companies.first().copied().filter(|_| n == 5),
        };
        companies.push(stage.make(Part::Admin, next(), register, Noun::Company)?);
    }
    let mut outside = Vec::new();
    for n in 0..REGULARS + OTHERS {
        let (name, kana) = names.next(dice);
        let Some(company) = companies.get(n % COMPANIES).copied() else { continue };
        let register = RegisterPerson {
            name,
            kana,
            company: Some(company),
            organisation: ["保守部", "技術部", "運用課", "設備課"]
                .get(n % 4)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            contact: format!("090-0000-{:04}", 2000 + n * 13),
            identity: "社員証".to_owned(),
        };
        let person = stage.make(Part::Admin, next(), register, Noun::Person)?;
        outside.push(Worker { person, company });
    }
    cast.workers = outside.split_off(REGULARS.min(outside.len()));
    offices(stage, &people, &mut moment)?;
    users(stage, &people, &mut moment, passwords)?;
    let mut next = || {
        moment += TimeDelta::seconds(40);
        moment
    };
    for (n, person) in people.iter().copied().enumerate().skip(1) {
        let card = (n <= CARDS).then(|| format!("C-{n:03}"));
        if let Some(number) = &card {
            let register = RegisterBadge {
                number: number.clone(),
                kind: BadgeKind::Card,
                zone: None,
                holder: Some(person),
            };
            stage.make(Part::Admin, next(), register, Noun::Badge)?;
        }
        let entrant = Entrant { person, card, escort: (4..=16).contains(&n), media: n % 3 == 1 };
        match n {
            // Nobody permits themselves: the approver is not registered.
            5 => cast.approver = Some(person),
            1..=3 | 6 | 7 => cast.desk.push(entrant),
            _ => cast.staff.push(entrant),
        }
    }
    for n in 1..=BADGES {
        let number = format!("B-{n:03}");
        let register =
            RegisterBadge { number: number.clone(), kind: BadgeKind::Badge, zone: None, holder: None };
        stage.make(Part::Admin, next(), register, Noun::Badge)?;
        cast.badges.push(number);
    }
    cast.regulars = outside
        .iter()
        .map(|worker| Entrant { person: worker.person, card: None, escort: false, media: false })
        .collect();
    let (name, kana) = names.next(dice);
    let stranger = RegisterPerson {
        name,
        kana,
        organisation: "医事課".to_owned(),
        contact: "内線 2999".to_owned(),
        identity: "職員証".to_owned(),
        ..RegisterPerson::default()
    };
    cast.stranger = Some(stage.make(Part::Admin, next(), stranger, Noun::Person)?);
    super::devices::enter(stage, &cast, &mut moment)?;
    super::door_keys::enter(stage, &cast, &mut moment)?;
    moment += TimeDelta::seconds(30);
    let seen = SeeSheet {
        place: "媒体保管室の耐火金庫（鍵 K-202）".to_owned(),
        remarks: "封筒に封をして保管".to_owned(),
    };
    stage.act(Part::Admin, moment, seen)?;
    let from = start.date_naive();
    let to = last_of_fiscal_year(from);
    register_all(stage, &cast, &mut moment, from, to)?;
    if let Some(from) = to.succ_opt().filter(|_| begins_late(from)) {
        register_all(stage, &cast, &mut moment, from, last_of_fiscal_year(from))?;
    }
    Ok(cast)
}

/// The offices that were held when the site was founded, by role id, and by which of the staff.
const OFFICES: [(&str, usize); 6] = [
    ("ciso", 40),
    ("representative", 39),
    ("system_officer", 38),
    ("approver", 5),
    ("officer", 6),
    ("auditor", 7),
];

/// A day before the founding, on which everybody had got their post.
fn before(moment: Stamp) -> Date {
    last_of_fiscal_year(moment.date_naive() - TimeDelta::days(365))
}

/// Who held which office when the site was founded.
fn offices(stage: &mut Stage, people: &[Id], moment: &mut Stamp) -> Result<(), Halt> {
    for (role, place) in OFFICES {
        *moment += TimeDelta::seconds(40);
        let appoint = Appoint {
            role: role.to_owned(),
            person: people.get(place).copied(),
            decided_by: "理事長".to_owned(),
            decided_on: Some(before(*moment)),
            ..Appoint::default()
        };
        stage.make(Part::Admin, *moment, appoint, Noun::Appointment)?;
    }
    Ok(())
}

/// Seats for everybody who acts. The administrator has theirs; the others are staff.
fn users(stage: &mut Stage, people: &[Id], moment: &mut Stamp, passwords: u32) -> Result<(), Halt> {
    // Guards are staff 1 to 3, the operator 4, the approver 5, officer 6, auditor 7.
    let places = [1, 2, 3, 4, 0, 5, 6, 7];
    for (player, place) in PLAYERS.iter().zip(places) {
        if player.part == Part::Admin {
            continue;
        }
        let Some(person) = people.get(place).copied() else { continue };
        *moment += TimeDelta::minutes(2);
        // They had their posts before the site was founded.
        let roles = match OFFICES.iter().find(|(role, _)| *role == player.role) {
            Some(_) => Vec::new(),
            None => vec![player.role.to_owned()],
        };
        let carried = CarryOverUser {
            user: player.user.to_owned(),
            person: Some(person),
            roles,
            decided_by: "総務企画課".to_owned(),
            decided_on: Some(before(*moment)),
            ..CarryOverUser::default()
        };
        stage.seat(player.part, *moment, carried, &player.password_before(passwords))?;
    }
    Ok(())
}

/// The last day of the fiscal year of a day: registrations are looked at again every April.
pub fn last_of_fiscal_year(day: Date) -> Date {
    fiscal_last_day(fiscal_year(day)).unwrap_or(day)
}

/// Registers everybody who may enter, for a period.
fn register_all(
    stage: &mut Stage,
    cast: &Cast,
    moment: &mut Stamp,
    from: Date,
    to: Date,
) -> Result<(), Halt> {
    for entrant in cast.entrants() {
        *moment += TimeDelta::seconds(20);
        register_entrant(stage, entrant, *moment, from, to)?;
    }
    Ok(())
}

/// Registers one who may enter, for a period.
///
/// # Errors
/// What the desk refused.
pub fn register_entrant(
    stage: &mut Stage,
    entrant: &Entrant,
    moment: Stamp,
    from: Date,
    to: Date,
) -> Result<(), Halt> {
    let mut zones = vec![SERVER_ROOM.to_owned()];
    if entrant.media {
        zones.push(MEDIA_ROOM.to_owned());
    }
    let register = RegisterEntrant {
        person: Some(entrant.person),
        zones,
        permitted_by: None,
        from: Some(from),
        to: Some(to),
        escort: entrant.escort,
        credential: if entrant.card.is_some() { "職員証・カード" } else { "社員証" }.to_owned(),
    };
    stage.make(Part::Approver, moment, register, Noun::Entrant).map(|_| ())
}

impl Cast {
    /// Everybody who is registered.
    pub fn entrants(&self) -> impl Iterator<Item = &Entrant> {
        self.desk.iter().chain(&self.staff).chain(&self.regulars)
    }
}

/// Whether registrations are renewed on a day: on 20 March for the fiscal year that follows, unless they began so
/// late that both years were registered at once ([`begins_late`]).
pub fn renews(day: Date, start: Date) -> bool {
    let long_ago = day.signed_duration_since(start).num_days() > 30;
    day.month() == 3 && day.day() == 20 && (long_ago || !begins_late(start))
}

/// Whether a first day lies so near the end of its fiscal year that the next one is registered with it.
pub fn begins_late(start: Date) -> bool {
    start.month() == 3 && start.day() > 18
}
