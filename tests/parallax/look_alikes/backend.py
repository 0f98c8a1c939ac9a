"""Look-alikes of ingresses and pods, whose pages look like another server's.

In: nothing. Out: snapshots with the causes that may be named. It does not: judge.
"""

from dataclasses import replace

from parallax.model.probe import FOR_THE_TARGET, Probe, Role
from parallax.model.snapshot import Snapshot
from tests.parallax import edge as e
from tests.parallax import scenarios as s
from tests.parallax.look_alikes.look_alike import (
    DEFAULT_BACKEND,
    UNKNOWN,
    Fields,
    everywhere,
    got,
    inside,
    page,
    unlogged,
)

UNCONNECTED = page(
    503,
    "upstream connect error or disconnect/reset before headers."
    " reset reason: connection failure",
    ("Content-Type", "text/plain"),
)
GO_404 = page(
    404,
    "404 page not found\n",
    ("Content-Type", "text/plain; charset=utf-8"),
    ("X-Content-Type-Options", "nosniff"),
)
MAINTENANCE = page(
    503,
    "<html><body>We are down for maintenance.</body></html>",
    ("Content-Type", "text/html"),
    ("Retry-After", "600"),
)
LOGIN = page(302, "", ("Location", "/login"))


def _said(fields: Fields) -> Snapshot:
    """Return users, ingress and pods with the same response; no log is read."""
    run = got(s.run(s.POD_503), fields, *FOR_THE_TARGET)
    return unlogged(everywhere(s.taken(run, s.balancer(), *s.reports()), fields))


def _by_haproxy(check: int, **inside_: object) -> Snapshot:
    """Return an HAProxy ingress, whose 503 after 3 s looks like the balancer's."""
    run = got(s.run(s.LB_503, after=3.1), DEFAULT_BACKEND, Role.UNKNOWN_HOST)
    inside_ = {"ingress": s.LB_503} | inside_
    x = s.taken(run, s.balancer(asks=check), *s.reports(**inside_))  # type: ignore[arg-type]
    return unlogged(e.with_policy(x, "Cluster", *s.NODES))


def an_haproxy_ingress_without_pods() -> tuple[Snapshot, set[str]]:
    """The ingress responds 503 itself, and 404 to an unknown Host."""
    return _by_haproxy(31695, ready=0, pods=0), {"service-without-endpoints"}


def an_haproxy_ingress_whose_pods_refuse() -> tuple[Snapshot, set[str]]:
    """It retries for 3 s; a check that passes on another port proves no firewall."""
    return _by_haproxy(10256, pod=s.REFUSED), {"pod-refuses-connection"}


def an_haproxy_ingress_says_404() -> tuple[Snapshot, set[str]]:
    """A load balancer has no rule for a 404: this 404 was passed on by it."""
    x = _by_haproxy(10256, pod=s.REFUSED)
    words = "<html><body><h1>404 Not Found</h1>\nThe resource could not be found.\n"
    own = page(404, words, ("content-type", "text/html"))
    assert x.run
    x = replace(x, run=got(x.run, own, Role.UNKNOWN_HOST))
    return x, {"pod-refuses-connection"}


def an_haproxy_ingress_beside_a_dead_target() -> tuple[Snapshot, set[str]]:
    """One target is rightly unhealthy, and one of five pods refuses connections."""
    run = got(
        s.run(e.BY_TURNS, direct=s.OK, after=3.1), DEFAULT_BACKEND, Role.UNKNOWN_HOST
    )
    x = s.taken(run, s.balancer(healthy=4), *s.reports())
    x = inside(x, s.answer(s.LB_503), _is_first_ingress)
    return unlogged(e.with_policy(x, "Cluster", *s.NODES)), {UNKNOWN}


def _is_first_ingress(probe: Probe) -> bool:
    return probe.role is Role.INGRESS and probe.node == s.NODES[0]


def a_page_that_two_may_have_written() -> tuple[Snapshot, set[str]]:
    """No unknown Host was probed, so either server may have written the page."""
    x = _by_haproxy(10256, pod=s.REFUSED)
    assert x.run
    asked = tuple(p for p in x.run.probes if p.role is not Role.UNKNOWN_HOST)
    return replace(x, run=replace(x.run, probes=asked)), {UNKNOWN}


def a_balancer_that_gives_up_first() -> tuple[Snapshot, set[str]]:
    """The balancer writes 504 itself; the ingress still waits for pods that hang."""
    run = s.run(e.LB_504, after=30.0)
    lines = tuple(
        replace(line, upstream_address="10.0.0.110:8080")
        for line in s.seen(run, None, status=499)
    )
    inside_ = s.reports(ingress=s.HANGS, pod=s.HANGS, sightings=lines)
    return s.taken(run, s.balancer(), *inside_), {"pod-too-slow"}


def a_mesh_in_the_pod() -> tuple[Snapshot, set[str]]:
    """An Envoy sidecar of the app writes its sentence, also to a direct probe."""
    return _said(UNCONNECTED), {"pod-answers-error"}


def a_pod_that_runs_nginx() -> tuple[Snapshot, set[str]]:
    """Its page is a proxy's; a direct probe gets the same page."""
    return _said(s.answer("nginx/503_return")), {"pod-answers-error"}


def a_pod_that_runs_haproxy() -> tuple[Snapshot, set[str]]:
    """Its page is the balancer's; an unknown Host gets the ingress's 404."""
    return _said(s.answer(s.LB_503)), {"pod-answers-error"}


def a_maintenance_page() -> tuple[Snapshot, set[str]]:
    """The app responds 503 on purpose, with a page of its own."""
    return _said(MAINTENANCE), {"pod-answers-error"}


def a_login_nobody_expected() -> tuple[Snapshot, set[str]]:
    """The app redirects, and the target expects 200."""
    return _said(LOGIN), {"pod-answers-error"}


def an_apps_own_404() -> tuple[Snapshot, set[str]]:
    """Go's 404 page is also Traefik's; the pods write it themselves."""
    x = s.with_reading(_said(GO_404), ingress_hosts=("grafana.keybuzz.io",))
    return x, {"pod-answers-error"}


def an_unmarked_404_of_the_ingress() -> tuple[Snapshot, set[str]]:
    """The same page while pods work: the ingress has no rule."""
    x = inside(_said(GO_404), s.answer(s.OK), lambda p: p.role is Role.POD)
    x = s.with_reading(x, ingress_hosts=("grafana.keybuzz.io",))
    return x, {"ingress-does-not-know-host"}


def replicas_that_differ_by_chance() -> tuple[Snapshot, set[str]]:
    """Two replicas, two probes each; half of all requests fail, and no log is read."""
    pages = [s.INGRESS_503_BY_LB if n % 2 else s.OK for n in range(11)]
    pages[0] = s.INGRESS_503_BY_LB
    x = s.taken(s.run(pages, direct=s.OK), s.balancer(), *s.reports()[:2])
    return unlogged(s.asked_one_by_one(x, s.INGRESS_503, s.OK)), {UNKNOWN}


def one_pods_error_among_others() -> tuple[Snapshot, set[str]]:
    """One line of thirteen has a pod's response; the others have no upstream."""
    run = s.run(s.INGRESS_503_BY_LB)
    first, *others = s.seen(run, None)
    answered = replace(
        first,
        upstream_address="10.0.0.110:8080",
        upstream_status=503,
        upstream_response_length=53,
    )
    inside_ = s.reports(ingress=s.INGRESS_503, sightings=(answered, *others))
    return s.taken(run, s.balancer(), *inside_), {UNKNOWN}
