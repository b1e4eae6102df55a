//! What the screens show and do.

use super::site::{BADGE, CARD, PASSWORD, Site};
use crate::desk::Lang;
use crate::tui::input::Key;

#[test]
fn look() {
    let site = Site::found();
    let mut screen = site.screen(Lang::Ja, 80, 24);
    println!("{}", screen.text());
    screen.log_in("admin", PASSWORD);
    println!("{}", screen.text());
    screen.scan(CARD);
    println!("{}", screen.text());
    screen.keys(&[Key::Char('2'), Key::Enter]);
    println!("{}", screen.text());
    screen.key(Key::F(2));
    println!("{}", screen.text());
    screen.key(Key::Enter);
    println!("{}", screen.text());
    screen.key(Key::Tab);
    println!("{}", screen.text());
    screen.key(Key::Tab);
    screen.key(Key::Tab);
    screen.key(Key::Char('2'));
    println!("{}", screen.text());
    screen.keys(&[Key::Esc, Key::Esc, Key::Esc]);
    screen.scan(BADGE);
    println!("{}", screen.text());
    screen.key(Key::Char(' '));
    println!("{}", screen.text());
    screen.types("takaha");
    println!("{}", screen.text());
    screen.key(Key::Enter);
    println!("{}", screen.text());
    screen.keys(&[Key::F(10)]);
    println!("{}", screen.text());
    screen.key(Key::F(1));
    println!("{}", screen.text());
    screen.keys(&[Key::Esc, Key::Esc, Key::F(3)]);
    println!("{}", screen.text());
    screen.keys(&[Key::Char('1')]);
    println!("{}", screen.text());
    screen.keys(&[Key::F(6)]);
    println!("{}", screen.text());
    screen.keys(&[Key::Esc, Key::F(4)]);
    println!("{}", screen.text());
    screen.types("hikitsugi");
    println!("{}", screen.text());
    screen.key(Key::Enter);
    println!("{}", screen.text());
    screen.key(Key::Esc);
    screen.key(Key::Ctrl('l'));
    println!("{}", screen.text());
}
