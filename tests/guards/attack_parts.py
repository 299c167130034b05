"""The types of an attack, and the writes that many attacks change."""

from collections.abc import Callable, Mapping, Sequence

from attrs import asdict
from sqlalchemy import ClauseElement, Insert, insert, text
from tests.guards.raw_database import Statement
from tests.guards.situation import Situation
from tests.guards.writes import Row, following_change, insert_change, update_head

from indelible.kernel import Change, digest, instant_text
from indelible_sql.schema.tables import EDGES

Write = Callable[[Situation], Sequence[Statement]]
Kind = Mapping[str, Write]


def approval_writes(s: Situation, **columns: object) -> Sequence[Statement]:
    """Return the approval of the concept in REVIEW, with some columns of its change changed.

    The digest matches, unless a column is a text of SQL.
    """
    row = change_row(s.approve)
    for name, value in columns.items():
        if name in row:
            row[name] = value

    hash_ = s.approve.hash
    if not any(isinstance(value, ClauseElement) for value in row.values()):
        covered = s.approve.covered_values().keys()
        hash_ = digest({name: row[name] for name in covered})

    head_columns = {"status": columns["to_state"]} if "to_state" in columns else {}
    return (
        update_head(s.approve, **head_columns, hash=hash_),
        insert_change(s.approve, **columns, hash=hash_),
    )


def further_step(change: Change, **fields: object) -> Sequence[Statement]:
    """Return the writes of a step that follows a change, with a matching digest."""
    following = following_change(change, **fields)
    return update_head(following), insert_change(following)


def change_row(change: Change) -> dict[str, object]:
    """Return the columns of a change."""
    return asdict(change, recurse=False)


def reviewed_head_row(s: Situation) -> Row:
    """Return the columns of the head of the concept in REVIEW."""
    return {
        "id": s.reviewed.entity_id,
        "created_at": s.reviewed.at,
        "updated_at": s.reviewed.at,
        "status": "REVIEW",
        "seq": 3,
        "current_version": 2,
        "hash": s.reviewed.hash,
        "name_key": s.stored_version["name_key"],
    }


def edge_row(from_state: str, action: str, to_state: str) -> Row:
    """Return the columns of an edge of concepts that adds no version."""
    return {
        "lifecycle": "concept",
        "from_state": from_state,
        "action": action,
        "to_state": to_state,
        "adds_version": 0,
    }


def insert_edge(*columns: object) -> Insert:
    """Return the insert of an edge, whose columns are in the order of the table."""
    return insert(EDGES).values(columns)


def advance_impostor(schema: str, s: Situation) -> Sequence[Statement]:
    """Return updates that approve the concept in another schema's table of concepts."""
    return (
        text(
            f"UPDATE {schema}.concepts SET seq = 4, hash = '{s.approve.hash}', status = 'APPROVED'"
        ),
        text(f"UPDATE {schema}.concepts SET updated_at = '{instant_text(s.approve.at)}'"),
    )
