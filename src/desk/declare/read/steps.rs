//! Steps of the regulation's own procedure: one a line as people type them, objects in a batch line.

use super::form::date_from_typed;
use super::problem::{not_in_list, problem, wrong_kind};
use super::value::{iso_date, listed};
use crate::desk::FieldProblem;
use crate::domain::{AdoptionStep, Date};
use crate::text::scan::fold_code;
use crate::text::search_key;
use serde_json::{Value, json};

/// The most steps that are read.
const MOST: usize = 20;

/// Steps as a batch line gives them, and as the command takes them.
pub(super) fn checked(field: &str, value: &Value) -> Result<Value, FieldProblem> {
    let wrong = || {
        wrong_kind(
            field,
            "手続の一覧（step, on, 採決なら vote）",
            "a list of steps, each with step, on, and vote for a vote",
        )
    };
    let items = value.as_array().filter(|items| items.len() <= MOST).ok_or_else(wrong)?;
    let step = |item: &Value| {
        let object = item.as_object().ok_or_else(wrong)?;
        if object.keys().any(|key| !matches!(key.as_str(), "step" | "on" | "vote")) {
            return Err(wrong());
        }
        let text = |key: &str| object.get(key).and_then(Value::as_str).ok_or_else(wrong);
        let (step, on) = (listed(field, text("step")?)?, iso_date(field, text("on")?)?);
        let vote = match object.get("vote") {
            None | Some(Value::Null) => Value::Null,
            Some(vote) => {
                let known = vote.as_object().filter(|vote| vote.len() == 2).ok_or_else(wrong)?;
                let count = |key: &str| {
                    let count = known.get(key).and_then(Value::as_u64);
                    count.and_then(|count| u32::try_from(count).ok()).ok_or_else(wrong)
                };
                json!({"in_favour": count("in_favour")?, "of": count("of")?})
            }
        };
        Ok(json!({"step": step, "on": on.to_string(), "vote": vote}))
    };
    items.iter().map(step).collect::<Result<Vec<_>, _>>().map(Value::Array)
}

/// Steps as they are typed: a line each, `理事会の承認 R8.11.12`, a vote with `7/12` behind it.
pub(super) fn typed(
    field: &str,
    text: &str,
    steps: &[AdoptionStep],
    today: Date,
) -> Result<Value, FieldProblem> {
    let mut taken = Vec::new();
    for line in text.split(['\n', '、']).map(str::trim).filter(|line| !line.is_empty()) {
        let (step, rest) = named(line, steps).ok_or_else(|| off_list(field, steps))?;
        let mut parts = rest.split_whitespace();
        let Some(day) = parts.next() else { return Err(no_day(field, step)) };
        let on = date_from_typed(field, day, today)?;
        let vote = match parts.next() {
            Some(counts) => of_counts(counts).ok_or_else(|| no_counts(field, step))?,
            None => Value::Null,
        };
        if parts.next().is_some() {
            return Err(no_counts(field, step));
        }
        taken.push(json!({"step": step.id, "on": on.to_string(), "vote": vote}));
    }
    Ok(Value::Array(taken))
}

/// The step that a line begins with, and what stands behind its name. The longest name counts: one may begin another.
fn named<'l, 's>(line: &'l str, steps: &'s [AdoptionStep]) -> Option<(&'s AdoptionStep, &'l str)> {
    let names =
        steps.iter().flat_map(|step| [&step.label.ja, &step.label.en, &step.id].map(|name| (step, name)));
    let begun = names.filter_map(|(step, name)| Some((name.len(), step, line.strip_prefix(name.as_str())?)));
    let exact = begun.max_by_key(|(length, ..)| *length).map(|(_, step, rest)| (step, rest));
    exact.or_else(|| {
        let (name, rest) = line.split_once(char::is_whitespace)?;
        let key = search_key(name);
        let is = |known: &String| search_key(known) == key;
        let found = steps.iter().find(|step| is(&step.label.ja) || is(&step.label.en) || is(&step.id));
        found.filter(|_| !key.is_empty()).map(|step| (step, rest))
    })
}

/// `7/12`: in favour, of all.
fn of_counts(text: &str) -> Option<Value> {
    let folded = fold_code(text);
    let (in_favour, of) = folded.split_once('/')?;
    Some(json!({"in_favour": in_favour.parse::<u32>().ok()?, "of": of.parse::<u32>().ok()?}))
}

