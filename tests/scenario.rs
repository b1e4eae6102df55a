//! A day at the desk of the server room, as the issue tells it, on both profiles.

use crate::desk::people::{Cast, STAFF, carried_over, name_of, order};
use crate::desk::site::{Site, at, everything_holds};
use daicho::desk::{AsOf, Desk, Failure, Lang, ListQuery, LogQuery, Lookup, Receipt, Scan};
use daicho::domain::{Id, Noun, Row, Visit, VisitState};
use serde_json::json;

const PROFILES: [&str; 2] = ["ishikawa", "jcho"];

fn cast(profile: &str) -> (Site, Cast) {
    let site = Site::found_under(profile);
    let cast = Cast::gather(&site);
    (site, cast)
}

fn visit(cast: &Cast, id: Id) -> Visit {
    Visit::try_from(cast.row(id)).unwrap()
}

fn done(site: &Site, cast: Cast) {
    cast.close();
    everything_holds(site);
}

fn kinds(desk: &Desk, id: Id) -> Vec<String> {
    desk.timeline(id, Lang::Ja).unwrap().into_iter().map(|line| line.kind).collect()
}

fn today(desk: &Desk) -> Vec<(&'static str, usize)> {
    desk.today().unwrap().into_iter().map(|line| (line.name, line.count)).collect()
}

#[test]
fn j_pi_12_planned_work_is_one_thread_from_the_application_to_the_approved_report() {
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, second) = cast.contractor();
        let permit = cast.granted("planned", company, &[worker, second]);
        let operator = cast.operator_in();
        let visit_id = cast.worker_in(worker, permit, "B-001", "modification");
        let guard = cast.person("guard");
        let inside = json!({"command": "check_in", "person": guard, "zone": "server_room", "purpose": "patrol",
                            "identification": "staff_card"});
        cast.must("guard2", inside);
        cast.must("guard", json!({"command": "hand_over_escort", "visit": visit_id, "escort": guard}));
        cast.must("guard", json!({"command": "check_out", "visit": operator}));
        site.clock.set(at("2026-11-20T11:30:00+09:00"));
        let out = cast
            .must("guard", json!({"command": "check_out", "badge": "B-001", "carried_out": "旧ディスク1台"}));
        assert_eq!(out.id, Some(visit_id), "one scan of the badge says who leaves");
        let work = cast.must(
            "operator",
            json!({"command": "record_work", "visit": visit_id, "pi_seen": false, "server": "DB-1", "work": "記憶装置の交換",
                   "workers": [worker], "result": "正常"}),
        );
        let work = work.id.unwrap();
        let approver = cast.holder(&cast.desk.profile().authority.work.clone(), &[]);
        cast.sit(&approver);
        assert!(today(&cast.desk).iter().any(|(name, count)| name.starts_with("work") && *count == 1));
        cast.must(&approver, json!({"command": "return_work", "work": work, "reason": "結果が足りません"}));
        cast.must(
            "operator",
            json!({"command": "record_work", "visit": visit_id, "pi_seen": false, "revises": work, "server": "DB-1",
                   "work": "記憶装置の交換", "workers": [worker], "result": "正常。再構築の終了を確認"}),
        );
        cast.must(&approver, json!({"command": "approve_work", "work": work, "opinion": "確認しました"}));
        let expected = [
            "visit_applied",
            "visit_decided",
            "checked_in",
            "escort_handed_over",
            "checked_out",
            "work_recorded",
            "work_returned",
            "work_recorded",
            "work_approved",
        ];
        for start in [permit, visit_id, work] {
            assert_eq!(kinds(&cast.desk, start), expected, "from {start}, {profile}");
        }
        let line = visit(&cast, visit_id);
        assert_eq!((line.state, line.company, line.outsider), (VisitState::Left, Some(company), true));
        assert_eq!(line.left, Some(at("2026-11-20T11:30:00+09:00")));
        done(&site, cast);
    }
}

#[test]
fn j_2_1_2_nobody_decides_what_they_applied_for_typed_or_work_under() {
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, _) = cast.contractor();
        let authority = cast.desk.profile().authority.clone();
        let decider = cast.holder(&authority.failure, &[]);
        let person = cast.person(&decider);
        let applied = |who: Id, workers: Vec<Id>| {
            json!({"command": "apply_visit", "kind": "failure", "applicant": who, "company": company,
                   "workers": workers, "from": "2026-11-20", "to": "2026-11-20", "zones": ["server_room"],
                   "work": "障害の調査"})
        };
        let own = cast.must("guard", applied(person, vec![worker])).id.unwrap();
        let decide = |permit: Id| json!({"command": "decide_visit", "permit": permit, "granted": true});
        assert_eq!(cast.no(&decider, decide(own)), "own_application");
        // Nor under another ID of the same person.
        let role = authority.failure[0].clone();
        cast.in_office(person, &role);
        cast.issue("second-id", person, &role);
        assert_eq!(cast.no("second-id", decide(own)), "own_application");
        let others = cast.must("guard", applied(cast.person("guard"), vec![worker])).id.unwrap();
        cast.must("second-id", decide(others));
        done(&site, cast);
    }
}

