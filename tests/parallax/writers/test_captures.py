"""Every recorded answer of a real server, judged against the manifest's truth."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from parallax.writers import Attribution, attribute

CAPTURES = Path(__file__).parents[2] / "captures"
HOPS = {"lb": "load-balancer", "cache": "cdn", "ingress": "ingress", "backend": "pod"}
PODS = {"app", "uvicorn", "gunicorn", "express", "default-backend"}
"""Writers that stand in a pod; which of them, a proxy may have hidden."""
NOT_IN_THE_BYTES = {
    "nginx/503_cache_HIT_no_header.http",
    "nginx/upstream_garbage.http",
    "ingress-nginx/503_custom_http_errors_from_pod_503.http",
    "ingress-nginx/502_custom_http_errors_pod_refused.http",
}
"""A cache that says nothing of itself, no HTTP at all, a third party's pages."""


def recorded() -> list[dict[str, Any]]:
    """List the captures that hold bytes."""
    manifest = json.loads((CAPTURES / "manifest.json").read_text())
    return [entry for entry in manifest["captures"] if entry["file"]]


def attributed(entry: dict[str, Any]) -> Attribution | None:
    """Attribute one capture; None if it is no HTTP answer."""
    text = (CAPTURES / entry["file"]).read_bytes().decode("utf-8", "replace")
    head, _, body = text.partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    found = re.match(r"HTTP/1\.1 (\d{3}) (.*)", first)
    if not found:
        return None
    headers = [(n, v.strip()) for n, _, v in (line.partition(":") for line in lines)]
    return attribute(
        status_code=int(found[1]), reason=found[2], headers=headers, body=body
    )


def is_right(entry: dict[str, Any], answer: Attribution) -> bool:
    """Compare writer, hop and replay with what the manifest knows."""
    writer, pod = entry["generator"], entry["generator"] in PODS
    replayed = "cache" in entry["origin"] and (
        entry["first_origin"] != "cache" or "cached_own_error" in entry["file"]
    )
    return (
        (answer.writer == writer or (pod and answer.writer in PODS))
        and answer.hop == HOPS[entry["origin"]]
        and (answer.how == "replayed") == replayed
    )


TELLABLE = [entry for entry in recorded() if entry["file"] not in NOT_IN_THE_BYTES]


@pytest.mark.parametrize("entry", TELLABLE, ids=lambda entry: entry["file"])
def test_names_the_writer_of_a_recorded_answer(entry: dict[str, Any]) -> None:
    """Who wrote it, where that stands, and whether a cache replayed it."""
    answer = attributed(entry)
    assert answer is not None
    assert is_right(entry, answer), answer


def test_at_least_97_percent_right_of_what_bytes_can_tell() -> None:
    """The sheet: everything tellable is right; the rest is unknown but one."""
    answers = {entry["file"]: (entry, attributed(entry)) for entry in recorded()}
    tellable = [pair for f, pair in answers.items() if f not in NOT_IN_THE_BYTES]
    right = [1 for entry, answer in tellable if answer and is_right(entry, answer)]
    assert len(right) / len(tellable) >= 0.97
    for file in NOT_IN_THE_BYTES - {"nginx/503_cache_HIT_no_header.http"}:
        answer = answers[file][1]
        assert answer is None or answer.writer == "unknown"


def test_a_silent_nginx_cache_hit_is_told_as_its_twin_and_says_so() -> None:
    """Byte for byte a pass-through: the author is right, the doubt is a clue."""
    by_file = {entry["file"]: attributed(entry) for entry in recorded()}
    answer = by_file["nginx/503_cache_HIT_no_header.http"]
    assert answer == by_file["nginx/503_from_backend_app.http"]
    assert answer is not None
    assert answer.writer == "app"
    assert any("kept by its cache" in clue for clue in answer.clues)
