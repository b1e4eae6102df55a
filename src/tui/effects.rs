//! What screens ask for, carried out on the desk. The only place in `tui` that writes.

use super::model::{Effect, Message, Model, Place, Secret, Session, Writing};
use super::words::ui;
use crate::desk::{Instruction, Lang, Lookup, Unlocking};
use crate::domain::{Command, TakeOverShift};
use crate::tui::screen::{NewPassword, WrongPerson};
use std::time::Duration;

/// How long a screen stands still until the books are compared with the log, before it says how far that is: longer than
/// it takes for some 50,000 entries.
const PATIENCE: Duration = Duration::from_secs(3);

impl Model {
    /// Carries an effect out.
    pub(super) fn perform(&mut self, effect: Effect) {
        match effect {
            Effect::Stay => {}
            Effect::Many(effects) => effects.into_iter().for_each(|effect| self.perform(effect)),
            Effect::Quit => self.hang_up(),
            Effect::LogOut => self.leave(ui::LOGGED_OUT),
            Effect::SwitchLanguage => {
                self.switch_language();
                self.after_switch();
            }
            Effect::Execute(order) => {
                self.execute(*order);
            }
            Effect::Write(writing) => self.write(&writing),
            Effect::Unlock(secret) => self.unlock(&secret.0),
            Effect::SetPassword(old, new) => self.set_password(&old.0, &new.0),
            Effect::SetPin(pin) => self.set_pin(&pin.0),
            Effect::TakeOver(seat, remarks) => self.take_over(seat, remarks),
            Effect::Open(_)
            | Effect::Close
            | Effect::Give(_)
            | Effect::Swap(_)
            | Effect::Home
            | Effect::Act(_)
            | Effect::Refused(_)
            | Effect::Scan(_) => {
                self.turn(effect);
            }
            Effect::Say(_)
            | Effect::Slowly(_)
            | Effect::KeepDraft(..)
            | Effect::DropDraft(_)
            | Effect::Lock => self.note(effect),
        }
    }

    /// Effects on the stack of screens.
    fn turn(&mut self, effect: Effect) {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        let Place::Desk(standing) = &mut self.place else { return };
        let next = match effect {
            Effect::Open(screen) => {
                standing.stack.push(screen);
                standing.note_reading(lang)
            }
            Effect::Swap(screen) => {
                if standing.stack.len() > 1 {
                    standing.stack.pop();
                }
                standing.stack.push(screen);
                standing.note_reading(lang)
            }
            Effect::Close => {
                if standing.stack.len() > 1 {
                    standing.stack.pop();
                }
                standing.with_top(lang, now, size, |top, cx| {
                    top.refresh(cx);
                    Effect::Stay
                })
            }
            Effect::Give(values) => {
                if standing.stack.len() > 1 {
                    standing.stack.pop();
                }
                standing.with_top(lang, now, size, |top, cx| top.given(values, cx))
            }
            Effect::Act(action) => standing.with_top(lang, now, size, |top, cx| top.on(action, cx)),
            Effect::Refused(failure) => {
                standing.with_top(lang, now, size, |top, cx| top.answered(Err(*failure), cx))
            }
            Effect::Scan(scanned) => standing.scan(&scanned, lang, now, size),
            Effect::Home => {
                standing.stack.truncate(1);
                standing.with_top(lang, now, size, |top, cx| {
                    top.refresh(cx);
                    Effect::Stay
                })
            }
            _ => Effect::Stay,
        };
        self.perform(next);
    }

    /// Effects on what stands beside the screens.
    fn note(&mut self, effect: Effect) {
        let lang = self.setting.lang;
        let Place::Desk(standing) = &mut self.place else { return };
        let failed = match effect {
            Effect::Say(message) => {
                standing.message = Some(message);
                None
            }
            Effect::Slowly(effect) => {
                standing.message = Some(Message::note(lang.of(ui::WORKING)));
                standing.pending = Some(*effect);
                None
            }
            Effect::KeepDraft(form, fields) => standing.desk.keep_draft(&form, &fields).err(),
            Effect::DropDraft(form) => standing.desk.drop_draft(&form).err(),
            Effect::Lock => {
                standing.lock_screen();
                None
            }
            _ => None,
        };
        if let Some(failure) = failed {
            let said = super::declared::said(&failure, &standing.desk, lang);
            standing.message = Some(Message::wrong(said));
        }
    }

    fn after_switch(&mut self) {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        if let Place::Desk(standing) = &mut self.place {
            standing.read_head(lang);
            standing.refresh_all(lang, now, size);
        }
    }

    /// Whether it was done.
    fn execute(&mut self, order: Instruction) -> bool {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        let Place::Desk(standing) = &mut self.place else { return false };
        standing.message = None;
        // It was announced; nobody sits for longer before a screen that stands still.
        let answer = match standing.desk.waits(&order.command, PATIENCE) {
            Some(failure) => Err(failure),
            None => standing.desk.execute(order),
        };
        let done = answer.is_ok();
        if let Ok(receipt) = &answer {
            if let Some(id) = receipt.id.filter(|id| WrongPerson::is_of(*id)) {
                standing.last_visit = Some(id);
            }
            standing.ask_for_room(now);
            standing.refresh_all(lang, now, size);
        }
        let effect = standing.with_top(lang, now, size, |top, cx| top.answered(answer, cx));
        self.perform(effect);
        if done {
            self.ask_for_new_password();
        }
        done
    }

