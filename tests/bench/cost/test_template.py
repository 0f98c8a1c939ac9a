"""The template, as the cost bench reads it."""

from bench.cost.mappings import mappings_of
from bench.cost.template import Template


def test_functions_have_memory_environment_and_events() -> None:
    """`Globals` completes each function; parameters are resolved."""
    functions = {f.name: f for f in Template({"TargetsFile": "x.yaml"}).functions()}
    ingest = functions["IngestFunction"]
    assert ingest.memory > 0
    assert ingest.environment["PARALLAX_TARGETS"] == "x.yaml"
    assert ingest.environment["POWERTOOLS_SERVICE_NAME"] == "ingest"
    assert functions["ProbeFunction"].events["EveryMinute"]["Type"] == "ScheduleV2"


def test_stream_mappings_have_table_window_and_filters() -> None:
    """Diagnose reads the journal's stream, in batches."""
    functions = {f.name: f for f in Template({}).functions()}
    journal = mappings_of(functions["DiagnoseFunction"])[0]
    assert (journal.table, journal.size) == ("Journal", 100)
    assert journal.patterns


def test_a_condition_decides_what_exists() -> None:
    """Without a Hetzner token there is no secret for it."""
    with_token = Template({}).billed()
    without = Template({"HetznerToken": "", "AgentKey": ""}).billed()
    assert with_token["secrets"] > without["secrets"] == 0
    assert with_token["alarm_metrics"] >= 1
