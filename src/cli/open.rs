//! The vault to be opened, and the terminal that opens it.

use super::out::counted;
use super::secret::Secrets;
use super::stop::{Stop, eprintln_all};
use crate::desk::{
    Checker, Desk, Failure, Lang, SystemClock, SystemEntropy, Terminal, Welcome, harden, is_of_older_format,
    say_detail, say_io, say_low_disk, say_upgraded, say_warning,
};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// What every subcommand is given.
#[derive(Debug)]
pub struct Site {
    /// The vault's folder.
    pub dir: PathBuf,
    /// The language of what is said.
    pub lang: Lang,
    /// Where passwords come from.
    pub secrets: Secrets,
}

/// The vault's folder: as typed, else the environment's, else `daicho-site` here.
pub fn dir(typed: Option<PathBuf>) -> PathBuf {
    let set = || std::env::var_os("DAICHO_VAULT").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    typed.or_else(set).unwrap_or_else(|| PathBuf::from("daicho-site"))
}

/// Refuses a place whose name no disk takes: it is the line that is wrong then, and not the device.
///
/// # Errors
/// [`Stop::Usage`] with the name.
pub fn can_be_named(place: &Path, lang: Lang) -> Result<(), Stop> {
    match place.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::InvalidFilename => {
            let short: String = place.to_string_lossy().chars().take(40).collect();
            Err(Stop::usage(
                lang,
                format!(
                    "フォルダーの名前が長すぎます: {short}...\n名前は1つにつき255バイト（漢字とかなでおよそ85文字）、全体で4095バイトまでです。"
                ),
                format!(
                    "The folder's name is too long: {short}...\nA name has at most 255 bytes, and the whole path 4095."
                ),
            ))
        }
        _ => Ok(()),
    }
}

/// This terminal, with the real clock and the system's randomness. `dir` is where it will write: from here on
/// the process can write nowhere else, as far as the kernel can see to that.
pub fn terminal(dir: &Path, work_factor: u8) -> Terminal {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    let hardening = hardening(dir);
    let last_seen = notes_folder().map(|folder| Desk::place_of_notes(&folder));
    Terminal {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        name,
        work_factor,
        hardening,
        last_seen,
    }
}

/// The folder in which this terminal notes the last entry that it saw, made where it is not there: `DAICHO_STATE`, else
/// the place for the state of programs. `None`: nowhere, as `off` says, or because there can be none.
fn notes_folder() -> Option<PathBuf> {
    use std::os::unix::fs::DirBuilderExt;
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let usual = || set("XDG_STATE_HOME").or_else(|| set("HOME").map(|home| home.join(".local/state")));
    let place = match set("DAICHO_STATE") {
        Some(place) if place.as_os_str() == "off" => return None,
        Some(place) => place,
        None => usual()?.join("daicho"),
    };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&place).ok().map(|()| place)
}

/// Hardens the process, once, and says what was reached.
pub fn hardening(dir: &Path) -> String {
    hardening_in(dir, Vec::new())
}

fn hardening_in(dir: &Path, more: Vec<PathBuf>) -> String {
    static REACHED: OnceLock<String> = OnceLock::new();
    // As it really is: a copy beside a vault that is named through a link stands beside the folder, not the link.
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let parent = || real.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A folder that is still to be made, or to be removed again, is written through its parent; so is one that gets a
    // copy beside it.
    let place = if dir.is_dir() && !is_of_older_format(dir) { dir } else { parent() };
    REACHED
        .get_or_init(|| {
            let mut places = vec![place.to_owned(), super::screens::print_dir(), PathBuf::from("/dev")];
            places.extend(media().into_iter().chain(more));
            // Made before nothing else can be.
            places.extend(notes_folder());
            harden(&places).to_string()
        })
        .clone()
}

/// Where copies may be put: under the folders in which systems mount media, later ones included, and in that of the
/// environment.
fn media() -> Vec<PathBuf> {
    let set = std::env::var_os("DAICHO_BACKUP_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    let usual = ["/media", "/mnt", "/run/media"].map(PathBuf::from);
    usual.into_iter().chain(set).filter(|folder| folder.is_dir()).collect()
}

/// Hardens the process where it also writes to a place that was named: the place, or what it is to be made in.
pub fn hardening_with(dir: &Path, place: &Path) -> String {
    let above =
        |path: &Path| path.parent().filter(|parent| !parent.as_os_str().is_empty()).map(Path::to_owned);
    let made_in = above(place).unwrap_or_else(|| PathBuf::from("."));
    let there = if place.is_dir() { place.to_owned() } else { made_in };
    hardening_in(dir, vec![there])
}

/// scrypt log N where no slot says it: what a wrong login ID costs in a site without one.
pub const WORK_FACTOR: u8 = 18;

/// What opens a vault that nobody logs in to: a person's password, or the digits of the recovery sheet.
pub struct Opener {
    user: Option<String>,
    secret: zeroize::Zeroizing<String>,
}

impl Opener {
    /// As the desk wants it.
    pub fn checker(&self) -> Checker<'_> {
        match &self.user {
            Some(user) => Checker::User(user, &self.secret),
            None => Checker::Recovery(&self.secret),
        }
    }
}

