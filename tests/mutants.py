#!/usr/bin/env python3
"""R15: how many faults, each put into one place of the rules or the log, the tests notice.

    python3 tests/mutants.py                 200 of them, drawn by the seed, and the figure
    python3 tests/mutants.py --count 12 --seed 5

Needs `cargo mutants` (cargo install cargo-mutants --locked), which knows the faults. Works on a copy of what is committed. What
the tests do not notice is named; what does not compile counts for nothing. The score is of those that were noticed, a test that never ended included.
"""

import argparse
import json
import os
import pathlib
import random
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = ROOT / "target" / "mutants" / "build"
# Seconds that a build, or the tests, take at most: what never ends is noticed.
MOST_S = 1800
PLACES = ["src/domain/**", "src/log/**"]
# The tests that are about rules and log; the rest of the suite would notice more, and takes ten times as long.
TESTS = ["domain::", "log::", "rules::", "store::", "scenario::", "demands::", "declare::", "groups::"]


def listed():
    """Every fault that `cargo mutants` knows to make."""
    places = [word for place in PLACES for word in ("--file", place)]
    asked = subprocess.run(["cargo", "mutants", "--list", "--json", *places], cwd=ROOT, check=False,
                           stdout=subprocess.PIPE)
    if asked.returncode:
        sys.exit("skipped: cargo mutants is not here (cargo install cargo-mutants --locked)")
    return sorted(json.loads(asked.stdout), key=lambda one: one["name"])


def run(tree, *arguments):
    environment = {**os.environ, "CARGO_TARGET_DIR": str(BUILD), "CARGO_TERM_COLOR": "never"}
    try:
        return subprocess.run(["cargo", "test", "--locked", "--lib", "--test", "all", *arguments], cwd=tree, check=False,
                              env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              timeout=MOST_S).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def put(path, fault):
    """Puts a fault in its place: lines and columns are counted from 1."""
    lines = path.read_text().splitlines(keepends=True)
    (first, left), (last, right) = [(at["line"] - 1, at["column"] - 1) for at in (fault["span"]["start"], fault["span"]["end"])]
    behind = lines[last][right:]
    lines[first:last + 1] = [lines[first][:left] + fault["replacement"] + behind]
    path.write_text("".join(lines))


def try_one(tree, fault):
    """Whether the tests notice a fault; None where it does not compile."""
    put(tree / fault["file"], fault)
    try:
        return None if not run(tree, "--no-run") else not run(tree, "--", *TESTS)
    finally:
        subprocess.run(["git", "checkout", "--quiet", "--", "."], cwd=tree, check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("DAICHO_SEED", "1")))
    asked = parser.parse_args()
    every = listed()
    drawn = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
    tree = BUILD.parent / "tree"
    subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(tree)], cwd=ROOT, check=True)
    noticed, lived, unfit = 0, [], 0
    try:
        if not (run(tree, "--no-run") and run(tree, "--", *TESTS)):
            sys.exit("the tests fail without any fault")
        for fault in drawn:
            name, seen = fault["name"], try_one(tree, fault)
            noticed, unfit = noticed + (seen is True), unfit + (seen is None)
            if seen is False:
                lived.append(name)
            print({True: "noticed", False: "LIVES", None: "does not compile"}[seen], name, flush=True)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True)
    if not noticed + len(lived):
        sys.exit("no fault was tried")
    figure = {
        "id": "R15",
        "figure": round(100 * noticed / (noticed + len(lived)), 1),
        "unit": "% of faults in rules and log that the tests notice",
        "seed": asked.seed,
        "detail": {"tried": noticed + len(lived), "noticed": noticed, "of": len(every), "do not compile": unfit,
                   "live": lived},
    }
    print(json.dumps(figure, ensure_ascii=False, indent=1))
    figures = ROOT / "target" / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    (figures / "R15.json").write_text(json.dumps(figure, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
