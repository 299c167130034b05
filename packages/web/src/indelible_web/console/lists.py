"""Lists on pages: their filters as people type them, their orders, and their other pages."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, TypeVar

from attrs import fields, frozen
from flask import request, url_for

from indelible.kernel.lists import FILTERS
from indelible_web.console.layout import parse_fields
from indelible_web.http.paging import PageQuery
from indelible_web.http.request import Caller

T = TypeVar("T")

ME: Final = "me"
DAY: Final = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The parameters that select the entries of a list; a link to another page repeats them.
SELECTING: Final = (*FILTERS, "text", "lifecycle", "entity_id", "action")
REPEATED: Final = frozenset({*SELECTING, "order"})


@frozen(kw_only=True)
class ListView:
    """The parameters of a list as they were typed, its order, and the addresses of its pages.

    `selecting` names those that may leave out entries.
    """

    endpoint: str
    typed: Mapping[str, str]
    order: str = ""
    selecting: tuple[str, ...] = SELECTING

    @property
    def is_filtered(self) -> bool:
        """Return True if the list may leave out entries."""
        return any(self.typed.get(name) for name in self.selecting)

    @property
    def first_url(self) -> str:
        """Return the address of the first page with the same filters."""
        return self.url()

    def url(self, **changes: str | None) -> str:
        """Return the address of the list with some parameters changed, which None removes."""
        values: dict[str, Any] = {}
        for name, value in {**self.typed, **changes}.items():
            if value:
                values[name] = value

        return url_for(self.endpoint, **values)

    def sorting(self, order: str, reverse: str = "") -> str:
        """Return the value of `aria-sort` in the heading of a column with one or two orders."""
        if self.order not in (order, reverse) or not self.order:
            return "none"
        return "descending" if self.order in ("newest", "changed") else "ascending"

    def next_order(self, order: str, reverse: str = "") -> str:
        """Return the order to which the heading of a column leads."""
        if reverse and self.order == order:
            return reverse
        return order

    def is_day(self, name: str) -> bool:
        """Return True if the parameter is blank or a day, which a calendar can show."""
        value = self.typed.get(name, "")
        return not value or bool(DAY.fullmatch(value))


def list_view(order: str | None = None) -> ListView:
    """Return the list of the current request, in this order."""
    typed: dict[str, str] = {}
    for name in REPEATED:
        value = request.args.get(name, "").strip()
        if value:
            typed[name] = value

    return ListView(endpoint=str(request.endpoint), typed=typed, order=order or "")


def page_url(endpoint: str, query: PageQuery, cursor: str | None = None) -> str:
    """Return the address of a page of the query's list: the first page without a cursor.

    The address repeats everything that the query sets, such as filters, parts of the path, and the
    size of a page.
    """
    values: dict[str, Any] = {**_set_values(query), "cursor": cursor}
    return url_for(endpoint, **values)


def state_url(endpoint: str, query: PageQuery, status: str | None = None) -> str:
    """Return the address of the first page of the query's list in another state, or in all."""
    values: dict[str, Any] = {**_set_values(query), "cursor": None, "status": status}
    return url_for(endpoint, **values)


def _set_values(query: PageQuery) -> dict[str, Any]:
    """Return what the query sets, without what it leaves to the defaults."""
    values: dict[str, Any] = {}
    for attribute in fields(type(query)):
        value = getattr(query, attribute.name)
        if value != attribute.default:
            values[attribute.name] = value
    return values


def parse_list(cls: type[T], caller: Caller, **more: object) -> T:
    """Return the query of the current request's list.

    An actor may be `me`, or a user without the word `user:`. A time may be a day, of which
    `until` includes the whole.

    Raises: InvalidFields, or the error of a validator.
    """
    values = {name: value.strip() for name, value in request.values.items()}
    actor = values.get("actor", "")
    if actor == ME:
        values["actor"] = str(caller.actor)
    elif actor and ":" not in actor:
        values["actor"] = f"user:{actor}"

    values["since"] = _instant_text(values.get("since", ""), days_later=0)
    values["until"] = _instant_text(values.get("until", ""), days_later=1)

    return parse_fields(cls, values, **more)


def status_options(statuses: Iterable[StrEnum]) -> tuple[tuple[str, str], ...]:
    """Return statuses as the options of a choice."""
    return tuple((str(status), str(status).capitalize()) for status in statuses)


def _instant_text(text: str, *, days_later: int) -> str:
    """Return the beginning of a day, or of a later one, as an instant; other texts unchanged."""
    if not DAY.fullmatch(text):
        return text
    try:
        day = date.fromisoformat(text) + timedelta(days=days_later)
    except (ValueError, OverflowError):
        return text

    return f"{day.isoformat()}T00:00:00Z"
