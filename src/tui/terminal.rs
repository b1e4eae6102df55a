//! The terminal itself: raw mode and its undoing on every way out, waiting for keys, and noticing that it is gone.
//!
//! Standard input is polled here before crossterm is asked to read: when the terminal goes away, crossterm 0.29
//! never returns from reading. Its feature `use-dev-tty` is needed: without it, it waits for the edge of readiness, and
//! what a read of 1,024 bytes leaves behind lies there until the next key.

use super::input::{Input, of_event};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute};
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::signal::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use std::io::{self, IsTerminal, Read, Stdout, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// How long crossterm is asked for more input. With none at all it does not look, and a whole millisecond is the
/// shortest that it waits for.
const MORE: Duration = Duration::from_millis(2);

/// A terminal in raw mode, on its alternate screen. Dropping it gives the terminal back as it was.
pub struct Tty {
    /// Where to draw.
    pub screen: Terminal<CrosstermBackend<Stdout>>,
    wake: UnixStream,
    ended: Arc<AtomicBool>,
    /// Told to stop (SIGTSTP).
    stopped: Arc<AtomicBool>,
    /// Continued after a stop, of whatever kind: the shell has had the terminal meanwhile.
    continued: Arc<AtomicBool>,
}

/// The size where neither the terminal nor the environment says one.
const ASSUMED: (u16, u16) = (80, 24);

/// Columns and rows, and whether the terminal itself says so. A serial line says 0 x 0: then COLUMNS and LINES count,
/// and 80 x 24 where they are not set.
///
/// # Errors
/// What the system says when there is no terminal any more.
pub fn size() -> io::Result<((u16, u16), bool)> {
    Ok(size_of(crossterm::terminal::size()?, |name| std::env::var(name).ok()))
}

fn size_of(told: (u16, u16), set: impl Fn(&str) -> Option<String>) -> ((u16, u16), bool) {
    let or = |told: u16, name: &str, assumed: u16| {
        let set = || set(name).and_then(|text| text.trim().parse().ok()).filter(|size| *size > 0);
        if told > 0 { told } else { set().unwrap_or(assumed) }
    };
    let size = (or(told.0, "COLUMNS", ASSUMED.0), or(told.1, "LINES", ASSUMED.1));
    (size, size == told)
}

/// Puts the terminal into the state that the screens need.
fn take_over() -> io::Result<()> {
    // Off first: after a stop the shell has set modes of its own, which crossterm does not know of.
    crossterm::terminal::disable_raw_mode()?;
    crossterm::terminal::enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)
}

/// What waiting brought.
#[derive(Debug, PartialEq, Eq)]
pub enum Waited {
    /// Inputs, perhaps none.
    Inputs(Vec<Input>),
    /// The terminal is gone, or the process was told to end.
    Gone,
}

fn give_back() {
    // Nothing is left to be done when the terminal does not take this any more.
    let _ = execute!(io::stdout(), DisableBracketedPaste, LeaveAlternateScreen, cursor::Show);
    let _ = crossterm::terminal::disable_raw_mode();
}

