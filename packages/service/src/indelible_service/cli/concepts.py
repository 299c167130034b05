"""Print concepts, and show the difference between two versions."""

from collections.abc import Mapping, Sequence
from typing import Final

import click

from indelible.concepts import (
    ConceptFilter,
    ConceptSummary,
    diff_versions,
    list_concepts,
    to_unified,
)
from indelible_service.cli.lists import filter_of, read_all
from indelible_service.cli.output import Command, open_settings_store, print_result, print_results

LIST_COLUMNS: Final = ("id", "name", "status", "version", "seq")


def print_concepts(limit: int | None, options: Mapping[str, object]) -> None:
    """Print the concepts that the options of a command name."""
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
@click.argument("concept_id")
@click.argument("from_version", type=click.IntRange(1))
@click.argument("to_version", type=click.IntRange(1))
def diff(concept_id: str, from_version: int, to_version: int) -> None:
    """Show what changed between two versions of a concept, word by word."""
    with open_settings_store() as store:
        difference = store.read(diff_versions, concept_id, from_version, to_version)

    print_result(difference, to_unified(difference.diff) or "The versions are equal.")
