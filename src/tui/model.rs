//! The model: where the program stands. Keys come in as [`Input`], move it, and ask for effects on the desk.
//!
//! A [`Screen`] reads the desk and never writes: it answers an action with an [`Effect`], which `effects` carries
//! out. Drawing takes the model as it is and changes nothing.

use super::input::{Input, Key};
use super::keymap::{self, Action, Bind};
use super::print::PrintSink;
use super::screen::{Lock, Login, LoginWants};
use super::view::Sheet;
use super::words::ui;
use crate::desk::declare::Words;
use crate::desk::{Desk, Failure, Lang, Lookup, Order, Receipt, Terminal, Welcome};
use crate::domain::{Id, Row};
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
    Desk(Box<Standing>),
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
}

/// A person standing at the desk.
pub struct Standing {
    /// The desk.
    pub desk: Desk,
    /// The screens, the lowest first. Never empty.
    pub stack: Vec<Box<dyn Screen>>,
    /// What is to be said on the message line.
    pub message: Option<Message>,
    /// The screen lock, while it is on.
    pub lock: Option<Lock>,
    /// The visit recorded last here: what a correction of the person is about.
    pub last_visit: Option<Id>,
    /// An effect to be carried out after the next drawing, because it takes a while.
    pub pending: Option<Effect>,
    /// The title bar's texts: site, person and role, and when the screen was read.
    pub head: Head,
    /// When a key was last pressed.
    pub touched: Instant,
}

/// The title bar's texts.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The site's name.
    pub site: String,
    /// Person and role.
    pub who: String,
    /// When what is on the screen was read.
    pub read: String,
}

/// What the message line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub tone: Tone,
    /// The text.
    pub text: String,
}

/// What kind of message it is; a word in front says so too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something to know.
    Note,
    /// Something did not go.
    Wrong,
}

impl Message {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Message {
        Message { tone: Tone::Done, text: text.into() }
    }
    /// Something to know.
    pub fn note(text: impl Into<String>) -> Message {
        Message { tone: Tone::Note, text: text.into() }
    }
    /// Something did not go.
    pub fn wrong(text: impl Into<String>) -> Message {
        Message { tone: Tone::Wrong, text: text.into() }
    }
}

/// What a screen may look at.
pub struct Cx<'a> {
    /// The desk, for reading.
    pub desk: &'a Desk,
    /// The language.
    pub lang: Lang,
    /// A monotonic moment.
    pub now: Instant,
    /// Rows of the body.
    pub height: usize,
    /// The visit recorded last here.
    pub last_visit: Option<Id>,
}

impl Cx<'_> {
    /// The words in the language of the screens.
    pub fn say(&self, words: Words) -> &'static str {
        self.lang.of(words)
    }

    /// What is said when something could not be read.
    pub fn trouble(&self, failure: &Failure) -> Effect {
        Effect::Say(Message::wrong(super::declared::said(failure, self.desk, self.lang)))
    }
}

/// What a screen asks for.
pub enum Effect {
    /// Nothing but to be drawn again.
    Stay,
    /// Say something on the message line.
    Say(Message),
    /// Open a screen above.
    Open(Box<dyn Screen>),
    /// Close this screen.
    Close,
    /// Close this screen and give what was picked to the one below.
    Give(Vec<String>),
    /// Put a screen in place of this one.
    Swap(Box<dyn Screen>),
    /// Back to the lowest screen.
    Home,
    /// Several, in order.
    Many(Vec<Effect>),
    /// An action for the screen on top, after what came before.
    Act(Action),
    /// Execute a command; the answer goes to the screen on top.
    Execute(Box<Order>),
    /// The same after the screen has been drawn once more: it takes a while.
    Slowly(Box<Effect>),
    /// Keep a draft.
    KeepDraft(String, Vec<(String, String)>),
    /// Throw a draft away.
    DropDraft(String),
    /// Write a text out, and record that it was read.
    Write(Box<Writing>),
    /// Take over the desk: another person's ID and password where they are not logged in, and remarks.
    TakeOver(Option<(String, Secret)>, String),
    /// Set the own password: old, new.
    SetPassword(Secret, Secret),
    /// Lock the screen.
    Lock,
    /// Try to unlock it.
    Unlock(Secret),
    /// End the session.
    LogOut,
    /// Change the language.
    SwitchLanguage,
    /// End the program.
    Quit,
}

