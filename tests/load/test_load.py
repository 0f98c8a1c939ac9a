"""A short form of `make load`: a minute of each part, with few nodes."""

import json
import subprocess
import sys
from typing import Any

import pytest

from load.figures import spread
from load.page import problems, section
from load.parts import Options
from tests.functions.template import ROOT


def played(part: str, **options: object) -> dict[str, Any]:
    """Play a part in a process of its own, as `make load` does."""
    done = subprocess.run(  # noqa: S603 - this Python and our own module
        [
            sys.executable,
            "-m",
            "load",
            "--part",
            part,
            "--options",
            json.dumps(options),
        ],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=300,
    )
    return json.loads(done.stdout.splitlines()[-1])  # the handlers print metrics


def test_ten_times_as_many_nodes_lose_nothing() -> None:
    """With a URL that accepts too few of them at once."""
    found = played("times", minutes=1, nodes=12, concurrency=1, seed=3)
    assert (found["lost"], found["rejected"], found["dropped"]) == (0, 0, 0)
    assert found["stored"] + found["older"] == found["accepted"] > 300
    assert found["phases"][1]["refused"] > 0


@pytest.mark.parametrize(("public", "refused"), [(True, True), (False, False)])
def test_a_flood_delays_agents_only_while_ingest_is_public(
    *, public: bool, refused: bool
) -> None:
    """And it loses nothing: they keep what was refused."""
    found = played(
        "flood", minutes=1, nodes=12, concurrency=5, rate=1000.0, public=public
    )
    assert (found["phases"][1]["refused"] > 0) is refused
    assert (found["lost"], found["dropped"]) == (0, 0)


def test_strangers_cost_less_than_a_hundredth_of_a_second_unless_they_send_much() -> (
    None
):
    """Billed milliseconds of each kind; none is stored, apart from a replay."""
    kinds = {one["kind"]: one for one in played("foreign")["kinds"]}
    for kind in ("another path", "no signature", "a wrong signature", "an old push"):
        assert kinds[kind]["status"] in {401, 404}
        assert kinds[kind]["billed"]["p50"] < 10
    assert kinds["a body of 6 MB"]["status"] == 413
    assert max(one["log_bytes"] for one in kinds.values()) < 1_000


def test_percentiles_are_of_the_numbers() -> None:
    """By nearest rank; nothing has zeros."""
    assert spread(range(1, 101)).text(0) == "51 / 96 / 100 / 100"
    assert spread([]).largest == 0


def test_a_loss_is_named() -> None:
    """And the exit status follows from it."""
    empty = {"count": 0, "p50": 0.0, "p95": 0.0, "p99": 0.0, "largest": 0.0}
    run = {
        "accepted": 5,
        "stored": 4,
        "lost": 1,
        "older": 0,
        "rejected": 0,
        "dropped": 0,
        "phases": [{"name": "during", "delay": empty, "latency": empty}],
    }
    assert any("times" in one for one in problems({"times": run}))
    assert section  # written by the command
    assert Options().minutes == 10
