"""Write docs/api: `python -m tools.interfaces [--drift]`.

In: the code. Out: docs/api/*.json and the generated pages there.
With `--drift` it writes nothing, and exits with status 1 if a file is outdated.
"""

import json
import sys
from pathlib import Path

from tools.interfaces import asyncapi, openapi, pages, tool_schemas

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs/api"


def files() -> dict[Path, str]:
    """Return the text of every generated file."""
    http, messages = openapi.document(), asyncapi.document()
    return {
        FOLDER / "openapi.json": _json(http),
        FOLDER / "asyncapi.json": _json(messages),
        FOLDER / "mcp-tools.json": _json(tool_schemas.document()),
        FOLDER / "ingest.md": pages.ingest(http),
        FOLDER / "events.md": pages.events(messages),
    }


def _json(document: object) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the outdated files; with `--drift` only print their names."""
    texts = files()
    outdated = [p for p, t in texts.items() if not p.exists() or p.read_text() != t]
    if "--drift" in sys.argv[1:]:
        for path in outdated:
            name = path.relative_to(ROOT)
            print(f"{name} is outdated; run `make docs`")  # noqa: T201
        return 1 if outdated else 0
    FOLDER.mkdir(exist_ok=True)
    for path in outdated:
        path.write_text(texts[path])
        print(f"wrote {path.relative_to(ROOT)}")  # noqa: T201 - a command's output
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
