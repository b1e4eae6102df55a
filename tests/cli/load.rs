//! `daicho load`: lists from elsewhere, a report a row, and back again unchanged.

use super::run::Site;

const PASSWORD: &str = "Hiraku-2026!";

fn load(site: &Site, kind: &str, text: impl AsRef<[u8]>, more: &[&str]) -> super::run::Ran {
    let file = site.file("list.csv", text);
    let mut args = vec!["load", "--json", "--kind", kind, &file];
    args.extend_from_slice(more);
    site.run_with("tanaka", PASSWORD, &args)
}

fn rows(site: &Site, register: &str) -> Vec<serde_json::Value> {
    let ran = site.run_with("tanaka", PASSWORD, &["query", register, "--json"]).expect(0);
    ran.json().as_array().unwrap().clone()
}

#[test]
fn lists_come_in_by_title_or_stable_name_and_by_the_names_of_records() {
    let (site, _) = Site::founded();
    let companies =
        "\u{feff}会社名,フリガナ,secretariat\r\n株式会社みほん,ミホン,はい\r\n有限会社ためし,タメシ,\r\n";
    let ran = load(&site, "companies", companies, &[]).expect(0);
    assert_eq!(ran.answers().len(), 2);
    assert_eq!(ran.answers()[0]["line"], 2);
    let persons = "name,kana,company,organisation\n見本 太郎,ミホン タロウ,株式会社みほん,技術部\n試験 花子,シケン ハナコ,,総務課\n";
    load(&site, "persons", persons, &[]).expect(0);
    let people = rows(&site, "persons");
    let taro = people.iter().find(|row| row["name"] == "見本 太郎").unwrap();
    assert_eq!(taro["company"], "C-00001");
    let badges = "number,kind,holder\nB-001,貸出,\nC-001,card,試験 花子\n";
    let ran = load(&site, "badges", badges, &[]);
    let badges = rows(&site, "badges");
    assert!(
        badges.iter().any(|row| row["number"] == "C-001" && row["holder"].is_string()),
        "{} {}",
        ran.out,
        ran.err
    );
}

#[test]
fn devices_and_keys_come_in_from_a_list_and_a_number_twice_is_refused_however_it_is_written() {
    let (site, _) = Site::founded();
    let devices = "識別コード,種類,手作業で管理する理由,区画,スタンドアローン,以前の台帳から\n\
                   SV-001,サーバ,資産管理の対象外,サーバルーム,,はい\nｓｖ－００１,端末,スタンドアローン,,はい,\n\
                   SV-002,通信機器,通信機器,どこにもない区画,,\n";
    let answers = load(&site, "devices", devices, &[]).expect(6).answers();
    let said: Vec<_> = answers.iter().map(|answer| answer["refused"].as_str().unwrap_or("")).collect();
    assert_eq!(said, ["", "already_exists", "not_in_list"]);
    let kept = rows(&site, "devices");
    assert_eq!((kept.len(), &kept[0]["code"], &kept[0]["carried_over"]), (1, &"SV-001".into(), &true.into()));
    let keys =
        "番号,開ける場所,種類,本数,備考\nK-1,前室の扉,鍵,3,\nN-1,金庫,番号錠,,番号は4512\nK-1,別の扉,鍵,,\n";
    let answers = load(&site, "door_keys", keys, &[]).expect(6).answers();
    let ok: Vec<_> = answers.iter().map(|answer| answer["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, true, false]);
    assert_eq!(answers[1]["cautions"][0]["caution"], "looks_like_a_combination");
    assert_eq!(rows(&site, "door_keys").len(), 2);
}

#[test]
fn a_row_that_will_not_do_is_reported_by_its_line_and_the_others_come_in() {
    let (site, _) = Site::founded();
    let text = "name,kana,company\n見本 太郎,ミホン タロウ,\n,ナナシ,\n見本 次郎,kanji漢字,\n見本 三郎,ミホン サブロウ,どこにもない会社\n\
                見本 四郎,ミホン シロウ\n見本 五郎,ミホン ゴロウ,\n\"a\u{202e}b\",ア,\n";
    let ran = load(&site, "persons", text, &[]).expect(6);
    let bad: Vec<u64> = ran
        .answers()
        .iter()
        .filter(|answer| answer["ok"] == false)
        .map(|answer| answer["line"].as_u64().unwrap())
        .collect();
    assert_eq!(bad, [3, 4, 5, 6, 8]);
    assert_eq!(rows(&site, "persons").len(), 3);
}

#[test]
fn the_report_is_read_by_people_unless_json_is_asked_for() {
    let (site, _) = Site::founded();
    let file = site.file("list.csv", "名前,フリガナ\n見本 太郎,ミホン タロウ\n,ア\n");
    let ran = site.run_with("tanaka", PASSWORD, &["load", "--kind", "persons", &file]).expect(6);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 2);
    assert!(lines[0].starts_with("2行目") && lines[0].contains("P-00002"), "{}", lines[0]);
    assert!(lines[1].starts_with("3行目") && lines[1].contains("拒否"), "{}", lines[1]);
}

#[test]
fn check_records_nothing() {
    let (site, _) = Site::founded();
    let text = "name,kana\n見本 太郎,ミホン タロウ\n,ア\n";
    load(&site, "persons", text, &["--check"]).expect(6);
    assert_eq!(rows(&site, "persons").len(), 1);
}

#[test]
fn a_file_that_is_no_list_is_exit_2() {
    let (site, _) = Site::founded();
    for text in [
        &b""[..],
        b"name\n\xff\xfe\n",
        b"name,name,kana\na,b,c\n",
        b"name,kana,shoe_size\na,b,c\n",
        b"kana\nx\n",
        b"\x93\xfa\x96{\n",
    ] {
        let ran = load(&site, "persons", text, &[]).expect(2);
        assert!(!ran.err.is_empty(), "{text:?}");
    }
}

#[test]
fn hostile_cells_come_back_as_they_were() {
    let (site, _) = Site::founded();
    let names = ["=1+1", "+SUM(A1)", "-1", "@x", "'quoted", "a,b", "say \"hi\"", "＝全角", "'=x"];
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["name", "kana", "organisation"]).unwrap();
    for name in names {
        // As this program writes them: what would run as a formula has a guard.
        let guarded = daicho::text::csv_guard::defuse(name);
        writer.write_record([guarded.as_str(), "ア", guarded.as_str()]).unwrap();
    }
    load(&site, "persons", writer.into_inner().unwrap(), &[]).expect(0);
    let stored = rows(&site, "persons");
    let csv = site.run_with("tanaka", PASSWORD, &["query", "persons", "--csv"]).expect(0).out;
    let (other, _) = Site::founded();
    let without_founder: Vec<&str> = csv.lines().filter(|line| !line.contains("田中 一郎")).collect();
    load(&other, "persons", without_founder.join("\r\n"), &[]).expect(0);
    let again = rows(&other, "persons");
    for name in names {
        for list in [&stored, &again] {
            let row = list.iter().find(|row| row["name"] == name);
            let row = row.unwrap_or_else(|| panic!("{name} is not there: {list:?}"));
            assert_eq!(row["organisation"], name);
        }
        // A spreadsheet must not find a cell that begins like a formula.
        assert!(!csv.contains(&format!("\r\n{name},")) || !name.starts_with(['=', '+', '-', '@', '＝']));
    }
}