/// A text that is wiped when dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub zeroize::Zeroizing<String>);

impl Secret {
    /// Takes a copy of a text.
    pub fn of(text: &str) -> Secret {
        Secret(zeroize::Zeroizing::new(text.to_owned()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// A text to be written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Name of the file.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The register it was read from.
    pub register: String,
    /// `csv` or `print`.
    pub how: &'static str,
    /// How many rows.
    pub rows: usize,
    /// Which filters were set, in words.
    pub filters: String,
    /// Said with the result, when not everything fits.
    pub note: String,
}

/// A screen of an open session.
pub trait Screen {
    /// Its name in the title bar.
    fn title(&self, lang: Lang) -> String;
    /// Its keys, for moving it and for the key bar.
    fn binds(&self, lang: Lang) -> Vec<Bind>;
    /// Moves it.
    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect;
    /// Draws it.
    fn draw(&self, sheet: &mut Sheet<'_, '_>);
    /// Whether characters that no key is bound to are typed into it now.
    fn takes_text(&self) -> bool {
        false
    }
    /// What a scan means here; `None`: as if it had been typed, with Enter.
    fn scan(&mut self, code: &str, cx: &Cx<'_>) -> Option<Effect> {
        let _ = code;
        let says = || Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE)));
        (!self.takes_text()).then(says)
    }
    /// What was picked in the screen above.
    fn given(&mut self, values: Vec<String>, cx: &Cx<'_>) -> Effect {
        let _ = (values, cx);
        Effect::Stay
    }
    /// What the desk answered to the command this screen gave.
    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(_) => Effect::Stay,
            Err(failure) => cx.trouble(&failure),
        }
    }
    /// Something was recorded, or the screen comes up again: read anew.
    fn refresh(&mut self, cx: &Cx<'_>) {
        let _ = cx;
    }
    /// Whether it stands over the screen below.
    fn popup(&self) -> bool {
        false
    }
    /// The draft to be kept if the terminal goes away now.
    fn draft(&self) -> Option<(String, Vec<(String, String)>)> {
        None
    }
    /// Whether help, palette, the list of who is inside and the lock can be reached from here.
    fn everywhere(&self) -> bool {
        true
    }
    /// What somebody reads here, for roles whose reading is itself an entry: register, rows, filters.
    fn reads(&self) -> Option<(String, usize, String)> {
        None
    }
    /// The register it shows, for the help.
    fn register(&self) -> Option<&'static str> {
        None
    }
}

