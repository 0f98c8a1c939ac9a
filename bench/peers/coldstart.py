"""Cold start: the CPU time that each function needs before its first event.

In: the functions' `app.py`. Out: CPU milliseconds of a process that imports it, its
AWS clients included, and of a bare interpreter.
It does not: call AWS, or measure how Lambda loads the layer. No process imports `site`,
which runs what this machine has in its `.pth` files.
"""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.peers.child import cpu_seconds
from bench.peers.layer import assemble
from bench.peers.sample import Sample

ROUNDS = 11
BARE = "bare interpreter"
STEPS = ("probe", "inspect", "ingest", "diagnose", "notify")
_END = "import posix;posix._exit(0)"
"""Ends a process without the interpreter's cleanup, which a function never does."""
_IMPORT = (
    "from importlib.util import module_from_spec, spec_from_file_location as spec;"
    "found = spec('app', 'functions/{}/app.py');"
    "found.loader.exec_module(module_from_spec(found));"
)


def configured(places: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the environment of a function whose tables and secrets are configured."""
    arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:"
    return {
        "PATH": os.environ["PATH"],
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "bench",
        "PARALLAX_JOURNAL_TABLE": "journal",
        "PARALLAX_INCIDENTS_TABLE": "incidents",
        "PARALLAX_ALERTS_TOPIC_ARN": "arn:aws:sns:eu-central-1:000000000000:alerts",
        "PARALLAX_AGENT_KEY_ARN": f"{arn}agent",
        "PARALLAX_HETZNER_TOKEN_ARN": f"{arn}hetzner",
        "PARALLAX_DEAD_LETTERS_URL": "https://sqs.eu-central-1.amazonaws.com/0/dead",
        **(places or {}),
    }


def measure(rounds: int = ROUNDS) -> list[Sample]:
    """Start each function once per round; the first sample is the bare interpreter."""
    python = f"{sys.base_prefix}/bin/python3.13"
    with TemporaryDirectory() as folder:
        environment = configured({"PYTHONPATH": str(assemble(Path(folder)))})
        words = {BARE: [python, "-S", "-c", _END]}
        for step in STEPS:
            words[step] = [python, "-S", "-c", _IMPORT.format(step) + _END]
        spent: dict[str, list[float]] = {name: [] for name in words}
        for command in words.values():
            cpu_seconds(command, environment)  # compiles what is not compiled
        for _ in range(rounds):
            for name, command in words.items():
                spent[name].append(cpu_seconds(command, environment) * 1000)
    return [Sample(name, "ms CPU", tuple(values)) for name, values in spent.items()]
