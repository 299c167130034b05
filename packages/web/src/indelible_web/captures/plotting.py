"""A space laid out to be drawn: many numbers become two, and how far a centroid went becomes a bar."""

from collections.abc import Sequence
from math import ceil, sqrt
from operator import mul
from typing import Final, NamedTuple

WIDTH: Final = 720
HEIGHT: Final = 440
EDGE: Final = 36
APART: Final = 17  # two names, one below the other
ABOVE: Final = 18
WIDEST: Final = 180  # a name; few are
WORK: Final = (
    32_768  # numbers that the directions are found from: a page is not to wait for a picture
)
ROUNDS: Final = 24
NOTHING: Final = 1e-6  # below the rounding of 32-bit floats
BARS: Final = 40
BAR_WIDTH: Final = 5
BAR_HEIGHT: Final = 44

Numbers = Sequence[float]


class Point(NamedTuple):
    """A place in the drawing."""

    x: float
    y: float


class Bar(NamedTuple):
    """How far one capture drew a centroid."""

    x: int
    height: float


def laid_out(vectors: Sequence[Numbers]) -> list[Point]:
    """A place for each vector: across goes the direction in which they differ most, down the next; always the same."""
    units = [_unit(each) for each in vectors]
    middle = [sum(column) / len(units) for column in zip(*units, strict=True)]
    around = [[one - other for one, other in zip(each, middle, strict=True)] for each in units]
    some = around[:: ceil(len(around) * len(middle) / WORK) or 1]
    across = _direction(some)
    down = _direction([_without(each, across) for each in some])
    return _fitted([(_dot(each, across), _dot(each, down)) for each in around])


def spread(places: Sequence[Point]) -> list[Point]:
    """Where a name stands above each place, so that none is cut off or written over another."""
    found: dict[int, Point] = {}
    for number in sorted(range(len(places)), key=lambda each: -places[each].y):
        x, y = min(max(places[number].x, WIDEST / 2), WIDTH - WIDEST / 2), places[number].y - ABOVE
        near = [
            each.y - APART
            for each in found.values()
            if abs(each.x - x) < WIDEST * 2 / 3 and each.y < y + APART
        ]
        found[number] = Point(x, min([y, *near]))
    return [found[number] for number in range(len(places))]


def bars(drifts: Numbers, highest: float) -> list[Bar]:
    """A bar for each drift, beside the highest that there is."""
    return [
        Bar(place * BAR_WIDTH, round(max(1.0, BAR_HEIGHT * each / (highest or 1.0)), 1))
        for place, each in enumerate(drifts)
    ]


def _direction(rows: Sequence[Numbers]) -> list[float]:
    """Where the rows, which lie around zero, differ most; its largest number is positive, so that it never turns."""
    columns = list(zip(*rows, strict=True))
    found = _unit(max(rows, key=lambda row: _dot(row, row)))
    for _ in range(ROUNDS):
        weights = [_dot(row, found) for row in rows]
        found = _unit([_dot(column, weights) for column in columns])
    return [-each for each in found] if max(found, key=abs) < 0 else found


def _fitted(places: Sequence[tuple[float, float]]) -> list[Point]:
    """The places in the drawing's measure, as wide as high, in its middle."""
    lows, spans = zip(
        *((min(each), max(each) - min(each)) for each in zip(*places, strict=True)), strict=True
    )
    room = (WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE)
    scale = min(
        have / span if span > NOTHING else have for have, span in zip(room, spans, strict=True)
    )
    begin = [(size - span * scale) / 2 for size, span in zip((WIDTH, HEIGHT), spans, strict=True)]
    return [
        Point(
            *(
                round(at + (each - low) * scale, 1)
                for at, each, low in zip(begin, place, lows, strict=True)
            )
        )
        for place in places
    ]


def _dot(one: Numbers, other: Numbers) -> float:
    found: float = sum(map(mul, one, other))
    return found


def _unit(numbers: Numbers) -> list[float]:
    length = sqrt(_dot(numbers, numbers))
    return [each / length for each in numbers] if length > NOTHING else [0.0] * len(numbers)


def _without(numbers: Numbers, direction: Numbers) -> list[float]:
    part = _dot(numbers, direction)
    return [each - part * other for each, other in zip(numbers, direction, strict=True)]
