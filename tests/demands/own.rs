//! Nobody decides what is their own (J-2-1-2).

use super::*;

/// A second ID of somebody, in a role.
fn second_id(cast: &mut Cast, user: &str, person: Id, role: &str) {
    cast.in_office(person, role);
    let line = with(cast.issuing(user, person, &[role]), json!({"to": "2027-03-31"}));
    let temporary = cast.must("admin", line).temporary_password.unwrap();
    cast.enrol(user, &temporary);
}

fn state(cast: &Cast, id: Id) -> String {
    match cast.row(id) {
        Row::Permit(row) => row.state.name().to_owned(),
        Row::Work(row) => row.state.name().to_owned(),
        Row::Notice(row) => row.taken.is_some().to_string(),
        other => panic!("{other:?}"),
    }
}

/// The visit of somebody who is inside.
fn inside_of(cast: &mut Cast, person: Id) -> Option<Id> {
    let inside = listed(cast.sit("guard"), "visits", "inside");
    inside.into_iter().find(|id| visit(cast, *id).person == person)
}

/// Shows J-2-1-2 a.
#[test]
fn nobody_grants_approves_or_confirms_the_own_in_any_book_and_the_attempt_is_recorded() {
    // Broken by: no look at who applied; who typed it; who is to come; whose registration it is; who typed the call;
    // who gave it to themselves; who did or recorded the work; who did the work of a notice,
    // recorded it or came for it; no entry for a refusal.
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, second) = cast.contractor();
        let authority = cast.desk.profile().authority.clone();
        cast.operator_in();
        // Applications: their own, typed by them, with them among those who come.
        for (kind, roles) in
            [("planned", &authority.planned), ("failure", &authority.failure), ("visit", &authority.failure)]
        {
            let decider = cast.holder(roles, &[]);
            let (person, other) = (cast.person(&decider), format!("{decider}-{kind}"));
            second_id(&mut cast, &other, person, "guard");
            let line = apply(kind, company, worker, "2026-11-20");
            let applied = cast.must("guard", with(line.clone(), json!({"applicant": person}))).id.unwrap();
            let guard = cast.person("guard");
            let typed = cast.must(&other, with(line, json!({"applicant": guard}))).id.unwrap();
            let comer = format!("comer-{kind}");
            second_id(&mut cast, &comer, second, &decider);
            let coming = cast.must("guard", apply(kind, company, second, "2026-11-20")).id.unwrap();
            for (own, user) in [(applied, &decider), (typed, &decider), (coming, &comer)] {
                for granted in [true, false] {
                    assert_eq!(refused(&mut cast, user, decide(own, granted)), "own_application");
                }
                assert_eq!(state(&cast, own), "applied");
            }
        }
        // Registrations.
        let approver = cast.person("approver");
        let own = entrant(approver, "2026-11-20", "2027-03-31");
        assert_eq!(refused(&mut cast, "approver", own), "own_matter");
        // Permissions by telephone: to themselves, and a call of somebody gone that they typed.
        let call = |giver: Id| {
            json!({"command": "permit_by_telephone", "giver": giver, "how_identified": "折り返した",
                   "company": company, "workers": [worker], "zones": ["server_room"], "work": "障害対応"})
        };
        let typist = "approver-failure";
        if authority.telephone.iter().any(|role| role == "admin") {
            let admin = cast.person("admin");
            assert_eq!(refused(&mut cast, "admin", call(admin)), "own_matter");
        }
        assert_eq!(refused(&mut cast, typist, call(approver)), "own_matter");
        cast.employ("leaving", "approver", "退職 間近", "タイショク マヂカ");
        let leaving = cast.person("leaving");
        let typed = cast.must(typist, call(leaving)).id.unwrap();
        cast.must("admin", json!({"command": "remove_user", "user": "leaving", "reason": "退職"}));
        let disown =
            json!({"command": "confirm_telephone", "permit": typed, "signed": false, "reason": "不明"});
        assert_eq!(refused(&mut cast, "approver", disown), "own_matter");
        assert_eq!(state(&cast, typed), "telephone");
        // Work reports: the work is theirs, or they recorded it. Notices: of their own work.
        let judge = cast.holder(&authority.work, &[]);
        let judging = cast.person(&judge);
        let officer = cast.person("officer");
        let permit = cast.granted("failure", company, &[worker]);
        // They were inside meanwhile.
        for user in [judge.as_str(), "officer"] {
            let by = if user == "approver" { "officer" } else { "approver" };
            let person = cast.person(user);
            if inside_of(&mut cast, person).is_some() {
                continue;
            }
            cast.must(by, entrant(person, "2026-11-20", "2027-03-31"));
            cast.must("guard", come(person));
        }
        for (badge, by, workers) in [
            ("B-001", "operator", vec![worker, judging, officer]),
            ("B-002", "judge-2", vec![worker, officer]),
        ] {
            if by == "judge-2" {
                second_id(&mut cast, by, judging, "guard");
            }
            let inside = cast.worker_in(worker, permit, badge, "failure");
            cast.must("guard", json!({"command": "check_out", "visit": inside}));
            let mut workers = workers;
            workers.dedup();
            workers.sort();
            workers.dedup();
            let record = json!({"command": "record_work", "visit": inside, "server": "DB-1", "work": "調査",
                "workers": workers, "result": "復旧", "pi_seen": true, "pi_detail": "氏名"});
            let work = cast.must(by, record).id.unwrap();
            for line in [
                json!({"command": "approve_work", "work": work}),
                json!({"command": "return_work", "work": work, "reason": "不足"}),
            ] {
                assert_eq!(refused(&mut cast, &judge, line), "own_matter");
            }
            assert_eq!(state(&cast, work), "recorded");
        }
        // And of a work that they recorded; of a visit of theirs during which others did the work.
        second_id(&mut cast, "officer-2", officer, "guard");
        let inside = cast.worker_in(worker, permit, "B-003", "failure");
        let own = inside_of(&mut cast, officer);
        let operator = cast.person("operator");
        for (by, visit, did) in [("officer-2", Some(inside), worker), ("guard", own, operator)] {
            let record = json!({"command": "record_work", "visit": visit, "server": "DB-1", "work": "調査",
                "workers": [did], "result": "復旧", "pi_seen": true, "pi_detail": "氏名"});
            cast.must(by, record);
        }
        assert_eq!(listed(cast.sit("officer"), "notices", "open").len(), 4);
        for notice in listed(cast.sit("officer"), "notices", "open") {
            let take = json!({"command": "acknowledge_notice", "notice": notice});
            assert_eq!(refused(&mut cast, "officer", take), "own_matter");
            assert_eq!(state(&cast, notice), "false");
        }
        done(&site, cast);
    }
}

