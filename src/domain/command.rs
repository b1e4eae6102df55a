//! Commands: requests to the rules, in the imperative. What a batch line, a form or a scan becomes.
//!
//! Their JSON is the batch interface's and, once accepted, part of the log's entries: fields are added with
//! a default, never renamed. Texts named in [`Rule::sealed`] go into an entry's sealed text, so that
//! they can be erased; everything else is a fact and stays.
//!
//! A command is told once, in its noun's own file: its name, the event it becomes, its fields, its [`Rule`], the
//! function that decides it, which rows besides its subject an event of it changes, and on which records a screen opens
//! it, with the function that says what would refuse it whatever is typed. Here stands which there are.

use super::{Command, Rule};

/// Declares the commands of a noun.
macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal => $past:literal { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }
        rule { $($key:ident: $value:expr),* $(,)? }
        decide $decide:path, touches [$($touched:ident),*], on { $($noun:pat => $may:path),* $(,)? };
    )*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $variant {
                $($(#[$fdoc])* #[serde(skip_serializing_if = "crate::domain::is_default")] pub $field: $type,)*
            }

            impl $variant {
                /// What is told of it.
                pub(in crate::domain) const RULE: crate::domain::Rule = crate::domain::Rule {
                    name: $name,
                    past: $past,
                    touches: &[$(crate::domain::Touched::$touched),*],
                    $($key: $value,)*
                    ..crate::domain::Rule::PLAIN
                };

                /// What becomes of it, its own rules alone.
                pub(in crate::domain) fn decide(&self, case: &crate::domain::lookup::Case<'_>) -> Result<crate::domain::Outcome, crate::domain::No> {
                    $decide(case, self)
                }

                /// What would refuse it about a record, whatever is typed. Without a record it is about the site.
                pub(in crate::domain) fn may_be_opened(
                    _case: &crate::domain::lookup::Case<'_>,
                    record: Option<crate::domain::Id>,
                ) -> Result<(), crate::domain::No> {
                    let _noun = record.unwrap_or(crate::domain::Id::SITE).noun;
                    $(if matches!(_noun, $noun) {
                        return $may(_case, record).map(drop);
                    })*
                    Ok(())
                }

                /// Whether a screen opens it on the records of a noun.
                pub(in crate::domain) fn is_opened_on(_noun: crate::domain::Noun) -> bool {
                    $(if matches!(_noun, $noun) {
                        return true;
                    })*
                    false
                }
            }

            impl crate::domain::Moments for $variant {
                fn each_moment(&mut self, _each: &mut dyn FnMut(&mut crate::domain::Stamp)) {
                    $(crate::domain::Moments::each_moment(&mut self.$field, _each);)*
                }
            }
        )*
    };
}
pub(super) use commands;

macro_rules! all {
    ($($room:ident { $($variant:ident),* })*) => {
        /// A request to the rules.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command", rename_all = "snake_case")]
        pub enum Command { $($(#[doc = concat!("See [`", stringify!($variant), "`].")] $variant($variant),)*)* }

        impl Command {
            /// The rules of all commands: those that people give come first, in the order in which screens offer them.
            pub const RULES: &'static [Rule] = &[$($($variant::RULE,)*)*];

            /// The command's rule.
            pub fn rule(&self) -> &'static Rule {
                match self { $($(Command::$variant(_) => const { &$variant::RULE },)*)* }
            }

            /// What becomes of it, its own rules alone.
            pub(super) fn decide(&self, case: &Case<'_>) -> Result<Outcome, No> {
                match self { $($(Command::$variant(command) => command.decide(case),)*)* }
            }

            /// What would refuse the command of a name about a record, whatever is typed. Without a record it is about
            /// the site.
            pub(super) fn may_be_opened(case: &Case<'_>, name: &str, record: Option<Id>) -> Result<(), No> {
                $($(if name == $variant::RULE.name {
                    return $variant::may_be_opened(case, record);
                })*)*
                Ok(())
            }

            /// Whether a screen opens the command of a name on the records of a noun.
            pub fn is_opened_on(name: &str, noun: super::Noun) -> bool {
                $($(if name == $variant::RULE.name {
                    return $variant::is_opened_on(noun);
                })*)*
                false
            }
        }

        impl Moments for Command {
            fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
                match self { $($(Command::$variant(command) => command.each_moment(each),)*)* }
                if let Command::Correct(Correct { field, value, .. }) = self {
                    super::zone::corrected(field, value, each);
                }
            }
        }

        $($(impl From<$variant> for Command {
            fn from(command: $variant) -> Command { Command::$variant(command) }
        })*)*
    };
}

pub(super) use all;

impl Command {
    /// The stable names of the commands that a person may give, on the screen or in a batch, in order of declaration.
    pub fn given() -> impl Iterator<Item = &'static str> + Clone {
        Command::RULES.iter().filter(|rule| rule.is_given_by_people()).map(|rule| rule.name)
    }

    /// The stable names of the commands that only the desk gives, for whoever sits there.
    pub fn of_the_desk() -> impl Iterator<Item = &'static str> + Clone {
        Command::RULES.iter().filter(|rule| !rule.is_given_by_people()).map(|rule| rule.name)
    }

    /// The rule of the command of a name.
    pub fn rule_of(name: &str) -> Option<&'static Rule> {
        Command::RULES.iter().find(|rule| rule.name == name)
    }

    /// The command's stable name, as a batch line gives it.
    pub fn name(&self) -> &'static str {
        self.rule().name
    }

    /// The name of the event it becomes: the `kind` of the entry's head.
    pub fn past(&self) -> &'static str {
        self.rule().past
    }
}
