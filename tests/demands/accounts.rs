//! Accounts under the rules of a hospital: applied for, decided by somebody else, over by themselves.

use super::*;
use crate::desk::people::name_of;
use crate::desk::site::{PASSWORD, at};
use daicho::desk::declare::read::command_from_json;
use daicho::domain::{Appointment, Basis, Noun, SuspendUser, User};

/// An application of a department for somebody from outside, every field of the form filled.
fn apply(person: Id, applicant: Id) -> Value {
    json!({"command": "apply_user", "person": person, "roles": ["operator"], "from": "2026-11-21", "to": "2026-11-30",
           "scope": "部門システムの保守", "reason": "委託の開始", "department": "医療情報課", "applicant": applicant})
}

fn account(cast: &Cast, id: Option<Id>) -> User {
    User::try_from(cast.row(id.unwrap())).unwrap()
}

/// Shows J-1-1-1-c a, b, c; J-1-1-2 a.
#[test]
fn a_department_applies_and_the_security_manager_permits_with_conditions_from_that_day_on() {
    // Broken by: each need of jcho.toml taken out; without_application = true; may_refuse that asks nobody; conditions not
    // folded into the account; a first day that is not judged.
    let (site, mut cast) = cast("jcho");
    let (_, worker, _) = cast.contractor();
    let applicant = cast.person("operator");
    let whole = apply(worker, applicant);
    for field in ["from", "department", "person", "reason", "scope", "to"] {
        let mut lacks = whole.clone();
        lacks.as_object_mut().unwrap().remove(field);
        // Named by whoever reads the line, or by the rules.
        let (name, told) = match command_from_json(lacks.to_string().as_bytes()) {
            Err(problems) => (problems[0].name.clone(), problems[0].field.clone()),
            Ok(order) => match cast.sit("approver").execute(order) {
                Err(Failure::Rejected(no, _)) => (no.code.name().to_owned(), no.args[0].1.clone()),
                other => panic!("{field}: {other:?}"),
            },
        };
        assert_eq!((name.as_str(), told.as_str()), ("field_missing", field));
    }
    // The affiliation of the site's own people stands in their record.
    let nowhere = json!({"command": "register_person", "name": "無所 属", "kana": "ムショ ゾク"});
    let nowhere = cast.must("guard", nowhere).id.unwrap();
    assert_eq!(refused(&mut cast, "approver", apply(nowhere, applicant)), "person_incomplete");
    // Nobody gets an ID that nobody applied for.
    let issue = json!({"command": "issue_user", "user": "hoshu1", "person": worker, "roles": ["operator"], "to": "2026-11-30"});
    assert_eq!(refused(&mut cast, "admin", issue), "application_needed");
    let applied = cast.must("approver", whole).id.unwrap();
    let granted = json!({"command": "issue_user", "user": "hoshu1", "application": applied, "conditions": "夜間は使わない"});
    // Permitted by the security manager: whoever applied or typed it does not, nor does anybody else.
    assert_eq!(refused(&mut cast, "approver", granted.clone()), "not_permitted");
    let early = with(granted.clone(), json!({"from": "2026-11-19"}));
    assert_eq!(refused(&mut cast, "admin", early), "before_permission");
    assert_eq!(line_of(cast.sit("admin"), "user_applications_mine").unwrap().records, [applied]);
    let user = cast.must("admin", granted);
    let row = account(&cast, user.id);
    assert_eq!(
        (row.basis, row.application, row.conditions.as_str()),
        (Basis::Application, Some(applied), "夜間は使わない")
    );
    assert_eq!((row.from, row.until), ("2026-11-21".parse().ok(), "2026-11-30".parse().ok()));
    assert!(line_of(cast.sit("admin"), "user_applications_mine").is_none());
    let form = cast.sit("admin").record(applied, None).unwrap().unwrap();
    assert!(
        matches!(form, Row::UserApplication(row) if row.applicant == applicant && row.account == user.id)
    );
    // What the administrator typed they do not grant, whoever applied.
    let second = cast.register("新任 二", "シンニン フタリ");
    let typed = cast.must("admin", apply(second, applicant)).id.unwrap();
    let own = json!({"command": "issue_user", "user": "shin2", "application": typed});
    assert_eq!(refused(&mut cast, "admin", own), "own_application");
    done(&site, cast);
}

