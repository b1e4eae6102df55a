//! Two scans and a person's keys at once, in every order and at many gaps: whatever is recorded, somebody chose.

use super::site::{Screen, Site};
use crate::desk::{Instruction, Lang, Lookup};
use crate::domain::{BadgeKind, CheckIn, CheckOut, Command, Id, Noun, RegisterBadge};
use crate::tui::input::{Arrived, Input, Key, Run};
use crate::tui::model::Place;
use std::time::Duration;

/// Cards of digits alone, as short as they can be: no letter tells where a scan begins. No card's number is part of
/// the other's, and no digit of a person's keys is in them.
const CARDS: [&str; 2] = ["41", "52"];

const PAUSE: u64 = 200;

/// Who sends a key: the first scan, the second, or a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    Card(usize),
    Hand,
}

/// A key, who sends it, and how long after the one before.
#[derive(Clone, Copy, Debug)]
struct Sent {
    by: Sender,
    key: Key,
    gap: u64,
}

fn keys(text: &str) -> Vec<Key> {
    text.chars().map(|c| if c == '\n' { Key::Enter } else { Key::Char(c) }).collect()
}

/// Every order in which the keys of these senders can come.
fn orders(left: &[(Sender, &[Key])], so_far: &mut Vec<(Sender, Key)>, out: &mut Vec<Vec<(Sender, Key)>>) {
    if left.iter().all(|(_, keys)| keys.is_empty()) {
        out.push(so_far.clone());
    }
    for (n, (by, keys)) in left.iter().enumerate() {
        let Some((key, rest)) = keys.split_first() else { continue };
        let mut left = left.to_vec();
        left[n] = (*by, rest);
        so_far.push((*by, *key));
        orders(&left, so_far, out);
        so_far.pop();
    }
}

/// Where a scan stands in the order, if nothing came into the middle of it, nor a character directly before it. Anybody's
/// Enter ends it.
fn whole(sent: &[Sent], card: usize) -> Option<std::ops::Range<usize>> {
    let of = |sent: &Sent| sent.by == Sender::Card(card) && sent.key != Key::Enter;
    let first = sent.iter().position(of)?;
    let last = sent.iter().rposition(of)?;
    let before = first.checked_sub(1).map(|before| sent[before].key);
    let begins = sent[first].gap >= PAUSE || !matches!(before, Some(Key::Char(_)));
    let together = last - first + 1 == sent.iter().filter(|sent| of(sent)).count();
    let ended = sent.get(last + 1).is_some_and(|next| next.key == Key::Enter);
    (begins && together && ended).then_some(first..last + 2)
}

/// Whether somebody chose that the holder of a card comes in for this purpose: their card was read whole; behind it
/// come keys of the person alone, but for whole exits; the last digit of them is the purpose, or a lone Enter after a
/// pause takes what is shown first. After pieces of another scan, which are refused, only a digit after a pause counts.
fn is_chosen(sent: &[Sent], card: usize, purpose: usize, inside: Option<usize>) -> bool {
    let Some(read) = whole(sent, card) else { return false };
    let mut behind: Vec<Sent> = sent[read.end..].to_vec();
    if let Some(exit) = inside.and_then(|other| whole(&behind, other)) {
        let gap = behind[exit.start].gap.max(behind.get(exit.end).map_or(0, |sent| sent.gap));
        behind.drain(exit.clone());
        if let Some(next) = behind.get_mut(exit.start) {
            next.gap = gap;
        }
    }
    let other = whole(&behind, 1 - card).map(|scan| scan.end);
    let (mut digit, mut pieces) = (None, false);
    for (n, sent) in behind.iter().enumerate() {
        if other == Some(n) {
            // Their card was read whole: the question is theirs now.
            return false;
        }
        match (sent.by, sent.key) {
            (Sender::Card(_), Key::Enter) => {}
            (Sender::Card(_), _) => (digit, pieces) = (None, true),
            (Sender::Hand, Key::Char(c)) if !pieces || sent.gap >= PAUSE => {
                (digit, pieces) = (c.to_digit(10), false);
            }
            (Sender::Hand, Key::Char(_)) => {}
            (Sender::Hand, _) if pieces => {}
            (Sender::Hand, _) => match digit {
                Some(digit) => return usize::try_from(digit).unwrap() == purpose,
                None => return purpose == 1 && sent.gap >= PAUSE,
            },
        }
    }
    false
}

