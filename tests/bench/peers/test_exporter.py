"""What blackbox_exporter reports, read from its metrics."""

import pytest

from bench.peers.exporter import reported

METRICS = """\
# HELP probe_duration_seconds Returns how long the probe took to complete in seconds
# TYPE probe_duration_seconds gauge
probe_duration_seconds 0.0125
probe_http_duration_seconds{phase="connect"} 0.0001
probe_http_duration_seconds{phase="tls"} 0.0007
probe_success 1
"""


def test_the_total_and_the_handshake_are_read() -> None:
    """In seconds, as it writes them."""
    assert reported(METRICS) == {"total": 0.0125, "tls": 0.0007}


def test_a_failed_probe_is_no_measurement() -> None:
    """It would be faster than a successful one."""
    with pytest.raises(RuntimeError, match="failed"):
        reported(METRICS.replace("probe_success 1", "probe_success 0"))
