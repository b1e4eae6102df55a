//! The oracle: what was acknowledged is there, nothing is half there, everything holds, what was said is true, and
//! with the device well again the same operation succeeds.

use super::operations::{ADMIN, Again, Operation, PASSWORD, Start, kinds, sheet};
use super::place::{Ended, Harm, How, Place, bytes};
use serde_json::Value;

/// What a run said of the operation that it could not complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastCommand {
    /// It was done, and nothing is amiss.
    Done,
    Written,
    NotWritten,
    /// Unknown; or nothing, since it was killed.
    Unknown,
}

/// What the program said, and whether it may say so at all.
fn said(operation: &Operation, ended: &Ended, to_the_end: bool) -> Result<LastCommand, String> {
    if ended.err.contains("panicked") {
        return Err(format!("it panicked: {}", ended.err));
    }
    let code = match ended.how {
        How::Exit(code) => code,
        How::Signal(9) => return Ok(LastCommand::Unknown),
        How::Signal(signal) => return Err(format!("it died of signal {signal}")),
        How::Never => return Err("it does not end".to_owned()),
    };
    if code == operation.exit {
        return Ok(LastCommand::Done);
    }
    let advice = ended.err.lines().filter(|line| !line.is_empty()).count();
    if !matches!(code, 3 | 5) {
        return Err(format!("exit {code}: {}{}", ended.out, ended.err));
    }
    if advice < 2 {
        return Err(format!("exit {code} says what happened, and not what to do: {}", ended.err));
    }
    let says = [
        ("written", "The last command is written,", LastCommand::Written),
        ("not_written", "The last command is not written.", LastCommand::NotWritten),
        ("unknown", "Whether the last command is written is not known.", LastCommand::Unknown),
    ];
    let last = ended.answers().iter().rev().find_map(|answer| answer["last"].as_str().map(str::to_owned));
    for (name, sentence, what) in says {
        let in_words = ended.err.contains(sentence);
        match &last {
            Some(last) if (last == name) != in_words => {
                return Err(format!("the answer and the words differ: {}{}", ended.out, ended.err));
            }
            _ if in_words => return Ok(what),
            _ => {}
        }
    }
    match code {
        // There is no new copy, and nothing was recorded of one.
        5 if operation.copies && ended.err.contains("(backup_") => Ok(LastCommand::NotWritten),
        // Nothing was begun.
        5 if !operation.start.has_site() && nothing_begun(ended) => Ok(LastCommand::NotWritten),
        // The folder is not to be used. A device that failed for ever at the very last step, once its name was given,
        // may have kept that name.
        5 if !operation.start.has_site() && cut_off(ended) && to_the_end => Ok(LastCommand::Unknown),
        5 if !operation.start.has_site() && cut_off(ended) => Ok(LastCommand::NotWritten),
        // There was no room for all of it, and it was not begun.
        5 if ended.err.contains("it was not begun") => Ok(LastCommand::NotWritten),
        // It was only to be read.
        5 if operation.again == Again::Nothing && nothing_begun(ended) => Ok(LastCommand::NotWritten),
        // Not opened, or a folder that cannot be written: no record was changed.
        3 => Ok(LastCommand::NotWritten),
        _ => Err(format!(
            "exit 5 does not say whether the last command is written: {}{}",
            ended.out, ended.err
        )),
    }
}

/// It says that something is left of it that is to be taken away.
fn cut_off(ended: &Ended) -> bool {
    ended.err.contains("_cut_off)")
}

/// It says that something could not be read, and that nothing was written.
fn nothing_begun(ended: &Ended) -> bool {
    ended.err.contains("Nothing was written.")
}

