"""The values by which the console and its contexts fill the home page."""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import Final

from attrs import Attribute, field, frozen

from indelible.app import ReadTx
from indelible.failure_modes import MODE_BY_ALERT
from indelible.kernel import UsageError
from indelible_web.console.charts import Chart
from indelible_web.http.request import ADMIN, Caller

MAX_COUNTED: Final = 10_000  # Of each kind of thing; the page waits for the counts.


class Level(StrEnum):
    """The urgency of an item, the most urgent first."""

    BAD = "bad"
    WARN = "warn"
    INFO = "info"


class Section(StrEnum):
    """The parts of the page of operations; what belongs to none is about the work of people."""

    SILENCES = "Silences"
    LAGS = "Lags"
    CONTESTS = "Contests"
    PAYMENTS = "Payments"
    PAYOUTS = "Payouts"
    RECONCILIATION = "Reconciliation"
    BACKUPS = "Backups"
    OTHERS = "Other parts"


def _is_alert(_: object, __: "Attribute[str]", alert: str) -> None:
    """Check that the table of failure modes has the alert."""
    if alert and alert not in MODE_BY_ALERT:
        raise UsageError(f"no failure mode of indelible.failure_modes has the alert {alert}")


@frozen(kw_only=True)
class AttentionItem:
    """A sentence about something that a person should look at, and the page to do it on.

    `alert` is the alert of the same failure, '' for what no runbook is about: the table of failure
    modes has the runbook. `section` is the part of the page of operations that shows it.
    """

    text: str
    url: str
    level: Level = Level.WARN
    detail: str = ""
    alert: str = field(default="", validator=_is_alert)
    section: Section | None = None

    @property
    def runbook(self) -> str:
        """Return the name of the runbook, '' if there is none."""
        return MODE_BY_ALERT[self.alert].name if self.alert else ""


@frozen(kw_only=True)
class Total:
    """A number of things, as a text that may end with "or more", and the page that lists them."""

    label: str
    text: str
    url: str


@frozen(kw_only=True)
class HomePart:
    """A part of the home page: items that need attention, totals, and charts."""

    items: tuple[AttentionItem, ...] = ()
    totals: tuple[Total, ...] = ()
    charts: tuple[Chart, ...] = ()


@frozen(kw_only=True)
class HomeSource:
    """A query for the home page, shown to callers who have one of its scopes.

    The query receives the present time. It runs at each load of the page, and must therefore read
    a bounded number of rows.
    """

    query: Callable[[ReadTx, datetime], HomePart]
    scopes: tuple[str, ...] = ()

    def is_visible_to(self, caller: Caller) -> bool:
        """Return True if the caller may see the part; without scopes everybody may."""
        if not self.scopes:
            return True

        return not caller.scopes.isdisjoint((ADMIN, *self.scopes))


def count_text(number: int, limit: int) -> str:
    """Return a number that was counted up to a limit, for people."""
    text = f"{number:,}"
    return f"{text} or more" if number >= limit else text


def plural(number: int, singular: str, plural_form: str = "") -> str:
    """Return the noun for a number: by default with an `s` for every number except one."""
    if number == 1:
        return singular

    return plural_form or f"{singular}s"
