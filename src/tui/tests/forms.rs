//! Forms: where the cursor goes, how long texts stand, what is said in the head.

use super::site::{BADGE, CARD, PASSWORD, Screen, Site};
use crate::desk::{Instruction, Lang};
use crate::domain::{CheckIn, Command};
use crate::tui::input::Key;
use crate::tui::model::Place;
use crate::tui::screen::start;

const ENTER: Key = Key::Enter;
const SUBMIT: Key = Key::F(10);

/// Opens the form of an operation, filled in part.
fn open_form(screen: &mut Screen, command: &str, filled: &[(&str, &str)]) {
    let filled: Vec<(&str, String)> = filled.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
    let (now, size) = (screen.model.instant(), screen.model.size);
    let Place::Desk(standing) = &screen.model.place else { panic!("not at the desk") };
    let effect = start(command, None, &filled, &standing.cx(Lang::Ja, now, size));
    screen.model.perform(effect);
    screen.draw();
}

/// The line that the cursor stands in.
fn line_of_cursor(screen: &mut Screen) -> String {
    screen.draw();
    let (_, y) = screen.cursor();
    screen.text().lines().nth(usize::from(y)).unwrap_or_default().to_owned()
}

#[test]
fn after_a_refusal_the_cursor_stands_on_the_field_at_fault() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    screen.scan(CARD);
    screen.keys(&[Key::Char('1'), ENTER]);
    let outsider = [("person", "P-00004"), ("purpose", "failure"), ("zone", "server_room")];
    let with = |field: (&'static str, &'static str)| {
        let mut filled = outsider.to_vec();
        filled.push(field);
        filled
    };
    let staff = [("person", "P-00003"), ("purpose", "patrol"), ("zone", "server_room")];
    let with_badge = |badge: &'static str| {
        [staff.to_vec(), vec![("identification", "licence"), ("badge", badge)]].concat()
    };
    let person = |name: &'static str| vec![("user", name), ("person", "P-00003"), ("roles", "guard")];
    let entrant = |from: &'static str, to: &'static str| {
        vec![("person", "P-00001"), ("zones", "server_room"), ("from", from), ("to", to), ("credential", "x")]
    };
    for (command, filled, said, label) in [
        ("check_in", with(("identification", "licence")), "有効な入室許可がありません", "許可"),
        ("check_in", vec![("person", "P-00002"), staff[1], staff[2]], "すでに入室中", "氏名"),
        ("check_in", vec![("card", CARD), staff[1], staff[2]], "すでに入室中", "カード番号"),
        ("check_in", with_badge("B-999"), "登録されていません", "貸出バッジ"),
        ("check_in", staff.to_vec(), "本人確認が記録されていません", "本人確認"),
        ("register_badge", vec![("number", BADGE), ("kind", "badge")], "すでにあります", "番号"),
        ("issue_user", person("guard"), "すでにあります", "利用者ID"),
        ("register_entrant", entrant("2026-12-01", "2026-11-30"), "より前です", "終了日"),
    ] {
        open_form(&mut screen, command, &filled);
        screen.key(SUBMIT);
        screen.shows(said);
        let line = line_of_cursor(&mut screen);
        assert!(
            line.trim_start_matches(['>', ' ', '*']).starts_with(label),
            "{command} {filled:?}: {line}\n{}",
            screen.text()
        );
        screen.keys(&[Key::F(8), Key::F(8)]);
    }
}

#[test]
fn after_a_refusal_of_what_was_confirmed_the_cursor_stands_on_the_field_at_fault() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    open_form(&mut screen, "erase", &[("record", "P-00002"), ("reason", "本人の求め")]);
    screen.keys(&[SUBMIT]);
    screen.shows("確認: 文の消去");
    // Something else happens meanwhile: they come in.
    let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
    let check_in = CheckIn {
        card: Some(CARD.into()),
        zone: "server_room".into(),
        purpose: "patrol".into(),
        identification: "staff_card".into(),
        ..CheckIn::default()
    };
    standing.desk.execute(Instruction::from(Command::from(check_in))).unwrap();
    screen.key(Key::F(9));
    screen.shows("この操作はできません");
    assert!(line_of_cursor(&mut screen).contains("P-00002"), "{}", screen.text());
}

