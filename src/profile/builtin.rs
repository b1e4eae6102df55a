//! The profiles that come with the program.

/// The names of the profiles built in, in the order in which they are offered.
pub const NAMES: &[&str] = &["jcho", "ishikawa", "nesid", "gunma", "nishitama"];

/// The text of a profile built in.
pub fn builtin(name: &str) -> Option<&'static str> {
    match name {
        "jcho" => Some(include_str!("../../data/profiles/jcho.toml")),
        "ishikawa" => Some(include_str!("../../data/profiles/ishikawa.toml")),
        "nesid" => Some(include_str!("../../data/profiles/nesid.toml")),
        "gunma" => Some(include_str!("../../data/profiles/gunma.toml")),
        "nishitama" => Some(include_str!("../../data/profiles/nishitama.toml")),
        _ => None,
    }
}