impl Model {
    /// At the gate.
    pub fn new(setting: Setting, size: (u16, u16)) -> Model {
        Model { setting, place: Place::Gate(Box::new(Login::new(None))), size }
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

    /// Takes an input.
    pub fn input(&mut self, input: Input) {
        if let Input::Resize(width, height) = input {
            self.size = (width, height);
        }
        let (lang, now, size) = (self.setting.lang, self.instant(), self.size);
        match &mut self.place {
            Place::Gate(login) => match login.input(&input, lang) {
                LoginWants::Nothing => {}
                LoginWants::Language => self.switch_language(),
                LoginWants::Quit => self.place = Place::Gone,
            },
            Place::Desk(standing) => {
                let effect = standing.input(input, lang, now, size);
                self.perform(effect);
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
                let said = super::declared::said_at_gate(&failure, self.setting.lang);
                self.place = Place::Gate(Box::new(Login::again(user, said)));
            }
        }
    }

    /// Stands a person at an open desk.
    pub fn enter(&mut self, desk: Desk, welcome: Welcome, password: &Secret) {
        let now = self.instant();
        let standing = Standing::new(desk, &welcome, password, self.setting.lang, now, self.size);
        self.place = Place::Desk(Box::new(standing));
    }

    /// Locks that have come due. `true` when the screen changed.
    pub fn tick(&mut self) -> bool {
        let now = self.instant();
        let Place::Desk(standing) = &mut self.place else { return false };
        let idle = now.saturating_duration_since(standing.touched);
        let (screen, full) = standing.lock_times();
        if idle >= full {
            standing.keep_drafts();
            self.leave(ui::FULL_LOCKED);
            return true;
        }
        if idle >= screen && standing.lock.is_none() {
            standing.lock_screen(self.setting.lang);
            return true;
        }
        standing.desk.idle();
        false
    }

    /// How long until a lock comes due.
    pub fn until_lock(&self) -> Option<Duration> {
        let Place::Desk(standing) = &self.place else { return None };
        let (screen, full) = standing.lock_times();
        let wait = if standing.lock.is_some() { full } else { screen.min(full) };
        let idle = self.instant().saturating_duration_since(standing.touched);
        Some(wait.saturating_sub(idle))
    }

    /// Ends the session and goes back to the gate.
    pub fn leave(&mut self, why: Words) {
        let gate = Place::Gate(Box::new(Login::new(Some(self.setting.lang.of(why).to_owned()))));
        if let Place::Desk(standing) = std::mem::replace(&mut self.place, gate)
            && let Err(failure) = standing.desk.close()
        {
            let said = super::declared::said_at_gate(&failure, self.setting.lang);
            self.place = Place::Gate(Box::new(Login::new(Some(said))));
        }
    }

    /// The terminal is gone, or the process was told to end: drafts are kept, the vault is closed.
    pub fn hang_up(&mut self) {
        if let Place::Desk(mut standing) = std::mem::replace(&mut self.place, Place::Gone) {
            standing.keep_drafts();
            // Nobody is left to be told; what was acknowledged is on the disk.
            let _ = standing.desk.close();
        }
    }

    pub(super) fn switch_language(&mut self) {
        self.setting.lang = match self.setting.lang {
            Lang::Ja => Lang::En,
            Lang::En => Lang::Ja,
        };
    }
}

impl Standing {
    fn new(
        desk: Desk,
        welcome: &Welcome,
        password: &Secret,
        lang: Lang,
        now: Instant,
        size: (u16, u16),
    ) -> Standing {
        let mut standing = Standing {
            desk,
            stack: Vec::new(),
            message: None,
            lock: None,
            last_visit: None,
            pending: None,
            head: Head::default(),
            touched: now,
        };
        standing.read_head(lang);
        let today = super::screen::Today::new(welcome, &standing.cx(lang, now, size));
        standing.stack.push(Box::new(today));
        if welcome.provisional {
            standing.stack.push(Box::new(super::screen::NewPassword::forced(password.clone())));
        }
        standing
    }

    /// What screens may look at now.
    pub fn cx(&self, lang: Lang, now: Instant, size: (u16, u16)) -> Cx<'_> {
        let height = usize::from(size.1).saturating_sub(4).max(1);
        Cx { desk: &self.desk, lang, now, height, last_visit: self.last_visit }
    }

    /// Reads the title bar's texts anew.
    pub fn read_head(&mut self, lang: Lang) {
        let actor = self.desk.actor();
        let roles: Vec<String> = actor
            .roles
            .iter()
            .filter_map(|id| self.desk.profile().role(id))
            .map(|role| super::declared::label(&role.label, lang).to_owned())
            .take(1)
            .collect();
        let site = match self.desk.row(Id::SITE) {
            Some(Row::Site(site)) => site.name,
            _ => String::new(),
        };
        let name = self.desk.name(actor.person);
        let who = match roles.first() {
            Some(role) if lang == Lang::Ja => format!("{name}（{role}）"),
            Some(role) => format!("{name} ({role})"),
            None => name,
        };
        let read = self.desk.now().format("%H:%M").to_string();
        self.head = Head { site, who, read };
    }

