"""Blame: the paragraph of a mail that says who it is, and by what proof.

In: a finding. Out: lines: whom, why, and as of when, if the proof is old.
It does not: accuse anybody whose cause is not established.
"""

from parallax.model.finding import Finding, Proof
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Class, Hop
from parallax.notify.paragraph import bullets, fill, minute, stacked

_WHO = {
    Class.CACHE: "a cache or DNS",
    Class.LOAD_BALANCER: "the load balancer",
    Class.BACKEND: "the backend",
    Class.MONITOR: "Parallax itself",
}
_AT = {
    Hop.DNS: "DNS",
    Hop.CDN: "the cache (CDN)",
    Hop.LOAD_BALANCER: "the load balancer",
    Hop.NODE: "the load balancer's way to the nodes",
    Hop.INGRESS: "the backend (ingress)",
    Hop.OVERLAY: "the backend (network between nodes)",
    Hop.SERVICE: "the backend (Service)",
    Hop.POD: "the backend (pods)",
}


def culprit(finding: Finding) -> str:
    """Return who it is in a reader's words: the class, and where in it."""
    told = _AT.get(finding.hop) if finding.hop else None
    return told or (_WHO[finding.class_] if finding.class_ else "nobody")


def blame(finding: Finding) -> str:
    """Return who is to blame and why, or that nobody is accused."""
    if finding.cause == NOT_ESTABLISHED or finding.class_ is None:
        return _nobody(finding)
    why = [
        a.evidence
        for a in finding.assessments
        if a.cause == finding.cause and a.answer is Answer.SUPPORTED
    ]
    proof = finding.proof
    old = not why and proof is not None and proof.cause == finding.cause
    seen = ", as far as was seen" if old else ""
    who = fill(f"WHO IS TO BLAME: {culprit(finding)}{seen}. {finding.title}.")
    if proof and old:
        return stacked(who, bullets(f"Why, {_as_of(finding, proof)}", proof.evidence))
    return stacked(who, bullets("Why", why[0]) if why else "")


def _nobody(finding: Finding) -> str:
    """Return that nobody is accused, what would decide, and what was shown before."""
    text = "WHO IS TO BLAME: not established. Nobody is accused without proof."
    wants = [m for a in finding.assessments for m in a.missing]
    decide = "; ".join(list(dict.fromkeys(wants))[:3])
    return stacked(
        fill(text),
        fill(f"What would decide: {decide}.") if decide else "",
        _shown_before(finding),
    )


def _shown_before(finding: Finding) -> str:
    """Return what showed a cause earlier, unless the evidence of now refutes it."""
    proof, answers = finding.proof, {a.cause: a.answer for a in finding.assessments}
    if proof is None or answers.get(proof.cause) is Answer.REFUTED:
        return ""
    title = f"Shown before, {_as_of(finding, proof)}: {proof.cause}"
    return bullets(title, proof.evidence)


def _as_of(finding: Finding, proof: Proof) -> str:
    return f"as of {minute(proof.seen_at, finding.judged_at)}; not seen since"
