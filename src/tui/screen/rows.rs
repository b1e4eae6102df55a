//! The rows of a list that are held: a window on an answer that may have any length.

use crate::desk::declare::Column;
use crate::desk::{Cursor, ListQuery};
use crate::domain::Id;
use crate::tui::model::Cx;

/// Rows read at once.
const PAGE: usize = 50;

/// Pages kept; older ones are read again when they are wanted.
const KEPT: usize = 4;

/// Pages read for one key.
const MOST_LOADS: usize = 40;

/// What is asked, and which cells are wanted.
pub struct Question<'a> {
    /// The question to the register.
    pub query: &'a ListQuery,
    /// Columns of the list.
    pub columns: &'static [Column],
}

/// A row as it is shown: its number and the text of each column.
#[derive(Clone, Debug)]
pub struct Line {
    /// The record.
    pub id: Id,
    /// The columns.
    pub cells: Vec<String>,
}

/// The rows around the selected one. Pages have whatever length the desk gives them.
#[derive(Debug, Default)]
pub struct Rows {
    /// Where each page known so far begins: its first row's number and the cursor that gives it.
    starts: Vec<(usize, Option<Cursor>)>,
    /// Pages held, by their place in `starts`.
    pages: std::collections::BTreeMap<usize, Vec<Line>>,
    /// How many rows are known so far, and whether there are more.
    pub known: usize,
    /// There are more.
    pub more: bool,
    /// What kept rows from being read.
    pub trouble: Option<String>,
}

impl Rows {
    /// A row, if it is held.
    pub fn get(&self, row: usize) -> Option<&Line> {
        let page = self.page_of(row);
        let (first, _) = self.starts.get(page)?;
        self.pages.get(&page)?.get(row.checked_sub(*first)?)
    }

    fn page_of(&self, row: usize) -> usize {
        self.starts.partition_point(|(first, _)| *first <= row).saturating_sub(1)
    }

    /// Reads from the beginning, up to a row and a screen beyond.
    pub fn read(&mut self, question: &Question<'_>, row: usize, cx: &Cx<'_>) {
        *self = Rows { starts: vec![(0, None)], more: true, ..Rows::default() };
        self.reach(question, row, cx);
    }

    /// Makes sure that the rows around one are held, as far as there are any.
    pub fn reach(&mut self, question: &Question<'_>, row: usize, cx: &Cx<'_>) {
        let far = row.saturating_add(cx.height);
        let mut loads = 0usize;
        // A filter that keeps few rows is followed only so far with one key.
        while self.more && self.known <= far && self.trouble.is_none() && loads < MOST_LOADS {
            loads = loads.saturating_add(1);
            self.load(question, self.starts.len().saturating_sub(1), cx);
        }
        let row = row.min(self.known.saturating_sub(1));
        for near in
            [row.saturating_sub(cx.height.saturating_mul(2)), row, far.min(self.known.saturating_sub(1))]
        {
            let page = self.page_of(near);
            if !self.pages.contains_key(&page) && self.trouble.is_none() {
                self.load(question, page, cx);
            }
        }
        let here = self.page_of(row);
        self.pages.retain(|page, _| page.abs_diff(here) < KEPT);
    }

    fn load(&mut self, question: &Question<'_>, page: usize, cx: &Cx<'_>) {
        let Some((first, cursor)) = self.starts.get(page).cloned() else { return };
        let seen = cx.desk.seen(question.query.as_of);
        let found = cx.desk.list(question.query, cursor.as_ref(), PAGE);
        match seen.and_then(|at| Ok((at, found?))) {
            Ok((at, found)) => {
                let lines: Vec<Line> = found
                    .rows
                    .iter()
                    .map(|row| Line {
                        id: row.id(),
                        cells: question.columns.iter().map(|col| (col.cell)(row, &*at, cx.lang)).collect(),
                    })
                    .collect();
                if page.saturating_add(1) == self.starts.len() {
                    self.known = first.saturating_add(lines.len());
                    self.more = found.next.is_some();
                    if found.next.is_some() {
                        self.starts.push((self.known, found.next));
                    }
                }
                self.pages.insert(page, lines);
            }
            Err(failure) => {
                self.more = false;
                self.trouble = Some(crate::tui::declared::said(&failure, cx.desk, cx.lang));
            }
        }
    }
}
