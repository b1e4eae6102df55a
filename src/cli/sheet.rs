//! The recovery sheet: shown or printed once, and typed back from the paper.

use super::stop::Stop;
use super::{ask, out};
use crate::desk::declare::cells;
use crate::desk::{Desk, Founding, Lang};
use crate::domain::Stamp;
use std::io::IsTerminal;

/// Groups on a line of the sheet.
const A_LINE: usize = 5;

/// What stands on the sheet.
pub struct Sheet<'a> {
    /// The groups of digits.
    pub groups: Vec<String>,
    /// The site that they open.
    pub founding: &'a Founding,
    /// When it was founded.
    pub on: Stamp,
}

impl Sheet<'_> {
    /// The sheet as it is written on paper.
    fn text(&self, lang: Lang) -> String {
        let (site, name, groups) = (&self.founding.site, &self.founding.site_name, self.groups.len());
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
        text
    }

    /// Prints it on standard output; where that is a terminal, it is typed back there.
    ///
    /// # Errors
    /// The output's; [`Stop::Usage`] when the person gives up.
    pub fn print(&self, desk: &Desk, lang: Lang) -> Result<(), Stop> {
        if std::io::stdout().is_terminal() && ask::can_ask() {
            return self.hand_over(desk, lang);
        }
        out::text(&self.text(lang), lang)
    }

    /// Shows it on the terminal, once, until it has been typed back.
    ///
    /// # Errors
    /// [`Stop::Usage`] when the person gives up.
    pub fn hand_over(&self, desk: &Desk, lang: Lang) -> Result<(), Stop> {
        ask::say(lang.pick(
            "\n回復用紙: 次の番号を紙に書き写してください。\n\
             表示はこの一度だけです。写真や電子ファイルにはしないでください。\n",
            "\nRecovery sheet: write these digits on paper.\n\
             They are shown this once. Take no photograph of them.\n",
        ));
        ask::say(&self.text(lang));
        loop {
            let done = lang.pick(
                "\n書き写したらEnterを押してください（画面が消えます）: ",
                "\nPress Enter when written down (the screen is cleared): ",
            );
            ask::line(done, lang)?;
            // Away with it: what is typed back comes from the paper.
            ask::say("\x1b[3J\x1b[2J\x1b[H");
            if typed_back(desk, &self.groups, lang)? {
                ask::say(lang.pick("回復用紙を確認しました。", "The recovery sheet is verified."));
                return Ok(());
            }
            ask::say(&self.text(lang));
        }
    }
}

/// Asks for each group; the wrong one is named, and asked for again.
fn typed_back(desk: &Desk, sheet: &[String], lang: Lang) -> Result<bool, Stop> {
    let mut typed = Vec::new();
    for (n, group) in sheet.iter().enumerate() {
        let prompt = match lang {
            Lang::Ja => format!("用紙の{}番目の番号: ", n + 1),
            Lang::En => format!("Group {} of the sheet: ", n + 1),
        };
        let mut tries = 0;
        loop {
            let answer = crate::text::scan::fold_code(&ask::line(&prompt, lang)?);
            if digits(&answer) == digits(group) {
                typed.push(answer);
                break;
            }
            tries += 1;
            ask::say(&match lang {
                Lang::Ja => format!("{}番目の番号が違います。用紙を見直してください。", n + 1),
                Lang::En => format!("Group {} is wrong. Look at the sheet again.", n + 1),
            });
            if tries == 3 {
                ask::say(lang.pick("もう一度表示します。", "It is shown once more."));
                return Ok(false);
            }
        }
    }
    desk.is_recovery_sheet(&typed.join("-")).map_err(|failure| Stop::failed(&failure, Some(desk), lang))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}
