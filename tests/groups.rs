//! Groups of rights in a profile: written out when it is adopted, and what is refused as one.

use crate::cli::run::{self, run};
use crate::desk::people::Cast;
use crate::desk::site::{PASSWORD, Site, everything_holds};
use crate::profiles::profile;
use daicho::desk::declare::read::order_from_json;
use daicho::desk::{Desk, Failure, Founding};
use daicho::domain::policy::{is_nobodys, role_for};
use daicho::domain::{
    Book, Command, EVERY_QUERY, Edition, Group, Id, Noun, Profile, Query, Row, Task, usual_offset,
};
use daicho::profile::{LONGEST, NAMES, accept, builtin, expand, read};
use serde_json::json;
use std::collections::BTreeSet;

fn jcho() -> &'static str {
    builtin("jcho").unwrap()
}

/// `jcho` as it is written, with the first occurrence of a passage replaced.
fn with(old: &str, new: &str) -> String {
    assert!(jcho().contains(old), "the case is out of date: {old:?} is not in jcho.toml");
    jcho().replacen(old, new, 1)
}

fn problems(text: &str) -> Vec<(&'static str, String)> {
    let found = expand(text, Edition::NEWEST).err().map(|found| found.problems).unwrap_or_default();
    found.iter().map(|one| (one.kind.name(), one.place.clone())).collect()
}

fn rights(profile: &Profile, role: &str) -> BTreeSet<String> {
    profile.role(role).unwrap().may.iter().cloned().collect()
}

/// A text without what stands in comments.
fn said(text: &str) -> String {
    text.lines().map(|line| line.split('#').next().unwrap_or("")).collect::<Vec<_>>().join("\n")
}

/// A group of a profile.
fn group(id: &str, may: &str) -> String {
    format!("[[group]]\nid = \"{id}\"\nlabel = {{ ja = \"あ\", en = \"a\" }}\nmay = [{may}]\n")
}

/// `jcho` with more groups, and one role that names the first of them.
fn grouped(groups: &str, may: &str) -> String {
    with("[[group]] # one office", &format!("{groups}[[group]] # one office")).replacen(
        "may = [\"group:overview\"]",
        &format!("may = [{may}]"),
        1,
    )
}

#[test]
fn what_goes_into_the_log_names_commands_and_queries_alone() {
    for name in NAMES {
        let expanded = expand(builtin(name).unwrap(), Edition::NEWEST).unwrap();
        assert!(!said(&expanded.text).contains("group"), "{}", expanded.text);
        assert_eq!(accept(&expanded.text, Edition::NEWEST).unwrap(), expanded.profile);
        assert_eq!(read(&expanded.text).unwrap(), expanded.profile);
        // What names no group is its own expansion.
        assert_eq!(expand(&expanded.text, Edition::NEWEST).unwrap().text, expanded.text);
        assert_eq!(expand(builtin(name).unwrap(), Edition::NEWEST).unwrap(), expanded, "always the same");
    }
    let groups = [Group(Book::Entry, Task::Desk), Group(Book::Entry, Task::Reading)];
    let guard: BTreeSet<String> = groups.iter().flat_map(|group| group.holds(Edition::One)).collect();
    assert_eq!(rights(&profile("jcho"), "guard"), guard);
}

#[test]
fn everything_else_in_the_text_stays_as_it_was_written() {
    let expanded = expand(jcho(), Edition::NEWEST).unwrap().text;
    let mut rest = expanded.lines();
    for line in jcho().lines().filter(|line| !line.contains("\"group:")) {
        let kept = |other: &str| other == line || other.strip_prefix("# ") == Some(line);
        assert!(rest.any(kept), "{line}");
    }
    assert!(expanded.contains("# id = \"overview\""));
    assert!(expanded.contains("  # group:desk_work (18):\n  \"register_person\", "), "{expanded}");
    assert!(!expanded.lines().any(|line| line.ends_with(' ')), "{expanded}");
}

