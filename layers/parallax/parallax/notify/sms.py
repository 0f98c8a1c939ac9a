"""SMS: an alert in one text message.

In: an alert. Out: at most 140 characters: state, scope, cause, as the mail's subject.
It does not: contain characters outside GSM-7: one of them would halve what fits.
Source: 3GPP TS 23.038, the default alphabet; Amazon SNS, mobile text messaging (140
bytes or 160 GSM characters are one message).
"""

import unicodedata

from parallax.model.alert import Alert
from parallax.notify.mail.subject import write

LIMIT = 140
_OF_GSM = frozenset(
    "@$_ !\"#%&'()*+,-./0123456789:;<=>?"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)
"""The characters of the alphabet that are ASCII too and count once."""
_INSTEAD = str.maketrans({"[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "`": "'"})


def sms(alert: Alert) -> str:
    """Return the text of a short message."""
    line = write(alert, LIMIT)
    letters = unicodedata.normalize("NFKD", line).translate(_INSTEAD)
    plain = (c for c in letters if not unicodedata.combining(c))
    return "".join(c if c in _OF_GSM else "?" for c in plain)[:LIMIT]
