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
from parallax.notify.publication import Publication
from parallax.notify.routes import FindingsRoute, TopicRoute
from parallax.settings import SOURCE
from parallax.story.rules import Rules
from tests.parallax import scenarios as s

RULES = Rules(settle_seconds=60, quiet_seconds=120)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_each_publication_is_sent_once_with_any_clock(cloud: Any, seed: int) -> None:
    """Failures, health, one ready pod; each is judged and delivered twice."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    incidents, records = DynamoIncidents(cloud.incidents), DynamoAdvice(cloud.incidents)
    routes = (FindingsRoute(cloud.findings, SOURCE), TopicRoute(cloud.topic))
    deliveries = [Delivery(route, cloud.incidents) for route in routes]
    now, mailed = s.NOW, dict[str, bool]()
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
            mailed |= publish(deliveries, incidents, records)
    out = [json.loads(text)["id"] for text in cloud.messages(cloud.queue)]
    assert sorted(out) == sorted(mailed)
    assert len(cloud.messages(cloud.inbox)) == sum(mailed.values())
    record = records.get("platform-api/advice")
    assert record
    assert record.number
    assert len(mailed) > record.number


def publish(
    deliveries: list[Delivery], incidents: DynamoIncidents, records: DynamoAdvice
) -> dict[str, bool]:
    """Publish the table's present items, as its stream would; by id: is it mailed."""
    incident, record = incidents.get(s.TARGET.name), records.get("platform-api/advice")
    mailed: dict[str, bool] = {}
    if incident and incident.finding:
        send(deliveries, incident.finding)
        mailed[incident.finding.id] = incident.finding.turn is not None
    for news in record.events if record else ():
        send(deliveries, news)
        mailed[news.id] = False
    return mailed


def send(deliveries: list[Delivery], publication: Publication) -> None:
    """Send a publication over each of its routes."""
    for delivery in deliveries:
        if delivery.route.wants(publication):
            delivery.publish(publication)
