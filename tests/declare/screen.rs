//! What registers show of a record, and what is said when something is refused.

use super::sample::{Books, is_in, stamp};
use daicho::desk::declare::{Among, REPORTS, Register, operations, register, registers, standing};
use daicho::desk::{
    Failure, FieldProblem, Lang, Last, Lookup, NoCopy, NotOpened, say_denied, say_detail, say_failure,
    say_rejection, words_of_kind,
};
use daicho::domain::*;
use daicho::fault::Fault;
use daicho::vault::{Doing, Holder, VaultError, Where};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use unicode_width::UnicodeWidthStr;

fn shown(register: &Register, row: &Row, books: &Books, lang: Lang) -> Vec<(&'static str, String)> {
    register.all_columns().map(|column| (column.name, (column.cell)(row, books, lang))).collect()
}

fn cell(name: &str, column: &str, row: &Row, books: &Books, lang: Lang) -> String {
    let found =
        shown(register(name).unwrap(), row, books, lang).into_iter().find(|(known, _)| *known == column);
    found.unwrap_or_else(|| panic!("{name} has no column {column}")).1
}

/// What of a full record must be readable, register by register: the bold fields of the design's field list
/// (from the source regulations), and everything else that the row holds.
#[rustfmt::skip]
const MUST_SHOW: &[(&str, &[(&str, &str)])] = &[
    ("visits", &[
        ("person", "外山 次郎"), ("company", "加賀保守工業"), ("purpose", "バックアップ"), ("badge", "B-017"),
        ("card", "CARD-3"), ("identification", "職員証"), ("came", "R8.11.20 14:05"),
        ("left", "退室不明（最終確認 18:40、確認者 山田 太郎） 作業記録なし 本日"), ("escorts", "14:05 佐藤 花子、16:00 山田 太郎"),
        ("permit", "A-00001"), ("zone", "サーバ室"), ("rack", "R-01"), ("visited", "医事課の鈴木係長"),
        ("admitted_by", "山田 太郎"), ("released_by", "佐藤 花子"), ("carried_in", "検査用ノートPC"),
        ("carried_out", "故障したディスク"), ("remarks", "工具箱は預かり"), ("outsider", "外部"),
        ("secretariat", "事務局再委託"), ("evidence", "廊下の録画に姿"), ("settled", "R8.11.21 08:31 山田 太郎"),
        ("report", "未提出"), ("entered_late", "R8.11.20 15:02"), ("left_late", "R8.11.21 08:33"),
        ("badge_kept", "あり"), ("clock_unconfirmed", "あり"), ("state", "退室不明"),
        ("corrections", "区画を訂正（訂正前 テープ庫、山田 太郎、押し間違い、証跡 #41）"), ("id", "V-00001"),
        ("erased", "消去済（証跡 #77）"),
    ]),
    ("entrants", &[
        ("person", "外山 次郎"), ("organisation", "加賀保守工業"), ("zones", "サーバ室、テープ庫"),
        ("permitted_by", "佐藤 花子"), ("from", "R8.4.1"), ("to", "R9.3.31"), ("credential", "指静脈"),
        ("escort", "可"), ("state", "取消"), ("revoked", "R8.11.19 10:30 佐藤 花子：契約の終了"),
        ("outsider", "外部"), ("id", "E-00001"),
    ]),
    ("permits", &[
        ("applicant", "佐藤 花子"), ("company", "加賀保守工業"), ("workers", "外山 次郎"),
        ("period", "R8.11.18 - R8.11.22"), ("work", "テープ装置の修理"), ("racks", "ラックT-9"),
        ("escort", "山田 太郎"), ("permitted_by", "佐藤 花子"), ("conditions", "撮影は禁止"),
        ("things", "交換部品"), ("kind", "障害対応"), ("zones", "テープ庫"), ("entered_by", "山田 太郎"),
        ("applied", "R8.11.17 09:12"), ("decided", "R8.11.19 10:30 佐藤 花子：緊急のため"),
        ("withdrawn", "R8.11.19 10:30 佐藤 花子：工事の延期"),
        ("telephone", "R8.11.17 03:14 佐藤 花子が許可、山田 太郎が受付、相手の確認：登録番号へ折り返し"),
        ("outsider", "外部"), ("secretariat", "事務局再委託"), ("id", "A-00001"), ("state", "許可・期限間近"),
    ]),
    ("works", &[
        ("date", "R8.11.20"), ("server", "電子カルテDB2"), ("work", "電源装置の交換"), ("workers", "外山 次郎"),
        ("result", "正常に起動"), ("pi_seen", "はい"), ("pi_detail", "画面の患者一覧"), ("visit", "V-00001"),
        ("permit", "A-00001"), ("recorded_by", "山田 太郎"), ("recorded", "R8.11.20 17:45"), ("state", "差戻し"),
        ("decided", "R8.11.19 10:30 佐藤 花子：型番が足りない"), ("outsider", "外部"), ("id", "W-00001"),
    ]),
    ("notices", &[
        ("opened", "R8.11.20 17:46"), ("seen", "画面の患者一覧"), ("work", "W-00001"), ("visit", "V-00001"),
        ("person", "外山 次郎"), ("state", "受領済"), ("taken", "R8.11.19 10:30 佐藤 花子：聞き取り済み"),
        ("outsider", "外部"), ("id", "N-00001"),
    ]),
    ("users", &[
        ("user", "toyama"), ("person", "外山 次郎"), ("kana", "トヤマ ジロウ"), ("organisation", "情報管理課"),
        ("contact", "内線4411"), ("roles", "警備員、責任者"), ("issued", "R8.4.1 08:00"),
        ("issued_by", "佐藤 花子"), ("provisional", "あり"), ("password_set", "R8.4.2 08:10"),
        ("suspended", "R8.11.19 10:30 佐藤 花子：長期の休み"), ("last_login", "R8.11.1 07:59"),
        ("key", "0a1b2c"), ("state", "停止中"), ("outsider", "外部"), ("id", "U-00001"),
    ]),
    ("shifts", &[
        ("by", "山田 太郎"), ("from", "佐藤 花子"), ("at", "R8.11.20 08:30"), ("inside", "3"),
        ("badges_out", "21"), ("open", "44"), ("remarks", "空調の音に注意"), ("id", "S-00001"),
    ]),
    ("profiles", &[
        ("name", "jcho"), ("version", "5"), ("from", "R8.10.1"), ("by", "佐藤 花子"),
        ("adopted", "R8.9.15 11:11"), ("state", "施行済"), ("id", "R-00001"),
    ]),
    ("badges", &[
        ("number", "B-017"), ("kind", "貸出バッジ"), ("zone", "サーバ室"), ("with", "外山 次郎"),
        ("state", "貸出中"), ("since", "R8.11.20 14:05"), ("remarks", "紐を交換済み"), ("visit", "V-00001"),
        ("outsider", "外部"), ("id", "B-00001"),
    ]),
];

