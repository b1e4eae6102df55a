//! `daicho load`: existing lists of people, companies, entrants and badges come in from CSV, with a report a row.

use super::args::Load;
use super::batch::{accepted, refused};
use super::open::{Site, read_file};
use super::out;
use super::stop::{Exit, Stop, ends_the_session, eprintln_all};
use crate::desk::declare::read::command_from_form;
use crate::desk::declare::{Field, Kind, Operation, operation, register};
use crate::desk::{Desk, Failure, FieldProblem, Instruction, Lang, Lookup, Receipt, say_failure};
use crate::domain::{Command, Id, Noun};
use crate::paper::csv;
use serde_json::json;

/// Brings a list in, or with `--check` says what would be wrong with it.
///
/// # Errors
/// Why it stopped before its end; every row answered until then stands.
pub fn run(args: &Load, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let bytes = read_file(&args.file, csv::MOST_BYTES, lang)?;
    let loads = register(&args.kind).and_then(|register| register.loads);
    let Some(operation) = loads.and_then(operation) else { return Ok(Exit::Usage) };
    let columns: Vec<_> =
        register(operation.register).map(|r| r.all_columns().copied().collect()).unwrap_or_default();
    let list = csv::read(&bytes, operation.fields, &columns)
        .map_err(|problem| Stop::usage(lang, problem.ja.clone(), problem.en.clone()))?;
    for heading in &list.unused {
        eprintln_all(&[&match lang {
            Lang::Ja => format!("列「{heading}」は取り込みません。"),
            Lang::En => format!("The column \"{heading}\" is not brought in."),
        }]);
    }
    let (mut desk, _) = site.log_in(&args.user)?;
    let done = rows(&mut desk, operation, list, args, lang);
    let closed = site.close(desk);
    let exit = done?;
    closed.map(|()| exit)
}

fn rows(
    desk: &mut Desk,
    operation: &'static Operation,
    list: csv::List,
    args: &Load,
    lang: Lang,
) -> Result<Exit, Stop> {
    let (mut done, mut not) = (0_usize, 0_usize);
    let total = list.lines.len();
    let mut progress = out::Progress::new();
    for (n, line) in list.lines.into_iter().enumerate() {
        progress.say(&format!("{} / {total}", n + 1));
        let (number, command) = match line {
            Ok(line) => (line.number, command(desk, operation, line.fields)),
            Err((number, problem)) => (number, Err(Failure::Malformed(vec![problem]))),
        };
        let answer = command.and_then(|command| match args.check {
            true => Ok(None),
            false => desk.execute(Instruction::from(command)).map(Some),
        });
        progress.done();
        let failure = match answer {
            Ok(receipt) => {
                done += 1;
                let said = taken(receipt.as_ref(), number, args, lang);
                said.map_err(|stop| unheard(stop, number, done, args, lang))?;
                continue;
            }
            Err(failure) => failure,
        };
        not += 1;
        let said = if args.json {
            out::json(&refused(&failure, number, desk, lang), lang)
        } else {
            out::text(&left_out(&failure, number, desk, lang), lang)
        };
        said.map_err(|stop| unheard(stop, number, done, args, lang))?;
        if ends_the_session(&failure) {
            return Err(Stop::failed(&failure, Some(desk), lang));
        }
    }
    eprintln_all(&[&match (lang, args.check) {
        (Lang::Ja, false) => format!("{done}行を取り込み、{not}行を拒否しました。"),
        (Lang::Ja, true) => {
            format!("{done}行は形に誤りがなく、{not}行に誤りがあります。何も記録していません。")
        }
        (Lang::En, false) => {
            format!("{} brought in, {not} refused.", out::counted(done as u64, "row", "rows"))
        }
        (Lang::En, true) => {
            format!("Rows without a mistake of form: {done}; with one: {not}. Nothing was recorded.")
        }
    }]);
    Ok(match (done, not) {
        (_, 0) => Exit::Done,
        (0, _) => Exit::Refused,
        _ => Exit::Partly,
    })
}

