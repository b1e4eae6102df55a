//! What a scan does in a form: it finds its field.

use super::{Fields, FormField, takes_several, unknown_code};
use crate::desk::Scan;
use crate::desk::declare::Kind;
use crate::tui::input::Scanned;
use crate::tui::model::{Cx, Effect, Message};
use crate::tui::words::ui;

impl Fields {
    /// A scanned card or badge fills the field that it is for, whatever has the focus: a badge the field of the
    /// badge, a card its person's. `None` where a scan is as typed.
    pub fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        let code = scanned.code.as_str();
        let found = match cx.desk.scan(code) {
            Ok(found) => found,
            Err(failure) => return Some(cx.trouble(&failure)),
        };
        let focused = self.slots.get(self.focus).map(|slot| (slot.field.name, slot.field.kind));
        let is_code = |slot: &FormField| matches!(slot.field.kind, Kind::Code);
        let named = |name: &str| self.slots.iter().position(|slot| slot.field.name == name);
        match found {
            Scan::BadgeIn(_) | Scan::BadgeOut(..) | Scan::BadgeUnusable(_) => {
                let at = named("badge").filter(|at| self.slots.get(*at).is_some_and(is_code));
                match (at, focused) {
                    (Some(at), _) => Some(self.put_at(at, code, cx)),
                    (None, Some((_, kind))) if kind.noun().is_some() => {
                        Some(Effect::Say(Message::wrong(cx.say(ui::SCAN_NOT_OFFERED))))
                    }
                    (None, _) => None,
                }
            }
            Scan::CardOutside(person) | Scan::CardInside(person, _) => {
                let asks = |kind: Kind| kind.noun() == Some(person.noun);
                let own = focused.filter(|(_, kind)| asks(*kind)).map(|_| self.focus);
                let at = own.or_else(|| {
                    named("person").filter(|at| self.slots.get(*at).is_some_and(|slot| asks(slot.field.kind)))
                });
                match at {
                    Some(at) => {
                        // In a form of who comes in, the card itself is said too.
                        let card = named("card").filter(|_| self.is_named(at, "person"));
                        if let Some(card) = card {
                            self.put_at(card, code, cx);
                        }
                        Some(self.put_at(at, &person.to_string(), cx))
                    }
                    None => None,
                }
            }
            Scan::Thing(id, _) => {
                let its = focused.is_some_and(|(_, kind)| kind.noun() == Some(id.noun));
                its.then(|| self.put_at(self.focus, &id.to_string(), cx))
            }
            Scan::Unknown if scanned.is_a_name() || !scanned.sure => None,
            Scan::Unknown => match focused {
                Some((_, kind)) if kind.noun().is_some() => Some(unknown_code(code, cx)),
                // A form that has a place for a badge takes no other number into its remarks.
                Some((_, kind)) if named("badge").is_some() && kind != Kind::Code => {
                    Some(unknown_code(code, cx))
                }
                _ => None,
            },
        }
    }

    fn is_named(&self, at: usize, name: &str) -> bool {
        self.slots.get(at).is_some_and(|slot| slot.field.name == name)
    }

    /// Puts a value into a field from outside; the focus goes on only where it was there.
    fn put_at(&mut self, at: usize, value: &str, cx: &Cx<'_>) -> Effect {
        let zone = self.zone();
        if let Some(slot) = self.slots.get_mut(at) {
            if takes_several(slot.field.kind) {
                if !slot.values().iter().any(|held| held == value) {
                    slot.choose(value, &zone, cx);
                }
            } else {
                slot.put(&[value.to_owned()], &zone, cx);
            }
        }
        if at == self.focus {
            self.next(cx);
        }
        Effect::Stay
    }
}
