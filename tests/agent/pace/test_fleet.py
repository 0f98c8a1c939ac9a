"""A whole cluster of agendas, each with its own phase: what all of them send."""

from collections import Counter

import pytest

from parallax_agent.hops.plan import MAX_REQUESTS
from parallax_agent.hops.share import FLEET_REQUESTS, most_requests
from parallax_agent.pace.agenda import Agenda
from parallax_agent.pace.turns import SLOTS, place_of
from parallax_agent.pace.work import Seen

UTC = 29_400_000 * 60.0


def agents(count: int, lists: int = 1) -> list[Agenda]:
    """Return agendas that read their plans; some read a list without a few nodes."""
    names = [f"node-{number:03}" for number in range(count)]
    fleet: list[Agenda] = []
    for number, name in enumerate(names):
        agenda = Agenda(["shop"], 15.0)
        agenda.take_due(0.0, UTC)
        seen = names[: count - number % lists]
        agenda.note(0.0, {"shop": Seen(place=place_of(name, seen), length=26)})
        fleet.append(agenda)
    return fleet


def turns_per_minute(fleet: list[Agenda], minutes: int) -> Counter[int]:
    """Count the requests of all agents in each minute; each ticks at its own phase."""
    sent: Counter[int] = Counter()
    for number, agenda in enumerate(fleet):
        phase = number * 0.37 % 1
        for second in range(1, minutes * 60):
            work = agenda.take_due(second + phase, UTC + second + phase)
            sent[second // 60] += bool(work and work.turns)
    return sent


@pytest.mark.parametrize("count", [1, 3, 5, 60, 100, 500])
def test_a_healthy_target_gets_at_most_sixty_requests_a_minute(count: int) -> None:
    """And close to that, in every cluster that has so many hops."""
    sent = turns_per_minute(agents(count), 3)
    assert max(sent.values()) <= SLOTS
    assert sum(sent.values()) >= 3 * min(count * MAX_REQUESTS, SLOTS) - 5


def test_agents_that_disagree_about_the_nodes_stay_within_the_stated_factor() -> None:
    """Lists that lack up to four of twenty nodes: 20/16 of the bound."""
    sent = turns_per_minute(agents(20, lists=5), 5)
    assert max(sent.values()) <= SLOTS * 20 / 16 + 1


@pytest.mark.parametrize("count", [3, 11, 12, 60, 100, 300])
def test_a_failing_target_gets_at_most_three_hundred_requests_in_ten_seconds(
    count: int,
) -> None:
    """Every agent reports every ten seconds, each at its own phase."""
    reports: Counter[int] = Counter()
    for number, agenda in enumerate(agents(count)):
        phase = number * 0.37 % 1
        agenda.answered(0.0, next_seconds=60.0, full=["shop"], interval=10.0)
        for second in range(1, 121):
            work = agenda.take_due(second + phase, UTC + second + phase)
            reports[second // 10] += bool(work and work.reports)
    assert max(reports.values()) * most_requests(count) <= FLEET_REQUESTS
