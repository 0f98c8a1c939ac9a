"""AWS session: botocore's session, without what only other programs need.

In: region, endpoint and credentials from the environment, as botocore reads them, and
`AWS_REGION`, which botocore ignores, unlike AWS's other SDKs and its command line.
Out: one session for all clients of a function.
It does not: use boto3, which adds resources and file transfers (40 ms of a cold start).
"""

import os
from functools import cache
from typing import Any, override

from botocore.loaders import (  # pyright: ignore[reportMissingTypeStubs] - it has none
    Loader,
)
from botocore.session import (  # pyright: ignore[reportMissingTypeStubs] - the same
    Session,
)

from parallax import aws_answer

_HOST, _FIPS = "{service}.{region}.{dnsSuffix}", "{service}-fips.{region}.{dnsSuffix}"
_S3_VERSIONS = ["s3", "s3v4"]
_S3_DUAL_STACK = {
    "tags": ["dualstack"],
    "hostname": "s3.dualstack.{region}.{dnsSuffix}",
    "dnsSuffix": "amazonaws.com",
}
_SERVICES = {
    "s3": {
        "partitionEndpoint": "aws-global",
        "defaults": {"signatureVersions": ["s3v4"], "variants": [_S3_DUAL_STACK]},
        "endpoints": {
            "aws-global": {
                "hostname": "s3.amazonaws.com",
                "credentialScope": {"region": "us-east-1"},
                "signatureVersions": _S3_VERSIONS,
            },
            "us-east-1": {"signatureVersions": _S3_VERSIONS},
        },
    },
}
"""The services that differ from the rest of a partition.

Source: botocore 1.44, `data/endpoints.json`."""


class Models(Loader):
    """botocore's service models, without a search through all 400 services.

    botocore reads `endpoints.json` (1.2 MB) for what endpoint rules replaced: ours all
    have rules, so the partitions are enough. A test compares each client with one of
    botocore's own loader, in several regions and partitions.
    """

    @override
    def list_available_services(self, type_name: str) -> list[str]:
        """Return a list that has each service; an unknown one fails to load later."""
        return _Every()

    @override
    def load_data_with_path(self, name: str) -> tuple[Any, str]:
        """Return a model and its file; the endpoints come from the partitions."""
        untyped: Any = super()
        if name != "endpoints":
            return untyped.load_data_with_path(name)
        found, path = untyped.load_data_with_path("partitions")
        return {
            "version": 3,
            "partitions": [*map(_endpoints, found["partitions"])],
        }, path


def _endpoints(partition: dict[str, Any]) -> dict[str, Any]:
    """Return a partition as `endpoints.json` describes it."""
    outputs = partition["outputs"]
    suffix, dual = outputs["dnsSuffix"], outputs["dualStackDnsSuffix"]
    variants = [
        {"tags": ["fips"], "hostname": _FIPS, "dnsSuffix": suffix},
        {"tags": ["dualstack"], "hostname": _HOST, "dnsSuffix": dual},
        {"tags": ["dualstack", "fips"], "hostname": _FIPS, "dnsSuffix": dual},
    ]
    return {
        "partition": partition["id"],
        "dnsSuffix": suffix,
        "regionRegex": partition["regionRegex"],
        "regions": partition["regions"],
        "defaults": {
            "hostname": _HOST,
            "protocols": ["https"],
            "signatureVersions": ["v4"],
            "variants": variants,
        },
        "services": _SERVICES,
    }


class _Every(list[str]):
    """Contains every name; botocore only asks whether a service's is in it."""

    @override
    def __contains__(self, name: object) -> bool:
        return True


@cache
def session() -> Any:  # noqa: ANN401 - botocore has no types
    """Return the function's session; every call returns the same one."""
    made: Any = Session()
    made.register_component("data_loader", Models())
    aws_answer.watch(made)
    if region := os.environ.get("AWS_REGION"):
        made.set_config_variable("region", region)
    return made
