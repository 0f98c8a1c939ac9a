"""The agent's own log: one JSON object per line, with any content."""

import json
import logging

from parallax_agent.sightings.log_lines import JsonLine
from tests.parallax.hostile import POISON, is_safe


def test_a_line_is_one_line_that_controls_no_terminal() -> None:
    """Names and errors come from the cluster; `kubectl logs` prints them."""
    record = logging.makeLogRecord({"msg": f"a{POISON}", "pod": f"b{POISON}"})
    line = JsonLine().format(record)
    assert is_safe(line)
    assert len(line.splitlines()) == 1
    fields = json.loads(line)
    assert (fields["message"], fields["pod"]) == (f"a{POISON}", f"b{POISON}")
