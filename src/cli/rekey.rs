//! `daicho rekey`: the whole vault under a new key.

use super::open::Site;
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::{Instruction, Lang};
use crate::domain::{Command, RekeyVault};

/// Gives the vault a new key.
///
/// # Errors
/// Why it did not; whether it was begun is said.
pub fn run(user: &str, reason: &str, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let reason = crate::text::clean_block(reason, crate::text::Limit::BLOCK)
        .map_err(|problem| Stop::usage(lang, problem.ja(), problem.en()))?;
    let (mut desk, _) = site.log_in(user)?;
    let done = desk.execute(Instruction::from(Command::from(RekeyVault { reason, ..RekeyVault::default() })));
    let done = done.map_err(|failure| Stop::failed(&failure, Some(&desk), lang));
    let closed = site.close(desk);
    let receipt = done?;
    closed?;
    eprintln_all(&[&match lang {
        Lang::Ja => format!(
            "保管庫の鍵を新しくしました（証跡 #{}）。これより前に作った保管庫の写しは、以前の鍵で開けるままです。",
            receipt.seq
        ),
        Lang::En => format!(
            "The vault has a new key (entry #{}). Copies made before still open with the old ones.",
            receipt.seq
        ),
    }]);
    Ok(Exit::Done)
}
