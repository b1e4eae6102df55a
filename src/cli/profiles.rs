//! `daicho profiles`: the profiles built in, their duties, and which function meets each.

use super::stop::Stop;
use crate::desk::profiles::{BUILT_IN, accepted, built_in};
use crate::desk::{Lang, say_detail};
use crate::domain::{Edition, Profile};

/// The answer: the list of profiles, or one of them; `None` when there is none of that name.
///
/// # Errors
/// A profile built in that cannot be read, which a test rules out.
pub fn answer(name: Option<&str>, text: bool, lang: Lang) -> Result<Option<String>, Stop> {
    let Some(name) = name else {
        let mut list = String::new();
        for name in BUILT_IN {
            if let Some(toml) = built_in(name) {
                let profile =
                    accepted(toml, Edition::NEWEST).map_err(|failure| Stop::failed(&failure, None, lang))?;
                list.push_str(&format!("{name:<10}  {}\n", lang.pick(&profile.title.ja, &profile.title.en)));
            }
        }
        return Ok(Some(list));
    };
    let Some(toml) = built_in(name) else { return Ok(None) };
    if text {
        return Ok(Some(toml.to_owned()));
    }
    let profile = accepted(toml, Edition::NEWEST).map_err(|failure| Stop::failed(&failure, None, lang))?;
    Ok(Some(said(&profile, lang)))
}

/// There is no such profile.
pub fn unknown(name: &str, lang: Lang) -> Stop {
    // What was typed may hold anything: cleaned before it reaches a terminal.
    let (known, name) = (BUILT_IN.join(" "), say_detail(name, lang));
    Stop::usage(
        lang,
        format!("規程「{name}」は組み込まれていません。組み込み: {known}"),
        format!("No profile \"{name}\" is built in. Built in: {known}"),
    )
}

fn said(profile: &Profile, lang: Lang) -> String {
    let mut text = format!(
        "{}  {} {}\n{}\n",
        profile.name,
        lang.pick(&profile.title.ja, &profile.title.en),
        profile.version,
        profile.source.trim()
    );
    text.push_str(lang.pick("\n役割\n", "\nRoles\n"));
    for role in &profile.roles {
        let founds =
            if role.founds { lang.pick("（最初の管理者）", " (first administrator)") } else { "" };
        text.push_str(&format!("  {:<16}  {}{founds}\n", role.id, lang.pick(&role.label.ja, &role.label.en)));
    }
    text.push_str(lang.pick("\n区画\n", "\nZones\n"));
    for zone in &profile.zones {
        text.push_str(&format!("  {:<16}  {}\n", zone.id, lang.pick(&zone.label.ja, &zone.label.en)));
    }
    text.push_str(lang.pick("\n条項と、それを満たす機能\n", "\nDuties, and which function meets each\n"));
    for (duty, function) in &profile.duties {
        text.push_str(&format!("  {duty:<10}  {function}\n"));
    }
    text
}
