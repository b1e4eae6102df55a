//! Where a fault stands in the parsed source: the least that can be exchanged without changing how the rest is read.

use proc_macro2::Span;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{
    Arm, BinOp, Block, Expr, ExprBinary, File, ImplItemFn, ItemFn, Signature, TraitItemFn, TypeImplTrait,
};

/// From a byte to a byte.
pub type Range = (usize, usize);

/// A place in the source, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The head of a function's body; the body.
    Body { head: usize, block: Range },
    /// An arm of a match: where its pattern ends, its guard, and the whole.
    Arm { pattern_end: usize, guard: Option<Range>, arm: Range },
    /// An expression.
    Whole { expression: Range },
}

impl Place {
    /// What text is put before and behind of.
    pub fn around(&self) -> Range {
        match *self {
            Self::Body { head, .. } => (head, head),
            Self::Arm { pattern_end, guard, .. } => guard.unwrap_or((pattern_end, pattern_end)),
            Self::Whole { expression } => expression,
        }
    }

    /// What of the source the place is about.
    pub fn about(&self) -> Range {
        match *self {
            Self::Body { block, .. } => block,
            Self::Arm { arm, .. } => arm,
            Self::Whole { expression } => expression,
        }
    }
}

fn range(span: Span) -> Range {
    let bytes = span.byte_range();
    (bytes.start, bytes.end)
}

fn holds(outer: Range, inner: Range) -> bool {
    outer.0 <= inner.0 && inner.1 <= outer.1
}

/// Whether a condition binds names (`if let`, also in a chain): it cannot stand in parentheses.
fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(both) => matches!(both.op, BinOp::And(_)) && (binds(&both.left) || binds(&both.right)),
        _ => false,
    }
}

/// How tightly an operator binds, as far as a fault may put another in its place: those of one kind may bind otherwise
/// among each other, and are exchanged as a whole run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Logic,
    Number,
    /// Comparisons and assignments: none stands beside another.
    Alone,
}

fn kind(operator: &BinOp) -> Kind {
    use BinOp::*;
    match operator {
        And(_) | Or(_) => Kind::Logic,
        Add(_) | Sub(_) | Mul(_) | Div(_) | Rem(_) | BitXor(_) | BitAnd(_) | BitOr(_) | Shl(_) | Shr(_) => {
            Kind::Number
        }
        _ => Kind::Alone,
    }
}

/// The operators of a run, and what stands between them.
fn run<'a>(expression: &'a ExprBinary, operators: &mut Vec<Range>, between: &mut Vec<&'a Expr>) {
    operators.push(range(expression.op.span()));
    for side in [&*expression.left, &*expression.right] {
        match side {
            Expr::Binary(inner)
                if kind(&inner.op) == kind(&expression.op) && kind(&inner.op) != Kind::Alone =>
            {
                run(inner, operators, between);
            }
            _ => between.push(side),
        }
    }
}

/// Looks for the place of a fault: the innermost is found last.
struct Seeker<'a> {
    genre: &'a str,
    span: Range,
    found: Result<Place, String>,
}

impl Seeker<'_> {
    fn body(&mut self, signature: &Signature, block: &Block) {
        let whole = range(block.span());
        if self.genre == "FnValue" && holds(whole, self.span) {
            let mut hidden = HiddenType(false);
            hidden.visit_return_type(&signature.output);
            self.found = if hidden.0 {
                Err("the function gives a type that only its body says".into())
            } else {
                Ok(Place::Body { head: range(block.brace_token.span.open()).1, block: whole })
            };
        }
    }

    fn whole(&mut self, expression: &Expr) {
        self.found = if binds(expression) {
            Err("in a condition that binds names".into())
        } else {
            Ok(Place::Whole { expression: range(expression.span()) })
        };
    }
}

/// Whether a type is `impl` something.
struct HiddenType(bool);

impl Visit<'_> for HiddenType {
    fn visit_type_impl_trait(&mut self, _: &TypeImplTrait) {
        self.0 = true;
    }
}

impl<'ast> Visit<'ast> for Seeker<'_> {
    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.body(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.body(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast TraitItemFn) {
        if let Some(block) = &function.default {
            self.body(&function.sig, block);
        }
        visit::visit_trait_item_fn(self, function);
    }

    fn visit_arm(&mut self, arm: &'ast Arm) {
        let guard = arm.guard.as_ref().map(|(_, guard)| &**guard);
        let at = guard.map(|guard| range(guard.span()));
        match self.genre {
            "MatchArm" if range(arm.span()).0 == self.span.0 => {
                self.found = if guard.is_some_and(binds) {
                    Err("the arm's condition binds names".into())
                } else {
                    Ok(Place::Arm { pattern_end: range(arm.pat.span()).1, guard: at, arm: range(arm.span()) })
                };
            }
            "MatchArmGuard" if at == Some(self.span) => self.whole(guard.expect("its range is known")),
            _ => {}
        }
        visit::visit_arm(self, arm);
    }

    fn visit_expr(&mut self, expression: &'ast Expr) {
        match (self.genre, expression) {
            ("UnaryOperator", Expr::Unary(unary)) if range(unary.op.span()) == self.span => {
                self.whole(expression)
            }
            ("StructField", Expr::Struct(_)) if holds(range(expression.span()), self.span) => {
                self.whole(expression)
            }
            ("BinaryOperator", Expr::Binary(binary)) => {
                let (mut operators, mut between) = (Vec::new(), Vec::new());
                run(binary, &mut operators, &mut between);
                if operators.contains(&self.span) {
                    self.whole(expression);
                }
                between.into_iter().for_each(|one| self.visit_expr(one));
                return;
            }
            _ => {}
        }
        visit::visit_expr(self, expression);
    }
}

/// Where a fault is put, or why it is not.
pub fn of(file: &File, genre: &str, span: Range) -> Result<Place, String> {
    let mut seeker = Seeker { genre, span, found: Err(format!("no place for a fault in a {genre}")) };
    seeker.visit_file(file);
    seeker.found
}
