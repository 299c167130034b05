"""The search of all pages: entities of every context, by name or by id."""

from collections.abc import Sequence
from typing import Final

from attrs import frozen
from flask import request, url_for
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import ChangeFilter, Invalid
from indelible.kernel.kinds import OneLine, kinds
from indelible_web.console.changes import ListedChange, list_changes
from indelible_web.console.context import ConsoleContext
from indelible_web.console.layout import parse_fields, render_page
from indelible_web.console.page import ConsolePage, EntityLink, EntitySearch
from indelible_web.http.request import Caller

MAX_MATCHES: Final = 20  # of one kind of entity


@frozen(kw_only=True, field_transformer=kinds)
class SearchQuery:
    """The text that a person searches for."""

    q: OneLine = ""


@frozen(kw_only=True)
class Matches:
    """The entities of one kind that a text names; `list_url` leads to more of them."""

    label: str
    links: Sequence[EntityLink]
    list_url: str


@frozen(kw_only=True)
class SearchResult:
    """The entities that a text names, and the last change of the one with this id, if any."""

    groups: tuple[Matches, ...] = ()
    change: ListedChange | None = None

    @property
    def is_empty(self) -> bool:
        """Return True if nothing was found."""
        return self.change is None and not any(group.links for group in self.groups)


def search(console: ConsoleContext) -> Response:
    """Show the entities that a text names, by id or by the beginning of their names."""
    caller = console.operation().caller
    text = parse_fields(SearchQuery, {"q": request.args.get("q", "").strip()}).q

    result = SearchResult()
    if text:
        result = console.app_context.store.read(_find, console, caller, text)

    return render_page("console/search", text=text, result=result, max_matches=MAX_MATCHES)


def _find(tx: ReadTx, console: ConsoleContext, caller: Caller, text: str) -> SearchResult:
    groups: list[Matches] = []
    for entities in console.searches:
        if entities.is_open_to(caller):
            links = entities.find(tx, caller, text, MAX_MATCHES)
            list_url = _list_url(entities, text)
            groups.append(Matches(label=entities.label, links=links, list_url=list_url))

    change = _last_change(tx, console, caller, text)
    return SearchResult(groups=tuple(groups), change=change)


def _list_url(entities: EntitySearch, text: str) -> str:
    if not entities.list_endpoint:
        return ""
    return url_for(entities.list_endpoint, text=text)


def _last_change(
    tx: ReadTx, console: ConsoleContext, caller: Caller, text: str
) -> ListedChange | None:
    """Return the last change of the entity of any kind with this id, None if there is none."""
    try:
        matching = ChangeFilter(entity_id=text)
    except Invalid:
        return None

    feed = tx.history.backwards(limit=1, matching=matching)
    listed = list_changes(tx, caller, feed.changes, console.entity_links)
    return listed[0] if listed else None


PAGES: Final = (ConsolePage(rule="/search", view=search),)
