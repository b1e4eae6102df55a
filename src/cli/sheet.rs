//! The recovery sheet: shown or printed once, and typed back from the paper. `daicho password --recovery` uses it,
//! `daicho sheet` replaces it.

use super::check::in_groups;
use super::open::{Site, WORK_FACTOR, remarks, terminal};
use super::stop::{Exit, Stop, eprintln_all};
use super::{out, prompt};
use crate::desk::declare::cells;
use crate::desk::{Desk, Failure, Lang, Last, Lookup, NewSheet, Welcome};
use crate::domain::{Code, Id, Stamp};
use std::io::IsTerminal;

/// Groups on a line of the sheet.
const A_LINE: usize = 5;

/// What stands on the sheet.
pub struct Sheet {
    /// The groups of digits.
    pub groups: Vec<String>,
    /// The id of the site that they open.
    pub site: String,
    /// Its name.
    pub site_name: String,
    /// Since when they do.
    pub on: Stamp,
    /// By what its vault is known from another that was made in its place.
    pub fingerprint: String,
}

/// Whether digits typed back are the sheet's; names the wrong group otherwise.
type IsSheet<'c> = &'c dyn Fn(&str) -> Result<bool, Failure>;

impl Sheet {
    /// A sheet of a desk's site.
    pub fn of(desk: &Desk, groups: Vec<String>) -> Sheet {
        Sheet {
            groups,
            site: desk.site().to_owned(),
            site_name: desk.name(Id::SITE),
            on: desk.now(),
            // What cannot be read is not printed; the vault says by itself what is wrong with it.
            fingerprint: desk.root_at(1).map(|root| in_groups(&root)).unwrap_or_default(),
        }
    }

    /// The sheet as it is written on paper.
    fn text(&self, lang: Lang) -> String {
        let (site, name, groups) = (&self.site, &self.site_name, self.groups.len());
        let day = cells::day(self.on.date_naive(), lang);
        let mut text = match lang {
            Lang::Ja => format!(
                "回復用紙  {site}  {name}  {day}\n\
                 全員がパスワードを失ったとき、この{groups}組の番号だけが保管庫を開きます。金庫などに保管してください。\n"
            ),
            Lang::En => format!(
                "Recovery sheet  {site}  {name}  {day}\n\
                 When every password is lost, these {groups} groups alone open the vault. Keep them in a safe.\n"
            ),
        };
        for (line, groups) in self.groups.chunks(A_LINE).enumerate() {
            let numbered = groups.iter().enumerate().map(|(n, group)| (line * A_LINE + n + 1, group));
            let groups: Vec<String> = numbered.map(|(n, group)| format!("  {n:>2}: {group}")).collect();
            text.push_str(&groups.join(" "));
            text.push('\n');
        }
        let fingerprint = &self.fingerprint;
        text.push_str(&match lang {
            Lang::Ja => {
                format!("保管庫の指紋: {fingerprint}（ログインの画面と daicho check で見比べます）\n")
            }
            Lang::En => format!("Fingerprint of the vault: {fingerprint} (compare: login, daicho check)\n"),
        });
        text
    }

    /// Prints it on standard output; where that is a terminal, it is typed back there.
    ///
    /// # Errors
    /// The output's; [`Stop::Usage`] when the person gives up.
    pub fn print(&self, is: IsSheet<'_>, lang: Lang) -> Result<(), Stop> {
        if std::io::stdout().is_terminal() && prompt::can_ask() {
            return self.hand_over(is, lang);
        }
        out::text(&self.text(lang), lang)
    }

    /// Shows it on the terminal, once, until it has been typed back.
    ///
    /// # Errors
    /// [`Stop::Usage`] when the person gives up.
    pub fn hand_over(&self, is: IsSheet<'_>, lang: Lang) -> Result<(), Stop> {
        prompt::say(lang.pick(
            "\n回復用紙: 次の番号を紙に書き写してください。\n\
             表示はこの一度だけです。写真や電子ファイルにはしないでください。\n",
            "\nRecovery sheet: write these digits on paper.\n\
             They are shown this once. Take no photograph of them.\n",
        ));
        prompt::say(&self.text(lang));
        loop {
            let done = lang.pick(
                "\n書き写したらEnterを押してください（画面が消えます）: ",
                "\nPress Enter when written down (the screen is cleared): ",
            );
            prompt::line(done, lang)?;
            // Away with it: what is typed back comes from the paper.
            prompt::say("\x1b[3J\x1b[2J\x1b[H");
            if typed_back(is, &self.groups, lang)? {
                prompt::say(lang.pick("回復用紙を確認しました。", "The recovery sheet is verified."));
                return Ok(());
            }
            prompt::say(&self.text(lang));
        }
    }
}

