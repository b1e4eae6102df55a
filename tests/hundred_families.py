#!/usr/bin/env python3
"""What a commit takes in a build with a hundred families more that nobody has records of, as a ratio.

    python3 tests/hundred_families.py

The families are written into a copy of the sources (target/hundred-families), by the steps of the manual for engineers:
each has a row, a command, a query, a register, and a line of Today. Both are built for speed, and write into the same
sample site, made by the one without: no role of it holds the new rights. Compared are instructions as valgrind counts
them: a batch of many lines less one of few, each on a fresh copy of the site, so that start, login and end are taken
off. The books are compared with the log before, so that no counted run does it. Ends with 1 above the limit; writes
target/figures/P-families.json.
"""
import json, os, pathlib, re, shutil, subprocess, sys, tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target/hundred-families"
SOURCE, BUILD = WORK / "source", WORK / "build"
FAMILIES, FEW, MANY, DAYS, SEED = 100, 40, 440, 60, 1
LIMIT = 1.05
COUNTED = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null"]

DOMAIN = """//! A family that nobody has records of.

use super::command::commands;
use super::lookup::Case;
use super::row::row;
use super::rule::Given::ByPeople;
use super::{Command, Date, Edition, EntryMeta, Event, Filing, Id, No, Noun, Outcome, Trace, key};
use crate::text::find::Part;

row! {
    /// A record.
    Spare {
        /// Whose.
        person: Option<Id>,
        /// What it is called.
        name: String,
    }
}

commands! {
    /// Enter one.
    EnterSpare = "enter_spare" => "spare_entered" {
        /// Whose.
        person: Option<Id>,
        /// What it is called.
        name: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Upkeep)),
            since: Edition::NEWEST,
            sealed: &["name"],
        }
        decide decide_enter, touches [], on {};
}

pub(super) fn decide_enter(case: &Case<'_>, c: &EnterSpare) -> Result<Outcome, No> {
    case.person_named(c.person)?;
    Ok(Outcome { id: Some(case.view.next(Noun::Spare)?), ..Outcome::default() })
}

impl Spare {
    pub(super) const FILING: Filing = Filing {
        states: &[("kept", "kept")],
        named: true,
        lists_by: &[Noun::Person],
        query: Some(super::Query {
            name: "spares",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: Edition::NEWEST,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::EnterSpare(c) = &event.command else { return None };
        let trace = Trace { made: meta.seq, changed: meta.seq, erased: None };
        Some(Spare { id, trace, person: c.person, name: c.name.clone() })
    }

    pub(super) fn change(&mut self, _: &Event, _: &EntryMeta) -> bool {
        false
    }

    pub(super) fn keys(&self) -> Vec<String> {
        vec![key::state(Noun::Spare, "kept")]
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Name, &self.name)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        self.person.into_iter().collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.about()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == Some(id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(vec![&mut self.name])
    }
}
"""

DECLARED = """//! A register in which nothing stands.

use super::{Column, Field, Kind, Open, Opens, Operation, Place, Register, Words, cells};
use crate::domain::{Noun, Row};

/// The register.
pub const REGISTER: Register = Register {
    name: "spares",
    noun: Noun::Spare,
    title: Words::new("空の台帳", "Nothing"),
    reading: "からのだいちょう",
    doc: Words::new("空の台帳です。", "Nothing stands here."),
    columns: &[Column::new("name", ("名称", "Name"), 0, |row, _, lang| match row {
        Row::Spare(row) => cells::text(&row.name, lang),
        _ => String::new(),
    })
    .always()],
    states: &[("kept", Words::new("登録", "kept"))],
    stands: |_, _| "kept",
    today: &[Open::new("spares", ("空の台帳", "Nothing"), Place::Soon, "kept")],
    ..Register::PLAIN
};

/// What is done with it.
pub const OPERATIONS: &[Operation] = &[Operation {
    command: "enter_spare",
    title: Words::new("空の登録", "Enter nothing"),
    past: Words::new("空の登録", "Nothing entered"),
    reading: "からのとうろく",
    doc: Words::new("登録します。", "Enters one."),
    about: None,
    register: "spares",
    fields: &[
        Field::new("person", Kind::Ref(Noun::Person), ("人", "Person"), ("誰のものか。", "Whose.")),
        Field::new("name", Kind::Line(80), ("名称", "Name"), ("名称。", "Its name.")),
    ],
    opens: Opens::Form,
}];
"""


def put(path, before, text):
    """Writes text into a file before the first place where this stands."""
    file = SOURCE / path
    head, found, rest = file.read_text().partition(before)
    if not found:
        sys.exit(f"{path}: {before!r} does not stand there any more")
    file.write_text(head + text + found + rest)


