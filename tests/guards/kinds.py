"""The types of an attack, and the steps that many attacks change."""

from collections.abc import Callable, Mapping, Sequence

from attrs import asdict
from sqlalchemy import ClauseElement, Insert, insert
from tests.guards.arena import Statement
from tests.guards.situation import Row, Situation, after, log, move

from indelible.kernel import Change, digest
from indelible_sql.schema.tables import EDGES

Write = Callable[[Situation], Sequence[Statement]]
Kind = Mapping[str, Write]


def step(s: Situation, **other: object) -> Sequence[Statement]:
    """Return the approval of the concept in review, with other values and a matching digest."""
    said = {
        **row(s.approve),
        **{name: value for name, value in other.items() if name in row(s.approve)},
    }
    is_plain = not any(isinstance(value, ClauseElement) for value in said.values())
    seal = (
        digest({name: said[name] for name in said if name != "hash"})
        if is_plain
        else s.approve.hash
    )
    head = {"status": other["to_state"]} if "to_state" in other else {}
    return move(s.approve, **head, hash=seal), log(s.approve, **other, hash=seal)


def further(change: Change, **other: object) -> Sequence[Statement]:
    """A step beyond a change."""
    following = after(change, **other)
    return move(following), log(following)


def row(change: Change) -> Row:
    """The columns of a change."""
    return asdict(change, recurse=False)


def shown(s: Situation) -> Row:
    """The columns of the concept in review."""
    place = {
        "status": "REVIEW",
        "seq": 3,
        "current_version": 2,
        "hash": s.reviewed.hash,
        "name_key": s.kept["name_key"],
    }
    return {
        "id": s.reviewed.entity_id,
        "created_at": s.reviewed.at,
        "updated_at": s.reviewed.at,
    } | place


def edge(from_state: str, action: str, to_state: str) -> Row:
    """The columns of a concept's edge that adds no version."""
    place = {"lifecycle": "concept", "from_state": from_state, "action": action}
    return {**place, "to_state": to_state, "adds_version": 0}


def new_edge(*columns: object) -> Insert:
    return insert(EDGES).values(columns)
