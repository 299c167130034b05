"""A site with contexts of a host, and what a visitor does on their pages."""

import html
from collections.abc import Sequence
from typing import Any

from tests.conftest import POLICY
from tests.web.console.visitor import Site, Visitor

from indelible.kernel import Head
from indelible.kernel.contexts import Context
from indelible.memory.store import MemoryStore
from indelible.testing.stores import MAYA, CountedIds, TickingClock
from indelible_web.contexts import CONTEXTS
from indelible_web.own import own_context, scopes_of


def own_store(*contexts: Context[Any]) -> Any:  # noqa: ANN401 - the store has the host's contexts too
    """Return a store in memory with contexts of a host."""
    return MemoryStore(contexts=contexts, policy=POLICY, clock=TickingClock(), ids=CountedIds())


def own_site(*contexts: Context[Any], store: Any = None) -> Site:  # noqa: ANN401 - a store of any kind
    """Return a site with contexts of a host, and the built-in ones."""
    registered = tuple(own_context(context) for context in contexts)
    site = Site(store or own_store(*contexts), contexts=(*CONTEXTS, *registered))
    site.clock.forward(days=300)
    return site


def member_of(site: Site, *contexts: Context[Any], scopes: Sequence[str] = ()) -> Visitor:
    """Return a visitor who may read and write aggregates of the contexts."""
    own = [scope for context in contexts for scope in scopes_of(context)]
    return site.member("console", *(scopes or own))


def run(site: Site, context: Context[Any], command: Any, reason: str = "a test") -> Head[Any]:  # noqa: ANN401 - of any aggregate
    """Run a command as Maya."""
    store: Any = site.store
    head: Head[Any] = store.run(context.execute, command, actor=MAYA, reason=reason)
    return head


def now(site: Site, context: Context[Any], entity_id: str) -> Head[Any]:
    """Return the head as it is stored now."""
    store: Any = site.store
    head: Head[Any] = store.read(context.get, entity_id)
    return head


def assert_sound(visitor: Visitor) -> None:
    """Check that a page has no active markup, and a label for each field."""
    assert visitor.page.active_markup() == []
    assert visitor.page.unlabelled_fields() == []


def text_of(visitor: Visitor) -> str:
    """Return the source of the last page with its entities resolved."""
    assert visitor.answer is not None
    return html.unescape(visitor.answer.text)