/// Whether everything holds of what an operation left behind after this run; what does not, in words. `to_the_end`:
/// the device went on failing, so that nothing could be taken back.
pub fn judge(operation: &Operation, place: &Place, ended: &Ended, to_the_end: bool) -> Result<(), String> {
    let said = said(operation, ended, to_the_end)?;
    if !operation.start.has_site() {
        return founded(operation, place, ended, said, to_the_end);
    }
    let (kinds, opens) = look(operation, place)?;
    let (kind, total, together) = operation.makes;
    let there = count(&kinds, kind) - operation.start.entries(kind);
    let acknowledged = (operation.acknowledged)(ended);
    if there < acknowledged {
        return Err(format!("{acknowledged} acknowledged, {there} there: {ended:?}"));
    }
    if there > total || !there.is_multiple_of(together.max(1)) {
        return Err(format!("{there} there, of {total} that come {together} at a time: half there"));
    }
    let true_ = match said {
        LastCommand::Done => there == total && acknowledged == total,
        LastCommand::NotWritten => there == acknowledged,
        LastCommand::Written => there == total.min(acknowledged + together),
        LastCommand::Unknown => there <= acknowledged + together,
    };
    if !true_ {
        return Err(format!(
            "it said {said:?} with {acknowledged} acknowledged, {there} are there: {ended:?}"
        ));
    }
    let changed = (operation.opens)().last() == Some(&opens);
    if (operation.opens)().len() > 1 && changed != (there == total) {
        return Err(format!("{there} entries, and the password that opens is not theirs"));
    }
    if operation.new_sheet {
        one_sheet_opens(place, ended)?;
    }
    if operation.copies {
        copy_is_whole(operation, place, acknowledged == total)?;
    }
    done_again(operation, place, ended, there)
}

/// A copy that is said to be made is whole, and one that was there before still opens; what was only begun says that
/// it is none.
fn copy_is_whole(operation: &Operation, place: &Place, made: bool) -> Result<(), String> {
    let checked = place.ask_of(&place.copy(), &["check", "--json", "--as", ADMIN], PASSWORD);
    match checked.how {
        How::Exit(0) => Ok(()),
        How::Exit(3 | 4) if !made && operation.start != Start::Copied && !checked.err.is_empty() => Ok(()),
        _ => Err(format!("the copy: {checked:?}")),
    }
}

/// One sheet opens it, and never one that was to be thrown away.
fn one_sheet_opens(place: &Place, ended: &Ended) -> Result<(), String> {
    // `  1: 12345   2: 67890`
    let words: Vec<&str> = ended.out.split_whitespace().collect();
    let numbered = |pair: &&[&str]| pair[0].strip_suffix(':').is_some_and(|n| n.parse::<u32>().is_ok());
    let printed: Vec<&str> = words.windows(2).filter(numbered).map(|pair| pair[1]).collect();
    let opens = |sheet: &str| {
        let checked = place.ask(&["check", "--recovery"], sheet);
        match checked.how {
            How::Exit(0) => Ok(true),
            How::Exit(1 | 3) => Ok(false),
            _ => Err(format!("by a sheet: {checked:?}")),
        }
    };
    let old = opens(&sheet())?;
    let new = !printed.is_empty() && opens(&printed.join("-"))?;
    if old == new {
        return Err(format!("the sheet before opens: {old}; the one printed: {new}; {ended:?}"));
    }
    if new && ended.err.contains("Throw the digits shown away") {
        return Err(format!("the sheet that is in force is to be thrown away: {ended:?}"));
    }
    Ok(())
}

fn count(kinds: &[String], kind: &str) -> usize {
    kinds.iter().filter(|one| *one == kind).count()
}

/// Does it again, with nothing in its way.
fn done_again(operation: &Operation, place: &Place, ended: &Ended, there: usize) -> Result<(), String> {
    let (kind, total, _) = operation.makes;
    let before = operation.start.entries(kind);
    if operation.again == Again::Rest && there == total {
        return Ok(());
    }
    let again = place.run(operation, &Harm::None);
    if again.how != How::Exit(operation.exit) {
        return Err(format!("done again, with the device well: {again:?}"));
    }
    if operation.again == Again::Same {
        let numbers = |ended: &Ended| -> Vec<Value> {
            ended.answers().iter().map(|answer| answer["seq"].clone()).filter(Value::is_array).collect()
        };
        let (first, second) = (numbers(ended), numbers(&again));
        if !second.starts_with(&first) {
            return Err(format!("acknowledged as {first:?}, and as {second:?} when asked for again"));
        }
    }
    if operation.copies {
        copy_is_whole(operation, place, true)?;
    }
    let now = count(&look(operation, place)?.0, kind) - before;
    let right = match operation.again {
        Again::Same | Again::Rest | Again::Nothing => now == total,
        // Looking is a reading of its own.
        Again::Anew => now >= there + total,
    };
    if right { Ok(()) } else { Err(format!("{there} were there, {now} of {total} when it was done again")) }
}

