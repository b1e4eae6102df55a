#!/usr/bin/env python3
"""This release beside the one before: commit, login, search, check, bytes on disk, as ratios of one run.

    bash tests/release_before.sh --speed        builds both and runs this

Processor time of whole processes, in turns (before, now, before, now ...), each on a fresh copy of the same sample site;
what a login costs is taken off a batch; a search is a whole query, login and all. Medians are compared. Writes target/figures/P-before.json.
"""
import json, os, resource, shutil, statistics, subprocess, sys, tempfile

OLD, NEW, SITE, PASSWORD, ROUNDS = sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
LINES = 400


def run(program, site, *args):
    """Processor seconds of one run, user and system, children included."""
    read, write = os.pipe()
    os.write(write, (PASSWORD + "\n").encode())
    os.close(write)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [program, "--lang", "en", "--vault", site, "--password-fd", str(read), *args],
        pass_fds=[read], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    os.close(read)
    if ended.returncode != 0:
        sys.exit(f"{program} {args}: exit {ended.returncode}\n{ended.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def bytes_of(folder):
    return sum(os.path.getsize(os.path.join(at, name)) for at, _, names in os.walk(folder) for name in names)


with tempfile.TemporaryDirectory(dir=os.path.dirname(SITE)) as work:
    persons, visits, nothing = (os.path.join(work, name) for name in ("persons", "visits", "nothing"))
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
    kinds = ("login", "visits", "persons", "search", "check", "bytes an entry")
    seen = {kind: ([], []) for kind in kinds}
    for turn in range(ROUNDS):
        for which, program in enumerate((OLD, NEW)):
            site = os.path.join(work, "site")
            shutil.copytree(SITE, site)
            # Registers as this release makes them, and nothing in the journal.
            run(program, site, "compact", "--as", "admin")
            size = bytes_of(site)
            login = run(program, site, "batch", "--as", "admin", nothing)
            seen["login"][which].append(login)
            seen["visits"][which].append((run(program, site, "batch", "--as", "admin", visits) - login) / LINES)
            seen["persons"][which].append((run(program, site, "batch", "--as", "admin", persons) - login) / LINES)
            seen["search"][which].append(run(program, site, "query", "persons", "--as", "admin", "--search", "タロウ"))
            seen["check"][which].append(run(program, site, "check", "--as", "admin"))
            run(program, site, "compact", "--as", "admin")
            seen["bytes an entry"][which].append((bytes_of(site) - size) / (2 * LINES))
            shutil.rmtree(site)

ratios = {}
for kind, (old, new) in seen.items():
    before, now = statistics.median(old), statistics.median(new)
    ratios[kind] = round(now / before, 3)
    print(f"{kind:16} before {before:12.6f}  now {now:12.6f}  ratio {now / before:.3f}")
os.makedirs("target/figures", exist_ok=True)
with open("target/figures/P-before.json", "w") as out:
    json.dump({"id": "P-before", "figure": max(ratios.values()), "unit": "x of the release before, the worst of all",
               "seed": 1, "detail": {"rounds": ROUNDS, "ratios": ratios}}, out, ensure_ascii=False)
