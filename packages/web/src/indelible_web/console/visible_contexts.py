"""The contexts that the console shows: those that are on, and those that have records."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final, Self

from attrs import define, field

from indelible.app import AppContext, ReadTx
from indelible.kernel import IndelibleError
from indelible.kernel.transaction import single_statement
from indelible_web.context import WebContext
from indelible_web.settings import WebSettings

MIN_AGE: Final = timedelta(seconds=10)  # After which a process looks for first records again.


@define
class VisibleContexts:
    """The contexts whose links, home parts and task panels the console shows.

    A context that is off has none of them until it has a record. Records are never deleted, so
    this process looks for them every ten seconds, in one statement, until each context is shown.
    """

    _app_context: AppContext
    _contexts: tuple[WebContext, ...]
    _notices: Mapping[str, str]
    _hidden: frozenset[WebContext]
    _looked_at: datetime | None = field(default=None, init=False)

    @classmethod
    def of(
        cls, app_context: AppContext, settings: WebSettings, contexts: Iterable[WebContext]
    ) -> Self:
        """Return the contexts, of which those that are off are not shown yet."""
        contexts = tuple(contexts)
        off: set[WebContext] = set()
        notices: dict[str, str] = {}
        for context in contexts:
            if context.is_on(app_context, settings):
                continue
            off.add(context)
            for page in context.pages:
                notices[page.name] = context.off_notice

        return cls(app_context, contexts, notices, frozenset(off))

    def contexts(self) -> tuple[WebContext, ...]:
        """Return the contexts that are shown now, in their order."""
        if self._hidden:
            self._look_for_records()

        return tuple(context for context in self._contexts if context not in self._hidden)

    def notice(self, page: str) -> str:
        """Return what a page has to say about its context: blank unless the context is off."""
        return self._notices.get(page, "")

    def _look_for_records(self) -> None:
        """Show the contexts that have a record by now."""
        now = self._app_context.clock.now()
        if self._looked_at is not None and timedelta() <= now - self._looked_at < MIN_AGE:
            return

        self._looked_at = now
        try:
            changed = self._app_context.store.read(_changed_lifecycles)
        except IndelibleError:
            return  # The page may be the one about this very fault.

        hidden: set[WebContext] = set()
        for context in self._hidden:
            if changed.isdisjoint(lifecycle.name for lifecycle in context.lifecycles):
                hidden.add(context)
        self._hidden = frozenset(hidden)


@single_statement
def _changed_lifecycles(tx: ReadTx) -> frozenset[str]:
    return tx.history.changed_lifecycles()
