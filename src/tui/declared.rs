//! What the desk declares and says, as the screens ask for it.

use super::model::Cx;
use crate::desk::declare::read::{command_from_form, stamp_from_typed};
use crate::desk::declare::{Field, Kind, Operation, cells};
use crate::desk::{
    Desk, EntryLine, Failure, FieldProblem, Instruction, Lang, Lookup, label_of_kind, say_failure,
};
use crate::domain::{Attachment, Id, Label, Profile, Row, Stamp};

/// The fields of a form: the operation's, without those that the profile does not use.
pub fn fields(operation: &Operation, desk: &Desk) -> Vec<Field> {
    let unused = &desk.profile().unused_fields;
    let off = |field: &Field| unused.contains(&format!("{}.{}", operation.command, field.name));
    // Where the regulation has no procedure of its own, nothing is asked of it; nor of jurisdictions.
    let asked = |field: &&Field| match field.kind {
        Kind::Steps => !desk.profile().adoption_steps.is_empty(),
        Kind::Jurisdiction => !desk.profile().jurisdictions.is_empty(),
        _ => true,
    };
    operation.fields.iter().filter(asked).filter(|field| !off(field)).copied().collect()
}

/// A profile's text in a language.
pub fn label(label: &Label, lang: Lang) -> &str {
    lang.pick(&label.ja, &label.en)
}

/// The order that a filled form is. A late entry says in the field `at` when it really happened.
///
/// # Errors
/// Everything that is wrong, each at its field.
pub fn order(
    operation: &Operation,
    fields: &[(String, String)],
    late: bool,
    cx: &Cx<'_>,
) -> Result<Instruction, Vec<FieldProblem>> {
    let today = cx.desk.now().date_naive();
    let (at, own): (Vec<_>, Vec<_>) = fields.iter().cloned().partition(|(name, _)| name == "at");
    let happened = late.then(|| {
        let text = at.first().map_or("", |(_, text)| text.as_str());
        stamp_from_typed("at", text, cx.desk, today)
    });
    let command = command_from_form(operation.command, &own, cx.desk, today);
    match (command, happened.transpose()) {
        (Ok(command), Ok(at)) => Ok(Instruction { at, ..Instruction::from(command) }),
        (Err(problems), Ok(_)) => Err(problems),
        (Ok(_), Err(problem)) => Err(vec![problem]),
        (Err(mut problems), Err(problem)) => {
            problems.insert(0, problem);
            Err(problems)
        }
    }
}

/// A failure in words, with what to do. A record that has no name is called by its number and whom it is about:
/// nobody knows by heart who V-05296 is.
pub fn said(failure: &Failure, desk: &Desk, lang: Lang) -> String {
    joined(failure, Some(&Called { desk, lang }), lang)
}

/// The desk's names for sentences.
struct Called<'a> {
    desk: &'a Desk,
    lang: Lang,
}

impl Lookup for Called<'_> {
    fn name(&self, id: Id) -> String {
        cells::called(id, self.desk, self.lang)
    }
    fn profile(&self) -> &Profile {
        Lookup::profile(self.desk)
    }
    fn now(&self) -> Stamp {
        Lookup::now(self.desk)
    }
    fn row(&self, id: Id) -> Option<Row> {
        Lookup::row(self.desk, id)
    }
    fn attached(&self, record: Id) -> Vec<Attachment> {
        Lookup::attached(self.desk, record)
    }
}

/// A failure in words, before anybody is at the desk.
pub fn said_at_gate(failure: &Failure, lang: Lang) -> String {
    joined(failure, None, lang)
}

fn joined(failure: &Failure, at: Option<&dyn Lookup>, lang: Lang) -> String {
    let said = say_failure(failure, at, lang);
    let between = match lang {
        Lang::Ja => "",
        Lang::En => " ",
    };
    format!("{}{between}{}", said.message, said.advice)
}

/// An entry in one line: number, time, kind, who.
pub fn entry_line(entry: &EntryLine, cx: &Cx<'_>) -> String {
    let happened = entry.at.map(|at| format!(" ({})", cells::stamp(at, cx.lang))).unwrap_or_default();
    format!(
        "#{} {}{happened} {} {}",
        entry.seq,
        cells::stamp(entry.time, cx.lang),
        label_of_kind(&entry.kind, cx.lang),
        cells::by(entry.actor, entry.on_behalf, cx.desk, cx.lang)
    )
}

/// The same for a list: with the first two things it says beside what it is about.
pub fn entry_row(entry: &EntryLine, cx: &Cx<'_>) -> String {
    let subject = entry.subject.map(|id| cells::named(id, cx.desk, cx.lang)).unwrap_or_default();
    let number = entry.subject.map(|id| id.to_string()).unwrap_or_default();
    let tells = |text: &&str| !text.is_empty() && **text != *subject && **text != *number;
    // There is little room: a record's name without its number.
    let short = |text: &str| match text.split_once(' ') {
        Some((id, name)) if id.parse::<Id>().is_ok() && !name.trim().is_empty() => name.trim().to_owned(),
        _ => text.to_owned(),
    };
    let says: Vec<String> =
        entry.says.iter().map(|(_, text)| text.as_str()).filter(tells).take(2).map(short).collect();
    let line = entry_line(entry, cx);
    if says.is_empty() { line } else { format!("{line}  {}", says.join("  ").replace('\n', " ")) }
}
