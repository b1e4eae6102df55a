//! What every engine is given: the same people, coming in and going out, from one seed.

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, TimeDelta};
use daicho::text::search_key;
use serde::{Deserialize, Serialize};

#[path = "../../bench/names.rs"]
mod names;

pub type Stamp = DateTime<FixedOffset>;

/// Records of one round: somebody is registered, ten come in, the same ten go out.
pub const ROUND: u64 = 1 + 2 * COMING;
const COMING: u64 = 10;
/// So many people are registered before the first round.
const FIRST: u64 = 40;
/// Who comes is one of the last so many who were registered.
const AROUND: u64 = 2000;
/// Rounds of a day: about 800 records.
const ROUNDS_A_DAY: u64 = 38;
/// The first number a person can have: the site's founder comes before them.
const FIRST_PERSON: u64 = 2;

/// Somebody who may come in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    pub id: u32,
    pub name: String,
    pub kana: String,
    pub organisation: String,
    pub contact: String,
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Person {
    /// The texts under which they are searched, folded as daicho folds them.
    pub fn folded(&self) -> [String; 3] {
        [&self.name, &self.kana, &self.organisation].map(|text| search_key(text))
    }
}

/// One presence, from check-in to check-out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Visit {
    pub id: u32,
    pub person: u32,
    pub zone: String,
    pub rack: String,
    pub purpose: String,
    pub identification: String,
    pub visited: String,
    pub carried_in: String,
    pub carried_out: String,
    pub remarks: String,
    pub came: Stamp,
    pub left: Option<Stamp>,
}

/// One record: what is entered at the desk at once.
#[derive(Clone, Debug)]
pub enum Record {
    Register(Stamp, Person),
    Enter(Visit),
    Leave { visit: u32, person: u32, at: Stamp, carried_out: String },
}

/// Numbers that are the same for the same seed.
#[derive(Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % most.max(1)
    }
}

/// The records, without end, in their order.
pub struct World {
    seed: u64,
    next: u64,
    /// Who is inside in this round.
    inside: Vec<u32>,
}

pub fn first_day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2015, 4, 1).expect("a day")
}

fn round_of(n: u64) -> (u64, u64) {
    if n < FIRST { (0, 0) } else { ((n - FIRST) / ROUND, (n - FIRST) % ROUND) }
}

fn day_of(n: u64) -> NaiveDate {
    first_day() + Days::new(round_of(n).0 / ROUNDS_A_DAY)
}

/// When a record is entered: between 8:30 and 18:00, one after the other.
fn moment(n: u64) -> Stamp {
    let (round, step) = round_of(n);
    let start = NaiveTime::from_hms_opt(8, 30, 0).expect("a time");
    let at =
        day_of(n).and_time(start) + TimeDelta::seconds(((round % ROUNDS_A_DAY) * 14 * 60 + step * 40) as i64);
    let offset = FixedOffset::east_opt(9 * 3600).expect("an offset");
    at.and_local_timezone(offset).single().expect("a moment")
}

/// Visits that so many records hold.
pub fn visits(records: u64) -> u32 {
    let (round, step) = round_of(records);
    (round * COMING + step.saturating_sub(1).min(COMING)) as u32
}

/// The day in the middle of so many records.
pub fn middle(records: u64) -> NaiveDate {
    day_of(records / 2)
}

impl World {
    /// The records from number `from` on, counted from 0.
    pub fn from(seed: u64, from: u64) -> World {
        let (_, step) = round_of(from);
        let mut world = World { seed, next: from - step.min(from), inside: Vec::new() };
        while world.next < from {
            world.next();
        }
        world
    }

    fn dice(&self, about: u64) -> Dice {
        let mut dice = Dice::new(self.seed.wrapping_mul(0x100_0003) ^ about);
        dice.below(2);
        dice
    }

    fn person(&self, number: u64, today: NaiveDate) -> Person {
        let mut dice = self.dice(number << 1);
        let (surname, reading) = names::SURNAMES[dice.below(names::SURNAMES.len() as u64) as usize];
        let (given, given_reading) = names::GIVEN_NAMES[dice.below(names::GIVEN_NAMES.len() as u64) as usize];
        let company = dice.below(1000);
        Person {
            id: (FIRST_PERSON + number) as u32,
            name: format!("{surname} {given}"),
            kana: format!("{reading} {given_reading}"),
            organisation: format!(
                "{}システム{company:03}",
                ["北陸", "金沢", "白山", "能登"][company as usize % 4]
            ),
            contact: format!("076-{:03}-{:04}", dice.below(1000), dice.below(10000)),
            from: today,
            to: today + Days::new(300),
        }
    }
}

impl Iterator for World {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let n = self.next;
        self.next += 1;
        let now = moment(n);
        if n < FIRST {
            return Some(Record::Register(now, self.person(n, now.date_naive())));
        }
        let (round, step) = round_of(n);
        if step == 0 {
            let known = FIRST + round + 1;
            let mut dice = self.dice((round << 1) | 1);
            self.inside.clear();
            while (self.inside.len() as u64) < COMING {
                let back = dice.below(known.min(AROUND));
                let id = (FIRST_PERSON + known - 1 - back) as u32;
                if !self.inside.contains(&id) {
                    self.inside.push(id);
                }
            }
            return Some(Record::Register(now, self.person(known - 1, now.date_naive())));
        }
        let coming = (step - 1) % COMING;
        let visit = (round * COMING + coming + 1) as u32;
        let person = self.inside[coming as usize];
        if step > COMING {
            let carried_out = if visit.is_multiple_of(3) { "予備ディスク 1個" } else { "" };
            return Some(Record::Leave { visit, person, at: now, carried_out: carried_out.to_owned() });
        }
        Some(Record::Enter(Visit {
            id: visit,
            person,
            zone: "server_room".to_owned(),
            rack: format!("R{:02}", visit % 12 + 1),
            purpose: "patrol".to_owned(),
            identification: "licence".to_owned(),
            visited: "情報システム課".to_owned(),
            carried_in: "ノートPC 1台".to_owned(),
            carried_out: String::new(),
            remarks: format!("定期点検 {}号機", visit % 40),
            came: now,
            left: None,
        }))
    }
}
