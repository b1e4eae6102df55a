//! `daicho batch`: commands one a line, answers one a line, in order; by the same desk as the keyboard.

use super::args::Batch;
use super::lines;
use super::open::{Site, unreadable};
use super::out;
use super::stop::{Exit, Stop, ends_the_session, exit_of, last_name};
use crate::desk::declare::read::order_from_json;
use crate::desk::{Desk, Failure, FieldProblem, Instruction, Lang, Lookup, Receipt, say_failure};
use crate::fault::fault;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader};

/// The byte-order mark of UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A line that was read: its number, and the order it gives or what is wrong with it.
type Asked = (u64, Result<Instruction, Vec<FieldProblem>>);

/// Runs a batch file.
///
/// # Errors
/// Why it stopped before its end; every line answered until then stands.
pub fn run(args: &Batch, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    // Opened before the vault: a wrong file name is no login.
    let mut reader: Box<dyn BufRead> = if args.file.as_os_str() == "-" {
        Box::new(BufReader::new(std::io::stdin()))
    } else {
        let file = std::fs::File::open(&args.file).map_err(|error| unreadable(&args.file, &error, lang))?;
        Box::new(BufReader::new(file))
    };
    let (mut desk, _) = site.log_in(&args.user)?;
    let done = if args.all_or_nothing {
        all_or_nothing(&mut desk, reader.as_mut(), args, lang)
    } else {
        one_by_one(&mut desk, reader.as_mut(), args, lang)
    };
    let closed = site.close(desk);
    let exit = done?;
    closed.map(|()| exit)
}

/// The next line that is not empty.
fn next(
    reader: &mut dyn BufRead,
    number: &mut u64,
    desk: &Desk,
    args: &Batch,
    lang: Lang,
) -> Result<Option<Asked>, Stop> {
    loop {
        let Some(line) = lines::next(reader).map_err(|error| broken_off(args, &error, lang))? else {
            return Ok(None);
        };
        *number += 1;
        // Editors of Windows begin a file with a byte-order mark.
        let marked = if *number == 1 { line.strip_prefix(BOM) } else { None };
        let line = marked.unwrap_or(&line);
        if !line.iter().all(u8::is_ascii_whitespace) {
            return Ok(Some((*number, order_from_json(line, *desk.now().offset()))));
        }
    }
}

fn one_by_one(desk: &mut Desk, reader: &mut dyn BufRead, args: &Batch, lang: Lang) -> Result<Exit, Stop> {
    let mut tally = Tally::default();
    let (mut number, mut more) = (0, true);
    while more {
        let mut group = Vec::new();
        while group.len() < usize::from(args.group) {
            match next(reader, &mut number, desk, args, lang)? {
                Some(asked) => group.push(asked),
                None => {
                    more = false;
                    break;
                }
            }
        }
        let mut orders = Vec::new();
        for (_, order) in &group {
            orders.extend(order.as_ref().ok().cloned());
        }
        let mut answers = desk.execute_group(orders).into_iter();
        for (number, order) in group {
            let answer = match order {
                Err(problems) => Err(Failure::Malformed(problems)),
                // The desk answers every order; were one missing, nothing is known of it.
                Ok(_) => answers.next().unwrap_or(Err(Failure::Device {
                    last: crate::desk::Last::Unknown,
                    detail: fault!("desk_no_answer"),
                })),
            };
            tally.answer(desk, number, answer, lang)?;
        }
    }
    Ok(tally.exit())
}

fn all_or_nothing(desk: &mut Desk, reader: &mut dyn BufRead, args: &Batch, lang: Lang) -> Result<Exit, Stop> {
    let (mut number, mut asked) = (0, Vec::new());
    while let Some(line) = next(reader, &mut number, desk, args, lang)? {
        asked.push(line);
    }
    let mut tally = Tally::default();
    if let Some(first) = asked.iter().find(|(_, order)| order.is_err()).map(|(number, _)| *number) {
        for (number, order) in asked {
            let answer = order.map_or_else(Failure::Malformed, |_| not_done(first));
            tally.answer(desk, number, Err(answer), lang)?;
        }
        return Ok(Exit::Refused);
    }
    let (numbers, orders): (Vec<u64>, Vec<Instruction>) =
        asked.into_iter().filter_map(|(number, order)| order.ok().map(|order| (number, order))).unzip();
    match desk.execute_all_or_nothing(orders) {
        Ok(receipts) => {
            for (number, receipt) in numbers.into_iter().zip(receipts) {
                tally.answer(desk, number, Ok(receipt), lang)?;
            }
            Ok(Exit::Done)
        }
        Err((at, failure)) => {
            let exit = exit_of(&failure);
            let refused = numbers.get(at).copied().unwrap_or_default();
            for (n, number) in numbers.into_iter().enumerate() {
                let why = if n == at { failure.clone() } else { not_done(refused) };
                tally.answer(desk, number, Err(why), lang)?;
            }
            Ok(exit)
        }
    }
}

