//! One group of commands, from the rules to the journal. One command is a group of one.

use super::books::short;
use super::codec::{encode, meta_of};
use super::frame::Note;
use super::refusals::refusal;
use super::replay::{advance, epoch_of, put_note};
use super::rights::{acceptable, actor_text, holds_key, role_in_head, standing};
use super::tables::{LoggedEvent, Lookups, State, Writable, put_state};
use super::texts::Retold;
use super::{CommitError, JournalFailure, Receipt, Store, StoreError};
use crate::domain::{Code, Command, Context, Decision, No, View};
use crate::fault::fault;
use crate::log::{Entry, HeadFields, KEY_ENROLLED, Malformed, Salts, encode_hex};
use chrono::{SecondsFormat, SubsecRound};
use ed25519_dalek::SigningKey;
use redb::WriteTransaction;
use serde_json::{Map, Value};

/// Where frames become durable. The vault's journal behind the desk; a list in tests.
pub trait Journal {
    /// Appends a frame and makes it durable before it returns.
    ///
    /// # Errors
    /// Whether nothing of it was written, or nobody knows.
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalFailure>;
}

/// The keys that sign an entry. The store does not keep them.
pub struct Signer<'k> {
    /// The actor's key.
    pub key: &'k SigningKey,
    /// The key that an enrolment makes known.
    pub new: Option<&'k SigningKey>,
}

impl<'k> Signer<'k> {
    /// Signs with a key.
    pub fn new(key: &'k SigningKey) -> Signer<'k> {
        Signer { key, new: None }
    }

    /// Signs an enrolment: the key known so far, and the one that takes its place.
    pub fn enrolling(key: &'k SigningKey, new: &'k SigningKey) -> Signer<'k> {
        Signer { key, new: Some(new) }
    }

    fn key_hex(&self) -> String {
        encode_hex(self.key.verifying_key().as_bytes())
    }
}

/// A group of commands in one transaction. Dropped without [`Writing::commit`], nothing of it ever was.
pub struct Writing<'s> {
    store: &'s mut Store,
    txn: WriteTransaction,
    group: Group,
}

/// What a group has come to so far, beside the tables.
struct Group {
    site: String,
    epoch: u32,
    state: State,
    frame: Vec<u8>,
    receipts: Vec<Receipt>,
    /// What it changed in the texts that are searched.
    retold: Vec<Retold>,
    broken: bool,
}

impl<'s> Writing<'s> {
    pub(super) fn new(store: &'s mut Store, txn: WriteTransaction) -> Writing<'s> {
        let group = Group {
            site: store.site.clone(),
            epoch: store.epoch,
            state: store.state.clone(),
            frame: Vec::new(),
            receipts: Vec::new(),
            retold: Vec::new(),
            broken: false,
        };
        Writing { store, txn, group }
    }

    /// The registers as this group has made them so far. Let go of it before the next command.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub fn view(&self) -> Result<impl View + '_, StoreError> {
        Writable::open(&self.txn)
    }

    /// How many entries this group has so far.
    pub fn len(&self) -> usize {
        self.group.receipts.len()
    }

    /// The sequence number of the last entry of this group.
    pub fn last_seq(&self) -> Option<u64> {
        self.group.receipts.last().map(|receipt| receipt.seq)
    }

