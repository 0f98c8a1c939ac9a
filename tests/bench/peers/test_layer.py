"""The layer of the bench: what a function can import in Lambda, and no more."""

import subprocess
import sys
from pathlib import Path

from bench.peers.layer import assemble


def test_a_function_can_import_its_libraries_and_no_other(tmp_path: Path) -> None:
    """HTTPX is there; rich and typer, which only the command line uses, are not."""
    code = (
        "import httpx, boto3, yaml, parallax.probe\n"
        "from importlib.util import find_spec\n"
        "print([name for name in ('rich', 'typer', 'kubernetes') if find_spec(name)])"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [f"{sys.base_prefix}/bin/python3.13", "-c", code],
        env={"PYTHONPATH": str(assemble(tmp_path))},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"
