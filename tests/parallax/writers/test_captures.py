"""Every recorded answer of a real server, judged against the manifest's truth."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from parallax.model.probe import Probe, Role
from parallax.writers import Attribution, attribute, attribute_probe

CAPTURES = Path(__file__).parents[2] / "captures"
HOPS = {"lb": "load-balancer", "cache": "cdn", "ingress": "ingress", "backend": "pod"}
PODS = {"app", "uvicorn", "gunicorn", "express", "default-backend"}
"""Writers that stand in a pod; which of them, a proxy may have hidden."""
NO_HTTP = "nginx/upstream_garbage.http"
"""A greeting instead of a response: there is no HTTP."""
LEFT_OPEN = {
    "nginx/503_cache_HIT_no_header.http": "how",
    "nginx/503_from_backend_app.http": "how",
    "ingress-nginx/503_custom_http_errors_from_pod_503.http": "hop",
    "ingress-nginx/502_custom_http_errors_pod_refused.http": "hop",
}
"""What bytes don't tell: the first two are each other's twins, the other two too but
for the status; one of them an ingress raised, the other a pod."""


def recorded() -> list[dict[str, Any]]:
    """List the captures that hold bytes."""
    manifest = json.loads((CAPTURES / "manifest.json").read_text())
    return [entry for entry in manifest["captures"] if entry["file"]]


def answer(entry: dict[str, Any]) -> dict[str, Any] | None:
    """Return one capture as `attribute` takes it; None if it is not HTTP."""
    text = (CAPTURES / entry["file"]).read_bytes().decode("utf-8", "replace")
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    found = re.match(r"HTTP/1\.1 (\d{3}) (.*)", first)
    if not found:
        return None
    headers = [(n, v.strip()) for n, _, v in (line.partition(":") for line in lines)]
    status_code, reason = int(found[1]), found[2]
    return {
        "status_code": status_code,
        "reason": reason,
        "headers": headers,
        "body": body,
    }


def attributed(entry: dict[str, Any]) -> Attribution | None:
    """Attribute one capture; None if it is not HTTP."""
    found = answer(entry)
    return attribute(**found) if found else None


def truth(entry: dict[str, Any]) -> dict[str, str | bool]:
    """Return what the manifest knows of place and way.

    If the route of a response is not determined, only the author's place is: that is
    `first_origin`, where a cache has nothing of its own.
    """
    replayed = "cache" in entry["origin"] and (
        entry["first_origin"] != "cache" or "cached_own_error" in entry["file"]
    )
    open_way = LEFT_OPEN.get(entry["file"]) == "how"
    place = entry["first_origin" if open_way else "origin"]
    return {"hop": HOPS[place], "replayed": replayed}


def is_author(entry: dict[str, Any], answer: Attribution | None) -> bool:
    """Say whether the writer is the manifest's generator, or a pod's for a pod's."""
    if answer is None:
        return False
    writer, pod = entry["generator"], entry["generator"] in PODS
    return answer.writer == writer or (pod and answer.writer in PODS)


RECORDED = recorded()
HTTP = [entry for entry in RECORDED if entry["file"] != NO_HTTP]


@pytest.mark.parametrize("entry", HTTP, ids=lambda entry: entry["file"])
def test_names_the_writer_of_a_recorded_answer(entry: dict[str, Any]) -> None:
    """Writer, hop, and whether a cache replayed it; unknown ones are listed."""
    answer, left_open = attributed(entry), LEFT_OPEN.get(entry["file"])
    assert answer is not None
    assert is_author(entry, answer), answer
    known = truth(entry)
    open_hop = left_open == "hop" or (
        answer.writer == "haproxy" and known["hop"] == "load-balancer"
    )
    assert answer.hop == ("unknown" if open_hop else known["hop"]), answer
    if left_open == "how":
        assert answer.how == "unknown"
    else:
        assert answer.how in {"own-page", "passed-through", "replayed"}
        assert (answer.how == "replayed") == known["replayed"], answer


@pytest.mark.parametrize(
    "entry",
    [e for e in HTTP if e["generator"] == "haproxy" and truth(e)["hop"] != "cdn"],
    ids=lambda entry: entry["file"],
)
def test_a_probe_finds_haproxy_at_the_balancer(entry: dict[str, Any]) -> None:
    """Bytes alone leave it open; a probe's way passes the target's load balancer."""
    found = answer(entry)
    assert found is not None
    probe = Probe(
        role=Role.FIRST,
        request_id="id",
        url="https://shop.example/",
        started_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        healthy=False,
        duration=0.1,
        **found,
    )
    attribution = attribute_probe(probe)
    assert attribution is not None
    assert attribution.hop == truth(entry)["hop"]


def test_at_least_97_percent_of_all_are_right() -> None:
    """Of all 76, including the greeting; and no writer is wrong."""
    answers = [(entry, attributed(entry)) for entry in RECORDED]
    right = [entry for entry, answer in answers if is_author(entry, answer)]
    assert len(RECORDED) == 76
    assert len(right) / len(RECORDED) >= 0.97
    for entry, answer in answers:
        unknown = answer is None or answer.writer == "unknown"
        assert is_author(entry, answer) or unknown, entry["file"]


def test_a_greeting_is_nobodys_answer() -> None:
    """Not even where a proxy wraps it into a success, as Apache and Squid do."""
    entry = next(e for e in RECORDED if e["file"] == NO_HTTP)
    assert attributed(entry) is None
    greeting = (CAPTURES / NO_HTTP).read_text()
    answer = attribute(status_code=200, reason="OK", headers=[], body=greeting)
    assert (answer.writer, answer.hop, answer.how) == ("unknown",) * 3


def test_a_silent_nginx_cache_hit_and_its_twin_leave_the_way_open() -> None:
    """Byte for byte a pass-through: the author is known, fresh or kept is not."""
    by_file = {entry["file"]: attributed(entry) for entry in HTTP}
    answer = by_file["nginx/503_cache_HIT_no_header.http"]
    assert answer == by_file["nginx/503_from_backend_app.http"]
    assert answer is not None
    assert (answer.writer, answer.how) == ("app", "unknown")
    assert any(
        clue.startswith("a response through nginx may be cached")
        for clue in answer.clues
    )
