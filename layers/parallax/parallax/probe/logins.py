"""Logins: the secrets of the targets' logins, read before a round of probes.

In: targets, and the ARN of the secret that has all logins. Out: a function that
returns a target's credential.
It does not: keep a secret in a target, a log or an error; an error has its key only.
A target whose login cannot be read is not probed: a request without it would fail, and
the failure would be Parallax's own.
"""

from collections.abc import Callable, Sequence

from parallax.model.target import Target
from parallax.probe.credential import Credential, credential
from parallax.probe.failure import NotSentError

type Logins = Callable[[Target], Credential | None]

NOT_CONFIGURED = "the stack's parameter LoginSecretArn is not set"


def no_logins(target: Target) -> Credential | None:
    """Return None for a target without a login; raise `NotSentError` for another."""
    if target.login is not None:
        raise NotSentError(f"login {target.login.secret!r}: {NOT_CONFIGURED}")
    return None


def read_logins(targets: Sequence[Target], arn: str | None) -> Logins:
    """Read the logins of these targets once; blocks for at most six seconds.

    Without a target that has a login nothing is read.
    """
    if arn is None or all(target.login is None for target in targets):
        return no_logins
    from parallax import aws  # noqa: PLC0415 - not in an agent, and only for a login

    try:
        secrets, reason = aws.secret_fields(arn), ""
    except Exception as error:  # noqa: BLE001 - targets without a login are probed
        is_ours = isinstance(error, aws.SecretError)
        secrets, reason = {}, f"{error}" if is_ours else type(error).__name__

    def of(target: Target) -> Credential | None:
        login = target.login
        if login is None:
            return None
        secret = secrets.get(login.secret)
        if secret is None:
            why = reason or "the secret of the logins has no such key"
            raise NotSentError(f"login {login.secret!r}: {why}")
        try:
            return credential(login, secret)
        except ValueError as error:
            raise NotSentError(f"login {login.secret!r}: {error}") from error

    return of