/// Shows J-2-1-2 b.
#[test]
fn under_a_second_id_as_deputy_or_in_another_office_the_own_stays_the_own() {
    // Broken by: an own application, and an own work, that is known only under the ID of before.
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, _) = cast.contractor();
        let authority = cast.desk.profile().authority.clone();
        // Who decides, or where one person does their deputy.
        let offices = authority.failure.iter().filter(|role| *role == "approver");
        for (n, office) in offices.enumerate() {
            let (first, second, third) = (format!("first{n}"), format!("second{n}"), format!("third{n}"));
            cast.employ(&first, "operator", "兼務 一", "ケンム ハジメ");
            let person = cast.person(&first);
            let own = cast.must(&first, apply("failure", company, worker, "2026-11-20")).id.unwrap();
            // The same person has a second ID; then in another office only.
            second_id(&mut cast, &second, person, office);
            assert_eq!(refused(&mut cast, &second, decide(own, true)), "own_application", "{office}");
            for gone in [&first, &second] {
                cast.must("admin", json!({"command": "remove_user", "user": gone, "reason": "異動"}));
            }
            second_id(&mut cast, &third, person, office);
            assert_eq!(refused(&mut cast, &third, decide(own, true)), "own_application", "{office}");
            assert_eq!(refused(&mut cast, &third, decide(own, false)), "own_application", "{office}");
            assert_eq!(state(&cast, own), "applied");
            let others = cast.must("guard", apply("failure", company, worker, "2026-11-20")).id.unwrap();
            cast.must(&third, decide(others, true));
        }
        // And the report of a work.
        cast.operator_in();
        let permit = cast.granted("failure", company, &[worker]);
        let inside = cast.worker_in(worker, permit, "B-001", "failure");
        cast.employ("recorder", "operator", "記録 太郎", "キロク タロウ");
        let record = json!({"command": "record_work", "visit": inside, "pi_seen": false, "server": "DB-1", "work": "調査",
                            "workers": [worker], "result": "復旧"});
        let work = cast.must("recorder", record).id.unwrap();
        let judge = cast.holder(&authority.work, &[]);
        let person = cast.person("recorder");
        second_id(&mut cast, "recorder2", person, &judge);
        let approve = json!({"command": "approve_work", "work": work});
        assert_eq!(refused(&mut cast, "recorder2", approve.clone()), "own_matter");
        cast.must("admin", json!({"command": "remove_user", "user": "recorder", "reason": "異動"}));
        assert_eq!(refused(&mut cast, "recorder2", approve.clone()), "own_matter");
        assert_eq!(state(&cast, work), "recorded");
        cast.must(&judge, approve);
        done(&site, cast);
    }
}