#[test]
fn j_2_1_2_nobody_audits_and_changes_under_one_id_or_several() {
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (auditor, guard) = (cast.person("auditor"), cast.person("guard"));
        let new = cast.register("新任 一", "シンニン ハジメ");
        let clashing: [(&str, Id, &[&str]); 3] = [
            ("aud2", auditor, &["guard"]),
            ("gua2", guard, &["auditor"]),
            ("both", new, &["auditor", "operator"]),
        ];
        for (user, person, roles) in clashing {
            let office = roles.iter().find(|role| cast.desk.profile().office(role).is_some());
            let issue = cast.issuing(user, person, roles);
            let Some(office) = office else {
                assert_eq!(cast.no("admin", issue), "roles_clash");
                continue;
            };
            // An office beside the roles of an account.
            if user == "both" {
                cast.must("admin", issue);
            }
            assert_eq!(cast.no("admin", carried_over(office, person)), "roles_clash");
        }
        // A suspended ID may be resumed, so it counts.
        cast.must("admin", json!({"command": "suspend_user", "user": "auditor", "reason": "異動"}));
        let again = cast.issuing("aud2", auditor, &["guard"]);
        assert_eq!(cast.no("admin", again), "roles_clash");
        let both = cast.issuing("both2", new, &["guard", "operator"]);
        cast.must("admin", both);
        done(&site, cast);
    }
}

/// Shows J-PI-12-2 d.
#[test]
fn j_pi_12_2_personal_information_seen_in_failure_work_opens_a_notice_that_stays_until_the_officer_takes_it()
{
    // Broken by: a notice that is not listed; one that is, once taken.
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, _) = cast.contractor();
        let permit = cast.granted("failure", company, &[worker]);
        cast.operator_in();
        let visit_id = cast.worker_in(worker, permit, "B-002", "failure");
        cast.must("guard", json!({"command": "check_out", "visit": visit_id, "badge": "B-002"}));
        let mut line = json!({"command": "record_work", "visit": visit_id, "server": "画像サーバ",
                              "work": "障害の調査", "workers": [worker], "result": "復旧", "pi_seen": true});
        assert_eq!(cast.no("operator", line.clone()), "field_missing", "what was seen must be said");
        line["pi_detail"] = json!("検査一覧の画面に氏名が表示された");
        let work = cast.must("operator", line).id.unwrap();
        let notice = Id::new(Noun::Notice, 1);
        cast.sit("officer");
        assert!(today(&cast.desk).iter().any(|(name, count)| name.starts_with("notices") && *count == 1));
        assert_eq!(
            cast.no("guard", json!({"command": "acknowledge_notice", "notice": notice})),
            "not_permitted"
        );
        cast.must(
            "officer",
            json!({"command": "acknowledge_notice", "notice": notice, "remarks": "聞き取り済み"}),
        );
        cast.sit("officer");
        assert!(!today(&cast.desk).iter().any(|(name, _)| name.starts_with("notices")));
        let thread = kinds(&cast.desk, work);
        assert_eq!(thread.last().map(String::as_str), Some("notice_acknowledged"), "{thread:?}");
        let again = json!({"command": "acknowledge_notice", "notice": notice});
        assert_eq!(cast.no("officer", again), "wrong_state");
        done(&site, cast);
    }
}

