"""The layout of a prerequisite graph in columns: a concept's prerequisites are to its right."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from attrs import frozen

from indelible.concepts import ConceptGraph, LearningOrder
from indelible.concepts.entities import ConceptNode

MAX_CONCEPTS: Final = 40  # A larger drawing explains nothing.
BOX_WIDTH: Final = 176
BOX_HEIGHT: Final = 52
COLUMN_GAP: Final = 56
ROW_GAP: Final = 18
LANE_HEIGHT: Final = 10
MARGIN: Final = 2  # Keeps the borders inside of the drawing.
MAX_LABEL_CHARACTERS: Final = 21

Edge = tuple[str, str]


class Slot(NamedTuple):
    """A concept's box in its own column; in a column before it, the lane of curves to it."""

    concept_id: str
    column: int


@frozen(kw_only=True)
class Box:
    """A concept in the drawing, by its upper left corner."""

    node: ConceptNode
    label: str
    x: int
    y: int


@frozen(kw_only=True)
class Drawing:
    """Boxes, and the curves from each to its prerequisites as SVG paths."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]


def draw(graph: ConceptGraph, order: LearningOrder) -> Drawing | None:
    """Return the drawing, or None for a single concept or too many."""
    columns: dict[str, int] = {}
    for column, layer in enumerate(reversed(order.layers)):
        for concept_id in layer:
            columns[concept_id] = column
    if not 1 < len(columns) <= MAX_CONCEPTS:
        return None

    edges: list[Edge] = []
    for concept_id, needed_id in graph.edges:
        if concept_id in columns and needed_id in columns:
            edges.append((concept_id, needed_id))
    tops, height = _slot_tops(edges, columns)

    curves: list[str] = []
    for concept_id, needed_id in edges:
        curves.append(" ".join(_curve(columns, tops, concept_id, needed_id)))

    return Drawing(
        width=_left(len(order.layers)) - COLUMN_GAP + MARGIN,
        height=height,
        boxes=_boxes(graph, columns, tops),
        curves=tuple(curves),
    )


def _boxes(
    graph: ConceptGraph, columns: Mapping[str, int], tops: Mapping[Slot, int]
) -> tuple[Box, ...]:
    boxes: list[Box] = []
    for concept_id, column in columns.items():
        node = graph.node(concept_id)
        top = tops[Slot(concept_id, column)]
        boxes.append(Box(node=node, label=_label(node.name), x=_left(column), y=top))

    return tuple(boxes)


def _slot_tops(edges: Sequence[Edge], columns: Mapping[str, int]) -> tuple[dict[Slot, int], int]:
    """Return each slot's top, and the height of the drawing.

    Columns are filled from the left, each slot near the slots that lead to it.
    """
    slots = _slots_by_column(edges, columns)
    heights: dict[Slot, int] = {}
    for column in slots:
        for slot in column:
            is_box = columns[slot.concept_id] == slot.column
            heights[slot] = BOX_HEIGHT if is_box else LANE_HEIGHT

    total_height = max(_column_height(column, heights) for column in slots)
    tops: dict[Slot, int] = {}
    for column in slots:
        pulls = {slot: _mean_source_top(slot, edges, tops) for slot in column}
        top = MARGIN + (total_height - _column_height(column, heights)) // 2
        for slot in sorted(column, key=pulls.__getitem__):
            tops[slot] = top
            top += heights[slot] + ROW_GAP

    return tops, total_height + 2 * MARGIN


def _slots_by_column(edges: Sequence[Edge], columns: Mapping[str, int]) -> list[list[Slot]]:
    """Return the slots of each column: its boxes, and the lanes of curves that pass it."""
    slots = {Slot(concept_id, column) for concept_id, column in columns.items()}
    for concept_id, needed_id in edges:
        for column in range(columns[concept_id] + 1, columns[needed_id]):
            slots.add(Slot(needed_id, column))

    result: list[list[Slot]] = [[] for _ in range(max(columns.values()) + 1)]
    for slot in sorted(slots):
        result[slot.column].append(slot)

    return result


def _column_height(column: Sequence[Slot], heights: Mapping[Slot, int]) -> int:
    return sum(heights[slot] + ROW_GAP for slot in column) - ROW_GAP


def _mean_source_top(slot: Slot, edges: Sequence[Edge], tops: Mapping[Slot, int]) -> float:
    """Return the mean top of the slots in the column before that lead to this one."""
    column_before = slot.column - 1
    sources = [Slot(slot.concept_id, column_before)]
    for concept_id, needed_id in edges:
        if needed_id == slot.concept_id:
            sources.append(Slot(concept_id, column_before))

    source_tops = [tops[source] for source in sources if source in tops]
    if not source_tops:
        return 0
    return sum(source_tops) / len(source_tops)


def _curve(
    columns: Mapping[str, int], tops: Mapping[Slot, int], concept_id: str, needed_id: str
) -> Iterator[str]:
    """Yield the path from a box along its lanes to a prerequisite's box.

    A path between boxes of one column, which is part of a cycle, ends at the box's right side.
    """
    start = columns[concept_id]
    end = columns[needed_id]
    x = _left(start) + BOX_WIDTH
    y = tops[Slot(concept_id, start)] + BOX_HEIGHT // 2
    yield f"M{x},{y}"

    for column in range(start + 1, end):
        left = _left(column)
        lane = tops[Slot(needed_id, column)] + LANE_HEIGHT // 2
        bend = f"C{x + COLUMN_GAP // 2},{y} {left - COLUMN_GAP // 2},{lane} {left},{lane}"
        x = left + BOX_WIDTH
        y = lane
        yield f"{bend} H{x}"

    if end > start:
        end_x = _left(end)
        bend_x = end_x - COLUMN_GAP // 2
    else:
        end_x = _left(end) + BOX_WIDTH
        bend_x = end_x + COLUMN_GAP // 2
    end_y = tops[Slot(needed_id, end)] + BOX_HEIGHT // 2
    yield f"C{x + COLUMN_GAP // 2},{y} {bend_x},{end_y} {end_x},{end_y}"


def _left(column: int) -> int:
    return MARGIN + column * (BOX_WIDTH + COLUMN_GAP)


def _label(name: str) -> str:
    if len(name) <= MAX_LABEL_CHARACTERS:
        return name
    return f"{name[: MAX_LABEL_CHARACTERS - 1]}\u2026"