/// The report of a row reached nobody: what stands is said, unless nothing was to be recorded.
fn unheard(stop: Stop, number: u64, done: usize, args: &Load, lang: Lang) -> Stop {
    if args.check {
        return stop;
    }
    let stands = match lang {
        Lang::Ja => format!(
            "{number}行目までを処理し、そのうち{done}行を取り込みました。その後ろの行は取り込んでいません。\n\
             続けるときは、見出しを残し、{number}行目までの行を除いたファイルで実行してください。"
        ),
        Lang::En => format!(
            "The rows up to line {number} are processed, {done} of them brought in, and none behind them.\n\
             To go on, keep the headings and take the rows up to line {number} out of the file."
        ),
    };
    stop.after(stands, lang)
}

/// The report of a row that came in, or could.
fn taken(receipt: Option<&Receipt>, number: u64, args: &Load, lang: Lang) -> Result<(), Stop> {
    if args.json {
        let mut value = receipt.map_or_else(|| json!({"ok": true}), |receipt| accepted(receipt, lang));
        value["line"] = json!(number);
        return out::json(&value, lang);
    }
    let id = receipt.and_then(|receipt| receipt.id).map(|id| id.to_string()).unwrap_or_default();
    let what = match receipt {
        Some(_) => lang.pick("登録しました", "registered"),
        None => lang.pick(
            "形に誤りはありません（権限や期間は取り込むときに判断します）",
            "no mistakes of form (rights and periods are judged when it is brought in)",
        ),
    };
    let line = match lang {
        Lang::Ja => format!("{number}行目  {what}  {id}"),
        Lang::En => format!("line {number}  {what}  {id}"),
    };
    out::text(&format!("{}\n", line.trim_end()), lang)
}

/// The report of a row that did not come in.
fn left_out(failure: &Failure, number: u64, desk: &Desk, lang: Lang) -> String {
    let said = say_failure(failure, Some(desk), lang);
    let says = format!("{} {} ({})", said.message, said.advice, said.name);
    match lang {
        Lang::Ja => format!("{number}行目  拒否  {says}\n"),
        Lang::En => format!("line {number}  refused  {says}\n"),
    }
}

/// The command of a row: names of records, zones and choices become what the command takes.
fn command(
    desk: &Desk,
    operation: &'static Operation,
    cells: Vec<(String, String)>,
) -> Result<Command, Failure> {
    let (mut fields, mut problems) = (Vec::new(), Vec::new());
    for (name, text) in cells {
        let Some(field) = operation.field(&name) else { continue };
        match value(desk, field, &text) {
            Ok(text) => fields.push((name, text)),
            Err(Wrong::Field(problem)) => problems.push(problem),
            Err(Wrong::Desk(failure)) => return Err(failure),
        }
    }
    if !problems.is_empty() {
        return Err(Failure::Malformed(problems));
    }
    let today = desk.now().date_naive();
    command_from_form(operation.command, &fields, desk, today).map_err(Failure::Malformed)
}

enum Wrong {
    Field(FieldProblem),
    Desk(Failure),
}

/// A cell as a form would give it: the form knows zones, choices and flags by their labels, but records only by
/// number.
fn value(desk: &Desk, field: &Field, text: &str) -> Result<String, Wrong> {
    match field.kind {
        Kind::Ref(noun) => by_name(desk, field, noun, text.trim()).map(|id| id.to_string()),
        _ => Ok(text.to_owned()),
    }
}

/// A record by number, or by a name (or reading) that is one record's only.
fn by_name(desk: &Desk, field: &Field, noun: Noun, text: &str) -> Result<Id, Wrong> {
    if let Ok(id) = text.parse::<Id>() {
        return Ok(id);
    }
    match desk.called(noun, text).map_err(Wrong::Desk)?.as_slice() {
        [id] => Ok(*id),
        [] => Err(Wrong::Field(problem(
            field,
            "no_such_name",
            format!("{}「{text}」は登録されていません。先に登録してください。", field.label.ja),
            format!("{} \"{text}\" is not registered. Register it first.", field.label.en),
        ))),
        several => {
            let ids: Vec<String> = several.iter().map(ToString::to_string).collect();
            let ids = ids.join(" ");
            Err(Wrong::Field(problem(
                field,
                "several_of_that_name",
                format!(
                    "{}「{text}」は複数登録されています。番号で書いてください（{ids}）。",
                    field.label.ja
                ),
                format!("There are several {} \"{text}\". Give the number ({ids}).", field.label.en),
            )))
        }
    }
}

fn problem(field: &Field, name: &str, ja: String, en: String) -> FieldProblem {
    FieldProblem { field: field.name.to_owned(), name: name.to_owned(), ja, en }
}
