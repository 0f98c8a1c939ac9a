"""Bodies: the JSON that `ingest` responds with, as types.

In and out: plain dicts. docs/api/openapi.json has their schemas.
It does not: import pydantic; the types cost a container nothing.

A field may be missing from the response to a stored push: what could not be read is
left out. The sender then uses its own settings. A reader ignores unknown fields.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Required, TypedDict

Message = Annotated[str, "One sentence for a person."]
Refused = Annotated[int, "How many reports and readings can never be stored."]
Seconds = Annotated[float, "Seconds between two reports of a target in `full`."]


class Rejection(TypedDict):
    """Why a push was not stored."""

    message: Message


class StoredV1(TypedDict, total=False):
    """The response to a stored push of schema v1."""

    message: Required[Message]
    refused: Refused
    interval_seconds: Annotated[float, "Seconds until the next push, during a failure."]


class StoredV2(TypedDict, total=False):
    """The response to a stored push of schema v2."""

    message: Required[Message]
    schema: Required[Literal["io.parallax.observations.v2"]]
    refused: Refused
    full: Annotated[list[str], "Targets that need full reports now."]
    interval_seconds: Seconds
    intervals: Annotated[
        Mapping[str, float],
        "Seconds between two reports, for each target in `full` whose number is not"
        " `interval_seconds`.",
    ]
    readings: Annotated[list[str], "Digests of readings that the store lacks."]
    next_seconds: Annotated[float, "Seconds until the next heartbeat."]