    /// Where the person has just reported their password, nothing else is done before they set another.
    fn ask_for_new_password(&mut self) {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        let Place::Desk(standing) = &mut self.place else { return };
        if standing.desk.password_due().is_some() {
            let due = NewPassword::due(&standing.cx(lang, now, size));
            standing.stack.push(Box::new(due));
        }
    }

    /// Writes a text out. The reading is recorded first: a file that nobody recorded must not exist.
    fn write(&mut self, writing: &Writing) {
        let lang = self.setting.lang;
        let Place::Desk(standing) = &mut self.place else { return };
        let recorded =
            standing.desk.record_reading(&writing.register, writing.how, writing.rows, &writing.filters);
        standing.message = Some(match recorded {
            Err(failure) => Message::wrong(super::declared::said(&failure, &standing.desk, lang)),
            Ok(()) => match self.setting.sink.write(&writing.name, &writing.bytes) {
                Ok(place) => Message::done(
                    format!("{}: {place} {}", lang.of(ui::WRITTEN), writing.note).trim().to_owned(),
                ),
                Err(why) => Message::wrong(format!("{}: {why}", lang.of(ui::NOT_WRITTEN))),
            },
        });
    }

    fn unlock(&mut self, typed: &str) {
        let lang = self.setting.lang;
        let Place::Desk(standing) = &mut self.place else { return };
        standing.message = None;
        match standing.desk.unlocks_screen(typed) {
            Ok(Unlocking::Opens) => {
                standing.lock = None;
                standing.head.read = standing.desk.now().format("%H:%M").to_string();
                self.after_switch();
            }
            Ok(Unlocking::Card) => {
                if let Some(lock) = &mut standing.lock {
                    lock.says(lang.of(ui::LOCK_CARD));
                }
            }
            Ok(Unlocking::Wrong) | Err(_) => {
                let tries = standing.lock.as_mut().map_or(0, |lock| lock.wrong(lang));
                if tries == 0 {
                    self.leave(ui::THREE_TRIES);
                }
            }
        }
    }

    fn set_pin(&mut self, pin: &str) {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        let Place::Desk(standing) = &mut self.place else { return };
        standing.message = None;
        let effect = match standing.desk.set_pin(pin) {
            Ok(()) => Effect::Many(vec![Effect::Close, Effect::Say(Message::done(lang.of(ui::PIN_SET)))]),
            Err(failure) => standing.with_top(lang, now, size, |top, cx| top.answered(Err(failure), cx)),
        };
        self.perform(effect);
    }

    /// Another person sits down: their password first, then the takeover is signed by them.
    fn take_over(&mut self, seat: Option<(String, Secret)>, remarks: String) {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        let Place::Desk(standing) = &mut self.place else { return };
        let before = standing.desk.seat().clone();
        let another = seat.is_some();
        if let Some((user, password)) = seat {
            // Whose draft it is depends on who sits there.
            standing.keep_drafts();
            match standing.desk.seat_of(&user, &password.0) {
                Ok(seat) => standing.desk.sit(&seat),
                Err(failure) => {
                    standing.message = None;
                    let effect = standing.with_top(lang, now, size, |top, cx| top.answered(Err(failure), cx));
                    return self.perform(effect);
                }
            }
            standing.read_head(lang);
        }
        let command = Command::from(TakeOverShift { remarks });
        let taken = self.execute(Instruction::from(command));
        let Place::Desk(standing) = &mut self.place else { return };
        if !taken {
            // Who could not take over does not work here: what comes next is still the other's.
            standing.desk.sit(&before);
            standing.read_head(lang);
        } else if another {
            // What lay open is not theirs to hand in, nor to read.
            self.perform(Effect::Home);
        }
    }

    fn set_password(&mut self, old: &str, new: &str) {
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        let Place::Desk(standing) = &mut self.place else { return };
        standing.message = None;
        let answer = standing.desk.set_password(old, new);
        let effect = standing.with_top(lang, now, size, |top, cx| top.answered(answer, cx));
        self.perform(effect);
    }
}

impl Session {
    /// For roles whose reading counts, what the new screen shows is an entry.
    fn note_reading(&mut self, lang: Lang) -> Effect {
        if !self.desk.reading_counts() {
            return Effect::Stay;
        }
        let Some((register, rows, filters)) = self.stack.last().and_then(|top| top.reads()) else {
            return Effect::Stay;
        };
        match self.desk.record_reading(&register, "screen", rows, &filters) {
            Ok(()) => Effect::Stay,
            // What could not be recorded is not shown.
            Err(failure) => {
                self.stack.pop();
                Effect::Say(Message::wrong(super::declared::said(&failure, &self.desk, lang)))
            }
        }
    }
}
