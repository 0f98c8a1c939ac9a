"""Contents: the reports and readings of a push, each valid or refused by itself.

In: the JSON object of a push. Out: a `Push` with the valid ones, and the problems of
each other one; or a rejection with 400.
It does not: check signature, schema or heartbeat. It imports pydantic.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, cast

from pydantic import ValidationError

from parallax.ingest.bounds import part_problems, problems, report_problems
from parallax.ingest.reading_digest import digest_problem
from parallax.ingest.rejection import PushRejected, joined, one_line
from parallax.ingest.statuses import INVALID
from parallax.model.cluster import NodeReport
from parallax.model.push import Push, ReadingPart
from parallax.model.wire import decode

type Problems = dict[tuple[str, int], list[str]]
"""What is wrong with a report or a reading, by its list and its position from 0."""
LISTS = ("reports", "readings")


def contents(document: dict[str, Any]) -> tuple[Push, Problems]:
    """Return a push without its invalid parts, and the problems of those.

    Raises `PushRejected` if the push itself is not valid.
    """
    refused = _digest_problems(document.get("readings"))
    push = _decoded(document, refused)
    if wrong := joined(problems(push)):
        raise PushRejected(INVALID, wrong)
    return _within_bounds(push, document, refused), refused


def _digest_problems(parts: object) -> Problems:
    """Return the problems of the readings that do not have their digest."""
    listed = cast("list[object]", parts) if isinstance(parts, list) else []
    found = {number: digest_problem(part) for number, part in enumerate(listed)}
    return {
        ("readings", number): [f"readings.{number}.{problem}"]
        for number, problem in found.items()
        if problem
    }


def _decoded(document: dict[str, Any], refused: Problems) -> Push:
    """Return the push without its malformed parts; add the problems of those."""
    try:
        push = decode(Push, document)
    except ValidationError as error:
        # Without the input: the value of a wrong field may be secret.
        wrong = error.errors(include_url=False, include_input=False)
    else:
        numbered = enumerate(push.readings)
        kept = (part for n, part in numbered if ("readings", n) not in refused)
        return replace(push, readings=tuple(kept))
    for one in wrong:
        match one["loc"]:
            case ("reports" | "readings" as name, int(number), *_):
                problem = _field_problem(one["loc"], one["msg"])
                refused.setdefault((name, number), []).append(problem)
            case _:
                raise PushRejected(
                    INVALID, joined(_field_problem(e["loc"], e["msg"]) for e in wrong)
                )
    return decode(Push, _without(document, refused))


def _without(document: dict[str, Any], refused: Problems) -> dict[str, Any]:
    """Return the document without the refused parts of its lists."""
    kept = {
        name: [one for n, one in enumerate(document[name]) if (name, n) not in refused]
        for name in LISTS
        if isinstance(document.get(name), list)
    }
    return document | kept


def _within_bounds(push: Push, document: dict[str, Any], refused: Problems) -> Push:
    """Return the push without parts that are out of bounds; add their problems."""
    places = {
        name: [
            number
            for number in range(len(document.get(name) or ()))
            if (name, number) not in refused
        ]
        for name in LISTS
    }
    reports: list[NodeReport] = []
    for number, report in zip(places["reports"], push.reports, strict=True):
        if found := list(report_problems(push, number, report)):
            refused["reports", number] = found
        else:
            reports.append(report)
    readings: list[ReadingPart] = []
    for number, part in zip(places["readings"], push.readings, strict=True):
        if found := list(part_problems(number, part)):
            refused["readings", number] = found
        else:
            readings.append(part)
    return replace(push, reports=tuple(reports), readings=tuple(readings))


def _field_problem(location: Sequence[object], problem: str) -> str:
    return f"{one_line('.'.join(map(str, location)))}: {one_line(problem)}"
