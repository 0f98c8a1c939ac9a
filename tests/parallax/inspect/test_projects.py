"""Specification of several Hetzner projects: `parallax.inspect.projects`."""

from collections.abc import Sequence

import pytest

from parallax.inspect.projects import ONLY, read_projects, tokens_in
from parallax.model.balancer import BalancerReading, LoadBalancer, Problem
from parallax.model.target import Reached, Target
from tests.parallax.inspect.api import NOW


def target(name: str = "shop", project: str | None = None) -> Target:
    """Return a target that names its load balancer, and perhaps its project."""
    reached = Reached(load_balancer="lb", project=project)
    return Target(name=name, url="https://shop.example/", reached=reached)


class Projects:
    """Projects by name: what their reading of a target shows."""

    def __init__(self, **found: LoadBalancer | Problem) -> None:
        self.found = found
        self.read: list[str] = []

    def __call__(
        self, name: str, targets: Sequence[Target]
    ) -> tuple[BalancerReading, ...]:
        """Return the readings of one project."""
        self.read.append(name)
        seen = self.found[name]
        lb = seen if isinstance(seen, LoadBalancer) else None
        problem = seen if isinstance(seen, Problem) else None
        detail = None if lb else f"no load balancer in {name}"
        return tuple(
            BalancerReading(
                target=t.name,
                read_at=NOW,
                load_balancer=lb,
                problem=problem,
                problem_detail=detail,
            )
            for t in targets
        )


def reading(projects: Projects, wanted: Target) -> BalancerReading:
    """Return the target's one reading."""
    (found,) = read_projects([*projects.found], [wanted], NOW, projects)
    return found


LB = LoadBalancer(id=1, name="lb")


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("abc", {ONLY: "abc"}),
        ("shop=abc, billing=def", {"shop": "abc", "billing": "def"}),
        ("", {}),
    ],
)
def test_one_secret_has_the_token_of_each_project(
    text: str, tokens: dict[str, str]
) -> None:
    """A token without a name is the only project's."""
    assert tokens_in(text) == tokens


def test_all_projects_are_searched() -> None:
    """The one that has the load balancer counts."""
    projects = Projects(shop=Problem.NOT_FOUND, billing=LB)
    assert reading(projects, target()).load_balancer == LB
    assert projects.read == ["shop", "billing"]


def test_a_target_s_own_project_is_enough() -> None:
    """The other is not read for it: each has a limit of calls."""
    projects = Projects(shop=LB, billing=LB)
    assert reading(projects, target(project="billing")).load_balancer == LB
    assert projects.read == ["billing"]


def test_a_project_without_a_token_is_reported_as_such() -> None:
    """Its name, and the names that the secret has."""
    found = reading(Projects(shop=LB), target(project="other"))
    assert found.problem is Problem.UNAUTHORIZED
    assert found.problem_detail == (
        "no token for project other: the secret's hetzner_token has shop"
    )


def test_a_single_unnamed_token_serves_every_project_name() -> None:
    """As before: one token, whatever the targets call its project."""
    assert reading(Projects(**{ONLY: LB}), target(project="any")).load_balancer == LB


def test_an_unread_project_may_have_it() -> None:
    """Not found in one, not readable in the other: it is not "not found"."""
    found = reading(
        Projects(shop=Problem.NOT_FOUND, billing=Problem.UNREACHABLE), target()
    )
    assert found.problem is Problem.UNREACHABLE
    assert found.problem_detail == "project billing: no load balancer in billing"


def test_the_same_name_in_two_projects_is_not_guessed() -> None:
    """A name is unique in its project only."""
    found = reading(Projects(shop=LB, billing=LB), target())
    assert (found.load_balancer, found.problem) == (None, Problem.NOT_FOUND)
    assert "set reached.project" in (found.problem_detail or "")


def test_no_project_has_it() -> None:
    """Each project's reason is in the detail."""
    found = reading(
        Projects(shop=Problem.NOT_FOUND, billing=Problem.NOT_FOUND), target()
    )
    assert found.problem is Problem.NOT_FOUND
    assert "project shop:" in (found.problem_detail or "")
    assert "project billing:" in (found.problem_detail or "")


def test_a_name_may_have_balancers_of_two_projects() -> None:
    """Each project has one of the addresses; the first project's is the main one."""
    found = {n: LoadBalancer(id=n, name=f"lb-{n}") for n in (1, 2)}

    def read(name: str, targets: Sequence[Target]) -> list[BalancerReading]:
        lb = found[int(name)]
        why = f"203.0.113.{name} is its public IPv4"
        return [
            BalancerReading(
                target=t.name, read_at=NOW, load_balancer=lb, matched_by=why
            )
            for t in targets
        ]

    wanted = Target(name="shop", url="https://shop.example/")
    (seen,) = read_projects(["1", "2"], [wanted], NOW, read)
    assert (seen.load_balancer, seen.others) == (found[1], (found[2],))


def test_a_named_balancer_has_another_ones_of_the_second_project_beside_it() -> None:
    """The second project has no such name, but a load balancer with an address."""
    beside = LoadBalancer(id=2, name="lb-2")
    missing = BalancerReading(
        target="shop", read_at=NOW, problem=Problem.NOT_FOUND, others=(beside,)
    )

    def read(name: str, targets: Sequence[Target]) -> list[BalancerReading]:
        assert len(targets) == 1
        has = BalancerReading(target="shop", read_at=NOW, load_balancer=LB)
        return [has if name == "a" else missing]

    (seen,) = read_projects(["a", "b"], [target()], NOW, read)
    assert (seen.load_balancer, seen.others) == (LB, (beside,))
