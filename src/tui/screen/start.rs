//! How screens are begun: what an operation opens, and the keys that every screen has.

use super::{About, Confirm, Form, Inside, List, Palette, Pick, Purpose, Shift, TextPage};
use crate::desk::declare::operation;
use crate::desk::{AsOf, ListQuery};
use crate::domain::Id;
use crate::tui::edit::Edit;
use crate::tui::keymap::Action;
use crate::tui::model::{Cx, Effect, Message, Screen, Session};
use crate::tui::words::ui;

/// Moves an edit, if the action is about editing. `false` when it is not.
pub fn edit_action(edit: &mut Edit, action: &Action) -> bool {
    match action {
        Action::Type(text) => edit.insert(text),
        Action::Left => edit.left(),
        Action::Right => edit.right(),
        Action::Home => edit.home(),
        Action::End => edit.end(),
        Action::Backspace => edit.backspace(),
        Action::Delete => edit.delete(),
        _ => return false,
    }
    true
}

/// Help, the list of who is inside, and the palette: from every screen.
pub fn global(action: &Action, session: &Session, cx: &Cx<'_>) -> Effect {
    match action {
        Action::Help => {
            let binds = session.binds(cx.lang);
            let register = session.stack.iter().rev().find_map(|screen| screen.register());
            Effect::Open(Box::new(TextPage::help(&binds, register, cx)))
        }
        Action::Inside => match Inside::new(None, cx) {
            Ok(inside) => Effect::Open(Box::new(inside)),
            Err(failure) => cx.trouble(&failure),
        },
        Action::Palette => Effect::Open(Box::new(Palette::new(cx))),
        _ => Effect::Stay,
    }
}

/// The list of a register, in place of the screen on top.
pub fn open_list(register: &str, as_of: Option<AsOf>, cx: &Cx<'_>) -> Effect {
    let query = ListQuery { register: register.to_owned(), as_of, ..ListQuery::default() };
    List::with(query, cx).map_or(Effect::Stay, |list| Effect::Swap(Box::new(list)))
}

/// The screen that an operation opens on a record, or why it is not open.
pub fn start(command: &str, record: Option<Id>, filled: &[(&str, String)], cx: &Cx<'_>) -> Effect {
    match begin(command, record, filled, cx) {
        Ok(screen) => Effect::Open(screen),
        Err(effect) => effect,
    }
}

/// The same in place of the screen on top.
pub fn start_instead(command: &str, record: Option<Id>, cx: &Cx<'_>) -> Effect {
    match begin(command, record, &[], cx) {
        Ok(screen) => Effect::Swap(screen),
        Err(effect) => Effect::Many(vec![Effect::Close, effect]),
    }
}

fn begin(
    command: &str,
    record: Option<Id>,
    filled: &[(&str, String)],
    cx: &Cx<'_>,
) -> Result<Box<dyn Screen>, Effect> {
    let Some(operation) = operation(command) else { return Err(Effect::Stay) };
    if record.is_none()
        && let Some((noun, _)) = operation.about
    {
        let title = cx.say(operation.title);
        return match Pick::records(noun, title, Purpose::About(command.to_owned()), cx) {
            Ok(pick) => Ok(Box::new(pick)),
            Err(failure) => Err(cx.trouble(&failure)),
        };
    }
    if let Err(failure) = cx.desk.available(command, record) {
        return Err(cx.trouble(&failure));
    }
    if command == "take_over_shift" {
        return Shift::new(operation, cx)
            .map(|shift| Box::new(shift) as Box<dyn Screen>)
            .map_err(|failure| cx.trouble(&failure));
    }
    let about = About::of(operation, record, cx);
    let asks = {
        let filled = record.and_then(|record| operation.takes(record.noun));
        operation.fields.iter().any(|field| filled != Some(field.name))
    };
    if operation.opens.is_confirmed() && !asks {
        // Whoever decides sees what is decided, where no form shows it first.
        let says = about.says.clone();
        return Ok(Box::new(Confirm::new(operation, about, says, cx)));
    }
    Ok(Box::new(Form::new(operation, about, filled, cx)))
}

/// Says that nothing is selected.
pub fn not_selected(cx: &Cx<'_>) -> Effect {
    Effect::Say(Message::note(cx.say(ui::NOT_SELECTED)))
}
