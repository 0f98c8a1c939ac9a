"""Golden: the mails that tests compare, in `golden/`.

In: the drawn alerts and a few recordings. Out: a text for each: subject and body.
It does not: compare; `test_golden` does. After a change of the mail, rewrite the files
with `python -m tests.parallax.notify.mail.golden` and read what changed.
"""

from datetime import timedelta
from pathlib import Path

from parallax.notify.mail import Mail, render
from parallax.notify.routes import late
from tests.parallax.notify.mail.drawn import DRAWN, LINK, RECORDINGS, recorded, two

FOLDER = Path(__file__).with_suffix("")
RECORDED = ("pods-not-ready", "pod-too-slow", "dns-stale-address")
"""Recordings of three different hops."""


def mails() -> dict[str, Mail]:
    """Return the golden mails by name."""
    made = {name: render(draw(), LINK) for name, draw in DRAWN.items()}
    for path in RECORDINGS:
        alert = recorded(path) if path.stem in RECORDED else None
        if alert:
            made[f"recorded-{path.stem}"] = render(alert)
    return made | {"late": _late()}


def _late() -> Mail:
    alert = two()
    mail, now = render(alert), alert.at + timedelta(minutes=47)
    return Mail(subject=mail.subject, body=late(alert, now) + mail.body)


def written(mail: Mail) -> str:
    """Return a mail as its file has it."""
    return f"Subject: {mail.subject}\n\n{mail.body}"


def rewrite() -> None:
    """Write all files."""
    for old in FOLDER.glob("*.txt"):
        old.unlink()
    for name, mail in mails().items():
        (FOLDER / f"{name}.txt").write_text(written(mail), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
