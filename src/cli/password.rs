//! `daicho password`: a person sets their own password. The only thing a temporary password is good for.

use super::open::Site;
use super::stop::{Exit, Stop, eprintln_all};
use crate::desk::Lang;

/// Asks the old password, then the new one.
///
/// # Errors
/// Why it was not set.
pub fn run(user: &str, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let old = site.password_of(user)?;
    let (mut desk, _) = site.log_in_with(user, &old)?;
    let asked = site.secrets.new_password(lang.pick("新しいパスワード: ", "New password: "));
    let set = asked.and_then(|new| {
        desk.set_password(&old, &new).map_err(|failure| Stop::failed(&failure, Some(&desk), lang))
    });
    let closed = site.close(desk);
    let receipt = set?;
    closed?;
    eprintln_all(&[&match lang {
        Lang::Ja => format!("パスワードを変えました（証跡 #{}）。", receipt.seq),
        Lang::En => format!("The password is changed (entry #{}).", receipt.seq),
    }]);
    Ok(Exit::Done)
}
