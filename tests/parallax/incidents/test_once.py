"""Once: each finding and each advice event is sent once, with any clock."""

import json
import random
from datetime import timedelta
from typing import Any

import pytest

from parallax.incidents.advice import DynamoAdvice
from parallax.incidents.move import Moves
from parallax.incidents.table import DynamoIncidents
from parallax.notify.delivery import Delivery
from parallax.notify.findings_topic import FindingsRoute
from parallax.notify.publication import Publication
from parallax.settings import SOURCE
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

RULES = Rules(settle_seconds=60, quiet_seconds=120)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_publication_is_sent_once_with_any_clock(cloud: Any, seed: int) -> None:
    """Failures, health, one ready pod; each is judged and delivered twice."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    incidents, records = DynamoIncidents(cloud.incidents), DynamoAdvice(cloud.incidents)
    delivery = Delivery(FindingsRoute(cloud.findings, SOURCE), cloud.incidents)
    now, made = s.NOW, set[str]()
    for _ in range(14):
        now += timedelta(seconds=chance.choice([-3600, *[60] * 4, 130, 400]))
        page = chance.choice([s.OK, s.LB_503, s.LB_503])
        outside = s.run(page, at=now - timedelta(seconds=30))
        inside = s.reports(ready=chance.choice([*[1] * 6, 5]), at=now)
        known = [outside, s.balancer(at=now), *inside]
        for _ in range(2):
            moves = Moves(
                recent=lambda *_, k=known: k,
                incidents=incidents,
                rules=RULES,
                records=records,
            )
            moves.move(s.TARGET, now)
            made |= publish(delivery, incidents, records)
    out = [json.loads(text)["id"] for text in cloud.messages(cloud.queue)]
    assert sorted(out) == sorted(made)
    record = records.get("platform-api/advice")
    assert record
    assert record.number
    assert len(made) > record.number


def publish(
    delivery: Delivery, incidents: DynamoIncidents, records: DynamoAdvice
) -> set[str]:
    """Publish the table's present items, as its stream would; return their ids."""
    incident, record = incidents.get(s.TARGET.name), records.get("platform-api/advice")
    made: list[Publication] = [*(record.events if record else ())]
    if incident and incident.finding:
        made.append(incident.finding)
    for publication in made:
        delivery.publish(publication)
    return {publication.id for publication in made}
