"""Possible: what remains possible while the cause is not established.

In: a finding. Out: a part of the page: how many causes, and the first of them.
It does not: choose or order them.
"""

from parallax.model.finding import Finding
from parallax.model.judgement import NOT_ESTABLISHED, Answer, Candidate
from parallax.notify.mail.cause import lacking
from parallax.report.elements import Node, element, prose

NUMBERS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def possible(finding: Finding) -> Node | None:
    """Return the first possible causes; None: the cause is established, or none is."""
    some = finding.lead.candidates if finding.lead else ()
    if not some or finding.cause != NOT_ESTABLISHED:
        return None
    needs = ["; ".join(one.missing) for one in some]
    together = len(some) > 1 and len(set(needs)) == 1 and bool(needs[0])
    rows = [
        _row(one, "" if together else need)
        for one, need in zip(some, needs, strict=True)
    ]
    once = element("p", f"{lacking(needs[0])}.") if together else None
    head = element("h2", _title(finding, len(some)))
    return element("section", head, element("ul", *rows), once)


def _title(finding: Finding, shown: int) -> str:
    total = sum(a.answer is Answer.UNKNOWN for a in finding.assessments)
    if total <= shown:
        return "Still possible"
    first = "the first" if shown == 1 else f"the first {NUMBERS.get(shown, shown)}"
    return f"Still possible: {total}; {first}:"


def _row(one: Candidate, needs: str) -> Node:
    missing = f" {lacking(needs)}." if needs else ""
    return element("li", *prose(f"{one.title} ({one.cause}).{missing}"))
