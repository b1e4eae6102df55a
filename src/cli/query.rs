//! `daicho query`: the registers without a screen. Every answer to a person is a reading, and recorded first.

use super::args::Query;
use super::open::Site;
use super::out::Progress;
use super::question::{Book, list_query, unknown};
use super::said::{called, entry_json, row_json};
use super::stop::{Exit, Stop, eprintln_all};
use super::{out, typed};
use crate::desk::declare::{Register, cells, register, standing, title_of_book, title_of_command};
use crate::desk::{
    AsOf, Cursor, Desk, EntryLine, Failure, Lang, ListQuery, LogQuery, Lookup, Present, TodayLine, describe,
    label_of_kind, shown,
};
use crate::domain::policy::every_right;
use crate::domain::{Could, Row, Stamp};
use crate::paper::{csv, plain};
use serde_json::{Value, json};

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
    let Answer { text, more } = answered?;
    out::bytes(&text, lang)?;
    if more {
        let most = args.most.unwrap_or_default();
        eprintln_all(&[&match lang {
            Lang::Ja => format!("--most {most} で打ち切りました。続きがあります。"),
            Lang::En => format!("Cut off by --most {most}: there are more."),
        }]);
    }
    closed.map(|()| Exit::Done)
}

/// What leaves on standard output, and whether there are more rows than were wanted.
struct Answer {
    text: Vec<u8>,
    more: bool,
}

/// How the answer leaves.
#[derive(Clone, Copy)]
enum Form {
    Plain,
    /// An array of rows.
    Json,
    /// The same within an object that says what was asked and whether there are more.
    Object,
    Csv,
}

impl Form {
    fn of(args: &Query) -> Form {
        match (args.json, args.json_object, args.csv) {
            (true, ..) => Form::Json,
            (_, true, _) => Form::Object,
            (.., true) => Form::Csv,
            _ => Form::Plain,
        }
    }

    /// How a reading in this form stands in the log.
    fn reading(self) -> &'static str {
        match self {
            Form::Plain => "text",
            Form::Json | Form::Object => "json",
            Form::Csv => "csv",
        }
    }
}

