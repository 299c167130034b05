"""The first changes of aggregates that a context has, and the heads that hold unique values."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, text

from indelible.kernel import IndelibleError
from indelible.kernel.adoption import adopting_edges
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.questions import listed, question_of
from indelible.kernel.repository import Repository
from indelible_sql.kernel.questions import statement_of
from indelible_sql.schema.columns import prefix_of

E = TypeVar("E", bound=Aggregate)

FIRST_CHANGES = """
    SELECT entity_id, action
    FROM {prefix}history
    WHERE lifecycle = :lifecycle AND seq = 1 AND entity_id IN :ids
"""


def first_actions(
    connection: Connection, schema: str, lifecycle: str, ids: Sequence[str]
) -> Mapping[str, str]:
    """Map each of the ids that exists to the action of its first change."""
    if not ids:
        return {}
    statement = text(FIRST_CHANGES.format(prefix=prefix_of(connection, schema)))
    statement = statement.bindparams(bindparam("ids", expanding=True))
    values = {"lifecycle": lifecycle, "ids": list(ids)}
    return {str(row[0]): str(row[1]) for row in connection.execute(statement, values)}


def is_adopted(entity: type[Aggregate], action: str) -> bool:
    """Return whether a first change is an adoption."""
    return any(edge.action == action for edge in adopting_edges(entity.adopting_states))


def refused_by_others(
    tx: Any, repository: Repository[E], entities: Sequence[E]
) -> Mapping[str, list[IndelibleError]]:
    """Map the ids of new aggregates to the errors of what stored ones have, or would have to be.

    These are unique values that another aggregate has, and references to one that does not exist.
    """
    problems: dict[str, list[IndelibleError]] = {}
    if entities:
        for entity_id, error in (*_taken(repository, entities), *_unknown(tx, entities)):
            problems.setdefault(entity_id, []).append(error)
    return problems


def _taken(
    repository: Repository[E], entities: Sequence[E]
) -> Iterator[tuple[str, IndelibleError]]:
    """Yield the ids whose unique values stored aggregates have."""
    for rule in entities[0].one_per_parent:
        ids_by_parent: dict[str, str] = {}
        for entity in entities:
            parent = rule.parent_of(entity)
            if parent is not None:
                ids_by_parent[parent] = entity.id
        if not ids_by_parent:
            continue
        for head in repository.select(listed(rule.parent_field, ids_by_parent)):
            parent = rule.parent_of(head.entity)
            if parent is not None and head.id != ids_by_parent[parent]:
                yield ids_by_parent[parent], rule.error(parent)


def _unknown(tx: Any, entities: Sequence[Aggregate]) -> Iterator[tuple[str, IndelibleError]]:
    """Yield the ids whose references are unknown; one to its own class may follow as a row."""
    for reference in entities[0].references:
        if reference.target is None:
            continue
        targets = [getattr(entity, reference.field) for entity in entities]
        wanted = {target_id for target_id in targets if target_id is not None}
        name = reference.target.lifecycle.name
        table = tx.catalog.heads_by_lifecycle[name]
        question = question_of([listed("id", sorted(wanted))], {})
        known = {row["id"] for row in tx.session.rows(*statement_of(table, question))}
        for entity in entities:
            target_id = getattr(entity, reference.field)
            if target_id is not None and target_id not in known:
                yield entity.id, reference.target.missing_error(target_id)
