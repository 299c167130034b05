"""List concepts; show the history of one or all, and the difference between two versions."""

from collections.abc import Sequence
from typing import Final

import click

from indelible.app import ReadTx
from indelible.concepts import (
    ConceptFilter,
    ConceptSummary,
    diff_versions,
    list_concepts,
    list_history,
    to_unified,
)
from indelible.kernel import Change
from indelible_service.cli.lists import filter_of, list_options, read_all
from indelible_service.cli.output import Command, open_settings_store, print_result, print_results

HISTORY_COLUMNS: Final = (
    "seq",
    "at",
    "action",
    "to_state",
    "version",
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

LIST_COLUMNS: Final = ("id", "name", "status", "version", "seq")


@click.command("list", cls=Command)
@click.option("--limit", type=click.IntRange(1), help="The maximum number. By default all.")
@list_options(ConceptFilter)
def list_command(limit: int | None, **options: object) -> None:
    """List the concepts, with their names and statuses; by id unless an order is given."""
    wanted = filter_of(ConceptFilter, options)
    with open_settings_store() as store:

        def read_page(after: str, limit: int) -> Sequence[ConceptSummary]:
            return store.read(list_concepts, wanted, after=after, limit=limit)

        summaries = read_all(read_page, wanted.position_of_summary, limit)

    documents = [_summary_fields(summary) for summary in summaries]
    print_results(documents, LIST_COLUMNS, f"Concepts: {len(documents)}")


def _summary_fields(summary: ConceptSummary) -> dict[str, object]:
    concept = summary.concept
    return {
        "id": concept.id,
        "name": summary.name,
        "status": concept.status,
        "version": concept.current_version,
        "seq": summary.seq,
    }


@click.command(cls=Command)
@click.argument("concept_id", required=False)
@click.option(
    "--limit",
    type=click.IntRange(1, MAX_NEWEST_CHANGES),
    default=20,
    show_default=True,
    help="The maximum number of changes, without CONCEPT_ID.",
)
def history(concept_id: str | None, limit: int) -> None:
    """Show every change of a concept: when, by whom and why.

    Without CONCEPT_ID, show the newest changes of all records, the last one at the end.
    """
    with open_settings_store() as store:
        if concept_id is None:
            newest = store.read(_newest_changes, limit)
            print_results(newest, NEWEST_COLUMNS, f"The newest changes: {len(newest)}")
            return
        changes = store.read(list_history, concept_id)

    print_results(changes, HISTORY_COLUMNS, f"History of {concept_id}")


def _newest_changes(tx: ReadTx, limit: int) -> Sequence[Change]:
    return tx.history.newest(limit=limit).changes


@click.command(cls=Command)
@click.argument("concept_id")
@click.argument("from_version", type=click.IntRange(1))
@click.argument("to_version", type=click.IntRange(1))
def diff(concept_id: str, from_version: int, to_version: int) -> None:
    """Show what changed between two versions of a concept, word by word."""
    with open_settings_store() as store:
        difference = store.read(diff_versions, concept_id, from_version, to_version)

    print_result(difference, to_unified(difference.diff) or "The versions are equal.")
