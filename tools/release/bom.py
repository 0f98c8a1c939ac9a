"""Bills of materials: the packages in what is shipped, with versions and licenses.

In: pinned requirements. Out: a CycloneDX document for each part. The packages are
installed into an environment that is removed afterwards, because only an installed
package states its license.
It does not: list the base image's Debian packages; the image's own bill does.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
UV = ROOT / ".tools/uv/bin/uv"
PARTS = {"parallax-agent": "agent", "parallax-functions": "layers/parallax"}
"""What is shipped: its name, and the folder with its pins."""

OSI = "License :: OSI Approved :: "
"""How a package's classifier begins, if that is all it states."""


def bill(part: str) -> dict[str, Any]:
    """Return the bill of one part as CycloneDX JSON, the same for the same pins."""
    folder = ROOT / PARTS[part]
    with tempfile.TemporaryDirectory() as place:
        python = f"{place}/bin/python"
        requirements = str(folder / "requirements.txt")
        _run(str(UV), "venv", "--quiet", "--python", sys.executable, place)
        pins = ("--require-hashes", "--python", python, requirements)
        _run(str(UV), "pip", "sync", "--quiet", *pins)
        out = Path(place) / "bill.json"
        _run(
            *(sys.executable, "-m", "cyclonedx_py", "environment", python),
            *("--pyproject", str(folder / "pyproject.toml")),
            *("--output-reproducible", "--output-file", str(out)),
        )
        made: dict[str, Any] = json.loads(out.read_text())
    return made


def licenses(made: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Return version and licenses of each package of a bill, by its name."""
    return {
        _normal(item["name"]): (item["version"], _license(item))
        for item in made["components"]
    }


def _license(item: dict[str, Any]) -> str:
    """Return a component's licenses, in the words of its author, in one line."""
    held = item.get("licenses", [])
    names = [h.get("expression") or h["license"].get("id") for h in held]
    if not any(names):
        names = [h["license"]["name"].removeprefix(OSI) for h in held]
    known = dict.fromkeys(name for name in names if name)
    return ", ".join(known) or "not stated"


def _normal(name: str) -> str:
    """Return a package's name as the pins write it."""
    return name.lower().replace("_", "-").replace(".", "-")


def _run(*command: str) -> None:
    """Run a command; its output appears only if it fails.

    Packages that a PYTHONPATH adds would be listed too, although they are not shipped.
    """
    own = {name: v for name, v in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(  # noqa: S603 - our own arguments
        command, capture_output=True, text=True, check=False, env=own
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")
