#!/usr/bin/env python3
"""R15: how many faults, each put into one place of the rules or the log, the tests notice.

    python3 tests/mutants.py                 200 of them, drawn by the seed, and the figure
    python3 tests/mutants.py --count 12 --seed 5
    python3 tests/mutants.py --only zone.rs  of those drawn, the ones with this in their name; no figure

Needs `cargo mutants` (cargo install cargo-mutants --locked), which knows the faults. Works on a copy of what is committed.
All that are drawn are built at once, each behind a switch (`tests/mutants/`), and the tests run once for each. What does
not compile there is tried alone, as `cargo mutants` would. What the tests do not notice is named; what does not compile
alone either counts for nothing. The score is of those that were noticed, a test that never ended included.
"""

import argparse
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "target" / "mutants"
TREE, BUILD, TEMPORARY = PLACE / "tree", PLACE / "build", PLACE / "tmp"
PLACES = ["src/domain/**", "src/log/**"]
# The tests that are about rules and log; the rest of the suite would notice more, and takes ten times as long.
TESTS = ["domain::", "log::", "rules::", "store::", "scenario::", "demands::", "declare::", "groups::", "zone::"]
# By binary, in the order they are run: the quick ones first, and those of the log where the fault is in it.
ORDER = [("daicho", TESTS), ("all", ["rules::"]), ("all", ["declare::", "groups::", "store::", "zone::"]), ("all", ["log::"]),
         ("all", TESTS)]
# Tests that take so many times the seconds of a processor that they take without a fault, and some more, never end; the same
# of those that wait, in the seconds of a clock, of which a busy machine takes many.
TIMES, MORE_S, WAITING = 10, 20, 5
# Seconds that the tests may take without a fault; the number that no fault has.
MOST_S, NONE = 3600, 0
# Bytes that the tests of a fault may have at most: one that never ends may take all there is.
MEMORY = 8 << 30
THREADS = "2"
ENVIRONMENT = {
    **os.environ,
    "CARGO_TARGET_DIR": str(BUILD),
    "CARGO_TERM_COLOR": "never",
    "CARGO_MANIFEST_DIR": str(TREE),
    "RUST_BACKTRACE": "0",
    "TMPDIR": str(TEMPORARY),
    # The same cases for each fault, no time for the least that fails, and nothing of it kept.
    "PROPTEST_RNG_SEED": "1",
    "PROPTEST_MAX_SHRINK_ITERS": "0",
    "PROPTEST_DISABLE_FAILURE_PERSISTENCE": "1",
}


def listed():
    """Every fault that `cargo mutants` knows to make."""
    places = [word for place in PLACES for word in ("--file", place)]
    asked = subprocess.run(["cargo", "mutants", "--list", "--json", *places], cwd=ROOT, check=False,
                           stdout=subprocess.PIPE)
    if asked.returncode:
        sys.exit("skipped: cargo mutants is not here (cargo install cargo-mutants --locked)")
    return sorted(json.loads(asked.stdout), key=lambda one: one["name"])


def new_tree():
    """A copy of what is committed."""
    subprocess.run(["git", "worktree", "remove", "--force", str(TREE)], cwd=ROOT, check=False, stderr=subprocess.DEVNULL)
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", str(TREE)], cwd=ROOT, check=True)


def clean():
    """The tree as it is committed."""
    subprocess.run(["git", "checkout", "--quiet", "--", "."], cwd=TREE, check=True)


def put_plain(faults):
    """Puts faults in as `cargo mutants` would, without a switch; none may lie in another. Where each then stands."""
    clean()
    put = []
    for file in sorted({fault["file"] for fault in faults}):
        lines = (TREE / file).read_text().splitlines(keepends=True)

        def place(at):
            """The character of a line and column, which are counted from 1."""
            return sum(len(line) for line in lines[:at["line"] - 1]) + at["column"] - 1

        text, changed, end = "".join(lines), "", 0
        for fault in sorted((one for one in faults if one["file"] == file), key=begins):
            changed += text[end:place(fault["span"]["start"])]
            start = len(changed.encode())
            changed += fault["replacement"]
            own = (start, len(changed.encode()))
            put.append({"number": fault["number"], "file": file, "own": own, "around": own})
            end = place(fault["span"]["end"])
        (TREE / file).write_text(changed + text[end:])
    return put


def begins(fault):
    return fault["file"], fault["span"]["start"]["line"], fault["span"]["start"]["column"]


def ends(fault):
    return fault["file"], fault["span"]["end"]["line"], fault["span"]["end"]["column"]


