"""Layer: the libraries that a function can import in Lambda, and no others.

In: the layer's requirements, and the packages of this environment. Out: a folder of
links for `PYTHONPATH`. It does not: build the layer; `make build` does.

In this environment some libraries import more than in Lambda, e.g. httpx its command
line, for which rich and click are there.
"""

import re
from importlib.metadata import distribution
from pathlib import Path

from bench.peers.child import ROOT

LAYER = ROOT / "layers" / "parallax"
RUNTIME = ("boto3", "botocore", "s3transfer")
"""What Lambda's runtime adds (docs/decisions/0004)."""
_NAME = re.compile(r"^([\w.-]+)==", re.MULTILINE)


def assemble(folder: Path) -> Path:
    """Link everything that a function can import into a folder, and return it."""
    text = (LAYER / "requirements.txt").read_text(encoding="utf-8")
    for name in (*_NAME.findall(text), *RUNTIME):
        for part in parts(name):
            link = folder / part.name
            if not link.exists():
                link.symlink_to(part)
    (folder / "parallax").symlink_to(LAYER / "parallax")
    return folder


def parts(name: str) -> set[Path]:
    """Return the folders and modules that a package consists of."""
    found = distribution(name)
    tops = {Path(file).parts[0] for file in found.files or ()}
    paths = {
        Path(str(found.locate_file(top)))
        for top in tops
        if top[0].isalnum() or top[0] == "_"
    }
    return {
        path.resolve() for path in paths if path.exists() and path.name != "__pycache__"
    }
