"""Freeze what a release emits: `python -m tests.consumers.freeze VERSION`.

In: today's code. Out: the folder tests/consumers/VERSION with events, snapshots,
pushes, their schemas, what the consumer makes of them, the functions' code, and
the template's resources.
It does not: write over a release that is there; only `unreleased` is replaced.
"""

import json
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from parallax.model import schema
from parallax.model.push import Push
from parallax.model.wire import schema as schema_of
from tests.consumers import emitted
from tests.consumers.consumer import ticket
from tests.functions.template import RESOURCES

FOLDER = Path(__file__).parent
UNRELEASED = "unreleased"
ROOT = FOLDER.parents[1]
API = ROOT / "docs/api"
INTERFACES = ("openapi.json", "mcp-tools.json")
"""Generated descriptions that are frozen as they are."""
RUN = ("diagnose", "ingest", "notify")
"""Functions whose code reads what a later version stored."""


def schemas() -> dict[str, dict[str, Any]]:
    """Return today's schemas by file name, that of a push as agents see it."""
    return {
        "advice.v1": schema.advice_schema(),
        "alert.v1": schema.alert_schema(),
        "finding.v1": schema.finding_schema(),
        "push.v1": schema_of(Push),
        "snapshot.v1": schema.snapshot_schema(),
        "snapshot.v2": schema.stored_snapshot_schema(),
    }


def main(version: str) -> None:
    """Write the folder of a version; exit status 1 if it was released before.

    `python -m tools.interfaces` must have written docs/api.
    """
    folder = FOLDER / version
    if version != UNRELEASED and folder.exists():
        sys.exit(f"{folder}: exists; a released version stays as it is")
    (folder / "schemas").mkdir(parents=True, exist_ok=True)
    for name, content in schemas().items():
        text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
        (folder / f"schemas/{name}.schema.json").write_text(text)
    for name in INTERFACES:
        shutil.copy(API / name, folder / f"schemas/{name}")
    findings, advice = emitted.findings(emitted.SOME), emitted.advice()[:3]
    _write(folder / "findings.jsonl", findings)
    _write(folder / "advice.jsonl", advice)
    _write(folder / "alerts.jsonl", emitted.alerts())
    _write(folder / "snapshots.jsonl", emitted.snapshots())
    _write(folder / "pushes.jsonl", emitted.pushes())
    _write(folder / "tickets.jsonl", map(ticket, [*findings, *advice]))
    if version != UNRELEASED:
        _code(folder / "code.zip")
        resources = json.dumps(RESOURCES, indent=1, ensure_ascii=False)
        (folder / "resources.json").write_text(f"{resources}\n")


def _code(path: Path) -> None:
    """Write the code that a rollback to this release would run (`release.py`)."""
    layer, functions = ROOT / "layers/parallax", ROOT / "functions"
    files = {str(p.relative_to(layer)): p for p in layer.glob("parallax/**/*.py")}
    files |= {f"app_{one}.py": functions / one / "app.py" for one in RUN}
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=9) as code:
        for name in sorted(files):
            code.writestr(ZipInfo(name), files[name].read_bytes(), ZIP_DEFLATED)


def _write(path: Path, rows: Iterable[Any]) -> None:
    lines = (json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in rows)
    path.write_text("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main(sys.argv[1])
