//! The real binary against a real kernel: killed and refused at each call it makes on the vault, on a disk that is
//! full, and on a file system that loses power. The first share runs everywhere; the long ones are asked for.
//!
//! | variable | what it does |
//! |---|---|
//! | `DAICHO_CAMPAIGN=full` | all cases, not the share of them that fits a change's checks |
//! | `DAICHO_SEED=7` | another share, and other moments |
//! | `DAICHO_REAL_ONLY=text` | only the cases whose name holds this; no figure is written |

mod cases;
mod census;
mod cut;
mod drill;
mod failing;
mod full;
mod judge;
mod killed;
mod operations;
mod place;
mod tools;
