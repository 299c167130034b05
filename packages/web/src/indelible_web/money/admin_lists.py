"""Pages of heads for operators, newest first, with filters by field."""

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar

from indelible.app import ReadTx
from indelible.kernel import Head, ListFilter
from indelible.kernel.history import Entity
from indelible.kernel.transaction import single_statement
from indelible_web.http.operation import OperationContext
from indelible_web.http.paging import Page, PageQuery
from indelible_web.http.views import view_of

V = TypeVar("V")


class HeadReader(Protocol):
    """A repository whose heads are listed."""

    def list_page(
        self, matching: ListFilter, *, where: Mapping[str, object], after: str, limit: int
    ) -> tuple[Head[Entity], ...]:
        """Return the next matching heads after a position."""
        ...


def page_of_heads(
    context: OperationContext,
    query: PageQuery,
    repository: Callable[[ReadTx], HeadReader],
    matching: ListFilter,
    view_type: type[V],
    **equalities: object,
) -> Page[V]:
    """Return a page of views of heads; an equality that is None excludes nothing."""
    where = set_equalities(**equalities)
    cursors = context.cursors(query)

    @single_statement
    def read(tx: ReadTx) -> tuple[Head[Entity], ...]:
        return repository(tx).list_page(
            matching, where=where, after=cursors.start(), limit=query.limit + 1
        )

    heads = context.read(read)
    page = cursors.page(heads, lambda head: matching.position_of(head.entity))
    views = tuple(view_of(view_type, head) for head in page.items)
    return Page(items=views, next=page.next)


def set_equalities(**equalities: object) -> dict[str, object]:
    """Return the equalities that are set, with statuses and kinds as texts."""
    return {name: str(value) for name, value in equalities.items() if value is not None}