#[test]
fn every_field_of_a_record_is_shown_somewhere() {
    let books = Books::new();
    for (name, cells) in MUST_SHOW {
        let row = books.first(register(name).unwrap().noun);
        for (column, text) in *cells {
            assert_eq!(cell(name, column, &row, &books, Lang::Ja), *text, "{name}.{column}");
        }
    }
    let outsider = &books.rows[&Id::new(Noun::Person, 3)];
    for (column, text) in [
        ("name", "外山 次郎"),
        ("kana", "トヤマ ジロウ"),
        ("company", "加賀保守工業"),
        ("organisation", "情報管理課"),
        ("contact", "内線4411"),
        ("identity", "人事台帳で確認"),
        ("outsider", "外部"),
        ("secretariat", "事務局再委託"),
    ] {
        assert_eq!(cell("persons", column, outsider, &books, Lang::Ja), text);
    }
    let company = &books.rows[&Id::new(Noun::Company, 2)];
    for (column, text) in [
        ("name", "加賀保守工業"),
        ("contact", "0761-00-0000"),
        ("address", "小松市小馬出町91"),
        ("outsourced_by", "北陸電算株式会社"),
        ("secretariat", "事務局再委託"),
    ] {
        assert_eq!(cell("companies", column, company, &books, Lang::Ja), text);
    }
}

/// The texts of a row that are in Japanese: names apart, every word that somebody typed.
fn typed_texts(value: &serde_json::Value, out: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if !text.is_ascii() => out.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| typed_texts(item, out)),
        serde_json::Value::Object(map) => map.values().for_each(|item| typed_texts(item, out)),
        _ => {}
    }
}