/// What was done so far.
#[derive(Default)]
struct Tally {
    done: usize,
    refused: usize,
}

impl Tally {
    /// Answers a line.
    fn answer(
        &mut self,
        desk: &Desk,
        number: u64,
        answer: Result<Receipt, Failure>,
        lang: Lang,
    ) -> Result<(), Stop> {
        match answer {
            Ok(receipt) => {
                self.done += 1;
                say(&accepted(&receipt, lang), number, lang)
            }
            Err(failure) => {
                self.refused += 1;
                say(&refused(&failure, number, desk, lang), number, lang)?;
                if ends_the_session(&failure) {
                    Err(Stop::failed(&failure, Some(desk), lang))
                } else {
                    Ok(())
                }
            }
        }
    }

    fn exit(&self) -> Exit {
        match (self.done, self.refused) {
            (_, 0) => Exit::Done,
            (0, _) => Exit::Refused,
            _ => Exit::Partly,
        }
    }
}

/// Gives an answer. Unlike a list, answers that nobody takes are no quiet end: what they say is written.
fn say(answer: &Value, number: u64, lang: Lang) -> Result<(), Stop> {
    out::json(answer, lang).map_err(|stop| {
        let stands = match lang {
            Lang::Ja => format!(
                "{number}行目の答えを渡せませんでした。この行までは処理済みです。まとめて書き込んだ行も処理済みです。\n\
                 どこまで記録されたかは daicho query log で確かめてください。"
            ),
            Lang::En => format!(
                "The answer to line {number} could not be given. Lines up to it are processed, and so are those \
                 written together with it.\nSee with daicho query log how far the file is recorded."
            ),
        };
        stop.after(stands, lang)
    })
}

/// The answer to a line that was done.
pub fn accepted(receipt: &Receipt, lang: Lang) -> Value {
    let mut answer = json!({"ok": true, "seq": [receipt.seq]});
    if let Some(map) = answer.as_object_mut() {
        map.extend(receipt.id.map(|id| ("id".to_owned(), json!(id.to_string()))));
        if !receipt.contradicts.is_empty() {
            map.insert("contradicts".to_owned(), json!(receipt.contradicts));
        }
        if receipt.repeated {
            map.insert("repeated".to_owned(), json!(true));
        }
        let temporary = receipt.temporary_password.as_ref();
        map.extend(temporary.map(|password| ("temporary_password".to_owned(), json!(password))));
        let told = receipt.cautions.iter().map(|(field, caution)| {
            json!({"field": field.name, "caution": caution.name(), "message": lang.of(caution.words())})
        });
        let told: Vec<Value> = told.collect();
        if !told.is_empty() {
            map.insert("cautions".to_owned(), json!(told));
        }
    }
    answer
}

/// The answer to a line that was not done.
pub fn refused(failure: &Failure, number: u64, desk: &Desk, lang: Lang) -> Value {
    let said = say_failure(failure, Some(desk), lang);
    let mut answer = json!({
        "ok": false, "line": number, "refused": said.name, "message": said.message, "advice": said.advice,
    });
    let more = match failure {
        // The refusal is an entry of its own.
        Failure::Rejected(_, Some(seq)) | Failure::Denied(_, Some(seq)) => Some(("seq", json!([seq]))),
        Failure::Malformed(problems) => {
            Some(("problems", problems.iter().map(|p| problem(p, lang)).collect()))
        }
        Failure::Device { last, .. } => Some(("last", json!(last_name(*last)))),
        _ => None,
    };
    if let (Some(map), Some((key, value))) = (answer.as_object_mut(), more) {
        map.insert(key.to_owned(), value);
    }
    if let (Some(map), Some(page)) = (answer.as_object_mut(), said.page) {
        map.insert("page".to_owned(), json!(page));
    }
    answer
}

fn problem(problem: &FieldProblem, lang: Lang) -> Value {
    json!({"field": problem.field, "refused": problem.name, "message": lang.pick(&problem.ja, &problem.en)})
}

/// The answer to a line that is fine itself, when another keeps the whole file out.
fn not_done(refused: u64) -> Failure {
    Failure::Malformed(vec![FieldProblem {
        field: String::new(),
        name: "not_done".to_owned(),
        ja: format!("{refused}行目が拒否されたため、ファイルを取り込みませんでした。"),
        en: format!("The file was not taken, because line {refused} was refused."),
    }])
}

/// The file ends before its end.
fn broken_off(args: &Batch, error: &std::io::Error, lang: Lang) -> Stop {
    let stands = lang.pick("答えた行までは処理済みです。", "Every line answered stands.");
    match unreadable(&args.file, error, lang) {
        Stop::Usage(said) => Stop::Usage(format!("{said}{}{stands}", lang.pick("", " "))),
        other => other,
    }
}
