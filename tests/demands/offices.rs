//! Offices and delegations under the rules of the sites that owe them.

use super::*;
use crate::desk::people::name_of;
use daicho::domain::Appointment;

/// Somebody new, with an account that rests on an office.
fn officer(cast: &mut Cast, user: &str, role: &str, name: &str, kana: &str) -> Id {
    cast.employ(user, role, name, kana);
    cast.person(user)
}

fn appoint(role: &str, person: Id) -> Value {
    json!({"command": "appoint", "role": role, "person": person})
}

/// Who holds an office on a day, as the list of offices answers it.
fn held_on(cast: &mut Cast, role: &str, day: &str) -> Vec<Id> {
    let day = day.parse().unwrap();
    let query = ListQuery { register: "offices".to_owned(), ..ListQuery::default() };
    let rows = cast.sit("admin").list(&query, None, 100).unwrap().rows;
    let rows = rows.into_iter().filter_map(|row| Appointment::try_from(row).ok());
    rows.filter(|row| row.role == role && row.was_held_on(day)).map(|row| row.person).collect()
}

/// Another day, on which somebody has confirmed the clock.
fn day(site: &Site, cast: &mut Cast, text: &str) {
    site.clock.set(crate::desk::site::at(&format!("{text}T09:00:00+09:00")));
    let confirmed = cast.ask("admin", json!({"command": "confirm_clock"}));
    assert!(confirmed.is_ok() || confirmed.is_err_and(|no| name_of(&no) == "clock_good"));
}

/// For whom the last entry was made, by the log that everybody reads.
fn on_behalf(cast: &mut Cast) -> (Id, Option<Id>) {
    let line = cast.sit("admin").log(None, None, 1, Lang::Ja).unwrap().remove(0);
    (line.actor, line.on_behalf)
}

/// Shows I-2-1 a, b, c, e.
#[test]
fn each_office_of_ishikawa_is_appointed_by_the_one_above_for_a_term_and_by_nobody_else() {
    // Broken by: `appointed_by` of any office in ishikawa.toml; the authority not asked; `task` of `other`; deputies = 0.
    let (site, mut cast) = cast("ishikawa");
    let owner = officer(&mut cast, "owner", "owner", "事業 管", "ジギョウ カン");
    let north = |role: &str, line: Value| {
        let place = if role == "officer" { json!({"jurisdiction": "noto_north"}) } else { json!({}) };
        with(line, place)
    };
    let lead = cast.register("実施 責", "ジッシ セキ");
    let second = cast.register("運用 副", "ウンヨウ フク");
    for (role, by) in [("lead", "owner"), ("admin", "officer"), ("approver", "officer")] {
        let line = with(appoint(role, second), json!({"to": "2026-12-31"}));
        for other in ["admin", "officer", "owner"].iter().filter(|other| **other != by) {
            assert_eq!(refused(&mut cast, other, line.clone()), "no_authority", "{role} by {other}");
        }
        assert_eq!(refused(&mut cast, "guard", line), "not_permitted");
    }
    cast.must("owner", appoint("lead", lead));
    cast.issue("lead", lead, "lead");
    assert_eq!(refused(&mut cast, "officer", north("officer", appoint("officer", second))), "no_authority");
    // 正副, for a term that is to come.
    let term = json!({"from": "2026-12-01", "to": "2026-12-31", "kind": "deputy", "task": "不在の間の決裁"});
    cast.must("lead", north("officer", with(appoint("officer", second), term)));
    cast.issue("second", second, "officer");
    for (role, by) in [("lead", "owner"), ("officer", "lead"), ("admin", "officer"), ("approver", "officer")]
    {
        if role == "officer" {
            continue;
        }
        let (one, two) = (cast.register("副 一", "フク イチ"), cast.register("副 二", "フク ニ"));
        cast.must(by, with(appoint(role, one), json!({"kind": "deputy", "task": "不在の間の決裁"})));
        if by == "officer" {
            // Several may serve together.
            cast.must(by, appoint(role, two));
        }
    }
    let other = cast.register("広報 担", "コウホウ タン");
    assert_eq!(refused(&mut cast, "officer", appoint("other", other)), "field_missing");
    cast.must("officer", with(appoint("other", other), json!({"task": "広報"})));
    // Before its first day and after its last it gives no right.
    let line = with(appoint("other", cast.register("研修 担", "ケンシュウ タン")), json!({"task": "研修"}));
    assert_eq!(refused(&mut cast, "second", line.clone()), "not_permitted");
    day(&site, &mut cast, "2026-12-31");
    cast.must("second", line.clone());
    assert_eq!(held_on(&mut cast, "officer", "2026-12-31").len(), 2, "principal, and a deputy");
    day(&site, &mut cast, "2027-01-01");
    let line = with(appoint("other", cast.register("研修 次", "ケンシュウ ツギ")), json!({"task": "研修"}));
    assert_eq!(refused(&mut cast, "second", line), "not_permitted");
    assert!(held_on(&mut cast, "owner", "2026-11-20").contains(&owner));
    done(&site, cast);
}