struct Desk {
    screen: Screen,
    holders: Vec<Id>,
    purposes: Vec<String>,
}

impl Desk {
    fn open(site: &Site) -> Desk {
        let mut screen = site.at_desk(Lang::Ja, 80, 24);
        let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
        let desk = &mut standing.desk;
        let found = |desk: &crate::desk::Desk, kana| desk.search(Noun::Person, kana, 1).unwrap()[0];
        let holders = vec![found(desk, "タナカ"), found(desk, "サトウ")];
        for (number, holder) in CARDS.iter().zip(&holders) {
            let holder = Some(*holder);
            let card = RegisterBadge { number: (*number).into(), kind: BadgeKind::Card, zone: None, holder };
            desk.execute(Instruction::from(Command::from(card))).unwrap();
        }
        let purposes = desk.profile().purposes.iter().map(|purpose| purpose.id.clone()).collect();
        Desk { screen, holders, purposes }
    }

    fn desk(&mut self) -> &mut crate::desk::Desk {
        let Place::Desk(standing) = &mut self.screen.model.place else { panic!("not at the desk") };
        &mut standing.desk
    }

    fn given(&mut self, arrived: Vec<Arrived>) {
        for arrived in arrived {
            self.screen.model.input(arrived);
            while self.screen.model.is_busy() {
                self.screen.model.work();
            }
        }
    }

    fn plays(&mut self, sent: &[Sent]) {
        for sent in sent {
            self.screen.hands.pass(Duration::from_millis(sent.gap));
            if sent.gap >= PAUSE {
                let certain = self.screen.model.rests();
                self.given(certain);
            }
            let certain = self.screen.model.arrives(Input::Key(sent.key));
            self.given(certain);
        }
        self.screen.hands.pass(Duration::from_secs(1));
        let certain = self.screen.model.rests();
        self.given(certain);
    }

    /// Who is inside, for which purpose, by their places among cards and purposes.
    fn inside(&mut self) -> Vec<(usize, usize)> {
        let (holders, purposes) = (self.holders.clone(), self.purposes.clone());
        let inside = self.desk().inside().unwrap();
        let placed = inside.iter().map(|presence| {
            let who = holders.iter().position(|id| *id == presence.visit.person).unwrap();
            (who, purposes.iter().position(|id| *id == presence.visit.purpose).unwrap() + 1)
        });
        placed.collect()
    }

    /// Back to Today, and only this card's holder inside, if any.
    fn again(&mut self, inside: Option<usize>) {
        for _ in 0..4 {
            self.screen.model.input(Input::Key(Key::Esc));
        }
        let now: Vec<usize> = self.inside().iter().map(|(who, _)| *who).collect();
        for who in now.iter().filter(|who| Some(**who) != inside) {
            let out = CheckOut { card: Some(CARDS[*who].into()), ..CheckOut::default() };
            self.desk().execute(Instruction::from(Command::from(out))).unwrap();
        }
        if let Some(who) = inside.filter(|who| !now.contains(who)) {
            let purpose = self.purposes[0].clone();
            let came = CheckIn {
                card: Some(CARDS[who].into()),
                zone: "server_room".into(),
                purpose,
                identification: "staff_card".into(),
                ..CheckIn::default()
            };
            self.desk().execute(Instruction::from(Command::from(came))).unwrap();
        }
    }
}

