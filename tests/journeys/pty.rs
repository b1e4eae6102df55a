//! The binary in a pseudo-terminal. Nothing here sleeps: the reader wakes whoever waits for the screen.

use super::site::Site;
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use std::io::{Read, Write};
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

pub const ENTER: &str = "\r";
pub const ESC: &str = "\u{1b}";
pub const F1: &str = "\u{1b}OP";
pub const F2: &str = "\u{1b}OQ";
pub const F4: &str = "\u{1b}OS";
pub const F7: &str = "\u{1b}[18~";
pub const F9: &str = "\u{1b}[20~";

/// The longest that anything is waited for; a test that passes never waits so long.
const BOUND: Duration = Duration::from_secs(60);

struct Seen {
    parser: vt100::Parser,
    /// Everything that was sent to the terminal so far, of which a later drawing may have left nothing.
    bytes: Vec<u8>,
    ended: bool,
}

/// A terminal with the program in it.
pub struct Tty {
    master: Option<Box<dyn MasterPty + Send>>,
    writer: Option<Box<dyn Write + Send>>,
    child: Box<dyn Child + Send + Sync>,
    seen: Arc<(Mutex<Seen>, Condvar)>,
}

impl Tty {
    /// Opens the screens on a site.
    pub fn open(site: &Site, width: u16, height: u16) -> Tty {
        Tty::open_with(site, width, height, &[])
    }

    /// The same with more in the environment.
    pub fn open_with(site: &Site, width: u16, height: u16, more: &[(&str, &str)]) -> Tty {
        Tty::open_vault(&site.dir(), &site.print_dir(), width, height, more)
    }

    /// Opens the screens on a vault; what is written out goes to `printed`.
    pub fn open_vault(vault: &Path, printed: &Path, width: u16, height: u16, more: &[(&str, &str)]) -> Tty {
        Tty::run(screens(vault, printed, more), width, height)
    }

    /// The screens on a terminal that does not say its size.
    pub fn open_unsized(site: &Site, more: &[(&str, &str)]) -> Tty {
        let mut command = screens(&site.dir(), &site.print_dir(), more);
        for name in ["LINES", "COLUMNS"].into_iter().filter(|name| more.iter().all(|(set, _)| set != name)) {
            command.env_remove(name);
        }
        Tty::run(command, 0, 0)
    }

    /// Runs a command in a terminal.
    pub fn run(command: CommandBuilder, width: u16, height: u16) -> Tty {
        let pair = native_pty_system().openpty(size(width, height)).unwrap();
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        // One that says no size is as large as it is.
        let (rows, columns) = if height == 0 { (30, 100) } else { (height, width) };
        let parser = vt100::Parser::new(rows, columns, 0);
        let seen = Arc::new((Mutex::new(Seen { parser, bytes: Vec::new(), ended: false }), Condvar::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            loop {
                let read = reader.read(&mut bytes);
                let mut seen = shared.0.lock().unwrap();
                match read {
                    Ok(n) if n > 0 => {
                        seen.parser.process(&bytes[..n]);
                        seen.bytes.extend_from_slice(&bytes[..n]);
                    }
                    _ => seen.ended = true,
                }
                shared.1.notify_all();
                if seen.ended {
                    return;
                }
            }
        });
        let writer = pair.master.take_writer().unwrap();
        Tty { master: Some(pair.master), writer: Some(writer), child, seen }
    }

    pub fn send(&mut self, keys: &str) {
        let writer = self.writer.as_mut().unwrap();
        writer.write_all(keys.as_bytes()).unwrap();
        writer.flush().unwrap();
    }

