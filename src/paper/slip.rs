//! The slip with which a temporary password is handed over: a page of its own, for one person.

use super::plain::moment;
use crate::desk::Lang;
use crate::domain::Stamp;
use crate::text::width::{pad_right, wrap};

/// What goes onto a slip.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slip {
    /// Whose ID it is.
    pub person: String,
    /// The ID.
    pub login: String,
    /// The temporary password.
    pub password: String,
    /// What a new password must be, a rule a line.
    pub rules: Vec<String>,
    /// Who hands it over.
    pub by: String,
}

/// Cells of a line: a narrow margin on A4 and A5.
const WIDTH: usize = 60;

impl Slip {
    /// The slip as plain text. It begins and ends with a page of its own, so that a printer's queue puts nobody else's on it.
    pub fn text(&self, at: Stamp, lang: Lang) -> String {
        let mut out = String::from("\u{c}");
        let mut line = |text: &str| {
            out.push_str(text.trim_end());
            out.push('\n');
        };
        line(lang.pick("仮パスワードのお知らせ（本人に手渡し）", "Temporary password, by hand to its owner"));
        line("");
        line(&match lang {
            Lang::Ja => format!("{} 様", self.person),
            Lang::En => self.person.clone(),
        });
        line("");
        for (label, value) in [
            (lang.pick("利用者ID", "User ID"), self.login.as_str()),
            (lang.pick("仮パスワード", "Temporary password"), self.password.as_str()),
        ] {
            line(&format!("{}  {value}", pad_right(label, 20)));
        }
        line("");
        let first = lang.pick(
            "最初のログインで、次の規則に合う新しいパスワードを決めてください。",
            "At the first login set a new password by these rules:",
        );
        wrap(first, WIDTH).iter().for_each(|text| line(text));
        for rule in &self.rules {
            for (n, text) in wrap(rule, WIDTH - 4).iter().enumerate() {
                line(&format!("  {} {text}", if n == 0 { "-" } else { " " }));
            }
        }
        line("");
        let then = lang.pick(
            "新しいパスワードを決めたら、この紙は裁断してください。新しいパスワードは書き残さず、だれにも教えないでください。",
            "Shred this paper once the new password is set. Write that one nowhere, and tell it to nobody.",
        );
        wrap(then, WIDTH).iter().for_each(|text| line(text));
        line("");
        line(&format!("{}  {}", moment(at, lang), self.by));
        out.push('\u{c}');
        out
    }
}