impl Tty {
    /// Takes the terminal.
    ///
    /// # Errors
    /// `None` inside when standard input or output is no terminal; what the system says otherwise.
    pub fn take() -> io::Result<Option<Tty>> {
        if !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return Ok(None);
        }
        let (wake, woken) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let ended = Arc::new(AtomicBool::new(false));
        for signal in [SIGHUP, SIGTERM, SIGINT] {
            signal_hook::flag::register(signal, Arc::clone(&ended))?;
            signal_hook::low_level::pipe::register(signal, woken.try_clone()?)?;
        }
        let (stopped, continued) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        for (signal, flag) in [(SIGTSTP, &stopped), (SIGCONT, &continued)] {
            signal_hook::flag::register(signal, Arc::clone(flag))?;
            signal_hook::low_level::pipe::register(signal, woken.try_clone()?)?;
        }
        signal_hook::low_level::pipe::register(SIGWINCH, woken)?;
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
        take_over()?;
        let ((width, height), _) = size()?;
        // As large as we say: by itself it would believe a terminal that says 0 x 0.
        let viewport = Viewport::Fixed(Rect::new(0, 0, width, height));
        let backend = CrosstermBackend::new(io::stdout());
        let mut screen = Terminal::with_options(backend, TerminalOptions { viewport })?;
        screen.resize(Rect::new(0, 0, width, height))?;
        Ok(Some(Tty { screen, wake, ended, stopped, continued }))
    }

    /// Stops where that was asked for, and takes the terminal back after a stop, before a key is read: the shell has
    /// made it show what is typed. `true` when it was taken back, and all must be drawn anew.
    fn stop_and_continue(&mut self) -> io::Result<bool> {
        if self.stopped.swap(false, Ordering::SeqCst) {
            give_back();
            signal_hook::low_level::emulate_default_handler(SIGTSTP)?;
            self.continued.store(true, Ordering::SeqCst);
        }
        let continued = self.continued.swap(false, Ordering::SeqCst);
        if continued {
            take_over()?;
        }
        Ok(continued)
    }

    /// Rings the bell so often.
    pub fn ring(&mut self, times: usize) {
        if times > 0 {
            // What is heard is said on the screen too; a terminal that takes no bell has gone away.
            let _ = io::stdout().write_all("\u{7}".repeat(times).as_bytes());
            let _ = io::stdout().flush();
        }
    }

    /// Waits for input, at most so long.
    pub fn wait(&mut self, most: Duration) -> Waited {
        let timeout = Timespec {
            tv_sec: i64::try_from(most.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(most.subsec_nanos()),
        };
        let stdin = io::stdin();
        let mut watched = [PollFd::new(&stdin, PollFlags::IN), PollFd::new(&self.wake, PollFlags::IN)];
        match poll(&mut watched, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(_) => return Waited::Gone,
        }
        let lost = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
        let gone = watched.first().is_some_and(|stdin| stdin.revents().intersects(lost));
        if gone || self.ended.load(Ordering::SeqCst) {
            return Waited::Gone;
        }
        let Ok(mut resized) = self.stop_and_continue() else { return Waited::Gone };
        let mut drained = [0u8; 64];
        // Not blocking: only what signals left there.
        while matches!(self.wake.read(&mut drained), Ok(n) if n > 0) {
            resized = true;
        }
        let mut inputs = Vec::new();
        // crossterm hears of a new size only after it has been asked for input once, so we look ourselves. All is
        // drawn anew, even at the same size: in between, the terminal may have been smaller and lost what it had.
        // (`Terminal::clear` would ask the terminal where its cursor is, and wait for an answer.)
        if resized {
            let Ok(((width, height), _)) = size() else { return Waited::Gone };
            if self.screen.resize(Rect::new(0, 0, width, height)).is_err() {
                return Waited::Gone;
            }
            inputs.push(Input::Resize(width, height));
        }
        loop {
            if self.stopped.load(Ordering::SeqCst) || self.continued.load(Ordering::SeqCst) {
                return Waited::Inputs(inputs);
            }
            match crossterm::event::poll(MORE) {
                Ok(true) => match crossterm::event::read() {
                    Ok(event) => inputs.extend(of_event(event)),
                    Err(_) => return Waited::Gone,
                },
                Ok(false) => return Waited::Inputs(inputs),
                Err(_) => return Waited::Gone,
            }
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        give_back();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_without_a_size_has_that_of_the_environment_or_80_by_24() {
        let none = |_: &str| None;
        let set = |name: &str| Some(if name == "LINES" { "30".to_owned() } else { " 100 ".to_owned() });
        let wrong = |_: &str| Some("0".to_owned());
        assert_eq!(size_of((132, 43), set), ((132, 43), true));
        assert_eq!(size_of((0, 0), set), ((100, 30), false));
        assert_eq!(size_of((0, 0), none), ((80, 24), false));
        assert_eq!(size_of((0, 0), wrong), ((80, 24), false));
        assert_eq!(size_of((132, 0), none), ((132, 24), false));
    }
}