#[test]
fn no_text_that_a_row_holds_is_left_out_of_its_page() {
    let books = Books::new();
    for row in books.rows.values() {
        let register = registers().iter().find(|register| register.noun == row.noun()).unwrap();
        let page: String =
            shown(register, row, &books, Lang::Ja).into_iter().map(|(_, text)| text + "\n").collect();
        let mut texts = Vec::new();
        typed_texts(&serde_json::to_value(row).unwrap(), &mut texts);
        for text in texts {
            assert!(page.contains(&text), "{}: {text} is nowhere on\n{page}", register.name);
        }
    }
}

#[test]
fn n_5_contractors_of_the_secretariat_are_marked_and_a_loop_of_mistakes_ends() {
    let mut books = Books::new();
    let direct = books.rows[&Id::new(Noun::Company, 1)].clone();
    assert_eq!(cell("companies", "secretariat", &direct, &books, Lang::Ja), "事務局委託");
    for n in 1..=2 {
        if let Some(Row::Company(company)) = books.rows.get_mut(&Id::new(Noun::Company, n)) {
            company.secretariat = false;
            company.outsourced_by = Some(Id::new(Noun::Company, 3 - n));
        }
    }
    let company = books.rows[&Id::new(Noun::Company, 1)].clone();
    assert_eq!(cell("companies", "secretariat", &company, &books, Lang::Ja), "");
}

#[test]
fn j_3_3_1_outsiders_are_marked_by_a_word_in_every_list_of_people() {
    let books = Books::new();
    for register in registers() {
        if matches!(register.name, "companies" | "shifts" | "profiles" | "attachments" | "devices" | "months")
        {
            continue;
        }
        let marks = register.columns.iter().any(|column| column.name == "outsider");
        assert!(marks, "{} does not mark outsiders in its list", register.name);
        let noun = register.noun;
        let row = match noun {
            Noun::Person => books.rows[&Id::new(Noun::Person, 3)].clone(),
            noun => books.first(noun),
        };
        assert_eq!(cell(register.name, "outsider", &row, &books, Lang::Ja), "外部", "{}", register.name);
        assert_eq!(cell(register.name, "outsider", &row, &books, Lang::En), "ext.", "{}", register.name);
    }
    let own = books.rows[&Id::new(Noun::Person, 1)].clone();
    assert_eq!(cell("persons", "outsider", &own, &books, Lang::Ja), "");
}

