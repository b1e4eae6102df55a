#!/usr/bin/env python3
"""This release beside the one before: commit, login, search, check, bytes on disk, as ratios of one run.

    bash tests/release_before.sh --speed        builds both and runs this

Instructions as valgrind counts them, or processor time where it is not here, in turns (before, now, before, now ...),
each on a fresh copy of the same sample site; what a login costs is taken off a batch; a search is a whole query, login and
all. Counted are those of the thread that answers whoever waits, and beside them, as "all", those of every thread: since
edition 3 a session compares the books with the log on threads of their own. The visits of this release are recorded once more under the newest edition of the rules,
beside those of the release before, which has none. Each site's books are compared with its log once before anything is
measured, as on a terminal in use: what a first login after a new base takes beside, P-compare says. Medians are compared. Writes target/figures/P-before.json.
"""
import json, os, resource, shutil, statistics, subprocess, sys, tempfile

OLD, NEW, SITE, PASSWORD, ROUNDS = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
LINES = 200
COUNTS = shutil.which("valgrind") is not None
UNIT = "instructions" if COUNTS else "processor seconds"


def instructions(folder):
    """Of the first thread, and of all: callgrind leaves a file a thread."""
    counts = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), errors="replace") as out:
            for line in out:
                if line.startswith("thread: "):
                    thread = int(line.split()[1])
                elif line.startswith("summary: "):
                    counts[thread] = counts.get(thread, 0) + int(line.split()[1])
    return counts[1], sum(counts.values())


def run(program, site, *args, counted=False, refused=False):
    """What one run takes, of the first thread and of all: instructions if they are counted, or processor seconds, user and
    system, which are not told apart by thread. Where something is refused the run ends with 1."""
    counted = counted and COUNTS
    counts = tempfile.mkdtemp(dir=os.path.dirname(site))
    valgrind = ["valgrind", "--tool=callgrind", "--separate-threads=yes", f"--callgrind-out-file={counts}/out"]
    read, write = os.pipe()
    os.write(write, (PASSWORD + "\n").encode())
    os.close(write)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [*(valgrind if counted else []), program, "--lang", "en", "--vault", site, "--password-fd", str(read), *args],
        pass_fds=[read], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.close(read)
    if ended.returncode != (1 if refused else 0):
        sys.exit(f"{program} {args}: exit {ended.returncode}\n{ended.stderr}")
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    took = instructions(counts) if counted else (took, took)
    shutil.rmtree(counts)
    return took


def bytes_of(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


with tempfile.TemporaryDirectory(dir=os.path.dirname(SITE)) as work:
    os.environ["DAICHO_STATE"] = os.path.join(work, "state")
    persons, visits, nothing, edition, waits = (
        os.path.join(work, name) for name in ("persons", "visits", "nothing", "edition", "waits"))
    with open(waits, "w") as out:
        # Not done before the books are compared, and then refused.
        out.write(json.dumps({"command": "resume_user", "user": "nobody"}) + "\n")
    with open(persons, "w") as out:
        for n in range(LINES):
            out.write(json.dumps({"command": "register_person", "name": f"試験 {n}郎", "kana": "シケン タロウ",
                                  "organisation": "情報システム課"}, ensure_ascii=False) + "\n")
    with open(visits, "w") as out:
        for n in range(LINES // 2):
            out.write(json.dumps({"command": "check_in", "card": "C-012", "purpose": "patrol", "zone": "server_room",
                                  "identification": "staff_card"}) + "\n")
            out.write(json.dumps({"command": "check_out", "card": "C-012"}) + "\n")
    open(nothing, "w").close()
    with open(edition, "w") as out:
        out.write(json.dumps({"command": "adopt_edition", "edition": 2}) + "\n")
    kinds = ("login", "visits", "persons", "search", "check", "bytes an entry", "visits under edition 2")
    seen = {kind: ([], []) for kind in kinds}
    for turn in range(ROUNDS):
        for which, program in enumerate((OLD, NEW)):
            def measured(*args):
                return run(program, site, *args, counted=True)
            def batch(lines):
                return tuple((took - bare) / LINES for took, bare in zip(measured("batch", "--as", "admin", lines), login))
            site = os.path.join(work, "site")
            shutil.copytree(SITE, site)
            # Registers as this release makes them, nothing in the journal, and the books compared.
            run(program, site, "compact", "--as", "admin")
            run(program, site, "batch", "--as", "admin", waits, refused=True)
            size = bytes_of(site)
            login = measured("batch", "--as", "admin", nothing)
            seen["login"][which].append(login)
            seen["visits"][which].append(batch(visits))
            seen["persons"][which].append(batch(persons))
            seen["search"][which].append(measured("query", "persons", "--as", "admin", "--search", "タロウ"))
            seen["check"][which].append(measured("check", "--as", "admin"))
            run(program, site, "compact", "--as", "admin")
            seen["bytes an entry"][which].append(((bytes_of(site) - size) / (2 * LINES),) * 2)
            if program == NEW:
                run(program, site, "batch", "--as", "admin", edition)
                run(program, site, "compact", "--as", "admin")
                run(program, site, "batch", "--as", "admin", waits, refused=True)
            login = measured("batch", "--as", "admin", nothing)
            seen["visits under edition 2"][which].append(batch(visits))
            shutil.rmtree(site)

ratios = {"of who waits": {}, "all": {}}
for kind, (old, new) in seen.items():
    for at, threads in enumerate(ratios):
        before, now = (statistics.median(took[at] for took in side) for side in (old, new))
        ratios[threads][kind] = round(now / before, 3)
        print(f"{kind:21} {threads:12} before {before:18,.6g}  now {now:18,.6g}  ratio {now / before:.3f}")
# A check is the work of all threads; the others compare while somebody works.
worst = max(ratio for kind, ratio in ratios["of who waits"].items() if kind != "check")
os.makedirs("target/figures", exist_ok=True)
with open("target/figures/P-before.json", "w") as out:
    json.dump({"id": "P-before", "figure": max(worst, ratios["all"]["check"]),
               "unit": "x of the release before, the worst of all", "seed": 1,
               "detail": {"of": UNIT, "rounds": ROUNDS, "ratios": ratios}}, out, ensure_ascii=False)