#[test]
fn nothing_is_asked_about_an_erasure_of_what_is_not_there() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    let (gone, badge) = (("record", "P-99999"), ("record", "B-00001"));
    for (what, said) in [
        (gone, "「P-99999」の記録は見つかりません"),
        (badge, "使えません"),
        (("entry", "99999"), "「99999」は使えません"),
        (("entry", "#0"), "1以上の整数で指定"),
    ] {
        open_form(&mut screen, "erase", &[what, ("reason", "誤り")]);
        screen.key(SUBMIT);
        screen.shows_not("確認: 文の消去");
        screen.shows(said);
        let line = line_of_cursor(&mut screen);
        assert!(line.contains(what.1), "{what:?}: {line}");
        screen.keys(&[Key::F(8), Key::F(8)]);
    }
    // An entry is named by what it is.
    open_form(&mut screen, "erase", &[("entry", "#12"), ("reason", "誤り")]);
    screen.shows("利用者IDの発行");
    screen.key(SUBMIT);
    screen.shows("確認: 文の消去");
    screen.shows("証跡の番号: #12 R8.11.20");
}

#[test]
fn a_refusal_says_whose_record_it_names() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 120, 30);
    screen.scan(CARD);
    screen.keys(&[Key::Char('1'), ENTER]);
    open_form(
        &mut screen,
        "check_in",
        &[
            ("person", "P-00002"),
            ("purpose", "patrol"),
            ("zone", "server_room"),
            ("identification", "licence"),
        ],
    );
    screen.key(SUBMIT);
    screen.shows("すでに入室中です（V-00001 田中 一郎）");
    screen.keys(&[Key::F(8), Key::F(8)]);
    open_form(&mut screen, "erase", &[("record", "V-00001"), ("reason", "誤り")]);
    screen.key(SUBMIT);
    screen.shows("V-00001 田中 一郎 は今");
}

#[test]
fn a_long_text_is_broken_in_its_field_and_up_and_down_move_in_it() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    open_form(&mut screen, "back_up", &[("to", "/media/usb"), ("medium", "USB-07")]);
    let text: String = (1..=90).map(|n| format!("{n:02}件")).collect();
    screen.types(&text);
    screen.shows("90件");
    screen.shows("7/7");
    let end = line_of_cursor(&mut screen);
    screen.keys(&[Key::Up; 6]);
    screen.shows("01件02件");
    screen.shows("1/7");
    assert_ne!(line_of_cursor(&mut screen), end);
    screen.types("x");
    screen.keys(&[Key::Down; 6]);
    assert!(line_of_cursor(&mut screen).contains("90件"), "{}", screen.text());
    // Below the last line is the next field, and nothing of the text was lost on the way.
    screen.key(Key::Down);
    assert!(line_of_cursor(&mut screen).contains("登録する"), "{}", screen.text());
    let Place::Desk(standing) = &screen.model.place else { panic!("not at the desk") };
    let draft = standing.desk.draft("back_up").unwrap().unwrap();
    assert_eq!(draft.last().map(|(_, held)| held.replace('x', "")), Some(text));
}