#[test]
fn i_3_2_2_a_permission_by_telephone_stays_on_its_givers_today_until_it_is_signed_or_disowned() {
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, second) = cast.contractor();
        site.clock.set(at("2026-11-21T03:04:00+09:00"));
        let giver = cast.holder(&cast.desk.profile().authority.telephone.clone(), &[]);
        let giver_id = cast.person(&giver);
        let call = |worker: Id| {
            json!({"command": "permit_by_telephone", "giver": giver_id, "given_at": "2026-11-21T03:00:00+09:00",
                   "how_identified": "登録済みの番号へ折り返し", "company": company, "workers": [worker],
                   "zones": ["server_room"], "work": "空調停止の対応"})
        };
        let permit = cast.must("guard", call(worker)).id.unwrap();
        cast.operator_in();
        cast.worker_in(worker, permit, "B-001", "failure");
        for user in [giver.as_str(), "guard", "admin"] {
            cast.sit(user);
            let lines = today(&cast.desk);
            let mine = lines.iter().any(|(name, _)| *name == "telephone_mine");
            assert_eq!(mine, user == giver, "{user}: {lines:?}");
            assert!(
                lines.iter().any(|(name, count)| name.starts_with("telephone") && *count == 1),
                "{lines:?}"
            );
        }
        let sign = |permit: Id| json!({"command": "confirm_telephone", "permit": permit, "signed": true});
        assert_ne!(cast.ask("guard", sign(permit)).err(), None, "nobody signs for another");
        cast.must(&giver, sign(permit));
        cast.sit(&giver);
        assert!(!today(&cast.desk).iter().any(|(name, _)| name.starts_with("telephone")));
        let permit = cast.must("guard2", call(second)).id.unwrap();
        let disown = json!({"command": "confirm_telephone", "permit": permit, "signed": false,
                            "reason": "電話を受けていません"});
        cast.must(&giver, disown);
        let line = json!({"command": "check_in", "person": second, "permit": permit, "badge": "B-002",
                          "zone": "server_room", "purpose": "failure", "identification": "licence",
                          "escort": cast.person("operator")});
        assert_eq!(cast.no("guard", line), "no_permit");
        done(&site, cast);
    }
}

/// Shows I-3-1 e; J-3-3-1 g.
#[test]
fn i_3_2_1_what_is_refused_is_an_entry_with_its_reason_and_malformed_input_is_none() {
    // Broken by: a registration that lets into every zone; no entry for a refusal.
    let (site, mut cast) = cast("ishikawa");
    let (company, worker, second) = cast.contractor();
    let permit = cast.granted("planned", company, &[worker]);
    let stranger = cast.register("他人 太郎", "タニン タロウ");
    let come = |person: Id| {
        json!({"command": "check_in", "person": person, "zone": "server_room", "purpose": "patrol",
               "identification": "licence"})
    };
    let with = |mut line: serde_json::Value, more: serde_json::Value| {
        line.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        line
    };
    let (operator, guard) = (cast.person("operator"), cast.person("guard"));
    let before = cast.desk.last_entry().0;
    let mut wanted = Vec::new();
    let mut refused = |cast: &mut Cast, line: serde_json::Value, name: &str| {
        assert_eq!(cast.no("guard", line.clone()), name, "{line}");
        wanted.push(name.to_owned());
    };
    refused(&mut cast, come(stranger), "not_registered");
    refused(&mut cast, with(come(operator), json!({"zone": "monitor_room"})), "wrong_zone");
    let escorted = json!({"escort": operator, "badge": "B-001", "purpose": "maintenance"});
    refused(&mut cast, with(come(second), escorted.clone()), "no_permit");
    let permitted = with(come(worker), json!({"permit": permit, "purpose": "maintenance", "badge": "B-001"}));
    refused(&mut cast, permitted.clone(), "no_escort");
    refused(&mut cast, with(permitted.clone(), json!({"escort": operator})), "escort_not_inside");
    let operators = cast.operator_in();
    let mut bare = with(permitted.clone(), json!({"escort": operator}));
    bare.as_object_mut().unwrap().remove("badge");
    refused(&mut cast, bare, "badge_missing");
    let mut unseen = with(permitted.clone(), json!({"escort": operator}));
    unseen.as_object_mut().unwrap().remove("identification");
    refused(&mut cast, unseen, "identification_missing");
    cast.must("guard", with(permitted.clone(), json!({"escort": operator})));
    refused(&mut cast, with(permitted.clone(), json!({"escort": operator})), "already_inside");
    refused(&mut cast, with(come(guard), json!({"badge": "B-001"})), "badge_out");
    refused(&mut cast, json!({"command": "check_out", "visit": operators}), "escort_still_needed");
    site.clock.set(at("2026-11-25T09:00:00+09:00"));
    refused(
        &mut cast,
        json!({"command": "settle_exit", "visit": operators, "evidence": "x",
                              "last_evidence": "2026-12-24T09:00:00+09:00"}),
        "time_out_of_range",
    );
    let lines = {
        cast.sit("admin");
        cast.desk.refused(None, 100, Lang::En).unwrap()
    };
    assert_eq!(lines.len(), wanted.len());
    let told: Vec<String> = lines.iter().rev().map(|line| format!("{:?}", line.says)).collect();
    for (name, says) in wanted.iter().zip(&told) {
        let reason = daicho::domain::Code::ALL.iter().find(|code| code.name() == name).unwrap();
        assert!(!says.is_empty(), "{reason:?}");
    }
    // What is not understood is answered, and nothing is written.
    let end = cast.desk.last_entry().0;
    assert!(end > before);
    cast.sit("guard");
    for line in ["{", "[]", r#"{"command":"no_such"}"#, r#"{"command":"check_in","colour":1}"#] {
        assert!(daicho::desk::declare::read::command_from_json(line.as_bytes()).is_err(), "{line}");
    }
    assert_eq!(cast.desk.last_entry().0, end);
    done(&site, cast);
}