/// Shows J-1-1-2 b.
#[test]
fn administrator_rights_need_a_duty_that_is_stated() {
    // Broken by: `administrative` of jcho.toml taken out; not asked in decide_appoint, or in Wanted::judge.
    let (site, mut cast) = cast("jcho");
    let new = cast.register("新任 三", "シンニン サン");
    let assistant = json!({"command": "appoint", "role": "assistant", "person": new});
    assert_eq!(refused(&mut cast, "admin", assistant.clone()), "field_missing");
    let made = cast.must("admin", with(assistant, json!({"task": "サーバの運用"}))).id.unwrap();
    assert_eq!(Appointment::try_from(cast.row(made)).ok().unwrap().task, "サーバの運用");
    // Under rules in which the role is given with an account.
    let nesid = Site::found_under("nesid");
    let mut desk = nesid.log_in("admin");
    let line = json!({"command": "register_person", "name": "認証 花子", "kana": "ニンショウ ハナコ", "contact": "03-0000-0000"});
    let person = desk.execute(order(line)).unwrap().id;
    let apply = json!({"command": "apply_user", "person": person, "roles": ["authenticator"], "jurisdiction": "prefecture",
                       "from": "2026-11-20", "reason": "増員"});
    let no = desk.execute(order(apply.clone())).unwrap_err();
    assert_eq!(name_of(&no), "field_missing");
    desk.execute(order(with(apply, json!({"duty": "利用者認証"})))).unwrap();
    desk.close().unwrap();
    done(&site, cast);
}

/// Shows J-1-1-1-c d.
#[test]
fn an_account_is_over_the_day_after_its_last_at_the_login_in_a_session_and_at_a_change_of_shift() {
    // Broken by: decide::barred left out; the login that asks no period; query_right that asks none; a line of Today that
    // counts nobody.
    let (site, mut cast) = cast("jcho");
    let (_, worker, _) = cast.contractor();
    let applied = cast.must("approver", apply(worker, cast.person("operator"))).id;
    let issue = json!({"command": "issue_user", "user": "hoshu1", "application": applied});
    let temporary = cast.must("admin", issue).temporary_password.unwrap();
    let before = cast.desk.seat_of("hoshu1", &temporary).err().unwrap();
    assert_eq!(name_of(&before), "account_not_begun");
    site.clock.set(at("2026-11-21T00:00:00+09:00"));
    cast.enrol("hoshu1", &temporary);
    assert!(line_of(cast.sit("admin"), "users_ending").is_some());
    site.clock.set(at("2026-11-30T23:59:00+09:00"));
    cast.sit("hoshu1");
    cast.desk.today().unwrap();
    cast.must("hoshu1", json!({"command": "register_company", "name": "最後の日", "kana": "サイゴノヒ"}));
    // The session goes on past midnight: the next command and the next question are refused.
    site.clock.set(at("2026-12-01T00:00:00+09:00"));
    let line = json!({"command": "register_company", "name": "次の日", "kana": "ツギノヒ"});
    assert_eq!(cast.no("hoshu1", line), "account_over");
    let Err(failure) = cast.desk.today() else { panic!() };
    assert_eq!(name_of(&failure), "account_over");
    assert_eq!(name_of(&cast.desk.seat_of("hoshu1", PASSWORD).err().unwrap()), "account_over");
    let open = line_of(cast.sit("admin"), "users_still_opening").unwrap();
    assert_eq!((open.count, open.urgent, open.records[0].noun), (1, true, Noun::User));
    assert_eq!(listed(cast.sit("admin"), "users", "over"), open.records);
    cast.close();
    let terminal = site.terminal();
    let over = Desk::log_in(&site.dir(), "hoshu1", PASSWORD, terminal).err().unwrap();
    assert_eq!(name_of(&over), "account_over");
    // A clock that was set back brings nobody back.
    site.clock.set(at("2026-11-25T09:00:00+09:00"));
    let back = Desk::log_in(&site.dir(), "hoshu1", PASSWORD, site.terminal()).err().unwrap();
    assert_eq!(name_of(&back), "account_over");
    site.clock.set(at("2026-12-02T09:00:00+09:00"));
    let mut desk = site.log_in("admin");
    desk.execute(order(json!({"command": "remove_user", "user": "hoshu1", "reason": "期間の終了"}))).unwrap();
    assert!(line_of(&desk, "users_still_opening").is_none());
    desk.close().unwrap();
    everything_holds(&site);
}

