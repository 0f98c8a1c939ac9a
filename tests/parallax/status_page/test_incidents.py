"""Specification of failures in public words: `parallax.status_page.incidents`."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from parallax.journal.newest_probes import NewestProbe
from parallax.model.group import Groups
from parallax.model.incident_state import State
from parallax.model.judgement import Difference
from parallax.model.target import Public, Target
from parallax.status_page.incidents import KEPT, MOST, MOST_UPDATES, next_incidents
from parallax.status_page.public import PublicTarget, public_targets
from parallax.status_page.status_file import PublicIncident, Update, UpdateKind
from tests.parallax.open_group import OTHER_ID
from tests.parallax.overview.stack import NOW, Stack, group, named

MINUTE = timedelta(minutes=1)


def shown(name: str, title: str | None = None) -> Target:
    """Return a target of the status page."""
    return named(name, public=Public(title=title or name.title()))


@dataclass
class Runs:
    """The runs of a status page, one minute after the other."""

    stack: Stack = field(
        default_factory=lambda: Stack([shown("shop"), shown("pay"), named("secret")])
    )
    incidents: tuple[PublicIncident, ...] = ()

    def run(self, *groups: object, up: bool = True) -> tuple[PublicIncident, ...]:
        """Run once with these open groups; `up`: all probes are healthy and new."""
        stack = self.stack
        stack.now += MINUTE
        stack.board = Groups(groups=groups)  # pyright: ignore[reportArgumentType] - of groups
        if up:
            probe = NewestProbe(stack.now, healthy=True)
            stack.newest = {target.name: probe for target in stack.targets}
        self.incidents = next_incidents(self.incidents, self.services, stack.now)
        return self.incidents

    @property
    def services(self) -> list[PublicTarget]:
        """Return what the public sees."""
        stack = self.stack
        return public_targets(stack.targets, stack.states, stack.days, NOW)

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Return the updates of the newest incident."""
        return [(one.kind.value, one.text) for one in self.incidents[0].updates]


def test_a_failure_begins_and_ends_in_public_words() -> None:
    """Neither the cause nor a name of the file is said."""
    runs = Runs()
    assert runs.run() == ()
    (begun,) = runs.run(group("shop"))
    assert begun.begun_at == NOW - timedelta(minutes=12)
    assert runs.run(group("shop")) == (begun,)
    (ended,) = runs.run()
    assert ended.resolved_at == NOW + 4 * MINUTE
    assert runs.texts == [
        ("begun", "Shop is not available."),
        ("resolved", "Shop works again. The incident lasted 16 min."),
    ]
    assert runs.run() == (ended,)


def test_more_and_fewer_services_are_updates() -> None:
    """One incident, as long as one of its services fails."""
    runs = Runs()
    runs.run(group("shop"))
    runs.run(group("shop", "pay"))
    runs.run(group("pay"))
    runs.run()
    assert runs.texts == [
        ("begun", "Shop is not available."),
        ("updated", "Pay is not available either."),
        ("updated", "Shop works again. Pay is still not available."),
        ("resolved", "Pay works again. The incident lasted 16 min."),
    ]


def test_a_group_that_moves_stays_one_incident() -> None:
    """The cause changed, so that another group has the target."""
    runs = Runs()
    (first,) = runs.run(group("shop"))
    assert runs.run(group("shop", id=OTHER_ID)) == (first,)


def test_two_causes_are_two_incidents() -> None:
    """They begin and end by themselves."""
    runs = Runs()
    assert len(runs.run(group("shop"), group("pay", id=OTHER_ID))) == 2
    runs.run(group("pay", id=OTHER_ID))
    ended = [one for one in runs.incidents if one.resolved_at]
    assert [one.affected for one in ended] == [("Shop",)]


def test_two_incidents_that_become_one_end_as_one() -> None:
    """The younger one does not say that its service works."""
    runs = Runs()
    runs.run(group("shop"))
    runs.run(group("shop"), group("pay", id=OTHER_ID))
    runs.run(group("shop", "pay"))
    (ended,) = [one for one in runs.incidents if one.resolved_at]
    assert ended.updates[-1].text.startswith("It continues as part of an earlier")
    runs.run()
    (first, _) = sorted(runs.incidents, key=lambda one: len(one.services))[::-1]
    assert first.services == ("Pay", "Shop")
    assert first.updates[-1].text.startswith("Pay and Shop work again.")