/// What stands in the log as the administrator sees it, and the one password that opens for the operation's user.
fn look(operation: &Operation, place: &Place) -> Result<(Vec<String>, String), String> {
    if operation.user != ADMIN {
        // Whoever logs in first brings the key files up to date, for everybody.
        return Ok((kinds(place, ADMIN, PASSWORD)?, which_opens(operation, place)?));
    }
    let opens = which_opens(operation, place)?;
    match (kinds(place, ADMIN, &opens), (operation.opens)().pop()) {
        // Cut between the commit and its key file: the old password brings the new one into force.
        (Err(why), Some(new)) if why.contains("(password_replaced)") => Ok((kinds(place, ADMIN, &new)?, new)),
        (found, _) => Ok((found?, opens)),
    }
}

/// The one password that opens; everything must hold for it.
fn which_opens(operation: &Operation, place: &Place) -> Result<String, String> {
    let mut opens = Vec::new();
    for password in (operation.opens)() {
        let checked = place.ask(&["check", "--json", "--as", operation.user], &password);
        match checked.how {
            How::Exit(0) => opens.push(password),
            // This password does not open it; a check counts no failure.
            How::Exit(3) if checked.err.contains("wrong_credentials") => {}
            _ => return Err(format!("what is left does not hold: {checked:?}")),
        }
    }
    match opens.as_slice() {
        [one] => Ok(one.clone()),
        other => Err(format!("{} passwords open it, not one", other.len())),
    }
}

/// The same for a site that was being founded: it is whole, or it says that it is not and nothing was in it.
fn founded(
    operation: &Operation,
    place: &Place,
    ended: &Ended,
    said: LastCommand,
    to_the_end: bool,
) -> Result<(), String> {
    let acknowledged = (operation.acknowledged)(ended);
    let checked = place.ask(&["check", "--json", "--as", ADMIN], PASSWORD);
    let there = match checked.how {
        How::Exit(0) => 1,
        How::Exit(3 | 4) if !checked.err.is_empty() => 0,
        _ => return Err(format!("what is left neither holds nor says that it is not whole: {checked:?}")),
    };
    let true_ = match said {
        LastCommand::Done => there == 1 && acknowledged == 1,
        LastCommand::NotWritten => there == acknowledged,
        LastCommand::Written => there == 1,
        LastCommand::Unknown => there >= acknowledged,
    };
    if !true_ {
        return Err(format!("it said {said:?}, and {there} site is there: {ended:?} {checked:?}"));
    }
    if acknowledged == 1 && operation.start == Start::Nothing {
        // The sheet that was handed over opens it.
        let sheet = ended.answers().first().map(|answer| answer["recovery"].clone()).unwrap_or_default();
        let sheet: Vec<&str> = sheet
            .as_array()
            .map(|groups| groups.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        let by_sheet = place.ask(&["check", "--recovery"], &sheet.join("-"));
        if by_sheet.how != How::Exit(0) {
            return Err(format!("the sheet does not open it: {by_sheet:?}"));
        }
    }
    if let Some(from) = operation.start.site()
        && bytes(&from.join("copy")) != bytes(&place.copy())
    {
        return Err("what it was to be made from was written to".to_owned());
    }
    if there == 1 {
        return kinds(place, ADMIN, PASSWORD).map(drop);
    }
    // What is left of it is taken away by hand, if the program could not, or as it says: nothing was in it.
    if said == LastCommand::Unknown || to_the_end || cut_off(ended) {
        place.clear();
    }
    let again = place.run(operation, &Harm::None);
    if again.how != How::Exit(operation.exit) {
        return Err(format!("founded again: {again:?} after {ended:?}"));
    }
    kinds(place, ADMIN, PASSWORD).map(drop)
}
