#!/usr/bin/env python3
"""What one changed line of a rule takes to build, beside the release before, as ratios of one run.

    python3 tests/compile_time.py [ROUNDS]       from a checkout with its history; 3 rounds

Two copies of the sources (target/compile-time), each built before anything is measured, incrementally as on an
engineer's desk. Then in turns (before, now, before, now ...) what a rule of a visit refuses with is another word, and
`cargo build` and `cargo test --no-run` follow. Compared are medians of the processor time of cargo and all compilers,
user and system: not of the clock, which others on the machine make slow. Ends with 1 above the limit; writes
target/figures/P-compile.json.
"""
import json, os, pathlib, resource, shutil, statistics, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
WORK = ROOT / "target/compile-time"
ROUNDS = int(sys.argv[1]) if len(sys.argv) > 1 else 3
LIMIT = 1.2
STEPS = {"build": ["build"], "test": ["test", "--no-run"]}
# The rule of which one line is changed, in the words that stand there in both.
RULE, STANDS, CHANGED = "src/domain/visit.rs", "wrong_state(visit.id, visit.state.name())", 'wrong_state(visit.id, "{}")'


def git(*args):
    return subprocess.check_output(["git", *args], cwd=ROOT, text=True).strip()


def cargo(tree, *args):
    """Processor seconds of cargo and what it runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(["cargo", *args, "--locked", "--quiet"], cwd=WORK / tree, check=True, stdout=subprocess.DEVNULL,
                   env={**os.environ, "CARGO_TARGET_DIR": str(WORK / tree / "target"), "CARGO_INCREMENTAL": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def count(tree, folder):
    return sum(len(file.read_bytes().splitlines()) for file in (WORK / tree / folder).rglob("*.rs"))


version = next(line for line in (ROOT / "Cargo.toml").read_text().splitlines() if line.startswith("version = "))
# The release before ends where this one's number begins.
begins = git("log", "--format=%H", "-S" + version, "--", "Cargo.toml").splitlines()
known = ["git", "rev-parse", "-q", "--verify", begins[-1] + "^"] if begins else ["false"]
if subprocess.run(known, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
    sys.exit("skipped: the history of the release before is not here")
trees = {"before": begins[-1] + "^", "now": "HEAD"}
for tree, commit in trees.items():
    for name in (os.listdir(WORK / tree) if (WORK / tree).exists() else []):
        if name != "target":
            path = WORK / tree / name
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    (WORK / tree).mkdir(parents=True, exist_ok=True)
    archive = subprocess.Popen(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE)
    subprocess.run(["tar", "x", "-C", WORK / tree], stdin=archive.stdout, check=True)
    # The crates that both are made from are built already.
    made = WORK / tree / "target/debug"
    if not made.exists() and (ROOT / "target/debug/deps").exists():
        made.mkdir(parents=True)
        for part in ("deps", "build", ".fingerprint"):
            subprocess.run(["cp", "-a", ROOT / "target/debug" / part, made / part], check=True)
        for own in [*made.glob("deps/*daicho-*"), *made.glob(".fingerprint/daicho-*")]:
            shutil.rmtree(own) if own.is_dir() else own.unlink()
    for args in STEPS.values():
        cargo(tree, *args)

rules = {tree: (WORK / tree / RULE).read_text() for tree in trees}
seen = {step: {tree: [] for tree in trees} for step in [*STEPS, "both"]}
for turn in range(ROUNDS):
    for tree in trees:
        if STANDS not in rules[tree]:
            sys.exit(f"{RULE} of {tree} has no {STANDS!r} any more")
        (WORK / tree / RULE).write_text(rules[tree].replace(STANDS, CHANGED.format(f"changed_{turn}"), 1))
        took = {step: cargo(tree, *args) for step, args in STEPS.items()}
        for step, seconds in [*took.items(), ("both", sum(took.values()))]:
            seen[step][tree].append(seconds)

medians = {step: {tree: statistics.median(of[tree]) for tree in trees} for step, of in seen.items()}
ratios = {step: round(of["now"] / of["before"], 3) for step, of in medians.items()}
sizes = {folder: {tree: count(tree, folder) for tree in trees} for folder in ("src", "tests")}
for step, of in medians.items():
    print(f"{step:6} before {of['before']:8.1f} s  now {of['now']:8.1f} s  ratio {ratios[step]:.3f}")
for folder, of in sizes.items():
    print(f"{folder:6} before {of['before']:8} lines  now {of['now']:5} lines  ratio {of['now'] / of['before']:.3f}")
figures = ROOT / "target/figures"
figures.mkdir(parents=True, exist_ok=True)
(figures / "P-compile.json").write_text(json.dumps({
    "id": "P-compile", "figure": ratios["both"], "unit": "x of the processor time of the release before", "seed": 0,
    "detail": {"rounds": ROUNDS, "seconds": medians, "ratios": ratios, "lines": sizes, "limit": LIMIT}}))
if ratios["both"] > LIMIT:
    sys.exit(f"one changed line takes {ratios['both']} of what it took before, more than {LIMIT}")
