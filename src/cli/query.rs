//! `daicho query`: the registers without a screen. Every answer to a person is a reading, and recorded first.

use super::args::Query;
use super::asked::{Book, list_query, unknown};
use super::open::Site;
use super::out::Progress;
use super::stop::{Exit, Stop};
use super::{out, typed};
use crate::desk::declare::{Register, cells, register, standing, title_of_book};
use crate::desk::{
    Cursor, Desk, EntryLine, Failure, Lang, ListQuery, Lookup, Presence, TodayLine, describe, label_of_kind,
};
use crate::domain::{Id, Row};
use crate::paper::{csv, plain};
use serde_json::{Map, Value, json};

/// Rows asked for at a time.
const PAGE: usize = 500;

/// Answers a question to a register.
///
/// # Errors
/// What was typed, or why the desk did not answer.
pub fn run(args: &Query, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let book = Book::of(&args.register).ok_or_else(|| unknown(&args.register, lang))?;
    book.check(args, lang)?;
    let (mut desk, _) = site.log_in(&args.user)?;
    let answered = answer(&mut desk, book, args, lang);
    let closed = site.close(desk);
    let text = answered?;
    out::bytes(&text, lang)?;
    closed.map(|()| Exit::Done)
}

/// How the answer leaves.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    Json,
    Csv,
}

impl Form {
    fn of(args: &Query) -> Form {
        match (args.json, args.csv) {
            (true, _) => Form::Json,
            (_, true) => Form::Csv,
            _ => Form::Plain,
        }
    }

    /// How a reading in this form stands in the log.
    fn reading(self) -> &'static str {
        match self {
            Form::Plain => "text",
            Form::Json => "json",
            Form::Csv => "csv",
        }
    }
}

fn answer(desk: &mut Desk, book: Book, args: &Query, lang: Lang) -> Result<Vec<u8>, Stop> {
    let form = Form::of(args);
    let query = list_query(desk, args, lang)?;
    let asked = Asked { args, query, form, lang };
    match book {
        Book::Register(register) => asked.rows(desk, register),
        Book::Inside => {
            let people = desk.inside().map_err(|failure| asked.failed(desk, &failure))?;
            asked.people(desk, people, desk.now())
        }
        Book::InsideAt => {
            let typed = args.at.as_deref().unwrap_or_default();
            let moment = typed::moment(typed, desk.now(), lang)?;
            let people = desk.inside_at(moment).map_err(|failure| asked.failed(desk, &failure))?;
            asked.people(desk, people, moment)
        }
        Book::Today => asked.today(desk),
        Book::Log | Book::Refused => asked.log(desk, book),
    }
}

/// A question and how it is to be answered.
struct Asked<'a> {
    args: &'a Query,
    query: ListQuery,
    form: Form,
    lang: Lang,
}

