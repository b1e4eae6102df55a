//! Refusals and failures in words: what happened, what is safe, what to do next.

use super::detail::{say_detail, say_holder, say_where};
use super::manual::manual_page;
use super::sentences::{Parts, failure, filled, refusal, shown, together};
use super::warnings::{MIB, say_policy};
use crate::desk::declare::{REPORTS, cells, operation, operations, registers, standing, title_of_command};
use crate::desk::failure::OF_COMMAND;
use crate::desk::{Failure, FieldProblem, Lang, Last, Lookup, NoCopy, NotOpened, Worded};
use crate::domain::{Date, Denied, Id, Profile, Rejection, Row, Stamp};
use crate::fault::Fault;
use crate::vault::Where;
use chrono::FixedOffset;

/// A failure of the desk in words. `at` names the records, where a vault is open. Where the trail cannot be written,
/// what the site's rules say to do stands behind the advice.
pub fn say_failure(failure: &Failure, at: Option<&dyn Lookup>, lang: Lang) -> Worded {
    let said = say_itself(failure, at, lang);
    match at.and_then(|at| at.profile().on_failure()).filter(|_| takes_no_trail(failure)) {
        Some(policy) => Worded { advice: together(lang, &[said.advice, say_policy(policy, lang)]), ..said },
        None => said,
    }
}

/// Whether a failure is that the trail could not be written, or cannot be for long.
fn takes_no_trail(failure: &Failure) -> bool {
    match failure {
        Failure::Device { last, .. } => *last != Last::Written,
        Failure::NoRoom { .. } => true,
        _ => false,
    }
}

fn say_itself(failure: &Failure, at: Option<&dyn Lookup>, lang: Lang) -> Worded {
    match failure {
        Failure::Rejected(rejection, _) => say_rejection(rejection, at, lang),
        Failure::Denied(denied, _) => say_denied(denied, at, lang),
        Failure::Malformed(problems) => malformed(problems, lang),
        Failure::NotOpened(why) => not_opened(why, lang),
        Failure::NoRoom { need, free } => {
            let values = [
                ("need".to_owned(), need.div_ceil(MIB).to_string()),
                ("free".to_owned(), (free / MIB).to_string()),
            ];
            said("no_room", "no_room", &values, lang)
        }
        Failure::NoCopy(why) => no_copy(why, lang),
        Failure::Comparing { done, total } => {
            let values = [("done".to_owned(), done.to_string()), ("total".to_owned(), total.to_string())];
            said("comparing", "comparing", &values, lang)
        }
        Failure::Damaged(what) if PROOFS.contains(&what.name()) => {
            said("damaged", what.name(), &[detail(say_detail(what, lang))], lang)
        }
        Failure::Damaged(what) => said("damaged", "damaged", &[detail(say_detail(what, lang))], lang),
        // The device is well: what was opened on it is not there any more.
        Failure::Device { last: Last::NotWritten, detail: what } if what.name() == EXCHANGED => {
            said("exchanged", "exchanged", &[detail(say_detail(what, lang))], lang)
        }
        Failure::Device { last, detail: device } => {
            let parts = match last {
                Last::Written => "device_written",
                Last::NotWritten => "device_not_written",
                Last::Unknown => "device_unknown",
            };
            said("device_failed", parts, &[detail(say_detail(device, lang))], lang)
        }
    }
}

/// What the vault says where folder, lock or journal are no longer what was opened.
const EXCHANGED: &str = "vault_exchanged";

/// What the desk says where the books are not what the entries make them, or an entry is none that its actor might make.
const PROOFS: [&str; 2] = ["books_differ", "entry_does_not_hold"];

/// A rule's refusal in words. `at` turns ids into names, where a vault is open.
pub fn say_rejection(rejection: &Rejection, at: Option<&dyn Lookup>, lang: Lang) -> Worded {
    // One offset in a sentence: times as typed and as recorded stand beside each other.
    let here = at.map(|at| *at.now().offset());
    let nobody = Nobody::default();
    let at = at.unwrap_or(&nobody);
    let values: Vec<(String, String)> = rejection
        .args
        .iter()
        .map(|(name, value)| (name.clone(), say_argument(rejection, name, value, at, here, lang)))
        .collect();
    refused(rejection.code.name(), &values, lang)
}

fn refused(name: &str, values: &[(String, String)], lang: Lang) -> Worded {
    let (message, advice) = match refusal(name, lang) {
        Some((message, advice)) => (filled(message, values), filled(advice, values)),
        // Without a sentence of its own a refusal still says its name and what it names.
        None => {
            let named: Vec<String> = values.iter().map(|(name, value)| format!("{name}={value}")).collect();
            (format!("{name} {}", named.join(" ")).trim_end().to_owned(), String::new())
        }
    };
    Worded { name: name.to_owned(), message, advice, page: None }
}

