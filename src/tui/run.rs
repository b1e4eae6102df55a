//! The loop: wait, take in, draw what changed, carry out what was put off, look whether a lock has come due.

use super::input::Arrived;
use super::model::{Model, Setting};
use super::print::PrintSink;
use super::terminal::{self, Tty, Waited};
use super::theme::Theme;
use super::view;
use super::words::ui;
use crate::desk::{Lang, Terminal};
use std::path::Path;
use std::time::Duration;

/// How the screens are started.
pub struct Options {
    /// The language.
    pub lang: Lang,
    /// Lines for the login screen: the sample's IDs and passwords. Empty for a real site.
    pub hint: Vec<String>,
    /// Where CSV and plain text go.
    pub sink: Box<dyn PrintSink>,
}

/// How often the desk may do its housekeeping while nothing is typed.
const HOUSEKEEPING: Duration = Duration::from_secs(1);

/// Runs the screens on this terminal until the person leaves or the terminal goes away: login first.
/// Gives the exit code.
///
/// # Errors
/// In words, when standard input is no terminal, or the terminal cannot be used.
pub fn run(vault: &Path, seams: Terminal, options: Options) -> Result<u8, String> {
    let Options { lang, hint, sink } = options;
    let tty = Tty::take().map_err(|error| error.to_string())?;
    let Some(mut tty) = tty else { return Err(lang.of(ui::NOT_A_TERMINAL).to_owned()) };
    let theme = if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        Theme::plain()
    } else {
        Theme::coloured()
    };
    let (size, told) = terminal::size().map_err(|error| error.to_string())?;
    let setting = Setting { dir: vault.to_owned(), terminal: seams, lang, hint, sink };
    let mut model = Model::new(setting, size);
    model.size_assumed = !told;
    let show = |model: &mut Model, tty: &mut Tty| {
        if tty.screen.draw(|frame| view::draw(model, &theme, frame)).is_err() {
            // Nobody sees the screen any more.
            model.hang_up();
        }
        tty.ring(model.take_rings());
    };
    let mut changed = true;
    loop {
        if changed {
            show(&mut model, &mut tty);
        }
        if model.is_gone() {
            return Ok(0);
        }
        let held = model.until_rest();
        let lock = model.until_lock();
        let wait = held.into_iter().chain(lock).fold(HOUSEKEEPING, Duration::min);
        match tty.wait(wait) {
            Waited::Gone => {
                model.hang_up();
                return Ok(0);
            }
            Waited::Inputs(inputs) => {
                let heard = !inputs.is_empty();
                let certain: Vec<Arrived> = if inputs.is_empty() {
                    model.rests()
                } else {
                    inputs.into_iter().flat_map(|input| model.arrives(input)).collect()
                };
                // What is not certain yet is shown as typed, so that nobody waits to see it.
                changed = heard || !certain.is_empty();
                if !changed {
                    changed = model.tick();
                }
                for arrived in certain {
                    model.input(arrived);
                    // What takes a while is announced first, and done before the next key is read as its answer.
                    while model.is_busy() {
                        show(&mut model, &mut tty);
                        model.work();
                    }
                }
            }
        }
    }
}
