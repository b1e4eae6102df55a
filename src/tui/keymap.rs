//! The keymap: what a screen's keys do. The same table moves the screen and is drawn as the key bar.

use super::input::Key;
use super::words::{self, ui};
use crate::desk::Lang;

/// What a key means on the screen that has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// A character or a paste into the focused text.
    Type(String),
    /// Open, choose, go on.
    Enter,
    /// Back.
    Esc,
    /// The next field or part.
    Next,
    /// The field or part before.
    Back,
    /// A line up.
    Up,
    /// A line down.
    Down,
    /// To the left.
    Left,
    /// To the right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the first.
    Home,
    /// To the last.
    End,
    /// Erase to the left.
    Backspace,
    /// Erase to the right.
    Delete,
    /// The item of this number in a numbered menu, from 0.
    Nth(usize),
    /// The operation of this place in the menu, from 0.
    Operation(usize),
    /// The next operations, where there are more than have numbers.
    MoreOperations,
    /// The menu of operations.
    Menu,
    /// A new record.
    New,
    /// What settles the selected record of a list.
    Settle,
    /// Filters.
    Filter,
    /// Write as CSV.
    Csv,
    /// Write as plain text.
    Print,
    /// Finish a form.
    Submit,
    /// Late entry from paper, on and off.
    Late,
    /// Throw the draft away.
    Discard,
    /// The wrong person was picked: correct it.
    WrongPerson,
    /// Who was inside at another moment.
    Moment,
    /// The list of registers.
    Registers,
    /// Choose or unchoose in a list of several.
    Toggle,
    /// Confirm what the dialog asks.
    Confirm,
    /// Help.
    Help,
    /// Who is inside now.
    Inside,
    /// The palette.
    Palette,
    /// The screen lock.
    Lock,
    /// Another language.
    Language,
    /// End the program.
    Quit,
}

/// Some keys of one meaning, and how the key bar calls them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bind {
    /// Keys with their actions.
    pub keys: Vec<(Key, Action)>,
    /// What they do.
    pub label: String,
    /// Moving and editing: last in the key bar.
    pub minor: bool,
    /// Not open to this person's roles: dim in the key bar.
    pub closed: bool,
}

impl Bind {
    /// One key.
    pub fn one(key: Key, action: Action, label: &str) -> Bind {
        Bind::many(&[(key, action)], label)
    }

    /// Several keys under one label.
    pub fn many(keys: &[(Key, Action)], label: &str) -> Bind {
        Bind { keys: keys.to_vec(), label: label.to_owned(), minor: false, closed: false }
    }

    /// The same keys, last in the key bar.
    pub fn minor(self) -> Bind {
        Bind { minor: true, ..self }
    }

    /// The same keys, dim when they are not open to this person.
    pub fn open_if(self, open: bool) -> Bind {
        Bind { closed: !open, ..self }
    }

    /// Its keys as the bar names them: `1-5/F5-F8`.
    pub fn names(&self, lang: Lang) -> String {
        let mut names: Vec<String> = Vec::new();
        let mut rest = self.keys.iter().map(|(key, _)| *key).peekable();
        while let Some(first) = rest.next() {
            let mut last = first;
            let mut run = 1usize;
            while let Some(next) = rest.next_if(|next| follows(last, *next)) {
                last = next;
                run = run.saturating_add(1);
            }
            match run {
                1 => names.push(key_name(first, lang)),
                2 => names.extend([key_name(first, lang), key_name(last, lang)]),
                _ => names.push(format!("{}-{}", key_name(first, lang), key_name(last, lang))),
            }
        }
        names.join("/")
    }
}

/// Whether a key is the next in a row of digits or function keys.
fn follows(before: Key, key: Key) -> bool {
    match (before, key) {
        (Key::Char(a), Key::Char(b)) => "1234567890".contains(&format!("{a}{b}")),
        (Key::F(a), Key::F(b)) => a.checked_add(1) == Some(b),
        _ => false,
    }
}

/// A key as people call it. No arrows: their width differs by terminal.
pub fn key_name(key: Key, lang: Lang) -> String {
    let (ja, en) = match key {
        Key::Char(' ') => ("空白", "Space"),
        Key::Char(c) => return c.to_string(),
        Key::Ctrl(c) => return format!("^{}", c.to_ascii_uppercase()),
        Key::F(n) => return format!("F{n}"),
        Key::Enter => ("Enter", "Enter"),
        Key::Esc => ("Esc", "Esc"),
        Key::Tab => ("Tab", "Tab"),
        Key::BackTab => ("S-Tab", "S-Tab"),
        Key::Up => ("上", "Up"),
        Key::Down => ("下", "Dn"),
        Key::Left => ("左", "Lf"),
        Key::Right => ("右", "Rt"),
        Key::PageUp => ("PgUp", "PgUp"),
        Key::PageDown => ("PgDn", "PgDn"),
        Key::Home => ("Home", "Home"),
        Key::End => ("End", "End"),
        Key::Backspace => ("BS", "BS"),
        Key::Delete => ("Del", "Del"),
    };
    lang.pick(ja, en).to_owned()
}

/// The action of a key, by the first bind that has it.
pub fn action(binds: &[Bind], key: Key) -> Option<Action> {
    binds
        .iter()
        .flat_map(|bind| &bind.keys)
        .find(|(bound, _)| *bound == key)
        .map(|(_, action)| action.clone())
}

/// The digits of a numbered menu of so many items: 1 to 9, then 0 for the tenth.
pub fn digits(items: usize, label: &str) -> Option<Bind> {
    let keys: Vec<(Key, Action)> =
        "1234567890".chars().take(items).enumerate().map(|(n, c)| (Key::Char(c), Action::Nth(n))).collect();
    (!keys.is_empty()).then(|| Bind::many(&keys, label))
}

/// Up, down and pages, for lists.
pub fn moving(lang: Lang) -> Bind {
    Bind::many(
        &[
            (Key::Up, Action::Up),
            (Key::Down, Action::Down),
            (Key::PageUp, Action::PageUp),
            (Key::PageDown, Action::PageDown),
        ],
        lang.of(ui::SELECT),
    )
    .minor()
}

/// Editing one line.
pub fn editing(lang: Lang) -> Bind {
    Bind::many(
        &[
            (Key::Left, Action::Left),
            (Key::Right, Action::Right),
            (Key::Home, Action::Home),
            (Key::End, Action::End),
            (Key::Backspace, Action::Backspace),
            (Key::Delete, Action::Delete),
        ],
        lang.of(ui::EDIT),
    )
    .minor()
}

/// Esc: back.
pub fn back(lang: Lang) -> Bind {
    Bind::one(Key::Esc, Action::Esc, lang.of(ui::BACK))
}

/// The keys of every screen of an open session: help, who is inside, palette, lock.
pub fn everywhere(lang: Lang) -> Vec<Bind> {
    vec![
        Bind::one(Key::F(1), Action::Help, lang.of(ui::HELP)),
        Bind::one(Key::F(2), Action::Inside, lang.of(words::ui::INSIDE)),
        Bind::many(&[(Key::F(4), Action::Palette), (Key::Ctrl('p'), Action::Palette)], lang.of(ui::PALETTE)),
        Bind::one(Key::Ctrl('l'), Action::Lock, lang.of(ui::LOCK)),
    ]
}
