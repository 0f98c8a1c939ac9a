"""Specification of a judgement on the terminal: `parallax.cli.judgement_lines`."""

from dataclasses import replace
from datetime import timedelta

from parallax.cli.judgement_lines import lines
from parallax.diagnose.judge import judge
from parallax.model.probe import Certificate
from parallax.model.snapshot import Snapshot
from tests.parallax import scenarios as s


def shown(snapshot: Snapshot) -> list[str]:
    """Return the plain text of each line."""
    return [line.text.plain for line in lines(judge(snapshot), snapshot)]


def test_whom_a_failing_share_follows_is_shown() -> None:
    """With its counts, below the cause."""
    printed = shown(s.out_of_step())
    assert (
        "follows: ingress replica ingress-1: 3 of 3 requests through ingress-1 failed,"
        " none of 10 elsewhere"
    ) in printed
    assert not any(line.startswith("follows") for line in shown(s.wrong_port()))


def test_a_true_cause_shows_which_cause_explains_it() -> None:
    """Beside the named cause, which nothing explains."""
    printed = shown(s.wrong_port())
    explained = "lb-no-healthy-target: true, explained by lb-health-check-wrong-port"
    assert f"  supported      {explained}" in printed
    assert "  supported      lb-health-check-wrong-port" in printed
    assert sum("explained by" in line for line in printed) == 1


def test_advice_is_shown_at_the_end_with_its_command() -> None:
    """Also where nothing is wrong."""
    x = s.healthy()
    assert x.run
    soon = x.taken_at + timedelta(days=2)
    cert = Certificate(subject="a", issuer="Test CA", not_after=soon)
    probes = tuple(replace(p, certificate=cert) for p in x.run.probes)
    printed = shown(replace(x, run=replace(x.run, probes=probes)))
    at = printed.index("Advice: The certificate expires in 2 days: renew it now")
    assert any("openssl s_client" in line for line in printed[at:])
