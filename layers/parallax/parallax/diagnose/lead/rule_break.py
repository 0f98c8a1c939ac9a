"""Rule break: complete responses that the target's own health rule does not accept.

In: a scene. Out: an observation, or None. It does not: name a cause.
"""

from shlex import quote

from parallax.diagnose.lead.observation import EVERYWHERE, Observation, share
from parallax.diagnose.symptom import tally
from parallax.evidence import ingress, rule_breaks
from parallax.evidence.scene import Scene
from parallax.model.judgement import Hop, NextStep
from parallax.model.probe import Probe
from parallax.model.target import Method


def breaks_the_rule(scene: Scene) -> Observation | None:
    """Observe a complete response that breaks the target's own rule."""
    found = rule_breaks.of_users(scene)
    if not found:
        return None
    slow = rule_breaks.is_only_slow(scene)
    inside = ingress.correctly_addressed(scene)
    text = _text(scene, found)
    if inside:
        text += f"; internal probes of the ingress: {tally(inside)}"
    return Observation(
        text=f"{text} ({share(scene, found)})",
        excludes="A server sent a complete response with an expected status, so the"
        " connection and the certificate work.",
        # A name may lead to another server, which has another page.
        hops=EVERYWHERE - {Hop.DNS} if slow else EVERYWHERE,
        step=_measure(scene) if slow else _compare(scene),
    )


def _text(scene: Scene, found: tuple[Probe, ...]) -> str:
    first = found[0]
    lacking = rule_breaks.text(scene, first)
    text = f"the response ({first.status_code}) is complete, but {lacking}"
    if not rule_breaks.is_only_slow(scene):
        return text
    return f"{text}: it took up to {max(p.duration for p in found):.1f} s"


def _measure(scene: Scene) -> NextStep:
    return NextStep(
        text="Measure each phase. A long time to the first byte is spent behind the"
        f" server that accepts the connection.{_as_the_probe(scene)}",
        command="curl -sS -o /dev/null -w 'connect %{time_connect} s, first byte"
        " %{time_starttransfer} s, total %{time_total} s\\n'"
        f" {quote(scene.target.url)}",
    )


def _compare(scene: Scene) -> NextStep:
    return NextStep(
        text="Compare the response with the rule. If the page changed on purpose,"
        f" change `healthy` of the target.{_as_the_probe(scene)}",
        command=f"curl -sS -D - {quote(scene.target.url)} | head -c 4000",
    )


def _as_the_probe(scene: Scene) -> str:
    """Return what the command lacks of the probe's request."""
    target = scene.target
    parts = [
        *([f"method {target.method}"] if target.method is not Method.GET else []),
        *(["request headers"] if target.request_headers else []),
        *(["body"] if target.request_body is not None else []),
        *(["login"] if target.login is not None else []),
    ]
    return f" Add what the probe sends: {', '.join(parts)}." if parts else ""
