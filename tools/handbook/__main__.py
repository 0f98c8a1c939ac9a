"""Write the handbook: `python -m tools.handbook [--drift]`.

In: the causes and events/diagnose. Out: docs/causes.md and docs/causes/<hop>.svg;
with `--drift` nothing is written, and status 1 says that they are not up to date.
"""

import json
import sys
from pathlib import Path
from typing import Any

from parallax.causes import CAUSES
from tools.handbook.page import page
from tools.handbook.picture import picture

ROOT = Path(__file__).parents[2]


def files() -> dict[Path, str]:
    """Return the text of every file of the handbook."""
    recorded: dict[str, dict[str, Any]] = {
        path.stem: json.loads(path.read_text())["snapshot"]
        for path in (ROOT / "events/diagnose").glob("*.json")
    }
    made = {ROOT / "docs/causes.md": page(recorded)}
    for hop in {cause.hop for cause in CAUSES}:
        made[ROOT / f"docs/causes/{hop}.svg"] = picture(hop)
    return made


def main() -> int:
    """Write what differs, or say that something does."""
    made = files()
    differs = [p for p, text in made.items() if not p.exists() or p.read_text() != text]
    if "--drift" in sys.argv[1:]:
        for path in differs:
            print(f"{path.relative_to(ROOT)} is not up to date: make docs")  # noqa: T201
        return 1 if differs else 0
    for path in differs:
        path.parent.mkdir(exist_ok=True)
        path.write_text(made[path])
        print(f"wrote {path.relative_to(ROOT)}")  # noqa: T201 - a command's output
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
