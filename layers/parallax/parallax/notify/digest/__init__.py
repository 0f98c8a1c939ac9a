"""Digest: one mail a day that lists the advice that no mail had before.

In: the call of the day's schedule, the advice records. Out: at most one mail on the
alerts topic. It does not: judge, or mail the end of an advice.

- `choose`: which advice is new, grouped by its kind.
- `text`: the mail.
- `mailed`: what earlier mails had.
- `send`: the three of them, once a day.
"""

from parallax.notify.digest.send import deliver_advice

__all__ = ["deliver_advice"]
