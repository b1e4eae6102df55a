//! Versions of the rules, from their day on.

use super::*;
use crate::desk::people::{name_of, order};
use crate::desk::site::at;
use daicho::desk::Failure;
use daicho::domain::{AdoptProfile, Code, Command};
use daicho::profile::builtin;

/// Shows N-13 a, b.
#[test]
fn a_version_names_its_day_and_from_then_on_judges_by_itself_at_a_desk_left_open_and_at_one_opened_anew() {
    // Broken by: a version without a day; one that never takes effect; one that does at once; a desk that goes on by
    // the version it was opened under.
    let (site, mut cast) = cast("jcho");
    let (company, worker, _) = cast.contractor();
    let text = builtin("jcho").unwrap().replacen("version = 1", "version = 2", 1);
    let text = text.replacen("planned_days = 1 ", "planned_days = 2 ", 1);
    let adopt = json!({"command": "adopt_profile", "profile": text, "from": "2026-11-22"});
    let Command::AdoptProfile(whole) = order(adopt.clone()).command else { panic!() };
    let answer = cast.sit("admin").execute(Command::from(AdoptProfile { from: None, ..whole }).into());
    assert_eq!(name_of(&answer.unwrap_err()), "field_missing", "without its day");
    cast.must("admin", adopt);
    let two_days = |from: &str, to: &str| with(apply("planned", company, worker, from), json!({"to": to}));
    let apply = |cast: &mut Cast, now: &str, from: &str, to: &str| {
        site.clock.set(at(now));
        match cast.ask("guard", two_days(from, to)) {
            Ok(receipt) => {
                assert!(receipt.id.is_some());
                "applied".to_owned()
            }
            Err(failure) => name_of(&failure),
        }
    };
    let early = apply(&mut cast, "2026-11-20T09:10:00+09:00", "2026-11-22", "2026-11-23");
    assert_eq!(early, "period_too_long", "adopted, and not yet in force");
    let eve = apply(&mut cast, "2026-11-21T23:59:59+09:00", "2026-11-22", "2026-11-23");
    assert_eq!(eve, "period_too_long");
    // Nobody does anything but wait.
    assert_eq!(apply(&mut cast, "2026-11-22T00:00:00+09:00", "2026-11-22", "2026-11-23"), "applied");
    cast.close();
    let mut cast = Cast::gather_again(&site);
    assert_eq!(apply(&mut cast, "2026-11-23T09:00:00+09:00", "2026-11-23", "2026-11-24"), "applied");
    done(&site, cast);
}

#[test]
fn a_version_under_which_nobody_governs_is_refused_and_who_must_be_stopped_is_named_on_today() {
    // Broken by: no look at who is active; one at the commands' names alone; a warning that only administrators see.
    let (site, mut cast) = cast("jcho");
    let renamed = builtin("jcho").unwrap().replace("id = \"admin\"", "id = \"kanri\"");
    let adopt = json!({"command": "adopt_profile", "profile": renamed, "from": "2026-11-20"});
    let Err(Failure::Rejected(no, Some(_))) = cast.ask("admin", adopt) else { panic!() };
    assert_eq!(
        (no.code, no.args[0].1.as_str()),
        (Code::NobodyLeft, "issue_user, adopt_profile, rekey_vault")
    );
    let said = daicho::desk::say_failure(&Failure::Rejected(no, None), None, Lang::Ja);
    assert!(
        said.message.ends_with("いなくなります：利用者IDの発行、規程の採用、保管庫の鍵の更新"),
        "{}",
        said.message
    );
    cast.must(
        "approver",
        json!({"command": "suspend_user", "user": "admin", "reason": "パスワードが漏れた"}),
    );
    cast.close();
    let (desk, welcome) =
        daicho::desk::Desk::log_in(&site.dir(), "guard", crate::desk::site::PASSWORD, site.terminal())
            .unwrap();
    assert_eq!(welcome.warnings, ["nobody_can/issue_user/adopt_profile/rekey_vault"]);
    let said = daicho::desk::say_warning(&welcome.warnings[0], Lang::Ja);
    assert!(said.starts_with("今できる人がいない操作があります: 利用者IDの発行"), "{said}");
    desk.close().unwrap();
    everything_holds(&site);
}
