//! The person of a visit was the wrong one: who it really was, why, and it is corrected.

use crate::desk::declare::cells;
use crate::desk::{Failure, Instruction, Lang, Lookup, Receipt};
use crate::domain::{Command, Correct, Id, Noun, Row};
use crate::tui::input::Scanned;
use crate::tui::keymap::{Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::screen::{Choice, Pick, Purpose};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// The correction, a pick at a time.
pub struct WrongPerson {
    visit: Id,
    /// Whose visit it is, in words.
    about: String,
    /// Who it really was, once picked.
    right: Option<Id>,
    pick: Pick,
}

impl WrongPerson {
    /// Of a visit.
    ///
    /// # Errors
    /// What the desk says.
    pub fn new(visit: Id, cx: &Cx<'_>) -> Result<WrongPerson, Failure> {
        let about = said(visit, cx);
        let pick = Pick::records(Noun::Person, cx.say(ui::WHO_REALLY), Purpose::Answer, cx)?;
        Ok(WrongPerson { visit, pick: pick.about(about.clone()), about, right: None })
    }

    /// Whether a record is one whose person may be the wrong one.
    pub fn is_of(id: Id) -> bool {
        id.noun == Noun::Visit
    }

    /// Of the visit recorded last.
    pub fn of_the_last(cx: &Cx<'_>) -> Effect {
        match cx.last_visit {
            Some(visit) => WrongPerson::open(visit, cx),
            None => Effect::Say(Message::note(cx.say(ui::NO_LAST_VISIT))),
        }
    }

    /// Opened over the screen.
    pub fn open(visit: Id, cx: &Cx<'_>) -> Effect {
        match WrongPerson::new(visit, cx) {
            Ok(screen) => Effect::Open(Box::new(screen)),
            Err(failure) => cx.trouble(&failure),
        }
    }

    fn picked(&mut self, value: &str, cx: &Cx<'_>) -> Effect {
        let Some(right) = self.right else {
            self.right = value.parse().ok();
            let reasons = [ui::WHY_1, ui::WHY_2, ui::WHY_3, ui::WHY_4];
            let all = reasons.map(|words| Choice::new(cx.say(words), cx.say(words))).to_vec();
            let right = self.right.map(|id| cells::name(id, cx.desk, cx.lang)).unwrap_or_default();
            let about = format!("{}   {}: {right}", self.about, cx.say(ui::RIGHT_PERSON));
            self.pick = Pick::fixed(cx.say(ui::WHY_WRONG), all, Purpose::Answer).about(about);
            return Effect::Stay;
        };
        let correct = Correct {
            record: Some(self.visit),
            field: "person".to_owned(),
            value: right.to_string(),
            reason: value.to_owned(),
            ..Correct::default()
        };
        Effect::Execute(Box::new(Instruction::from(Command::from(correct))))
    }

    /// What the pick list did, or what follows from what was picked in it.
    fn after(&mut self, effect: Effect, cx: &Cx<'_>) -> Effect {
        match effect {
            Effect::Give(values) => match values.first() {
                Some(value) => self.picked(value, cx),
                None => Effect::Stay,
            },
            other => other,
        }
    }
}

/// Whose visit is corrected: name, day and time, number.
fn said(visit: Id, cx: &Cx<'_>) -> String {
    let Some(Row::Visit(row)) = cx.desk.row(visit) else { return visit.to_string() };
    let name = cells::name(row.person, cx.desk, cx.lang);
    format!("{}: {name}  {}  {visit}", cx.say(ui::CORRECTS), cells::stamp(row.came, cx.lang))
}

/// Whether a visit was recorded here whose person this person may correct.
pub fn may_correct(cx: &Cx<'_>) -> bool {
    cx.last_visit.is_some_and(|visit| cx.desk.available("correct", Some(visit)).is_ok())
}

impl Screen for WrongPerson {
    fn title(&self, lang: Lang) -> String {
        self.pick.title(lang)
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        self.pick.binds(lang)
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let effect = self.pick.on(action, cx);
        self.after(effect, cx)
    }

    fn takes_text(&self) -> bool {
        self.pick.takes_text()
    }

    fn popup(&self) -> bool {
        true
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        let effect = self.pick.scan(scanned, cx)?;
        Some(self.after(effect, cx))
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) => {
                let said = format!("{} ({} #{})", cx.say(ui::CORRECTED), cx.say(ui::ENTRY), receipt.seq);
                Effect::Many(vec![Effect::Close, Effect::Say(Message::done(said))])
            }
            Err(failure) => {
                let said = cx.trouble(&failure);
                // Refused: somebody else is picked, for the same visit.
                match WrongPerson::new(self.visit, cx) {
                    Ok(again) => Effect::Many(vec![Effect::Swap(Box::new(again)), said]),
                    Err(_) => said,
                }
            }
        }
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        self.pick.draw(sheet);
    }
}
