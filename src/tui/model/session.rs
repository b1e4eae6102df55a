//! A person standing at the desk: the screens above one another, the lock, and what was said last.

use super::{Behind, Cx, Effect, Message, Screen, Secret};
use crate::desk::{Desk, Lang, Lookup, Welcome};
use crate::domain::Id;
use crate::tui::declared;
use crate::tui::input::{Arrived, Input, Key};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::screen::{self, Lock, Part};
use crate::tui::words::ui;
use std::time::{Duration, Instant};

/// A person standing at the desk.
pub struct Session {
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
    /// When the disk was last asked for its room.
    pub room_asked: Instant,
    /// What still belongs to the last scan.
    pub behind: Behind,
    /// A scan is being carried out: what it comes to decides what still belongs to it.
    pub scanning: bool,
    /// How often the terminal is to ring after the next drawing.
    pub rings: usize,
}

/// The title bar's texts.
#[derive(Clone, Debug, Default)]
pub struct Head {
    /// The site's name.
    pub site: String,
    /// The person.
    pub who: String,
    /// Their first role.
    pub role: String,
    /// When what is on the screen was read.
    pub read: String,
    /// The disk is nearly full.
    pub low_disk: bool,
}

/// How often the disk is asked for its room while nothing is recorded: it fills by other hands, too.
const ROOM_EVERY: Duration = Duration::from_secs(60);

impl Session {
    /// After login: Today, and above it the password to be set, if it is provisional.
    pub fn new(
        desk: Desk,
        welcome: &Welcome,
        password: &Secret,
        lang: Lang,
        now: Instant,
        size: (u16, u16),
    ) -> Session {
        let mut standing = Session {
            desk,
            stack: Vec::new(),
            message: None,
            lock: None,
            last_visit: None,
            pending: None,
            head: Head::default(),
            touched: now,
            room_asked: now,
            behind: Behind::Nothing,
            scanning: false,
            rings: 0,
        };
        standing.read_head(lang);
        let today = screen::Today::new(welcome, &standing.cx(lang, now, size));
        standing.stack.push(Box::new(today));
        if let Some(entry) = welcome.seen_further {
            let page = {
                let cx = standing.cx(lang, now, size);
                let said = crate::desk::say_warning(&format!("seen_further/{entry}"), lang);
                let parts = vec![Part::Text(said), Part::Text(cx.say(ui::SEEN_FURTHER).to_owned())];
                screen::TextPage::new(cx.say(ui::READ_FIRST).to_owned(), parts)
            };
            standing.stack.push(Box::new(page));
        }
        if welcome.provisional {
            let forced = screen::NewPassword::forced(password.clone(), &standing.cx(lang, now, size));
            standing.stack.push(Box::new(forced));
        }
        standing
    }

    /// What screens may look at now.
    pub fn cx(&self, lang: Lang, now: Instant, size: (u16, u16)) -> Cx<'_> {
        let height = usize::from(size.1).saturating_sub(4).max(1);
        let width = usize::from(size.0);
        Cx { desk: &self.desk, lang, now, width, height, last_visit: self.last_visit }
    }

    /// Reads the title bar's texts anew.
    pub fn read_head(&mut self, lang: Lang) {
        let (actor, roles) = (self.desk.actor(), self.desk.roles());
        let roles: Vec<String> = roles
            .iter()
            .filter_map(|id| self.desk.profile().role(id))
            .map(|role| declared::label(&role.label, lang).to_owned())
            .take(1)
            .collect();
        let site =
            self.desk.row(Id::SITE).and_then(|site| site.name().map(str::to_owned)).unwrap_or_default();
        let name = self.desk.name(actor.person);
        let role = roles.into_iter().next().unwrap_or_default();
        let read = self.desk.now().format("%H:%M").to_string();
        let low_disk = self.desk.low_disk().is_some();
        self.head = Head { site, who: name, role, read, low_disk };
    }

    /// Asks the disk for its room, after a record or when it is time to. `true` when the title bar changed.
    pub fn ask_for_room(&mut self, now: Instant) -> bool {
        self.room_asked = now;
        let before = std::mem::replace(&mut self.head.low_disk, self.desk.low_disk().is_some());
        before != self.head.low_disk
    }

    /// The same while nothing is recorded, not more often than it may change.
    pub fn ask_for_room_in_time(&mut self, now: Instant) -> bool {
        now.saturating_duration_since(self.room_asked) >= ROOM_EVERY && self.ask_for_room(now)
    }

    /// Lets every screen read anew.
    pub fn refresh_all(&mut self, lang: Lang, now: Instant, size: (u16, u16)) {
        let mut stack = std::mem::take(&mut self.stack);
        for screen in &mut stack {
            screen.refresh(&self.cx(lang, now, size));
        }
        self.stack = stack;
    }

    /// The binds in force: the top screen's, then those of every screen.
    pub fn binds(&self, lang: Lang) -> Vec<Bind> {
        let Some(top) = self.stack.last() else { return Vec::new() };
        let mut binds = top.binds(lang);
        if top.everywhere() {
            let dim = |bind: Bind| {
                let asks = bind.keys.iter().any(|(_, action)| *action == Action::Inside);
                let open = !asks || self.desk.may_query("inside");
                bind.open_if(open)
            };
            binds.extend(keymap::everywhere(lang).into_iter().map(dim));
        }
        binds
    }

    /// Takes an input, and gives what it asks for.
    pub fn input(&mut self, arrived: Arrived, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        if !matches!(arrived.input, Input::Resize(..)) {
            self.touched = now;
            self.head.read = self.desk.now().format("%H:%M").to_string();
        }
        if let Some(lock) = &mut self.lock {
            return lock.input(&arrived.input, lang);
        }
        if self.belongs_to_scan(&arrived, lang) {
            return Effect::Stay;
        }
        let input = arrived.input;
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
            Input::Run(run) => return self.run(&run, lang, now, size),
        };
        let Some(action) = acted else { return Effect::Stay };
        self.message = None;
        self.on(action, lang, now, size)
    }

    fn on(&mut self, action: Action, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        let everywhere = self.stack.last().is_some_and(|top| top.everywhere() && !top.takes(&action));
        match action {
            Action::Lock if everywhere => return Effect::Lock,
            Action::Help | Action::Inside | Action::Palette if everywhere => {
                let cx = self.cx(lang, now, size);
                return screen::global(&action, self, &cx);
            }
            _ => {}
        }
        self.with_top(lang, now, size, |top, cx| top.on(action, cx))
    }

    pub(super) fn with_top_maybe(
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

    /// Idle times until the screen lock and until the full lock.
    pub fn lock_times(&self) -> (Duration, Duration) {
        let idle = &self.desk.profile().idle;
        // A profile that names no time locks after ten minutes and after eight hours.
        let or = |seconds: u32, otherwise: u64| {
            Duration::from_secs(if seconds == 0 { otherwise } else { u64::from(seconds) })
        };
        (or(idle.screen_lock_s, 600), or(idle.full_lock_s, 28_800))
    }

    /// Covers the screen.
    pub fn lock_screen(&mut self) {
        self.keep_drafts();
        self.message = None;
        self.desk.note_last_seen();
        self.lock = Some(Lock::new(self.head.who.clone()));
    }

    /// Keeps what stands in open forms.
    pub fn keep_drafts(&mut self) {
        for screen in &mut self.stack {
            // A draft that cannot be kept is lost, and only that: the person is not at the screen any more.
            if let Ok(Some((form, fields))) = screen.draft(&self.desk) {
                let _ = self.desk.keep_draft(&form, &fields);
            }
        }
    }
}