/// Gaps: all alike, and one pause where no scan is under way, between gaps that are alike.
fn gaps(order: &[(Sender, Key)]) -> Vec<Vec<u64>> {
    let mut out = Vec::new();
    for gap in [0, 35, 150] {
        out.push(vec![gap; order.len()]);
        for at in 1..order.len() {
            let under_way = |card| {
                let of = |(by, _): &(Sender, Key)| *by == Sender::Card(card);
                order[..at].iter().any(of) && order[at..].iter().any(of)
            };
            if gap > 0 && !under_way(0) && !under_way(1) {
                let mut gaps = vec![gap; order.len()];
                gaps[at] = PAUSE;
                out.push(gaps);
            }
        }
    }
    out
}

#[test]
fn of_two_scans_and_a_persons_keys_in_any_order_nothing_is_recorded_that_nobody_chose() {
    let site = Site::found();
    let mut desk = Desk::open(&site);
    let scans: Vec<Vec<Key>> = CARDS.iter().map(|card| keys(&format!("{card}\n"))).collect();
    let mut recorded = 0usize;
    for (inside, typed) in
        [(None, "3\n"), (None, "\n"), (None, "3"), (None, "36\n"), (Some(1), "3\n"), (Some(1), "\n")]
    {
        let typed = keys(typed);
        let senders = [
            (Sender::Card(0), scans[0].as_slice()),
            (Sender::Card(1), scans[1].as_slice()),
            (Sender::Hand, typed.as_slice()),
        ];
        let mut all = Vec::new();
        orders(&senders, &mut Vec::new(), &mut all);
        for order in all {
            for gaps in gaps(&order) {
                desk.again(inside);
                let sent: Vec<Sent> = order
                    .iter()
                    .zip(&gaps)
                    .map(|((by, key), gap)| Sent { by: *by, key: *key, gap: *gap })
                    .collect();
                let before = desk.desk().last_entry().0;
                desk.plays(&sent);
                if desk.desk().last_entry().0 == before {
                    continue;
                }
                let now = desk.inside();
                for (who, purpose) in now.iter().filter(|(who, _)| Some(*who) != inside) {
                    recorded += 1;
                    assert!(is_chosen(&sent, *who, *purpose, inside), "{who} for {purpose} by {sent:#?}");
                }
                if let Some(out) = inside.filter(|who| now.iter().all(|(inside, _)| inside != who)) {
                    assert!(whole(&sent, out).is_some(), "{out} went out by {sent:#?}");
                }
            }
        }
    }
    assert!(recorded > 50, "{recorded}");
}

/// One order, with gaps.
fn sent(keys: &[(Sender, Key, u64)]) -> Vec<Sent> {
    keys.iter().map(|(by, key, gap)| Sent { by: *by, key: *key, gap: *gap }).collect()
}

fn scan(card: usize, before: u64, gap: u64) -> Vec<(Sender, Key, u64)> {
    let keys = keys(&format!("{}\n", CARDS[card]));
    keys.iter()
        .enumerate()
        .map(|(n, key)| (Sender::Card(card), *key, if n == 0 { before } else { gap }))
        .collect()
}

#[test]
fn what_is_plainly_meant_is_recorded_at_any_speed_of_the_reader() {
    let site = Site::found();
    let mut desk = Desk::open(&site);
    for gap in [0, 35, 100, 150] {
        for (digit, before_enter) in [('2', gap), ('2', 199), ('2', 900)] {
            desk.again(None);
            let hand = [(Sender::Hand, Key::Char(digit), 150), (Sender::Hand, Key::Enter, before_enter)];
            desk.plays(&sent(&[scan(0, 900, gap), hand.to_vec()].concat()));
            assert_eq!(desk.inside(), [(0, 2)], "{gap} {before_enter}");
        }
        // An exit while another's purpose is asked is recorded, and the question stays.
        desk.again(Some(1));
        let hand = [(Sender::Hand, Key::Char('2'), 300), (Sender::Hand, Key::Enter, 100)];
        desk.plays(&sent(&[scan(0, 900, gap), scan(1, 300, gap), hand.to_vec()].concat()));
        assert_eq!(desk.inside(), [(0, 2)], "{gap}");
    }
}

