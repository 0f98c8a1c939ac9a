"""The overview's bench: a request of the real function, with the stored stack."""

from datetime import UTC, datetime

from bench.peers import cloud, stored
from bench.speed.overview import TARGETS, sampled
from parallax.journal.rounds import ROUNDS


def test_each_request_is_measured_and_is_the_whole_page() -> None:
    """Each of a fresh process; one that is refused would end the bench."""
    spent = sampled(outages=3, requests=2)
    assert len(spent) == 2
    assert all(one > 0 for one in spent)


def test_the_stand_in_answers_with_the_first_that_fits() -> None:
    """Without answers it finds nothing."""
    known = stored.answers(TARGETS, datetime.now(UTC), outages=0)
    rounds = cloud.answer("Query", f'{{":key": {{"S": "{ROUNDS}"}}}}', known)
    assert sum(int(item["targets"]["N"]) for item in rounds["Items"]) == TARGETS
    assert cloud.answer("Query", ROUNDS, [])["Items"] == []
    assert cloud.answer("PutItem", ROUNDS, known) == {}
    assert cloud.answer("GetSecretValue", "", ())["Name"] == "key"
