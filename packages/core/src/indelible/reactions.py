"""Reactions: what one context does after a change of another.

This is the only module with behavior across contexts. Handlers of a context never call another
context; a subscriber of the feed calls these functions after the commit, each change once.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from attrs import field, frozen
from attrs.validators import optional

from indelible.app import WriteTx
from indelible.kernel import Change
from indelible.kernel.subscribers import Subscriber
from indelible.kernel.values import IDENTIFIER, is_identifier

SUBSCRIBER_NAME: Final = "reactions"

React = Callable[[WriteTx, Change], None]


@frozen(kw_only=True)
class Reaction:
    """A function that is called with each change of a lifecycle; None means every action.

    It reads the present state and writes by ids that follow from the change, so that a repeated
    call has no second effect: the change may be old, and a subscriber may be restarted. It calls no
    gateway. Its own changes are in the feed, too, and other reactions may follow from them.
    """

    lifecycle: str = field(validator=is_identifier, metadata=IDENTIFIER)
    action: str | None = field(default=None, validator=optional(is_identifier), metadata=IDENTIFIER)
    react: React


@frozen
class ReactionTable:
    """Reactions by lifecycle and action."""

    _by_change: Mapping[tuple[str, str | None], tuple[React, ...]]

    @classmethod
    def of(cls, reactions: Iterable[Reaction]) -> "ReactionTable":
        """Return the table of these reactions."""
        by_change: dict[tuple[str, str | None], tuple[React, ...]] = {}
        for reaction in reactions:
            key = (reaction.lifecycle, reaction.action)
            by_change[key] = (*by_change.get(key, ()), reaction.react)

        return cls(by_change)

    def handle(self, tx: WriteTx, change: Change) -> None:
        """Call the reactions to a change: those of its action, then those of every action."""
        for action in (change.action, None):
            for react in self._by_change.get((change.lifecycle, action), ()):
                react(tx, change)


REACTIONS: Final[tuple[Reaction, ...]] = ()


def reaction_subscriber(reactions: Iterable[Reaction] = REACTIONS) -> Subscriber[WriteTx]:
    """Return the subscriber that calls the reactions."""
    return Subscriber(name=SUBSCRIBER_NAME, handle=ReactionTable.of(reactions).handle)
