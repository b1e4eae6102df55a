//! The text of a checkpoint, as C2SP tlog-checkpoint says: origin, size and root, one a line, without extension lines.
//! The signature is put around this text elsewhere.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Frontier, Malformed, TreeHead};

/// Longest origin in bytes.
const MAX_ORIGIN: usize = 255;

/// A tree head with the name of its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    origin: String,
    tree: TreeHead,
}

impl Checkpoint {
    /// # Errors
    /// `BadValue` when the origin is empty, longer than 255 bytes, begins or ends with white space or holds a control
    /// character, or when a tree without leaves has another root than that of nothing.
    pub fn new(origin: String, tree: TreeHead) -> Result<Self, Malformed> {
        let is_fit = (1..=MAX_ORIGIN).contains(&origin.len())
            && origin.trim() == origin
            && !origin.contains(|c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
        if !is_fit {
            return Err(Malformed::BadValue("origin"));
        }
        if tree.size == 0 && tree.root != Frontier::new().root() {
            return Err(Malformed::BadValue("root"));
        }
        Ok(Self { origin, tree })
    }

    /// The name of the log.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Size and root.
    pub fn tree_head(&self) -> TreeHead {
        self.tree
    }

    /// Three lines, each with its line feed.
    pub fn to_text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.tree.size, STANDARD.encode(self.tree.root))
    }

    /// Reads exactly what `to_text` writes.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(Malformed::NotCanonical);
        };
        let is_plain =
            size.bytes().all(|byte| byte.is_ascii_digit()) && (size == "0" || !size.starts_with('0'));
        let size = size.parse().ok().filter(|_| is_plain).ok_or(Malformed::BadValue("size"))?;
        let root = STANDARD.decode(root).ok().and_then(|root| root.try_into().ok());
        let root = root.ok_or(Malformed::BadValue("root"))?;
        Self::new(origin.to_owned(), TreeHead { size, root })
    }
}
