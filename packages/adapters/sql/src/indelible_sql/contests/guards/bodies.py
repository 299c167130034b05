"""The guard of the bodies of events, written from their shapes."""

from enum import StrEnum
from typing import Final

from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.rules.bodies import (
    FIELD_SHAPE,
    LEADERBOARD_KINDS,
    LEADERBOARD_SHAPE,
    NULL,
    BodyShape,
    Types,
)
from indelible_sql.contests.tables.logs import EVENTS
from indelible_sql.schema.checks import quoted
from indelible_sql.schema.guard import Guard

# The names of JSON types in a path of PostgreSQL, and in SQLite's `json_type`.
_POSTGRESQL_TYPES: Final = {
    str: "string",
    int: "number",
    bool: "boolean",
    list: "array",
    NULL: "null",
}
_SQLITE_TYPES: Final = {
    str: ("text",),
    int: ("integer",),
    bool: ("true", "false"),
    list: ("array",),
    NULL: ("null",),
}


def body_guard(dialect: str) -> Guard:
    """Refuse an event whose body is not the field or the leaderboard that its kind stores."""
    if dialect == "sqlite":
        field, leaderboard = _sqlite_body(FIELD_SHAPE), _sqlite_body(LEADERBOARD_SHAPE)
    else:
        field, leaderboard = _postgresql_body(FIELD_SHAPE), _postgresql_body(LEADERBOARD_SHAPE)

    return Guard(
        table=EVENTS,
        rule="has_body",
        event="INSERT",
        condition=(
            "CASE"
            f" WHEN NEW.kind NOT IN ({quoted((EventKind.FIELD, *LEADERBOARD_KINDS))})"
            " THEN NEW.body IS NULL"
            f" WHEN NEW.body IS NULL THEN NEW.validity = '{Validity.INVALID}'"
            f" WHEN NEW.kind = '{EventKind.FIELD}' THEN {field}"
            f" ELSE {leaderboard} END"
        ),
        is_long=True,
    )


def _postgresql_body(shape: BodyShape) -> str:
    """Return the condition that a body has a shape: no path finds a fault."""
    return f"NOT jsonb_path_exists(NEW.body, '$ ? ({_path_fault(shape)})')"


def _path_fault(shape: BodyShape) -> str:
    """Return the predicate of a JSON path that an object has another shape.

    A missing key has no type, so each type is demanded, not excluded. A filter reads the items of a
    list as well, so the type of what it reads is tested outside.
    """
    faults: list[str] = []
    for name, types in shape.values.items():
        faults.append(f"!({_path_types(name, types)})")
    for name, part in shape.objects.items():
        faults.append(f'!(@.{name}.type() == "object")')
        faults.append(f"exists(@.{name} ? ({_path_fault(part)}))")
    for name, part in shape.lists.items():
        is_list = f'@.{name}.type() == "array"'
        if name in shape.nullable_lists:
            is_list += f' || @.{name}.type() == "null"'
        if name in shape.optional_lists:
            is_list += f" || !(exists(@.{name}))"
        is_faulty = f'@.{name}[*].type() != "object" || exists(@.{name}[*] ? ({_path_fault(part)}))'
        faults.append(f"!({is_list})")
        faults.append(f'@.{name}.type() == "array" && ({is_faulty})')

    return " || ".join(f"({fault})" for fault in faults)


def _path_types(name: str, types: Types) -> str:
    tests: list[str] = []
    for type_ in types:
        if issubclass(type_, StrEnum):
            tests += [f'@.{name} == "{text}"' for text in type_]
        else:
            tests.append(f'@.{name}.type() == "{_POSTGRESQL_TYPES[type_]}"')

    return " || ".join(tests)


def _sqlite_body(shape: BodyShape) -> str:
    """Return the condition that a body has a shape; a text that is no JSON has its own rule."""
    fault = _sqlite_fault("NEW.body", "$", shape)
    return f"CASE WHEN json_valid(NEW.body) THEN NOT ({fault}) ELSE TRUE END"


def _sqlite_fault(document: str, path: str, shape: BodyShape) -> str:
    """Return the condition that the object at a path of a document has another shape."""
    faults = [f"json_type({document}, '{path}') IS NOT 'object'"]
    for name, types in shape.values.items():
        faults.append(f"({_sqlite_types(document, f'{path}.{name}', types)}) IS NOT TRUE")
    for name, part in shape.objects.items():
        faults.append(_sqlite_fault(document, f"{path}.{name}", part))
    for name, part in shape.lists.items():
        type_ = f"json_type({document}, '{path}.{name}')"
        is_list = f"{type_} = 'array'"
        if name in shape.nullable_lists:
            is_list += f" OR {type_} = 'null'"
        if name in shape.optional_lists:
            is_list += f" OR {type_} IS NULL"
        is_faulty = _sqlite_fault(f"{name}_item.value", "$", part)
        faults.append(
            f"({is_list}) IS NOT TRUE OR {type_} = 'array' AND EXISTS ("
            f"SELECT 1 FROM json_each({document}, '{path}.{name}') AS {name}_item"
            f" WHERE CASE {name}_item.type WHEN 'object' THEN {is_faulty} ELSE TRUE END)"
        )

    return " OR ".join(f"({fault})" for fault in faults)


def _sqlite_types(document: str, path: str, types: Types) -> str:
    tests: list[str] = []
    for type_ in types:
        if issubclass(type_, StrEnum):
            tests.append(f"json_extract({document}, '{path}') IN ({quoted(type_)})")
        else:
            names = quoted(_SQLITE_TYPES[type_])
            tests.append(f"json_type({document}, '{path}') IN ({names})")

    return " OR ".join(tests)
