"""The mail about a complete response that breaks the target's health rule."""

import pytest

from parallax.model.probe import Unmet
from tests.parallax.broken_rule import CONTENT, SLOW, everywhere, for_users
from tests.parallax.notify.mail.test_mail import finding
from tests.parallax.rendered import mail_of
from tests.parallax.scenarios import balancer, reports, run, taken

UP = taken(run(""), balancer(), *reports())


@pytest.mark.parametrize(
    ("unmet", "subject", "sentence"),
    [
        (
            CONTENT,
            "DOWN platform-api 200, the body lacks 'ok': cause not established",
            "get 200 from https://platform-api.keybuzz.io/, but the body lacks 'ok'.",
        ),
        (
            SLOW,
            "DOWN platform-api 200, slower than 2 s: cause not established",
            "but the response is slower than 2 s.",
        ),
    ],
)
def test_the_mail_states_what_is_wrong_and_blames_nobody(
    unmet: Unmet, subject: str, sentence: str
) -> None:
    """A 200 alone would look like a false alarm."""
    mail = mail_of(finding(for_users(UP, unmet)))
    assert mail.subject == subject
    text = " ".join(mail.body.split())
    assert sentence in text
    assert "curl" in text


def test_the_mail_blames_the_app_that_is_slow_inside() -> None:
    """With the measurement of its pods."""
    mail = mail_of(finding(everywhere(UP, SLOW)))
    assert "slower than 2 s: the pods do not respond in time" in mail.subject
    assert "all 5 internal probes of pods got 200" in " ".join(mail.body.split())
