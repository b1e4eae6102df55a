//! Choices: one of a few values, each with a stable name.

/// Declares the choices of a noun; the first value marked so is the one that stands where none is given.
macro_rules! choice {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {
        $($(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
        impl crate::domain::Moments for $name {
            fn each_moment(&mut self, _: &mut dyn FnMut(&mut crate::domain::Stamp)) {}
        }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stable name.
            pub fn name(self) -> &'static str { match self { $($name::$variant => $text,)* } }
        })*
    };
}
pub(super) use choice;