#[test]
fn i_3_2_3_a_badge_lost_broken_and_found_and_what_a_scan_means_each_time() {
    let (site, mut cast) = cast("ishikawa");
    let (company, worker, _) = cast.contractor();
    let permit = cast.granted("visit", company, &[worker]);
    let (b1, c9) = (Id::new(Noun::Badge, 1), cast.person("operator"));
    cast.sit("guard");
    assert_eq!(cast.desk.scan("B-001").unwrap(), Scan::BadgeIn(b1));
    assert_eq!(cast.desk.scan("Ｂ－００１").unwrap(), Scan::BadgeIn(b1), "typed in full width");
    assert_eq!(cast.desk.scan("b-001").unwrap(), Scan::BadgeIn(b1));
    assert_eq!(cast.desk.scan("C-9").unwrap(), Scan::CardOutside(c9));
    for unknown in ["", "B-999", "\u{0}", "' OR 1=1", "B-001 B-002"] {
        assert_eq!(cast.desk.scan(unknown).unwrap(), Scan::Unknown, "{unknown:?}");
    }
    let operators = cast.operator_in();
    assert_eq!(cast.desk.scan("C-9").unwrap(), Scan::CardInside(c9, operators));
    let visit_id = cast.worker_in(worker, permit, "B-001", "tour");
    assert_eq!(cast.desk.scan("B-001").unwrap(), Scan::BadgeOut(b1, visit_id));
    let report =
        |what: &str| json!({"command": "report_badge", "badge": "B-001", "what": what, "remarks": "報告"});
    assert_eq!(cast.no("guard", report("found")), "wrong_state", "somebody wears it");
    cast.must("guard", report("lost"));
    assert_eq!(cast.desk.scan("B-001").unwrap(), Scan::BadgeUnusable(b1));
    cast.must("guard", json!({"command": "check_out", "visit": visit_id}));
    let again = cast.no(
        "guard",
        json!({"command": "check_in", "person": worker, "permit": permit, "badge": "B-001",
        "zone": "server_room", "purpose": "tour", "identification": "licence", "escort": c9}),
    );
    assert_eq!(again, "badge_unusable");
    cast.must("guard", report("found"));
    assert_eq!(cast.desk.scan("B-001").unwrap(), Scan::BadgeIn(b1));
    cast.must("guard", report("broken"));
    cast.must("guard", report("disposed"));
    assert_eq!(cast.no("guard", report("found")), "wrong_state");
    // A badge that its wearer took home.
    let visit_id = cast.worker_in(worker, permit, "B-002", "tour");
    cast.must("guard", json!({"command": "check_out", "visit": visit_id, "badge_kept": true}));
    assert_eq!(cast.desk.scan("B-002").unwrap(), Scan::BadgeUnusable(Id::new(Noun::Badge, 2)));
    cast.must("guard", json!({"command": "report_badge", "badge": "B-002", "what": "returned"}));
    assert_eq!(cast.desk.scan("B-002").unwrap(), Scan::BadgeIn(Id::new(Noun::Badge, 2)));
    done(&site, cast);
}

