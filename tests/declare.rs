//! The declarations as data: complete, in both languages, and read back to what they came from.

mod hostile;
pub mod sample;
mod screen;

use daicho::desk::declare::read::{command_from_form, command_from_json};
use daicho::desk::declare::{
    Field, Kind, commands_json, corrected_as, entry_says, example, json_of, operation, operations, register,
    registers,
};
use daicho::desk::{Lang, label_of_kind};
use daicho::domain::{CORRECTABLE, Command, ERASED, Event, Outcome};
use daicho::text::search_key;
use daicho::text::width::cells;
use proptest::prelude::*;
use sample::{Books, stamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The fields of a command's struct, as serde itself names them when it meets one that is unknown.
fn fields_of(command: &str) -> BTreeSet<String> {
    let wrong = json!({"command": command, "no such field": 1});
    let said = serde_json::from_value::<Command>(wrong).unwrap_err().to_string();
    if said.ends_with("there are no fields") {
        return BTreeSet::new();
    }
    let (_, known) = said.split_once("expected").unwrap_or_else(|| panic!("{command}: {said}"));
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_command_that_people_give_has_exactly_one_operation() {
    let declared: Vec<&str> = operations().iter().map(|operation| operation.command).collect();
    assert_eq!(declared, Command::given().collect::<Vec<_>>());
    for desk_only in Command::of_the_desk() {
        assert!(operation(desk_only).is_none(), "{desk_only}");
    }
}

#[test]
fn every_field_of_every_command_is_declared_or_the_desks_own() {
    for operation in operations() {
        let mut declared: BTreeSet<String> =
            operation.fields.iter().map(|field| field.name.to_owned()).collect();
        assert_eq!(declared.len(), operation.fields.len(), "{}: a field twice", operation.command);
        for field in Command::rule_of(operation.command).unwrap().filled {
            assert!(declared.insert((*field).to_owned()), "{}.{field} is the desk's", operation.command);
        }
        assert_eq!(declared, fields_of(operation.command), "{}", operation.command);
    }
}

#[test]
fn every_word_stands_in_both_languages_and_labels_fit_a_form() {
    let sentence = |words: daicho::desk::declare::Words, what: &str| {
        assert!(words.ja.ends_with('。') && words.ja.chars().count() > 5, "{what}: {}", words.ja);
        assert!(words.en.ends_with('.') && words.en.len() > 5, "{what}: {}", words.en);
        assert!(words.en.is_ascii(), "{what}: {}", words.en);
    };
    let label = |words: daicho::desk::declare::Words, what: &str| {
        assert!((2..=20).contains(&cells(words.ja)), "{what}: {}", words.ja);
        assert!((2..=22).contains(&cells(words.en)), "{what}: {}", words.en);
        assert!(words.en.is_ascii(), "{what}: {}", words.en);
    };
    for operation in operations() {
        label(operation.title, operation.command);
        sentence(operation.doc, operation.command);
        for field in operation.fields {
            let what = format!("{}.{}", operation.command, field.name);
            label(field.label, &what);
            sentence(field.help, &what);
            if let Kind::Choice(choices) = field.kind {
                assert!(choices.len() > 1, "{what}");
                choices.iter().for_each(|(name, words)| label(*words, &format!("{what} {name}")));
            }
        }
    }
    for register in registers() {
        label(register.title, register.name);
        sentence(register.doc, register.name);
        for column in register.all_columns() {
            label(column.title, &format!("{}.{}", register.name, column.name));
        }
        for (name, words) in register.states {
            label(*words, &format!("{} {name}", register.name));
        }
    }
}

#[test]
fn operations_fit_the_registers_that_offer_them() {
    let screens = ["today", "log"];
    for operation in operations() {
        let known = register(operation.register).is_some() || screens.contains(&operation.register);
        assert!(known, "{}", operation.command);
        let Some((noun, name)) = operation.about else { continue };
        let field = operation.field(name).unwrap_or_else(|| panic!("{}.{name}", operation.command));
        let takes = match field.kind {
            Kind::Ref(of) => of == noun,
            // What carries a number of its own is named by it.
            Kind::Code => noun.filing().named,
            Kind::User => noun == daicho::domain::Noun::User,
            _ => false,
        };
        assert_eq!(operation.takes(noun), Some(name));
        assert!(takes, "{}.{name} cannot take a selected {}", operation.command, noun.name());
        assert_eq!(register(operation.register).map(|register| register.noun), Some(noun));
    }
}

#[test]
fn late_entry_and_correction_are_declared_as_the_rules_have_them() {
    let late: BTreeSet<&str> = operations()
        .iter()
        .filter(|operation| operation.is_late())
        .map(|operation| operation.command)
        .collect();
    assert_eq!(late, Command::RULES.iter().filter(|rule| rule.late).map(|rule| rule.name).collect());
    let Some(Kind::Choice(choices)) = operation("correct").and_then(|it| it.field("field")).map(|it| it.kind)
    else {
        panic!("the field to correct is no choice");
    };
    let declared: BTreeSet<&str> = choices.iter().map(|(name, _)| *name).collect();
    assert_eq!(declared, CORRECTABLE.iter().map(|(name, _)| *name).collect());
    for (name, is_text) in CORRECTABLE {
        assert_eq!(corrected_as(name).is_none(), *is_text, "{name}");
    }
}

#[test]
fn the_list_of_commands_names_roles_choices_and_nouns() {
    let books = Books::new();
    let list = commands_json(Some(&books.profile));
    let list = list.as_array().unwrap();
    assert_eq!(list.len(), Command::given().count());
    let check_in = list.iter().find(|it| it["name"] == "check_in").unwrap();
    assert_eq!(check_in["roles"], json!(["guard"]));
    assert_eq!(check_in["title"]["ja"], "入室");
    assert_eq!(check_in["late"], true);
    let field = |name: &str| {
        check_in["fields"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone()
    };
    assert_eq!(field("escort")["noun"], "person");
    assert_eq!(field("zone")["choices"][0]["name"], "server_room");
    assert_eq!(field("zone")["required"], true);
    let apply = list.iter().find(|it| it["name"] == "apply_visit").unwrap();
    assert_eq!(
        apply["fields"][0]["choices"][1],
        json!({"name": "failure", "ja": "障害対応", "en": "failure work"})
    );
    // Without a profile the fixed parts stand alone.
    assert!(commands_json(None)[0].get("roles").is_none());
}

/// A value that fits a field.
fn fitting(field: &Field) -> Value {
    match field.kind {
        Kind::Line(_) | Kind::Block(_) | Kind::Rack | Kind::File => json!(format!("{}の値", field.name)),
        Kind::Corrected => json!("2026-11-20T09:15:00+09:00"),
        // The site that `correct` is tried with corrects a time.
        Kind::Choice(_) if field.name == "field" => json!("came"),
        kind => example(kind),
    }
}

fn full_line(command: &str) -> Value {
    let operation = operation(command).unwrap();
    let mut line = json!({ "command": command });
    for field in operation.fields {
        line[field.name] = fitting(field);
    }
    line
}

fn read(line: &Value) -> Command {
    let bytes = serde_json::to_vec(line).unwrap();
    command_from_json(&bytes).unwrap_or_else(|problems| panic!("{line}: {problems:?}")).command
}

#[test]
fn a_full_line_of_every_command_comes_back_as_it_was() {
    for operation in operations() {
        let line = full_line(operation.command);
        let command = read(&line);
        assert_eq!(json_of(&command), line, "{}", operation.command);
    }
}

#[test]
fn request_and_time_of_a_late_entry_stand_in_the_envelope() {
    let line = br#"{"command":"check_out","request":"r-17.a:b_C","at":"2026-11-20T09:00:00.25+09:00","badge":"B-017"}"#;
    let order = command_from_json(line).unwrap();
    assert_eq!(order.request.as_deref(), Some("r-17.a:b_C"));
    assert_eq!(order.at.map(|at| at.to_rfc3339()).as_deref(), Some("2026-11-20T09:00:00+09:00"));
}

/// A command, what is typed into its form, and the batch line that says the same.
type Case = (&'static str, &'static [(&'static str, &'static str)], Value);

#[test]
fn a_form_and_a_batch_line_give_the_same_command() {
    let books = Books::new();
    let today = stamp("2026-11-20T14:00:00+09:00").date_naive();
    let cases: &[Case] = &[
        (
            "check_in",
            &[
                ("person", "p-2 山田 太郎"),
                ("zone", "サーバ室"),
                ("purpose", "ﾊﾞｯｸｱｯﾌﾟ"),
                ("identification", "Staff card"),
                ("badge", "Ｂ－０１７"),
                ("remarks", " 一行目\r\n二行目 "),
                ("visited", ""),
            ],
            json!({"person": "P-00002", "zone": "server_room", "purpose": "backup", "identification": "staff_card",
                   "badge": "B-017", "remarks": " 一行目\n二行目"}),
        ),
        (
            "apply_visit",
            &[
                ("kind", "障害対応"),
                ("company", "C-00001"),
                ("workers", "P-00003、P-4 5-0"),
                ("from", "今日"),
                ("to", "R8.11.21"),
                ("zones", "サーバ室、Tape vault"),
                ("work", "電源の交換"),
            ],
            json!({}),
        ),
        (
            "apply_visit",
            &[
                ("kind", "障害対応"),
                ("company", "C-00001"),
                ("workers", "P-00003、P-4"),
                ("from", "今日"),
                ("to", "R8.11.21"),
                ("zones", "サーバ室、Tape vault"),
                ("work", "電源の交換"),
            ],
            json!({"kind": "failure", "company": "C-00001", "workers": ["P-00003", "P-00004"],
                   "from": "2026-11-20", "to": "2026-11-21", "zones": ["server_room", "tape_vault"], "work": "電源の交換"}),
        ),
        (
            "settle_exit",
            &[
                ("visit", "V-00001"),
                ("last_evidence", "昨日 18:40"),
                ("evidence", "録画"),
                ("badge_missing", "いいえ"),
            ],
            json!({"visit": "V-00001", "last_evidence": "2026-11-19T18:40:00+09:00", "evidence": "録画", "badge_missing": false}),
        ),
        (
            "decide_visit",
            &[("permit", "A-00001"), ("granted", "不許可"), ("reason", "期間が長い")],
            json!({"permit": "A-00001", "granted": false, "reason": "期間が長い"}),
        ),
        (
            "correct",
            &[("record", "V-00001"), ("field", "入室時刻"), ("value", "９：１５"), ("reason", "押し間違い")],
            json!({"record": "V-00001", "field": "came", "value": "2026-11-20T09:15:00+09:00", "reason": "押し間違い"}),
        ),
        (
            "correct",
            &[("record", "V-00001"), ("field", "区画"), ("value", "サーバ室"), ("reason", "押し間違い")],
            json!({"record": "V-00001", "field": "zone", "value": "server_room", "reason": "押し間違い"}),
        ),
        (
            "issue_user",
            &[("user", "Ｙａｍａｄａ"), ("person", "P-00002"), ("roles", "警備員")],
            json!({"user": "yamada", "person": "P-00002", "roles": ["guard"]}),
        ),
        (
            "erase",
            &[("entry", "#１２"), ("reason", "本人の申出")],
            json!({"entry": 12, "reason": "本人の申出"}),
        ),
    ];
    for (command, typed, line) in cases {
        let typed: Vec<(String, String)> =
            typed.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let got = command_from_form(command, &typed, &books, today);
        if *line == json!({}) {
            let problems = got.unwrap_err();
            assert_eq!((problems[0].field.as_str(), problems[0].name.as_str()), ("workers", "not_an_id"));
            continue;
        }
        let mut line = line.clone();
        line["command"] = json!(command);
        assert_eq!(got.unwrap_or_else(|problems| panic!("{command}: {problems:?}")), read(&line));
    }
}

#[test]
fn an_event_says_every_field_of_its_command() {
    let books = Books::new();
    for operation in operations() {
        let command = read(&full_line(operation.command));
        let event = Event { command, at: None, outcome: Outcome::default() };
        for lang in [Lang::Ja, Lang::En] {
            let says = entry_says(&event, &books, lang);
            let labels: Vec<&str> = says.iter().map(|(label, _)| label.as_str()).collect();
            let declared: Vec<&str> = operation.fields.iter().map(|field| lang.of(field.label)).collect();
            assert_eq!(labels, declared, "{}", operation.command);
            assert!(says.iter().all(|(_, text)| !text.is_empty()), "{}: {says:?}", operation.command);
        }
    }
}

#[test]
fn an_event_says_verdicts_names_and_what_the_rules_added() {
    let books = Books::new();
    let command =
        read(&json!({"command": "decide_visit", "permit": "A-00001", "granted": false, "reason": "長い"}));
    let event = Event {
        command,
        at: Some(stamp("2026-11-20T09:05:00+09:00")),
        outcome: Outcome { by: Some(books.staff), clock_unconfirmed: true, ..Outcome::default() },
    };
    let says = entry_says(&event, &books, Lang::Ja);
    let line = |label: &str| says.iter().find(|(known, _)| known == label).map(|(_, text)| text.as_str());
    assert_eq!(line("実際の日時"), Some("R8.11.20 09:05"));
    assert_eq!(line("決定"), Some("不許可"));
    assert_eq!(line("許可・決定した人"), Some("P-00001 佐藤 花子"));
    assert_eq!(line("時計の未確認"), Some("はい"));
    let outcome = Outcome { by: Some(books.staff), ..Outcome::default() };
    let taken = Event { command: read(&json!({"command": "take_over_shift"})), at: None, outcome };
    let says = entry_says(&taken, &books, Lang::Ja);
    assert!(says.contains(&("前の当番".to_owned(), "P-00001 佐藤 花子".to_owned())), "{says:?}");
}

#[test]
fn erased_texts_say_so_and_the_facts_stay() {
    let books = Books::new();
    let mut command = serde_json::to_value(read(&full_line("check_in"))).unwrap();
    command["remarks"] = json!(ERASED);
    let command: Command = serde_json::from_value(command).unwrap();
    let event = Event { command, at: None, outcome: Outcome::default() };
    for (lang, label, erased, zone) in
        [(Lang::Ja, "備考", "消去済", "サーバ室"), (Lang::En, "Remarks", "erased", "Server room")]
    {
        let says = entry_says(&event, &books, lang);
        assert!(says.contains(&(label.to_owned(), erased.to_owned())), "{says:?}");
        assert!(says.iter().any(|(_, text)| text == zone), "{says:?}");
    }
}

#[test]
fn every_kind_of_entry_has_a_name_in_both_languages() {
    let given = operations().iter().map(|operation| read(&full_line(operation.command)));
    let desk = Command::of_the_desk()
        .map(|name| serde_json::from_value::<Command>(json!({ "command": name })).unwrap());
    let past: BTreeSet<&str> = given.chain(desk).map(|command| command.past()).collect();
    assert_eq!(past.len(), Command::RULES.len());
    for kind in past {
        for lang in [Lang::Ja, Lang::En] {
            assert_ne!(label_of_kind(kind, lang), kind);
        }
    }
}

/// Words that stand in titles, with their reading, the longer before what they begin with.
const WORDS: &[(&str, &str)] = &[
    ("緊急利用", "きんきゅうりよう"),
    ("例外措置", "れいがいそち"),
    ("終了報告", "しゅうりょうほうこく"),
    ("再申請", "さいしんせい"),
    ("返戻", "へんれい"),
    ("上位", "じょうい"),
    ("回付", "かいふ"),
    ("副本", "ふくほん"),
    ("受領", "じゅりょう"),
    ("交付", "こうふ"),
    ("中断", "ちゅうだん"),
    ("取消", "とりけし"),
    ("決定", "けってい"),
    ("人事異動等", "じんじいどうとう"),
    ("離任", "りにん"),
    ("組織", "そしき"),
    ("緊急用", "きんきゅうよう"),
    ("用意", "ようい"),
    ("開封", "かいふう"),
    ("使用終了", "しようしゅうりょう"),
    ("廃止", "はいし"),
    ("担当者", "たんとうしゃ"),
    ("指定", "してい"),
    ("追加", "ついか"),
    ("使う", "つかう"),
    ("入退室", "にゅうたいしつ"),
    ("入室者", "にゅうしつしゃ"),
    ("入室", "にゅうしつ"),
    ("退室", "たいしつ"),
    ("不明", "ふめい"),
    ("整理", "せいり"),
    ("付添者", "つきそいしゃ"),
    ("交代", "こうたい"),
    ("利用者", "りようしゃ"),
    ("会社", "かいしゃ"),
    ("登録", "とうろく"),
    ("変更", "へんこう"),
    ("取消", "とりけし"),
    ("取下げ", "とりさげ"),
    ("届出", "とどけで"),
    ("受領", "じゅりょう"),
    ("作業", "さぎょう"),
    ("記録", "きろく"),
    ("承認", "しょうにん"),
    ("差戻し", "さしもどし"),
    ("当番", "とうばん"),
    ("引継ぎ", "ひきつぎ"),
    ("申請", "しんせい"),
    ("役職", "やくしょく"),
    ("任命", "にんめい"),
    ("報告", "ほうこく"),
    ("月末", "げつまつ"),
    ("月締め", "つきしめ"),
    ("延長", "えんちょう"),
    ("修正", "しゅうせい"),
    ("追加", "ついか"),
    ("権限", "けんげん"),
    ("委任", "いにん"),
    ("利用", "りよう"),
    ("漏えい", "ろうえい"),
    ("必要", "ひつよう"),
    ("不許可", "ふきょか"),
    ("受付", "うけつけ"),
    ("決定", "けってい"),
    ("許可", "きょか"),
    ("電話", "でんわ"),
    ("署名", "しょめい"),
    ("否認", "ひにん"),
    ("再発行", "さいはっこう"),
    ("発行", "はっこう"),
    ("停止", "ていし"),
    ("抹消", "まっしょう"),
    ("再開設", "さいかいせつ"),
    ("再開", "さいかい"),
    ("添付", "てんぷ"),
    ("書類", "しょるい"),
    ("書き出し", "かきだし"),
    ("異動", "いどう"),
    ("消去", "しょうきょ"),
    ("時計", "とけい"),
    ("合わせ", "あわせ"),
    ("確認", "かくにん"),
    ("回復用紙", "かいふくようし"),
    ("所在", "しょざい"),
    ("規程", "きてい"),
    ("規則", "きそく"),
    ("採用", "さいよう"),
    ("提案", "ていあん"),
    ("同意", "どうい"),
    ("控え", "ひかえ"),
    ("作成", "さくせい"),
    ("保管庫", "ほかんこ"),
    ("更新", "こうしん"),
    ("一覧", "いちらん"),
    ("確定", "かくてい"),
    ("詰め直し", "つめなおし"),
    ("訂正", "ていせい"),
    ("統合", "とうごう"),
    ("記録", "きろく"),
    ("矛盾", "むじゅん"),
    ("緊急", "きんきゅう"),
    ("措置", "そち"),
    ("整理", "せいり"),
    ("別人", "べつじん"),
    ("人", "ひと"),
    ("鍵", "かぎ"),
    ("機器", "きき"),
    ("使用", "しよう"),
    ("終了", "しゅうりょう"),
    ("閉鎖", "へいさ"),
    ("連絡", "れんらく"),
    ("貸出", "かしだし"),
    ("返却", "へんきゃく"),
    ("紛失", "ふんしつ"),
    ("発見", "はっけん"),
    ("点検", "てんけん"),
    ("錠", "じょう"),
    ("文", "ぶん"),
    ("版", "はん"),
    ("再開", "さいかい"),
    ("開始", "かいし"),
    ("審査", "しんさ"),
    ("消去", "しょうきょ"),
    ("報告", "ほうこく"),
    ("月末", "げつまつ"),
    ("月締め", "つきしめ"),
    ("直し", "なおし"),
    ("延長", "えんちょう"),
    ("修正", "しゅうせい"),
    ("追加", "ついか"),
];

#[test]
fn each_title_is_found_by_its_own_reading() {
    let operations = operations().iter().map(|operation| (operation.title.ja, operation.reading));
    let registers = registers().iter().map(|register| (register.title.ja, register.reading));
    for (title, reading) in operations.chain(registers) {
        let read = WORDS.iter().fold(title.to_owned(), |title, (word, reading)| title.replace(word, reading));
        let is_kanji = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
        assert!(!read.contains(is_kanji), "{title}: a word of it has no reading here: {read}");
        let first = reading.split(' ').next().unwrap_or_default();
        assert_eq!(search_key(first), search_key(&read), "the reading of {title}");
    }
}

#[test]
fn every_field_that_the_desk_writes_is_labelled_in_the_log() {
    let books = Books::new();
    for name in Command::of_the_desk() {
        let mut line = json!({ "command": name });
        for field in fields_of(name) {
            // Whichever shape the field has, one of these fits.
            let shapes = [
                json!("text"),
                json!(3),
                json!(["text"]),
                json!("2026-11-20T09:00:00+09:00"),
                json!("P-00001"),
                json!("recovered"),
                json!("behind"),
                json!(true),
                json!({"recipient": "text", "key_file": "text"}),
                json!({"vault_key": "text"}),
            ];
            let fits = shapes.into_iter().find(|shape| {
                let tried = json!({"command": name, &field: shape});
                serde_json::from_value::<Command>(tried).is_ok()
            });
            line[&field] = fits.unwrap_or_else(|| panic!("{name}.{field}"));
        }
        let command: Command = serde_json::from_value(line.clone()).unwrap();
        let event = Event { command, at: None, outcome: Outcome::default() };
        let says = entry_says(&event, &books, Lang::Ja);
        assert_eq!(says.len(), line.as_object().unwrap().len() - 1, "{name}: {says:?}");
    }
}

fn value(kind: Kind) -> BoxedStrategy<Value> {
    match kind {
        Kind::Line(_) | Kind::Block(_) => {
            "[ぁ-んァ-ヶ一-龠a-zA-Z0-9 　\\-]{0,30}".prop_map(Value::from).boxed()
        }
        Kind::Kana => "[ぁ-んァ-ヶー 　]{0,20}".prop_map(Value::from).boxed(),
        Kind::Flag | Kind::Verdict(..) => any::<bool>().prop_map(Value::from).boxed(),
        Kind::Entry | Kind::Number => (1u64..).prop_map(Value::from).boxed(),
        Kind::Date => (1900i32..2100, 1u32..13, 1u32..29)
            .prop_map(|(y, m, d)| json!(format!("{y:04}-{m:02}-{d:02}")))
            .boxed(),
        Kind::Stamp => (0u32..24, 0u32..60, -11i32..12)
            .prop_map(|(h, m, o)| json!(format!("2026-11-20T{h:02}:{m:02}:07.5{o:+03}:00")))
            .boxed(),
        Kind::Choice(choices) => (0..choices.len()).prop_map(move |i| json!(choices[i].0)).boxed(),
        kind => Just(example(kind)).boxed(),
    }
}

fn line() -> impl Strategy<Value = Value> {
    (0..operations().len()).prop_flat_map(|i| {
        let operation = &operations()[i];
        let fields: Vec<_> = operation
            .fields
            .iter()
            .map(|field| {
                let name = field.name;
                let given = if field.required { Just(true).boxed() } else { any::<bool>().boxed() };
                (given, value(field.kind)).prop_map(move |(given, value)| given.then_some((name, value)))
            })
            .collect();
        fields.prop_map(move |fields| {
            let mut line = json!({"command": operation.command});
            for (name, value) in fields.into_iter().flatten() {
                line[name] = value;
            }
            line
        })
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn what_was_read_is_written_and_read_the_same(line in line()) {
        let bytes = serde_json::to_vec(&line).unwrap();
        if let Ok(order) = command_from_json(&bytes) {
            let again = json_of(&order.command);
            let second = command_from_json(&serde_json::to_vec(&again).unwrap());
            prop_assert_eq!(second.map(|order| order.command), Ok(order.command));
        }
    }
}
