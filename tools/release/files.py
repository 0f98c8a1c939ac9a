"""Files: what is published with a release, except the image.

In: the repository, and the addresses of those who publish it. Out: a folder with the
chart, the bills of materials, the schemas, the notes and the checksums.
It does not: publish, sign or upload anything.
"""

import gzip
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from tools.release.bom import PARTS, ROOT, bill
from tools.release.notes import notes
from tools.release.versions import version

NOTES = "notes.md"
SUMS = "SHA256SUMS"
SCHEMAS = ("docs/schema", "docs/api")
ALONE = "targets.schema.json"
"""An editor loads this one by its address."""


def write(out: Path, tag: str | None, addresses: list[str]) -> None:
    """Write all files of a release; without a tag, as a rehearsal of the next one."""
    number = version(ROOT, tag)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    section = number if tag else "Unreleased"
    text = notes((ROOT / "CHANGELOG.md").read_text(), section)
    (out / NOTES).write_text(text)
    _chart(out, [*addresses, *(["--version", number] if tag else [])])
    for part in PARTS:
        made = json.dumps(bill(part), indent=1) + "\n"
        (out / f"{part}-{number}.cdx.json").write_text(made)
    _archive(out / f"parallax-schemas-{number}.tar.gz")
    for schema in (ROOT / "docs/schema").glob(ALONE):
        shutil.copyfile(schema, out / schema.name)
    (out / SUMS).write_text(_sums(out))


def _archive(to: Path) -> None:
    """Write the schemas and the descriptions of interfaces, the same for each build."""
    files = [p for folder in SCHEMAS for p in (ROOT / folder).rglob("*.json")]
    with (
        gzip.GzipFile(to, "wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for file in sorted(files):
            entry = tarfile.TarInfo(str(file.relative_to(ROOT / "docs")))
            entry.size = file.stat().st_size
            with file.open("rb") as content:
                archive.addfile(entry, content)


def _chart(out: Path, arguments: list[str]) -> None:
    """Package the agent's chart."""
    command = [sys.executable, "-m", "tools.chart", "package", str(out), *arguments]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603 - our own arguments


def _sums(out: Path) -> str:
    """Return the checksums, as `sha256sum --check` reads them."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted(out.iterdir())
        if file.name not in {NOTES, SUMS}
    )