def write_families():
    last = max(map(int, re.findall(r"^        [A-Z]\w+ = (\d+),", (SOURCE / "src/domain/family.rs").read_text(), re.M)))
    mods = registers = families = ""
    for n in range(FAMILIES):
        noun, row, number = f"spare_{n:02}", f"Spare{n:02}", last + 1 + n
        prefix = "Q" + chr(ord("A") + n // 26) + chr(ord("A") + n % 26)
        for template, path in ((DOMAIN, f"src/domain/{noun}.rs"), (DECLARED, f"src/desk/declare/{noun}s.rs")):
            (SOURCE / path).write_text(template.replace("Spare", row).replace("spare", noun))
        mods += f"mod {noun};\n"
        registers += f"        {noun}s,\n"
        families += f'/// Of which there are none.\n{row} = {number}, "{prefix}", "{noun}": {noun}::{row} {{ Enter{row} }};\n'
    put("src/domain/mod.rs", "mod standing;", mods)
    put("src/domain/family.rs", "    }\n    of_no_noun", families)
    put("src/desk/declare/mod.rs", "pub mod standing;", mods.replace(";", "s;"))
    put("src/desk/declare/mod.rs", "    }\n    operations {", registers)


def build():
    """Both programs: without the families, and with them. The crates that both are made from are built once."""
    cargo = ["cargo", "build", "--release", "--locked", "--quiet"]
    subprocess.run(cargo, cwd=ROOT, check=True)
    shutil.rmtree(SOURCE, ignore_errors=True)
    files = ["git", "ls-files", "-z", "src", "data", "tests/*.rs", "Cargo.toml", "Cargo.lock"]
    for name in subprocess.check_output(files, cwd=ROOT, text=True).rstrip("\0").split("\0"):
        (SOURCE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, SOURCE / name)
    write_families()
    made = BUILD / "release"
    made.mkdir(parents=True, exist_ok=True)
    for part in ("deps", "build", ".fingerprint"):
        if not (made / part).exists():
            subprocess.run(["cp", "-al", ROOT / "target/release" / part, made / part], check=True)
    for own in [*made.glob("deps/*daicho-*"), *made.glob(".fingerprint/daicho-*")]:
        shutil.rmtree(own) if own.is_dir() else own.unlink()
    subprocess.run(cargo, cwd=SOURCE, check=True, env={**os.environ, "CARGO_TARGET_DIR": str(BUILD)})
    return ROOT / "target/release/daicho", made / "daicho"


def lines(kind, count):
    for n in range(count):
        if kind == "persons":
            yield {"command": "register_person", "name": f"試験 {n}郎", "kana": "シケン タロウ", "organisation": "情報課"}
        elif n % 2 == 0:
            yield {"command": "check_in", "card": "C-012", "purpose": "patrol", "zone": "server_room",
                   "identification": "staff_card"}
        else:
            yield {"command": "check_out", "card": "C-012"}


def make_site(program, site):
    """The sample site; what is returned is its administrator's password."""
    demo = [program, "demo", "--headless", "--json", "--seed", str(SEED), "--days", str(DAYS), "--dir", site]
    users = json.loads(subprocess.check_output(demo, env={**os.environ, "DAICHO_STATE": "off"}))["users"]
    return next(user["password"] for user in users if user["id"] == "admin")


class Terminal:
    """A program with a site and what the terminal notes of it; each counted run is on a copy of both."""

    def __init__(self, program, made, password, work):
        self.program, self.password, self.work = program, password, work
        self.site, self.state = work / "site", work / "state"
        shutil.copytree(made, self.site)
        self.run(self.site, self.state, "compact", "--as", "admin")
        # A command that waits until the books are compared, and is refused then.
        self.batch(self.site, self.state, [{"command": "resume_user", "user": "nobody"}], ends=1)

    def run(self, site, state, *args, counted=False, ends=0):
        """What one run takes, in instructions, if they are counted."""
        read, write = os.pipe()
        os.write(write, f"{self.password}\n".encode())
        os.close(write)
        ended = subprocess.run(
            [*(COUNTED if counted else []), self.program, "--lang", "en", "--vault", site, "--password-fd", str(read), *args],
            pass_fds=[read], capture_output=True, text=True, env={**os.environ, "DAICHO_STATE": str(state)})
        os.close(read)
        if ended.returncode != ends:
            sys.exit(f"{self.program} {args}: exit {ended.returncode}\n{ended.stdout[-1000:]}{ended.stderr}")
        found = re.search(r"I\s+refs:\s+([0-9,]+)", ended.stderr)
        return int(found.group(1).replace(",", "")) if found else None

    def batch(self, site, state, commands, **how):
        told = self.work / "lines"
        told.write_text("".join(json.dumps(command, ensure_ascii=False) + "\n" for command in commands))
        return self.run(site, state, "batch", "--as", "admin", told, **how)

    def takes(self, commands):
        """Instructions of a batch on a copy of the site."""
        copy = self.work / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        for part in (self.site, self.state):
            shutil.copytree(part, copy / part.name)
        return self.batch(copy / "site", copy / "state", commands, counted=True)


if shutil.which("valgrind") is None:
    sys.exit("skipped: valgrind, which counts the instructions, is not here")
per, logins = {}, []
programs = build()
with tempfile.TemporaryDirectory(dir=WORK) as work:
    work = pathlib.Path(work)
    password = make_site(programs[0], work / "made")
    for which, program in zip(("without", "with"), programs):
        (work / which).mkdir()
        terminal = Terminal(program, work / "made", password, work / which)
        logins.append(terminal.takes([]))
        for kind in ("visits", "persons"):
            few, many = (terminal.takes(lines(kind, count)) for count in (FEW, MANY))
            per.setdefault(kind, []).append((many - few) / (MANY - FEW))
ratios = {kind: round(with_them / without, 3) for kind, (without, with_them) in per.items()}
for kind, (without, with_them) in [*per.items(), ("login", logins)]:
    print(f"{kind:8} without {without:14,.0f}  with {with_them:14,.0f}  ratio {with_them / without:.3f}")
worst = max(ratios.values())
figures = ROOT / "target/figures"
figures.mkdir(parents=True, exist_ok=True)
detail = {"families": FAMILIES, "commits": MANY - FEW, "instructions": {kind: list(map(round, two)) for kind, two in per.items()},
          "ratios": ratios, "login": round(logins[1] / logins[0], 3), "limit": LIMIT}
(figures / "P-families.json").write_text(json.dumps({
    "id": "P-families", "figure": worst, "unit": "x of a commit without a hundred empty families", "seed": SEED,
    "detail": detail}))
if worst > LIMIT:
    sys.exit(f"a commit takes {worst} of one without, more than {LIMIT}")