/// Shows J-2-1-1 a, c, d, e.
#[test]
fn the_offices_of_jcho_are_held_by_named_persons_and_an_assistant_is_named_by_the_manager_and_reported() {
    // Broken by: `told` or `appointed_by` of assistant in jcho.toml; `former` not asked; an end that leaves it told.
    let (site, mut cast) = cast("jcho");
    let roles = [
        "ciso",
        "adviser",
        "committee",
        "auditor",
        "chief",
        "approver",
        "system_officer",
        "admin",
        "assistant",
    ];
    for role in roles {
        assert!(cast.desk.profile().office(role).is_some(), "{role}");
    }
    let ciso = officer(&mut cast, "ciso", "ciso", "最高 責", "サイコウ セキ");
    let head = officer(&mut cast, "head", "system_officer", "統括 責", "トウカツ セキ");
    let manager = officer(&mut cast, "manager", "admin", "管理 者", "カンリ シャ");
    for role in ["adviser", "committee", "chief"] {
        let person = cast.register(&format!("{role} 様"), "ヤクショク サマ");
        cast.must("ciso", appoint(role, person));
        assert_eq!(held_on(&mut cast, role, "2026-11-20"), [person]);
    }
    assert_eq!(held_on(&mut cast, "ciso", "2026-11-20"), [ciso]);
    assert_eq!(held_on(&mut cast, "system_officer", "2026-11-20"), [head]);
    assert!(held_on(&mut cast, "admin", "2026-11-20").contains(&manager));
    let (first, next) = (cast.register("補助 一", "ホジョ イチ"), cast.register("補助 二", "ホジョ ニ"));
    let appoint = |role, person| with(appoint(role, person), json!({"task": "管理者の補助"}));
    for other in ["approver", "ciso", "head"] {
        assert_eq!(refused(&mut cast, other, appoint("assistant", first)), "no_authority", "{other}");
    }
    let named = cast.must("manager", appoint("assistant", first)).id.unwrap();
    let untold =
        |cast: &mut Cast| line_of(cast.sit("manager"), "appointments_untold").map(|line| line.records);
    assert_eq!(untold(&mut cast), Some(vec![named]));
    let tell = |appointment: Id, person: Id| json!({"command": "tell_appointment", "appointment": appointment, "person": person});
    assert_eq!(refused(&mut cast, "manager", tell(named, ciso)), "no_authority", "not who is to be told");
    cast.must("manager", tell(named, head));
    assert_eq!(untold(&mut cast), None);
    day(&site, &mut cast, "2026-11-30");
    cast.must("manager", json!({"command": "end_appointment", "appointment": named, "reason": "異動"}));
    assert_eq!(untold(&mut cast), Some(vec![named]), "a change is reported as well");
    let vacant = |cast: &mut Cast| line_of(cast.sit("manager"), "offices_vacant").map(|line| line.records);
    assert_eq!(vacant(&mut cast), Some(vec![named]));
    cast.must("manager", tell(named, head));
    assert_eq!(
        refused(&mut cast, "manager", appoint("assistant", next)),
        "field_missing",
        "the one before is named"
    );
    let changed =
        cast.must("manager", with(appoint("assistant", next), json!({"former": first}))).id.unwrap();
    assert_eq!(untold(&mut cast), Some(vec![changed]));
    assert_eq!(vacant(&mut cast), None);
    assert_eq!(Appointment::try_from(cast.row(changed)).ok().unwrap().former, Some(first));
    assert_eq!(held_on(&mut cast, "assistant", "2026-11-25"), [first]);
    done(&site, cast);
}

/// Shows J-2-1-1 b.
#[test]
fn a_deputy_of_the_security_officer_acts_for_the_officer_in_every_list() {
    // Broken by: on_behalf left out of the head; deputies = 0; a deputy who acts in the own name.
    let (site, mut cast) = cast("jcho");
    let deputy = cast.register("代行 者", "ダイコウ シャ");
    let line = with(appoint("approver", deputy), json!({"kind": "deputy", "task": "不在の間の決裁"}));
    assert_eq!(
        refused(&mut cast, "admin", line.clone()),
        "no_authority",
        "the officer places their deputies"
    );
    cast.must("approver", line);
    cast.issue("daiko", deputy, "approver");
    let (company, worker, _) = cast.contractor();
    let permit = cast.must("guard", apply("failure", company, worker, "2026-11-20")).id.unwrap();
    cast.must("daiko", decide(permit, true));
    let approver = cast.person("approver");
    assert_eq!(on_behalf(&mut cast), (deputy, Some(approver)));
    let told = cast.sit("admin").history(permit, Lang::Ja).unwrap();
    assert_eq!(told.last().map(|line| (line.actor, line.on_behalf)), Some((deputy, Some(approver))));
    let now = cast.desk.now();
    let could = cast.sit("admin").who_could("decide_visit", now, None).unwrap();
    let could: Vec<_> = could.iter().map(|one| (one.person, one.on_behalf)).collect();
    assert_eq!(could, [(approver, None), (cast.person("officer"), None), (deputy, Some(approver))]);
    // What the officer applied for, their deputy does not decide.
    let own = with(apply("failure", company, worker, "2026-11-20"), json!({"applicant": approver}));
    let own = cast.must("guard", own).id.unwrap();
    assert_eq!(refused(&mut cast, "daiko", decide(own, true)), "own_application");
    done(&site, cast);
}

