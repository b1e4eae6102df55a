#!/usr/bin/env python3
"""What a noun and a command cost outside their own files: distinct items (file and declaration) that name them.

    python3 tests/family_cost.py [--list] [--noun notice] [--command acknowledge_notice]

Counted are the sources, the words and profiles under data/, and the tests with their goldens; strings count as names. A
noun's own files are those of the domain and of the desk's declarations that bear its name, its manual pages and its own
goldens. Without arguments: the smallest noun, and what the first book was measured by (44 items and 11).
"""
import argparse, pathlib, re

ap = argparse.ArgumentParser()
ap.add_argument("--noun", default="notice")
ap.add_argument("--command", default="acknowledge_notice")
ap.add_argument("--list", action="store_true")
a = ap.parse_args()
ROOT = pathlib.Path(__file__).resolve().parent.parent
MARK = re.compile(r"""^\s*(?:pub(?:\([a-z]+\))?\s+)?(?:const\s+)?(?:
    (?:fn|struct|enum|trait|mod|static|type|impl(?:<[^>]*>)?)\s+\S+ | (?:[A-Z_]+)\s*: | use\s | [a-z_]+!\s*\{ | macro_rules!\s*\w+
)""", re.X)


def camel(name):
    return "".join(part.title() for part in name.split("_"))


def items(path, words):
    """Declarations of a file in which a word of these stands."""
    try:
        lines = path.read_text().splitlines()
    except UnicodeDecodeError:
        return
    at, found = "", set()
    for line in lines:
        if path.suffix == ".rs" and MARK.match(line):
            at = line.strip()
        elif path.suffix == ".toml" and line.startswith("["):
            at = line.strip()
        if words.search(line) and not line.lstrip().startswith("//") and at not in found:
            found.add(at)
            yield at or line.strip()


def cost(names, own, variant):
    def any_of(names):
        return re.compile("|".join(rf"(?<![A-Za-z_]){name}" + ("" if name.endswith("]") else "(?![a-z])") for name in names))
    # The noun's variant, and not another's of the same name, such as that of a failure: outside the domain it is written
    # with its kind, or imported.
    kinds = [f"(?:Noun|Row|Command|domain)::{variant}"]
    imported = re.compile(rf"domain::(?:\{{[^}}]*(?<![A-Za-z_]))?{variant}(?![A-Za-z])|::\*;")
    found = []
    for top in ("src", "data", "tests"):
        for path in sorted((ROOT / top).rglob("*")):
            place = path.relative_to(ROOT).as_posix()
            if path.is_file() and path.suffix in (".rs", ".toml", ".txt", ".md", ".csv", ".jsonl") \
                    and not any(re.search(part, place) for part in own):
                bare = path.suffix != ".rs" or place.startswith("src/domain/") or imported.search(path.read_text())
                found += [(place, item) for item in items(path, any_of([*names, *kinds, *([variant] if bare else [])]))]
    return found


own = [rf"/{a.noun}s?(\.rs|/)", rf"/{a.noun}s?\.(md|txt|csv)$", r"tests/family_cost\.py"]
for what, names, variant in (
    (f"noun {a.noun}", [f'"{a.noun}s?', f"mod {a.noun}s?", f"{a.noun}s?::", f"{a.noun}s?[.,]", a.command], camel(a.noun)),
    (f"command {a.command}", [a.command], camel(a.command)),
):
    found = cost(names, own, variant)
    by = {top: sum(place.startswith(top) for place, _ in found) for top in ("src", "data", "tests")}
    print(f"{what}: {len(found)} items in {len({place for place, _ in found})} files not its own ({by})")
    if a.list:
        for place, item in found:
            print(f"  {place}: {item[:100]}")
