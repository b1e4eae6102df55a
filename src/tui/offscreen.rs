//! The screens on a terminal in memory: the seam through which a test or a measurement takes the terminal's place.

use super::input::{Arrived, Input, Key};
use super::model::{Model, Secret, Setting};
use super::run::Options;
use super::theme::Theme;
use super::view;
use crate::desk::{Desk, Terminal, Welcome};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use std::convert::Infallible;
use std::path::Path;

/// Screens without a terminal.
pub struct Offscreen {
    pub(super) model: Model,
    terminal: ratatui::Terminal<TestBackend>,
    /// What was drawn last. Not the backend's own copy: that keeps what stands under wide characters.
    drawn: Buffer,
    theme: Theme,
}

fn certain<T>(result: Result<T, Infallible>) -> T {
    match result {
        Ok(value) => value,
    }
}

impl Offscreen {
    /// The login screen of a vault, in so many columns and rows.
    pub fn new(vault: &Path, terminal: Terminal, options: Options, size: (u16, u16)) -> Offscreen {
        let Options { lang, hint, sink } = options;
        let setting = Setting { dir: vault.to_owned(), terminal, lang, hint, sink };
        let screen = certain(ratatui::Terminal::new(TestBackend::new(size.0, size.1)));
        let model = Model::new(setting, size);
        let mut offscreen =
            Offscreen { model, terminal: screen, drawn: Buffer::default(), theme: Theme::coloured() };
        offscreen.draw();
        offscreen
    }

    /// Stands a person at a desk that was opened elsewhere: on a disk of the test's own.
    pub fn enter(&mut self, desk: Desk, welcome: Welcome, password: &str) {
        self.model.enter(desk, welcome, &Secret::of(password));
        self.draw();
    }

    /// A moment passes in which nothing is typed. `true` when the screen changed.
    pub fn passes(&mut self) -> bool {
        let changed = self.model.tick();
        self.draw();
        changed
    }

    /// Takes an input, carries out what it put off, and draws.
    pub fn input(&mut self, arrived: impl Into<Arrived>) {
        let arrived = arrived.into();
        if let Input::Resize(width, height) = arrived.input {
            self.terminal.backend_mut().resize(width, height);
        }
        self.model.input(arrived);
        self.draw();
        while self.model.is_busy() {
            self.model.work();
            self.draw();
        }
    }

    /// A key as the terminal brings it, at the moment of the clock: what is certain by now is taken in.
    pub fn arrives(&mut self, key: Key) {
        let certain = self.model.arrives(Input::Key(key));
        certain.into_iter().for_each(|arrived| self.input(arrived));
    }

    /// A wait has ended in which nothing came.
    pub fn rests(&mut self) {
        let certain = self.model.rests();
        certain.into_iter().for_each(|arrived| self.input(arrived));
    }

    /// Presses a key, after a pause and with one behind it.
    pub fn key(&mut self, key: Key) {
        self.input(Input::Key(key));
    }

    /// Types a text, key by key.
    pub fn types(&mut self, text: &str) {
        text.chars().for_each(|c| self.key(Key::Char(c)));
    }

    /// Draws one frame.
    pub fn draw(&mut self) {
        let (model, theme) = (&self.model, &self.theme);
        let frame = certain(self.terminal.draw(|frame| view::draw(model, theme, frame)));
        self.drawn = frame.buffer.clone();
    }

    /// Where the real cursor stands: column and row.
    pub fn cursor(&mut self) -> (u16, u16) {
        let at = certain(self.terminal.get_cursor_position());
        (at.x, at.y)
    }

    /// The screen as text, line by line; a wide character once.
    pub fn text(&self) -> String {
        let area = self.drawn.area;
        let mut out = String::new();
        for y in 0..area.height {
            let (mut line, mut skip) = (String::new(), 0usize);
            for x in 0..area.width {
                if let Some(left) = skip.checked_sub(1) {
                    skip = left;
                    continue;
                }
                let symbol = self.drawn.cell((x, y)).map_or(" ", |cell| cell.symbol());
                line.push_str(symbol);
                skip = crate::text::width::cells(symbol).saturating_sub(1);
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}
