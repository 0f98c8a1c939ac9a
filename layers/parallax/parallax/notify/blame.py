"""Blame: the paragraph of a mail that names the cause and its evidence.

In: a finding. Out: lines: the component at fault, the evidence, and when it was last
observed if it is old.
It does not: blame a component while the cause is not established.
"""

from collections.abc import Iterator

from parallax.model.finding import Finding, Proof
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Answer,
    Candidate,
    Class,
    Hop,
    Lead,
)
from parallax.notify.paragraph import bullets, fill, minute, stacked

_CLASSES = {
    Class.CACHE: "a cache or DNS",
    Class.LOAD_BALANCER: "the load balancer",
    Class.BACKEND: "the backend",
    Class.MONITOR: "Parallax itself",
}
_HOPS = {
    Hop.DNS: "DNS",
    Hop.CDN: "the cache (CDN)",
    Hop.LOAD_BALANCER: "the load balancer",
    Hop.NODE: "the network from the load balancer to the nodes",
    Hop.INGRESS: "the ingress",
    Hop.OVERLAY: "the network between nodes",
    Hop.SERVICE: "the Service",
    Hop.POD: "the pods",
}
LISTED = 3
"""How many kinds of missing evidence a mail lists."""


def component(finding: Finding) -> str:
    """Return the component at fault: the hop, else the class."""
    at_hop = _HOPS.get(finding.hop) if finding.hop else None
    return at_hop or (_CLASSES[finding.class_] if finding.class_ else "none")


def blame(finding: Finding) -> str:
    """Return the cause and its evidence, or that the cause is not established."""
    if finding.cause == NOT_ESTABLISHED or finding.class_ is None:
        return _not_established(finding)
    evidence = [
        a.evidence
        for a in finding.assessments
        if a.cause == finding.cause and a.answer is Answer.SUPPORTED
    ]
    proof = finding.proof
    old = not evidence and proof is not None and proof.cause == finding.cause
    seen = ", by earlier evidence" if old else ""
    cause = fill(f"CAUSE: {component(finding)}{seen}. {finding.title}.")
    if proof and old:
        title = f"Evidence ({_last_seen(finding, proof)})"
        return stacked(cause, bullets(title, proof.evidence))
    return stacked(cause, bullets("Evidence", evidence[0]) if evidence else "")


def _not_established(finding: Finding) -> str:
    """Return that no cause is named, what evidence is missing, and earlier evidence."""
    text = "CAUSE: not established. The evidence does not prove any single cause."
    if finding.lead:
        return stacked(*_lead(finding.lead), _earlier_evidence(finding))
    missing = [m for a in finding.assessments for m in a.missing]
    listed = "; ".join(list(dict.fromkeys(missing))[:LISTED])
    return stacked(
        fill(text),
        fill(f"Missing evidence: {listed}.") if listed else "",
        _earlier_evidence(finding),
    )


def _lead(lead: Lead) -> Iterator[str]:
    """Yield the most telling observation, what it excludes, and what remains."""
    seen = lead.observation
    yield fill(f"CAUSE: not established. {seen[:1].upper()}{seen[1:]}.")
    yield fill(lead.excludes)
    if lead.candidates:
        yield bullets("What remains possible", map(_candidate, lead.candidates))
    else:
        yield fill("None of the causes that Parallax knows fits this.")


def _candidate(candidate: Candidate) -> str:
    needs = "; ".join(candidate.missing)
    return f"{candidate.title} ({candidate.cause}). Missing to decide: {needs}."


def _earlier_evidence(finding: Finding) -> str:
    """Return what supported a cause earlier, unless the evidence now refutes it."""
    proof, answers = finding.proof, {a.cause: a.answer for a in finding.assessments}
    if proof is None or answers.get(proof.cause) is Answer.REFUTED:
        return ""
    title = f"Earlier evidence of {proof.cause} ({_last_seen(finding, proof)})"
    return bullets(title, proof.evidence)


def _last_seen(finding: Finding, proof: Proof) -> str:
    return f"last observed at {minute(proof.seen_at, finding.judged_at)}"
