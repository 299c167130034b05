"""The drawings of a host: an entity with JSON documents, in a table of its own."""

from enum import StrEnum
from typing import ClassVar

from attrs import field, frozen
from sqlalchemy import Column, Connection, MetaData, Table

from indelible.kernel import Edge, Lifecycle, NotFound
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.json_objects import (
    JSON_OBJECT,
    JSON_OBJECTS,
    JsonObject,
    JsonObjects,
    freeze_object,
    freeze_objects,
)
from indelible_sql import HeadMapping, declare_lifecycle, guard_head, head_columns
from indelible_sql.schema.columns import JSON_ARRAY, JSON_DETAILS


class DrawingStatus(StrEnum):
    """The state of a drawing."""

    DRAWN = "DRAWN"


DRAWING = Lifecycle(
    name="drawing",
    edges=(
        Edge("", "draw", DrawingStatus.DRAWN, 0),
        Edge(DrawingStatus.DRAWN, "redraw", DrawingStatus.DRAWN, 0),
    ),
)


@frozen
class DrawingNotFound(NotFound):
    """No drawing has this id."""

    message: ClassVar[str] = "Drawing {drawing_id} not found."
    drawing_id: str


@frozen(kw_only=True)
class Drawing(Aggregate):
    """A drawing of nodes, with settings."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = DRAWING
    missing_error = DrawingNotFound
    fixed: ClassVar[tuple[str, ...]] = ("settings",)

    nodes: JsonObjects = field(converter=freeze_objects, metadata=JSON_OBJECTS)
    settings: JsonObject = field(converter=freeze_object, metadata=JSON_OBJECT)
    status: DrawingStatus


DRAWINGS = Table(
    "drawings",
    MetaData(),
    *head_columns(DRAWING),
    Column("nodes", JSON_ARRAY, nullable=False),
    Column("settings", JSON_DETAILS, nullable=False),
    sqlite_with_rowid=False,
)
HEADS = HeadMapping(table=DRAWINGS, entity=Drawing)


def migrate(connection: Connection) -> None:
    """Create the table with its edges and guards."""
    declare_lifecycle(connection, DRAWING)
    DRAWINGS.create(connection)
    guard_head(connection, DRAWINGS, DRAWING)