    /// Whether this group has nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.group.frame.is_empty()
    }

    /// Decides a command and, accepted, seals and applies its entry. A refusal is an entry too, in the same
    /// group, but none of input that was not understood. A request id that was answered before gets the first
    /// receipt again and appends nothing, where the same person gives the same command; anything else under it is
    /// refused. The context's time counts to the second; whether the clock is in doubt
    /// is read from the site's record, whatever the context says.
    ///
    /// The receipt is worth something once [`Writing::commit`] has returned.
    ///
    /// # Errors
    /// What breaks, a key that may not sign this, or texts that no entry may have. After the first of the three
    /// the group cannot be committed; after the others it stands as it was.
    pub fn execute(
        &mut self,
        context: &Context<'_>,
        command: &Command,
        request: Option<&str>,
        signer: &Signer<'_>,
        salts: Salts,
    ) -> Result<Result<Receipt, No>, StoreError> {
        if self.group.broken {
            return Err(StoreError::NeedsReopen);
        }
        let context = to_the_second(context);
        // Opened once for the whole command: opening all of them takes as long as deciding.
        let mut tables = Writable::open(&self.txn)?;
        let group = &mut self.group;
        let before = request.map(|request| group.answered(&tables, request)).transpose()?.flatten();
        let reused = match (before, request) {
            (Some((told, receipt)), _) if repeats(&told, &context, command) => return Ok(Ok(receipt)),
            (Some((told, _)), Some(request)) => {
                Some(Code::RequestReused.with("request", request).and("entry", told.meta.seq))
            }
            _ => None,
        };
        let judged = match reused {
            Some(rejection) => Err(rejection.into()),
            None => judge(&tables, &context, (command, group.next()), signer)?,
        };
        let decided = match judged {
            Ok(decided) => decided,
            Err(No::Broken(why)) => return Err(why.into()),
            Err(no) => {
                let refusal = Command::from(refusal(command, &no));
                // The attempt is recorded without its request id: tried again, it is judged again. It happened
                // now, whenever the thing happened that was to be entered.
                let context = Context { at: None, ..context };
                let decided = match judge(&tables, &context, (&refusal, group.next()), signer)? {
                    Ok(decided) => decided,
                    Err(other) => {
                        let why = format!("{other:?}");
                        return Err(StoreError::Broken(fault!("refusal_refused", why = why)));
                    }
                };
                group.append(&mut tables, &context, decided, None, signer, salts)?;
                return Ok(Err(no));
            }
        };
        group.append(&mut tables, &context, decided, request, signer, salts).map(Ok)
    }

    /// Writes or deletes a draft. The bytes are the desk's own.
    ///
    /// # Errors
    /// What breaks.
    pub fn put_draft(&mut self, user: &str, form: &str, bytes: Option<&[u8]>) -> Result<(), StoreError> {
        let (user, form) = (user.to_owned(), form.to_owned());
        self.note(Note::Draft { user, form, bytes: bytes.map(<[u8]>::to_vec) })
    }

    /// Writes or deletes the projection of a key file. The bytes are the vault's own.
    ///
    /// # Errors
    /// What breaks.
    pub fn put_slot(&mut self, name: &str, bytes: Option<&[u8]>) -> Result<(), StoreError> {
        self.note(Note::Slot { name: name.to_owned(), bytes: bytes.map(<[u8]>::to_vec) })
    }

    /// Makes the group durable: the frame in the journal, then the tables, then the receipts of every entry of
    /// it, refused attempts included, in order. A group without anything in it touches nothing.
    ///
    /// Power failing before the journal's fsync: nothing happened. After it: everything did, for replay
    /// applies the same frame. Should the tables fail then, the receipts stand and the store says
    /// [`Store::needs_reopen`].
    ///
    /// # Errors
    /// [`CommitError::NotWritten`]: the store stands as before and goes on. [`CommitError::Unknown`]: it takes
    /// no more writes; open again.
    pub fn commit(self, journal: &mut dyn Journal) -> Result<Vec<Receipt>, CommitError> {
        let Writing { store, txn, group } = self;
        let Group { epoch, mut state, frame: lines, receipts, retold, broken, .. } = group;
        if broken {
            return Err(StoreError::NeedsReopen.into());
        }
        if lines.is_empty() {
            return Ok(Vec::new());
        }
        state.frame = state.frame.saturating_add(1);
        let mut frame = Vec::with_capacity(lines.len().saturating_add(32));
        Note::Frame(state.frame).write(&mut frame)?;
        frame.extend_from_slice(&lines);
        put_state(&txn, &state)?;
        match journal.append(&frame) {
            Ok(()) => {}
            Err(JournalFailure::NotWritten(why)) => return Err(CommitError::NotWritten(why)),
            Err(JournalFailure::Unknown(why)) => {
                store.lost = true;
                return Err(CommitError::Unknown(why));
            }
        }
        // From here on it has happened: whatever the tables say, the receipts are true.
        match txn.commit() {
            Ok(()) => {
                store.held.follow(store.state.seq(), state.seq(), retold);
                (store.state, store.epoch) = (state, epoch);
            }
            Err(_) => {
                store.held.forget();
                store.lost = true;
            }
        }
        Ok(receipts)
    }

    fn note(&mut self, note: Note) -> Result<(), StoreError> {
        if self.group.broken {
            return Err(StoreError::NeedsReopen);
        }
        let applied = Writable::open(&self.txn).and_then(|mut tables| put_note(&mut tables, &note));
        self.group.broken = applied.is_err();
        applied?;
        note.write(&mut self.group.frame)
    }
}

impl Group {
    /// The number of the entry that comes next.
    fn next(&self) -> u64 {
        self.state.seq().saturating_add(1)
    }

