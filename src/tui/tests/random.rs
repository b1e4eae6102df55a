//! Random keys never panic and never leave the screen without its bars.

use super::site::{BADGE, CARD, PASSWORD, Site};
use crate::desk::Lang;
use crate::tui::input::{Input, Key};
use crate::tui::model::Place;
use proptest::prelude::*;
use std::time::Duration;

#[derive(Clone, Debug)]
enum Step {
    Key(Key),
    Type(&'static str),
    Scan(&'static str),
    Paste(&'static str),
    Resize(u16, u16),
    Wait(u64),
    Password,
}

fn step() -> impl Strategy<Value = Step> {
    let named = prop::sample::select(vec![
        Key::Enter,
        Key::Enter,
        Key::Esc,
        Key::Tab,
        Key::BackTab,
        Key::Up,
        Key::Down,
        Key::Down,
        Key::Left,
        Key::Right,
        Key::PageUp,
        Key::PageDown,
        Key::Home,
        Key::End,
        Key::Backspace,
        Key::Delete,
    ]);
    let texts =
        vec!["山田", "たなか", "c-0101", "11/20", "R6.13.45", "\u{202e}abc", "ﾔﾏﾀﾞ", "👨‍👩‍👧", "x", "visits", "1"];
    prop_oneof![
        6 => named.prop_map(Step::Key),
        3 => (1u8..=12).prop_map(|n| Step::Key(Key::F(n))),
        3 => prop::sample::select("0123456789 ".chars().collect::<Vec<_>>()).prop_map(|c| Step::Key(Key::Char(c))),
        1 => prop::sample::select(vec!['l', 'p', 's', 't', 'c']).prop_map(|c| Step::Key(Key::Ctrl(c))),
        3 => prop::sample::select(texts.clone()).prop_map(Step::Type),
        1 => prop::sample::select(vec![CARD, BADGE, "C-0102", "nothing"]).prop_map(Step::Scan),
        1 => prop::sample::select(texts).prop_map(Step::Paste),
        1 => (0u16..140, 0u16..50).prop_map(|(width, height)| Step::Resize(width.max(1), height.max(1))),
        1 => (0u64..4000).prop_map(Step::Wait),
        1 => Just(Step::Password),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_keys_in_any_order_leave_a_program_that_draws(steps in prop::collection::vec(step(), 1..120)) {
        let site = Site::found();
        let mut screen = site.at_desk(Lang::Ja, 80, 24);
        for step in steps {
            match step {
                Step::Key(key) => screen.key(key),
                Step::Type(text) => screen.types(text),
                Step::Scan(code) => screen.scan(code),
                Step::Paste(text) => screen.input(Input::Paste(text.to_owned())),
                Step::Resize(width, height) => screen.resize(width, height),
                Step::Wait(seconds) => {
                    screen.hands.pass(Duration::from_secs(seconds));
                    screen.model.tick();
                    screen.draw();
                }
                Step::Password => {
                    screen.types(PASSWORD);
                    screen.key(Key::Enter);
                }
            }
            if screen.model.is_gone() {
                break;
            }
            if let Place::Gate(_) = screen.model.place {
                screen.model.input(Input::Resize(80, 24));
            }
        }
    }
}