/// Shows J-2-1-2 e.
#[test]
fn a_permission_that_somebody_else_typed_waits_on_its_givers_today_and_is_theirs_once_signed() {
    // Broken by: a line of Today for everybody, or for nobody; a signature by whoever typed it, or by another who may
    // permit; a permission that is granted when it is typed.
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, _) = cast.contractor();
        let giver = cast.holder(&cast.desk.profile().authority.telephone.clone(), &[]);
        let call = json!({"command": "permit_by_telephone", "giver": cast.person(&giver), "how_identified": "折り返した",
                          "company": company, "workers": [worker], "zones": ["server_room"], "work": "障害対応"});
        let permit = cast.must("guard", call).id.unwrap();
        assert_eq!(state(&cast, permit), "telephone");
        let Row::Permit(row) = cast.row(permit) else { panic!() };
        assert!(row.decided.is_none(), "nobody has decided it yet: {row:?}");
        let line = line_of(cast.sit(&giver), "telephone_mine").unwrap();
        assert_eq!((line.count, line.urgent, line.records), (1, true, vec![permit]));
        for other in ["guard", "operator", "auditor"].into_iter().filter(|user| *user != giver) {
            assert!(line_of(cast.sit(other), "telephone_mine").is_none(), "{other}");
        }
        let sign = json!({"command": "confirm_telephone", "permit": permit, "signed": true});
        for user in ["guard", "operator"].into_iter().filter(|user| *user != giver) {
            assert!(!refused(&mut cast, user, sign.clone()).is_empty());
            assert_eq!(state(&cast, permit), "telephone", "{user}");
        }
        // Nor does another who might have given it sign for them.
        let role = cast.desk.profile().authority.telephone[0].clone();
        cast.employ("colleague", &role, "別の 許可者", "ベツノ キョカシャ");
        assert_eq!(refused(&mut cast, "colleague", sign.clone()), "no_authority");
        cast.must(&giver, sign);
        assert_eq!(state(&cast, permit), "granted");
        assert!(line_of(cast.sit(&giver), "telephone_mine").is_none());
        done(&site, cast);
    }
}