/// Shows I-3-2-3 e.
#[test]
fn i_3_2_3_a_forgotten_exit_is_settled_without_inventing_a_time() {
    // Broken by: a check-out that keeps no time; an exit that is not listed when overdue; one that is listed no more
    // after some days; one that a settling fills in.
    let (site, mut cast) = cast("ishikawa");
    let first = cast.operator_in();
    site.clock.set(at("2026-11-20T09:30:00+09:00"));
    cast.must("guard", json!({"command": "check_out", "card": "C-9"}));
    let row = visit(&cast, first);
    let (came, left) = (at("2026-11-20T09:00:00+09:00"), at("2026-11-20T09:30:00+09:00"));
    assert_eq!((row.came, row.left, row.state), (came, Some(left), VisitState::Left));
    let id = cast.operator_in();
    // Days later, at a desk that was opened again, it stands there as it did.
    cast.close();
    for now in ["2026-11-21T10:00:00+09:00", "2026-11-29T10:00:00+09:00", "2026-12-08T10:00:00+09:00"] {
        site.clock.set(at(now));
        let desk = site.log_in("admin");
        assert!(today(&desk).contains(&("exit_overdue", 1)), "{now}");
        assert_eq!(desk.inside().unwrap().len(), 1, "{now}");
        let row = Visit::try_from(Lookup::row(&desk, id).unwrap()).unwrap();
        assert_eq!((row.state, row.left, row.settled), (VisitState::Inside, None, None), "{now}");
        desk.close().unwrap();
    }
    let mut cast = Cast::gather_again(&site);
    cast.sit("guard");
    assert!(today(&cast.desk).contains(&("exit_overdue", 1)));
    let settle = json!({"command": "settle_exit", "visit": id, "last_evidence": "2026-11-20T18:40:00+09:00",
                        "evidence": "監視カメラで退室を確認"});
    cast.must("guard", settle);
    let row = visit(&cast, id);
    assert_eq!((row.state, row.left), (VisitState::ExitUnknown, None));
    assert!(!today(cast.sit("guard")).iter().any(|(name, _)| *name == "exit_overdue"));
    let settled = row.settled.unwrap();
    assert_eq!(settled.last_evidence, at("2026-11-20T18:40:00+09:00"));
    assert_eq!(settled.by, cast.person("guard"));
    assert_eq!(cast.desk.inside().unwrap(), []);
    let then = cast.desk.inside_at(at("2026-11-20T14:05:00+09:00")).unwrap();
    assert!(then.len() == 1 && then[0].uncertain, "inside then, and not certain");
    assert_eq!(cast.desk.inside_at(at("2026-11-20T19:00:00+09:00")).unwrap(), []);
    let query = ListQuery { register: "visits".to_owned(), ..ListQuery::default() };
    let Row::Visit(shown) = cast.desk.list(&query, None, 9).unwrap().rows.remove(0) else { panic!() };
    let cell = daicho::desk::declare::registers()
        .iter()
        .find(|register| register.name == "visits")
        .and_then(|register| register.columns.iter().find(|column| column.name == "left"))
        .map(|column| (column.cell)(&Row::Visit(shown.clone()), &cast.desk, Lang::Ja));
    assert!(cell.as_ref().is_some_and(|cell| cell.contains("18:40") && cell.contains("警備 守")), "{cell:?}");
    done(&site, cast);
}

#[test]
fn i_3_2_1_the_wrong_person_is_corrected_by_a_new_entry_and_a_late_one_carries_both_times() {
    let (site, mut cast) = cast("ishikawa");
    let id = cast.operator_in();
    let guard = cast.person("guard");
    site.clock.set(at("2026-11-20T09:05:00+09:00"));
    let correct = json!({"command": "correct", "record": id, "field": "person", "value": guard,
                         "reason": "受付で人を取り違えた"});
    let corrected = cast.must("guard2", correct);
    let row = visit(&cast, id);
    assert_eq!(row.person, guard);
    assert_eq!(row.corrections[0].was, cast.person("operator").to_string());
    assert_eq!(row.corrections[0].seq, corrected.seq);
    let before =
        Visit::try_from(cast.desk.record(id, Some(AsOf::Entry(corrected.seq - 1))).unwrap().unwrap());
    assert_eq!(before.unwrap().person, cast.person("operator"), "what was known then stays");
    // From the paper of the morning, typed in the evening.
    site.clock.set(at("2026-11-20T18:00:00+09:00"));
    let late = json!({"command": "check_in", "card": "C-9", "zone": "server_room", "purpose": "operation",
                      "at": "2026-11-20T13:30:00+09:00"});
    let late_id = cast.must("guard", late).id.unwrap();
    cast.must("guard", json!({"command": "check_out", "visit": late_id, "at": "2026-11-20T14:30:00+09:00"}));
    let row = visit(&cast, late_id);
    assert_eq!(row.came, at("2026-11-20T13:30:00+09:00"));
    assert_eq!(row.entered_late, Some(at("2026-11-20T18:00:00+09:00")));
    assert_eq!(row.left_late, Some(at("2026-11-20T18:00:00+09:00")));
    let history = cast.desk.history(late_id, Lang::Ja).unwrap();
    assert_eq!(history[0].at, Some(at("2026-11-20T13:30:00+09:00")));
    assert_eq!(history[0].time, at("2026-11-20T18:00:00+09:00"));
    let inside = |cast: &Cast, time: &str| -> Vec<Id> {
        cast.desk.inside_at(at(time)).unwrap().into_iter().map(|present| present.visit.person).collect()
    };
    assert_eq!(inside(&cast, "2026-11-20T14:05:00+09:00"), [guard, cast.person("operator")]);
    assert_eq!(inside(&cast, "2026-11-20T05:05:00Z"), [guard, cast.person("operator")], "another offset");
    assert_eq!(inside(&cast, "2026-11-20T14:30:00+09:00"), [guard], "gone at the minute they left");
    let ahead = json!({"command": "check_in", "card": "C-9", "zone": "server_room", "purpose": "operation",
                       "at": "2026-11-20T18:30:00+09:00"});
    assert_eq!(cast.no("guard", ahead), "time_out_of_range");
    done(&site, cast);
}

