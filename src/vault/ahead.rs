//! Age headers made ahead. A header costs two multiplications on the curve, a quarter of what a commit takes, and does
//! not depend on what is written: so a thread makes the next while the last frame is on its way to the device.

use std::fmt;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use age::stream::StreamWriter;
use age::x25519;

use super::base::guard;
use super::error::VaultError;
use super::slot::begin_file;

/// A standard age file of which only the header is written.
pub(crate) type Begun = StreamWriter<Vec<u8>>;

/// How many wait besides the one in the thread's hand: a person never commits faster.
const WAITING: usize = 1;

/// Begun files to one recipient, each used once. The thread ends when this is dropped.
pub(crate) struct Ahead {
    recipient: x25519::Recipient,
    begun: Mutex<Option<Receiver<Begun>>>,
}

impl fmt::Debug for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ahead").finish_non_exhaustive()
    }
}

impl Ahead {
    pub(crate) fn new(recipient: x25519::Recipient) -> Self {
        Self { recipient, begun: Mutex::new(None) }
    }

    pub(crate) fn recipient(&self) -> &x25519::Recipient {
        &self.recipient
    }

    /// One that is ready, or one made now: nobody waits for the thread. It begins with the first frame, so that a
    /// vault that is only opened has none; where no thread can be had, each is made when it is asked for.
    pub(crate) fn take(&self) -> Result<Begun, VaultError> {
        let mut begun = guard(&self.begun);
        match &*begun {
            Some(ready) => {
                if let Ok(file) = ready.try_recv() {
                    return Ok(file);
                }
            }
            None => {
                let (give, ready) = sync_channel(WAITING);
                let recipient = self.recipient.clone();
                let make =
                    move || while begin_file(&[&recipient]).is_ok_and(|file| give.send(file).is_ok()) {};
                if std::thread::Builder::new().name("headers".to_owned()).spawn(make).is_ok() {
                    *begun = Some(ready);
                }
            }
        }
        drop(begun);
        begin_file(&[&self.recipient])
    }
}