    /// What was done on a request before, and its receipt.
    fn answered(
        &self,
        tables: &Writable<'_>,
        request: &str,
    ) -> Result<Option<(LoggedEvent, Receipt)>, StoreError> {
        let Some(seq) = redb::ReadableTable::get(&tables.requests, request)?.map(|seq| seq.value()) else {
            return Ok(None);
        };
        let told = tables.told(seq)?;
        let root = match tables.get_entry(seq.saturating_add(1))? {
            Some(next) => next.head().prev.clone(),
            None => encode_hex(&self.state.frontier.root()),
        };
        let root_short = root.chars().take(16).collect();
        let receipt = Receipt::of(&told, root_short, true);
        Ok(Some((told, receipt)))
    }

    fn append(
        &mut self,
        tables: &mut Writable<'_>,
        context: &Context<'_>,
        decision: Decision,
        request: Option<&str>,
        signer: &Signer<'_>,
        salts: Salts,
    ) -> Result<Receipt, StoreError> {
        let Decision { event, role, on_behalf } = decision;
        let (facts, words) = encode(&event).map_err(StoreError::Broken)?;
        let kind = event.command.past();
        let epoch = epoch_of(kind, self.epoch);
        let fields = HeadFields {
            site: self.site.clone(),
            epoch,
            seq: self.next(),
            time: context.now.to_rfc3339_opts(SecondsFormat::Secs, false),
            actor: actor_text(&context.actor),
            role: role_in_head(role),
            on_behalf: on_behalf.map(|whom| whom.to_string()),
            kind: kind.to_owned(),
            subject: event.outcome.id.map(|id| id.to_string()),
            request: request.map(str::to_owned),
            prev: self.state.frontier.root(),
        };
        let sealed = match (fields.kind == KEY_ENROLLED, signer.new) {
            (true, Some(new)) => Entry::seal_enrolment(fields, &facts, &words, salts, signer.key, new),
            (true, None) => Err(Malformed::SecondSignatureMissing),
            (false, _) => Entry::seal(fields, &facts, &words, salts, signer.key),
        };
        let entry = sealed.map_err(StoreError::NotAnEntry)?;
        let line = entry.to_line().map_err(StoreError::NotAnEntry)?;
        let meta = meta_of(entry.head()).map_err(StoreError::Broken)?;
        let told = LoggedEvent { entry, event, meta };
        let applied = tables.apply(&told);
        self.broken = applied.is_err();
        applied?;
        self.retold.append(&mut tables.retold);
        advance(&mut self.state, told.entry.leaf(), &told);
        self.epoch = epoch;
        self.frame.extend_from_slice(line.as_bytes());
        self.frame.push(b'\n');
        let receipt = Receipt::of(&told, short(&self.state.frontier.root()), false);
        self.receipts.push(receipt.clone());
        Ok(receipt)
    }
}

/// Whether somebody gives again what an entry says was done: the same person, the same command, the same fields as a
/// person gives them. What the desk added then is not asked for, nor words that were erased since.
fn repeats(told: &LoggedEvent, context: &Context<'_>, command: &Command) -> bool {
    let before = &told.event.command;
    if told.entry.head().actor != actor_text(&context.actor)
        || before.name() != command.name()
        || told.event.at != context.at
    {
        return false;
    }
    let given = |command: &Command| match serde_json::to_value(command) {
        Ok(Value::Object(mut fields)) => {
            fields.retain(|name, _| !command.rule().filled.contains(&name.as_str()));
            fields
        }
        _ => Map::new(),
    };
    let (mut before, mut again) = (given(before), given(command));
    if told.entry.is_erased() {
        for name in told.entry.word_names() {
            before.remove(name);
            again.remove(name);
        }
    }
    before == again
}

/// Whether a key may sign this as the entry of a number, and what the rules make of it.
fn judge(
    tables: &Writable<'_>,
    context: &Context<'_>,
    (command, seq): (&Command, u64),
    signer: &Signer<'_>,
) -> Result<Result<Decision, No>, StoreError> {
    let context = &standing(tables, context.clone(), command)?;
    if !holds_key(tables, &context.actor, command, &signer.key_hex())? {
        return Err(StoreError::WrongKey);
    }
    let decided = crate::domain::judge(tables, context, command);
    Ok(decided.and_then(|decision| acceptable(tables, context, command, seq).map(|()| decision)))
}

/// The log keeps seconds, so the rules judge by seconds: what is decided now is decided alike at every replay.
fn to_the_second<'a>(context: &Context<'a>) -> Context<'a> {
    let mut context = context.clone();
    context.now = context.now.trunc_subsecs(0);
    context.at = context.at.map(|at| at.trunc_subsecs(0));
    context
}
