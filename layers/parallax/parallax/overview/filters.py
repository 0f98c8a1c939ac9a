"""Filters: which targets the page shows, from the fields of its address.

In: fields such as `label=team=shop`, `state=failing`, `q=shop`, `from=500`. Out: the
states that match; a form without a script.
It does not: accept a field that it cannot read; such a one is ignored.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from parallax.overview.state import WORDS, Status, TargetState
from parallax.report.elements import Node, element

LONGEST = 100
"""Characters of a search."""
MOST_LABELS = 50
"""Labels in the form; `label=` in the address accepts each."""
_DIGITS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What the reader looks for; `link` is the part of the address that opens it."""

    link: str
    label: str = ""
    status: Status | None = None
    search: str = ""
    start: int = 0

    def shows(self, one: TargetState) -> bool:
        """Say whether a target matches."""
        target = one.target
        labels = [f"{key}={value}" for key, value in target.labels]
        texts = (target.name, target.url, *labels)
        return (
            (not self.label or self.label in labels)
            and (self.status is None or one.status is self.status)
            and any(self.search.lower() in text.lower() for text in texts)
        )

    def path(self, start: int = 0) -> str:
        """Return the address of the same filter from another row on."""
        fields = {
            "label": self.label,
            "state": self.status.name.lower() if self.status is not None else "",
            "q": self.search,
            "from": f"{start}" if start else "",
        }
        more = urlencode({key: value for key, value in fields.items() if value})
        return f"?{self.link}&{more}" if more else f"?{self.link}"


def filter_in(fields: Mapping[str, str], link: str) -> Filter:
    """Return what the fields of an address ask for."""
    named = {status.name.lower(): status for status in Status}
    digits = fields.get("from", "")
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= _DIGITS
    return Filter(
        link=link,
        label=fields.get("label", "")[: 4 * LONGEST],
        status=named.get(fields.get("state", "")),
        search=fields.get("q", "").strip()[:LONGEST],
        start=int(digits) if is_number else 0,
    )


def form(chosen: Filter, all_states: Sequence[TargetState]) -> Node:
    """Return the form; it is sent to the page's own address."""
    hidden = [
        element("input", type="hidden", name=name, value=value)
        for name, _, value in (part.partition("=") for part in chosen.link.split("&"))
    ]
    counts = Counter(one.status for one in all_states)
    by_state = [
        _option(
            status.name.lower(),
            f"{WORDS[status]} ({counts[status]})",
            chosen.status is status,
        )
        for status in Status
        if counts[status] or chosen.status is status
    ]
    is_set = bool(chosen.label or chosen.search or chosen.status is not None)
    search = element(
        "input", type="search", name="q", value=chosen.search, maxlength=f"{LONGEST}"
    )
    return element(
        "form",
        *hidden,
        # A phone shows the targets first; a wide screen shows the fields at once.
        element(
            "details",
            element("summary", "Filter"),
            element(
                "div",
                element("label", "Name, URL or label ", search),
                _select("State ", "state", by_state),
                _labels(chosen, all_states),
                element("button", "Show", type="submit"),
                class_="fields",
            ),
            **({"open": "open"} if is_set else {}),
        ),
        method="get",
        class_="filter",
    )


def _labels(chosen: Filter, all_states: Sequence[TargetState]) -> Node | None:
    counts = Counter(
        f"{key}={value}" for one in all_states for key, value in one.target.labels
    )
    if not counts:
        return None
    names = sorted(name for name, _ in counts.most_common(MOST_LABELS))
    if chosen.label and chosen.label not in names:
        names.insert(0, chosen.label)
    options = [_option(n, f"{n} ({counts[n]})", chosen.label == n) for n in names]
    return _select("Label ", "label", options)


def _select(title: str, name: str, options: Sequence[Node]) -> Node:
    everything = element("option", "all", value="")
    return element("label", title, element("select", everything, *options, name=name))


def _option(value: str, text: str, is_chosen: bool) -> Node:  # noqa: FBT001 - one use
    chosen = {"selected": "selected"} if is_chosen else {}
    return element("option", text, value=value, **chosen)
