"""The console's list of a host's context: by its filters, or by a text, a page at a time."""

from collections.abc import Mapping
from typing import Any, Final

from attrs import evolve, frozen
from flask import request
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import Head, IndelibleError
from indelible.kernel.lists import ListFilter, ListOrder
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.lists import ListView
from indelible_web.console.page import EntityLink
from indelible_web.http.paging import Page
from indelible_web.own_pages.controls import FieldControl, control_of
from indelible_web.own_pages.links import reference_links
from indelible_web.own_pages.subject import ORDER, FieldText, Generated, Subject

PAGE_SIZES: Final = (25, 50, 100)
MAX_SEARCHED: Final = 1_000  # of the heads with a text that a page compares with the filters
NO_ROWS: Final[Page[Any]] = Page(items=(), next=None)


@frozen(kw_only=True)
class Row:
    """An aggregate in a list."""

    head: Head[Any]
    url: str
    label: str
    line: str
    texts: tuple[FieldText, ...]


@frozen(kw_only=True)
class OwnPage(Page[Row]):
    """A page of a list; `has_unsearched` if a text was looked for in a part of the list only."""

    has_unsearched: bool = False


def show_list(console: ConsoleContext, subject: Subject) -> Response:
    """Show the aggregates that match; a wrong parameter is named, and stays as it was typed."""
    view = _view_of(subject)
    page = OwnPage(items=(), next=None)
    problem: IndelibleError | None = None
    try:
        query = _query_of(subject)
        page = _read_page(console, subject, query)
        view = evolve(view, order=_order_of(subject, query) or "")
    except IndelibleError as error:
        problem = error

    return render_page(
        "console/own_list",
        error=problem,
        subject=subject,
        here=subject.endpoint("list"),
        list=view,
        page=page,
        filters=_filters_of(subject),
        page_sizes=PAGE_SIZES,
        may_write=console.operation().caller.has_scope(subject.write_scope),
        max_searched=MAX_SEARCHED,
    )


def _query_of(subject: Subject) -> Generated:
    """Return the query of the current request.

    Raises: InvalidFields, or the error of a validator.
    """
    values = {name: value.strip() for name, value in request.args.items()}
    return parse_fields(subject.page_query, values)


def _view_of(subject: Subject) -> ListView:
    """Return the list of the current request with its parameters as they were typed."""
    selecting = (*subject.context.filters, subject.text_name)
    typed: dict[str, str] = {}
    for name in (*selecting, "limit", ORDER):
        value = request.args.get(name, "").strip()
        if value:
            typed[name] = value
    return ListView(endpoint=str(request.endpoint), typed=typed, selecting=selecting)


def _filters_of(subject: Subject) -> tuple[FieldControl, ...]:
    """Return the controls of the filters, in the order of their declaration."""
    attributes = {one.name: one for one in subject.list_query.__attrs_attrs__}
    return tuple(control_of(attributes[name]) for name in subject.context.filters)


def _order_of(subject: Subject, query: Generated) -> ListOrder | None:
    """Return the order of a list: the newest first, or that of the ids where a text is searched."""
    if getattr(query, subject.text_name):
        return None
    order: ListOrder | None = query.order
    return order or ListOrder.NEWEST


def _read_page(console: ConsoleContext, subject: Subject, query: Generated) -> OwnPage:
    order = _order_of(subject, query)
    query = evolve(query, order=order)
    matching = ListFilter(order=order)
    cursors = console.operation().cursors(query)
    heads, end = console.app_context.store.read(
        _read_heads, subject, query, matching, after=cursors.start()
    )
    links = console.app_context.store.read(
        reference_links, subject, console.operation().caller, heads, console.entity_links
    )
    rows = [_row_of(subject, head, links) for head in heads]
    if end:
        return OwnPage(items=tuple(rows), next=cursors.after(end), has_unsearched=True)
    page = cursors.page(rows, lambda row: matching.position_of(row.head.entity))
    return OwnPage(items=page.items, next=page.next)


def _read_heads(
    tx: ReadTx,
    subject: Subject,
    query: Generated,
    matching: ListFilter,
    *,
    after: str,
) -> tuple[tuple[Head[Any], ...], str]:
    """Return the next heads, one more than a page has, and the end of what was searched.

    The end is '' where nothing is left to search.
    """
    where = {name: getattr(query, name) for name in subject.context.filters}
    where = {name: value for name, value in where.items() if value is not None}
    text: str = getattr(query, subject.text_name)
    limit = query.limit + 1
    if not text:
        return subject.context.of(tx).list_page(matching, where=where, after=after, limit=limit), ""
    if not where:
        return subject.context.search(tx, text, after=after, limit=limit), ""

    searched = subject.context.search(tx, text, after=after, limit=MAX_SEARCHED)
    heads = [head for head in searched if _has_values(head, where)][:limit]
    is_end = len(searched) < MAX_SEARCHED or len(heads) == limit
    return tuple(heads), "" if is_end else searched[-1].id


def _has_values(head: Head[Any], where: dict[str, object]) -> bool:
    return all(getattr(head.entity, name) == value for name, value in where.items())


def _row_of(subject: Subject, head: Head[Any], links: Mapping[tuple[str, str], EntityLink]) -> Row:
    return Row(
        head=head,
        url=subject.url("show", head.id),
        label=subject.label_of(head.entity),
        line=subject.line_of(head.entity),
        texts=subject.texts_of(head.entity, subject.columns, links),
    )