def put_all(faults):
    """Puts faults in, each behind its switch: where each stands in the changed files, and why others are left out."""
    clean()
    manifest = str(ROOT / "tests" / "mutants" / "Cargo.toml")
    environment = {**os.environ, "CARGO_TARGET_DIR": str(PLACE / "tool")}
    keys = ("number", "file", "genre", "span", "replacement")
    given = json.dumps([{key: fault[key] for key in keys} for fault in faults])
    asked = subprocess.run(["cargo", "run", "--quiet", "--locked", "--manifest-path", manifest, "--", str(TREE)],
                           cwd=ROOT, check=True, env=environment, input=given, stdout=subprocess.PIPE, text=True)
    return json.loads(asked.stdout)


def cargo(*arguments):
    """What cargo says of the tree, as messages; the last is whether it succeeded."""
    asked = subprocess.run(["nice", "cargo", *arguments, "--locked", "--message-format=json"], cwd=TREE, check=False,
                           env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return [json.loads(line) for line in asked.stdout.splitlines() if line.startswith("{")]


def built():
    return cargo("test", "--lib", "--test", "all", "--no-run")


def succeeded(messages):
    return bool(messages) and messages[-1].get("success") is True


def spans(message):
    """Where the compiler points to, the places that a macro was called from included; the primary ones first."""
    found = []
    for of in [message, *message["children"]]:
        for span in sorted(of["spans"], key=lambda span: not span["is_primary"]):
            while span:
                found.append((span["file_name"], span["byte_start"], span["byte_end"]))
                span = (span["expansion"] or {}).get("span")
    return found


def blamed(messages, put):
    """The faults that the compiler's errors are about: by the text that was put in, else by the narrowest place around."""
    numbers = set()
    for message in messages:
        if message["reason"] != "compiler-message" or message["message"]["level"] != "error":
            continue
        at = spans(message["message"])
        for where in ("own", "around"):
            hit = {(one[where][1] - one[where][0], one["number"]) for one in put for file, start, end in at
                   if file == one["file"] and one[where][0] <= start and end <= one[where][1]}
            if hit:
                numbers.add(min(hit)[1])
                break
    return numbers


def built_together(faults):
    """Puts in as many faults as compile beside each other: these, the ones that are left for later, the test binaries."""
    fit, later = list(faults), []
    while True:
        answer = put_all(fit)
        left = {one["number"]: one["why"] for one in answer["left"]}
        messages = built()
        for number in blamed(messages, answer["put"]):
            left[number] = "does not compile behind a switch"
        later += [fault for fault in fit if fault["number"] in left]
        fit = [fault for fault in fit if fault["number"] not in left]
        for fault in fit + later:
            if fault["number"] in left:
                print(f"tried alone later: {fault['number']} {left[fault['number']]}: {fault['name']}", flush=True)
        print(f"{len(fit)} faults in one build, {len(later)} left for later", flush=True)
        if succeeded(messages):
            return fit, later, binaries(messages)
        if not left:
            errors = [one["message"]["rendered"] for one in messages if one["reason"] == "compiler-message"]
            sys.exit("the tree does not compile, and no fault is why:\n" + "".join(errors))


def binaries(messages):
    """The test binaries that were built, by name."""
    return {one["target"]["name"]: one["executable"] for one in messages if one.get("executable") and one["profile"]["test"]}


def worked_s():
    """The seconds of a processor of all that was run and has ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(binary, filters, number, work_s, wait_s):
    """Runs tests with a fault switched on, up to the first that fails: what was noticed, or None; and how long they worked
    and took, in seconds, of which they have so many."""

    def limit():
        """Of the process that runs them: memory, work, and no core of one that fails."""
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (round(work_s), round(work_s) + 5))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    TEMPORARY.mkdir(parents=True, exist_ok=True)
    environment = {**ENVIRONMENT, "DAICHO_FAULT": str(number)}
    begun, worked = time.monotonic(), worked_s()
    child = subprocess.Popen(["nice", binary, *filters, "--test-threads", THREADS], cwd=TREE, env=environment, text=True,
                             errors="replace", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True,
                             preexec_fn=limit)
    ended = threading.Event()

    def end():
        ended.set()
        os.killpg(child.pid, signal.SIGKILL)

    clock = threading.Timer(wait_s, end)
    clock.start()
    noticed = None
    try:
        for line in child.stdout:
            if line.startswith("test ") and line.rstrip().endswith("... FAILED"):
                noticed = line.split()[1]
                break
    finally:
        clock.cancel()
        try:
            os.killpg(child.pid, signal.SIGKILL) if noticed or ended.is_set() else None
        except ProcessLookupError:
            pass
        child.stdout.close()
        code = child.wait()
        shutil.rmtree(TEMPORARY, ignore_errors=True)
    if not noticed and (ended.is_set() or code == -signal.SIGXCPU):
        noticed = "never ends"
    elif not noticed and code:
        noticed = "breaks off"
    return noticed, worked_s() - worked, time.monotonic() - begun


def grouped(binary_of):
    """The tests in the order they are run: binary, and the names; each test once."""
    groups, seen = [], set()
    for name, filters in ORDER:
        asked = subprocess.run([binary_of[name], "--list", "--format", "terse", *filters], cwd=TREE, check=True,
                               env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
        tests = [line.removesuffix(": test") for line in asked.stdout.splitlines() if line.endswith(": test")]
        tests = [one for one in tests if (name, one) not in seen]
        seen.update((name, one) for one in tests)
        if tests:
            groups.append((name, ["--exact", *tests]))
    return groups


class Tests:
    """The tests as they were built, and what they take without a fault."""

    def __init__(self, binary_of):
        self.binary_of, self.took, self.groups = binary_of, [], grouped(binary_of)
        for name, tests in self.groups:
            noticed, worked, took = run(self.binary_of[name], tests, NONE, MOST_S, MOST_S)
            if noticed:
                sys.exit(f"the tests fail without any fault: {noticed}")
            self.took.append((worked, took))
        print(f"{sum(len(tests) - 1 for _, tests in self.groups)} tests, {[round(took) for _, took in self.took]} s", flush=True)

    def notice(self, fault, number):
        """The test that notices a fault, or how else it is noticed; None where it lives."""
        in_log = fault["file"].startswith("src/log/")
        groups = sorted(zip(self.groups, self.took), key=lambda one: not (in_log and one[0][1][-1].startswith("log::")))
        for (name, tests), (worked, took) in groups:
            most_s = TIMES * worked + MORE_S
            noticed, _, _ = run(self.binary_of[name], tests, number, most_s, WAITING * (TIMES * took + MORE_S))
            if noticed:
                return noticed
        return None


def without_those_that_cannot(faults):
    """Faults without those of which the compiler says that they compile nowhere: asked of many at once."""
    left, kept = sorted(faults, key=begins), []
    while left:
        # None lies in another.
        turn = [fault for nth, fault in enumerate(left) if all(ends(one) <= begins(fault) for one in left[:nth])]
        put = put_plain(turn)
        messages = cargo("check", "--lib")
        cannot = blamed(messages, put)
        if not cannot:
            kept += turn
        left = [fault for fault in left if fault["number"] not in cannot and (cannot or fault not in turn)]
    return kept


def tried_alone(fault, together):
    """As `Tests.notice` does, of a fault that is built alone; False where it does not compile."""
    put_plain([fault])
    messages = built()
    if not succeeded(messages):
        return False
    together.binary_of = binaries(messages)
    return together.notice(fault, NONE)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=int(os.environ.get("DAICHO_SEED", "1")))
    parser.add_argument("--only", default="")
    asked = parser.parse_args()
    every = listed()
    drawn = random.Random(asked.seed).sample(every, min(asked.count, len(every)))
    drawn = [{**fault, "number": number} for number, fault in enumerate(drawn, 1) if asked.only in fault["name"]]
    new_tree()
    noticed, never_end, lived, unfit = 0, 0, [], []
    begun = time.monotonic()

    def told(fault, by):
        nonlocal noticed, never_end
        if by is False:
            unfit.append(fault["name"])
        elif by is None:
            lived.append(fault["name"])
        else:
            noticed, never_end = noticed + 1, never_end + (by == "never ends")
        how = {False: "does not compile", None: "LIVES"}.get(by, f"noticed ({by})")
        print(f"{round(time.monotonic() - begun)} s: {fault['number']} {how}: {fault['name']}", flush=True)

    try:
        fit, later, binary_of = built_together(drawn)
        tests = Tests(binary_of)
        for fault in fit:
            told(fault, tests.notice(fault, fault["number"]))
        can = without_those_that_cannot(later)
        for fault in later:
            told(fault, tried_alone(fault, tests) if fault in can else False)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", str(TREE)], cwd=ROOT, check=True)
    if not noticed + len(lived):
        sys.exit("no fault was tried")
    figure = {
        "id": "R15",
        "figure": round(100 * noticed / (noticed + len(lived)), 1),
        "unit": "% of faults in rules and log that the tests notice",
        "seed": asked.seed,
        "detail": {"tried": noticed + len(lived), "noticed": noticed, "of": len(every), "do not compile": len(unfit),
                   "never end": never_end, "built alone": len(later) - len(unfit), "live": sorted(lived)},
    }
    print(json.dumps(figure, ensure_ascii=False, indent=1))
    if asked.only:
        return
    figures = ROOT / "target" / "figures"
    figures.mkdir(parents=True, exist_ok=True)
    (figures / "R15.json").write_text(json.dumps(figure, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