impl Site {
    /// Asks for what opens a vault: the password of a user, or the recovery sheet where none is named.
    ///
    /// # Errors
    /// As [`Secrets::next`].
    pub fn opener(&mut self, user: Option<&str>) -> Result<Opener, Stop> {
        let secret = match user {
            Some(user) => self.password_of(user)?,
            None => super::sheet::ask_for_sheet(self)?,
        };
        Ok(Opener { user: user.map(str::to_owned), secret })
    }

    /// Opens the vault for writing and logs a person in; what they must know of it is said on standard error.
    ///
    /// # Errors
    /// Why it was not opened.
    pub fn log_in(&mut self, user: &str) -> Result<(Desk, Welcome), Stop> {
        let password = self.password_of(user)?;
        self.log_in_with(user, &password)
    }

    /// Asks for a person's password.
    ///
    /// # Errors
    /// As [`Secrets::next`].
    pub fn password_of(&mut self, user: &str) -> Result<zeroize::Zeroizing<String>, Stop> {
        let prompt = match self.lang {
            Lang::Ja => format!("{user} のパスワード: "),
            Lang::En => format!("Password of {user}: "),
        };
        self.secrets.next(&prompt)
    }

    /// As [`Site::log_in`], with a password already asked for.
    ///
    /// # Errors
    /// Why it was not opened.
    pub fn log_in_with(&mut self, user: &str, password: &str) -> Result<(Desk, Welcome), Stop> {
        let opened = Desk::log_in(&self.dir, user, password, terminal(&self.dir, WORK_FACTOR));
        let (desk, welcome) = opened.map_err(|failure| Stop::failed(&failure, None, self.lang))?;
        for line in remarks(&welcome, self.lang) {
            eprintln_all(&[&line]);
        }
        Ok((desk, welcome))
    }

    /// Closes the desk; that it could not be closed cleanly is said, and loses nothing.
    ///
    /// # Errors
    /// The device's failure; that the books were found to differ from the log.
    pub fn close(&self, mut desk: Desk) -> Result<(), Stop> {
        desk.idle();
        let differs = desk.differs().cloned();
        desk.close().map_err(|failure| Stop::failed(&failure, None, self.lang))?;
        differs.map_or(Ok(()), |what| Err(Stop::failed(&Failure::Damaged(what), None, self.lang)))
    }
}

/// What a person must know of a vault that was just opened, line by line.
pub fn remarks(welcome: &Welcome, lang: Lang) -> Vec<String> {
    let mut lines = Vec::new();
    if welcome.failed_before > 0 {
        let n = welcome.failed_before;
        lines.push(match lang {
            Lang::Ja => format!("前回のログインのあと、失敗したログインが{n}回ありました。"),
            Lang::En => {
                format!("{} since the last good one.", counted(u64::from(n), "failed login", "failed logins"))
            }
        });
    }
    if welcome.clock_unconfirmed {
        lines.push(
            lang.pick(
                "時計が大きく動きました。確認されるまで、期間は判定されません（confirm_clock）。",
                "The clock jumped. Periods are not judged until somebody confirms it (confirm_clock).",
            )
            .to_owned(),
        );
    }
    lines.extend(welcome.upgraded.iter().flat_map(|upgraded| say_upgraded(upgraded, lang)));
    if let Some(torn) = &welcome.torn_tail {
        let torn = say_detail(torn, lang);
        lines.push(match lang {
            Lang::Ja => format!(
                "書き込みの途中で止まった記録の断片がありました（{torn}）。確定した記録は失われていません。"
            ),
            Lang::En => {
                format!("A torn write was found and left in place ({torn}). Nothing acknowledged is lost.")
            }
        });
    }
    lines.extend(welcome.low_disk.iter().flat_map(|low| say_low_disk(low, lang)));
    lines.extend(welcome.warnings.iter().map(|name| say_warning(name, lang)));
    lines
}

/// The bytes of a file named on the command line.
///
/// # Errors
/// [`Stop::Usage`] when there is none, or it is too long.
pub fn read_file(path: &Path, most: usize, lang: Lang) -> Result<Vec<u8>, Stop> {
    use std::io::Read;
    let shown = path.display();
    let file = std::fs::File::open(path).and_then(|file| {
        let mut bytes = Vec::new();
        file.take(most as u64 + 1).read_to_end(&mut bytes).map(|_| bytes)
    });
    match file {
        Ok(bytes) if bytes.len() <= most => Ok(bytes),
        Ok(_) => Err(Stop::usage(
            lang,
            format!("{shown} は大きすぎます（{most}バイトまで）。"),
            format!("{shown} is too large (at most {most} bytes)."),
        )),
        Err(error) => Err(unreadable(path, &error, lang)),
    }
}

/// A file named on the command line cannot be read.
pub fn unreadable(path: &Path, error: &std::io::Error, lang: Lang) -> Stop {
    let (shown, said) = (path.display(), say_io(error, lang));
    Stop::usage(
        lang,
        format!("{shown} を読めません（{said}）。"),
        format!("{shown} cannot be read ({said})."),
    )
}