/// Asks for each group; the wrong one is named, and asked for again.
fn typed_back(is: IsSheet<'_>, sheet: &[String], lang: Lang) -> Result<bool, Stop> {
    let mut typed = Vec::new();
    for (n, group) in sheet.iter().enumerate() {
        let prompt = match lang {
            Lang::Ja => format!("用紙の{}番目の番号: ", n + 1),
            Lang::En => format!("Group {} of the sheet: ", n + 1),
        };
        let mut tries = 0;
        loop {
            let answer = crate::text::scan::fold_code(&prompt::line(&prompt, lang)?);
            if digits(&answer) == digits(group) {
                typed.push(answer);
                break;
            }
            tries += 1;
            prompt::say(&match lang {
                Lang::Ja => format!("{}番目の番号が違います。用紙を見直してください。", n + 1),
                Lang::En => format!("Group {} is wrong. Look at the sheet again.", n + 1),
            });
            if tries == 3 {
                prompt::say(lang.pick("もう一度表示します。", "It is shown once more."));
                return Ok(false);
            }
        }
    }
    is(&typed.join("-")).map_err(|failure| Stop::failed(&failure, None, lang))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// Asks for the sheet's digits.
///
/// # Errors
/// As [`super::secret::Secrets::next`].
pub fn ask_for_sheet(site: &mut Site) -> Result<zeroize::Zeroizing<String>, Stop> {
    let prompt = site.lang.pick("回復用紙の番号（続けて入力）: ", "The digits of the recovery sheet: ");
    site.secrets.next(prompt)
}

/// An administrator's new password by the recovery sheet, or a new ID of a person where nobody can administer; and another
/// sheet in place of the one used.
///
/// # Errors
/// Why it was not set, or the sheet not replaced: the one used stays in force until it is.
pub fn recover(user: &str, issue: Option<&str>, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let person = issue.map(|typed| {
        let misread = |_| {
            Stop::usage(
                lang,
                "人の番号は P-00003 の形で指定してください。",
                "Give the person's number as P-00003.",
            )
        };
        typed.trim().to_ascii_uppercase().parse::<Id>().map_err(misread)
    });
    let person = person.transpose()?;
    let typed = ask_for_sheet(site)?;
    // Before anything else is asked: thirteen groups are easily mistyped.
    Desk::sheet_opens(&site.dir, &typed).map_err(|failure| Stop::failed(&failure, None, lang))?;
    let (mut desk, welcome) = with_new_password(user, &typed, person, site)?;
    for line in remarks(&welcome, lang) {
        eprintln_all(&[&line]);
    }
    if person.is_some() {
        eprintln_all(&[&match lang {
            Lang::Ja => format!(
                "{user} を、開設時の権限で発行しました。全員の本日の画面に出ます。\n\
                 ほかの人にIDを発行し、規程を直したら、{user} を終了してもらってください。"
            ),
            Lang::En => format!(
                "{user} is issued with the founding powers; everybody sees it on Today.\n\
                 Issue IDs to others, put the rules right, then have {user} removed."
            ),
        }]);
    }
    eprintln_all(&[&match lang {
        Lang::Ja => format!("{user} の新しいパスワードを設定しました。次に、回復用紙を新しくします。"),
        Lang::En => format!("The new password of {user} is set. Next, the sheet is replaced."),
    }]);
    let replaced = hand_over_new(&mut desk, lang).map_err(|stop| match stop {
        Stop::Unheard(_, _, ref in_force) => {
            let set = match lang {
                Lang::Ja => format!(
                    "{user} の新しいパスワードは設定済みです。{in_force}\n\
                     使った用紙は、次の命令で新しくしてください: daicho sheet --as {user}"
                ),
                Lang::En => format!(
                    "The new password of {user} is set. {in_force}\n\
                     Replace the sheet that was used: daicho sheet --as {user}"
                ),
            };
            stop.after(set, lang)
        }
        stop => stop,
    });
    let closed = site.close(desk);
    replaced?;
    closed.map(|()| Exit::Done)
}

/// Asks for the new password until it will do, where somebody can be asked: the sheet was typed once.
fn with_new_password(
    user: &str,
    typed: &str,
    person: Option<Id>,
    site: &mut Site,
) -> Result<(Desk, Welcome), Stop> {
    let lang = site.lang;
    loop {
        let new = site.secrets.new_password(lang.pick("新しいパスワード: ", "New password: "))?;
        let terminal = terminal(&site.dir, WORK_FACTOR);
        let opened = match person {
            Some(person) => Desk::issue_by_sheet(&site.dir, typed, user, &new, person, terminal),
            None => Desk::use_sheet(&site.dir, typed, user, &new, terminal),
        };
        match opened {
            Err(Failure::Malformed(problems))
                if site.secrets.are_asked() && problems.iter().all(|problem| problem.field == "password") =>
            {
                for problem in &problems {
                    prompt::say(lang.pick(&problem.ja, &problem.en));
                }
            }
            opened => {
                return opened.map_err(|failure| {
                    if matches!(&failure, Failure::Rejected(no, _) if no.code == Code::NoAuthority) {
                        eprintln_all(&[no_administrator(lang)]);
                    }
                    Stop::failed(&failure, None, lang)
                });
            }
        }
    }
}

/// What to do where that ID administers nothing, and none does.
fn no_administrator(lang: Lang) -> &'static str {
    lang.pick(
        "管理者のIDが1つもないときは、新しいIDを発行できます: daicho password --as 新しいID --recovery --issue 人の番号",
        "Where no ID administers, issue a new one: daicho password --as NEW-ID --recovery --issue P-NNNNN",
    )
}

