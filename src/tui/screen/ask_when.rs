//! One question with one answer: a day, a moment.

use super::{Inside, Pick, said_day};
use crate::desk::declare::Words;
use crate::desk::declare::read::{date_from_typed, stamp_from_typed};
use crate::desk::{AsOf, FieldProblem, Lang, Lookup};
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Screen};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// The day of which a register is shown.
    Day,
    /// The moment at which somebody was inside.
    Moment,
    /// The moment at which somebody could do something.
    Could,
}

/// The question.
pub struct AskWhen {
    question: Question,
    edit: Edit,
    problem: Option<String>,
    echo: String,
}

impl AskWhen {
    /// As of which day a register is wanted.
    pub fn day() -> AskWhen {
        AskWhen::of(Question::Day)
    }

    /// At which moment.
    pub fn moment() -> AskWhen {
        AskWhen::of(Question::Moment)
    }

    /// At which moment somebody could do something.
    pub fn could() -> AskWhen {
        AskWhen::of(Question::Could)
    }

    fn of(question: Question) -> AskWhen {
        AskWhen { question, edit: Edit::line(""), problem: None, echo: String::new() }
    }

    fn words(&self) -> (Words, Words) {
        match self.question {
            Question::Day => (ui::GO_AS_OF, ui::ASK_DAY),
            Question::Moment => (ui::GO_INSIDE_AT, ui::ASK_MOMENT),
            Question::Could => (ui::GO_WHO_COULD, ui::ASK_MOMENT),
        }
    }

    fn answer(&mut self, cx: &Cx<'_>) -> Effect {
        let today = cx.desk.now().date_naive();
        let wrong = |problem: FieldProblem| cx.lang.pick(&problem.ja, &problem.en).to_owned();
        match self.question {
            Question::Day => match date_from_typed("", self.edit.text(), today) {
                Ok(day) if day > today => self.not_yet(cx),
                Ok(day) => Effect::Swap(Box::new(Pick::registers_as_of(AsOf::Day(day), cx))),
                Err(problem) => {
                    self.problem = Some(wrong(problem));
                    Effect::Stay
                }
            },
            Question::Moment | Question::Could => {
                match stamp_from_typed("", self.edit.text(), cx.desk, today) {
                    Ok(moment) if moment > cx.desk.now() => self.not_yet(cx),
                    Ok(moment) if self.question == Question::Could => {
                        Effect::Swap(Box::new(Pick::rights_at(moment, cx)))
                    }
                    Ok(moment) => match Inside::new(Some(moment), cx) {
                        Ok(inside) => Effect::Swap(Box::new(inside)),
                        Err(failure) => cx.trouble(&failure),
                    },
                    Err(problem) => {
                        self.problem = Some(wrong(problem));
                        Effect::Stay
                    }
                }
            }
        }
    }

    /// Nobody knows yet what the registers will hold then.
    fn not_yet(&mut self, cx: &Cx<'_>) -> Effect {
        self.problem = Some(cx.say(ui::NOT_YET).to_owned());
        Effect::Stay
    }

    fn read(&mut self, cx: &Cx<'_>) {
        let today = cx.desk.now().date_naive();
        self.problem = None;
        self.echo = match self.question {
            Question::Day => date_from_typed("", self.edit.text(), today)
                .map(|day| said_day(day, cx.lang))
                .unwrap_or_default(),
            Question::Moment | Question::Could => stamp_from_typed("", self.edit.text(), cx.desk, today)
                .map(|moment| {
                    format!("{} {}", said_day(moment.date_naive(), cx.lang), moment.format("%H:%M"))
                })
                .unwrap_or_default(),
        };
    }
}

impl Screen for AskWhen {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.words().0).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::SHOW)),
            keymap::editing(lang),
            keymap::back(lang),
        ]
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        match action {
            Action::Esc => Effect::Close,
            Action::Enter => self.answer(cx),
            other => {
                super::edit_action(&mut self.edit, &other);
                self.read(cx);
                Effect::Stay
            }
        }
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        super::not_as_text(&scanned.code, cx)
    }

    fn popup(&self) -> bool {
        true
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (title, ask) = self.words();
        let width = sheet.width().saturating_sub(6).min(66);
        let mut panel = sheet.panel(lang.of(title), 5, width);
        let wide = panel.width();
        panel.put(0, 0, wide, lang.of(ask), theme.label);
        panel.edit(1, 2, (1, 30), &self.edit, true);
        match &self.problem {
            Some(problem) => {
                panel.flow(2, 0, wide, &format!("! {problem}"), theme.urgent);
            }
            None if !self.echo.is_empty() => panel.put(2, 2, wide, &format!("= {}", self.echo), theme.dim),
            None => {}
        }
    }
}
