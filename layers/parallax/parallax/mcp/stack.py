"""Stack: what the server reads of a deployed stack, and nothing else.

In: the stack's name. The usual variables of AWS set region and credentials.
Out: the open groups, the last alert of a group, the incident of a target, a snapshot.
It does not: write. An item that cannot be read raises; it is not replaced, as a
function would do.
"""

import re
from collections.abc import Mapping

from parallax import aws, aws_session
from parallax.groups.table import DynamoGroups
from parallax.incidents.items import Items
from parallax.incidents.table import from_image
from parallax.mcp.problems import StackProblemError
from parallax.model.alert import Alert
from parallax.model.finding import Incident, SnapshotRef
from parallax.model.group import Groups
from parallax.model.snapshot import Snapshot
from parallax.redrive.stack import outputs_of
from parallax.snapshots.address import PREFIX, parse
from parallax.snapshots.download import fetch

TABLE, BUCKET = "IncidentsTable", "SnapshotBucketName"
"""Outputs of template.yaml."""
_KEY = re.compile(
    rf"{PREFIX}/[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}/([0-9a-f]{{64}})\.json\.gz"
)


class Stack:
    """A deployed stack, to read. It is found at the first call."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._outputs: Mapping[str, str] | None = None

    def groups(self) -> Groups:
        """Return the open groups; raises botocore's errors and `UnreadableError`."""
        return self._groups().get()

    def last_alert(self, group: str) -> Alert | None:
        """Return the last alert of a group, open or ended; None: there is none."""
        return self._groups().last(group)

    def incident(self, target: str) -> Incident | None:
        """Return the last incident of a target; None: it never had one."""
        item = Items(self._output(TABLE)).get(target)
        if item is None or item.get("kind") != {"S": "incident"}:
            return None
        return from_image(item)

    def snapshot(self, address: str) -> Snapshot:
        """Return a snapshot of this stack.

        Another bucket or key is refused: an assistant that was misled could otherwise
        send what it knows to a stranger's bucket, within the name of a key.
        """
        own, place = self._output(BUCKET), parse(address)
        found = place and _KEY.fullmatch(place.key)
        if place is None or found is None or place.bucket != own:
            raise StackProblemError(
                f"expected the address of a snapshot of this stack: s3://{own}/"
                f"{PREFIX}/<day>/<sha256>.json.gz, as `snapshot_address` has it"
            )
        return fetch(SnapshotRef(url=address, sha256=found[1], bytes=0))

    def forget(self) -> None:
        """Drop clients, credentials and outputs; the next call reads them again."""
        self._outputs = None
        aws.client.cache_clear()
        aws_session.session.cache_clear()

    def _groups(self) -> DynamoGroups:
        return DynamoGroups(self._output(TABLE))

    def _output(self, key: str) -> str:
        if self._outputs is None:
            self._outputs = self._read()
        if key not in self._outputs:
            raise StackProblemError(
                f"stack {self.name}: expected the output {key}; check that it is a"
                " stack of Parallax, or give its name with --stack"
            )
        return self._outputs[key]

    def _read(self) -> Mapping[str, str]:
        """Return the stack's outputs; raises botocore's errors."""
        cloudformation = aws.client("cloudformation")
        try:
            return outputs_of(self.name, cloudformation)
        except cloudformation.exceptions.ClientError as error:
            if aws.error_code(error) != "ValidationError":
                raise
            raise StackProblemError(
                f"there is no stack {self.name} in this account and region; set"
                " AWS_PROFILE and AWS_REGION, or give its name with --stack"
            ) from error
