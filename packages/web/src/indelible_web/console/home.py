"""The console's home page: what needs attention, totals, the last hour, and the latest changes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import frozen
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible_web.console.changes import ListedChange, list_changes
from indelible_web.console.charts import Chart
from indelible_web.console.context import ConsoleContext
from indelible_web.console.home_parts import (
    AttentionItem,
    HomeSource,
    Level,
    Total,
)
from indelible_web.console.layout import render_page
from indelible_web.console.page import ConsolePage, NavItem
from indelible_web.http.request import Caller

LATEST_CHANGES: Final = 8
MAX_ITEMS: Final = 30  # Of those that need attention, the most urgent first.
LEVELS: Final = tuple(Level)


@frozen(kw_only=True)
class HomeView:
    """Everything that the home page shows, read from one view of the store."""

    items: tuple[AttentionItem, ...]
    hidden_items: int
    totals: tuple[Total, ...]
    charts: tuple[Chart, ...]
    changes: tuple[ListedChange, ...]


def home(console: ConsoleContext) -> Response:
    """Show the home page to the caller, with the parts that the caller's scopes permit."""
    caller = console.operation().caller
    now = console.app_context.clock.now()
    sources = [source for source in console.home_sources() if source.is_visible_to(caller)]
    view = console.app_context.store.read(_read_home, console, sources, caller, now)

    return render_page("console/home", view=view, now=now)


def _read_home(
    tx: ReadTx,
    console: ConsoleContext,
    sources: Iterable[HomeSource],
    caller: Caller,
    now: datetime,
) -> HomeView:
    items: list[AttentionItem] = []
    totals: list[Total] = []
    charts: list[Chart] = []
    for source in sources:
        part = source.query(tx, now)
        items += part.items
        totals += part.totals
        charts += part.charts

    items = worst_first(items)
    newest = tx.history.newest(limit=LATEST_CHANGES).changes[::-1]

    return HomeView(
        items=tuple(items[:MAX_ITEMS]),
        hidden_items=max(0, len(items) - MAX_ITEMS),
        totals=tuple(totals),
        charts=tuple(charts),
        changes=list_changes(tx, caller, newest, console.entity_links),
    )


def worst_first(items: Iterable[AttentionItem]) -> list[AttentionItem]:
    """Return the items by their levels, and those of one level in their order."""
    return sorted(items, key=lambda item: LEVELS.index(item.level))


PAGES: Final = (ConsolePage(rule="/", view=home),)
NAV: Final = NavItem(key="home", label="Home", endpoint="console.home")