#[test]
fn groups_are_written_out_whatever_the_layout_of_the_text() {
    let start = jcho().find("[[role]]").unwrap();
    let end =
        jcho().find("# ---------------------------------------------------------------- zones").unwrap();
    let (head, tail) = (&jcho()[..start], &jcho()[end..]);
    // These roles decide on no exceptions.
    let (before, behind) = (
        "# ---------------------------------------------------------------- exceptions",
        "# ---------------------------------------------------------------- limits",
    );
    let (exceptions, limits) = (tail.find(before).unwrap(), tail.find(behind).unwrap());
    let tail = [&tail[..exceptions], &tail[limits..]].concat();
    let tail = tail.replace("[\"approver\"]", "[\"a\"]").replace("[\"officer\"]", "[\"a\"]");
    let tail = tail.replace("[\"admin\", \"assistant\"]", "[]");
    let admin = [
        "issue_user",
        "decide_visit",
        "confirm_telephone",
        "approve_work",
        "return_work",
        "acknowledge_notice",
    ];
    let label = "label = { ja = \"役\", en = \"role\" }";
    let table = |may: &str, rest: &str| {
        format!(
            "{head}[[role]]\nid = \"a\"\nfounds = true\n{label}\nmay = {admin:?}\n[[role]]\nid = \"b\"\n{label}\n{may}\n{rest}\n{tail}"
        )
    };
    let two = group("x", "\"check_in\", \"group:y\"") + &group("y", "\"check_out\"");
    let both: &[&str] = &["check_in", "check_out"];
    let cases: Vec<(String, &[&str])> = vec![
        (table("may = [\"group:x\"]", &two), both),
        (table("may = ['group:x', # why, and\n]", &two), both),
        (table("may = [\n\"group:y\"\n,\n\"group:x\" # , last\n]", &two), both),
        // What is there already is not repeated, whichever stands first.
        (table("may = [\"check_in\", \"group:x\", \"check_out\"]", &two), both),
        (table("may = [\"group:x\", \"group:y\"]", &two), both),
        (table("may = [\"group:y\", \"check_in\", \"group:x\",]", &two), both),
        (table("may = [\"check_out\", \"check_in\", # x, y\n\"group:x\", # z, z\n\"group:y\"]", &two), both),
        (
            table(
                "may = [\n  \"group:x\", # x, y\n\n  \"group:y\" # z\n  , \"check_out\", \"check_in\"]",
                &two,
            ),
            both,
        ),
        (table("\"may\" = [\"\"\"group:x\"\"\", \"\\u0067roup:y\"]", &two), both),
        // A group in pieces, with texts over several lines, and tables between.
        (
            table(
                "may = [\"group:x\"]",
                "[[ group ]] # a [[group]]\nid = \"\"\"x\"\"\"\nmay = [ # (\n  \"check_in\", # )\n\n  ]\n\n [ group . label ]\nja = \"役\"\nen = '''\nx'''",
            ),
            &["check_in"],
        ),
        (
            table(
                "may = [\"group:x\"]",
                "[[group]]\nid = \"x\"\nlabel.ja = \"役\"\nlabel.en = \"x\"\nmay = [\"check_in\"]",
            ),
            &["check_in"],
        ),
        // Groups in one value, and roles in one value.
        (
            format!(
                "group = [{{ id = \"x\", {label}, may = [\"check_in\",\n\"group:y\"] }},\n{{ id = \"y\", {label}, may = [\"check_out\"] }}]\n{}",
                table("may = [\"group:x\"]", "")
            ),
            both,
        ),
        (
            format!(
                "role = [\n{{ id = \"a\", founds = true, {label}, may = {admin:?} }}, {{ id = \"b\", {label}, may = [\"group:x\", \"query:log\"] }}]\n{}{two}{tail}",
                head
            ),
            &["check_in", "check_out", "query:log"],
        ),
    ];
    for (text, may) in cases {
        for text in [text.clone(), text.replace('\n', "\r\n")] {
            let expanded = expand(&text, Edition::NEWEST).unwrap_or_else(|found| panic!("{found}\n{text}"));
            let held = rights(&expanded.profile, "b");
            assert_eq!(held.iter().map(String::as_str).collect::<Vec<_>>(), may, "{}", expanded.text);
            assert_eq!(expanded.profile.role("b").unwrap().may.len(), held.len(), "each once");
            assert_eq!(expanded.profile.role("a").unwrap().may, admin);
        }
    }
}

const OVERVIEW: &str = "may = [\"query:today\", \"query:inside\"";
const CHIEF: &str = "may = [\"group:overview\"]";

/// Names of problems, each with its place.
type Said = &'static [(&'static str, &'static str)];

