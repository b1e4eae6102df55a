//! `daicho init`: founds a site, from flags or by asking; the recovery sheet is shown once.

use super::args::Init;
use super::open::{Site, terminal};
use super::sheet::Sheet;
use super::stop::{Exit, Stop, eprintln_all};
use super::{out, prompt};
use crate::desk::profiles::{BUILT_IN, accepted, built_in};
use crate::desk::{Desk, Founding, Lang, say_low_disk, say_warning};
use crate::domain::Edition;
use serde_json::json;

/// Founds a site.
///
/// # Errors
/// Why it was not founded; the folder then holds nothing of ours.
pub fn run(args: &Init, site: &mut Site) -> Result<Exit, Stop> {
    let lang = site.lang;
    let asking = site.secrets.are_asked() && prompt::can_ask();
    let mut questions = Questions { asking, lang };
    if asking {
        prompt::say(&match lang {
            Lang::Ja => format!("{} に拠点を開設します。", site.dir.display()),
            Lang::En => format!("A site will be founded in {}.", site.dir.display()),
        });
    }
    let profile = questions.profile(args.profile.as_deref())?;
    let mut founding = Founding {
        profile,
        site: questions.one(
            args.site.as_deref(),
            "--site",
            (
                "拠点の記号（半角英小文字・数字・ハイフン、例 f-chuo）",
                "the site's id ([a-z0-9-], for example f-chuo)",
            ),
        )?,
        site_name: String::new(),
        admin: String::new(),
        name: String::new(),
        kana: String::new(),
        password: String::new(),
    };
    let name = ("拠点の名称", "the site's name");
    founding.site_name = questions.optional(args.site_name.as_deref(), &founding.site, name)?;
    let admin = ("最初の管理者のログインID（半角英小文字・数字）", "the first administrator's login ID");
    founding.admin = questions.one(args.admin.as_deref(), "--admin", admin)?;
    let name = ("管理者の氏名", "the administrator's name");
    founding.name = questions.optional(args.name.as_deref(), &founding.admin, name)?;
    let kana = ("管理者のフリガナ", "the reading of the name, in kana");
    founding.kana = questions.optional(args.kana.as_deref(), &founding.name, kana)?;
    let prompt = match lang {
        Lang::Ja => format!("{} のパスワード: ", founding.admin),
        Lang::En => format!("Password of {}: ", founding.admin),
    };
    founding.password = site.secrets.new_password(&prompt)?.to_string();
    let (desk, sheet) = Desk::found(&site.dir, &founding, terminal(&site.dir, args.work_factor))
        .map_err(|failure| Stop::failed(&failure, None, lang))?;
    let sheet = Sheet::of(&desk, sheet);
    let is = |typed: &str| desk.is_recovery_sheet(typed);
    let handed = match (args.json, asking) {
        (true, _) => {
            out::json(&json!({"vault": site.dir.display().to_string(), "recovery": sheet.groups}), lang)
        }
        (false, true) => sheet.hand_over(&is, lang),
        (false, false) => sheet.print(&is, lang),
    };
    let low = desk.low_disk();
    let of_the_place = desk.warnings_of_the_place();
    let warnings: Vec<String> = low
        .iter()
        .flat_map(|low| say_low_disk(low, lang))
        .chain(of_the_place.iter().map(|name| say_warning(name, lang)))
        .collect();
    let closed = site.close(desk);
    handed.map_err(|stop| stop.after(unseen(&founding, site), lang))?;
    closed?;
    let founded = match lang {
        Lang::Ja => format!("拠点 {} を開設しました: {}", founding.site, site.dir.display()),
        Lang::En => format!("The site {} is founded: {}", founding.site, site.dir.display()),
    };
    let lines: Vec<&str> = std::iter::once(&founded).chain(&warnings).map(String::as_str).collect();
    eprintln_all(&lines);
    Ok(Exit::Done)
}

/// What stands when the site is founded and nobody has its sheet.
fn unseen(founding: &Founding, site: &Site) -> String {
    let (dir, Founding { site: id, admin, .. }) = (site.dir.display(), founding);
    match site.lang {
        Lang::Ja => format!(
            "拠点 {id} は開設済みです: {dir}\n\
             回復用紙は渡っていません。次の命令で新しい回復用紙を作ってください。前の番号は使えなくなります。\n  \
             daicho --vault {dir} sheet --as {admin}"
        ),
        Lang::En => format!(
            "The site {id} is founded: {dir}\n\
             Its recovery sheet was not handed over. Make another one, which replaces it:\n  \
             daicho --vault {dir} sheet --as {admin} --lang en"
        ),
    }
}

/// Questions that are asked on a terminal and are missing flags elsewhere.
struct Questions {
    asking: bool,
    lang: Lang,
}

impl Questions {
    /// A value that must be there.
    fn one(&mut self, flag: Option<&str>, name: &str, what: (&str, &str)) -> Result<String, Stop> {
        if let Some(flag) = flag {
            return Ok(flag.to_owned());
        }
        if !self.asking {
            return Err(Stop::usage(
                self.lang,
                format!("{name} で{}を指定してください。", what.0),
                format!("Give {} with {name}.", what.1),
            ));
        }
        loop {
            let typed = prompt::line(&format!("{}: ", self.lang.pick(what.0, what.1)), self.lang)?;
            if !typed.is_empty() {
                return Ok(typed);
            }
        }
    }

    /// A value that is something else where it is not given.
    fn optional(&mut self, flag: Option<&str>, else_: &str, what: (&str, &str)) -> Result<String, Stop> {
        match flag {
            Some(flag) => Ok(flag.to_owned()),
            None if self.asking => {
                let typed =
                    prompt::line(&format!("{} [{else_}]: ", self.lang.pick(what.0, what.1)), self.lang)?;
                Ok(if typed.is_empty() { else_.to_owned() } else { typed })
            }
            None => Ok(else_.to_owned()),
        }
    }

    /// The profile's text: one built in, by name, or a file.
    fn profile(&mut self, flag: Option<&str>) -> Result<String, Stop> {
        let lang = self.lang;
        if self.asking && flag.is_none() {
            prompt::say(lang.pick("規程を選んでください。", "Choose a profile."));
            for (n, name) in BUILT_IN.iter().enumerate() {
                let title = built_in(name)
                    .and_then(|text| accepted(text, Edition::NEWEST).ok())
                    .map(|expanded| expanded.profile.title);
                let title = title.unwrap_or_default();
                prompt::say(&format!("  {}  {name:<10}  {}", n + 1, lang.pick(&title.ja, &title.en)));
            }
        }
        loop {
            let what =
                ("規程（番号、名前、またはTOMLファイル）", "the profile (number, name, or a TOML file)");
            let typed = self.one(flag, "--profile", what)?;
            let number = typed.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let name = number.and_then(|n| BUILT_IN.get(n).copied()).unwrap_or(&typed);
            let found = match built_in(name) {
                Some(text) => Ok(text.to_owned()),
                None => super::profiles::from_file(&typed, lang),
            };
            match found {
                Err(Stop::Usage(said)) if self.asking && flag.is_none() => prompt::say(&said),
                other => return other,
            }
        }
    }
}
