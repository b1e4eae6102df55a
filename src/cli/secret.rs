//! Passwords: from a file descriptor or from the terminal, never from arguments or the environment.

use super::stop::Stop;
use super::{given, prompt};
use crate::desk::{Lang, say_io};
use std::collections::VecDeque;
use std::fs::File;
use std::io;
use zeroize::Zeroizing;

/// The most that is read from a descriptor, in bytes: some passwords, one a line.
const MOST_BYTES: usize = 64 << 10;

/// Where passwords come from in this run.
#[derive(Debug)]
pub struct Secrets {
    descriptor: Option<u32>,
    /// The descriptor itself, until it is read.
    given: Option<io::Result<File>>,
    lines: Option<VecDeque<Zeroizing<String>>>,
    lang: Lang,
}

impl Secrets {
    /// Passwords from a file descriptor, or from the terminal where none is given. The descriptor is taken at once:
    /// later its number may be that of a file of our own.
    pub fn new(descriptor: Option<u32>, lang: Lang) -> Secrets {
        Secrets { descriptor, given: descriptor.map(given::take), lines: None, lang }
    }

    /// Whether somebody at a terminal will be asked.
    pub fn are_asked(&self) -> bool {
        self.descriptor.is_none()
    }

    /// The next password: the next line of the descriptor, or what is typed after the prompt, without echo.
    ///
    /// # Errors
    /// [`Stop::Usage`] when there is no terminal, no such descriptor or no line left, [`Stop::GivenUp`] when the person
    /// gave up.
    pub fn next(&mut self, prompt: &str) -> Result<Zeroizing<String>, Stop> {
        let Some(descriptor) = self.descriptor else {
            return prompt::hidden(prompt, self.lang);
        };
        let lang = self.lang;
        if let Some(given) = self.given.take() {
            self.lines = Some(read(descriptor, given, lang)?);
        }
        self.lines.as_mut().and_then(VecDeque::pop_front).ok_or_else(|| {
            Stop::usage(
                lang,
                format!("ファイル記述子{descriptor}のパスワードが足りません。1行に1つ書いてください。"),
                format!("File descriptor {descriptor} holds too few passwords. Give one a line."),
            )
        })
    }

    /// A new password: asked twice on a terminal, read once from a descriptor.
    ///
    /// # Errors
    /// As [`Secrets::next`].
    pub fn new_password(&mut self, prompt: &str) -> Result<Zeroizing<String>, Stop> {
        loop {
            let first = self.next(prompt)?;
            if !self.are_asked() {
                return Ok(first);
            }
            let again = self.next(self.lang.pick("もう一度入力してください: ", "Type it again: "))?;
            if *first == *again {
                return Ok(first);
            }
            prompt::say(self.lang.pick("2回の入力が違います。", "The two do not agree."));
        }
    }
}

/// The lines behind a descriptor. The mark that some editors put in front (BOM) is none of them.
fn read(descriptor: u32, given: io::Result<File>, lang: Lang) -> Result<VecDeque<Zeroizing<String>>, Stop> {
    let unreadable = |said: &str| {
        Stop::usage(
            lang,
            format!("ファイル記述子{descriptor}からパスワードを読めません（{said}）。"),
            format!("No password can be read from file descriptor {descriptor} ({said})."),
        )
    };
    let read = given.and_then(|mut file| given::read_all(&mut file, MOST_BYTES));
    let bytes = read.map_err(|error| unreadable(&say_io(&error, lang)))?;
    let text =
        std::str::from_utf8(&bytes).map_err(|_| unreadable(lang.pick("UTF-8ではありません", "not UTF-8")))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    Ok(text.lines().map(|line| Zeroizing::new(line.to_owned())).collect())
}