#[test]
fn n_13_registers_as_of_a_past_day_show_what_was_known_then() {
    let (site, mut cast) = cast("ishikawa");
    let first = cast.operator_in();
    let end_of_first = cast.desk.last_entry().0;
    site.clock.set(at("2026-11-21T09:00:00+09:00"));
    cast.must("guard", json!({"command": "check_out", "card": "C-9"}));
    let guard = cast.person("guard");
    let second = cast
        .must(
            "guard2",
            json!({"command": "check_in", "person": guard, "zone": "server_room",
        "purpose": "patrol", "identification": "known"}),
        )
        .id
        .unwrap();
    let list = |cast: &Cast, as_of: Option<AsOf>| -> Vec<(Id, VisitState)> {
        let query = ListQuery { register: "visits".to_owned(), as_of, ..ListQuery::default() };
        let rows = cast.desk.list(&query, None, 50).unwrap().rows;
        rows.into_iter().map(|row| Visit::try_from(row).map(|row| (row.id, row.state)).unwrap()).collect()
    };
    let now = [(second, VisitState::Inside), (first, VisitState::Left)];
    assert_eq!(list(&cast, None), now);
    assert_eq!(list(&cast, Some(AsOf::Day("2026-11-20".parse().unwrap()))), [(first, VisitState::Inside)]);
    assert_eq!(list(&cast, Some(AsOf::Entry(end_of_first))), [(first, VisitState::Inside)]);
    assert_eq!(list(&cast, Some(AsOf::Entry(end_of_first - 1))), []);
    assert_eq!(list(&cast, Some(AsOf::Day("2026-11-21".parse().unwrap()))), now);
    assert_eq!(list(&cast, Some(AsOf::Day("2020-01-01".parse().unwrap()))), []);
    let last = cast.desk.last_entry().0;
    assert_eq!(list(&cast, Some(AsOf::Entry(last))), now);
    // What is still to come is no past, whichever front end asks.
    for later in [AsOf::Day("2026-11-22".parse().unwrap()), AsOf::Entry(last + 1)] {
        let query = ListQuery { register: "visits".to_owned(), as_of: Some(later), ..ListQuery::default() };
        assert!(matches!(cast.desk.list(&query, None, 50), Err(Failure::Malformed(_))), "{later:?}");
        assert!(matches!(cast.desk.record(first, Some(later)), Err(Failure::Malformed(_))), "{later:?}");
    }
    let tomorrow = at("2026-11-22T09:00:00+09:00");
    assert!(matches!(cast.desk.inside_at(tomorrow), Err(Failure::Malformed(_))));
    done(&site, cast);
}

#[test]
fn people_are_found_by_kana_romaji_and_variants_of_their_characters() {
    let (site, mut cast) = cast("ishikawa");
    let (company, watanabe, saito) = cast.contractor();
    let takahashi = cast.person("operator");
    cast.sit("guard");
    for (typed, wanted) in [
        ("髙橋", takahashi),
        ("高橋", takahashi),
        ("タカハシ", takahashi),
        ("たかはし", takahashi),
        ("ﾀｶﾊｼ", takahashi),
        ("takahashi", takahashi),
        ("渡辺", watanabe),
        ("わたなべ", watanabe),
        ("斉藤", saito),
        ("斎藤", saito),
    ] {
        let found = cast.desk.search(Noun::Person, typed, 10).unwrap();
        assert!(found.contains(&wanted), "{typed}: {found:?}");
    }
    assert_eq!(cast.desk.search(Noun::Company, "サンプル", 10).unwrap(), [company]);
    assert_eq!(cast.desk.search(Noun::Person, "そんな人はいません", 10).unwrap(), []);
    cast.operator_in();
    let query =
        ListQuery {
            register: "visits".to_owned(), search: "たかはし".to_owned(), ..ListQuery::default()
        };
    assert_eq!(cast.desk.list(&query, None, 10).unwrap().rows.len(), 1, "visits by their persons' names");
    done(&site, cast);
}

