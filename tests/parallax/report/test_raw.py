"""The raw snapshot: the stored bytes behind the same link, and nothing without it."""

import base64
import gzip
import json
from dataclasses import replace

import pytest

from parallax.model.stored_snapshot import decode_snapshot
from parallax.report import raw
from tests.conftest import Cloud
from tests.parallax.report.test_observed import SNAPSHOT, Opened


@pytest.fixture
def opened(cloud: Cloud, bucket: str) -> Opened:
    """Give a test an open incident with a snapshot."""
    return Opened(cloud, bucket)


def test_the_stored_bytes_are_sent(opened: Opened) -> None:
    """As the browser decodes them; they can be judged again."""
    response = opened.get(opened.reference, raw=True)
    assert response.status_code == 200
    event = response.encode()
    assert event["isBase64Encoded"] is True
    headers = event["headers"]
    assert headers["content-type"] == "application/json"
    assert headers["content-encoding"] == "gzip"
    assert headers["cache-control"] == "no-store"
    assert 'filename="parallax-' in headers["content-disposition"]
    body = gzip.decompress(base64.b64decode(event["body"]))
    assert decode_snapshot(json.loads(body)) == SNAPSHOT


def test_a_client_without_gzip_gets_plain_json(opened: Opened) -> None:
    """As `curl` without options."""
    response = opened.get(opened.reference, raw=True, headers={})
    assert "content-encoding" not in response.headers
    assert response.raw is not None
    assert decode_snapshot(json.loads(response.raw)) == SNAPSHOT


@pytest.mark.parametrize("headers", [{}, {"accept-encoding": "gzip"}])
def test_one_too_large_for_lambda_names_its_bucket(
    opened: Opened, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    """A response of more than 6 MB would be an error of the function."""
    monkeypatch.setattr(raw, "LIMIT", 100)
    response = opened.get(opened.reference, raw=True, headers=headers)
    assert response.status_code == 413
    assert f"parallax judge {opened.reference.url}" in response.page


def test_the_limit_fits_into_lambda_s_response() -> None:
    """As base64, with room for the headers."""
    assert len(base64.b64encode(bytes(raw.LIMIT))) < 6 * 1024 * 1024 - 100_000


def test_a_snapshot_that_cannot_be_read_is_named(opened: Opened) -> None:
    """Not as a failure of the function, which would raise its alarm."""
    gone = replace(opened.reference, url=f"s3://{opened.bucket}/snapshots/gone")
    response = opened.get(gone, raw=True)
    assert response.status_code == 404
    assert "Snapshots expire" in response.page
    assert opened.get(None, raw=True).status_code == 404


def test_head_has_no_body(opened: Opened) -> None:
    """Its status is that of `GET`."""
    method = {"http": {"method": "HEAD"}}
    response = opened.get(opened.reference, raw=True, requestContext=method)
    assert (response.status_code, response.raw, response.page) == (200, None, "")


def test_it_needs_the_link_and_accepts_no_form(opened: Opened) -> None:
    """A link that was altered shows nothing; a form changes nothing."""
    opened.get(opened.reference)
    for change, status in (
        ({"rawQueryString": ""}, 403),
        ({"requestContext": {"http": {"method": "POST"}}}, 405),
    ):
        response = opened.get(opened.reference, raw=True, **change)
        assert response.status_code == status
        assert response.raw is None
