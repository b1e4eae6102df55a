//! Questions on the terminal itself, so that they work while standard input and output are files.

use super::stop::Stop;
use crate::desk::Lang;
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};
use signal_hook::SigId;
use signal_hook::consts::signal::SIGCONT;
use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use zeroize::Zeroizing;

/// The longest answer, in bytes.
const MOST_BYTES: usize = 4096;

/// Whether there is a terminal that can be asked.
pub fn can_ask() -> bool {
    terminal().is_ok()
}

fn terminal() -> std::io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}

/// What Ctrl-C and Ctrl-\ type where they are no signals.
const INTERRUPT: u8 = 3;
const QUIT: u8 = 28;

/// The terminal in a mode of ours; as it was again when dropped.
struct Quiet {
    file: File,
    before: Termios,
    ours: Termios,
    back: OptionalActions,
    /// The program was stopped and goes on: a shell has had the terminal meanwhile, and made it show what is typed.
    continued: Arc<AtomicBool>,
    told: Option<SigId>,
}

impl Quiet {
    /// Every key comes at once and none is shown.
    fn new(file: File) -> std::io::Result<Quiet> {
        let before = tcgetattr(&file)?;
        let mut quiet = before.clone();
        // Without signals from keys: an interrupt would leave the terminal mute.
        quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        Quiet::of(file, before, quiet, OptionalActions::Flush)
    }

    /// The terminal's own editing, in which an interrupt ends the line: what was done before the question is said
    /// then, rather than nothing. What is typed ahead stays.
    fn lines(file: File) -> std::io::Result<Quiet> {
        let before = tcgetattr(&file)?;
        let mut lines = before.clone();
        lines.local_modes.remove(LocalModes::ISIG);
        lines.special_codes[SpecialCodeIndex::VEOL] = INTERRUPT;
        lines.special_codes[SpecialCodeIndex::VEOL2] = QUIT;
        Quiet::of(file, before, lines, OptionalActions::Now)
    }

    fn of(file: File, before: Termios, ours: Termios, back: OptionalActions) -> std::io::Result<Quiet> {
        let continued = Arc::new(AtomicBool::new(false));
        let told = signal_hook::flag::register(SIGCONT, Arc::clone(&continued)).ok();
        tcsetattr(&file, back, &ours)?;
        Ok(Quiet { file, before, ours, back, continued, told })
    }

    /// The next byte, in our mode whatever came between; `None` when there is none any more.
    fn byte(&mut self) -> Option<u8> {
        loop {
            if self.continued.swap(false, Ordering::SeqCst) {
                tcsetattr(&self.file, OptionalActions::Now, &self.ours).ok()?;
            }
            match poll(&mut [PollFd::new(&self.file, PollFlags::IN)], None) {
                Err(Errno::INTR) => continue,
                Err(_) => return None,
                Ok(_) if self.continued.load(Ordering::SeqCst) => continue,
                Ok(_) => {}
            }
            let mut byte = [0];
            return match self.file.read(&mut byte) {
                Ok(1) => byte.first().copied(),
                _ => None,
            };
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // When even this fails the terminal is gone, and nobody looks at it.
        let _ = tcsetattr(&self.file, self.back, &self.before);
        self.told.take().map(signal_hook::low_level::unregister);
    }
}

/// Says something to the person at the terminal.
pub fn say(text: &str) {
    if let Ok(mut file) = terminal() {
        // A terminal that cannot be written to is found out by the question that follows.
        drop(writeln!(file, "{text}"));
    }
}

/// Asks for something that must not be seen.
///
/// # Errors
/// [`Stop::Usage`] when there is no terminal, [`Stop::GivenUp`] when the person gave up.
pub fn hidden(prompt: &str, lang: Lang) -> Result<Zeroizing<String>, Stop> {
    let mut quiet = terminal().and_then(Quiet::new).map_err(|_| nowhere(lang))?;
    let typed =
        write!(quiet.file, "{prompt}").map_err(|_| nowhere(lang)).and_then(|()| keys(&mut quiet, lang));
    drop(writeln!(quiet.file));
    typed
}

/// Bytes up to Enter, with the erasing keys heeded.
fn keys(quiet: &mut Quiet, lang: Lang) -> Result<Zeroizing<String>, Stop> {
    let mut typed = Zeroizing::new(Vec::with_capacity(MOST_BYTES));
    loop {
        match quiet.byte().ok_or(Stop::GivenUp)? {
            b'\r' | b'\n' => break,
            INTERRUPT | 4 | QUIT => return Err(Stop::GivenUp),
            8 | 127 => while typed.pop().is_some_and(|byte| byte & 0xC0 == 0x80) {},
            21 => typed.clear(),
            byte if typed.len() < MOST_BYTES => typed.push(byte),
            _ => {}
        }
    }
    let text = std::str::from_utf8(&typed).map_err(|_| {
        Stop::usage(
            lang,
            "入力がUTF-8ではありません。端末の文字コードを確かめてください。",
            "What was typed is not UTF-8.",
        )
    })?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Asks for a line, with the terminal's own editing.
///
/// # Errors
/// As [`hidden`].
pub fn line(prompt: &str, lang: Lang) -> Result<String, Stop> {
    let mut terminal = terminal().and_then(Quiet::lines).map_err(|_| nowhere(lang))?;
    write!(terminal.file, "{prompt}").map_err(|_| nowhere(lang))?;
    let mut typed = Vec::new();
    loop {
        match terminal.byte() {
            Some(b'\n') => break,
            Some(INTERRUPT | QUIT) => {
                drop(writeln!(terminal.file));
                return Err(Stop::GivenUp);
            }
            Some(byte) if typed.len() < MOST_BYTES => typed.push(byte),
            Some(_) => {}
            None => return Err(Stop::GivenUp),
        }
    }
    match String::from_utf8(typed) {
        Ok(text) => Ok(text.trim().to_owned()),
        Err(_) => Err(Stop::usage(lang, "入力がUTF-8ではありません。", "What was typed is not UTF-8.")),
    }
}

fn nowhere(lang: Lang) -> Stop {
    Stop::usage(
        lang,
        "パスワードを尋ねる端末がありません。--password-fd N を使ってください。",
        "There is no terminal to ask on. Use --password-fd N.",
    )
}