impl Asked<'_> {
    fn failed(&self, desk: &Desk, failure: &Failure) -> Stop {
        match failure {
            // Nothing but the line itself can be wrong with a question.
            Failure::Malformed(problems) => {
                let said = problems.iter().map(|problem| self.lang.pick(&problem.ja, &problem.en));
                Stop::Usage(said.collect::<Vec<_>>().join(self.lang.pick("", " ")))
            }
            other => Stop::failed(other, Some(desk), self.lang),
        }
    }

    /// The reading is an entry before the answer is given: what could not be recorded is not read.
    fn record(&self, desk: &mut Desk, rows: usize, more: &str) -> Result<(), Stop> {
        let mut filters = describe(&self.query, self.lang);
        if !more.is_empty() {
            filters = format!("{filters} {more}").trim().to_owned();
        }
        let recorded = desk.record_reading(&self.args.register, self.form.reading(), rows, &filters);
        recorded.map_err(|failure| self.failed(desk, &failure))
    }

    fn csv(&self, headings: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, Stop> {
        csv::table(headings, rows).map_err(Stop::Device)
    }

    /// A table of texts in the form asked for; JSON has its own values.
    fn table(
        &self,
        headings: &[String],
        rows: &[Vec<String>],
        head: &str,
        json: Value,
    ) -> Result<Vec<u8>, Stop> {
        match self.form {
            Form::Json => Ok(format!("{json}\n").into_bytes()),
            Form::Csv => self.csv(headings, rows),
            Form::Plain => {
                let mut text = head.to_owned();
                text.push_str(&plain::table(headings, rows, out::room()));
                text.push_str(&match self.lang {
                    Lang::Ja => format!("{}件\n", rows.len()),
                    Lang::En => format!("{}\n", out::counted(rows.len() as u64, "row", "rows")),
                });
                Ok(text.into_bytes())
            }
        }
    }

    fn rows(&self, desk: &mut Desk, register: &'static Register) -> Result<Vec<u8>, Stop> {
        let rows = self.all(desk)?;
        self.record(desk, rows.len(), "")?;
        let lang = self.lang;
        if matches!(self.form, Form::Csv) {
            return csv::rows(register.all_columns(), &rows, desk, lang).map_err(Stop::Device);
        }
        let shown = || register.columns.iter().filter(|column| column.name != "id");
        let headings: Vec<String> = std::iter::once(lang.pick("記録番号", "record").to_owned())
            .chain(shown().map(|column| lang.of(column.title).to_owned()))
            .collect();
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let columns = shown().map(|column| (column.cell)(row, desk, lang));
                std::iter::once(row.id().to_string()).chain(columns).collect()
            })
            .collect();
        let json = match self.form {
            Form::Json => rows.iter().map(|row| row_json(row, register, desk, lang)).collect(),
            _ => Value::Null,
        };
        let head = self.query.as_of.map(|_| match lang {
            Lang::Ja => format!("{}（{}、閲覧のみ）\n", register.title.ja, describe(&self.query, lang)),
            Lang::En => format!("{} ({}, read-only)\n", register.title.en, describe(&self.query, lang)),
        });
        self.table(&headings, &cells, &head.unwrap_or_default(), json)
    }

    /// All rows of the answer, or as many as were wanted.
    fn all(&self, desk: &Desk) -> Result<Vec<Row>, Stop> {
        let most = self.args.most.unwrap_or(usize::MAX);
        let (mut rows, mut from): (Vec<Row>, Option<Cursor>) = (Vec::new(), None);
        let mut progress = Progress::new();
        let mut say = |done: u64, of: u64| match self.lang {
            Lang::Ja => progress.say(&format!("{done}/{of}件を調べました")),
            Lang::En => progress.say(&format!("{done} of {of} looked at")),
        };
        while rows.len() < most {
            let page = desk.list_telling(&self.query, from.as_ref(), PAGE.min(most - rows.len()), &mut say);
            let page = page.map_err(|failure| self.failed(desk, &failure))?;
            rows.extend(page.rows);
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        progress.done();
        rows.truncate(most);
        Ok(rows)
    }

    fn people(
        &self,
        desk: &mut Desk,
        people: Vec<Presence>,
        asked: crate::domain::Stamp,
    ) -> Result<Vec<u8>, Stop> {
        self.record(desk, people.len(), &self.args.at.clone().unwrap_or_default())?;
        let lang = self.lang;
        match self.form {
            Form::Plain => {
                let last = desk.last_entry();
                Ok(plain::inside_sheet(&people, desk, asked, &last, lang).into_bytes())
            }
            Form::Csv => self.csv(&plain::inside_headings(lang), &plain::inside_rows(&people, desk, lang)),
            Form::Json => {
                let register = register("visits");
                let list: Vec<Value> = people
                    .iter()
                    .map(|presence| {
                        let row = Row::from(presence.visit.clone());
                        let mut value = match register {
                            Some(register) => row_json(&row, register, desk, lang),
                            None => json!({}),
                        };
                        value["uncertain"] = json!(presence.uncertain);
                        let names = presence.concerns.iter().map(|concern| concern.name());
                        value["concerns"] = json!(names.collect::<Vec<_>>());
                        value["shown"]["concerns"] = json!(
                            standing::say_concerns(&presence.concerns, lang).join(lang.pick("、", ", "))
                        );
                        value
                    })
                    .collect();
                Ok(format!("{}\n", Value::from(list)).into_bytes())
            }
        }
    }

    fn today(&self, desk: &mut Desk) -> Result<Vec<u8>, Stop> {
        let lines = desk.today().map_err(|failure| self.failed(desk, &failure))?;
        self.record(desk, lines.len(), "")?;
        let lang = self.lang;
        let named = |line: &TodayLine| {
            let mut names: Vec<String> = line
                .records
                .iter()
                .map(|id| called(*id, register(&line.opens.register), desk, lang))
                .collect();
            names.dedup();
            if line.records.len() < line.count {
                names.push(lang.pick("ほか", "and others").to_owned());
            }
            names.join(lang.pick("、", ", "))
        };
        let headings = plain::headings(
            &[
                ("", ""),
                ("項目", "what"),
                ("件数", "count"),
                ("内訳", "first of them"),
                ("開くところ", "settled in"),
            ],
            lang,
        );
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                vec![
                    if line.urgent { "!".to_owned() } else { String::new() },
                    lang.of(line.title).to_owned(),
                    line.count.to_string(),
                    named(line),
                    title_of_book(&line.opens.register, lang),
                ]
            })
            .collect();
        let json = lines
            .iter()
            .map(|line| {
                let records: Vec<String> = line.records.iter().map(ToString::to_string).collect();
                json!({
                    "name": line.name, "title": lang.of(line.title), "count": line.count, "urgent": line.urgent,
                    "records": records, "register": line.opens.register, "state": line.opens.state,
                })
            })
            .collect();
        self.table(&headings, &rows, "", json)
    }

    fn log(&self, desk: &mut Desk, book: Book) -> Result<Vec<u8>, Stop> {
        let lines = self.entries(desk, book)?;
        self.record(desk, lines.len(), "")?;
        let lang = self.lang;
        let headings = plain::headings(
            &[
                ("番号", "seq"),
                ("記録日時", "entered"),
                ("発生日時", "happened"),
                ("操作者", "actor"),
                ("役割", "role"),
                ("種類", "kind"),
                ("対象", "about"),
                ("内容", "says"),
            ],
            lang,
        );
        let rows: Vec<Vec<String>> = lines
            .iter()
            .map(|line| {
                let says: Vec<String> =
                    line.says.iter().map(|(label, text)| format!("{label}: {text}")).collect();
                vec![
                    line.seq.to_string(),
                    line.time.format("%Y-%m-%d %H:%M:%S").to_string(),
                    line.at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()).unwrap_or_default(),
                    format!("{} {}", line.actor, desk.name(line.actor)),
                    cells::role(&line.role, desk.profile(), lang),
                    label_of_kind(&line.kind, lang),
                    line.subject.map(|id| id.to_string()).unwrap_or_default(),
                    says.join(lang.pick("、", "; ")),
                ]
            })
            .collect();
        let json = match self.args.json {
            true => lines.iter().map(|line| entry_json(line, desk, lang)).collect::<Result<Value, _>>()?,
            false => Value::Null,
        };
        self.table(&headings, &rows, "", json)
    }

    /// The entries of the days asked for, newest first.
    fn entries(&self, desk: &Desk, book: Book) -> Result<Vec<EntryLine>, Stop> {
        let most = self.args.most.unwrap_or(usize::MAX);
        let (mut lines, mut before): (Vec<EntryLine>, Option<u64>) = (Vec::new(), None);
        while lines.len() < most {
            let page = match book {
                Book::Refused => desk.refused(before, PAGE, self.lang),
                _ => desk.log(before, None, PAGE, self.lang),
            };
            let page = page.map_err(|failure| self.failed(desk, &failure))?;
            let Some(last) = page.last() else { break };
            before = Some(last.seq);
            let past = self.query.from.is_some_and(|from| last.time.date_naive() < from);
            let wanted = |line: &EntryLine| {
                let day = line.time.date_naive();
                self.query.from.is_none_or(|from| from <= day) && self.query.to.is_none_or(|to| day <= to)
            };
            lines.extend(page.into_iter().filter(wanted));
            if past {
                break;
            }
        }
        lines.truncate(most);
        Ok(lines)
    }
}

