//! What was written since the base, in memory: pages of 4 KiB over whatever lies below.

use std::collections::HashMap;

pub(crate) const PAGE: usize = 4096;

pub(crate) type Page = Box<[u8; PAGE]>;

/// One layer of pages. A page is here whole or not at all.
#[derive(Debug, Clone)]
pub(crate) struct Layer {
    pages: HashMap<u64, Page>,
    /// Length of the image in bytes, as seen through this layer.
    pub(crate) len: u64,
    /// Pages from here on are zero if not in this layer: what lies below was cut off, or never there.
    below: u64,
}

/// Where a page's bytes are.
pub(crate) enum Found<'a> {
    Here(&'a [u8; PAGE]),
    Zero,
    Below,
}

pub(crate) fn blank() -> Page {
    Box::new([0; PAGE])
}

impl Layer {
    /// An empty layer over something of this length.
    pub(crate) fn over(len: u64) -> Self {
        Self { pages: HashMap::new(), len, below: len.div_ceil(PAGE as u64) }
    }

    pub(crate) fn find(&self, page: u64) -> Found<'_> {
        match self.pages.get(&page) {
            Some(bytes) => Found::Here(bytes),
            None if page >= self.below => Found::Zero,
            None => Found::Below,
        }
    }

    pub(crate) fn page_mut(&mut self, page: u64) -> Option<&mut [u8; PAGE]> {
        self.pages.get_mut(&page).map(|p| &mut **p)
    }

    pub(crate) fn insert(&mut self, page: u64, bytes: Page) {
        self.pages.insert(page, bytes);
    }

    /// Cuts or extends. When cut inside a page, the caller has put that page here first.
    pub(crate) fn set_len(&mut self, len: u64) {
        if len < self.len {
            let keep = len.div_ceil(PAGE as u64);
            self.pages.retain(|page, _| *page < keep);
            self.below = self.below.min(keep);
            let within = (len % PAGE as u64) as usize;
            if within != 0
                && let Some(page) = self.page_mut(len / PAGE as u64)
            {
                page.iter_mut().skip(within).for_each(|b| *b = 0);
            }
        }
        self.len = len;
    }

    pub(crate) fn bytes(&self) -> u64 {
        (self.pages.len() * PAGE) as u64
    }

    /// Puts this layer on top of `lower`: one layer that shows the same.
    pub(crate) fn merged_over(mut self, mut lower: Layer) -> Layer {
        lower.pages.retain(|page, _| *page < self.below);
        lower.pages.extend(self.pages.drain());
        lower.below = lower.below.min(self.below);
        lower.len = self.len;
        lower
    }
}
