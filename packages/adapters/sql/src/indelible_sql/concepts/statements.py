"""The statements of concepts."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from indelible.kernel.lists import Ordering
from indelible_sql.concepts.rows import STORED_VERSION, VERSION_PREFIX
from indelible_sql.concepts.tables import CONCEPTS, VERSIONS, WARNINGS
from indelible_sql.engine.session import Query
from indelible_sql.kernel.lists import ListedTable, listed_heads
from indelible_sql.schema.expressions import Contains, in_json_list, in_lines, json_array_agg
from indelible_sql.schema.tables import HISTORY, rows_by

MAX_NAMES = 50

_IS_CURRENT_VERSION = and_(
    VERSIONS.c.concept_id == CONCEPTS.c.id,
    VERSIONS.c.version_number == CONCEPTS.c.current_version,
)

# The number is asked for by a subquery too. Without it PostgreSQL may read every version of the
# concept to find the one with this number.
_SAME_CONCEPT = CONCEPTS.alias("same_concept")
_CURRENT_NUMBER = (
    select(_SAME_CONCEPT.c.current_version)
    .where(_SAME_CONCEPT.c.id == bindparam("concept_id"))
    .scalar_subquery()
)


def _version_column(name: str) -> ColumnElement[Any]:
    column: ColumnElement[Any] = VERSIONS.c[name]
    return column.label(f"{VERSION_PREFIX}{name}")


_VERSION_COLUMNS = [_version_column(name) for name in STORED_VERSION]
GET_CURRENT = (
    select(CONCEPTS, *_VERSION_COLUMNS)
    .join(VERSIONS, _IS_CURRENT_VERSION)
    .where(CONCEPTS.c.id == bindparam("concept_id"))
    .where(VERSIONS.c.version_number == _CURRENT_NUMBER)
)

# NULL where the version has no record of its warnings.
_CURRENT_WARNINGS = (
    select(WARNINGS.c.warnings)
    .where(WARNINGS.c.concept_id == bindparam("concept_id"))
    .where(WARNINGS.c.version_number == _CURRENT_NUMBER)
    .scalar_subquery()
)
GET_VIEW = GET_CURRENT.add_columns(_CURRENT_WARNINGS.label("warnings"))

# The expected seq is part of the condition: a row that changed while this statement waited for
# its lock is not joined again.
_LOAD = GET_CURRENT.where(CONCEPTS.c.seq == bindparam("expected_seq")).with_for_update(of=CONCEPTS)
LOAD_CURRENT = _LOAD.add_columns(_CURRENT_WARNINGS.label("warnings"))

# The name is a subquery and not a join: a join planned while the tables were small reads them
# whole later.
_OTHERS = CONCEPTS.alias("others")
_OTHER_VERSIONS = VERSIONS.alias("other_versions")
_OTHER_NAME = (
    select(_OTHER_VERSIONS.c.name)
    .where(_OTHER_VERSIONS.c.concept_id == _OTHERS.c.id)
    .where(_OTHER_VERSIONS.c.version_number == _OTHERS.c.current_version)
    .scalar_subquery()
)
RELATED_NAMES = (
    select(json_array_agg(_OTHER_NAME).label("names"))
    .select_from(_OTHERS)
    .where(in_lines(_OTHERS.c.name_key, "keys"))
    .where(_OTHERS.c.id != bindparam("concept_id"))
)
LOAD_TO_EDIT = _LOAD.add_columns(RELATED_NAMES.scalar_subquery().label("names"))

APPROVED_VERSION = (
    rows_by(HISTORY, "lifecycle", "entity_id", "action")
    .with_only_columns(HISTORY.c.version)
    .order_by(HISTORY.c.seq.desc())
    .limit(1)
)

_HEADS = listed_heads(CONCEPTS)
LISTED = ListedTable(
    rows=select(CONCEPTS, VERSIONS.c.name, VERSIONS.c.definition).join(
        VERSIONS, _IS_CURRENT_VERSION
    ),
    columns=_HEADS.columns,
    conditions={
        **_HEADS.conditions,
        "text": Contains(VERSIONS.c.search_key, bindparam("text")),
    },
)

# The heads of a page are found first, and their other columns are read by id. A sort of many heads
# then moves no contents.
LISTED_HEADS = _HEADS
SEARCHED_HEADS = ListedTable(
    rows=select(CONCEPTS).join(VERSIONS, _IS_CURRENT_VERSION),
    columns=_HEADS.columns,
    conditions=LISTED.conditions,
)


@cache
def searched_part(heads: Query, ordering: Ordering) -> Query:
    """Return the statement that looks for a text in the first heads of a list.

    The subquery's limit bounds what a text that no concept has costs.
    """
    part = heads.limit(bindparam("max_searched")).subquery("part")
    search_key = (
        select(VERSIONS.c.search_key)
        .where(VERSIONS.c.concept_id == part.c.id)
        .where(VERSIONS.c.version_number == part.c.current_version)
        .scalar_subquery()
    )
    order: list[ColumnElement[Any]] = []
    for name in ordering.fields:
        order.append(part.c[name].desc() if ordering.is_descending else part.c[name])

    has_text = Contains(search_key, bindparam("text"))
    return select(part).where(has_text).order_by(*order).limit(bindparam("limit"))


@cache
def part_end(heads: Query) -> Query:
    """Return the statement of the last head of a list's part, and of the head that follows it."""
    return heads.limit(2).offset(bindparam("skipped"))


