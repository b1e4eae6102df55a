//! Passwords: from a file descriptor or from the terminal, never from arguments or the environment.

use super::ask;
use super::stop::Stop;
use crate::desk::{Lang, say_io};
use std::collections::VecDeque;
use std::fs::File;
use std::io::Read;
use zeroize::{Zeroize, Zeroizing};

/// The most that is read from a descriptor, in bytes: some passwords, one a line.
const MOST_BYTES: u64 = 64 << 10;

/// Where passwords come from in this run.
#[derive(Debug)]
pub struct Secrets {
    descriptor: Option<u32>,
    lines: Option<VecDeque<Zeroizing<String>>>,
    lang: Lang,
}

impl Secrets {
    /// Passwords from a file descriptor, or from the terminal where none is given.
    pub fn new(descriptor: Option<u32>, lang: Lang) -> Secrets {
        Secrets { descriptor, lines: None, lang }
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
            return ask::hidden(prompt, self.lang);
        };
        let lang = self.lang;
        if self.lines.is_none() {
            self.lines = Some(read(descriptor, lang)?);
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
            ask::say(self.lang.pick("2回の入力が違います。", "The two do not agree."));
        }
    }
}

/// The lines behind a descriptor of this process. Opened by its name, since a bare number is not owned by us.
fn read(descriptor: u32, lang: Lang) -> Result<VecDeque<Zeroizing<String>>, Stop> {
    let unreadable = |said: &str| {
        Stop::usage(
            lang,
            format!("ファイル記述子{descriptor}からパスワードを読めません（{said}）。"),
            format!("No password can be read from file descriptor {descriptor} ({said})."),
        )
    };
    let file = File::open(format!("/proc/self/fd/{descriptor}"))
        .or_else(|_| File::open(format!("/dev/fd/{descriptor}")))
        .map_err(|error| unreadable(&say_io(&error, lang)))?;
    let mut bytes = Vec::with_capacity(4096);
    let read = file.take(MOST_BYTES).read_to_end(&mut bytes);
    let lines = match (&read, std::str::from_utf8(&bytes)) {
        (Ok(_), Ok(text)) => Ok(text.lines().map(|line| Zeroizing::new(line.to_owned())).collect()),
        (Ok(_), Err(_)) => Err(unreadable(lang.pick("UTF-8ではありません", "not UTF-8"))),
        (Err(error), _) => Err(unreadable(&say_io(error, lang))),
    };
    bytes.zeroize();
    lines
}