/// Shows J-1-1-1-a b; J-1-1-1-b c.
#[test]
fn a_password_that_is_due_prompts_and_unchanged_it_stops_use() {
    // Broken by: months of jcho.toml taken out; a login that asks nothing; query_right that asks nothing; no warning.
    let (site, cast) = cast("jcho");
    cast.close();
    // Nobody was there for some weeks: somebody says that the time is right.
    site.clock.set(at("2027-02-05T09:00:00+09:00"));
    let mut desk = site.log_in("admin");
    desk.execute(order(json!({"command": "confirm_clock", "remarks": "時報"}))).unwrap();
    desk.close().unwrap();
    // Told at each login from two weeks before.
    let told = |user: &str| {
        let (desk, welcome) = Desk::log_in(&site.dir(), user, PASSWORD, site.terminal()).unwrap();
        desk.close().unwrap();
        welcome
    };
    let soon = |welcome: &daicho::desk::Welcome| {
        welcome.warnings.iter().any(|warning| warning == "password_soon/2027-02-20")
    };
    assert!(!soon(&told("guard")));
    site.clock.set(at("2027-02-06T09:00:00+09:00"));
    assert!(soon(&told("guard")));
    site.clock.set(at("2027-02-20T00:00:00+09:00"));
    let (mut desk, welcome) = Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).unwrap();
    assert!(welcome.provisional && welcome.due.is_some());
    let before = desk.last_entry().0;
    let line = json!({"command": "register_company", "name": "期限の日", "kana": "キゲンノヒ"});
    assert_eq!(name_of(&desk.execute(order(line.clone())).unwrap_err()), "password_due");
    assert_eq!(name_of(&desk.today().err().unwrap()), "password_due");
    assert_eq!(desk.last_entry().0, before, "nothing is done, nor recorded");
    // The same password is none.
    assert_eq!(name_of(&desk.set_password(PASSWORD, PASSWORD).unwrap_err()), "password_same");
    desk.set_password(PASSWORD, "Atarashii-27-b").unwrap();
    desk.execute(order(line)).unwrap();
    desk.close().unwrap();
    assert!(Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).is_err());
    everything_holds(&site);
}

/// Shows J-1-1-1-b a, b.
#[test]
fn a_temporary_password_is_changed_first_and_a_weak_one_is_refused() {
    // Broken by: least = 6 and kinds = 1 in jcho.toml; a provisional seat that may execute or ask.
    let (site, mut cast) = cast("jcho");
    let reset = cast.must("admin", json!({"command": "reset_password", "user": "guard"}));
    let temporary = reset.temporary_password.unwrap();
    assert!(cast.desk.seat_of("guard", PASSWORD).is_err(), "the one before serves no more");
    let seat = cast.desk.seat_of("guard", &temporary).unwrap();
    cast.desk.sit(&seat);
    let line = json!({"command": "register_company", "name": "仮の人", "kana": "カリノヒト"});
    assert_eq!(name_of(&cast.desk.execute(order(line)).unwrap_err()), "password_provisional");
    assert_eq!(name_of(&cast.desk.today().err().unwrap()), "password_provisional");
    for weak in ["Ab-12", "abcdefgh", "12345678", "abcd1234", "Aaa-1234x".replace("Aaa", "aaa").as_str()] {
        let failure = cast.desk.set_password(&temporary, weak).unwrap_err();
        assert!(name_of(&failure).starts_with("password_"), "{weak}: {failure:?}");
    }
    cast.enrol("guard", &temporary);
    cast.sit("guard").today().unwrap();
    done(&site, cast);
}

/// Shows J-1-1-1-b d, e.
#[test]
fn who_fears_that_a_password_is_known_reports_it_changes_it_and_the_manager_sees_it_until_measures_are_told()
{
    // Broken by: a session that goes on after the report; a line of Today that a new password takes away.
    let (site, mut cast) = cast("jcho");
    assert!(line_of(cast.sit("admin"), "users_reported").is_none());
    let report = json!({"command": "report_compromise", "what": "席を離れた間に見られた"});
    cast.must("guard", report);
    // The session itself goes no further.
    let line = json!({"command": "register_company", "name": "その後", "kana": "ソノゴ"});
    assert_eq!(name_of(&cast.desk.execute(order(line)).unwrap_err()), "password_reported");
    assert_eq!(name_of(&cast.desk.today().err().unwrap()), "password_reported");
    let key = cast.desk.row(cast.desk.actor().user.unwrap());
    cast.desk.set_password(PASSWORD, "Atarashii-27-b").unwrap();
    assert_ne!(cast.desk.row(cast.desk.actor().user.unwrap()), key, "a new identity");
    cast.desk.today().unwrap();
    let open = line_of(cast.sit("admin"), "users_reported").unwrap();
    assert_eq!((open.count, open.urgent), (1, true));
    let measures = json!({"command": "record_measures", "user": "guard", "measures": "入退室の記録を確かめ、鍵を更新した"});
    assert_eq!(refused(&mut cast, "operator", measures.clone()), "not_permitted");
    cast.must("admin", measures);
    assert!(line_of(cast.sit("admin"), "users_reported").is_none());
    done(&site, cast);
}