#[test]
fn whoever_decides_an_application_sees_what_was_applied_for() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    let applied = [
        ("kind", "visit"),
        ("company", "C-00001"),
        ("workers", "P-00004"),
        ("from", "2026-11-21"),
        ("to", "2026-11-22"),
        ("zones", "server_room"),
        ("work", "空調機の点検の立会い"),
        ("applicant", "P-00003"),
    ];
    open_form(&mut screen, "apply_visit", &applied);
    screen.key(SUBMIT);
    screen.shows("記録しました");
    drop(screen);
    site.issue("kettei", "approver");
    let mut screen = site.screen(Lang::Ja, 80, 24);
    screen.log_in("kettei", PASSWORD);
    screen.keys(&[Key::F(3), Key::Char('2'), ENTER]);
    screen.key(Key::Char('1'));
    for shown in [
        "A-00001 北陸電算サービス株式会社",
        "佐藤 美咲",
        "髙橋 健",
        "R8.11.21 - R8.11.22",
        "空調機の点検の立会い",
        "[ 登録する ]",
    ] {
        screen.shows(shown);
    }
}

/// Today's lines of drafts.
fn drafts(screen: &mut Screen) -> Vec<String> {
    screen.draw();
    let text = screen.text();
    text.lines().filter(|line| line.contains("下書き: ")).map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_draft_is_replaced_by_its_own_form_alone_and_all_of_them_stand_on_today() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    // One left at a form that was opened by a badge, and one at the same form opened otherwise.
    screen.scan(BADGE);
    screen.scan(CARD);
    screen.key(Key::Esc);
    open_form(&mut screen, "check_in", &[("purpose", "patrol")]);
    screen.scan("C-0102");
    screen.key(Key::Esc);
    open_form(&mut screen, "register_person", &[]);
    screen.types("山本 五月");
    screen.keys(&[Key::Tab, Key::Esc]);
    let found = drafts(&mut screen);
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("入室") && found[0].contains("田中 一郎"), "{found:#?}");
    assert!(found[1].contains("佐藤 美咲"), "{found:#?}");
    assert!(found[2].contains("人の登録") && found[2].contains("山本 五月"), "{found:#?}");
    // Each opens its own, goes on with it, and takes no other's place.
    screen.keys(&[Key::PageDown, Key::Up, ENTER]);
    screen.shows("佐藤 美咲");
    screen.shows_not(BADGE);
    screen.keys(&[Key::Esc, Key::PageDown, ENTER]);
    screen.shows("山本 五月");
    screen.types("ヤマモト サツキ");
    screen.keys(&[Key::Tab, Key::Esc]);
    assert_eq!(drafts(&mut screen).len(), 3);
    // Handed in it is gone, and the others stay.
    screen.keys(&[Key::PageDown, ENTER]);
    screen.shows("ヤマモト サツキ");
    screen.key(SUBMIT);
    screen.shows("記録しました");
    let left = drafts(&mut screen);
    assert_eq!(left, found[..2]);
}

#[test]
fn drafts_of_the_same_form_that_stand_above_one_another_are_kept_both_at_the_lock() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    for name in ["山本 五月", "川口 六郎"] {
        open_form(&mut screen, "register_person", &[("kana", "カナ")]);
        screen.keys(&[Key::Up, Key::Up]);
        screen.types(name);
    }
    screen.key(Key::Ctrl('l'));
    screen.types(PASSWORD);
    screen.keys(&[ENTER, Key::Esc, Key::Esc]);
    let found = drafts(&mut screen);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found.iter().any(|line| line.contains("山本 五月")), "{found:#?}");
    assert!(found.iter().any(|line| line.contains("川口 六郎")), "{found:#?}");
}

#[test]
fn a_draft_that_an_older_release_kept_is_listed_and_opened() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
    // As release 0.2 wrote it: the command, a bar, the record.
    let reason = vec![("reason".to_owned(), "退職のため".to_owned())];
    standing.desk.keep_draft("erase", &reason).unwrap();
    standing.desk.keep_draft("change_person/P-00003", &[("note".to_owned(), "改姓".to_owned())]).unwrap();
    standing.desk.keep_draft("no_such_command", &reason).unwrap();
    screen.model.perform(crate::tui::model::Effect::Home);
    let found = drafts(&mut screen);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("佐藤 美咲"), "{found:#?}");
}
