"""Signature Version 4, compared with botocore's own."""

from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from parallax_agent.push.aws_signature import AccessKey, aws_signed, read_access_key
from parallax_agent.push.signing import KeyUnusableError
from tests.agent.conftest import IngestServer
from tests.agent.push.test_pusher import Build, build, message, received

__all__ = ["build"]
NAME = "AKIDEXAMPLEAKIDEXAMP"
SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
HOST = "abc123.lambda-url.eu-central-1.on.aws"
URL = f"https://{HOST}/v1/observations"


@given(st.binary(max_size=200), st.datetimes(timezones=st.just(UTC)))
def test_the_signature_is_botocore_s(body: bytes, now: datetime) -> None:
    """Of any body, at any time."""
    now = now.replace(year=2000 + now.year % 4 * 4)
    request = AWSRequest("POST", URL, data=body, headers={"host": HOST})
    with patch("botocore.auth.get_current_datetime", lambda: now):
        SigV4Auth(Credentials(NAME, SECRET), "lambda", "eu-central-1").add_auth(request)
    signed = aws_signed(AccessKey(NAME, SECRET), URL, body, now)
    assert signed["Authorization"] == request.headers["Authorization"]
    assert signed["X-Amz-Date"] == request.headers["X-Amz-Date"]


@pytest.mark.parametrize("url", ["https://a.example/v1", "http://127.0.0.1:80/v1"])
def test_only_a_function_url_gets_a_signature(url: str) -> None:
    """A proxy or an emulator does not learn the key's id."""
    assert aws_signed(AccessKey(NAME, SECRET), url, b"", datetime.now(UTC)) == {}


def test_without_a_file_there_is_no_signature(tmp_path: Path) -> None:
    """The stack's default needs none."""
    assert read_access_key(tmp_path / "key") is None
    assert aws_signed(None, URL, b"", datetime.now(UTC)) == {}


def test_the_file_beside_the_key_is_read(tmp_path: Path) -> None:
    """One line, as `printf` or an editor writes it."""
    (tmp_path / "aws").write_text(f"{NAME}:{SECRET}\n")
    assert read_access_key(tmp_path / "key") == AccessKey(NAME, SECRET)


@pytest.mark.parametrize("text", ["", "no key", f"{NAME}:short", f"{NAME}\n{SECRET}"])
def test_another_content_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    """The reason is in the log, and the content is not."""
    (tmp_path / "aws").write_text(text)
    with pytest.raises(KeyUnusableError) as found:
        read_access_key(tmp_path / "key")
    assert SECRET not in f"{found.value}"
    assert "expected ACCESS_KEY_ID:SECRET_ACCESS_KEY" in f"{found.value}"


def test_a_push_with_an_unusable_file_is_kept(
    ingest: IngestServer, build: Build, key_file: Path
) -> None:
    """The file may be about to change; then the push goes."""
    file = key_file.with_name("aws")
    file.write_text("wrong")
    pusher = build(ingest.url)
    pusher.start()
    pusher.put(message("node-1"))
    assert pusher.buffered == 1
    file.write_text(f"{NAME}:{SECRET}")
    assert received(ingest, 1)[0].node == "node-1"