/// Shows J-PI-3 a, b, c.
#[test]
fn the_offices_of_personal_information_are_held_for_a_term_and_whoever_audits_is_independent() {
    // Broken by: `apart` of officer, or `appointed_by` of pi_audit_staff in jcho.toml; Profile::clash without offices.
    let (site, mut cast) = cast("jcho");
    officer(&mut cast, "daihyo", "representative", "代表 者", "ダイヒョウ シャ");
    let term = json!({"to": "2027-03-31"});
    for (role, by) in [
        ("pi_manager", "officer"),
        ("pi_staff", "officer"),
        ("pi_contact", "officer"),
        ("pi_auditor", "daihyo"),
        ("pi_audit_staff", "daihyo"),
    ] {
        let person = cast.register(&format!("{role} 様"), "ヤクショク サマ");
        let line = with(appoint(role, person), term.clone());
        for other in ["officer", "daihyo", "admin", "approver"].iter().filter(|other| **other != by) {
            assert_eq!(refused(&mut cast, other, line.clone()), "no_authority", "{role} by {other}");
        }
        cast.must(by, line);
        assert_eq!(held_on(&mut cast, role, "2027-03-31"), [person]);
        assert_eq!(held_on(&mut cast, role, "2027-04-01"), Vec::<Id>::new());
    }
    let officer = cast.person("officer");
    assert_eq!(held_on(&mut cast, "officer", "2026-11-20"), [officer]);
    for role in ["pi_auditor", "pi_audit_staff"] {
        let line = with(appoint(role, officer), json!({"from": "2027-04-01"}));
        assert_eq!(refused(&mut cast, "daihyo", line), "roles_clash", "{role}");
    }
    done(&site, cast);
}

/// Shows G-11 a, b, c, d, e.
#[test]
fn the_general_information_officer_delegates_what_is_named_for_a_period_and_nothing_else() {
    // Broken by: StandIn::what not asked; a delegation without its last day; `delegate` given to staff in gunma.toml.
    let site = Site::found_under("gunma");
    let desk = site.log_in("admin");
    let mut cast = Cast::of(desk);
    let general = cast.person("admin");
    for (user, role) in [("shokuin", "staff"), ("riyosha", "user")] {
        cast.employ(user, role, &format!("{user} 様"), "ショクイン サマ");
    }
    // Who held the office on a day: the founder, and whom the books say takes it over.
    let next = cast.register("次の 課長", "ツギノ カチョウ");
    let line = with(
        appoint("general", next),
        json!({"from": "2027-04-01", "decided_by": "知事", "decided_on": "2026-11-19"}),
    );
    assert_eq!(refused(&mut cast, "admin", line.clone()), "office_full", "one at a time");
    cast.must("admin", with(line, json!({"former": general})));
    assert_eq!(held_on(&mut cast, "general", "2026-11-20"), [general]);
    assert_eq!(held_on(&mut cast, "general", "2027-03-31"), [general]);
    assert_eq!(held_on(&mut cast, "general", "2027-04-01"), [next]);
    let staff = cast.person("shokuin");
    let delegate = json!({"command": "delegate", "person": staff, "what": ["suspend_user", "resume_user"],
                          "to": "2026-11-30", "reason": "出張"});
    let suspend = json!({"command": "suspend_user", "user": "riyosha", "reason": "規程違反"});
    assert_eq!(refused(&mut cast, "shokuin", suspend.clone()), "not_permitted");
    assert_eq!(
        refused(&mut cast, "riyosha", delegate.clone()),
        "not_permitted",
        "nobody else delegates them"
    );
    assert_eq!(refused(&mut cast, "shokuin", delegate.clone()), "not_permitted");
    cast.must("admin", delegate.clone());
    cast.must("shokuin", suspend.clone());
    assert_eq!(on_behalf(&mut cast), (staff, Some(general)));
    let reset = json!({"command": "reset_password", "user": "riyosha"});
    assert_eq!(refused(&mut cast, "shokuin", reset), "not_permitted", "it was not delegated");
    // Nor is it passed on.
    let user = cast.person("riyosha");
    let pass_on = with(delegate, json!({"person": user}));
    assert_eq!(refused(&mut cast, "shokuin", pass_on), "not_permitted");
    day(&site, &mut cast, "2026-11-30");
    cast.must("shokuin", json!({"command": "resume_user", "user": "riyosha", "reason": "済み"}));
    day(&site, &mut cast, "2026-12-01");
    assert_eq!(refused(&mut cast, "shokuin", suspend), "not_permitted", "it is over by itself");
    assert_eq!(listed(cast.sit("admin"), "delegations", "over").len(), 1);
    done(&site, cast);
}
