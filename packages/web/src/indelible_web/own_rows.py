"""The routes of the rows that the actions of a host append to records."""

from collections.abc import Callable
from typing import Any, Final, TypeAlias

from indelible.kernel.appends import (
    AppendedRecord,
    Position,
    appended_types,
    position_of,
    position_text,
)
from indelible.kernel.contexts import AnyContext
from indelible.kernel.kinds import Identifier
from indelible_web.http.errors import InvalidCursor
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.responses import project
from indelible_web.http.routing import Routes
from indelible_web.http.views import fields_of
from indelible_web.own_classes import generated_class, name_view, required_field

Generated: TypeAlias = Any  # a value of a generated class of requests

START: Final[Position] = (0, 0)


def declare_rows(routes: Routes, context: AnyContext, *, target: str, scope: str) -> None:
    """Declare a list of the rows of each record; `target` is the path of one aggregate."""
    for record in appended_types(context.aggregate.bulk_records):
        segment = f"{record.record_name.replace('_', '-')}s"
        view_type = _view_of(record)
        declare = routes.pages(
            f"GET {target}/{segment}",
            scope,
            request_type=_query_of(context, record),
            response_type=view_type,
            reads_standby=True,
        )
        declare(_lister(context, record, view_type))


def _lister(
    context: AnyContext, record: type[AppendedRecord], view_type: type[Any]
) -> Callable[..., Page[Any]]:
    """Return the view that lists the rows of an aggregate."""
    noun = context.aggregate.lifecycle.name

    def list_rows(operation: OperationContext, query: Generated) -> Page[Any]:
        cursors = operation.cursors(query)
        rows = operation.store.read(
            context.rows,
            record,
            getattr(query, f"{noun}_id"),
            after=start_of(cursors.start()),
            limit=query.limit + 1,
        )
        views = [project(view_type, row.record, seq=row.seq) for row in rows]
        return cursors.page(views, lambda view: position_text((view.seq, view.number)))

    title = record.record_name.replace("_", " ")
    sentence = f"List the {title} rows of a {noun.replace('_', ' ')}, oldest first."
    name_view(list_rows, f"list_{noun}_{record.record_name}s", sentence)
    return list_rows


def _query_of(context: AnyContext, record: type[AppendedRecord]) -> type[Any]:
    """Return the class of the requests for a page."""
    return generated_class(
        f"{context.aggregate.__name__}{record.__name__}Query",
        {f"{context.aggregate.lifecycle.name}_id": required_field(Identifier)},
        f"A page of the {record.record_name.replace('_', ' ')} rows of an aggregate.",
        base=PageQuery,
    )


def _view_of(record: type[AppendedRecord]) -> type[Any]:
    """Return the class of the answers: the seq of the change, and the fields of the row."""
    return generated_class(
        f"{record.__name__}View",
        {"seq": required_field(int)},
        f"{record.__name__}: a row that an action has appended.",
        transformer=fields_of(record, first=("seq", "number")),
    )


def start_of(key: str) -> Position:
    """Return the position of the row before a page, or raise InvalidCursor."""
    if not key:
        return START
    position = position_of(key)
    if position is None:
        raise InvalidCursor
    return position
