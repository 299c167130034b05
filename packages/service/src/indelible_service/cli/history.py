"""Show the history of one aggregate, or the newest changes of all."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final

import click
from attrs import frozen

from indelible.kernel import Change, NotFound
from indelible_service.cli.output import (
    Command,
    contexts_off,
    open_settings_store,
    print_results,
)

if TYPE_CHECKING:
    from indelible.app import ReadTx

VERSION: Final = "version"
HISTORY_COLUMNS: Final = (
    "lifecycle",
    "seq",
    "at",
    "action",
    "to_state",
    VERSION,
    "actor",
    "reason",
    "hash",
)
NEWEST_COLUMNS: Final = (
    "at",
    "lifecycle",
    "entity_id",
    "seq",
    "action",
    "to_state",
    "actor",
    "reason",
)
MAX_NEWEST_CHANGES: Final = 1_000
MAX_WORDS: Final = 2


@frozen
class HistoryNotFound(NotFound):
    """No aggregate of any lifecycle has this id."""

    message: ClassVar[str] = "No change of an aggregate with the id {entity_id} is stored."
    entity_id: str


@click.command(cls=Command)
@click.argument("words", metavar="[[NAME] ID]", nargs=-1)
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_NEWEST_CHANGES),
    default=20,
    show_default=True,
    help="The maximum number of changes, without ID.",
)
def history(words: tuple[str, ...], limit: int) -> None:
    """Show every change of a concept, a contest or anything else by its id: when, by whom and why.

    Aggregates of different lifecycles can have the same id, such as a contest and its log; each
    is shown. With NAME, the name of a context of yours or of a table, ID can be the value of a
    unique field too. Without ID, show the newest changes of all records, the last one at the end.
    """
    from indelible_service.records import records_of

    if len(words) > MAX_WORDS:
        raise click.UsageError(f"expected NAME and ID at most, got {len(words)} words")
    with open_settings_store() as store:
        if not words:
            newest = store.read(_newest_changes, limit)
            print_results(newest, NEWEST_COLUMNS, f"The newest changes: {len(newest)}")
            return
        title = words[-1]
        if len(words) == MAX_WORDS:
            records = records_of(store, words[0], contexts_off())
            head = store.read(records.find, title)
            title = f"{records.label(head)}, {head.id}"
            changes: Sequence[Change] = store.read(records.changes, head)
        else:
            changes = store.read(_changes_of, title)

    print_results(changes, _columns_of(changes), f"History of {title}")


def _columns_of(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return the columns; without that of versions where no change belongs to one."""
    if any(change.version for change in changes):
        return HISTORY_COLUMNS
    return tuple(name for name in HISTORY_COLUMNS if name != VERSION)


def _newest_changes(tx: "ReadTx", limit: int) -> Sequence[Change]:
    return tx.history.newest(limit=limit).changes


def _changes_of(tx: "ReadTx", entity_id: str) -> Sequence[Change]:
    """Return the changes of the aggregates with this id, by lifecycle, also of a host's.

    Raises: HistoryNotFound.
    """
    changes: list[Change] = []
    for lifecycle in sorted(tx.history.changed_lifecycles()):
        changes += tx.history.of(lifecycle, entity_id)
    if not changes:
        raise HistoryNotFound(entity_id)

    return changes
