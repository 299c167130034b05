"""Show the history of a concept, and the difference between two of its versions."""

from typing import Final

import click

from indelible.concepts import diff_versions, list_history, to_unified
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


@click.command(cls=Command)
@click.argument("concept_id")
def history(concept_id: str) -> None:
    """Show every change of a concept: when, by whom and why."""
    with open_settings_store() as store:
        changes = store.read(list_history, concept_id)

    print_results(changes, HISTORY_COLUMNS, f"History of {concept_id}")


@click.command(cls=Command)
@click.argument("concept_id")
@click.argument("from_version", type=click.IntRange(1))
@click.argument("to_version", type=click.IntRange(1))
def diff(concept_id: str, from_version: int, to_version: int) -> None:
    """Show what changed between two versions of a concept, word by word."""
    with open_settings_store() as store:
        difference = store.read(diff_versions, concept_id, from_version, to_version)

    print_result(difference, to_unified(difference.diff) or "The versions are equal.")
