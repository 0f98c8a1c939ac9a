"""What the probe does not pay for at a cold start."""

import subprocess
import sys


def test_the_probe_does_not_import_what_it_does_not_need() -> None:
    """Neither pydantic nor dnspython come with `parallax.probe`."""
    code = (
        "import sys, parallax.probe;"
        "print([m for m in ('pydantic', 'dns', 'boto3') if m in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
