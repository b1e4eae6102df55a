//! The terminal itself: raw mode and its undoing on every way out, waiting for keys, and noticing that it is gone.
//!
//! Standard input is polled here before crossterm is asked to read: when the terminal goes away, crossterm 0.29
//! never returns from reading. Its feature `use-dev-tty` is needed: without it, it waits for the edge of readiness, and
//! what a read of 1,024 bytes leaves behind lies there until the next key.

use super::input::{Input, of_event};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen};
use crossterm::{cursor, execute};
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::layout::Rect;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGWINCH};
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
        signal_hook::low_level::pipe::register(SIGWINCH, woken)?;
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            give_back();
            before(info);
        }));
        crossterm::terminal::enable_raw_mode()?;
        execute!(io::stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
        let screen = Terminal::new(CrosstermBackend::new(io::stdout()))?;
        Ok(Some(Tty { screen, wake, ended }))
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
        let mut drained = [0u8; 64];
        let mut resized = false;
        // Not blocking: only what signals left there.
        while matches!(self.wake.read(&mut drained), Ok(n) if n > 0) {
            resized = true;
        }
        let mut inputs = Vec::new();
        // crossterm hears of a new size only after it has been asked for input once, so we look ourselves. All is
        // drawn anew, even at the same size: in between, the terminal may have been smaller and lost what it had.
        // (`Terminal::clear` would ask the terminal where its cursor is, and wait for an answer.)
        if resized {
            let Ok((width, height)) = crossterm::terminal::size() else { return Waited::Gone };
            if self.screen.resize(Rect::new(0, 0, width, height)).is_err() {
                return Waited::Gone;
            }
            inputs.push(Input::Resize(width, height));
        }
        loop {
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
