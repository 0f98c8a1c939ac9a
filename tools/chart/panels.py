"""Panels: the kinds of panel in the dashboard, each with one style.

In: a title, queries, a sentence that explains them. Out: builders of Grafana's SDK.
It does not: choose metrics (`tools.chart.dashboard` does).
"""

from grafana_foundation_sdk.builders import common as looks
from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.builders.stat import Panel as Stat
from grafana_foundation_sdk.builders.statetimeline import Panel as StateTimeline
from grafana_foundation_sdk.builders.table import Panel as Table
from grafana_foundation_sdk.builders.timeseries import Panel as TimeSeries
from grafana_foundation_sdk.models.common import (
    BigValueColorMode,
    BigValueGraphMode,
    LegendDisplayMode,
    LegendPlacement,
    StackingMode,
    VisibilityMode,
)
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    DataTransformerConfig,
    Threshold,
    ThresholdsMode,
    ValueMap,
    ValueMappingResult,
)
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = DataSourceRef(type_val="prometheus", uid="$datasource")
HIDDEN = ("Time", "Value", "__name__", "instance", "job", "namespace", "pod", "service")
"""Columns of a table of labels that help nobody."""


def thresholds(*steps: tuple[float | None, str]) -> ThresholdsConfig:
    """Return colors from the lowest value up; the first has no lower limit."""
    marks = [Threshold(value=value, color=color) for value, color in steps]
    return ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(marks)


NONE_IS_GOOD = thresholds((None, "green"), (1, "red"))
ONE_IS_GOOD = thresholds((None, "red"), (1, "green"))


def number(title: str, expr: str, about: str, colors: ThresholdsConfig) -> Stat:
    """Return one number, from an instant query."""
    query = Dataquery().expr(expr).instant().ref_id("A").datasource(SOURCE)
    return (
        Stat()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .height(4)
        .span(4)
        .reduce_options(looks.ReduceDataOptions().calcs(["lastNotNull"]))
        .graph_mode(BigValueGraphMode.NONE)
        .color_mode(BigValueColorMode.BACKGROUND)
        .thresholds(colors)
        .no_value("no data")
        .with_target(query)
    )


def health(title: str, expr: str, legend: str, about: str) -> StateTimeline:
    """Return a strip for each series: green is healthy (1), red is not (0)."""
    query = Dataquery().expr(expr).range().legend_format(legend).ref_id("A")
    words = {
        "0": ValueMappingResult(text="fails", color="red", index=0),
        "1": ValueMappingResult(text="healthy", color="green", index=1),
    }
    return (
        StateTimeline()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .height(9)
        .span(12)
        .show_value(VisibilityMode.NEVER)
        .row_height(0.8)
        .merge_values(True)  # noqa: FBT003 - the SDK's own form
        .mappings([ValueMap(options=words)])
        .thresholds(ONE_IS_GOOD)
        .no_value("no data")
        .with_target(query.datasource(SOURCE))
    )


def lines(title: str, expr: str, legend: str, about: str, unit: str) -> TimeSeries:
    """Return curves over time."""
    query = Dataquery().expr(expr).range().legend_format(legend).ref_id("A")
    legends = (
        looks.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)  # noqa: FBT003 - the SDK's own form
    )
    return (
        TimeSeries()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .height(8)
        .span(12)
        .unit(unit)
        .min(0)
        .legend(legends)
        .with_target(query.datasource(SOURCE))
    )


def stacked(panel: TimeSeries) -> TimeSeries:
    """Show curves as parts of a whole."""
    stacking = looks.StackingConfig().mode(StackingMode.NORMAL).group("A")
    return panel.stacking(stacking).fill_opacity(30)


def labels(title: str, expr: str, about: str) -> Table:
    """Return the labels of each series as a table row."""
    query = Dataquery().expr(expr).instant().format(PromQueryFormat.TABLE).ref_id("A")
    hidden = dict.fromkeys(HIDDEN, True)
    organize = DataTransformerConfig(
        id_val="organize", options={"excludeByName": hidden}
    )
    return (
        Table()
        .title(title)
        .description(about)
        .datasource(SOURCE)
        .height(6)
        .span(24)
        .no_value("none")
        .with_transformation(organize)
        .with_target(query.datasource(SOURCE))
    )