#[test]
fn names_for_machines_are_snake_case_and_never_twice() {
    for register in registers() {
        let mut names = BTreeSet::new();
        for column in register.all_columns() {
            assert!(column.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'), "{}", column.name);
            assert!(names.insert(column.name), "{}: {} twice", register.name, column.name);
        }
        assert!(names.contains("id"), "{} has no id", register.name);
        assert_eq!(
            register.columns.iter().filter(|column| column.width == 0).count(),
            1,
            "{}",
            register.name
        );
        let fixed: u16 = register.columns.iter().map(|column| column.width + 1).sum();
        assert!(fixed <= 68, "{}: {fixed} cells of 80 are fixed", register.name);
        let compact: u16 =
            register.columns.iter().filter(|column| column.compact).map(|column| column.width + 1).sum();
        assert!((1..=59).contains(&compact), "{}: {compact} cells of 60", register.name);
    }
}

#[test]
fn a_cell_of_another_register_is_empty_and_nothing_breaks() {
    let books = Books::new();
    for register in registers() {
        for row in books.rows.values().filter(|row| row.noun() != register.noun) {
            for (name, text) in shown(register, row, &books, Lang::Ja) {
                assert!(
                    name == "id" || name == "erased" || text.is_empty(),
                    "{}.{name}: {text}",
                    register.name
                );
            }
        }
    }
}

#[test]
fn english_cells_use_iso_days_and_english_words() {
    let books = Books::new();
    let visit = books.first(Noun::Visit);
    assert_eq!(cell("visits", "came", &visit, &books, Lang::En), "2026-11-20 14:05");
    assert_eq!(cell("visits", "zone", &visit, &books, Lang::En), "Server room");
    assert_eq!(
        cell("visits", "left", &visit, &books, Lang::En),
        "exit unknown (last evidence 18:40, confirmed by 山田 太郎) no work record today"
    );
}

#[test]
fn erased_texts_are_shown_as_erased() {
    let mut books = Books::new();
    for row in books.rows.values_mut() {
        match row {
            Row::Person(person) => person.name = ERASED.to_owned(),
            Row::Visit(visit) => visit.remarks = ERASED.to_owned(),
            Row::Permit(permit) => permit.work = ERASED.to_owned(),
            _ => {}
        }
    }
    let visit = books.first(Noun::Visit);
    assert_eq!(cell("visits", "person", &visit, &books, Lang::Ja), "消去済");
    assert_eq!(cell("visits", "remarks", &visit, &books, Lang::En), "erased");
    assert_eq!(cell("permits", "work", &books.first(Noun::Permit), &books, Lang::Ja), "消去済");
    for register in registers() {
        for row in books.rows.values() {
            for (name, text) in shown(register, row, &books, Lang::Ja) {
                assert!(!text.contains(ERASED), "{}.{name}: {text}", register.name);
            }
        }
    }
}

#[test]
fn standings_follow_the_calendar_to_the_day() {
    let mut books = Books::new();
    let mut check = |now: &str, entrant: &str, permit: &str| {
        books.now = stamp(now);
        let mut rows = books.rows.clone();
        for row in rows.values_mut() {
            if let Row::Entrant(entrant) = row {
                entrant.revoked = None;
            }
        }
        for (noun, expected) in [(Noun::Entrant, entrant), (Noun::Permit, permit)] {
            let row = rows.values().find(|row| row.noun() == noun).unwrap();
            assert_eq!(standing::of(row, &books), expected, "{noun:?} at {now}");
            assert!(is_in(row, expected, &books));
            let in_force = matches!(expected, "in_force" | "ending_soon");
            assert_eq!(is_in(row, "in_force", &books), in_force, "{noun:?} at {now}");
        }
    };
    check("2026-03-31T23:59:00+09:00", "not_yet", "not_yet");
    check("2026-04-01T00:00:00+09:00", "in_force", "not_yet");
    check("2026-11-22T23:59:00+09:00", "in_force", "ending_soon");
    check("2026-11-23T00:00:00+09:00", "in_force", "lapsed");
    check("2027-02-28T00:00:00+09:00", "in_force", "lapsed");
    check("2027-03-01T00:00:00+09:00", "ending_soon", "lapsed");
    check("2027-03-31T23:59:00+09:00", "ending_soon", "lapsed");
    check("2027-04-01T00:00:00+09:00", "lapsed", "lapsed");
}

#[test]
fn a_permission_by_telephone_is_marked_until_it_is_signed_and_an_exit_that_nobody_recorded_too() {
    let mut books = Books::new();
    let Row::Permit(mut permit) = books.first(Noun::Permit) else { panic!("no permit") };
    permit.state = PermitState::Telephone;
    books.now = stamp("2026-11-18T03:14:00+09:00");
    let row = Row::from(permit);
    assert_eq!(cell("permits", "state", &row, &books, Lang::Ja), "電話許可・未署名");
    books.now = stamp("2026-11-18T03:14:01+09:00");
    assert_eq!(cell("permits", "state", &row, &books, Lang::Ja), "電話許可・署名遅れ");
    assert!(is_in(&row, "telephone", &books), "an overdue one is still on the list of unsigned ones");

    let Row::Visit(mut visit) = books.first(Noun::Visit) else { panic!("no visit") };
    (visit.state, visit.settled) = (VisitState::Inside, None);
    let row = Row::from(visit.clone());
    books.now = stamp("2026-11-20T18:00:00+09:00");
    assert_eq!(cell("visits", "left", &row, &books, Lang::Ja), "入室中");
    books.now = stamp("2026-11-21T14:05:00+09:00");
    assert_eq!(cell("visits", "left", &row, &books, Lang::Ja), "退室の記録なし");
    assert!(is_in(&row, "inside", &books), "they are inside as far as anybody knows");
    (visit.state, visit.left) = (VisitState::Left, Some(stamp("2026-11-21T01:05:00+09:00")));
    assert_eq!(
        cell("visits", "left", &Row::from(visit.clone()), &books, Lang::Ja),
        "R8.11.21 01:05 作業記録なし 1日"
    );
    visit.report = ReportState::Approved;
    assert_eq!(cell("visits", "left", &Row::from(visit), &books, Lang::Ja), "R8.11.21 01:05");
}

#[test]
fn every_state_that_a_row_can_have_is_a_filter_with_words() {
    let all = [
        ("badges", BadgeState::ALL.iter().map(|state| state.name()).collect::<Vec<_>>()),
        ("visits", VisitState::ALL.iter().map(|state| state.name()).collect()),
        ("permits", PermitState::ALL.iter().map(|state| state.name()).collect()),
        ("works", WorkState::ALL.iter().map(|state| state.name()).collect()),
        ("users", UserState::ALL.iter().map(|state| state.name()).collect()),
    ];
    for (name, states) in all {
        let known: BTreeSet<&str> = register(name).unwrap().states.iter().map(|(name, _)| *name).collect();
        for state in states {
            assert!(known.contains(state), "{name} cannot be filtered by {state}");
        }
    }
    let reports: BTreeSet<&str> = REPORTS.iter().map(|(name, _)| *name).collect();
    assert_eq!(reports, ReportState::ALL.iter().map(|state| state.name()).collect());
}

fn failures() -> Vec<(Failure, &'static str)> {
    let text = || "detail".to_owned();
    let problem = FieldProblem {
        field: "zone".to_owned(),
        name: "field_missing".to_owned(),
        ja: "入力がありません。".to_owned(),
        en: "Missing.".to_owned(),
    };
    let denied = Denied { what: "check_in".to_owned(), needs: vec!["guard".to_owned()] };
    let opened = |why| Failure::NotOpened(why);
    let fault = || Fault::named("vault_busy");
    let place = || Where::from(text());
    let device = |last| Failure::Device { last, detail: fault() };
    vec![
        (Failure::Rejected(Code::NoEscort.with("person", "P-00003"), Some(7)), "no_escort"),
        (Failure::Denied(denied, None), "not_permitted"),
        (Failure::Malformed(vec![problem]), "field_missing"),
        (opened(NotOpened::Credentials), "wrong_credentials"),
        (opened(NotOpened::Wait(30)), "wait"),
        (opened(NotOpened::InUse(Holder::default())), "in_use"),
        (opened(NotOpened::Missing(place())), "no_vault"),
        (opened(NotOpened::NotAVault(fault())), "not_a_vault"),
        (opened(NotOpened::Newer(9)), "newer_format"),
        (opened(NotOpened::NewerRules(12)), "newer_rules"),
        (opened(NotOpened::ReadOnly), "read_only"),
        (opened(NotOpened::NotEmpty(place())), "not_empty"),
        (opened(NotOpened::Sheet), "wrong_sheet"),
        (opened(NotOpened::PasswordReplaced), "password_replaced"),
        (opened(NotOpened::Other(fault())), "not_opened"),
        (opened(NotOpened::IsACopy), "is_a_copy"),
        (NoCopy::SameDevice.into(), "backup_same_device"),
        (NoCopy::Inside.into(), "backup_inside"),
        (NoCopy::Missing.into(), "backup_missing"),
        (NoCopy::Occupied(place()).into(), "backup_occupied"),
        (NoCopy::IsAVault.into(), "backup_is_a_vault"),
        (NoCopy::OtherKey.into(), "backup_other_key"),
        (NoCopy::Damaged(fault()).into(), "backup_damaged"),
        (NoCopy::Newer { theirs: text(), ours: text() }.into(), "backup_newer"),
        (NoCopy::Unreliable(fault()).into(), "backup_unreliable"),
        (NoCopy::Full.into(), "backup_full"),
        (NoCopy::ReadOnly.into(), "backup_read_only"),
        (NoCopy::Device(fault()).into(), "backup_device"),
        (NoCopy::FromDamaged(fault()).into(), "restore_damaged"),
        (NoCopy::KeysGone(fault()).into(), "recover_keys_gone"),
        (NoCopy::CutOff(fault()).into(), "restore_cut_off"),
        (Failure::Damaged(fault()), "damaged"),
        (Failure::NoRoom { need: 3 << 20, free: 1 << 20 }, "no_room"),
        (device(Last::Written), "device_failed"),
        (device(Last::NotWritten), "device_failed"),
        (device(Last::Unknown), "device_failed"),
    ]
}

#[test]
fn every_warning_fits_a_line_of_today_with_its_mark() {
    let names = [
        "swap_on",
        "sheet_used",
        "sheet_unseen",
        "sheet_seen_before/400",
        "rekey_unfinished",
        "backup_never",
    ];
    let more = ["backup_due/120/USB-0012", "epoch_begun/1234567", "shared_disk/OCFS2"];
    for name in names.into_iter().chain(more) {
        for lang in [Lang::Ja, Lang::En] {
            let said = daicho::desk::say_warning(name, lang);
            assert!(said != name && said.ends_with(lang.pick("。", ".")), "{said}");
            // A line of 80 cells, a blank at each end, and the mark before the words.
            assert!(
                daicho::text::width::cells(&said) <= 80 - 2 - daicho::text::width::cells("[要対応] "),
                "{said}"
            );
        }
    }
}

#[test]
fn every_failure_is_said_in_words_with_what_to_do() {
    let books = Books::new();
    for (failure, name) in failures() {
        for lang in [Lang::Ja, Lang::En] {
            for at in [None, Some(&books as &dyn Lookup)] {
                let said = say_failure(&failure, at, lang);
                assert_eq!(said.name, name);
                let end = lang.pick("。", ".");
                assert!(said.message.trim_end().ends_with(end) && said.message != name, "{said:?}");
                assert!(said.advice.ends_with(end), "{said:?}");
                assert!(
                    !format!("{said:?}").contains(['{', '}'])
                        || format!("{said:?}").matches('{').count() == 1
                );
            }
        }
    }
    // The three states of a device are told apart.
    let said: BTreeSet<String> = failures()
        .iter()
        .filter(|(_, name)| *name == "device_failed")
        .map(|(failure, _)| say_failure(failure, None, Lang::Ja).message)
        .collect();
    assert_eq!(said.len(), 3);
}

#[test]
fn every_refusal_of_the_rules_has_words_and_all_its_places_are_filled() {
    let books = Books::new();
    for code in Code::ALL {
        let mut rejection = code.no();
        for arg in code.args() {
            rejection = rejection.and(arg, format!("value-of-{arg}"));
        }
        for lang in [Lang::Ja, Lang::En] {
            let said = say_rejection(&rejection, Some(&books), lang);
            assert_eq!(said.name, code.name());
            assert!(!said.message.starts_with(code.name()), "no words of its own: {said:?}");
            assert!(said.advice.ends_with(lang.pick("。", ".")), "{said:?}");
            assert!(!said.message.contains(['{', '}']) && !said.advice.contains(['{', '}']), "{said:?}");
        }
    }
}

#[test]
fn every_refusal_has_a_label_for_the_list_of_refused_attempts() {
    let labels: BTreeSet<&str> =
        daicho::desk::declare::reasons::REASONS.iter().map(|(name, _)| *name).collect();
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).chain([Denied::NAME]).collect();
    assert_eq!(labels, names);
}

