"""Pushes: heartbeats and reports of many nodes, signed as agents sign them.

In: a cluster, a node, an instant. Out: events of the function URL.
It does not: probe. All reports are one drawn report, with other names and times.
"""

import base64
import gzip
import json
import uuid
from datetime import UTC, datetime
from typing import Any

from bench.cost.functions import url_event
from bench.cost.reports import Reports
from bench.cost.template import GIVEN
from parallax.ingest.request import PATH
from parallax.model.push import SCHEMA_V2, Push
from parallax.model.wire import encode
from parallax_agent.push.signing import SigningKey, signed

TARGET, CLUSTER, NODES = "shop-00000", "cluster-0", 40
"""Of the drawn report; a report does not grow with the nodes."""
SENT = datetime(2001, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
HEARTBEAT_SECONDS = 60.0
type Json = dict[str, Any]


class Pushes:
    """Makes pushes; `parts` go with the first report of each cluster."""

    def __init__(self) -> None:
        drawn = Reports(CLUSTER, NODES, (TARGET,))
        self._node = drawn.name(0)
        self._nodes = drawn.nodes_part
        report, parts = drawn.v2(0, TARGET)
        push = Push(
            schema=SCHEMA_V2,
            cluster=CLUSTER,
            node=self._node,
            sent_at=SENT,
            reports=(report,),
            readings=parts,
        )
        self._whole = encode(push)
        shared = json.dumps(self._whole.pop("readings"), separators=(",", ":"))
        self._parts = f',"readings":{shared}'
        self._sent = encode(push)["sent_at"]
        self._made = encode(report)["sent_at"]
        self._known: set[str] = set()

    def heartbeat(self, cluster: str, node: str, sequence: int) -> Json:
        """Return a push with only a heartbeat."""
        whole = {name: self._whole[name] for name in ("schema", "sent_at")}
        names = {k: v for k, v in self._whole.items() if v in (CLUSTER, self._node)}
        beat = {
            "sequence": sequence,
            "interval": HEARTBEAT_SECONDS,
            "targets": 1,
            "nodes": self._nodes.digest,
        }
        return self._event(names | whole | {"heartbeat": beat}, cluster, node)

    def report(self, cluster: str, node: str) -> Json:
        """Return a push with a report of the target that fails."""
        parts = "" if cluster in self._known else self._parts
        self._known.add(cluster)
        return self._event(self._whole, cluster, node, parts)

    def _event(self, push: Json, cluster: str, node: str, parts: str = "") -> Json:
        now = datetime.now(UTC)
        text = json.dumps(push, separators=(",", ":"))
        # Each JSON string as a whole: a name may be a part of another text.
        for old, new in (
            (CLUSTER, cluster),
            (self._node, node),
            (self._sent, now.isoformat()),
            (self._made, now.isoformat()),
        ):
            text = text.replace(f'"{old}"', f'"{new}"')
        text = f"{text[:-1]}{parts}}}"  # a part has the digest of its bytes
        key = SigningKey(GIVEN["AgentKey"])
        headers = signed(key, f"msg_{uuid.uuid4().hex}", now, text)
        headers |= {"content-encoding": "gzip"}
        packed = gzip.compress(text.encode(), compresslevel=6, mtime=0)
        return url_event(PATH, headers, base64.b64encode(packed).decode())
