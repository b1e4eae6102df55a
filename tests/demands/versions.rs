//! Versions of the rules, from their day on.

use super::*;
use crate::desk::people::{name_of, order};
use crate::desk::site::at;
use daicho::domain::{AdoptProfile, Command};
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