#[test]
fn refusals_name_people_zones_roles_states_and_days() {
    let books = Books::new();
    let say = |rejection: Rejection, lang| {
        let said = say_rejection(&rejection, Some(&books), lang);
        format!("{} {}", said.message, said.advice)
    };
    let escort = Code::EscortNotInside.with("escort", books.staff).and("zone", "server_room");
    let said = say(escort.clone(), Lang::Ja);
    assert!(said.contains("佐藤 花子") && said.contains("サーバ室"), "{said}");
    assert!(say(escort.clone(), Lang::En).contains("Server room"));
    // Without a vault the number stands for the name.
    assert!(say_rejection(&escort, None, Lang::Ja).message.contains("P-00001"));
    let long =
        Code::PeriodTooLong.with("from", "2026-04-01").and("to", "2028-03-31").and("latest", "2027-03-31");
    assert!(say(long, Lang::Ja).contains("R9.3.31"));
    let state = Code::WrongState.with("record", "A-00001").and("state", "withdrawn");
    assert!(say(state, Lang::Ja).contains("取下げ"));
    let missing = Code::FieldMissing.with("field", "permitted_by");
    assert!(say(missing, Lang::Ja).contains("許可者"));
    let authority = Code::NoAuthority.with("person", books.staff).and("needs", "guard, officer");
    assert!(say(authority, Lang::Ja).contains("警備員、責任者"));
    let visitors = Code::EscortStillNeeded.with("escort", books.staff).and("visitors", "P-00003, P-00002");
    assert!(say(visitors, Lang::Ja).contains("外山 次郎、山田 太郎"));
    let denied = Denied { what: "query:log".to_owned(), needs: vec!["officer".to_owned()] };
    let said = say_denied(&denied, Some(&books), Lang::Ja);
    assert!(said.message.contains("証跡") && said.advice.contains("責任者"), "{said:?}");
}

