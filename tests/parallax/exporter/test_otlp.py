"""OTLP: every document is a request of the protocol, with Prometheus' names."""

import json
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)

from parallax.exporter import otlp
from parallax.exporter.otlp import documents
from parallax.exporter.points import families
from parallax.model.plain import json_text
from tests.parallax.exporter.test_points import ALL
from tests.parallax.exporter.views import NOW, VIEW

RESOURCE = {"service.name": "parallax", "cloud.region": "eu-central-1"}


def parsed(document: Any) -> Any:
    """Return a document as the protocol's own message; unknown fields are errors."""
    return json_format.Parse(json_text(document), ExportMetricsServiceRequest())


def attributes(point: Any) -> dict[str, Any]:
    """Return the attributes of a point, or of a resource."""
    return {a.key: a.value.int_value or a.value.string_value for a in point.attributes}


def test_a_document_is_a_request_of_the_protocol() -> None:
    """Protobuf's own reader finds every metric, as a gauge with a time."""
    (document,) = documents(families(VIEW), NOW, RESOURCE)
    (resource,) = parsed(document).resource_metrics
    assert attributes(resource.resource) == RESOURCE
    (scope,) = resource.scope_metrics
    assert {m.name for m in scope.metrics} == {one.otlp for one in ALL}
    for metric in scope.metrics:
        assert metric.WhichOneof("data") == "gauge"
        for point in metric.gauge.data_points:
            assert point.time_unix_nano == int(NOW.timestamp()) * 10**9


def test_a_target_s_points_have_what_identifies_it() -> None:
    """By semantic conventions, and with the labels that Prometheus has."""
    (document,) = documents(families(VIEW), NOW, RESOURCE)
    metrics = parsed(document).resource_metrics[0].scope_metrics[0].metrics
    by_name = {metric.name: metric.gauge.data_points for metric in metrics}
    front, plain = by_name["probe.success"]
    assert attributes(front) == {
        "target": "front",
        "instance": "https://front.example:8443/health",
        "http.request.method": "GET",
        "url.full": "https://front.example:8443/health",
        "url.scheme": "https",
        "server.address": "front.example",
        "server.port": 8443,
    }
    assert (front.as_double, plain.as_double) == (1.0, 0.0)
    assert attributes(plain)["server.port"] == 80
    (error,) = by_name["parallax.probe.error.info"]
    assert attributes(error)["error.type"] == "timeout"


def test_many_points_are_several_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    """Together they have each point once."""
    monkeypatch.setattr(otlp, "POINTS", 7)
    found = list(documents(families(VIEW), NOW, RESOURCE))
    points = [
        (metric.name, json.dumps(attributes(point)))
        for document in found
        for metric in parsed(document).resource_metrics[0].scope_metrics[0].metrics
        for point in metric.gauge.data_points
    ]
    assert len(found) == -(-len(points) // 7)
    assert len(points) == len(set(points)) == sum(len(f.points) for f in families(VIEW))


@given(st.text(max_size=30) | st.sampled_from(["http://[", "http://a:99999", "http:"]))
def test_hostile_names_and_urls_are_sent_as_text(text: str) -> None:
    """A URL that cannot be split has no parts; the document stays one."""
    target = replace(VIEW.targets[0], name=text, url=text)
    view = replace(VIEW, targets=(target,), probes={text: VIEW.probes["front"]})
    for document in documents(families(view), NOW, RESOURCE):
        parsed(document)
