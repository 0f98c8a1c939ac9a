"""Problems: what AWS or the stack refuses, in a sentence that says what to do.

In: what reading a stack raised. Out: an error for the assistant, without a traceback.
It does not: hide a fault of ours; the SDK logs that, and the assistant gets one line.
"""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from mcp.server.mcpserver.exceptions import ToolError

from parallax.aws import error_code
from parallax.mcp import untrusted

LOGIN = (
    "set AWS_PROFILE or the AWS_ACCESS_KEY_ID variables in the client's settings of"
    " this server, or run `aws sso login`; then repeat the call"
)
HINTS = {
    "NoCredentialsError": f"no AWS credentials: {LOGIN}",
    "PartialCredentialsError": f"incomplete AWS credentials: {LOGIN}",
    "CredentialRetrievalError": f"the AWS credentials cannot be read: {LOGIN}",
    "ProfileNotFound": f"the AWS profile does not exist: {LOGIN}",
    "SSOTokenLoadError": f"the AWS login is missing: {LOGIN}",
    "UnauthorizedSSOTokenError": f"the AWS login has expired: {LOGIN}",
    "TokenRetrievalError": f"the AWS login has expired: {LOGIN}",
    "NoRegionError": "no AWS region: set AWS_REGION in the client's settings of this"
    " server; then start it again",
    "ExpiredToken": f"the AWS credentials have expired: {LOGIN}",
    "ExpiredTokenException": f"the AWS credentials have expired: {LOGIN}",
    "InvalidClientTokenId": f"AWS does not know the credentials: {LOGIN}",
    "UnrecognizedClientException": f"AWS does not know the credentials: {LOGIN}",
    "AccessDenied": "AWS denied access. The server needs cloudformation:DescribeStacks,"
    " dynamodb:GetItem on the incidents table and s3:GetObject on the snapshot bucket",
}
"""botocore's error or AWS's code -> what is wrong, and what to do."""
HINTS["AccessDeniedException"] = HINTS["AccessDenied"]
HINTS["ResourceNotFoundException"] = (
    "the incidents table does not exist; if the stack was replaced, repeat the call"
)
RENEWED = frozenset(HINTS) - {"AccessDenied", "AccessDeniedException"}
"""After these, the next call reads the credentials and the stack's outputs again."""


class StackProblemError(Exception):
    """The stack is not usable; the text says why and what to do."""


@contextmanager
def problems(forget: Callable[[], None]) -> Generator[None]:
    """Turn what reading raises into a `ToolError`; `forget` drops what is cached."""
    from botocore.exceptions import (  # noqa: PLC0415  # pyright: ignore[reportMissingTypeStubs] - it has none
        BotoCoreError,
        ClientError,
    )

    from parallax.groups.person import UnknownGroupError  # noqa: PLC0415 - as above
    from parallax.model.packed import UnreadableError  # noqa: PLC0415 - as above
    from parallax.snapshots.download import DownloadError  # noqa: PLC0415 - as above

    try:
        yield
    except (StackProblemError, DownloadError) as error:
        raise refusal(f"{error}") from None
    except UnknownGroupError as error:
        raise refusal(f"{error}; list_incidents lists the open ones") from None
    except UnreadableError as error:
        raise refusal(f"the stored data is damaged: {error}") from None
    except (BotoCoreError, ClientError) as error:
        kind = error_code(error) or type(error).__name__
        if kind in RENEWED:
            forget()
        raise refusal(HINTS.get(kind, f"AWS: {error}")) from None


def refusal(text: str) -> ToolError:
    """Return an error for the assistant; its text may repeat an argument."""
    return ToolError(untrusted.sentence(text))
