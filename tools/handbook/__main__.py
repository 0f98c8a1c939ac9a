"""Write the handbook: `python -m tools.handbook [--drift]`.

In: the causes, events/diagnose, the commands of `parallax`. Out: docs/causes.md,
docs/causes/<hop>.svg, docs/cli.md and docs/schema/cli/<command>.v1.schema.json.
With `--drift` it writes nothing, and exits with status 1 if a file is outdated.
"""

import json
import sys
from pathlib import Path
from typing import Any

from parallax.causes import CAUSES
from parallax.cli.documents import VERSION, schemas
from tools.handbook.cli_page import cli_page
from tools.handbook.page import page
from tools.handbook.picture import picture

ROOT = Path(__file__).parents[2]


def files() -> dict[Path, str]:
    """Return the text of every file of the handbook."""
    recorded: dict[str, dict[str, Any]] = {
        path.stem: json.loads(path.read_text())["snapshot"]
        for path in (ROOT / "events/diagnose").glob("*.json")
    }
    texts = {ROOT / "docs/causes.md": page(recorded)}
    for hop in {cause.hop for cause in CAUSES}:
        texts[ROOT / f"docs/causes/{hop}.svg"] = picture(hop)
    texts[ROOT / "docs/cli.md"] = cli_page()
    for name, schema in schemas().items():
        path = ROOT / f"docs/schema/cli/{name}.{VERSION}.schema.json"
        texts[path] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts


def main() -> int:
    """Write the outdated files; with `--drift` only print their names."""
    texts = files()
    outdated = [p for p, t in texts.items() if not p.exists() or p.read_text() != t]
    if "--drift" in sys.argv[1:]:
        for path in outdated:
            print(f"{path.relative_to(ROOT)} is outdated; run `make docs`")  # noqa: T201
        return 1 if outdated else 0
    for path in outdated:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[path])
        print(f"wrote {path.relative_to(ROOT)}")  # noqa: T201 - a command's output
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
