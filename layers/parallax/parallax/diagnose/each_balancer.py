"""Each balancer: one scene for each load balancer at which users' requests fail.

In: a snapshot whose name has addresses of several load balancers; then the judgement of
each scene. Out: scenes in which only the requests to one load balancer count; then one
judgement. It does not: judge. A cause reads one load balancer, so the requests that
passed another one would contradict what it shows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace

from parallax.causes import CAUSES
from parallax.evidence import balancer, users
from parallax.evidence.scene import Scene
from parallax.evidence.words import of
from parallax.model.balancer import BalancerReading, LoadBalancer
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Assessment, Judgement
from parallax.model.probe import AS_A_USER, Probe, ProbeRun, Role
from parallax.model.snapshot import Snapshot

_EXPLAINS = {cause.id: cause.explains for cause in CAUSES}

type Judged = Sequence[tuple[Scene, Judgement]]


def scenes(whole: Scene, snapshot: Snapshot) -> tuple[Scene, ...]:
    """Return the scene of each load balancer at which users fail, most failures first.

    That is the whole scene if there is one load balancer, if a CDN hides which one is
    used, or if most failing requests went to another address.
    """
    run, read = whole.outside, whole.balancer
    every = read.every if read and whole.load_balancer else ()
    if run is None or read is None or len(every) < 2 or whole.target.reached.cdn:  # noqa: PLR2004 - else there is nothing to tell apart
        return (whole,)
    owners = [_owner(every, p) for p in users.failing(whole, *AS_A_USER)]
    counts = Counter(owner.id for owner in owners if owner)
    if 2 * counts.total() <= len(owners):
        return (whole,)
    met = sorted((b for b in every if b.id in counts), key=lambda b: -counts[b.id])
    return tuple(_at(snapshot, run, read, b) for b in met)


def _owner(every: Sequence[LoadBalancer], probe: Probe) -> LoadBalancer | None:
    return next((b for b in every if balancer.is_at(probe, b)), None)


def _at(
    snapshot: Snapshot, run: ProbeRun, read: BalancerReading, one: LoadBalancer
) -> Scene:
    """Return the scene of one load balancer; its run is as fresh as the whole one."""
    rest = tuple(b for b in read.every if b.id != one.id)
    own = balancer.addresses_of(one)
    same = Snapshot(**{f.name: getattr(snapshot, f.name) for f in fields(Snapshot)})
    seen = replace(
        same,
        run=_run_at(run, one),
        balancer=replace(read, load_balancer=one, others=rest),
        past=tuple(
            p for p in snapshot.past if p.peer_address is None or p.peer_address in own
        ),
    )
    scene = Scene.of(seen)
    scene.__dict__["outside"] = scene.run
    return scene


def _run_at(run: ProbeRun, one: LoadBalancer) -> ProbeRun:
    """Return a run with the requests to one load balancer alone.

    A probe of one of the name's addresses is a direct one, if it is this balancer's.
    """
    own = [p for p in run.probes if balancer.is_at(p, one)]
    first, *rest = [p for p in own if p.role in AS_A_USER]
    direct = {p.peer_address for p in own if p.role is Role.DIRECT}
    others = (
        replace(p, role=Role.DIRECT)
        if p.role is Role.ADDRESS and p.peer_address not in direct
        else p
        for p in own
        if p.role not in AS_A_USER
    )
    control = run.by_role(Role.CONTROL)
    probes = (replace(first, role=Role.FIRST), *rest, *others, *control)
    return replace(run, probes=probes)


def together(whole: Scene, judged: Judged) -> Judgement:
    """Return one judgement: the named cause with the most failing requests.

    If the cause at another load balancer explains it, e.g. a firewall of the nodes,
    that one is named. Its evidence also tells what requests to the other load balancers
    show. A cause is ruled out only if it is ruled out at each load balancer at which
    users fail.
    """
    named = [pair for pair in judged if pair[1].cause != NOT_ESTABLISHED]
    scene, chosen = _first(named or judged)
    read = scene.balancer
    if scene is whole or read is None or not read.others:
        return chosen
    notes = (*_elsewhere(scene, chosen, judged), *_well(whole, scene, judged))
    if chosen.lead:
        text = "; ".join((chosen.lead.observation, *notes))
        lead = replace(chosen.lead, observation=text)
        return replace(chosen, lead=lead, assessments=_merged(scene, chosen, judged))
    return replace(
        chosen,
        assessments=tuple(
            replace(a, evidence=(*a.evidence, *notes)) if a.cause == chosen.cause else a
            for a in _merged(scene, chosen, judged)
        ),
    )


def _first(judged: Judged) -> tuple[Scene, Judgement]:
    """Return the first judgement, or the one whose cause explains its cause."""
    first = judged[0]
    cause = first[1].cause
    explaining = (p for p in judged if cause in _EXPLAINS.get(p[1].cause, ()))
    return next(explaining, first)


def _elsewhere(scene: Scene, chosen: Judgement, judged: Judged) -> tuple[str, ...]:
    """Return why requests to the other load balancers fail."""
    found: list[str] = []
    for other, judgement in judged:
        if other is scene:
            continue
        count = len(users.failing(other, *AS_A_USER))
        requests = f"{count} request{'s' if count > 1 else ''}"
        where = balancer.name(other)
        if judgement.cause == NOT_ESTABLISHED:
            found.append(
                f"{requests} to {where} failed too, for a reason not established"
            )
        elif judgement.cause == chosen.cause:
            found.append(f"{requests} to {where} failed for the same reason")
    return tuple(found)


def _well(whole: Scene, scene: Scene, judged: Judged) -> tuple[str, ...]:
    """Return that requests to a load balancer without failures succeed."""
    read = scene.balancer
    failing = {other.balancer.load_balancer for other, _ in judged if other.balancer}
    found: list[str] = []
    for one in read.every if read else ():
        sent = [p for p in users.outside(whole, *AS_A_USER) if balancer.is_at(p, one)]
        if sent and one not in failing:
            share = of(sum(p.healthy for p in sent), len(sent))
            failed = len(users.failing(scene, *AS_A_USER))
            only = f"all {failed} failing requests" if failed > 1 else "the failing one"
            found.append(
                f"{only} went to {balancer.name(scene)}; {share} requests to {one.name}"
                " succeeded"
            )
    return tuple(found)


def _merged(scene: Scene, chosen: Judgement, judged: Judged) -> tuple[Assessment, ...]:
    """Return the assessments; what only one load balancer rules out stays open."""
    found = {a.cause: a for a in chosen.assessments}
    for other, judgement in judged:
        if other is scene:
            continue
        for seen in judgement.assessments:
            found[seen.cause] = _wider(found[seen.cause], seen, balancer.name(other))
    return tuple(found[a.cause] for a in chosen.assessments)


def _wider(own: Assessment, other: Assessment, where: str) -> Assessment:
    """Return the assessment that leaves more open, with the place of its evidence."""
    if own.answer is Answer.SUPPORTED or other.answer is Answer.REFUTED:
        return own
    if other.answer is Answer.UNKNOWN and own.answer is Answer.UNKNOWN:
        return own
    return replace(other, evidence=(*other.evidence, f"shown by requests to {where}"))