#[test]
fn the_times_of_one_refusal_are_said_as_the_clock_of_this_terminal_shows_them() {
    let books = Books::new();
    let here = *books.now().offset();
    let stamp = |typed: &str| daicho::domain::Stamp::parse_from_rfc3339(typed).unwrap();
    let said = say_rejection(
        &Code::TimeOutOfRange
            .with("time", "2026-11-20T05:10:00+00:00")
            .and("from", "2026-11-20T14:00:00+09:00")
            .and("to", "2026-11-20T01:05:00-05:00"),
        Some(&books),
        Lang::En,
    );
    let text = format!("{} {}", said.message, said.advice);
    for typed in ["2026-11-20T05:10:00Z", "2026-11-20T05:00:00Z", "2026-11-20T06:05:00Z"] {
        let time = stamp(typed).with_timezone(&here).format("%Y-%m-%d %H:%M").to_string();
        assert!(text.contains(&time), "{time} in {text}");
    }
}

#[test]
fn what_a_vault_says_is_said_in_japanese_with_its_place() {
    let damaged = |what| VaultError::Damaged { file: "base.000012.age".to_owned(), offset: 4096, what };
    let device = |doing, file: &str, kind| VaultError::Device { doing, file: file.into(), kind };
    let said = [
        (
            damaged(Fault::named("bytes_not_as_written")),
            "base.000012.age の 4096 バイト目: 書き込んだときの内容と違います",
            "base.000012.age is damaged at byte 4096: not as it was written; nothing was changed; \
             copy the folder as it is, then restore",
        ),
        (
            device(Doing::Syncing, "journal.000002", ErrorKind::Other),
            "journal.000002 の書き込みの確定: 装置の入出力エラー",
            "the device failed while syncing journal.000002 (an error of the device); \
             what was recorded before is safe; check the device",
        ),
        (
            device(Doing::ReadingBack, "base.000002.age", ErrorKind::InvalidData),
            "base.000002.age の書き込んだ内容の読み返し: 書き込んだ内容と違います",
            "the device failed while reading back base.000002.age (the contents are not as written); \
             what was recorded before is safe; check the device",
        ),
        (
            VaultError::HalfThere { what: "FORMAT".into() },
            "FORMAT がなく、保管庫の一部しかありません",
            "only part of a vault is here (FORMAT is missing); nothing was changed; restore the folder from a copy",
        ),
        // A blank stands behind a Latin name, and none behind words.
        (
            VaultError::HalfThere { what: Where::Base },
            "本体のファイルがなく、保管庫の一部しかありません",
            "only part of a vault is here (base is missing); nothing was changed; restore the folder from a copy",
        ),
        (
            VaultError::NotReadable { file: Where::Vault },
            "保管庫を読む許可がありません",
            "this account may not read the vault; nothing was changed; use the account it belongs to",
        ),
        (
            VaultError::NotCopied { why: Box::new(VaultError::DiskFull) },
            "新しい形式にする前の控えを作れませんでした（ディスクの空きがありません）",
            "the copy before the new format could not be made: the device is full; \
             everything recorded so far is safe; make room and try again",
        ),
    ];
    for (error, ja, en) in said {
        assert_eq!(say_detail(&error.fault(), Lang::Ja), ja);
        assert_eq!(say_detail(&error.fault(), Lang::En), en);
        assert_eq!(error.to_string(), en);
    }
    let finding = daicho::store::CheckFinding { seq: 12, flaw: daicho::store::Flaw::Suspended };
    assert_eq!(say_detail(&finding.fault(), Lang::Ja), "証跡 #12: 停止中の利用者による操作です");
    assert_eq!(say_detail(&finding.fault(), Lang::En), "entry 12: the actor was suspended");
    let unknown = Fault::new("nothing_known", vec![("file", "base".into())]);
    assert_eq!(say_detail(&unknown, Lang::Ja), "nothing_known file=base", "rather than nothing");
}