/// Shows G-4-3 a, b.
#[test]
fn the_general_officer_invalidates_a_password_with_a_reason_and_nobody_else_does() {
    // Broken by: suspend_user given to staff in gunma.toml; a reason that is not asked; one that the record does not keep.
    let site = Site::found_under("gunma");
    let mut desk = site.log_in("admin");
    let mut issue = |user: &str, name: &str, kana: &str, role: &str| {
        let line = json!({"command": "register_person", "name": name, "kana": kana, "organisation": "産科"});
        let person = desk.execute(order(line)).unwrap().id.unwrap();
        let line = json!({"command": "carry_over_user", "user": user, "person": person, "roles": [role],
                          "decided_by": "健康福祉部", "decided_on": "2026-04-01"});
        let temporary = desk.execute(order(line)).unwrap().temporary_password.unwrap();
        let seat = desk.seat_of(user, &temporary).unwrap();
        desk.sit(&seat);
        desk.set_password(&temporary, PASSWORD).unwrap();
        let admin = desk.seat_of("admin", PASSWORD).unwrap();
        desk.sit(&admin);
    };
    issue("shokuin", "職員 一", "ショクイン ハジメ", "staff");
    issue("riyosha", "利用 花子", "リヨウ ハナコ", "user");
    let stop = |reason: &str| {
        let stop = SuspendUser { user: "riyosha".into(), reason: reason.into() };
        daicho::desk::Instruction::from(daicho::domain::Command::from(stop))
    };
    let staff = desk.seat_of("shokuin", PASSWORD).unwrap();
    let admin = desk.seat_of("admin", PASSWORD).unwrap();
    desk.sit(&staff);
    assert_eq!(name_of(&desk.execute(stop("規程違反")).unwrap_err()), "not_permitted");
    desk.sit(&admin);
    assert_eq!(name_of(&desk.execute(stop("  ")).unwrap_err()), "field_missing");
    assert!(desk.seat_of("riyosha", PASSWORD).is_ok());
    let user = desk.execute(stop("他の機関に使わせた")).unwrap().id.unwrap();
    let row = User::try_from(desk.row(user).unwrap()).unwrap();
    assert_eq!(row.suspended.unwrap().reason, "他の機関に使わせた");
    assert!(desk.seat_of("riyosha", PASSWORD).is_err());
    desk.close().unwrap();
    assert!(Desk::log_in(&site.dir(), "riyosha", PASSWORD, site.terminal()).is_err());
    everything_holds(&site);
}

/// Five regulations, five sites: each is founded, and works from its first day.
#[test]
fn each_profile_founds_a_site_whose_first_administrator_issues_ids_and_checks_it() {
    for name in daicho::profile::NAMES {
        let site = Site::found_under(name);
        let mut desk = site.log_in("admin");
        let line = json!({"command": "register_person", "name": "新任 一", "kana": "シンニン ハジメ", "organisation": "総務課",
                          "contact": "内線 100"});
        let person = desk.execute(order(line)).unwrap().id.unwrap();
        let carried = json!({"command": "carry_over_user", "user": "uketsuke", "person": person, "roles": ["guard"],
                             "decided_by": "総務課", "decided_on": "2026-04-01"});
        desk.execute(order(carried)).unwrap_or_else(|failure| panic!("{name}: {failure:?}"));
        desk.today().unwrap();
        desk.close().unwrap();
        everything_holds(&site);
    }
}

