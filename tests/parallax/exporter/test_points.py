"""Points: every metric that is known has a point, and no other."""

from dataclasses import fields, replace

from parallax.exporter import catalog
from parallax.exporter.points import families
from parallax.exporter.view import NewestProbe
from parallax.model.probe import Phases
from parallax.model.target import Target
from tests.parallax.exporter.views import FRONT, HEALTHY, NOW, VIEW

ALL = [one for one in vars(catalog).values() if isinstance(one, catalog.Metric)]


def values(view: object = VIEW) -> dict[str, list[float]]:
    """Return the values of each metric."""
    assert isinstance(view, type(VIEW))
    return {
        family.metric.prometheus: [point.value for point in family.points]
        for family in families(view)
    }


def test_every_metric_of_the_catalog_has_a_point_and_a_name_of_its_own() -> None:
    """A view with everything in it has all of them."""
    assert {f.metric for f in families(VIEW)} == set(ALL)
    assert len({one.prometheus for one in ALL}) == len(ALL)


def test_a_failing_target_has_the_values_that_blackbox_exporter_would_have() -> None:
    """No success, status 0, the time until the timeout, and no certificate."""
    found = values()
    assert found["probe_success"] == [1, 0]
    assert found["probe_http_status_code"] == [200, 0]
    assert found["probe_duration_seconds"] == [0.25, 10.0]
    assert found["probe_http_ssl"] == [1, 0]
    assert found["probe_ip_protocol"] == [6, 4]
    assert len(found["probe_ssl_earliest_cert_expiry"]) == 1


def test_a_target_without_a_recent_probe_has_no_result() -> None:
    """Only what the targets file has; the counts show that one is missing."""
    subjects = {
        (family.metric, point.subject.target)
        for family in families(VIEW)
        for point in family.points
        if point.subject
    }
    assert {metric for metric, name in subjects if name == "stale"} == {catalog.TARGET}
    found = values()
    assert (found["parallax_targets"], found["parallax_targets_probed"]) == ([3], [2])


def test_without_any_probe_the_number_of_failing_targets_is_not_known() -> None:
    """It is left out, since 0 would be wrong."""
    found = values(replace(VIEW, probes={}))
    assert found["parallax_targets_probed"] == [0]
    assert "parallax_targets_failing" not in found


def test_incidents_that_are_not_readable_are_not_zero() -> None:
    """The metric is left out; with none open it is 0."""
    assert "parallax_incidents_open" not in values(replace(VIEW, incidents=None))
    found = values(replace(VIEW, incidents=()))
    assert found["parallax_incidents_open"] == [0]
    assert "parallax_incident_info" not in found


def test_labels_of_a_target_become_labels_that_prometheus_accepts() -> None:
    """Two keys that become equal are both kept."""
    labels = (("a-b", "1"), ("a.b", "2"), ("example.com/a", "3"))
    target = replace(FRONT, labels=labels)
    (family,) = (
        f
        for f in families(replace(VIEW, targets=(target,)))
        if f.metric is catalog.TARGET
    )
    (point,) = family.points
    assert point.labels == (
        ("severity", "critical"),
        ("label_a_b", "1"),
        ("label_a_b_2", "2"),
        ("label_example_com_a", "3"),
    )


def test_a_round_of_an_earlier_version_has_no_seconds_of_a_failure() -> None:
    """The result is exported without them."""
    old = NewestProbe(at=NOW, success=False, status_code=503)
    view = replace(VIEW, targets=(FRONT,), probes={"front": old})
    found = values(view)
    assert found["probe_http_status_code"] == [503]
    assert "probe_duration_seconds" not in found


def test_an_incident_of_a_target_that_left_the_file_has_no_url() -> None:
    """The other targets keep theirs."""
    view = replace(VIEW, targets=(Target(name="other", url="https://o.example/"),))
    (family,) = (f for f in families(view) if f.metric is catalog.INCIDENT)
    assert [p.subject.url for p in family.points if p.subject] == [""]


def test_the_help_names_every_phase() -> None:
    """As the model has them."""
    assert all(field.name in catalog.PHASE.help for field in fields(Phases))
    assert HEALTHY.phases.keys() <= {field.name for field in fields(Phases)}
