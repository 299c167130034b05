"""A concept's place in the prerequisite graph, laid out to be drawn: what it needs stands to its right."""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from attrs import frozen

from indelible.concepts import ConceptGraph, LearningOrder
from indelible.concepts.entities import ConceptNode

MOST: Final = 40  # concepts that a drawing still explains
WIDTH: Final = 176
HEIGHT: Final = 52
GAP: Final = 56
BETWEEN: Final = 18  # two boxes of a column
LANE: Final = 10  # the height of a curve that goes on to a later column
EDGE: Final = 2  # so that a border is not cut off
LONGEST_LABEL: Final = 21


class Slot(NamedTuple):
    """A place in a column: a concept's box, or the lane of the curves that lead past the column to it."""

    concept_id: str
    column: int


@frozen(kw_only=True)
class Box:
    """A concept in the drawing."""

    node: ConceptNode
    label: str
    x: int
    y: int


@frozen(kw_only=True)
class Drawing:
    """Boxes, and the curves from each to what it needs."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]


def draw(graph: ConceptGraph, order: LearningOrder) -> Drawing | None:
    """The drawing, or None where there is nothing to draw, or too much."""
    columns = {
        each: column for column, layer in enumerate(reversed(order.layers)) for each in layer
    }
    if not 1 < len(columns) <= MOST:
        return None
    edges = [
        (each, needed) for each, needed in graph.edges if each in columns and needed in columns
    ]
    tops, height = _tops(edges, columns)
    boxes = [
        Box(
            node=graph.node(each),
            label=_label(graph.node(each).name),
            x=_x(column),
            y=tops[Slot(each, column)],
        )
        for each, column in columns.items()
    ]
    return Drawing(
        width=_x(len(order.layers)) - GAP + EDGE,
        height=height,
        boxes=tuple(boxes),
        curves=tuple(" ".join(_curve(columns, tops, each, needed)) for each, needed in edges),
    )


def _tops(edges: list[tuple[str, str]], columns: Mapping[str, int]) -> tuple[dict[Slot, int], int]:
    """Where each slot begins, and the height of all: columns from the left, each slot near those that lead to it."""
    slots = {Slot(each, column) for each, column in columns.items()}
    slots |= {
        Slot(to, column) for each, to in edges for column in range(columns[each] + 1, columns[to])
    }
    heights = {each: HEIGHT if columns[each.concept_id] == each.column else LANE for each in slots}
    layers = [
        sorted(each for each in slots if each.column == column)
        for column in range(max(columns.values()) + 1)
    ]
    total = max(sum(heights[each] + BETWEEN for each in layer) for layer in layers) - BETWEEN
    tops: dict[Slot, int] = {}
    for layer in layers:
        top = EDGE + (total - sum(heights[each] + BETWEEN for each in layer) + BETWEEN) // 2
        for each in sorted(layer, key=lambda slot: _pull(slot, edges, tops)):
            tops[each], top = top, top + heights[each] + BETWEEN
    return tops, total + 2 * EDGE


def _pull(slot: Slot, edges: list[tuple[str, str]], tops: Mapping[Slot, int]) -> float:
    """The middle of what leads to the slot from the column before it."""
    before = slot.column - 1
    sources = [
        Slot(slot.concept_id, before),
        *(Slot(each, before) for each, to in edges if to == slot.concept_id),
    ]
    found = [tops[each] for each in sources if each in tops]
    return sum(found) / len(found) if found else 0


def _curve(
    columns: Mapping[str, int], tops: Mapping[Slot, int], each: str, needed: str
) -> Iterator[str]:
    """From a box, along the lanes, to the box that it needs; in one column, which is a circle, around it."""
    x, y = _x(columns[each]) + WIDTH, tops[Slot(each, columns[each])] + HEIGHT // 2
    end = columns[needed]
    yield f"M{x},{y}"
    for column in range(columns[each] + 1, end):
        lane = tops[Slot(needed, column)] + LANE // 2
        yield f"C{x + GAP // 2},{y} {_x(column) - GAP // 2},{lane} {_x(column)},{lane} H{_x(column) + WIDTH}"
        x, y = _x(column) + WIDTH, lane
    is_ahead = end > columns[each]
    to, bend = (_x(end), -GAP // 2) if is_ahead else (_x(end) + WIDTH, GAP // 2)
    last = tops[Slot(needed, end)] + HEIGHT // 2
    yield f"C{x + GAP // 2},{y} {to + bend},{last} {to},{last}"


def _x(column: int) -> int:
    return EDGE + column * (WIDTH + GAP)


def _label(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}\u2026"
