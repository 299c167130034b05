"""The values by which a context declares its pages in the console."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, Final

from attrs import frozen
from werkzeug.wrappers import Response

from indelible.app import ReadTx
from indelible.kernel import UsageError
from indelible.kernel.lifecycle import Lifecycle
from indelible_web.http.bodies import check_limit
from indelible_web.http.request import ADMIN, Caller

PREFIX: Final = "/console"  # of the addresses of all pages
SCOPE: Final = "console"  # Opens the pages; a change needs the scope of its own command as well.


@frozen(kw_only=True)
class ConsolePage:
    """A page of the console, or a form that is sent to it.

    A live page is requested again and again by a script, and has a rate limit of its own.
    `max_body_bytes` replaces the application's limit of bodies for a form. `endpoint` is the name
    of a page whose view is a view of several pages. With `reads_standby` the page may come from a
    standby: only for pages on which nobody decides.
    """

    rule: str
    view: Callable[..., Response]
    method: str = "GET"
    scopes: tuple[str, ...] = (SCOPE,)
    is_live: bool = False
    max_body_bytes: int | None = None
    endpoint: str = ""
    reads_standby: bool = False

    def __attrs_post_init__(self) -> None:
        """Check the limit of bodies, and that no form is sent to the standby.

        Raises: UsageError.
        """
        route = f"{self.method} {self.rule}"
        check_limit(route, self.max_body_bytes)
        if self.reads_standby and self.method != "GET":
            raise UsageError(f"{route} may write: expected no `reads_standby`")

    @property
    def name(self) -> str:
        """Return the name under which Flask knows the page; by default its view's."""
        return self.endpoint or self.view.__name__


@frozen(kw_only=True)
class NavItem:
    """A link of the console's navigation, shown to callers who have one of its scopes."""

    key: str
    label: str
    endpoint: str
    scopes: tuple[str, ...] = ()

    def is_visible_to(self, caller: Caller) -> bool:
        """Return True if the caller may open the page; without scopes everybody may."""
        return _has_scope(caller, self.scopes)


@frozen(kw_only=True)
class EntityLink:
    """The name of an entity and the page that shows it, blank if the caller may open none."""

    name: str
    url: str = ""
    status: str = ""


# Maps ids of entities to their links; entities that the caller may not see are left out.
EntityLinks = Callable[[ReadTx, Caller, Collection[str]], Mapping[str, EntityLink]]
# Maps the ids of the newest entities of a lifecycle to their links, newest first.
NewestLinks = Callable[[ReadTx, Caller], Mapping[str, EntityLink]]


@frozen(kw_only=True)
class EntitySearch:
    """The entities that the search of all pages finds, for callers who have one of the scopes.

    `find` returns at most a number of entities that a text names, by id or by the beginning of
    their names. `list_endpoint` is a list that can be searched for a `text` as well.
    """

    label: str
    find: Callable[[ReadTx, Caller, str, int], Sequence[EntityLink]]
    scopes: tuple[str, ...] = ()
    list_endpoint: str = ""

    def is_open_to(self, caller: Caller) -> bool:
        """Return True if the caller may find the entities; without scopes everybody may."""
        return _has_scope(caller, self.scopes)


@frozen(kw_only=True)
class TaskPanel:
    """A section of the page of tasks: a template, and the query that fills it."""

    template: str
    query: Callable[[ReadTx], object]


def _has_scope(caller: Caller, scopes: tuple[str, ...]) -> bool:
    """Return True if the caller has one of the scopes, or if none is needed."""
    if not scopes:
        return True
    return not caller.scopes.isdisjoint((ADMIN, *scopes))


def label_actions(
    lifecycles: Iterable[Lifecycle[Any]], labels: Mapping[str, str]
) -> Mapping[tuple[str, str], str]:
    """Return the label of every action of the lifecycles, by lifecycle and action.

    Raises: KeyError for an action without a label.
    """
    result: dict[tuple[str, str], str] = {}
    for lifecycle in lifecycles:
        for edge in lifecycle.edges:
            result[lifecycle.name, edge.action] = labels[edge.action]

    return result
