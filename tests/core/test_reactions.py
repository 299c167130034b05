"""Test that reactions are called by lifecycle and action, each change once."""

from indelible.app import WriteTx
from indelible.kernel import Change
from indelible.memory import MemoryStore
from indelible.reactions import (
    REACTIONS,
    SUBSCRIBER_NAME,
    Reaction,
    ReactionTable,
    reaction_subscriber,
)
from indelible.testing.stores import create, edit, within
from indelible_sql.contexts import CATALOG


def test_a_reaction_gets_the_changes_of_its_lifecycle_and_action() -> None:
    calls: list[tuple[str, str]] = []

    def note(name: str) -> Reaction:
        lifecycle, _, action = name.partition(" ")

        def react(_: WriteTx, change: Change) -> None:
            calls.append((name, change.action))

        return Reaction(lifecycle=lifecycle, action=action or None, react=react)

    names = ("concept", "concept create", "concept edit", "key", "key create", "concept create")
    table = ReactionTable.of(note(name) for name in names)
    store = MemoryStore()
    edit(store, create(store))
    changes = store.feed().changes

    def handle_all(tx: WriteTx) -> None:
        for change in changes:
            table.handle(tx, change)

    within(store, handle_all)

    assert calls == [
        ("concept create", "create"),
        ("concept create", "create"),
        ("concept", "create"),
        ("concept edit", "edit"),
        ("concept", "edit"),
    ]


def test_every_reaction_is_to_a_declared_edge() -> None:
    lifecycles = {lifecycle.name: lifecycle for lifecycle in CATALOG.heads.values()}
    for reaction in REACTIONS:
        lifecycle = lifecycles[reaction.lifecycle]
        actions = {edge.action for edge in lifecycle.edges}
        assert reaction.action is None or reaction.action in actions, reaction

    assert reaction_subscriber().name == SUBSCRIBER_NAME