fn answer(desk: &mut Desk, book: Book, args: &Query, lang: Lang) -> Result<Answer, Stop> {
    let form = Form::of(args);
    let query = list_query(desk, args, lang)?;
    let asked = Asked { args, query, form, lang };
    match book {
        Book::Register(register) => asked.rows(desk, register),
        Book::Inside => {
            let people = desk.inside().map_err(|failure| asked.failed(desk, &failure))?;
            asked.people(desk, people, None)
        }
        Book::InsideAt => {
            let typed = args.at.as_deref().unwrap_or_default();
            let moment = typed::moment(typed, desk.now(), lang)?;
            let people = desk.inside_at(moment).map_err(|failure| asked.failed(desk, &failure))?;
            asked.people(desk, people, Some(moment))
        }
        Book::WhoCould => asked.who_could(desk),
        Book::Policy => asked.policy(desk),
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
        let recorded = desk.record_reading(&self.query.register, self.form.reading(), rows, &filters);
        recorded.map_err(|failure| self.failed(desk, &failure))
    }

    fn csv(&self, headings: &[String], rows: &[Vec<String>], more: bool) -> Result<Answer, Stop> {
        Ok(Answer { text: csv::table(headings, rows).map_err(Stop::Device)?, more })
    }

    /// A table of texts in the form asked for; JSON has its own values.
    fn table(
        &self,
        headings: &[String],
        rows: &[Vec<String>],
        head: &str,
        json: Value,
        more: bool,
    ) -> Result<Answer, Stop> {
        match self.form {
            Form::Json | Form::Object => Ok(self.json(json, more)),
            Form::Csv => self.csv(headings, rows, more),
            Form::Plain => {
                let mut text = head.to_owned();
                text.push_str(&plain::table(headings, rows, out::room()));
                let count = rows.len();
                text.push_str(&match (self.lang, more) {
                    (Lang::Ja, false) => format!("{count}件\n"),
                    (Lang::Ja, true) => format!("{count}件（続きがあります）\n"),
                    (Lang::En, false) => format!("{}\n", out::counted(count as u64, "row", "rows")),
                    (Lang::En, true) => {
                        format!("{} (there are more)\n", out::counted(count as u64, "row", "rows"))
                    }
                });
                Ok(Answer { text: text.into_bytes(), more })
            }
        }
    }

    /// Rows as JSON. The array is for whoever reads it already; the object has room for what is said of all of them.
    fn json(&self, rows: Value, more: bool) -> Answer {
        let value = match self.form {
            Form::Object => {
                let as_of = self.query.as_of.map(|as_of| match as_of {
                    AsOf::Day(day) => day.to_string(),
                    AsOf::Entry(seq) => format!("#{seq}"),
                });
                json!({"register": self.query.register, "as_of": as_of, "rows": rows, "more": more})
            }
            _ => rows,
        };
        Answer { text: format!("{value}\n").into_bytes(), more }
    }

    fn is_json(&self) -> bool {
        matches!(self.form, Form::Json | Form::Object)
    }

    /// The first so many of what was found, one more of which was looked for.
    fn cut<T>(&self, rows: &mut Vec<T>) -> bool {
        let more = self.args.most.is_some_and(|most| rows.len() > most);
        rows.truncate(self.args.most.unwrap_or(usize::MAX));
        more
    }

    /// How many rows are looked for: one more than wanted tells whether there are more.
    fn enough(&self) -> usize {
        self.args.most.map_or(usize::MAX, |most| most.saturating_add(1))
    }

    fn rows(&self, desk: &mut Desk, register: &'static Register) -> Result<Answer, Stop> {
        let (rows, more) = self.all(desk)?;
        self.record(desk, rows.len(), "")?;
        let lang = self.lang;
        // Every word of a past state is judged by its moment.
        let at = desk.seen(self.query.as_of).map_err(|failure| self.failed(desk, &failure))?;
        let at = &*at;
        if matches!(self.form, Form::Csv) {
            let text = csv::rows(register.all_columns(), &rows, at, lang).map_err(Stop::Device)?;
            return Ok(Answer { text, more });
        }
        let shown = || register.columns.iter().filter(|column| column.name != "id");
        let headings: Vec<String> = std::iter::once(lang.pick("記録番号", "record").to_owned())
            .chain(shown().map(|column| lang.of(column.title).to_owned()))
            .collect();
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                let columns = shown().map(|column| (column.cell)(row, at, lang));
                std::iter::once(row.id().to_string()).chain(columns).collect()
            })
            .collect();
        let json = match self.is_json() {
            true => rows.iter().map(|row| row_json(row, register, at, lang)).collect(),
            false => Value::Null,
        };
        let head = self.query.as_of.map(|_| match lang {
            Lang::Ja => format!("{}（{}、閲覧のみ）\n", register.title.ja, describe(&self.query, lang)),
            Lang::En => format!("{} ({}, read-only)\n", register.title.en, describe(&self.query, lang)),
        });
        self.table(&headings, &cells, &head.unwrap_or_default(), json, more)
    }

    /// All rows of the answer, or as many as were wanted and whether there are more.
    fn all(&self, desk: &Desk) -> Result<(Vec<Row>, bool), Stop> {
        let most = self.enough();
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
        let more = self.cut(&mut rows);
        Ok((rows, more))
    }

    fn people(
        &self,
        desk: &mut Desk,
        mut people: Vec<Present>,
        moment: Option<Stamp>,
    ) -> Result<Answer, Stop> {
        let more = self.cut(&mut people);
        self.record(desk, people.len(), &self.args.at.clone().unwrap_or_default())?;
        let lang = self.lang;
        let at = match moment {
            Some(moment) => desk.seen_at(moment),
            None => desk.seen(None),
        };
        let at = at.map_err(|failure| self.failed(desk, &failure))?;
        let at = &*at;
        match self.form {
            Form::Plain => {
                let last = desk.last_entry();
                let mut text = plain::inside_sheet(&people, at, at.now(), &last, lang);
                if more {
                    text.push_str(lang.pick("（続きがあります）\n", "(there are more)\n"));
                }
                Ok(Answer { text: text.into_bytes(), more })
            }
            Form::Csv => {
                self.csv(&plain::inside_headings(lang), &plain::inside_rows(&people, at, lang), more)
            }
            Form::Json | Form::Object => {
                let register = register("visits");
                let list: Vec<Value> = people
                    .iter()
                    .map(|presence| {
                        let row = Row::from(presence.visit.clone());
                        let mut value = match register {
                            Some(register) => row_json(&row, register, at, lang),
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
                Ok(self.json(Value::from(list), more))
            }
        }
    }

    fn today(&self, desk: &mut Desk) -> Result<Answer, Stop> {
        let mut lines = desk.today().map_err(|failure| self.failed(desk, &failure))?;
        let more = self.cut(&mut lines);
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
        self.table(&headings, &rows, "", json, more)
    }

    fn who_could(&self, desk: &mut Desk) -> Result<Answer, Stop> {
        let lang = self.lang;
        let what = self.args.what.as_deref().unwrap_or_default();
        if !every_right().any(|known| known == what) {
            return Err(Stop::usage(
                lang,
                format!(
                    "「{}」という操作や照会はありません。daicho commands で確かめてください。",
                    shown(what)
                ),
                format!("There is no command or query \"{}\". See daicho commands.", shown(what)),
            ));
        }
        let moment = typed::moment(self.args.at.as_deref().unwrap_or_default(), desk.now(), lang)?;
        let found =
            desk.who_could(what, moment, self.query.as_of).map_err(|failure| self.failed(desk, &failure))?;
        self.record(desk, found.len(), "")?;
        let headings = plain::headings(
            &[("番号", "number"), ("氏名", "name"), ("役割", "role"), ("代行", "for"), ("根拠", "rests on")],
            lang,
        );
        let row = |could: &Could| {
            vec![
                could.person.to_string(),
                desk.name(could.person),
                cells::role_within(&could.role, &could.within, desk.profile(), lang),
                cells::name_of(could.on_behalf, desk, lang),
                cells::ground(could, desk, lang),
            ]
        };
        let rows: Vec<Vec<String>> = found.iter().map(row).collect();
        let one = |could: &Could| with(rests_on(could), "name", json!(desk.name(could.person)));
        let json = if self.is_json() { found.iter().map(one).collect() } else { Value::Null };
        self.table(&headings, &rows, self.of_a_part(desk, "who_could"), json, false)
    }

    /// What is said before an answer that tells of a part of the site alone.
    fn of_a_part(&self, desk: &Desk, query: &str) -> &'static str {
        let said = self.lang.pick(
            "自分の管轄の中だけを表示しています。管轄の外のものは出ません。\n",
            "Within your own jurisdiction alone: what lies outside is not shown.\n",
        );
        if desk.sees_part(query) { said } else { "" }
    }

    fn policy(&self, desk: &mut Desk) -> Result<Answer, Stop> {
        let lang = self.lang;
        let moment = match self.args.at.as_deref() {
            Some(typed) => typed::moment(typed, desk.now(), lang)?,
            None => desk.now(),
        };
        let Some(person) = self.query.person else { return Err(unknown("policy", lang)) };
        let found = desk.policy_of(person, moment).map_err(|failure| self.failed(desk, &failure))?;
        let each: Vec<(&String, &Could)> =
            found.iter().flat_map(|(what, rests)| rests.iter().map(move |could| (what, could))).collect();
        self.record(desk, each.len(), "")?;
        let headings = plain::headings(
            &[("操作", "right"), ("名称", "title"), ("役割", "role"), ("代行", "for"), ("根拠", "rests on")],
            lang,
        );
        let row = |(what, could): &(&String, &Could)| {
            vec![
                (*what).clone(),
                title_of_command(what, lang),
                cells::role_within(&could.role, &could.within, desk.profile(), lang),
                cells::name_of(could.on_behalf, desk, lang),
                cells::ground(could, desk, lang),
            ]
        };
        let rows: Vec<Vec<String>> = each.iter().map(row).collect();
        let one = |(what, could): &(&String, &Could)| with(rests_on(could), "right", json!(what));
        let json = if self.is_json() { each.iter().map(one).collect() } else { Value::Null };
        self.table(&headings, &rows, self.of_a_part(desk, "policy"), json, false)
    }

    fn log(&self, desk: &mut Desk, book: Book) -> Result<Answer, Stop> {
        let (lines, more) = self.entries(desk, book)?;
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
                    format!("{} {}", line.actor, cells::by(line.actor, line.on_behalf, desk, lang)),
                    cells::role(&line.role, desk.profile(), lang),
                    label_of_kind(&line.kind, lang),
                    line.subject.map(|id| id.to_string()).unwrap_or_default(),
                    says.join(lang.pick("、", "; ")),
                ]
            })
            .collect();
        let json = match self.is_json() {
            true => lines.iter().map(|line| entry_json(line, desk, lang)).collect::<Result<Value, _>>()?,
            false => Value::Null,
        };
        self.table(&headings, &rows, "", json, more)
    }

    /// The entries of the days asked for, newest first, and whether there are more.
    fn entries(&self, desk: &Desk, book: Book) -> Result<(Vec<EntryLine>, bool), Stop> {
        let most = self.enough();
        let (from, to) = (self.query.from, self.query.to);
        let query = LogQuery { refused: matches!(book, Book::Refused), from, to };
        let (mut lines, mut before): (Vec<EntryLine>, Option<u64>) = (Vec::new(), None);
        while lines.len() < most {
            let wanted = PAGE.min(most - lines.len());
            let page = desk.log_of(&query, before, wanted, self.lang);
            let page = page.map_err(|failure| self.failed(desk, &failure))?;
            let ended = page.len() < wanted;
            before = page.last().map(|last| last.seq);
            lines.extend(page);
            if ended {
                break;
            }
        }
        let more = self.cut(&mut lines);
        Ok((lines, more))
    }
}

/// Who could do something, and on what that rested.
fn rests_on(could: &Could) -> Value {
    json!({
        "person": could.person.to_string(),
        "role": could.role,
        "within": could.within,
        "on_behalf": could.on_behalf.map(|whom| whom.to_string()),
        "ground": could.ground.to_string(),
    })
}

/// The same with a member more.
fn with(mut told: Value, name: &str, value: Value) -> Value {
    if let Some(members) = told.as_object_mut() {
        members.insert(name.to_owned(), value);
    }
    told
}