#[test]
fn a_scan_that_finds_a_question_open_is_told_with_a_ring_and_answers_nothing() {
    let site = Site::found();
    let mut desk = Desk::open(&site);
    desk.plays(&sent(&[scan(0, 900, 35), scan(1, 900, 35)].concat()));
    assert_eq!(desk.screen.model.take_rings(), 2);
    desk.screen.shows("前の人の入室は、まだ記録していません: 田中 一郎");
    desk.screen.shows("佐藤 美咲");
    assert_eq!(desk.inside(), []);
    // The person's own digit and the next card in one run: neither, and the purpose is asked anew.
    desk.again(None);
    desk.plays(&sent(
        &[scan(0, 900, 35), vec![(Sender::Hand, Key::Char('3'), 900)], scan(1, 100, 35)].concat(),
    ));
    assert_eq!(desk.screen.model.take_rings(), 2);
    desk.screen.shows("登録されていない番号です: 352");
    desk.screen.shows("目的を番号で選び直してください");
    desk.screen.shows("田中 一郎");
    desk.plays(&sent(&[(Sender::Hand, Key::Enter, 900)]));
    assert_eq!(desk.inside(), []);
    desk.plays(&sent(&[(Sender::Hand, Key::Char('3'), 900), (Sender::Hand, Key::Enter, 100)]));
    assert_eq!(desk.inside(), [(0, 3)]);
}

#[test]
fn a_readers_second_line_end_does_not_let_the_person_in() {
    let site = Site::found();
    let mut desk = Desk::open(&site);
    desk.plays(&sent(&[scan(0, 900, 35), vec![(Sender::Card(0), Key::Enter, 1)]].concat()));
    desk.screen.shows("目的を番号で選び");
    assert_eq!(desk.inside(), []);
}

/// Badges whose numbers look as numbers of records do.
#[test]
fn a_scan_finds_what_carries_the_number_and_never_a_record() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
    for number in ["B-00001", "P-00002"] {
        let badge = RegisterBadge { number: number.into(), ..RegisterBadge::default() };
        standing.desk.execute(Instruction::from(Command::from(badge))).unwrap();
    }
    // On the desk: the badge with this number, and of a record's number that it is one.
    screen.scan("B-00003");
    screen.shows("台帳の番号です");
    for code in ["B-00001", "P-00002"] {
        screen.scan(code);
        screen.shows("貸出バッジ");
        screen.shows(code);
        screen.keys(&[Key::F(8), Key::F(8)]);
    }
    // In a list of people to pick from: not the person whose record has that number.
    for sure in [true, false] {
        let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
        standing
            .desk
            .execute(Instruction::from(Command::from(RegisterBadge {
                number: format!("P-0000{}", if sure { 3 } else { 4 }),
                ..RegisterBadge::default()
            })))
            .unwrap();
        screen.key(Key::F(4));
        screen.types("change_person");
        screen.key(Key::Enter);
        screen.shows("佐藤 美咲");
        for code in ["P-00001", "P-00003"] {
            let run = Run { text: code.to_owned().into(), ended: Some(Key::Enter), sure };
            screen.input(Input::Run(run));
            // Nobody was taken: the list is still there.
            screen.shows("検索: ");
            screen.key(Key::Esc);
            screen.key(Key::F(4));
            screen.types("change_person");
            screen.key(Key::Enter);
        }
        screen.key(Key::Esc);
    }
}

#[test]
fn a_thing_is_called_by_the_number_that_stands_on_it_before_its_records() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    screen.keys(&[Key::F(4)]);
    screen.types("badges");
    screen.key(Key::Enter);
    screen.types("B-017");
    screen.key(Key::Enter);
    screen.shows("B-017 (B-00003)");
    screen.shows_not("B-00003 B-017");
}