#[test]
fn every_role_sees_on_today_what_it_may_and_nothing_more() {
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, _) = cast.contractor();
        cast.granted("planned", company, &[worker]);
        cast.must(
            "guard",
            json!({"command": "apply_visit", "kind": "visit", "company": company, "workers": [worker],
            "from": "2026-11-21", "to": "2026-11-21", "zones": ["server_room"], "work": "見学"}),
        );
        // The approver's own: somebody else decides it.
        let applicant = cast.person("approver");
        cast.must(
            "guard",
            json!({"command": "apply_visit", "kind": "visit", "company": company, "workers": [worker],
            "from": "2026-11-22", "to": "2026-11-22", "zones": ["server_room"], "work": "下見",
            "applicant": applicant}),
        );
        cast.operator_in();
        cast.must("admin", json!({"command": "report_badge", "badge": "B-003", "what": "lost"}));
        for user in ["guard", "operator", "admin", "approver", "officer", "auditor"] {
            cast.sit(user);
            let lines = cast.desk.today().unwrap();
            assert!(lines.iter().any(|line| line.name == "inside" && line.count == 1), "{user}");
            for line in &lines {
                let register = &line.opens.register;
                assert!(cast.desk.may_query(register), "{user} {}", line.name);
                let listed = cast.desk.list(&line.opens, None, 50).unwrap().rows;
                let listed: std::collections::BTreeSet<Id> = listed.iter().map(|row| row.id()).collect();
                assert_eq!(listed.len(), line.count, "{user} {}: {listed:?}", line.name);
                assert!(line.records.iter().all(|id| listed.contains(id)), "{user} {}", line.name);
                assert!(!line.title.ja.is_empty() && !line.title.en.is_empty());
            }
            let mine = lines.iter().any(|line| line.name == "to_decide" || line.name == "applications_mine");
            let role = STAFF.iter().find(|(of, ..)| *of == user).map_or(user, |(_, role, ..)| role);
            let decides = cast.desk.profile().authority.failure.iter().any(|held| held == role);
            assert_eq!(mine, decides, "{user} {profile}");
        }
        done(&site, cast);
    }
}

/// Shows J-1-1-3-a f.
#[test]
fn j_1_1_3_a_the_log_is_read_by_a_right_of_its_own_and_an_auditors_look_up_is_an_entry() {
    // Broken by: a log that is read without a right; by days; refused attempts that are.
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        cast.operator_in();
        for (user, may) in
            [("guard", false), ("operator", false), ("officer", false), ("auditor", true), ("admin", true)]
        {
            cast.sit(user);
            match cast.desk.log(None, None, 10, Lang::Ja) {
                Ok(lines) => assert!(may && lines.len() == 10, "{user}"),
                Err(Failure::Denied(denied, _)) => assert!(!may && denied.what == "query:log", "{user}"),
                Err(other) => panic!("{user}: {other:?}"),
            }
            let of_days = cast.desk.log_of(&LogQuery::default(), None, 10, Lang::Ja);
            assert_eq!(of_days.is_ok(), may, "{user}");
            let right = cast.desk.may_query("refused");
            assert_eq!(cast.desk.refused(None, 10, Lang::Ja).is_ok(), right, "{user}");
            assert!(!(right && ["guard", "operator"].contains(&user)), "{user}");
        }
        cast.sit("auditor");
        assert!(cast.desk.reading_counts());
        let before = cast.desk.last_entry().0;
        cast.desk.record_reading("visits", "screen", 1, "全件").unwrap();
        let line = cast.desk.log(None, Some("reading_recorded"), 1, Lang::Ja).unwrap().remove(0);
        assert_eq!((line.seq, line.actor), (before + 1, cast.person("auditor")));
        assert_eq!(cast.no("auditor", json!({"command": "check_out", "card": "C-9"})), "not_permitted");
        done(&site, cast);
    }
}

#[test]
fn a_retry_with_its_request_id_gets_the_first_receipt_and_is_no_second_check_in() {
    let (site, mut cast) = cast("ishikawa");
    let line = json!({"command": "check_in", "card": "C-9", "zone": "server_room", "purpose": "operation",
                      "request": "desk-1:17"});
    let first = cast.must("guard", line.clone());
    let end = cast.desk.last_entry();
    let again = Receipt { repeated: true, ..first };
    assert_eq!(cast.must("guard", line.clone()), again);
    assert_eq!(cast.desk.last_entry(), end);
    cast.close();
    // Nor after a restart. Nobody else's is answered by it.
    let mut cast = Cast::gather_again(&site);
    assert_eq!(name_of(&cast.ask("guard2", line.clone()).unwrap_err()), "request_reused");
    cast.sit("guard");
    let other = cast.desk.execute_group(vec![order(line.clone()), order(line)]);
    assert!(other.iter().all(|answer| answer.as_ref().is_ok_and(|receipt| *receipt == again)));
    let fresh = json!({"command": "check_in", "card": "C-9", "zone": "server_room", "purpose": "operation",
                       "request": "desk-1:18"});
    let refused = cast.ask("guard", fresh.clone()).unwrap_err();
    assert_eq!(name_of(&refused), "already_inside");
    cast.must("guard", json!({"command": "check_out", "card": "C-9"}));
    cast.must("guard", fresh);
    done(&site, cast);
}

