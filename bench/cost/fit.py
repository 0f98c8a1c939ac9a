"""Fit: the units that explain the measured runs.

In: for each run its features and a measured value. Out: what each feature adds, never
less than nothing.
It does not: use more features than the runs need.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations

GOOD = 0.02
"""Largest relative error that needs no further feature."""
TINY = 1e-12

type Row = Mapping[str, float]


def fit(rows: Sequence[Row], values: Sequence[float]) -> dict[str, float]:
    """Return the smallest set of units whose largest error is good, or the best one.

    The errors are relative, so that a small stack counts as much as a large one.
    """
    if not any(values):
        return {}
    names = list(rows[0])
    best: tuple[float, dict[str, float]] = (float("inf"), {})
    for count in range(1, len(names) + 1):
        for chosen in combinations(names, count):
            units = _solved(rows, values, chosen)
            if units is None or min(units.values()) < 0:
                continue
            error = largest_error(rows, values, units)
            if error < best[0] - TINY:
                best = error, units
        if best[0] <= GOOD:
            break
    return {name: unit for name, unit in best[1].items() if unit > 0}


def largest_error(
    rows: Sequence[Row], values: Sequence[float], units: Mapping[str, float]
) -> float:
    """Return the largest relative error of the units on the runs."""
    scale = max(values) * 1e-6
    return max(
        abs(predicted(row, units) - value) / max(value, scale)
        for row, value in zip(rows, values, strict=True)
    )


def predicted(row: Row, units: Mapping[str, float]) -> float:
    """Return the value that the units predict for a run."""
    return sum(unit * row[name] for name, unit in units.items())


def _solved(
    rows: Sequence[Row], values: Sequence[float], chosen: Sequence[str]
) -> dict[str, float] | None:
    """Return the least squares of the relative errors; None: not determined."""
    scale = max(values) * 1e-6
    weighted = [
        ([row[name] / max(value, scale) for name in chosen], value / max(value, scale))
        for row, value in zip(rows, values, strict=True)
    ]
    size = range(len(chosen))
    matrix = [
        [sum(x[i] * x[j] for x, _ in weighted) for j in size]
        + [sum(x[i] * y for x, y in weighted)]
        for i in size
    ]
    solution = _eliminated(matrix)
    return None if solution is None else dict(zip(chosen, solution, strict=True))


def _eliminated(matrix: list[list[float]]) -> list[float] | None:
    """Solve a system by Gauss and Jordan; the last column is the right side."""
    size = len(matrix)
    for at in range(size):
        pivot = max(range(at, size), key=lambda row: abs(matrix[row][at]))
        if abs(matrix[pivot][at]) < TINY:
            return None
        matrix[at], matrix[pivot] = matrix[pivot], matrix[at]
        lead = matrix[at][at]
        matrix[at] = [value / lead for value in matrix[at]]
        for row in range(size):
            if row != at:
                factor = matrix[row][at]
                pairs = zip(matrix[row], matrix[at], strict=True)
                matrix[row] = [value - factor * top for value, top in pairs]
    return [row[-1] for row in matrix]
