"""The first changes of aggregates that a context has, and the heads that hold unique values."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from sqlalchemy import Connection, bindparam, text

from indelible.kernel import IndelibleError
from indelible.kernel.adoption import adopting_edges
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.questions import listed
from indelible.kernel.repository import Repository
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
    return any(edge.action == action for edge in adopting_edges(entity))


def taken_by_others(
    repository: Repository[E], entities: Sequence[E]
) -> Mapping[str, list[IndelibleError]]:
    """Map the ids of new aggregates to the errors of values that stored ones have."""
    problems: dict[str, list[IndelibleError]] = {}
    for rule in entities[0].one_per_parent if entities else ():
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
                problems.setdefault(ids_by_parent[parent], []).append(rule.error(parent))
    return problems
