//! The profiles that come with the program.

/// The names of the profiles built in, in the order in which they are offered.
pub const NAMES: &[&str] = &["jcho", "ishikawa", "nesid"];

/// The text of a profile built in.
pub fn builtin(name: &str) -> Option<&'static str> {
    match name {
        "jcho" => Some(include_str!("../../data/profiles/jcho.toml")),
        "ishikawa" => Some(include_str!("../../data/profiles/ishikawa.toml")),
        "nesid" => Some(include_str!("../../data/profiles/nesid.toml")),
        _ => None,
    }
}
