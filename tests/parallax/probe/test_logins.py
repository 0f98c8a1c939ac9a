"""The logins of a round: read once, and a missing one is Parallax's own fault."""

import json
from collections.abc import Callable

import pytest

from parallax import aws
from parallax.model.target import Login, LoginKind, Target
from parallax.probe.failure import NotSentError
from parallax.probe.logins import no_logins, read_logins

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:logins-AbCdEf"
SECRET = "canary-token-1234"


def target(secret: str | None) -> Target:
    """Return a target with this login."""
    login = Login(kind=LoginKind.BEARER, secret=secret) if secret else None
    return Target(name="shop", url="https://shop.example/", login=login)


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return what puts a text into the secret."""

    def put(text: str) -> None:
        """Let the secret have this text."""

        class Provider:
            """A Secrets Manager with one secret."""

            def get(self, _name: str, **_options: object) -> str:
                """Return the secret's text."""
                return text

        secrets = aws.Secrets(Provider())
        monkeypatch.setattr(aws, "_secrets", lambda: secrets)

    return put


def test_a_login_is_found_by_its_key(store: Callable[[str], None]) -> None:
    """A target without a login has none."""
    store(json.dumps({"shop-login": SECRET}))
    of = read_logins([target("shop-login"), target(None)], ARN)
    found = of(target("shop-login"))
    assert found is not None
    assert found.value == f"Bearer {SECRET}"
    assert of(target(None)) is None


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (json.dumps({"other": SECRET}), "has no such key"),
        (json.dumps({"shop-login": "short"}), "at least 8 characters"),
        (SECRET, "expected a JSON object"),
    ],
)
def test_without_its_login_a_target_is_not_probed(
    store: Callable[[str], None], content: str, reason: str
) -> None:
    """The reason has the key's name, and no secret."""
    store(content)
    with pytest.raises(NotSentError, match=f"login 'shop-login': .*{reason}") as caught:
        read_logins([target("shop-login")], ARN)(target("shop-login"))
    assert SECRET not in str(caught.value)


def test_nothing_is_read_without_a_target_that_has_a_login(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Most stacks have none; the function's start stays as short as it is."""

    def fail() -> None:
        """Refuse to be called."""
        raise AssertionError

    monkeypatch.setattr(aws, "_secrets", fail)
    assert read_logins([target(None)], ARN)(target(None)) is None


def test_a_stack_without_the_parameter_says_so() -> None:
    """The reason names what to set."""
    with pytest.raises(NotSentError, match="LoginSecretArn is not set"):
        no_logins(target("shop-login"))