    /// The binds in force: the top screen's, then those of every screen.
    pub fn binds(&self, lang: Lang) -> Vec<Bind> {
        let Some(top) = self.stack.last() else { return Vec::new() };
        let mut binds = top.binds(lang);
        if top.everywhere() {
            binds.extend(keymap::everywhere(lang));
        }
        binds
    }

    fn input(&mut self, input: Input, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        if !matches!(input, Input::Resize(..)) {
            self.touched = now;
            self.head.read = self.desk.now().format("%H:%M").to_string();
        }
        if let Some(lock) = &mut self.lock {
            return lock.input(&input, lang);
        }
        let binds = self.binds(lang);
        let takes_text = self.stack.last().is_some_and(|top| top.takes_text());
        let acted = match input {
            Input::Resize(..) => return Effect::Stay,
            Input::Key(key) => keymap::action(&binds, key).or(match key {
                Key::Char(c) if takes_text => Some(Action::Type(c.to_string())),
                _ => None,
            }),
            Input::Paste(text) if takes_text => Some(Action::Type(text)),
            Input::Paste(_) => None,
            Input::Scan(code) => return self.scan(&code, lang, now, size),
        };
        let Some(action) = acted else { return Effect::Stay };
        self.message = None;
        self.on(action, lang, now, size)
    }

    fn on(&mut self, action: Action, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        let everywhere = self.stack.last().is_some_and(|top| top.everywhere());
        match action {
            Action::Lock if everywhere => return Effect::Lock,
            Action::Help | Action::Inside | Action::Palette if everywhere => {
                let cx = self.cx(lang, now, size);
                return super::screen::global(&action, self, &cx);
            }
            _ => {}
        }
        self.with_top(lang, now, size, |top, cx| top.on(action, cx))
    }

    fn scan(&mut self, code: &str, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        self.message = None;
        if let Some(effect) = self.with_top_maybe(lang, now, size, |top, cx| top.scan(code, cx)) {
            return effect;
        }
        let typed = self.with_top(lang, now, size, |top, cx| top.on(Action::Type(code.to_owned()), cx));
        let entered = self.with_top(lang, now, size, |top, cx| top.on(Action::Enter, cx));
        Effect::Many(vec![typed, entered])
    }

    fn with_top_maybe(
        &mut self,
        lang: Lang,
        now: Instant,
        size: (u16, u16),
        act: impl FnOnce(&mut dyn Screen, &Cx<'_>) -> Option<Effect>,
    ) -> Option<Effect> {
        let mut top = self.stack.pop()?;
        let effect = act(top.as_mut(), &self.cx(lang, now, size));
        self.stack.push(top);
        effect
    }

    /// Lets the top screen act on what it may look at.
    pub fn with_top(
        &mut self,
        lang: Lang,
        now: Instant,
        size: (u16, u16),
        act: impl FnOnce(&mut dyn Screen, &Cx<'_>) -> Effect,
    ) -> Effect {
        self.with_top_maybe(lang, now, size, |top, cx| Some(act(top, cx))).unwrap_or(Effect::Stay)
    }

    fn lock_times(&self) -> (Duration, Duration) {
        let idle = &self.desk.profile().idle;
        // A profile that names no time locks after ten minutes and after eight hours.
        let or = |seconds: u32, otherwise: u64| {
            Duration::from_secs(if seconds == 0 { otherwise } else { u64::from(seconds) })
        };
        (or(idle.screen_lock_s, 600), or(idle.full_lock_s, 28_800))
    }

    /// Covers the screen.
    pub fn lock_screen(&mut self, lang: Lang) {
        self.keep_drafts();
        self.message = None;
        let _ = lang;
        self.lock = Some(Lock::new(self.head.who.clone()));
    }

    /// Keeps what stands in open forms.
    pub fn keep_drafts(&mut self) {
        for (form, fields) in self.stack.iter().filter_map(|screen| screen.draft()) {
            // A draft that cannot be kept is lost, and only that: the person is not at the screen any more.
            let _ = self.desk.keep_draft(&form, &fields);
        }
    }
}
