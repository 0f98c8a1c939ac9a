"""Cause: the paragraphs of a mail that name the cause, and list its evidence.

In: a finding. Out: lines: the component at fault, the first evidence; the rest of the
evidence, and when it was last observed if it is old.
It does not: blame a component while the cause is not established.
"""

from collections.abc import Sequence

from parallax.model.finding import Finding, Proof
from parallax.model.judgement import (
    NOT_ESTABLISHED,
    Answer,
    Candidate,
    Class,
    Hop,
)
from parallax.model.reason import MEANINGS
from parallax.notify.paragraph import bullets, minute, paragraph, sentence, stacked

_CLASSES = {
    Class.CACHE: "a cache or DNS",
    Class.LOAD_BALANCER: "the load balancer",
    Class.BACKEND: "the backend",
    Class.MONITOR: "Parallax itself",
}
_HOPS = {
    Hop.DNS: "DNS",
    Hop.CDN: "the CDN or cache",
    Hop.LOAD_BALANCER: "the load balancer",
    Hop.NODE: "the network from the load balancer to the nodes",
    Hop.INGRESS: "the ingress",
    Hop.OVERLAY: "the network between nodes",
    Hop.SERVICE: "the Service",
    Hop.POD: "the pods",
}
_PLACES = {
    "kube-proxy-dead-on-node": "a node",
    "large-responses-lost": "the network between users and the ingress",
    "network-policy-blocks-ingress": "a NetworkPolicy",
    "node-down": "a node",
    "nodeport-dropped-by-local-traffic-policy": "the traffic policy of the ingress",
}
"""The component of a cause, where it is only a part of its hop."""
_QUESTIONS = ("whether ", "which ", "what ", "how ", "where ", "who ", "the reason ")
"""How an open question begins; anything else is evidence that is missing."""
_NO_CANDIDATE = "None of the causes that Parallax knows fits this."
LISTED = 3
"""How many kinds of missing evidence a mail lists."""


def component(finding: Finding) -> str:
    """Return the component at fault: the cause's own, the hop's, else the class's."""
    at_hop = _HOPS.get(finding.hop) if finding.hop else None
    return (
        _PLACES.get(finding.cause)
        or at_hop
        or (_CLASSES[finding.class_] if finding.class_ else "none")
    )


def cause(finding: Finding) -> str:
    """Return the cause and its first evidence, or what is known without a cause."""
    if finding.cause == NOT_ESTABLISHED or finding.class_ is None:
        return _not_established(finding)
    evidence, proof = _evidence(finding), _old_proof(finding)
    how = f"as {_last_seen(finding, proof)}" if proof else "established"
    shown = proof.evidence if proof else evidence
    first = f": {shown[0]}" if shown else ""
    head = f"CAUSE ({component(finding)}, {how})"
    stated = sentence(f"{finding.title}{first}")
    return stacked(head, paragraph(f"{stated} {_reason(finding)}"))


def _reason(finding: Finding) -> str:
    """Return the reason one level below the cause; empty: not known."""
    if finding.reason is None:
        return ""
    meaning = MEANINGS.get(finding.reason)
    return f"Reason: {finding.reason}{f' ({meaning})' if meaning else ''}."


def why(finding: Finding) -> str:
    """Return the evidence after the first sentence, which stands with the cause."""
    proof = _old_proof(finding)
    shown = proof.evidence if proof else _evidence(finding)
    return bullets("WHY", shown[1:])


def _evidence(finding: Finding) -> Sequence[str]:
    """Return what supports the cause now."""
    return next(
        (
            a.evidence
            for a in finding.assessments
            if a.cause == finding.cause and a.answer is Answer.SUPPORTED
        ),
        (),
    )


def _old_proof(finding: Finding) -> Proof | None:
    """Return the last proof, if nothing supports the cause any more."""
    proof = finding.proof
    is_old = proof is not None and proof.cause == finding.cause
    return proof if is_old and not _evidence(finding) else None


def _not_established(finding: Finding) -> str:
    """Return that no cause is named, what is known, and earlier evidence."""
    head = "CAUSE (not established)"
    lead = finding.lead
    if lead:
        seen = f"{sentence(f'Observed: {lead.observation}')} {lead.excludes}"
        none = "" if lead.candidates else _NO_CANDIDATE
        return stacked(head, paragraph(f"{seen} {lead.unobserved} {none}"))
    missing = [m for a in finding.assessments for m in a.missing]
    listed = "; ".join(list(dict.fromkeys(missing))[:LISTED])
    needs = sentence(f"Missing evidence: {listed}") if listed else ""
    return stacked(
        head,
        paragraph(f"The evidence does not prove any single cause. {needs}"),
    )


def possible(finding: Finding) -> str:
    """Return what remains possible without a cause, and what was observed earlier."""
    if finding.cause != NOT_ESTABLISHED and finding.class_ is not None:
        return ""
    candidates = finding.lead.candidates if finding.lead else ()
    listed = bullets("STILL POSSIBLE", map(_candidate, candidates))
    return "\n\n".join(p for p in (listed, _earlier_evidence(finding)) if p)


def _candidate(candidate: Candidate) -> str:
    needs = "; ".join(candidate.missing)
    return f"{candidate.title} ({candidate.cause}). {lacking(needs)}."


def lacking(what: str) -> str:
    """Return e.g. `Missing: a log line`, or `Not known: whether a firewall …`."""
    is_question = what.startswith(_QUESTIONS)
    return f"{'Not known' if is_question else 'Missing'}: {what}"


def _earlier_evidence(finding: Finding) -> str:
    """Return what supported a cause earlier, unless the evidence now refutes it."""
    proof, answers = finding.proof, {a.cause: a.answer for a in finding.assessments}
    if proof is None or answers.get(proof.cause) is Answer.REFUTED:
        return ""
    title = f"Earlier evidence of {proof.cause} ({_last_seen(finding, proof)}):"
    return bullets(title, proof.evidence)


def _last_seen(finding: Finding, proof: Proof) -> str:
    return f"last observed at {minute(proof.seen_at, finding.judged_at)}"
