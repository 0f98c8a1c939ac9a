"""The session: the same clients as boto3's, for less of a cold start."""

import subprocess
import sys
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import DataNotFoundError

from parallax.aws_session import session

SERVICES = ("dynamodb", "lambda", "s3", "secretsmanager", "sns", "sqs")
REGIONS = (
    "eu-central-1",
    "us-east-1",
    "eu-nowhere-9",  # newer than botocore
    "cn-north-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "eusc-de-east-1",
)


def facts(client: Any) -> dict[str, Any]:
    """Return where a client sends its requests, and how it signs them."""
    signer = client._request_signer
    return {
        "url": client.meta.endpoint_url,
        "partition": client.meta.partition,
        "region": client.meta.region_name,
        "signature": client.meta.config.signature_version,
        "signer": (
            signer._signing_name,
            signer._region_name,
            signer._signature_version,
        ),
        "retries": client.meta.config.retries,
        "operations": sorted(client.meta.method_to_api_mapping),
    }


@pytest.mark.parametrize("endpoint", [None, "http://127.0.0.1:4566"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_client_is_the_one_of_botocore_s_own_loader(
    service: str, endpoint: str | None
) -> None:
    """In each partition, and in a region that botocore does not know yet."""
    stock: Any = botocore.session.Session()
    for region in REGIONS:
        terms = {"region_name": region, "endpoint_url": endpoint}
        ours, theirs = (
            facts(one.create_client(service, **terms)) for one in (session(), stock)
        )
        assert ours == theirs, region


@pytest.mark.parametrize("variable", ["FIPS", "DUALSTACK"])
def test_variants_of_endpoints_are_those_of_botocore(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stack may have to use FIPS endpoints, or IPv6 ones."""
    monkeypatch.setenv(f"AWS_USE_{variable}_ENDPOINT", "true")
    session.cache_clear()
    try:
        for service in SERVICES:
            ours, theirs = (
                facts(one.create_client(service, region_name="us-west-2"))
                for one in (session(), botocore.session.Session())
            )
            assert ours == theirs, service
    finally:
        session.cache_clear()


def test_an_unknown_service_is_an_error() -> None:
    """It is not found in the files, although the list of services was not read."""
    with pytest.raises(DataNotFoundError, match="nonsense"):
        session().create_client("nonsense", region_name="eu-central-1")


def test_a_client_needs_neither_boto3_nor_file_transfers() -> None:
    """They would take 40 ms of each cold start."""
    code = (
        "import sys; from parallax.aws import client; client('dynamodb');"
        "print([m for m in ('boto3', 's3transfer') if m in sys.modules])"
    )
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code],
        env={"AWS_DEFAULT_REGION": "eu-central-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("variables", "region"),
    [
        ({"AWS_REGION": "eu-central-1"}, "eu-central-1"),
        ({"AWS_DEFAULT_REGION": "eu-central-1"}, "eu-central-1"),
        ({"AWS_REGION": "a-1", "AWS_DEFAULT_REGION": "b-1"}, "a-1"),
    ],
)
def test_the_region_of_the_other_sdks_counts(
    variables: dict[str, str], region: str
) -> None:
    """The runbook sets it, and botocore alone would ignore it."""
    code = "from parallax.aws import client; print(client('dynamodb').meta.region_name)"
    run = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", code],
        env=variables,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == region