    fn until(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + BOUND;
        let mut seen = self.seen.0.lock().unwrap();
        while !holds(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            let stuck = left.is_zero() || seen.ended;
            assert!(!stuck, "{what} did not come:\n{}", seen.parser.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    /// Waits until a text is on the screen.
    pub fn shows(&self, text: &str) {
        self.until(text, |seen| seen.parser.screen().contents().contains(text));
    }

    /// Waits until a text is no longer on the screen.
    pub fn gone(&self, text: &str) {
        self.until(&format!("no {text}"), |seen| !seen.parser.screen().contents().contains(text));
    }

    /// The screen as it is now.
    pub fn screen(&self) -> vt100::Screen {
        self.seen.0.lock().unwrap().parser.screen().clone()
    }

    /// Whether a text was ever sent to the terminal in one piece.
    pub fn ever_sent(&self, text: &str) -> bool {
        self.seen.0.lock().unwrap().bytes.windows(text.len()).any(|part| part == text.as_bytes())
    }

    pub fn on_alternate_screen(&self) -> bool {
        self.screen().alternate_screen()
    }

    pub fn resize(&mut self, width: u16, height: u16) {
        self.seen.0.lock().unwrap().parser.screen_mut().set_size(height, width);
        self.master.as_ref().unwrap().resize(size(width, height)).unwrap();
    }

    /// Waits until a text of the key bar is there and the frame is complete: the cursor goes last to its place,
    /// which is never in the key bar.
    pub fn settled(&self, text: &str) {
        self.until(text, |seen| {
            let screen = seen.parser.screen();
            screen.contents().contains(text) && screen.cursor_position().0 + 4 < screen.size().0
        });
    }

    /// The screen is the same, colours and all, when everything is drawn anew.
    pub fn same_when_drawn_anew(&mut self, width: u16, height: u16) {
        let before = looks(&self.screen());
        self.resize(width + 1, height);
        // The title bar reaches one column further.
        self.until("a wider bar", |seen| {
            let cell = seen.parser.screen().cell(0, width);
            cell.is_some_and(|cell| cell.bgcolor() != vt100::Color::Default)
        });
        self.resize(width, height);
        self.until("the same screen", |seen| looks(seen.parser.screen()) == before);
    }

    fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.process_id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// Stops the program, and waits until it stands still.
    pub fn stop(&mut self, signal: Signal) {
        self.signal(signal);
        let stat = format!("/proc/{}/stat", self.child.process_id().unwrap());
        let deadline = Instant::now() + BOUND;
        // The state stands behind the name in brackets.
        let stands =
            || std::fs::read_to_string(&stat).unwrap().rsplit(')').next().unwrap().trim().starts_with('T');
        while !stands() {
            assert!(Instant::now() < deadline, "it does not stop");
            std::thread::yield_now();
        }
    }

    /// Lets it go on.
    pub fn go_on(&mut self) {
        self.signal(Signal::CONT);
    }

    /// Sets the terminal's modes as a shell does, or says them.
    pub fn stty(&self, what: &str) -> String {
        let path = self.master.as_ref().unwrap().tty_name().unwrap();
        let said = std::process::Command::new("stty").arg("-F").arg(path).arg(what).output().unwrap();
        assert!(said.status.success(), "{said:?}");
        String::from_utf8(said.stdout).unwrap()
    }

    /// Whether the terminal shows what is typed, or waits for whole lines.
    pub fn echoes(&self) -> bool {
        let modes = self.stty("-a");
        !(modes.contains("-echo ") && modes.contains("-icanon"))
    }

    /// Waits until nothing that is typed is shown.
    pub fn falls_silent(&self) {
        let deadline = Instant::now() + BOUND;
        while self.echoes() {
            assert!(Instant::now() < deadline, "what is typed is shown");
            std::thread::yield_now();
        }
    }

    /// Writes on the screen as another program does.
    pub fn scribbles(&mut self, text: &str) {
        self.seen.0.lock().unwrap().parser.process(text.as_bytes());
    }

    /// kill -9.
    pub fn kill(&mut self) {
        self.signal(Signal::KILL);
        self.child.wait().unwrap();
    }

    /// kill -15, and waits for the end of the process and of its output.
    pub fn terminate(&mut self) {
        self.signal(Signal::TERM);
        assert!(self.child.wait().unwrap().success());
        let deadline = Instant::now() + BOUND;
        let mut seen = self.seen.0.lock().unwrap();
        while !seen.ended && Instant::now() < deadline {
            seen = self.seen.1.wait_timeout(seen, Duration::from_secs(1)).unwrap().0;
        }
    }

    /// The terminal goes away; waits for the process to end.
    pub fn hang_up(&mut self) {
        self.writer = None;
        self.master = None;
        self.signal(Signal::HUP);
        self.child.wait().unwrap();
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        // Ended already, or of no more use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The command that opens the screens on a vault.
fn screens(vault: &Path, printed: &Path, more: &[(&str, &str)]) -> CommandBuilder {
    let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_daicho"));
    command.args(["--vault".as_ref(), vault.as_os_str()]);
    command.env("TERM", "xterm-256color");
    command.env("DAICHO_PRINT_DIR", printed);
    command.env("DAICHO_STATE", "off");
    command.env_remove("NO_COLOR");
    for (name, value) in more {
        command.env(name, value);
    }
    command
}

/// What a person sees of each cell. Of a blank, only its ground.
fn looks(screen: &vt100::Screen) -> Vec<(String, vt100::Color, vt100::Color, bool, bool)> {
    let (rows, columns) = screen.size();
    let cells = (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
    let look = |(row, column)| {
        let cell = screen.cell(row, column).unwrap();
        let text = cell.contents().trim().to_owned();
        // The title bar's clock may go on between two drawings.
        let text = if row == 0 && !text.is_empty() && text.chars().all(|c| c.is_ascii_digit()) {
            String::from("0")
        } else {
            text
        };
        let blank = text.is_empty();
        let front = if blank { vt100::Color::Default } else { cell.fgcolor() };
        (text, front, cell.bgcolor(), cell.inverse(), cell.bold() && !blank)
    };
    // The right half of a wide character has no look of its own.
    cells
        .filter(|(row, column)| !screen.cell(*row, *column).unwrap().is_wide_continuation())
        .map(look)
        .collect()
}

fn size(width: u16, height: u16) -> PtySize {
    PtySize { rows: height, cols: width, pixel_width: 0, pixel_height: 0 }
}