#[test]
fn who_has_the_vault_open_is_said_with_the_time_as_the_language_writes_it() {
    let by = Holder {
        user: "guard1".to_owned(),
        pid: 5306,
        host: "vm".to_owned(),
        since: "2026-11-20T14:05:00+09:00".to_owned(),
    };
    let in_use = |by: &Holder, lang| say_failure(&NotOpened::InUse(by.clone()).into(), None, lang).message;
    let ja = in_use(&by, Lang::Ja);
    assert!(ja.contains("（利用者 guard1、プロセス 5306、端末 vm、R8.11.20 14:05 から）"), "{ja}");
    let en = in_use(&by, Lang::En);
    assert!(en.contains("(user guard1, process 5306 on vm, since 2026-11-20T14:05:00+09:00)"), "{en}");
    let ja = in_use(&Holder { user: String::new(), ..by }, Lang::Ja);
    assert!(ja.contains("（利用者 不明、プロセス 5306、"), "{ja}");
}

#[test]
fn a_hostile_detail_is_said_in_escapes() {
    let failure = Failure::NotOpened(NotOpened::InUse(Holder {
        host: "host\u{202E}\u{1b}[2Jevil\n{safe}".to_owned(),
        ..Holder::default()
    }));
    let said = say_failure(&failure, None, Lang::Ja);
    assert!(said.message.chars().all(|c| !c.is_control() && c != '\u{202E}'), "{said:?}");
    assert!(said.message.contains("{safe}"), "a value is not read for placeholders: {said:?}");
}

