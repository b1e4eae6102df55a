//! How things look: sixteen colours, or none (`NO_COLOR`). Whatever a colour says, a word or mark says too.

use ratatui::style::{Color, Modifier, Style};

/// The looks that the screens use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Title bar and edges of panels.
    pub bar: Style,
    /// Names of keys in the key bar.
    pub key: Style,
    /// Plain text.
    pub plain: Style,
    /// Labels and headings.
    pub label: Style,
    /// What is less important, or not open to this person.
    pub dim: Style,
    /// The selected row.
    pub selected: Style,
    /// The focused field.
    pub focus: Style,
    /// What wants attention.
    pub urgent: Style,
    /// What went well.
    pub done: Style,
}

impl Theme {
    /// With colours.
    pub fn coloured() -> Theme {
        Theme {
            bar: Style::new().fg(Color::White).bg(Color::Blue).add_modifier(Modifier::BOLD),
            key: Style::new().fg(Color::Black).bg(Color::Cyan),
            plain: Style::new(),
            label: Style::new().fg(Color::Cyan),
            dim: Style::new().fg(Color::DarkGray),
            selected: Style::new().add_modifier(Modifier::REVERSED),
            focus: Style::new().add_modifier(Modifier::UNDERLINED),
            urgent: Style::new().fg(Color::Yellow).add_modifier(Modifier::BOLD),
            done: Style::new().fg(Color::Green).add_modifier(Modifier::BOLD),
        }
    }

    /// Without: bold, reverse and underline only.
    pub fn plain() -> Theme {
        Theme {
            bar: Style::new().add_modifier(Modifier::REVERSED),
            key: Style::new().add_modifier(Modifier::REVERSED),
            plain: Style::new(),
            label: Style::new().add_modifier(Modifier::BOLD),
            dim: Style::new(),
            selected: Style::new().add_modifier(Modifier::REVERSED),
            focus: Style::new().add_modifier(Modifier::UNDERLINED),
            urgent: Style::new().add_modifier(Modifier::BOLD),
            done: Style::new().add_modifier(Modifier::BOLD),
        }
    }
}
