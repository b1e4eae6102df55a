//! Where the program stands: before the desk, at it, or gone; and how it gets from one to the other.

use super::{Message, Secret, Session};
use crate::desk::declare::Words;
use crate::desk::{Desk, Failure, Lang, Terminal, Welcome};
use crate::tui::burst::Burst;
use crate::tui::declared;
use crate::tui::escape::Escapes;
use crate::tui::input::{Arrived, Input, Key};
use crate::tui::keymap;
use crate::tui::print::PrintSink;
use crate::tui::screen::{Login, LoginWants};
use crate::tui::words::ui;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// What the program was started with.
pub struct Setting {
    /// The vault's folder.
    pub dir: PathBuf,
    /// The seams of the terminal.
    pub terminal: Terminal,
    /// The language of the screens.
    pub lang: Lang,
    /// Lines shown on the login screen: the sample's IDs and passwords.
    pub hint: Vec<String>,
    /// Where plain text and CSV go.
    pub sink: Box<dyn PrintSink>,
}

/// Where the program stands.
pub enum Place {
    /// Before the desk: nobody is logged in.
    Gate(Box<Login>),
    /// At the desk.
    Desk(Box<Session>),
    /// The program has ended.
    Gone,
}

/// The whole model.
pub struct Model {
    /// What it was started with.
    pub setting: Setting,
    /// Where it stands.
    pub place: Place,
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// What came, and is not certain yet.
    escapes: Escapes,
    burst: Burst,
    /// The terminal does not say how large it is.
    pub size_assumed: bool,
}

impl Model {
    /// At the gate.
    pub fn new(setting: Setting, size: (u16, u16)) -> Model {
        Model {
            setting,
            place: Place::Gate(Box::new(Login::new(None))),
            size,
            escapes: Escapes::default(),
            burst: Burst::default(),
            size_assumed: false,
        }
    }

    /// The language of the screens.
    pub fn lang(&self) -> Lang {
        self.setting.lang
    }

    /// A monotonic moment, by the terminal's clock.
    pub fn instant(&self) -> Instant {
        self.setting.terminal.clock.instant()
    }

    /// Whether the program has ended.
    pub fn is_gone(&self) -> bool {
        matches!(self.place, Place::Gone)
    }

    /// Something came from the terminal: what is certain by now, to be given to [`Model::input`] one by one.
    pub fn arrives(&mut self, input: Input) -> Vec<Arrived> {
        let now = self.instant();
        let whole = self.escapes.take(input, now);
        whole.into_iter().flat_map(|input| self.burst.take(input, now)).collect()
    }

    /// A wait has ended in which nothing came: what is certain now.
    pub fn rests(&mut self) -> Vec<Arrived> {
        let now = self.instant();
        let whole = self.escapes.rest(now);
        if whole.is_empty() {
            return self.burst.rest(now);
        }
        whole.into_iter().flat_map(|input| self.burst.take(input, now)).collect()
    }

    /// How long until what came is certain, if something is not.
    pub fn until_rest(&self) -> Option<Duration> {
        let until = self.escapes.until().into_iter().chain(self.burst.until()).min();
        until.map(|until| until.saturating_duration_since(self.instant()))
    }

    /// What is being typed and is not certain yet, for the field that it goes to. A lone character that acts is none.
    pub fn typing(&self) -> &str {
        let held = self.burst.held();
        let mut characters = held.chars();
        let lone = characters.next().filter(|_| characters.next().is_none()).map(Key::Char);
        let acts = |key: Key| match &self.place {
            Place::Desk(standing) if standing.lock.is_none() => {
                keymap::action(&standing.binds(self.setting.lang), key).is_some()
            }
            _ => false,
        };
        if lone.is_some_and(acts) { "" } else { held }
    }

    /// That the size of the terminal is assumed, where it does not say.
    pub fn said_of_size(&self) -> Option<Message> {
        let (width, height) = self.size;
        let said = format!("{}: {width} x {height}", self.setting.lang.of(ui::SIZE_ASSUMED));
        self.size_assumed.then(|| Message::note(said))
    }

    /// How often the terminal is to ring, once.
    pub fn take_rings(&mut self) -> usize {
        match &mut self.place {
            Place::Desk(standing) => std::mem::take(&mut standing.rings),
            Place::Gate(_) | Place::Gone => 0,
        }
    }

    /// Takes an input.
    pub fn input(&mut self, arrived: impl Into<Arrived>) {
        let arrived = arrived.into();
        if let Input::Resize(width, height) = arrived.input {
            self.size = (width, height);
            self.size_assumed = false;
        }
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        match &mut self.place {
            Place::Gate(login) => match login.input(&arrived.input, lang) {
                LoginWants::Nothing => {}
                LoginWants::Language => self.switch_language(),
                LoginWants::Quit => self.place = Place::Gone,
            },
            Place::Desk(standing) => {
                let effect = standing.input(arrived, lang, now, size);
                self.perform(effect);
                if let Place::Desk(standing) = &mut self.place {
                    standing.after_scan();
                }
            }
            Place::Gone => {}
        }
    }