# Most concepts of a large store were never changed by an actor with few changes. Their last
# changes need not be looked up.
MAX_FEW_CHANGES = 10_000
_CHANGED_BY_ACTOR = CONCEPTS.c.id.in_(
    select(HISTORY.c.entity_id).where(HISTORY.c.actor == bindparam("actor"))
)
_OF_FEW_CHANGES = {"actor": and_(_CHANGED_BY_ACTOR, _HEADS.conditions["actor"])}
LISTED_HEADS_OF_FEW_CHANGES = ListedTable(
    rows=LISTED_HEADS.rows,
    columns=LISTED_HEADS.columns,
    conditions={**LISTED_HEADS.conditions, **_OF_FEW_CHANGES},
)
SEARCHED_HEADS_OF_FEW_CHANGES = ListedTable(
    rows=SEARCHED_HEADS.rows,
    columns=SEARCHED_HEADS.columns,
    conditions={**SEARCHED_HEADS.conditions, **_OF_FEW_CHANGES},
)
_CHANGES_OF_ACTOR = (
    select(HISTORY.c.position)
    .where(HISTORY.c.actor == bindparam("actor"))
    .limit(bindparam("limit"))
    .subquery()
)
COUNT_CHANGES_OF_ACTOR = select(func.count().label("number")).select_from(_CHANGES_OF_ACTOR)
_LAST_ACTOR = (
    select(HISTORY.c.actor)
    .where(HISTORY.c.lifecycle == CONCEPTS.c.lifecycle)
    .where(HISTORY.c.entity_id == CONCEPTS.c.id)
    .where(HISTORY.c.seq == CONCEPTS.c.seq)
    .scalar_subquery()
)
_STORED_WARNINGS = (
    select(WARNINGS.c.warnings)
    .where(WARNINGS.c.concept_id == CONCEPTS.c.id)
    .where(WARNINGS.c.version_number == CONCEPTS.c.current_version)
    .scalar_subquery()
)
OVERVIEW = (
    select(
        CONCEPTS,
        VERSIONS.c.name,
        VERSIONS.c.definition,
        _LAST_ACTOR.label("actor"),
        _STORED_WARNINGS.label("warnings"),
    )
    .join(VERSIONS, _IS_CURRENT_VERSION)
    .where(in_json_list(CONCEPTS.c.id, "ids"))
    .order_by(CONCEPTS.c.id)
)

NAMES_WITH_PREFIX = (
    select(VERSIONS.c.name, CONCEPTS.c.name_key)
    .join(CONCEPTS, _IS_CURRENT_VERSION)
    .where(CONCEPTS.c.name_key >= bindparam("range_start"))
    .where(CONCEPTS.c.name_key < bindparam("range_end"))
    .distinct()
    .order_by(CONCEPTS.c.name_key, VERSIONS.c.name)
    .limit(MAX_NAMES)
)

_NODES = select(CONCEPTS.c.id, VERSIONS.c.name, CONCEPTS.c.status, VERSIONS.c.prerequisites).join(
    VERSIONS, _IS_CURRENT_VERSION
)
NODES = _NODES.order_by(CONCEPTS.c.id).limit(bindparam("limit"))
NODES_NAMED = _NODES.where(
    or_(in_json_list(CONCEPTS.c.id, "ids"), in_json_list(CONCEPTS.c.name_key, "keys"))
).order_by(CONCEPTS.c.id)