/// The policy's refusal in words: what it was, and which roles may.
pub fn say_denied(denied: &Denied, at: Option<&dyn Lookup>, lang: Lang) -> Worded {
    let nobody = Nobody::default();
    let at = at.unwrap_or(&nobody);
    let what = title_of_command(&denied.what, lang);
    let needs = if denied.needs.is_empty() {
        lang.pick("なし", "none").to_owned()
    } else {
        cells::roles(&denied.needs, at.profile(), lang)
    };
    let values = [("what".to_owned(), what), ("needs".to_owned(), needs)];
    refused(Denied::NAME, &values, lang)
}

fn malformed(problems: &[FieldProblem], lang: Lang) -> Worded {
    let each: Vec<String> = problems
        .iter()
        .map(|problem| {
            let text = lang.pick(&problem.ja, &problem.en);
            if problem.field.is_empty() {
                text.to_owned()
            } else {
                format!("{}{}{text}", problem.field, lang.pick("：", ": "))
            }
        })
        .collect();
    let name = problems.first().map_or("malformed", |problem| problem.name.as_str());
    // What is wrong with no input has sentences of its own.
    let own = problems.iter().all(|problem| problem.field.is_empty()) && failure(name, lang).is_some();
    said(name, if own { name } else { "malformed" }, &[("problems".to_owned(), together(lang, &each))], lang)
}

fn not_opened(why: &NotOpened, lang: Lang) -> Worded {
    match why {
        NotOpened::Credentials => said("wrong_credentials", "wrong_credentials", &[], lang),
        NotOpened::PasswordReplaced => said("password_replaced", "password_replaced", &[], lang),
        NotOpened::Sheet => said("wrong_sheet", "wrong_sheet", &[], lang),
        NotOpened::Wait(seconds) => {
            said("wait", "wait", &[("seconds".to_owned(), seconds.to_string())], lang)
        }
        NotOpened::InUse(by) => said("in_use", "in_use", &[detail(say_holder(by, lang))], lang),
        NotOpened::Missing(place) => of_place("no_vault", place, lang),
        NotOpened::NoPlace(place) => of_place("no_place", place, lang),
        NotOpened::NotReadable(what) => of_place("not_readable", what, lang),
        NotOpened::NeverFinished(place) => of_place("never_finished", place, lang),
        NotOpened::InsideVault(place) => said("inside_vault", "inside_vault", &[detail(shown(place))], lang),
        NotOpened::NotAVault(what) => of_fault("not_a_vault", what, lang),
        NotOpened::Newer(format) => {
            said("newer_format", "newer_format", &[("format".to_owned(), format.to_string())], lang)
        }
        NotOpened::NewerRules(seq) => {
            said("newer_rules", "newer_rules", &[("entry".to_owned(), seq.to_string())], lang)
        }
        NotOpened::NotCopied(why) => of_fault("not_copied", why, lang),
        NotOpened::ReadOnly => said("read_only", "read_only", &[], lang),
        NotOpened::NotEmpty(what) => of_place("not_empty", what, lang),
        NotOpened::IsACopy => said("is_a_copy", "is_a_copy", &[], lang),
        NotOpened::Other(what) => of_fault("not_opened", what, lang),
    }
}

fn of_place(name: &str, place: &Where, lang: Lang) -> Worded {
    said(name, name, &[detail(say_where(place, lang))], lang)
}

fn of_fault(name: &str, fault: &Fault, lang: Lang) -> Worded {
    said(name, name, &[detail(say_detail(fault, lang))], lang)
}

fn no_copy(why: &NoCopy, lang: Lang) -> Worded {
    let values = match why {
        NoCopy::Occupied(place) => vec![detail(say_where(place, lang))],
        NoCopy::Damaged(what)
        | NoCopy::Unreliable(what)
        | NoCopy::Device(what)
        | NoCopy::FromDamaged(what)
        | NoCopy::KeysGone(what)
        | NoCopy::CutOff(what) => vec![detail(say_detail(what, lang))],
        NoCopy::RecoverCutOff { detail: what, folders } => {
            vec![detail(say_detail(what, lang)), ("folders".to_owned(), shown(folders))]
        }
        NoCopy::Newer { theirs, ours } => {
            vec![("theirs".to_owned(), shown(theirs)), ("ours".to_owned(), shown(ours))]
        }
        NoCopy::SameDevice
        | NoCopy::Inside
        | NoCopy::Missing
        | NoCopy::IsAVault
        | NoCopy::NotDamaged
        | NoCopy::OtherKey
        | NoCopy::Full
        | NoCopy::ReadOnly => Vec::new(),
    };
    said(why.name(), why.name(), &values, lang)
}

/// Wrong ID or password where nothing is written, and so nothing is counted.
pub fn say_uncounted(lang: Lang) -> Worded {
    said("wrong_credentials", "wrong_credentials_uncounted", &[], lang)
}

