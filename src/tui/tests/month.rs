//! The month's end as whoever closes it meets it: once a month, with a password that is due, and nobody to ask.

use super::site::{PASSWORD, Screen, Site};
use crate::desk::{Desk, Instruction, Lang};
use crate::domain::{
    Alternative, ApplyException, Command, Date, DecideException, Finding, Id, Noun, Row, Settlement,
};
use crate::tui::input::Key;
use crate::tui::model::Place;
use std::time::Duration;

/// How many permits ended in the month.
const LINES: u32 = 40;

fn day(text: &str) -> Option<Date> {
    Some(text.parse().unwrap())
}

/// As many permits that the administrator applied for and the officer granted, until the end of January.
fn permits(site: &Site) {
    let (mut admin, _) = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    for n in 0..LINES {
        let apply = ApplyException {
            kind: "rule".into(),
            system: format!("計測装置{}号", n + 1),
            from: day("2026-11-20"),
            to: day("2027-01-31"),
            reason: "更新が間に合わない".into(),
            ..ApplyException::default()
        };
        admin.execute(Instruction::from(Command::from(apply))).unwrap();
    }
    admin.close().unwrap();
    let (mut officer, _) = Desk::log_in(&site.dir(), "officer", PASSWORD, site.terminal()).unwrap();
    for n in 0..LINES {
        let grant = DecideException {
            exception: Some(Id::new(Noun::Exception, n + 1)),
            granted: true,
            risk: "小さい".into(),
            rational: Some(Finding::Yes),
            alternative: Some(Alternative::None),
            reason: "やむを得ない".into(),
            ..DecideException::default()
        };
        officer.execute(Instruction::from(Command::from(grant))).unwrap();
    }
    officer.close().unwrap();
}

/// Presses the key for the next line until the line of the cursor says something.
fn go_to(screen: &mut Screen, text: &str) {
    for _ in 0..40 {
        screen.draw();
        let (_, y) = screen.cursor();
        if screen.text().lines().nth(usize::from(y)).is_some_and(|line| line.contains(text)) {
            return;
        }
        screen.key(Key::Down);
    }
    panic!("{text} is not reached:\n{}", screen.text());
}

/// Shows J-EX-9-2 g.
#[test]
fn whoever_comes_once_a_month_settles_forty_lines_with_three_keys_each_and_closes() {
    // Broken by: a list that does not settle by one key, or stays on what is settled; a choice that does not advance; a closing
    // that asks for more than to be handed in; a password that is due and keeps them out.
    let site = Site::found_where("[password]\n", "[password]\nmonths = 3\nnotice_days = 14\n");
    site.issue_in("officer", "officer", "noto_north");
    permits(&site);
    // The terminal is used now and then: the clock is believed.
    for _ in 0..4 {
        site.hands.pass(Duration::from_secs(24 * 86_400));
        let (desk, _) = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
        desk.close().unwrap();
    }
    let mut screen = site.screen(Lang::Ja, 80, 24);
    screen.log_in("officer", PASSWORD);
    screen.shows("期限");
    let new = "Momiji-2027-kiku";
    for _ in 0..2 {
        screen.types(new);
        screen.key(Key::Enter);
    }
    screen.shows("新しいパスワードを設定しました");
    screen.shows("自分が確認する月末の行");
    screen.shows("40 件");
    go_to(&mut screen, "自分が確認する月末の行");
    screen.key(Key::Enter);
    screen.shows("F7  月末の確認");
    let mut keys = 0;
    for n in 0..LINES {
        for key in [Key::F(7), Key::Char('1'), Key::F(10)] {
            screen.key(key);
            keys += 1;
        }
        screen.draw();
        assert!(!screen.text().contains("[ 登録する ]"), "line {n}:\n{}", screen.text());
    }
    assert_eq!(keys, 120);
    screen.key(Key::F(4));
    screen.types("月締め");
    screen.key(Key::Enter);
    screen.shows("[ 登録する ]");
    screen.key(Key::F(10));
    screen.shows("月締め");
    let Place::Desk(standing) = &screen.model.place else { panic!("not at the desk") };
    let Some(Row::Month(month)) = standing.desk.record(Id::new(Noun::Month, 1), None).unwrap() else {
        panic!("{}", screen.text())
    };
    assert_eq!((Some(month.month), month.lines().len()), (day("2027-01-01"), LINES as usize));
    assert!(month.lines().iter().all(|line| line.said == Some(Settlement::Asked)));
}
