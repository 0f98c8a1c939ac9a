"""A stack in the emulator, with an open incident of two targets."""

from collections.abc import Iterator

import pytest

from parallax import aws, aws_session
from tests.conftest import Cloud
from tests.parallax.cli.test_redrive import deploy
from tests.parallax.open_group import (
    store,
)


@pytest.fixture
def stack(cloud: Cloud, bucket: str) -> Iterator[str]:
    """Give a test a stack with an open incident of two targets."""
    aws_session.session.cache_clear()
    name = cloud.incidents
    deploy(cloud, name, IncidentsTable=cloud.incidents, SnapshotBucketName=bucket)
    store(cloud.incidents)
    yield name
    aws_session.session.cache_clear()
    aws.client.cache_clear()