/// A device that failed while something was read that nothing is written to.
pub fn say_unread(device: &Fault, lang: Lang) -> Worded {
    said("device_failed", "device_unread", &[detail(say_detail(device, lang))], lang)
}

fn detail(words: String) -> (String, String) {
    ("detail".to_owned(), words)
}

fn said(name: &str, parts: &str, values: &[(String, String)], lang: Lang) -> Worded {
    match failure(parts, lang) {
        Some(Parts { happened, safe, next }) => Worded {
            name: name.to_owned(),
            message: together(lang, &[filled(happened, values), filled(safe, values)]),
            advice: filled(next, values),
            page: manual_page(parts).map(|page| page.name),
        },
        None => Worded { name: name.to_owned(), message: name.to_owned(), advice: String::new(), page: None },
    }
}

/// What a refusal names, in words: ids by their names, zones, purposes, roles and states by their labels, days
/// and times as the language writes them.
fn say_argument(
    rejection: &Rejection,
    name: &str,
    value: &str,
    at: &dyn Lookup,
    here: Option<FixedOffset>,
    lang: Lang,
) -> String {
    if let Some(list) = ids(value) {
        return cells::joined(list.into_iter().map(|id| cells::name(id, at, lang)), lang);
    }
    if let Ok(date) = value.parse::<Date>() {
        if name == "month" {
            return cells::month(date, lang);
        }
        return cells::day(date, lang);
    }
    if let Ok(stamp) = Stamp::parse_from_rfc3339(value) {
        return cells::stamp(here.map_or(stamp, |here| stamp.with_timezone(&here)), lang);
    }
    match name {
        "zone" => cells::zone(value, at, lang),
        "jurisdiction" | "within" if value.is_empty() => lang.pick("拠点全体", "the whole site").to_owned(),
        "jurisdiction" | "within" => cells::jurisdiction(value, at.profile(), lang),
        "purpose" => cells::purpose(value, at, lang),
        "identification" => cells::identification(value, at, lang),
        "needs" | "roles" | "role" | "above" => {
            let roles = value.split(',').map(|role| cells::role(role.trim(), at.profile(), lang));
            cells::joined(roles, lang)
        }
        "elsewhere" => cells::elsewhere(value, at.profile(), lang),
        "kind" => cells::exception_kind(value, at.profile(), lang),
        "step" | "before" => cells::step(value, at.profile(), lang),
        "field" => field_label(rejection, value, lang),
        "commands" => titles(value.split(','), lang),
        "state" => state(rejection, value, lang),
        _ => shown(value),
    }
}

/// The ids of a text that holds nothing else.
fn ids(value: &str) -> Option<Vec<Id>> {
    let parts = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|part| !part.is_empty());
    let ids: Vec<Id> = parts.map(str::parse).collect::<Result<_, _>>().ok()?;
    (!ids.is_empty()).then_some(ids)
}

/// What commands are called.
pub(super) fn titles<'a>(commands: impl Iterator<Item = &'a str>, lang: Lang) -> String {
    let known = |name: &str| {
        crate::desk::declare::operation(name.trim()).map(|found| lang.of(found.title).to_owned())
    };
    cells::joined(commands.map(|name| known(name).unwrap_or_else(|| shown(name))), lang)
}

/// A field's label: of the command that was refused, where that is known and has it; from whichever has it otherwise.
fn field_label(rejection: &Rejection, field: &str, lang: Lang) -> String {
    let of = rejection.args.iter().find(|(name, _)| name == OF_COMMAND);
    let own = of.and_then(|(_, command)| operation(command)).and_then(|operation| operation.field(field));
    let known = own.or_else(|| operations().iter().find_map(|operation| operation.field(field)));
    known.map_or(field, |field| lang.of(field.label)).to_owned()
}

/// A state's label, from the register of the record named where one is.
fn state(rejection: &Rejection, state: &str, lang: Lang) -> String {
    let noun = rejection.args.iter().find_map(|(_, value)| value.parse::<Id>().ok()).map(|id| id.noun);
    let own = registers().iter().filter(|register| Some(register.noun) == noun);
    let states = own.chain(registers()).flat_map(|register| register.states);
    let found = states.into_iter().find(|(name, _)| *name == state).map(|(_, words)| *words);
    match found {
        Some(words) => lang.of(words).to_owned(),
        None => standing::words(REPORTS, state, lang),
    }
}

/// Nobody to ask: before a vault is open, ids stay ids.
#[derive(Default)]
struct Nobody(Profile);

impl Lookup for Nobody {
    fn name(&self, id: Id) -> String {
        id.to_string()
    }
    fn profile(&self) -> &Profile {
        &self.0
    }
    fn now(&self) -> Stamp {
        Stamp::default()
    }
    fn row(&self, _: Id) -> Option<Row> {
        None
    }
}
