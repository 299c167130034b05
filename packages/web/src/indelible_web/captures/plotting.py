"""The geometry of the plot of a space.

Vectors of many dimensions are projected to the two directions in which they differ most (principal
components), and the drifts of a centroid become the bars of a chart.
"""

from collections.abc import Sequence
from math import ceil, sqrt
from operator import mul
from typing import Final, NamedTuple

WIDTH: Final = 720
HEIGHT: Final = 440
MARGIN: Final = 36

LABEL_LINE_HEIGHT: Final = 17
LABEL_OFFSET: Final = 18  # A label stands so far above its point.
MAX_LABEL_WIDTH: Final = 180

MAX_BARS: Final = 40
BAR_WIDTH: Final = 5
BAR_HEIGHT: Final = 44
MIN_BAR_HEIGHT: Final = 1.0

# The directions are computed from at most so many numbers, because the page waits for them.
MAX_SAMPLED_NUMBERS: Final = 32_768
POWER_ITERATIONS: Final = 24
EPSILON: Final = 1e-6  # Smaller lengths are rounding errors of 32-bit floats.

Numbers = Sequence[float]


class Point(NamedTuple):
    """A point of the plot."""

    x: float
    y: float


class Bar(NamedTuple):
    """A bar of a chart: how far one capture moved a centroid."""

    x: int
    height: float


def project(vectors: Sequence[Numbers]) -> list[Point]:
    """Return a point for each vector, along the two directions of the largest variance.

    The same vectors always give the same points.
    """
    centered = _centered([_normalized(vector) for vector in vectors])
    sample = _sample(centered)
    x_direction = _principal_direction(sample)
    y_direction = _principal_direction([_without(row, x_direction) for row in sample])

    coordinates = [Point(_dot(row, x_direction), _dot(row, y_direction)) for row in centered]
    return _fit_to_plot(coordinates)


def place_labels(points: Sequence[Point]) -> list[Point]:
    """Return where the label above each point stands: within the plot, and over no other label."""
    labels: dict[int, Point] = {}
    lowest_first = sorted(range(len(points)), key=lambda index: -points[index].y)
    for index in lowest_first:
        x = min(max(points[index].x, MAX_LABEL_WIDTH / 2), WIDTH - MAX_LABEL_WIDTH / 2)
        y = points[index].y - LABEL_OFFSET
        for label in labels.values():
            overlaps_in_x = abs(label.x - x) < MAX_LABEL_WIDTH * 2 / 3
            is_too_near = label.y < points[index].y - LABEL_OFFSET + LABEL_LINE_HEIGHT
            if overlaps_in_x and is_too_near:
                y = min(y, label.y - LABEL_LINE_HEIGHT)
        labels[index] = Point(x, y)
    return [labels[index] for index in range(len(points))]


def make_bars(drifts: Numbers, highest: float) -> list[Bar]:
    """Return a bar for each drift, in proportion to the highest drift of all charts."""
    bars: list[Bar] = []
    for index, drift in enumerate(drifts):
        height = BAR_HEIGHT * drift / (highest or 1.0)
        bars.append(Bar(index * BAR_WIDTH, round(max(MIN_BAR_HEIGHT, height), 1)))
    return bars


def _centered(rows: Sequence[Numbers]) -> list[list[float]]:
    """Return the rows with their mean at zero."""
    means = [sum(column) / len(rows) for column in zip(*rows, strict=True)]
    centered: list[list[float]] = []
    for row in rows:
        centered.append([value - mean for value, mean in zip(row, means, strict=True)])
    return centered


def _sample(rows: Sequence[Numbers]) -> Sequence[Numbers]:
    """Return every nth row, so that the sample has at most MAX_SAMPLED_NUMBERS numbers."""
    step = ceil(len(rows) * len(rows[0]) / MAX_SAMPLED_NUMBERS)
    return rows[:: max(step, 1)]


def _principal_direction(rows: Sequence[Numbers]) -> list[float]:
    """Return the direction in which centered rows differ most, by power iteration.

    Of the two opposite directions it is the one whose largest number is positive.
    """
    columns = list(zip(*rows, strict=True))
    longest = max(rows, key=lambda row: _dot(row, row))
    direction = _normalized(longest)
    for _ in range(POWER_ITERATIONS):
        weights = [_dot(row, direction) for row in rows]
        direction = _normalized([_dot(column, weights) for column in columns])

    if max(direction, key=abs) < 0:
        return [-value for value in direction]
    return direction


def _fit_to_plot(points: Sequence[Point]) -> list[Point]:
    """Scale both axes alike so that the points fill the plot within its margin, and center them."""
    left = min(point.x for point in points)
    top = min(point.y for point in points)
    width = max(point.x for point in points) - left
    height = max(point.y for point in points) - top

    x_scale = _scale(WIDTH - 2 * MARGIN, width)
    y_scale = _scale(HEIGHT - 2 * MARGIN, height)
    scale = min(x_scale, y_scale)
    x_start = (WIDTH - width * scale) / 2
    y_start = (HEIGHT - height * scale) / 2

    fitted: list[Point] = []
    for point in points:
        x = x_start + (point.x - left) * scale
        y = y_start + (point.y - top) * scale
        fitted.append(Point(round(x, 1), round(y, 1)))
    return fitted


def _scale(room: float, span: float) -> float:
    """Return the factor that stretches a span to the room; a span of zero limits nothing."""
    return room / span if span > EPSILON else room


def _dot(left: Numbers, right: Numbers) -> float:
    product: float = sum(map(mul, left, right))
    return product


def _normalized(numbers: Numbers) -> list[float]:
    """Return the numbers scaled to length 1, or zeros where they have no length."""
    length = sqrt(_dot(numbers, numbers))
    if length <= EPSILON:
        return [0.0] * len(numbers)
    return [number / length for number in numbers]


def _without(numbers: Numbers, direction: Numbers) -> list[float]:
    """Return the numbers without their part along a direction of length 1."""
    part = _dot(numbers, direction)
    return [number - part * along for number, along in zip(numbers, direction, strict=True)]