    /// Whether something was put off until the screen was drawn.
    pub fn is_busy(&self) -> bool {
        match &self.place {
            Place::Gate(login) => login.is_trying(),
            Place::Desk(standing) => standing.pending.is_some(),
            Place::Gone => false,
        }
    }

    /// Carries out what was put off until the screen was drawn. `false` when nothing was.
    pub fn work(&mut self) -> bool {
        match &mut self.place {
            Place::Gate(login) => {
                let Some((user, password)) = login.take_try() else { return false };
                self.log_in(&user, &password);
                true
            }
            Place::Desk(standing) => {
                let Some(effect) = standing.pending.take() else { return false };
                self.perform(effect);
                true
            }
            Place::Gone => false,
        }
    }

    fn log_in(&mut self, user: &str, password: &Secret) {
        let terminal = self.setting.terminal.clone();
        match Desk::log_in(&self.setting.dir, user, &password.0, terminal) {
            Ok((desk, welcome)) => self.enter(desk, welcome, password),
            Err(failure) => {
                let said = declared::said_at_gate(&failure, self.setting.lang);
                self.place = Place::Gate(Box::new(Login::again(user, said)));
            }
        }
    }

    /// Stands a person at an open desk.
    pub fn enter(&mut self, desk: Desk, welcome: Welcome, password: &Secret) {
        let now = self.instant();
        // What cannot be read now is told by the search that needs it.
        let _ = desk.ready_to_search();
        let mut standing = Session::new(desk, &welcome, password, self.setting.lang, now, self.size);
        standing.message = self.said_of_size();
        self.place = Place::Desk(Box::new(standing));
    }

    /// Locks that have come due. `true` when the screen changed.
    pub fn tick(&mut self) -> bool {
        let now = self.instant();
        let Place::Desk(standing) = &mut self.place else { return false };
        let idle = now.saturating_duration_since(standing.touched);
        let (screen, full) = standing.lock_times();
        if idle >= full {
            self.leave(ui::FULL_LOCKED);
            return true;
        }
        if idle >= screen && standing.lock.is_none() {
            standing.lock_screen();
            return true;
        }
        let differed = standing.desk.differs().is_some();
        standing.desk.idle();
        let room_changed = standing.ask_for_room_in_time(now);
        if room_changed {
            standing.refresh_all(self.setting.lang, now, self.size);
        }
        match standing.desk.differs().filter(|_| !differed) {
            Some(what) => {
                let failure = Failure::Damaged(what.clone());
                let said = crate::tui::declared::said(&failure, &standing.desk, self.setting.lang);
                standing.message = Some(Message::wrong(said));
                true
            }
            None => room_changed,
        }
    }

    /// How long until a lock comes due.
    pub fn until_lock(&self) -> Option<Duration> {
        let Place::Desk(standing) = &self.place else { return None };
        let (screen, full) = standing.lock_times();
        let wait = if standing.lock.is_some() { full } else { screen.min(full) };
        let idle = self.instant().saturating_duration_since(standing.touched);
        Some(wait.saturating_sub(idle))
    }

    /// Ends the session and goes back to the gate. Drafts are kept.
    pub fn leave(&mut self, why: Words) {
        let gate = Place::Gate(Box::new(Login::new(Some(self.setting.lang.of(why).to_owned()))));
        if let Place::Desk(mut standing) = std::mem::replace(&mut self.place, gate) {
            standing.keep_drafts();
            if let Err(failure) = standing.desk.close() {
                let said = declared::said_at_gate(&failure, self.setting.lang);
                self.place = Place::Gate(Box::new(Login::new(Some(said))));
            }
        }
    }

    /// The terminal is gone, or the process was told to end: drafts are kept, the vault is closed.
    pub fn hang_up(&mut self) {
        let held = self.burst.take_held();
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        if let Place::Desk(standing) = &mut self.place {
            // What was typed last is text as it stands; it answers nothing any more.
            standing.keep_typed(&held, lang, now, size);
        }
        if let Place::Desk(mut standing) = std::mem::replace(&mut self.place, Place::Gone) {
            standing.keep_drafts();
            // Nobody is left to be told; what was acknowledged is on the disk.
            let _ = standing.desk.close();
        }
    }

    pub(in crate::tui) fn switch_language(&mut self) {
        self.setting.lang = match self.setting.lang {
            Lang::Ja => Lang::En,
            Lang::En => Lang::Ja,
        };
    }
}
