"""A concept's place in the prerequisite graph, laid out to be drawn: what comes first stands to the left."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen

from indelible.concepts import ConceptGraph, ConceptNode, LearningOrder

MOST: Final = 40  # concepts that a drawing still explains
WIDTH: Final = 176
HEIGHT: Final = 52
GAP: Final = 56
STEP: Final = HEIGHT + 18
EDGE: Final = 2  # so that a border is not cut off
LONGEST_LABEL: Final = 21


@frozen(kw_only=True)
class Box:
    """A concept in the drawing."""

    node: ConceptNode
    label: str
    x: int
    y: int


@frozen(kw_only=True)
class Drawing:
    """Boxes, and the curves from each to what needs it."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    curves: tuple[str, ...]


def draw(graph: ConceptGraph, order: LearningOrder) -> Drawing | None:
    """The drawing, or None where there is nothing to draw, or too much."""
    layers = [[graph.node(each) for each in layer] for layer in order.layers]
    if not 2 <= sum(map(len, layers)) <= MOST:  # noqa: PLR2004 - a concept alone is no graph
        return None
    height = STEP * max(map(len, layers)) - (STEP - HEIGHT) + 2 * EDGE
    boxes: dict[str, Box] = {}
    for column, layer in enumerate(layers):
        top = (height - STEP * len(layer) + STEP - HEIGHT) // 2
        for row, node in enumerate(_by_height(graph, boxes, layer)):
            x, y = EDGE + column * (WIDTH + GAP), top + row * STEP
            boxes[node.id] = Box(node=node, label=_label(node.name), x=x, y=y)
    curves = tuple(_curve(boxes[needed], boxes[each]) for each, needed in graph.edges if {each, needed} <= set(boxes))
    width = len(layers) * (WIDTH + GAP) - GAP + 2 * EDGE
    return Drawing(width=width, height=height, boxes=(*boxes.values(),), curves=curves)


def _by_height(
    graph: ConceptGraph, boxes: dict[str, Box], layer: Sequence[ConceptNode]
) -> list[ConceptNode]:
    """The layer in the order in which what it needs stands, so that few curves cross."""

    def height(node: ConceptNode) -> float:
        needed = [boxes[each].y for each in graph.needs[node.id] if each in boxes]
        return sum(needed) / len(needed) if needed else 0

    return sorted(layer, key=height)


def _curve(one: Box, other: Box) -> str:
    """From the right of what is needed to the left of what needs it; within a layer, which is a cycle, around it."""
    start, end = (one.x + WIDTH, one.y + HEIGHT // 2), (other.x, other.y + HEIGHT // 2)
    if one.x >= other.x:
        end = other.x + WIDTH, end[1]
    bend = start[0] + GAP // 2, (end[0] - GAP // 2 if one.x < other.x else end[0] + GAP // 2)
    return f"M{start[0]},{start[1]} C{bend[0]},{start[1]} {bend[1]},{end[1]} {end[0]},{end[1]}"


def _label(name: str) -> str:
    return name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}\u2026"