/// Another sheet in place of the one in force.
///
/// # Errors
/// Why the one in force stays.
pub fn replace(user: &str, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let (mut desk, _) = site.log_in(user)?;
    let replaced = hand_over_new(&mut desk, lang);
    let closed = site.close(desk);
    replaced?;
    closed.map(|()| Exit::Done)
}

/// Shown or printed first, in force afterwards: broken off between the two, the sheet before still opens.
fn hand_over_new(desk: &mut Desk, lang: Lang) -> Result<(), Stop> {
    let failed = |failure: &Failure, desk: &Desk| {
        let in_force = match failure {
            Failure::Device { last: Last::Written, .. } => lang.pick(
                "新しい回復用紙が有効です。これまでの用紙は破棄してください。",
                "The new sheet is in force. Destroy the one before.",
            ),
            Failure::Device { last: Last::Unknown, .. } => lang.pick(
                "どちらの回復用紙が有効か分かりません。両方を保管し、daicho check --recovery で確かめてください。",
                "Which of the two sheets is in force is not known. Keep both, and see with daicho check --recovery.",
            ),
            _ => lang.pick(
                "新しい回復用紙は使えません。これまでの用紙が有効です。表示した番号は捨ててください。",
                "The new sheet is not in force; the one before is. Throw the digits shown away.",
            ),
        };
        eprintln_all(&[in_force]);
        Stop::failed(failure, Some(desk), lang)
    };
    let new: NewSheet = desk.new_sheet().map_err(|failure| Stop::failed(&failure, Some(desk), lang))?;
    let handed = Sheet::of(desk, new.groups()).print(&|typed| new.is(typed), lang);
    handed.map_err(|stop| {
        let in_force = lang.pick(
            "回復用紙は差し替えていません。これまでの用紙が有効です。表示した番号は捨ててください。",
            "The sheet is not replaced; the one before is in force. Throw the digits shown away.",
        );
        stop.after(in_force, lang)
    })?;
    // Where the one before was seen last: there it is to be destroyed, and nothing says it any more afterwards.
    let was: Vec<String> =
        desk.says_of_sheet(lang).into_iter().map(|(label, text)| format!("  {label}: {text}")).collect();
    let receipt = desk.replace_sheet(&new).map_err(|failure| failed(&failure, desk))?;
    eprintln_all(&[&match lang {
        Lang::Ja => format!(
            "回復用紙を差し替え、保管庫の鍵も新しくしました（証跡 #{}）。前の用紙は破棄してください。",
            receipt.seq
        ),
        Lang::En => format!(
            "The recovery sheet is replaced, and the vault has a new key (entry #{}). Destroy the sheet before.",
            receipt.seq
        ),
    }]);
    eprintln_all(&was.iter().map(String::as_str).collect::<Vec<_>>());
    if desk.available("see_sheet", None).is_ok() {
        eprintln_all(&[lang.pick(
            "新しい用紙をしまったら、画面の「回復用紙の所在確認」で場所を記録してください。",
            "Once the new sheet lies in its place, record where (Recovery sheet seen, see_sheet).",
        )]);
    }
    Ok(())
}
