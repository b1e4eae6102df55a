//! How many keys ten jobs at the desk take, each played through the screens (figure `P-keys`).

use crate::campaign::figure;
use crate::desk::people::Cast;
use crate::desk::site::{PASSWORD, Site, at};
use daicho::desk::Lang;
use daicho::domain::Id;
use daicho::tui::input::{Input, Key, Run};
use daicho::tui::{Folder, Offscreen, Options};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

/// Somebody at the screens, whose keys are counted.
struct Hand {
    screens: Offscreen,
    keys: usize,
    scans: usize,
}

impl Hand {
    fn at(site: &Site, user: &str) -> Hand {
        let printed = site.dir().with_file_name("printed");
        let options = Options { lang: Lang::Ja, hint: Vec::new(), sink: Box::new(Folder(printed)) };
        let screens = Offscreen::new(&site.dir(), site.terminal(), options, (80, 24));
        let mut hand = Hand { screens, keys: 0, scans: 0 };
        hand.types(user);
        hand.press(&[Key::Enter]);
        hand.types(PASSWORD);
        hand.press(&[Key::Enter]);
        hand.shows("本日");
        (hand.keys, hand.scans) = (0, 0);
        hand
    }

    fn press(&mut self, keys: &[Key]) {
        for key in keys {
            self.keys += 1;
            self.screens.key(*key);
        }
    }

    fn types(&mut self, text: &str) {
        let keys: Vec<Key> = text.chars().map(Key::Char).collect();
        self.press(&keys);
    }

    fn scan(&mut self, code: &str) {
        self.scans += 1;
        let text = code.to_owned().into();
        self.screens.input(Input::Run(Run { text, ended: Some(Key::Enter), sure: true }));
    }

    fn shows(&mut self, text: &str) {
        self.screens.draw();
        let shown = self.screens.text();
        assert!(shown.contains(text), "{text:?} is not on the screen:\n{shown}");
    }
}

const F2: Key = Key::F(2);
const F4: Key = Key::F(4);
const SUBMIT: Key = Key::F(10);
const ENTER: Key = Key::Enter;
const DOWN: Key = Key::Down;
const LIST: Key = Key::Char(' ');

/// A job: its name, who does it, what is there before, and how it is done.
struct Job {
    name: &'static str,
    says: &'static str,
    user: &'static str,
    before: fn(&mut Cast),
    does: fn(&mut Hand),
}

/// What somebody in the room left behind: hours before, with no exit.
fn this_morning(cast: &mut Cast) {
    let came = json!({"command": "check_in", "card": "C-1", "zone": "server_room", "purpose": "patrol",
                      "at": "2026-11-20T09:00:00+09:00"});
    cast.must("guard", came);
}

fn came_in(cast: &mut Cast) {
    let came = json!({"command": "check_in", "card": "C-1", "zone": "server_room", "purpose": "patrol"});
    cast.must("guard", came);
}

fn nothing(_: &mut Cast) {}

/// A visitor comes in by the form that their badge opens.
fn visitor_in(hand: &mut Hand, name: &str, purpose: char) {
    hand.scan("B-001");
    hand.press(&[DOWN, LIST]);
    hand.types(name);
    hand.press(&[ENTER]);
    hand.press(&[Key::Char(purpose), Key::Char('1'), Key::Char('2'), ENTER]);
    hand.press(&[LIST, ENTER, LIST, ENTER, SUBMIT]);
}