/// What a record is called: who or what it is about, its number where its register has no such column.
fn called(id: Id, register: Option<&Register>, at: &dyn Lookup, lang: Lang) -> String {
    let naming = |name: &str| ["person", "workers", "number", "server", "user", "name"].contains(&name);
    let column = register.and_then(|register| register.all_columns().find(|column| naming(column.name)));
    let name = column.zip(at.row(id)).map(|(column, row)| (column.cell)(&row, at, lang));
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string())
}

/// A record as JSON: its own fields, and under `shown` the columns as a person reads them.
fn row_json(row: &Row, register: &Register, at: &dyn Lookup, lang: Lang) -> Value {
    // Serialised as `{"Visit": {...}}`: the inner map is the record.
    let value = serde_json::to_value(row).unwrap_or(Value::Null);
    let mut record = match value {
        Value::Object(outer) => outer.into_iter().next().map(|(_, inner)| inner).unwrap_or_default(),
        _ => Value::Null,
    };
    let shown: Map<String, Value> = register
        .all_columns()
        .map(|column| (column.name.to_owned(), Value::from((column.cell)(row, at, lang))))
        .collect();
    if let Value::Object(record) = &mut record {
        record.insert("shown".to_owned(), Value::Object(shown));
    }
    record
}

fn entry_json(line: &EntryLine, at: &Desk, lang: Lang) -> Result<Value, Stop> {
    let root = at.root_at(line.seq).map_err(|failure| Stop::failed(&failure, Some(at), lang))?;
    let says: Vec<Value> =
        line.says.iter().map(|(label, text)| json!({"label": label, "text": text})).collect();
    Ok(json!({
        "seq": line.seq,
        "root": root,
        "time": line.time.to_rfc3339(),
        "at": line.at.map(|at| at.to_rfc3339()),
        "actor": line.actor.to_string(),
        "actor_name": at.name(line.actor),
        "role": line.role,
        "kind": line.kind,
        "subject": line.subject.map(|id| id.to_string()),
        "says": says,
    }))
}