/// Shows J-2-1-2 d.
#[test]
fn a_second_record_with_the_name_of_whoever_decides_stands_on_today_and_is_shown_before_they_decide() {
    // Broken by: no line; one that goes before it is settled; a decision that is taken; a refusal that names one of them.
    for profile in PROFILES {
        let (site, mut cast) = cast(profile);
        let (company, worker, _) = cast.contractor();
        let decider = cast.holder(&cast.desk.profile().authority.failure.clone(), &[]);
        let person = cast.person(&decider);
        let Row::Person(known) = cast.row(person) else { panic!("{person}") };
        assert!(line_of(cast.sit("admin"), "namesakes").is_none());
        let double = json!({"command": "register_person", "company": company, "kana": known.kana,
                            "name": known.name.replace(' ', "\u{3000}")});
        let double = cast.must("admin", double).id.unwrap();
        let line =
            with(apply("failure", company, worker, "2026-11-20"), json!({"workers": [worker, double]}));
        let asked = cast.must("guard", line).id.unwrap();
        let shown = line_of(cast.sit("admin"), "namesakes").unwrap();
        assert_eq!((shown.count, shown.urgent, shown.records), (2, true, vec![person, double]));
        assert_eq!(listed(cast.sit("admin"), "persons", "unsettled"), [double, person]);
        for granted in [true, false] {
            assert_eq!(refused(&mut cast, &decider, decide(asked, granted)), "namesake_unsettled");
        }
        assert_eq!(state(&cast, asked), "applied");
        let Err(Failure::Rejected(no, _)) = cast.sit(&decider).execute(order(decide(asked, true))) else {
            panic!("decided");
        };
        let named = [("person".to_owned(), person.to_string()), ("other".to_owned(), double.to_string())];
        assert_eq!(no.args, named);
        // They are one: the decision is somebody else's. It is found under both, and the list has no line any more.
        let settle =
            json!({"command": "merge_persons", "person": double, "into": person, "reason": "本人に確認"});
        cast.must("admin", settle);
        assert!(line_of(cast.sit("admin"), "namesakes").is_none());
        assert_eq!(listed(cast.sit("admin"), "persons", "joined"), [double]);
        assert_eq!(refused(&mut cast, &decider, decide(asked, true)), "own_application");
        // It was a mistake, and somebody who is neither says so.
        let settle =
            json!({"command": "keep_apart", "person": person, "other": double, "reason": "身分証を見た"});
        cast.must("admin", settle);
        assert!(line_of(cast.sit("admin"), "namesakes").is_none());
        cast.must(&decider, decide(asked, true));
        done(&site, cast);
    }
}

#[test]
fn an_emergency_act_stands_on_today_first_until_somebody_reviews_it() {
    let site = Site::found_under("jcho");
    let mut cast = Cast::gather(&site);
    let (company, worker, _) = cast.contractor();
    let text = daicho::profile::builtin("jcho").unwrap();
    let ours = text.replacen("version = 2", "version = 3", 1).replacen(
        "may = [\"group:desk_work\", \"group:upkeep\", \"confirm_clock\"",
        "may = [\"act_in_emergency\", \"group:desk_work\", \"group:upkeep\", \"confirm_clock\"",
        1,
    );
    assert_ne!(ours, text);
    cast.brings(&ours, "2026-11-20");
    let asked = cast.must("guard", apply("failure", company, worker, "2026-11-20")).id.unwrap();
    let act = json!({"command": "act_in_emergency", "record": asked, "reason": "記憶装置の故障", "tried": "病院長に2回"});
    assert_eq!(cast.no("guard", act.clone()), "not_permitted");
    cast.must("operator", act);
    let first = cast.sit("approver").today().unwrap().remove(0);
    assert_eq!((first.name, first.count, first.urgent), ("emergency_acts", 1, true));
    let review =
        json!({"command": "review_emergency_act", "emergency": first.records[0], "finding": "やむを得ない"});
    assert_eq!(cast.no("operator", review.clone()), "not_permitted");
    cast.must("approver", review);
    assert!(line_of(cast.sit("approver"), "emergency_acts").is_none());
    done(&site, cast);
}