fn off_list(field: &str, steps: &[AdoptionStep]) -> FieldProblem {
    if steps.is_empty() {
        return problem(
            field,
            "no_steps",
            "今の規程には、改正の手続が定められていません。空のままにしてください。",
            "The profile in force lists no procedure. Leave this empty.",
        );
    }
    let labels =
        |pick: fn(&AdoptionStep) -> &String| steps.iter().map(|step| pick(step).clone()).collect::<Vec<_>>();
    not_in_list(field, &labels(|step| &step.label.ja), &labels(|step| &step.label.en))
}

fn no_day(field: &str, step: &AdoptionStep) -> FieldProblem {
    let (ja, en) = (&step.label.ja, &step.label.en);
    problem(
        field,
        "step_without_day",
        format!("「{ja}」の日付がありません。「{ja} 11/12」のように入力してください。"),
        format!("{en} has no day. Enter it behind the name: {en} 11/12."),
    )
}

fn no_counts(field: &str, step: &AdoptionStep) -> FieldProblem {
    let (ja, en) = (&step.label.ja, &step.label.en);
    problem(
        field,
        "step_not_read",
        format!(
            "「{ja}」の日付の後が読めません。採決なら「{ja} 11/12 7/12」（賛成/全員）と入力してください。"
        ),
        format!(
            "What stands behind the day of {en} cannot be read. For a vote: {en} 11/12 7/12 (in favour/of all)."
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Label;

    fn steps() -> Vec<AdoptionStep> {
        let step = |id: &str, ja: &str, en: &str| AdoptionStep {
            id: id.to_owned(),
            label: Label { ja: ja.to_owned(), en: en.to_owned() },
            ..AdoptionStep::default()
        };
        // The name of one begins that of another.
        vec![step("board", "理事会", "Board"), step("approval", "理事会の承認", "Board approval")]
    }

    fn read(text: &str) -> Result<Value, String> {
        let today = Date::from_ymd_opt(2026, 11, 20).unwrap_or_default();
        let value = typed("steps", text, &steps(), today).map_err(|wrong| wrong.name)?;
        checked("steps", &value).map_err(|wrong| wrong.name)
    }

    #[test]
    fn steps_are_read_as_people_type_them() {
        let told = |step: &str, on: &str| json!({"step": step, "on": on, "vote": null});
        let both = json!([told("board", "2026-11-05"), told("approval", "2026-11-12")]);
        for text in [
            "理事会 11/5\n理事会の承認 R8.11.12",
            "理事会　１１／５、理事会の承認 2026-11-12",
            "board 11/5\n\n  Board approval 11/12 ",
            "理事会11/5\n理事会の承認11/12",
        ] {
            assert_eq!(read(text).as_ref(), Ok(&both), "{text}");
        }
        let vote = json!([{"step": "board", "on": "2026-11-05", "vote": {"in_favour": 7, "of": 12}}]);
        for text in ["理事会 11/5 7/12", "理事会 11/5 ７／１２"] {
            assert_eq!(read(text).as_ref(), Ok(&vote), "{text}");
        }
        for (text, name) in [
            ("理事会 ", "step_without_day"),
            ("協議会 11/5", "not_in_list"),
            ("理事会 11/5 七", "step_not_read"),
            ("理事会 11/5 7/12 可決", "step_not_read"),
            ("理事会 11/5 99999999999/1", "step_not_read"),
        ] {
            assert_eq!(read(text), Err(name.to_owned()), "{text}");
        }
        assert_eq!(
            typed("steps", "x 1/1", &[], Date::default()).map_err(|wrong| wrong.name),
            Err("no_steps".into())
        );
    }

    #[test]
    fn a_batch_line_gives_steps_in_one_shape_alone() {
        let good = json!([{"step": "board", "on": "2026-11-05"}]);
        assert!(checked("steps", &good).is_ok());
        for bad in [
            json!("board 2026-11-05"),
            json!([{"step": "board"}]),
            json!([{"step": "board", "on": "11/5"}]),
            json!([{"step": "board", "on": "2026-11-05", "by": "x"}]),
            json!([{"step": "board", "on": "2026-11-05", "vote": {"in_favour": -1, "of": 2}}]),
            json!([{"step": "board", "on": "2026-11-05", "vote": {"in_favour": 1}}]),
            json!([{"step": "board", "on": "2026-11-05", "vote": {"in_favour": 1, "of": 2, "absent": 1}}]),
            Value::Array(vec![json!({"step": "board", "on": "2026-11-05"}); MOST + 1]),
        ] {
            assert!(checked("steps", &bad).is_err(), "{bad}");
        }
    }
}