/// Passage of `jcho` as it is written, what it becomes, and all that is said of it.
pub const BROKEN: &[(&str, &str, Said)] = &[
    (CHIEF, "may = [\"group:nothing\"]", &[("unknown_group", "role.adviser.may")]),
    (CHIEF, "may = [\"group:\"]", &[("unknown_group", "role.adviser.may")]),
    (CHIEF, "may = [\"group:*\"]", &[("unknown_group", "role.adviser.may")]),
    (CHIEF, "may = [\"group:entry.\"]", &[("unknown_group", "role.adviser.may")]),
    (CHIEF, "may = [\"group:group:overview\"]", &[("unknown_group", "role.adviser.may")]),
    (CHIEF, "may = [\"Group:overview\"]", &[("unknown_command", "role.adviser.may")]),
    (CHIEF, "may = [\"group:overview\", \"group:overview\"]", &[("duplicate", "role.adviser.may")]),
    (CHIEF, "may = [\"query:*\", \"query:*\"]", &[("duplicate", "role.adviser.may")]),
    // The administrator's rights are gone with the name, and that is not said again.
    ("\"group:site.administration\",", "\"group:site.x\",", &[("unknown_group", "role.admin.may")]),
    (OVERVIEW, "may = [\"query:nothing\"", &[("unknown_query", "group.overview.may")]),
    (OVERVIEW, "may = [\"found_site\"", &[("unknown_command", "group.overview.may")]),
    (OVERVIEW, "may = [\"group:nowhere\"", &[("unknown_group", "group.overview.may")]),
    (OVERVIEW, "may = [\"query:visits\"", &[("duplicate", "group.overview.may")]),
    (OVERVIEW, "may = [\"group:overview\"", &[("circular_group", "group.overview.may")]),
    (OVERVIEW, "may = []\nx = [\"a\"", &[("unknown_field", "group[5].x")]),
    (
        "[[group]] # one office",
        "[[group]]\nid = \"a\"\nlabel = { ja = \"あ\", en = \"a\" }\nmay = []\n[[group]] # one office",
        &[("empty_group", "group.a.may")],
    ),
    (
        "id = \"responsible_officer\"",
        "id = \"overview\"",
        &[("duplicate", "group[5].id"), ("unknown_group", "role.approver.may")],
    ),
    (
        "id = \"overview\"",
        "id = \"entry.reading\"",
        &[
            ("group_taken", "group[5].id"),
            ("unknown_group", "role.net_officer.may"),
            ("unknown_group", "role.net_manager.may"),
            ("unknown_group", "role.representative.may"),
            ("unknown_group", "role.ciso.may"),
            ("unknown_group", "role.chief.may"),
            ("unknown_group", "role.adviser.may"),
            ("unknown_group", "role.committee.may"),
        ],
    ),
    (
        "id = \"overview\"",
        "id = \"Over view\"",
        &[
            ("bad_id", "group[5].id"),
            ("unknown_group", "role.net_officer.may"),
            ("unknown_group", "role.net_manager.may"),
            ("unknown_group", "role.representative.may"),
            ("unknown_group", "role.ciso.may"),
            ("unknown_group", "role.chief.may"),
            ("unknown_group", "role.adviser.may"),
            ("unknown_group", "role.committee.may"),
        ],
    ),
    ("en = \"Overview\"", "en = \"\"", &[("empty_text", "group.overview.label.en")]),
    ("id = \"overview\"\n", "", &[("missing_field", "group[5].id")]),
    ("id = \"overview\"\n", "id = \"overview\"\nfounds = true\n", &[("unknown_field", "group[5].founds")]),
    // An auditing role gets nothing that changes something by a group, either.
    (
        "reading_counts = true\nmay = [",
        "reading_counts = true\nmay = [\n  \"group:entry.upkeep\",",
        &[("auditor_may_change", "role.auditor.may")],
    ),
];