/// Shows J-1-1-1-a a, c.
#[test]
fn nothing_is_read_without_id_and_password_and_no_password_stands_in_anything_that_leaves() {
    // Broken by: a query that opens without a login; a password among an entry's words; a field of `users` that shows one.
    let (site, mut cast) = cast("jcho");
    let person = cast.register("秘密 守", "ヒミツ マモル");
    let line = cast.issuing("himitsu", person, &["guard"]);
    let temporary = cast.must("admin", line).temporary_password.unwrap();
    cast.close();
    // A copy: the program counts what is typed wrong by the clock of this machine.
    let copy = site.copy();
    let dir = copy.dir().to_str().unwrap().to_owned();
    let ask = |args: &[&str], typed: &str| {
        let all = [&["--vault", dir.as_str(), "--lang", "ja"], args].concat();
        crate::cli::run::run(&all, &format!("{typed}\n"))
    };
    // Neither without a password, nor with that of somebody else or none, nor under an ID that is none.
    let asked: [&[&str]; 4] = [&["query", "users"], &["query", "log"], &["check"], &["batch", "--check"]];
    for args in asked {
        for (user, typed) in [("admin", ""), ("admin", "Chigau-1-mono"), ("daremo", PASSWORD)] {
            let ran = ask(&[args, &["--as", user]].concat(), typed);
            assert!(ran.code != 0 && !ran.out.contains("秘密"), "{args:?} {user}: {} {}", ran.code, ran.out);
        }
    }
    // What lies on the disk says nothing either.
    for file in
        std::fs::read_dir(site.dir()).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file())
    {
        let bytes = std::fs::read(&file).unwrap();
        for secret in ["秘密 守", PASSWORD, temporary.as_str()] {
            let there = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!there, "{secret} in {}", file.display());
        }
    }
    // Every register, the trail and every form of it.
    let mut cast = Cast::gather_again(&site);
    let registers = daicho::desk::declare::registers().iter().map(|register| register.name);
    for register in registers {
        let desk = cast.sit("admin");
        if !desk.may_query(register) {
            continue;
        }
        let query = ListQuery { register: register.to_owned(), ..ListQuery::default() };
        for row in desk.list(&query, None, 500).unwrap().rows {
            let shown = daicho::desk::declare::register(register).unwrap().all_columns();
            let cells: String = shown.map(|column| (column.cell)(&row, &*desk, Lang::Ja)).collect();
            for text in [cells, serde_json::to_string(&row).unwrap()] {
                assert!(!text.contains(PASSWORD) && !text.contains(&temporary), "{register}: {text}");
            }
        }
    }
    for entry in cast.sit("admin").log(None, None, 500, Lang::Ja).unwrap() {
        let said = format!("{:?}", entry.says);
        assert!(!said.contains(PASSWORD) && !said.contains(&temporary), "#{}: {said}", entry.seq);
    }
    done(&site, cast);
}

fn account_of(cast: &Cast, user: &str) -> Id {
    let query = ListQuery { register: "users".to_owned(), ..ListQuery::default() };
    let rows = cast.desk.list(&query, None, 100).unwrap().rows;
    let mut found =
        rows.into_iter().filter_map(|row| User::try_from(row).ok()).filter(|row| row.user == user);
    found.next().unwrap().id
}

/// Shows J-1-1-2 c.
#[test]
fn an_account_that_nobody_needs_is_closed_and_those_not_used_for_long_or_whose_holder_left_are_listed() {
    // Broken by: dormant_days of jcho.toml taken out; a dormant account judged by its issue alone; a change of roles that
    // leaves the last day of before; a retirement that is listed nowhere.
    let (site, mut cast) = cast("jcho");
    let quiet = cast.register("休眠 中", "キュウミン チュウ");
    cast.issue("quiet", quiet, "guard");
    cast.sit("quiet");
    assert!(line_of(cast.sit("admin"), "users_dormant").is_none());
    cast.close();
    for day in ["2026-12-15", "2027-01-10", "2027-02-05", "2027-02-19"] {
        site.clock.set(at(&format!("{day}T09:00:00+09:00")));
        for user in ["guard", "guard2", "operator", "approver", "officer", "admin", "auditor"] {
            site.log_in(user).close().unwrap();
        }
    }
    let mut cast = Cast::gather_again(&site);
    assert_eq!(line_of(cast.sit("admin"), "users_dormant").unwrap().records, [account_of(&cast, "quiet")]);
    cast.must("admin", json!({"command": "close_user", "user": "quiet", "reason": "使われていない"}));
    assert!(line_of(cast.sit("admin"), "users_dormant").is_none());
    let left = cast.person("operator");
    let gone = json!({"command": "plan_change", "person": left, "kind": "retirement", "day": "2027-02-19"});
    let gone = cast.must("admin", gone).id.unwrap();
    let to = cast.person("approver");
    cast.must("admin", json!({"command": "pass_on_change", "change": gone, "to_whom": to}));
    assert_eq!(line_of(cast.sit("admin"), "planned_changes_due").unwrap().records, [gone]);
    let listed = line_of(cast.sit("admin"), "users_still_opening").unwrap().records;
    assert_eq!(listed, [account_of(&cast, "operator"), account_of(&cast, "quiet")]);
    cast.must("admin", json!({"command": "close_user", "user": "operator", "reason": "退職"}));
    assert!(line_of(cast.sit("admin"), "planned_changes_due").is_none());
    done(&site, cast);
}