def test_targets_that_are_not_public_are_never_mentioned() -> None:
    """Alone they make no incident; beside others they are left out."""
    runs = Runs()
    assert runs.run(group("secret")) == ()
    runs.run(group("secret", "shop"))
    assert runs.texts == [("begun", "Shop is not available.")]


def test_a_failure_inside_only_is_no_public_incident() -> None:
    """Users are served, also while it recovers."""
    for state in (State.FIRING, State.RECOVERING):
        made = group("shop")
        (member,) = made.members
        inside = replace(member, difference=Difference.INTERNAL_ONLY, state=state)
        assert Runs().run(replace(made, members=(inside,))) == ()


def test_nothing_works_again_without_a_successful_request() -> None:
    """The incident left the list, and no probe runs: the page does not say RESOLVED."""
    runs = Runs()
    runs.run(group("shop"))
    runs.stack.newest = {}
    (open_,) = runs.run(up=False)
    assert open_.resolved_at is None
    (ended,) = runs.run()
    assert ended.resolved_at is not None


def test_a_service_that_left_the_page_ends_without_a_claim() -> None:
    """Nobody observed that it works."""
    runs = Runs()
    runs.run(group("shop"))
    runs.stack.targets = [shown("pay")]
    runs.run()
    assert runs.texts[-1] == (
        "resolved",
        "It is no longer reported here. The incident lasted 14 min.",
    )


def test_old_incidents_are_dropped() -> None:
    """After 90 days, or if there are too many."""
    end = NOW - KEPT - MINUTE
    old = PublicIncident(id="x", begun_at=end - MINUTE, resolved_at=end)
    assert next_incidents([old], [], NOW) == ()
    many = [replace(old, id=f"{n}", resolved_at=NOW) for n in range(MOST + 9)]
    assert len(next_incidents(many, [], NOW)) == MOST


def test_updates_are_limited() -> None:
    """The beginning and the newest stay."""
    texts = [
        Update(at=NOW, kind=UpdateKind.UPDATED, text=f"{n}")
        for n in range(MOST_UPDATES)
    ]
    open_ = PublicIncident(
        id="x", begun_at=NOW, affected=("Shop",), updates=tuple(texts)
    )
    runs = Runs(incidents=(open_,))
    runs.run(group("shop", "pay"))
    updates = runs.incidents[0].updates
    assert len(updates) == MOST_UPDATES
    assert updates[0].text == "0"
    assert updates[-1].text == "Pay is not available either."


def test_many_services_are_shortened() -> None:
    """A sentence names four of them."""
    names = [f"s{n}" for n in range(7)]
    runs = Runs(Stack([shown(name) for name in names]))
    runs.run(group(*names))
    assert runs.texts == [("begun", "S0, S1, S2, S3 and 3 more are not available.")]


STEPS = st.lists(
    st.tuples(st.frozensets(st.sampled_from(["shop", "pay", "secret"])), st.booleans()),
    max_size=12,
)


@settings(max_examples=50)
@given(STEPS)
def test_whatever_happens_each_failing_service_is_in_one_open_incident(
    steps: list[tuple[frozenset[str], bool]],
) -> None:
    """And an incident that ended never begins again."""
    runs = Runs()
    ended: set[str] = set()
    for names, apart in steps:
        first = [*names][:1] if apart else [*names]
        groups = [group(*first)] if first else []
        if apart and len(names) > 1:
            groups.append(group(*[*names][1:], id=OTHER_ID))
        runs.run(*groups)
        open_ = [one for one in runs.incidents if one.resolved_at is None]
        failing = sorted(key for one in open_ for key in one.affected)
        assert failing == sorted({name.title() for name in names - {"secret"}})
        assert not ended & {one.id for one in open_}
        ended |= {one.id for one in runs.incidents if one.resolved_at}
