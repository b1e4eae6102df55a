//! What a screen is: it moves itself, reads the desk, and asks for effects. It never writes.

use super::{Effect, Message};
use crate::desk::declare::Words;
use crate::desk::{Desk, Failure, Lang, Receipt};
use crate::domain::Id;
use crate::tui::declared;
use crate::tui::input::Scanned;
use crate::tui::keymap::{Action, Bind};
use crate::tui::view::Sheet;
use crate::tui::words::ui;
use std::time::Instant;

/// The name of a draft, and the fields and texts in it.
pub type Kept = (String, Vec<(String, String)>);

/// What a screen may look at.
pub struct Cx<'a> {
    /// The desk, for reading.
    pub desk: &'a Desk,
    /// The language.
    pub lang: Lang,
    /// A monotonic moment.
    pub now: Instant,
    /// Columns of the terminal.
    pub width: usize,
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
        Effect::Say(Message::wrong(declared::said(failure, self.desk, self.lang)))
    }
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
    /// Whether a code with its Enter does something here at once, read or typed.
    fn awaits_scan(&self) -> bool {
        false
    }
    /// Keys were refused that may have been a choice: what is chosen by default is chosen anew.
    fn disturbed(&mut self) {}
    /// What a scan means here; `None`: as if it had been typed, with Enter.
    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        let _ = scanned;
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
    /// What is not kept yet of a form's draft, to be kept now, under a name that no other form has.
    ///
    /// # Errors
    /// When the desk cannot say which names there are.
    fn draft(&mut self, desk: &Desk) -> Result<Option<Kept>, Failure> {
        let _ = desk;
        Ok(None)
    }
    /// Whether help, palette, the list of who is inside and the lock can be reached from here.
    fn everywhere(&self) -> bool {
        true
    }
    /// Whether a key of every screen means something of its own here.
    fn takes(&self, action: &Action) -> bool {
        let _ = action;
        false
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