#[test]
fn the_log_of_some_days_is_whole_whatever_the_clock_said_in_between() {
    let (site, mut cast) = cast("ishikawa");
    cast.operator_in();
    let day = |text: &str| Some(text.parse().unwrap());
    let query = LogQuery { from: day("2026-11-19"), to: day("2026-11-20"), ..LogQuery::default() };
    // Page by page, as the command line asks.
    let count = |desk: &Desk| {
        let (mut seqs, mut before) = (Vec::new(), None);
        loop {
            let page = desk.log_of(&query, before, 3, Lang::Ja).unwrap();
            before = page.last().map(|line| line.seq);
            seqs.extend(page.iter().map(|line| line.seq));
            if page.len() < 3 {
                break seqs;
            }
        }
    };
    cast.sit("admin");
    let right = count(&cast.desk);
    assert!(right.len() > 9 && right.is_sorted_by(|a, b| a > b), "{right:?}");
    // A dead battery: more entries of another day than a page holds, and of later days as well.
    site.clock.set(at("2020-01-01T09:00:00+09:00"));
    for n in 0..4 {
        cast.register(&format!("人 {n}"), "ヒト");
    }
    cast.sit("admin");
    assert_eq!(count(&cast.desk), right);
    site.clock.set(at("2026-11-20T12:00:00+09:00"));
    cast.must("operator", json!({"command": "confirm_clock", "remarks": "電波時計と比べた"}));
    cast.sit("admin");
    let more = count(&cast.desk);
    assert!(more.len() > right.len() && right.iter().all(|seq| more.contains(seq)), "{more:?}");
    assert!(more.iter().all(|seq| {
        let line = cast.desk.log(Some(seq + 1), None, 1, Lang::Ja).unwrap().remove(0);
        line.time.date_naive() == at("2026-11-20T12:00:00+09:00").date_naive()
    }));
    done(&site, cast);
}

#[test]
fn a_past_day_says_who_was_inside_and_not_that_they_were_forgotten() {
    let (site, mut cast) = cast("ishikawa");
    site.clock.set(at("2026-11-20T20:00:00+09:00"));
    let id = cast.operator_in();
    let entry = cast.desk.last_entry().0;
    site.clock.set(at("2026-11-23T10:00:00+09:00"));
    cast.sit("auditor");
    let day = |text: &str| AsOf::Day(text.parse().unwrap());
    let asked = |as_of, state: &str| {
        let state = Some(state.to_owned());
        let query = ListQuery { register: "visits".to_owned(), state, as_of, ..ListQuery::default() };
        cast.desk.list(&query, None, 9).unwrap().rows.len()
    };
    let said = |as_of| {
        let row = cast.desk.record(id, as_of).unwrap().unwrap();
        let at = cast.desk.seen(as_of).unwrap();
        daicho::desk::declare::standing::of(&row, &*at)
    };
    for (as_of, standing) in [
        (Some(AsOf::Entry(entry)), "inside"),
        (Some(day("2026-11-20")), "inside"),
        (Some(day("2026-11-22")), "exit_overdue"),
        (None, "exit_overdue"),
    ] {
        assert_eq!(said(as_of), standing, "{as_of:?}");
        assert_eq!(asked(as_of, "exit_overdue"), usize::from(standing == "exit_overdue"), "{as_of:?}");
        assert_eq!(asked(as_of, "inside"), 1, "{as_of:?}");
    }
    // Its history of then ends then.
    cast.must("guard", json!({"command": "check_out", "visit": id}));
    let kinds = |as_of| {
        let lines = cast.desk.history_as_of(id, as_of, Lang::Ja).unwrap();
        lines.into_iter().map(|line| line.kind).collect::<Vec<_>>()
    };
    assert_eq!(kinds(None), ["checked_in", "checked_out"]);
    assert_eq!(kinds(Some(day("2026-11-20"))), ["checked_in"]);
    done(&site, cast);
}
