"""Variants: the texts of one alert for the protocols of the alerts topic.

In: an alert, its mail. Out: the message of `Publish` with MessageStructure `json`: the
mail for people, a short text for phones, a CloudEvent for programs.
It does not: send. A chat needs a topic of its own (`parallax.notify.chat`): it
subscribes by https, as programs do.
Source: Amazon SNS API, `Publish`, MessageStructure; the limit of 262,144 bytes is for
all texts together.
"""

from parallax.model.alert import Alert
from parallax.model.plain import json_text
from parallax.notify.alert_event import alert_event
from parallax.notify.mail import Mail
from parallax.notify.sms import sms
from parallax.settings import SOURCE

MAIL_LIMIT = 12_000
"""Bytes of a mail's text; the longest known one has 4,000."""
PROGRAMS = ("sqs", "lambda", "http", "https", "firehose")
"""Protocols whose subscribers are programs."""


def message(alert: Alert, mail: Mail, source: str = SOURCE) -> str:
    """Return the message of an alert, as SNS reads it; `default` is the mail."""
    text = mail.body.encode()[:MAIL_LIMIT].decode(errors="ignore")
    cut = Mail(subject=mail.subject, body=text)
    event = json_text(alert_event(alert, cut, source))
    texts = {"default": text, "email": text, "sms": sms(alert)}
    return json_text(texts | dict.fromkeys(PROGRAMS, event))
