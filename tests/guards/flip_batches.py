"""Flips of several columns in one transaction, so that one run of verify names them all."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from attrs import frozen
from sqlalchemy import TextClause
from tests.guards.flips import Flip
from tests.guards.situated import VerifiedTransactions

from indelible_sql import Finding
from indelible_sql.contexts import CATALOG


def _table_contexts() -> dict[str, str]:
    """Return the name of each context by the names of its tables, without those of the kernel."""
    contexts: dict[str, str] = {}
    for context in CATALOG.contexts:
        if context.name == "kernel":
            continue
        derived = [head.table for head in context.derived_heads]
        for table in (*context.heads, *derived, *context.task_tables, *context.records):
            contexts[table.name] = context.name
    return contexts


CONTEXT_OF_TABLE = _table_contexts()


def batches_of(columns: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Group columns by the batch's name: at most one column of each context in a batch.

    verify compares no row of a context with a row of another one: no flip of a batch is named
    because of another one. Rows of the kernel, such as history and the seals, are about all
    contexts: a column of the kernel is a batch of its own.
    """
    batches: list[tuple[str, ...]] = []
    by_context: dict[str, list[str]] = {}
    for column in columns:
        context = CONTEXT_OF_TABLE.get(column.partition(".")[0])
        if context is None:
            batches.append((column,))
        else:
            by_context.setdefault(context, []).append(column)

    for names in zip_longest(*by_context.values()):
        batches.append(tuple(filter(None, names)))
    return {" ".join(batch): batch for batch in batches}


@frozen
class EntityFlip:
    """A flip in a column, and the id of the entity that the changed row belongs to."""

    column: str
    flip: Flip
    entity_id: str


def unnamed_columns(flips: Sequence[EntityFlip], transactions: VerifiedTransactions) -> list[str]:
    """Make all flips in one transaction, and return the columns that no finding names.

    Raises:
        AssertionError: A finding names a table of a context that has no flip.
    """
    statements: list[TextClause] = []
    for each in flips:
        statements += each.flip.statements
    findings = transactions.findings(statements)
    _check_contexts(flips, findings)

    columns: list[str] = []
    for each in flips:
        if not each.flip.is_named(findings, each.entity_id):
            columns.append(each.column)
    return columns


def _check_contexts(flips: Sequence[EntityFlip], findings: Sequence[Finding]) -> None:
    """Raise AssertionError if the flips of some contexts are found in the rows of another one."""
    flipped = {CONTEXT_OF_TABLE.get(each.flip.table) for each in flips}
    if None in flipped:  # A row of the kernel is about entities of any context.
        return

    for finding in findings:
        context = CONTEXT_OF_TABLE.get(finding.table)
        if context is not None and context not in flipped:
            problem = f"{finding} although no row of {context} was changed"
            raise AssertionError(problem)