const JOBS: [Job; 10] = [
    Job {
        name: "regular_in",
        says: "a regular entrant comes in",
        user: "guard",
        before: nothing,
        does: |hand| {
            hand.scan("C-1");
            hand.press(&[Key::Char('2'), ENTER]);
            hand.shows("入室: 田中 一郎");
        },
    },
    Job {
        name: "out",
        says: "somebody goes out",
        user: "guard",
        before: came_in,
        does: |hand| {
            hand.scan("C-1");
            hand.shows("退室: 田中 一郎");
        },
    },
    Job {
        name: "permitted_contractor",
        says: "a contractor with a permit comes in",
        user: "guard",
        before: nothing,
        does: |hand| {
            visitor_in(hand, "wata", '5');
            hand.shows("記録しました: 入室");
        },
    },
    Job {
        name: "walk_in",
        says: "a technician comes without a permit: permission by telephone, then in",
        user: "guard",
        before: nothing,
        does: |hand| {
            hand.press(&[F4]);
            hand.types("denwa");
            hand.press(&[ENTER, LIST, ENTER, DOWN]);
            hand.types("院内電話帳");
            hand.press(&[ENTER, LIST, ENTER, LIST, Key::Char('1'), ENTER]);
            hand.press(&[Key::Char('1'), DOWN, DOWN]);
            hand.types("障害対応");
            hand.press(&[SUBMIT]);
            hand.shows("記録しました: 電話許可の記録");
            visitor_in(hand, "sai", '6');
            hand.shows("記録しました: 入室");
        },
    },
    Job {
        name: "forgotten_exit",
        says: "an exit that nobody recorded is settled",
        user: "guard",
        before: this_morning,
        does: |hand| {
            hand.press(&[F2, ENTER, Key::Char('3')]);
            hand.types("11/20 12:00");
            hand.press(&[ENTER]);
            hand.types("廊下のカメラ");
            hand.press(&[SUBMIT]);
            hand.shows("記録しました: 退室不明の整理");
        },
    },
    Job {
        name: "wrong_person",
        says: "the wrong person was recorded a moment ago",
        user: "guard",
        before: nothing,
        does: |hand| {
            hand.scan("C-1");
            hand.press(&[ENTER]);
            (hand.keys, hand.scans) = (0, 0);
            hand.press(&[Key::F(7)]);
            hand.types("keibi");
            hand.press(&[ENTER, Key::Char('1')]);
            hand.shows("訂正しました");
        },
    },
    Job {
        name: "badge_lost",
        says: "a badge is lost",
        user: "guard",
        before: nothing,
        does: |hand| {
            hand.press(&[F4]);
            hand.types("funsitu");
            hand.press(&[ENTER]);
            hand.types("B-002");
            hand.press(&[ENTER, Key::Char('1'), SUBMIT]);
            hand.shows("記録しました: バッジの異動");
        },
    },
    Job {
        name: "takeover",
        says: "the next shift takes the desk over",
        user: "guard",
        before: |cast| {
            cast.must("guard", json!({"command": "take_over_shift"}));
        },
        does: |hand| {
            hand.press(&[F4]);
            hand.types("touban");
            hand.press(&[ENTER]);
            hand.types("guard2");
            hand.press(&[ENTER]);
            hand.types(PASSWORD);
            hand.press(&[SUBMIT]);
            hand.shows("記録しました: 当番の引継ぎ");
        },
    },
    Job {
        name: "decide",
        says: "an application is decided",
        user: "approver",
        before: nothing,
        does: |hand| {
            hand.press(&[ENTER, ENTER, Key::Char('1'), Key::Char('1'), SUBMIT]);
            hand.shows("記録しました: 申請の決定");
        },
    },
    Job {
        name: "inside_at",
        says: "who was inside at 14:05",
        user: "guard",
        before: nothing,
        does: |hand| {
            hand.press(&[F2, Key::F(6)]);
            hand.types("14:05");
            hand.press(&[ENTER]);
            hand.shows("在室 1 人");
        },
    },
];

/// A site in the afternoon: a regular entrant with a card, an escort inside, a contractor with a permit for one of its
/// workers, and an application that waits.
fn afternoon() -> Site {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let tanaka = cast.register("田中 一郎", "タナカ イチロウ");
    let registered = json!({"command": "register_entrant", "person": tanaka, "zones": ["server_room"],
                            "from": "2026-11-01", "to": "2027-03-31", "escort": false, "credential": "職員証"});
    cast.must("approver", registered);
    let card = json!({"command": "register_badge", "number": "C-1", "kind": "card", "holder": tanaka});
    cast.must("admin", card);
    let (company, worker, second): (Id, Id, Id) = cast.contractor();
    cast.granted("planned", company, &[worker]);
    let waits = json!({"command": "apply_visit", "kind": "planned", "company": company, "workers": [second],
                       "from": "2026-11-21", "to": "2026-11-21", "zones": ["server_room"], "work": "点検",
                       "racks": "R03"});
    cast.must("guard", waits);
    cast.operator_in();
    cast.close();
    site.clock.set(at("2026-11-20T15:00:00+09:00"));
    site
}

#[test]
fn ten_jobs_at_the_desk_take_as_many_keys_as_in_the_golden_file() {
    let base = afternoon();
    let plays = |job: &Job| {
        let site = base.copy();
        let mut cast = Cast::gather_again(&site);
        (job.before)(&mut cast);
        cast.close();
        let mut hand = Hand::at(&site, job.user);
        (job.does)(&mut hand);
        (hand.keys, hand.scans)
    };
    let mut played: Vec<(&Job, (usize, usize))> = std::thread::scope(|scope| {
        let threads: Vec<_> = JOBS.iter().map(|job| (job, scope.spawn(|| plays(job)))).collect();
        // Every job is played before any is missed.
        let ends: Vec<_> = threads.into_iter().map(|(job, thread)| (job, thread.join())).collect();
        ends.into_iter()
            .map(|(job, end)| (job, end.unwrap_or_else(|_| panic!("{} was not done", job.name))))
            .collect()
    });
    played.sort_by_key(|(job, _)| JOBS.iter().position(|of| of.name == job.name));
    let mut text = String::from("job                   scans  keys  what\n");
    for (job, (keys, scans)) in &played {
        writeln!(text, "{:<22}{scans:>5}{keys:>6}  {}", job.name, job.says).unwrap();
    }
    let all: usize = played.iter().map(|(_, (keys, _))| keys).sum();
    writeln!(text, "{:<22}{:>5}{all:>6}", "all", played.iter().map(|(_, (_, scans))| scans).sum::<usize>())
        .unwrap();
    let each: Vec<String> = played.iter().map(|(job, (keys, _))| format!("{} {keys}", job.name)).collect();
    let all = u64::try_from(all).unwrap();
    figure::write("P-keys", all, "keys", 0, &format!("ten jobs at the desk: {}", each.join(", ")));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tui/keys.txt");
    if std::env::var("UPDATE_GOLDEN").as_deref() == Ok("1") {
        std::fs::write(&golden, &text).unwrap();
    }
    let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
    assert_eq!(text, wanted, "{} (UPDATE_GOLDEN=1 writes it anew)", golden.display());
}
