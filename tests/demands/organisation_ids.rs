//! Organisation IDs (組織ID) under the rules of JCHO, which have them, and of sites that do not.

use super::*;
use crate::desk::people::name_of;
use daicho::desk::AsOf;
use daicho::domain::OrganisationId;
use daicho::profile::builtin;

fn make(user: &str, roles: &[&str]) -> Value {
    json!({"command": "make_organisation_id", "user": user, "division": "受付業務", "roles": roles, "reason": "交代勤務"})
}

fn add(organisation: Id, person: Id) -> Value {
    json!({"command": "add_member", "organisation": organisation, "person": person, "to": "2027-03-31"})
}

/// Who uses one on a day, by name, as its page tells them.
fn members_on(cast: &mut Cast, organisation: Id, day: &str) -> Vec<Id> {
    let row = OrganisationId::try_from(cast.row(organisation)).unwrap();
    let day = day.parse().unwrap();
    row.members.iter().filter(|member| member.belonged_on(day)).map(|member| member.person).collect()
}

/// Shows J-1-1-1-e a, b, c, d.
#[test]
fn an_organisation_id_has_its_division_and_its_people_by_day_names_who_used_it_and_decides_nothing() {
    // Broken by: divisions of jcho.toml taken out; is_shared that takes decisions; on_behalf left out of the stand-in; a
    // member's end that forgets the member.
    let (site, mut cast) = cast("jcho");
    // a: with its division, and who uses it on any date.
    let made = cast.must("admin", make("madoguchi", &["guard"])).id.unwrap();
    assert_eq!(
        refused(&mut cast, "admin", with(make("x", &["guard"]), json!({"division": "企画"}))),
        "field_invalid"
    );
    let (one, two) = (cast.register("窓口 一", "マドグチ イチ"), cast.register("窓口 二", "マドグチ ニ"));
    cast.must("admin", add(made, one));
    cast.must("admin", with(add(made, two), json!({"from": "2026-12-01"})));
    for (user, person) in [("mado1", one), ("mado2", two)] {
        let line = json!({"command": "carry_over_user", "user": user, "person": person, "decided_by": "総務課", "decided_on": "2026-04-01"});
        let issued = cast.must("admin", line);
        cast.enrol(user, &issued.temporary_password.unwrap());
    }
    assert_eq!(members_on(&mut cast, made, "2026-11-20"), [one]);
    assert_eq!(members_on(&mut cast, made, "2026-12-01"), [one, two]);
    assert!(members_on(&mut cast, made, "2027-04-01").is_empty());
    // d: each use names the person, and stands as the organisation's.
    let operator = cast.person("operator");
    let line = json!({"command": "check_in", "person": operator, "zone": "server_room", "purpose": "patrol", "identification": "staff_card"});
    assert_eq!(refused(&mut cast, "mado2", line.clone()), "not_permitted", "not yet");
    let visit = cast.must("mado1", line).id.unwrap();
    let told = cast.sit("admin").history(visit, Lang::Ja).unwrap().remove(0);
    assert_eq!((told.actor, told.on_behalf), (one, Some(made)));
    let said = daicho::desk::declare::cells::by(told.actor, told.on_behalf, &cast.desk, Lang::Ja);
    assert_eq!(said, "組織ID madoguchi（窓口 一）");
    let row = cast.row(visit);
    let page: Vec<String> = daicho::desk::declare::register("visits")
        .unwrap()
        .all_columns()
        .map(|column| (column.cell)(&row, &cast.desk, Lang::Ja))
        .collect();
    assert!(page.iter().any(|cell| cell.contains("窓口 一")), "{page:?}");
    // b: nothing is granted, approved, confirmed, reviewed, appointed or audited under it, whatever its role may.
    cast.close();
    let every = "may = [\"group:desk_work\", \"group:reading\"]";
    let text = builtin("jcho").unwrap();
    let decides = [
        "decide_visit",
        "confirm_telephone",
        "approve_work",
        "return_work",
        "register_entrant",
        "issue_user",
        "appoint",
        "agree_profile",
        "acknowledge_notice",
        "suspend_user",
        "check_application",
        "query:log",
        "query:refused",
    ];
    let rights: Vec<String> = decides.iter().map(|right| format!("\"{right}\"")).collect();
    assert!(text.contains(every));
    let text = text.replacen(every, &format!("may = [\"group:desk_work\", {}]", rights.join(", ")), 1);
    let other = Site::found_by(&text, 2);
    let mut cast = Cast::gather(&other);
    let made = cast.must("admin", make("madoguchi", &["guard"])).id.unwrap();
    let one = cast.register("窓口 一", "マドグチ イチ");
    cast.must("admin", add(made, one));
    let line = json!({"command": "carry_over_user", "user": "mado1", "person": one, "decided_by": "総務課", "decided_on": "2026-04-01"});
    let issued = cast.must("admin", line);
    cast.enrol("mado1", &issued.temporary_password.unwrap());
    let permit = cast.granted_visit();
    let person = cast.register("別 人", "ベツ ジン");
    for line in [
        json!({"command": "decide_visit", "permit": permit, "granted": true, "reason": "可"}),
        json!({"command": "confirm_telephone", "permit": permit, "signed": true}),
        json!({"command": "approve_work", "work": "W-00001", "opinion": "可"}),
        json!({"command": "register_entrant", "person": person, "zones": ["server_room"], "from": "2026-11-20", "to": "2026-12-20"}),
        json!({"command": "issue_user", "user": "x", "person": person, "roles": ["operator"]}),
        json!({"command": "appoint", "role": "adviser", "person": person}),
        json!({"command": "suspend_user", "user": "guard", "reason": "調査"}),
        json!({"command": "check_application", "application": "UA-00001", "complete": true, "single": true,
               "genuine": true, "reachable": true}),
    ] {
        assert_eq!(refused(&mut cast, "mado1", line.clone()), "not_permitted", "{line}");
    }
    let desk = cast.sit("mado1");
    assert!(
        desk.log(None, None, 1, Lang::Ja).is_err() && desk.refused(None, 1, Lang::Ja).is_err(),
        "nor is the trail audited"
    );
    for role in ["auditor", "approver", "admin"] {
        let no = refused(&mut cast, "admin", make("x", &[role]));
        assert!(["not_shared", "office_appointed"].contains(&no.as_str()), "{role} {no}");
    }
    let ended = json!({"command": "end_member", "organisation": made, "person": one, "reason": "異動"});
    cast.must("admin", ended);
    assert_eq!(members_on(&mut cast, made, "2026-11-20"), [one], "on that day they used it still");
    assert!(members_on(&mut cast, made, "2026-11-21").is_empty());
    let day = AsOf::Day("2026-11-20".parse().unwrap());
    let query =
        ListQuery { register: "organisation_ids".to_owned(), as_of: Some(day), ..ListQuery::default() };
    assert_eq!(cast.sit("admin").list(&query, None, 10).unwrap().rows.len(), 1);
    done(&other, cast);
    // c: under rules that have none it is refused.
    for profile in ["ishikawa", "nesid", "gunma", "nishitama"] {
        let site = Site::found_under(profile);
        let mut desk = site.log_in("admin");
        let no = desk.execute(order(make("madoguchi", &["guard"]))).unwrap_err();
        assert_eq!(name_of(&no), "no_divisions", "{profile}");
        desk.close().unwrap();
    }
    crate::desk::site::everything_holds(&site);
}