#[test]
fn each_faulty_group_is_refused_by_its_name_at_its_place_and_nothing_else_is_said() {
    let mut wrong = Vec::new();
    for (old, new, expected) in BROKEN {
        let found = problems(&with(old, new));
        let found: Vec<(&str, &str)> = found.iter().map(|(name, place)| (*name, place.as_str())).collect();
        if found != *expected {
            wrong.push(format!("{old:?} -> {new:?}: wanted {expected:?}, found {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for shape in ["group = 5\n", "group = [5]\n", "group = { x = 1 }\n", "[group.x]\n", "group.x = 1\n"] {
        let text = format!("{shape}{}", jcho().replace("[[group]]", "[[other]]"));
        assert_eq!(problems(&text)[0].0, "wrong_type", "{shape}");
    }
}

#[test]
fn everything_wrong_with_groups_is_named_together_with_the_rest() {
    let text = with(CHIEF, "may = [\"group:nothing\"]")
        .replacen("ja = \"概況の閲覧\"", "ja = \"\"", 1)
        .replacen("kinds = 3", "kinds = 9", 1)
        .replacen("confirm_telephone\", \"suspend_user\",", "group:responsible_officer\",", 1);
    let found = expand(&text, Edition::NEWEST).unwrap_err().problems;
    let names: Vec<_> = found.iter().map(|one| (one.kind.name(), one.place.as_str())).collect();
    let expected = [
        ("empty_text", "group.overview.label.ja"),
        ("circular_group", "group.responsible_officer.may"),
        ("unknown_group", "role.adviser.may"),
        ("out_of_range", "password.kinds"),
    ];
    assert_eq!(names, expected);
    assert_eq!(found[1].about, "responsible_officer > responsible_officer");
    for one in &found {
        let sentence = one.sentence();
        assert!(sentence.ja.contains(&one.place) && sentence.en.contains(&one.place));
    }
}

#[test]
fn a_circle_is_said_with_its_way_and_hostile_names_are_shown_harmless() {
    let circle = group("a", "'group:b'") + &group("b", "'group:c', 'query:log'") + &group("c", "'group:a'");
    let found = expand(&grouped(&circle, "'group:a'"), Edition::NEWEST).unwrap_err().problems;
    assert_eq!((found.len(), found[0].place.as_str()), (1, "group.a.may"));
    assert_eq!((found[0].kind.name(), found[0].about.as_str()), ("circular_group", "a > b > c > a"));
    // Two circles, each named.
    let two = circle + &group("d", "'group:e', 'group:a'") + &group("e", "'group:d'");
    let found = problems(&grouped(&two, "'group:d'"));
    assert_eq!(found.iter().map(|one| one.1.as_str()).collect::<Vec<_>>(), ["group.a.may", "group.d.may"]);
    let hostile = with(CHIEF, "may = [\"group:\\u202E\\u001b[31m\\n]\\nx = 1\"]");
    let found = expand(&hostile, Edition::NEWEST).unwrap_err().problems;
    assert_eq!(found.len(), 1);
    assert!(!found[0].sentence().ja.contains(['\u{1b}', '\u{202e}', '\n']), "{:?}", found[0]);
    let named = jcho()
        .replacen("id = \"overview\"", "id = \"over\\nview = 1\"", 1)
        .replace("group:overview", "group:over\\nview = 1");
    assert_eq!(problems(&named), [("bad_id", "group[5].id".to_owned())]);
}

#[test]
fn groups_that_would_grow_without_end_cost_nothing() {
    // Each holds the next twice over: so many ways that nobody could go them all.
    let layer = |n: usize| {
        let next = n / 2 * 2 + 2;
        group(&format!("g{n}"), &format!("\"group:g{next}\", \"group:g{}\"", next + 1))
    };
    let layers: String = (0..90).map(layer).collect();
    let last = group("g90", "\"check_in\"") + &group("g91", "\"check_in\"");
    let expanded = expand(&grouped(&(layers + &last), "\"group:g0\""), Edition::NEWEST)
        .unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(expanded.profile.role("adviser").unwrap().may, ["check_in"]);
    let many: String = (0..100).map(|n| group(&format!("g{n}"), "\"check_in\"")).collect();
    assert_eq!(problems(&grouped(&many, "\"query:log\"")), [("too_many", "group".to_owned())]);
    // Roles of which a text has no room for what they come to.
    let role = |n: usize| format!("[[role]]\nid=\"r{n}\"\nmay=[\"query:*\"]\nlabel={{ja=\"あ\",en=\"a\"}}\n");
    let text = grouped(&(0..1500).map(role).collect::<String>(), "\"query:log\"");
    assert!(text.len() < LONGEST);
    assert_eq!(problems(&text), [("too_large", "file".to_owned())]);
}

#[test]
fn a_group_that_stands_in_a_log_all_the_same_gives_no_right_and_is_no_profile_to_adopt() {
    for edition in Edition::ALL {
        let refused = accept(jcho(), *edition).unwrap_err();
        assert_eq!(refused.problems[0].kind.name(), "unknown_field", "groups are defined");
        let named = expand(jcho(), *edition).unwrap().text.replacen(
            "may = [",
            "may = [ \"group:site.administration\",",
            1,
        );
        let refused = accept(&named, *edition).unwrap_err();
        let found: Vec<_> =
            refused.problems.iter().map(|one| (one.kind.name(), one.place.as_str())).collect();
        assert_eq!(found, [("unknown_command", "role.guard.may")], "groups are named");
        let plain = expand(jcho(), *edition).unwrap().profile;
        let named = read(&named).unwrap();
        for what in Command::given().map(str::to_owned).chain(Query::all().map(Query::right)) {
            let may = |profile: &Profile| role_for(profile, &["guard".into()], &what).is_ok();
            assert_eq!(may(&named), may(&plain), "{what}");
        }
    }
    let raw = read(jcho()).unwrap();
    assert!(role_for(&raw, &["guard".into()], "check_in").is_err());
    assert!(role_for(&raw, &["admin".into()], "issue_user").is_err());
}

/// Whether anybody may act in an emergency, or open an emergency ID, is each site's own choice: it is never given with other things.
pub const CHOSEN: [&str; 2] = ["act_in_emergency", "open_emergency_account"];

#[test]
fn every_command_and_query_is_in_one_group_or_comes_with_another() {
    let profile = profile("jcho");
    let names: BTreeSet<&str> = profile.authority.each().map(|(name, _)| name).collect();
    for rule in Command::RULES {
        // Agreeing to a version comes with adopting one, and a profile may give it alone to somebody else.
        let both = rule.name == "agree_profile";
        let chosen = CHOSEN.contains(&rule.name);
        let grouped = rule.is_given_by_people() && (rule.with.is_empty() || both) && !chosen;
        assert_eq!(rule.group.is_some(), grouped, "{}", rule.name);
        assert!(rule.authority.iter().all(|name| names.contains(name)), "{}: no such authority", rule.name);
    }
    let ids: BTreeSet<String> = Group::all().map(|group| group.name()).collect();
    assert_eq!(ids.len(), Group::all().count());
    assert!(ids.iter().all(|name| name.contains('.')), "no group of a profile can have such a name");
}

/// What a profile of the log means by `query:*` was settled when nothing else was there: written out here, since it is
/// the past. A query that comes later belongs neither here nor there.
#[test]
fn every_query_means_those_of_the_editions_that_let_it_into_the_log() {
    let settled = [
        "query:inside",
        "query:inside_at",
        "query:visits",
        "query:persons",
        "query:entrants",
        "query:companies",
        "query:badges",
        "query:permits",
        "query:works",
        "query:notices",
        "query:refused",
        "query:users",
        "query:today",
        "query:log",
    ];
    let logged = expand(jcho(), Edition::One).unwrap().text.replacen("may = [", "may = [ \"query:*\", ", 1);
    let logged = read(&logged).unwrap();
    let may = |what: &str| role_for(&logged, &["guard".into()], what).is_ok();
    assert!(may("query:attachments"), "of what is attached to applications and work records");
    for later in ["query:media", "query:", "query:*x", "query:exceptions"] {
        assert!(!may(later), "{later}");
    }
    let now: Vec<String> = Query::all().map(Query::right).filter(|right| may(right)).collect();
    assert_eq!(now.into_iter().collect::<BTreeSet<_>>(), settled.map(str::to_owned).into());
    for edition in Edition::ALL {
        let expanded = expand(&with(CHIEF, "may = [\"query:*\"]"), *edition).unwrap();
        assert!(!said(&expanded.text).contains(EVERY_QUERY));
        let known = Query::all().filter(|query| query.since <= *edition).map(Query::right);
        assert_eq!(rights(&expanded.profile, "adviser"), known.collect());
    }
}

/// A right that comes with another is there from the edition on with which the command came, and not before.
#[test]
fn what_comes_with_another_right_comes_with_its_edition() {
    let told: Vec<String> = Command::RULES
        .iter()
        .filter(|rule| !rule.with.is_empty())
        .map(|rule| format!("{} {} {}", rule.since.number(), rule.name, rule.with.join(" ")))
        .collect();
    // The past: an edition to come adds lines, and none ever changes.
    let settled = [
        "3 merge_persons issue_user",
        "3 keep_apart issue_user",
        "3 leave issue_user",
        "3 carry_over_user issue_user",
        "3 report_compromise query:today",
        "3 record_measures reset_password",
        "3 change_user issue_user",
        "3 close_user issue_user",
        "3 reopen_user issue_user",
        "1 remove_user issue_user",
        "3 set_clock confirm_clock",
        "1 back_up issue_user",
        "1 rekey_vault issue_user",
        "3 bind_ways_in issue_user",
        "1 compact_vault issue_user",
        "2 adopt_edition adopt_profile",
        "1 replace_sheet issue_user",
        "1 begin_epoch issue_user",
        "3 propose_profile adopt_profile",
        "3 agree_profile adopt_profile",
        "3 withdraw_profile adopt_profile propose_profile agree_profile",
        "2 attach apply_visit record_work",
        "2 write_attachment query:permits query:works query:*",
        "3 review_emergency_act decide_visit",
        "3 refuse_application issue_user",
        "3 end_appointment appoint",
        "3 tell_appointment appoint",
        "3 name_clerk delegate",
        "3 end_delegation delegate suspend_user",
        "3 plan_change query:today",
        "3 cancel_change query:today",
        "3 make_organisation_id issue_user",
        "3 add_member issue_user",
        "3 end_member issue_user",
        "3 close_organisation_id issue_user",
        "3 make_emergency_account issue_user appoint",
        "3 close_emergency_account open_emergency_account issue_user appoint",
        "3 review_emergency_account issue_user appoint",
        "3 withdraw_emergency_account issue_user appoint",
        "3 apply_extension apply_exception",
        "3 apply_amendment apply_exception",
        "3 resubmit_exception apply_exception",
        "3 forward_exception decide_exception",
        "3 withdraw_exception apply_exception",
        "3 hand_over_copy apply_exception",
        "3 begin_exception apply_exception",
        "3 interrupt_exception apply_exception",
        "3 resume_exception apply_exception",
        "3 report_end apply_exception",
        "3 confirm_end decide_exception",
        "3 tell_council apply_exception",
        "3 confirm_gone decide_exception",
        "3 apply_measure apply_exception",
        "3 note_risk apply_exception",
        "3 revoke_exception decide_exception",
        "3 settle_line decide_exception",
        "3 close_month decide_exception",
        "3 reopen_month decide_exception",
    ];
    assert_eq!(told, settled);
}

#[test]
fn the_log_holds_the_expansion_of_a_profile_that_is_founded_with_or_adopted() {
    let site = Site::found_under("jcho");
    let mut cast = Cast::gather(&site);
    // A text that is typed or piped in loses the blanks at its ends.
    let expanded = |text: &str| expand(text.trim(), Edition::NEWEST).unwrap().text;
    let logged = |cast: &Cast, n: u32| match cast.row(Id::new(Noun::Profile, n)) {
        Row::ProfileVersion(row) => row.text,
        _ => panic!("no profile"),
    };
    assert_eq!(logged(&cast, 1).trim(), expanded(jcho()));
    let ours = with("version = 2", "version = 3").replacen("group:overview", "group:entry.reading", 1);
    cast.brings(&ours, "2026-11-21");
    assert_eq!(logged(&cast, 2), expanded(&ours));
    assert!(!said(&logged(&cast, 2)).contains("group:"));
    // By the name of one that is built in.
    cast.brings("ishikawa", "2026-11-22");
    assert_eq!(logged(&cast, 3).trim(), expanded(builtin("ishikawa").unwrap()));
    cast.close();
    everything_holds(&site);
}

/// A site whose profile was written out by a release that knew a smaller group: that its group holds more by now gives
/// nobody anything.
#[test]
fn a_release_with_a_larger_group_gives_nobody_a_right() {
    let before = expand(jcho(), Edition::NEWEST).unwrap().text;
    let smaller = before
        .replace("\"settle_exit\", ", "")
        .replace("\"query:entrants\",", "")
        .replace("# group:desk_work (16)", "# group:desk_work (15)");
    assert!(Group(Book::Entry, Task::Desk).holds(Edition::NEWEST).contains(&"settle_exit".to_owned()));
    assert!(!smaller.contains("settle_exit") && is_nobodys(&read(&smaller).unwrap(), "settle_exit"));
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("vault");
    let founding = Founding {
        site: "f-chuo".to_owned(),
        site_name: "中央".to_owned(),
        profile: smaller.clone(),
        admin: "admin".to_owned(),
        name: "管理 一".to_owned(),
        kana: "カンリ ハジメ".to_owned(),
        password: PASSWORD.to_owned(),
    };
    let other = Site::found();
    Desk::found(&dir, &founding, other.terminal()).unwrap().0.close().unwrap();
    let (mut desk, _) = Desk::log_in(&dir, "admin", PASSWORD, other.terminal()).unwrap();
    let line = json!({"command": "settle_exit", "visit": "V-00001", "evidence": "x",
                      "last_evidence": "2026-11-19T08:00:00+09:00"});
    let order = order_from_json(line.to_string().as_bytes(), usual_offset()).unwrap();
    assert!(matches!(desk.execute(order), Err(Failure::Denied(..))), "the log says who may");
    assert!(!desk.may_query("entrants") && desk.may_query("visits"));
    desk.close().unwrap();
}

#[test]
fn a_batch_adopts_what_a_profile_with_groups_comes_to_and_names_every_fault_of_one() {
    let site = run::Site::sample();
    let line = |text: &str| {
        let vote = json!({"in_favour": 7, "of": 12});
        let steps = json!([{"step": "opinion", "on": "2020-01-01"}, {"step": "managers", "on": "2020-01-01", "vote": vote},
                               {"step": "order", "on": "2020-01-01"}]);
        json!({"command": "propose_profile", "profile": text, "from": "2099-01-01", "steps": steps})
            .to_string()
    };
    let circle = with(OVERVIEW, "may = [\"group:overview\"").replacen(CHIEF, "may = [\"group:nothing\"]", 1);
    let ran = site.batch("admin", line(&circle), &[]);
    assert_ne!(ran.code, 0);
    for name in ["group.overview.may", "role.adviser.may"] {
        assert!(ran.out.contains(name), "{}", ran.out);
    }
    let next = with("version = 2", "version = 3");
    site.batch("admin", line(&next), &[]).expect(0);
    site.run("auditor", &["check"]).expect(0);
}

#[test]
fn a_profile_in_a_file_is_shown_with_its_groups_written_out_and_what_nobody_may() {
    let site = run::Site::none();
    let nobodys = with(
        "\"group:site.administration\",",
        "\"issue_user\", \"reset_password\", \"suspend_user\", \"resume_user\", \"confirm_clock\", \"adopt_profile\", \"see_sheet\", ",
    );
    let file = site.file("ours.toml", &nobodys);
    let shown = run(&["profiles", &file, "--lang", "en"], "").expect(0).out;
    assert!(
        shown.contains("\nWhat no role may do")
            && shown.contains("\n  act_in_emergency open_emergency_account erase\n"),
        "{shown}"
    );
    let shown = run(&["profiles", &file, "--json"], "").expect(0).json();
    assert_eq!(shown["nobody"], json!(["act_in_emergency", "open_emergency_account", "erase"]));
    let right = |name: &str| {
        let rights = shown["rights"].as_array().unwrap();
        rights.iter().find(|one| one["right"] == name).unwrap()["roles"].clone()
    };
    assert_eq!(right("erase"), json!([]));
    assert_eq!(right("settle_exit"), json!(["guard", "operator", "admin", "assistant"]));
    assert_eq!(run(&["profiles", "jcho", "--json"], "").expect(0).json()["nobody"], json!(CHOSEN));
    assert_eq!(run(&["profiles", "jcho", "--text"], "").expect(0).out, jcho(), "as it is written");
    let broken = site.file("broken.toml", with(CHIEF, "may = [\"group:nothing\"]"));
    let ran = run(&["profiles", &broken, "--lang", "en"], "").expect(1);
    assert!(ran.err.contains("role.adviser.may") && ran.err.contains("[[group]]"), "{}", ran.err);
    run(&["profiles", &file, "--text", "--json"], "").expect(2);
    run(&["profiles", "no such file"], "").expect(2);
}
