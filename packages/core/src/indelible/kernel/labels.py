"""Names of aggregates for people: a unique field or a line of text, instead of an id."""

from typing import Any, Final

from attrs import fields

from indelible.kernel.kinds import Digest, Kind, Label, OneLine, column_kind, kind_of
from indelible.kernel.values import is_blank

FRAME: Final = ("id", "status", "created_at", "updated_at")  # of every aggregate
ID_CHARACTERS: Final = 12  # of an id that is cut off


def _kinds_of(*annotations: object) -> tuple[Kind, ...]:
    """Return the kinds of annotations."""
    return tuple(known[0] for known in map(kind_of, annotations) if known is not None)


LINES: Final = _kinds_of(OneLine, Label)
DIGESTS: Final = _kinds_of(Digest)


def unique_fields(entity: type[Any]) -> tuple[str, ...]:
    """Return the fields whose value no two aggregates have, whatever their states."""
    states = {str(edge.to_state) for edge in entity.lifecycle.edges}
    names: list[str] = []
    for rule in entity.one_per_parent:
        if set(rule.states) >= states:
            names.append(rule.parent_field)
    return tuple(name for name in _own_fields(entity) if name in names)


def key_fields(entity: type[Any]) -> tuple[str, ...]:
    """Return the unique fields by which people call an aggregate; a digest is no name."""
    names = unique_fields(entity)
    return tuple(name for name in names if column_kind(entity, name) not in DIGESTS)


def line_fields(entity: type[Any]) -> tuple[str, ...]:
    """Return the fields that are a line of text which somebody has written."""
    return tuple(name for name in _own_fields(entity) if column_kind(entity, name) in LINES)


def label_of(entity_type: type[Any], entity: Any) -> str:  # noqa: ANN401 - or its view
    """Return the name of an aggregate: its unique field, a line of it, or a part of its id."""
    for name in (*key_fields(entity_type), *line_fields(entity_type)):
        value = getattr(entity, name)
        if isinstance(value, str) and not is_blank(value):
            return str(value)
    short_id: str = entity.id
    if len(short_id) > ID_CHARACTERS:
        short_id = f"…{short_id[-ID_CHARACTERS:]}"
    noun = entity_type.lifecycle.name.replace("_", " ")
    return f"{noun.capitalize()} {short_id}"


def _own_fields(entity: type[Any]) -> tuple[str, ...]:
    """Return the fields that the declaration names; a secret is none of them."""
    names: list[str] = []
    for attribute in fields(entity):
        if attribute.name not in FRAME and attribute.repr is not False:
            names.append(attribute.name)
    return tuple(names)
