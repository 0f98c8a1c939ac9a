"""Alert: the demo's lines say how soon the mail followed the failed probe."""

import pytest

from bench.peers.alert import NoAlertError, seconds_to_mail

SHOWN = """\
  74 s  injecting lb-health-check-wrong-port: The load balancer's health checks
        use another port.
  74 s  keybuzz-api: from the internet: 200 (1 of 1); inside the cluster: 200 (4
 131 s  keybuzz-api: from the internet: 503 (1 of 1); inside the cluster:
 131 s  finding: keybuzz-api pending: not-established
 149 s  mail: [Parallax] DOWN keybuzz-api (503): the load balancer's health
 149 s  mail: [Parallax] DOWN keybuzz-front (503): the load balancer's health
""".splitlines()


def test_the_time_is_from_the_first_failed_probe_to_the_first_mail() -> None:
    """A healthy line before it, and a second mail, do not count."""
    assert seconds_to_mail(SHOWN) == 18


@pytest.mark.parametrize("lines", [[], SHOWN[:5], SHOWN[5:], ["no demo"]])
def test_a_demo_without_alert_is_an_error(lines: list[str]) -> None:
    """A figure is never made up; the error shows how the demo ended."""
    with pytest.raises(NoAlertError, match="sent no mail"):
        seconds_to_mail(lines)
