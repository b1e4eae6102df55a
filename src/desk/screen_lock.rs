//! The screen lock at the desk: what opens it for whoever locked it, and what becomes of a wrong try.

use super::door::Desk;
use super::keyring::Slots;
use super::{Failure, FieldProblem};
use crate::domain::{Command, Edition, Noun, ReportFailedLogins, View, key};

/// Digits of a PIN, at least and at most.
const PIN: std::ops::RangeInclusive<usize> = 4..=8;

/// What was typed or tapped at a locked screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unlocking {
    /// The password or the PIN of whoever locked it.
    Opens,
    /// The number of a card or badge, anybody's: the register lists it, so that it opens nothing, and is no try.
    Card,
    /// Neither. It stands in the log.
    Wrong,
}

/// What is wrong with a PIN.
fn refused(name: &str, ja: &str, en: &str) -> Failure {
    let (name, ja, en) = (name.to_owned(), ja.to_owned(), en.to_owned());
    Failure::Malformed(vec![FieldProblem { field: "pin".to_owned(), name, ja, en }])
}

/// Whether each digit follows from the one before by the same step: `1111`, `1234`, `8765`.
fn is_a_run(digits: &[u8]) -> bool {
    let steps: Vec<u8> = digits
        .windows(2)
        .map(|pair| match pair {
            [a, b] => b.wrapping_sub(*a),
            _ => 0,
        })
        .collect();
    steps.iter().all(|step| Some(step) == steps.first()) && matches!(steps.first(), Some(0 | 1 | 255))
}

impl Desk {
    /// Sets the PIN that opens the screen lock for whoever sits here, until they leave: it is in memory only, and opens
    /// nothing else.
    ///
    /// # Errors
    /// [`Failure::Malformed`]: `pin_form` where it is not 4 to 8 digits, `pin_simple` where they are all alike or count up
    /// or down; no randomness.
    pub fn set_pin(&mut self, typed: &str) -> Result<(), Failure> {
        let pin = crate::text::scan::fold_code(typed);
        if !PIN.contains(&pin.len()) || !pin.bytes().all(|b| b.is_ascii_digit()) {
            return Err(refused(
                "pin_form",
                "暗証番号は、4桁から8桁の数字にしてください。",
                "A PIN is 4 to 8 digits.",
            ));
        }
        if is_a_run(pin.as_bytes()) {
            return Err(refused(
                "pin_simple",
                "同じ数字だけ、順に並んだだけの番号は使えません。ほかの番号にしてください。",
                "Digits that are all alike, or count up or down, will not do.",
            ));
        }
        let salt = super::salt(&*self.terminal.entropy)?;
        self.seat.set_pin(salt, &pin);
        Ok(())
    }

    /// What something typed or tapped at the locked screen is. A wrong try is an entry, at once: whoever tries, the power
    /// off behind the third does not hide it.
    ///
    /// # Errors
    /// The entry of a wrong try could not be written; it was wrong all the same.
    pub fn unlocks_screen(&mut self, typed: &str) -> Result<Unlocking, Failure> {
        if self.seat.opens_screen(typed) {
            return Ok(Unlocking::Opens);
        }
        if self.is_a_card(typed)? {
            return Ok(Unlocking::Card);
        }
        // A temporary password's key signs nothing but its replacement.
        if !self.seat.provisional {
            let now = Some(self.terminal.clock.now());
            let tried = format!("{} 1", self.seat.user);
            let at_lock = self.edition()? >= Edition::Three;
            let wrong = ReportFailedLogins { count: 1, first: now, last: now, tried, at_lock };
            self.note_clock()?;
            self.write_own(vec![Command::from(wrong)], &Slots::new())?;
        }
        Ok(Unlocking::Wrong)
    }

    fn is_a_card(&self, typed: &str) -> Result<bool, Failure> {
        let code = crate::text::scan::fold_code(typed);
        let found = self.reading()?.find(&key::number(Noun::Badge, &code)).map_err(super::failure::broken)?;
        Ok(!found.is_empty())
    }
}
