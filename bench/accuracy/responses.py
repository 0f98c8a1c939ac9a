"""Responses: how often the writer of a recorded or reported response is found.

`python -m bench.accuracy.responses [--all]`

In: `tests/reported/responses` (responses that people posted, with what is right) and
`tests/captures` (responses of real programs). Out: a table of right, unknown and wrong
for each set; with `--all` also each response that is not right.
It does not: judge a fault; the writer of a page is not the location of the fault.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from parallax.cli.attribute import attributed
from parallax.cli.responses import NotAResponse, read_responses
from parallax.writers import Attribution

TESTS = Path(__file__).parents[2] / "tests"
REPORTED = TESTS / "reported/responses"
CAPTURES = TESTS / "captures"
PODS = ("app", "uvicorn", "gunicorn", "express", "default-backend")
"""Writers that a capture may have in a pod; a proxy may have hidden which of them."""

type Entry = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy.responses")
    parser.add_argument("--all", action="store_true", help="list what is not right")
    asked = parser.parse_args(arguments)
    write = sys.stdout.write
    write(f"{'set':24}{'responses':>10}{'right':>8}{'unknown':>9}{'wrong':>7}\n")
    for name, entries in sets():
        answers = [(entry, verdict(entry, attribution_of(entry))) for entry in entries]
        counts = Counter(found.split()[0] for _, found in answers)
        numbers = f"{len(answers):10}{counts['right']:8}{counts['unknown']:9}"
        write(f"{name:24}{numbers}{counts['wrong']:7}\n")
        for entry, found in answers:
            if asked.all and found != "right":
                write(f"  {found}: {entry['file']}\n")
    return 0


def sets() -> Iterator[tuple[str, list[Entry]]]:
    """Yield each set's name and entries."""
    for path in sorted(REPORTED.glob("*.json")):
        yield f"reported, {path.stem}", reported(path)
    yield "captures", captures()


def reported(path: Path) -> list[Entry]:
    """Return the entries of one manifest, with the path of each file."""
    entries = json.loads(path.read_text(encoding="utf-8"))["responses"]
    return [entry | {"path": REPORTED / entry["file"]} for entry in entries]


def captures() -> list[Entry]:
    """Return the captures in the form of a manifest; any place and way is allowed."""
    manifest = json.loads((CAPTURES / "manifest.json").read_text(encoding="utf-8"))
    return [
        {
            "file": capture["file"],
            "path": CAPTURES / capture["file"],
            "writer": PODS if capture["generator"] in PODS else (capture["generator"],),
            "hop": None,
            "how": None,
            "undecidable": False,
        }
        for capture in manifest["captures"]
        if capture["file"]
    ]


def attribution_of(entry: Entry) -> Attribution | None:
    """Return what Parallax says of a response; None: it cannot be read."""
    try:
        return attributed(read_responses(entry["path"].read_bytes()).chosen)
    except NotAResponse:
        return None


def verdict(entry: Entry, answer: Attribution | None) -> str:
    """Return `right`, `unknown`, or what is wrong: writer, hop or how.

    `unknown` is always allowed, and right where the bytes leave the writer open.
    """
    if answer is None:
        return "unknown"
    for part, value in (("hop", answer.hop), ("how", answer.how)):
        if entry[part] is not None and value not in (*entry[part], "unknown"):
            return f"wrong {part}"
    if answer.writer == "unknown":
        return "right" if entry["undecidable"] else "unknown"
    return "right" if answer.writer in entry["writer"] else "wrong writer"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
