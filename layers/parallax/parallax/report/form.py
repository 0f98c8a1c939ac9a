"""Form: the buttons of an open incident.

In: the group, and the mute that holds its mails back. Out: a form without a script.
It does not: check what is sent; `act` does.
"""

from parallax.groups.person import NAME_CHARACTERS
from parallax.model.group import Group, Mute
from parallax.report.act import ACKNOWLEDGE, BUTTON, MUTES, NAME, UNMUTE, WITHDRAW
from parallax.report.elements import Node, element


def form(group: Group, mute: Mute | None, note: str = "") -> Node:
    """Return the form, which is sent to the page's own address; `note` comes first."""
    short = group.id[:8]
    name = element(
        "input",
        name=NAME,
        maxlength=str(NAME_CHARACTERS),
        autocomplete="name",
        type="text",
    )
    return element(
        "form",
        element("p", note) if note else None,
        element("label", "Your name (optional, shown on this page)", name),
        element("div", *_buttons(group, mute), class_="buttons"),
        element("p", _EFFECT, class_="soft"),
        element("p", "Acknowledge or mute from a shell:", class_="soft"),
        element("pre", f"parallax ack {short}\nparallax mute {short} --for 1h"),
        method="post",
    )


_EFFECT = (
    "Acknowledge: reminders stop; changes and the recovery are still mailed."
    " Mute: no mail until then. Monitoring continues in both cases."
)


def _buttons(group: Group, mute: Mute | None) -> list[Node]:
    done = group.acknowledged
    label = "Acknowledge in your name" if done else "Acknowledge"
    found = [_button(ACKNOWLEDGE, label, "primary" if done is None else "")]
    if done:
        found.append(_button(WITHDRAW, "Withdraw acknowledgment"))
    for value, time in MUTES.items():
        hours = int(time.total_seconds()) // 3600
        found.append(_button(value, f"Mute {hours} h"))
    if mute:
        found.append(_button(UNMUTE, "Unmute"))
    return found


def _button(value: str, label: str, kind: str = "") -> Node:
    shown = {"class_": kind} if kind else {}
    return element("button", label, type="submit", name=BUTTON, value=value, **shown)