fn ambiguous(text: &str) -> Option<char> {
    text.chars().find(|c| {
        let c = c.to_string();
        c.width() != c.width_cjk()
    })
}

#[test]
fn no_word_of_ours_has_a_character_of_ambiguous_width() {
    let mut words = vec![
        include_str!("../../data/wording/failures.toml").to_owned(),
        include_str!("../../data/wording/faults.toml").to_owned(),
        include_str!("../../data/wording/refusals.toml").to_owned(),
    ];
    let mut add = |text: daicho::desk::declare::Words| words.extend([text.ja.to_owned(), text.en.to_owned()]);
    for operation in operations() {
        [operation.title, operation.doc].into_iter().for_each(&mut add);
        operation.fields.iter().for_each(|field| [field.label, field.help].into_iter().for_each(&mut add));
    }
    for register in registers() {
        [register.title, register.doc].into_iter().for_each(&mut add);
        register.all_columns().for_each(|column| add(column.title));
        register.states.iter().for_each(|(_, state)| add(*state));
    }
    Command::RULES.iter().for_each(|rule| add(words_of_kind(rule.past).unwrap()));
    let books = Books::new();
    for register in registers() {
        for row in books.rows.values() {
            words.extend(shown(register, row, &books, Lang::Ja).into_iter().map(|(_, text)| text));
        }
    }
    for text in words {
        assert_eq!(ambiguous(&text), None, "{text}");
    }
    assert_eq!(ambiguous("○"), Some('○'), "the check itself sees them");
}

#[test]
fn what_is_in_a_state_stands_under_the_key_that_is_looked_through_for_it() {
    let books = Books::new();
    let mut seen = BTreeSet::new();
    for register in registers() {
        let rows = || books.rows.values().filter(|row| row.noun() == register.noun);
        for (state, _) in register.states {
            let Some(key) = Row::state_key(register.noun, state) else { continue };
            for row in rows().filter(|row| is_in(row, state, &books)) {
                assert!(row.index_keys().contains(&key), "{} is {state}, and not under {key}", row.id());
                seen.insert(key.clone());
            }
        }
        // A line of Today that looks through the key of its own state finds nothing under another.
        for open in register.today.iter().filter(|open| matches!(open.among, Among::Its)) {
            let own = format!("{}/{}", register.noun.name(), open.state);
            let key = Row::state_key(register.noun, open.state);
            assert!(key.is_none_or(|key| key.ends_with(&format!("/{}", open.state))), "{own}: {}", open.name);
        }
        let judged = register.judged.iter();
        judged.for_each(|name| assert!(register.all_columns().any(|column| column.name == *name), "{name}"));
    }
    assert!(seen.len() >= 5, "{seen:?}");
}
