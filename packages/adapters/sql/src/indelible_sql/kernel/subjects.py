"""The subjects of silence in SQL: one statement reads all of them with what their tasks say."""

from collections.abc import Collection
from typing import Any

from attrs import frozen
from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    bindparam,
    case,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from indelible.kernel.silence import TASK_KINDS, Subject, SubjectKind, SubjectState
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.subject_tables import SUBJECTS
from indelible_sql.kernel.task_tables import TASKS
from indelible_sql.kernel.task_terms import DatabaseNow, LatestSuccess, earliest_due
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL
from indelible_sql.schema.expressions import in_json_list

_SUBJECT = SUBJECTS.alias("subject")
# The stage of the outer row. SQLAlchemy would add a table to each subquery.
_STAGE = literal_column("subject.stage", IDENTIFIER)
_TASK = TASKS.alias("task")
_IS_STAGE = _SUBJECT.c.kind == literal_column(f"'{SubjectKind.STAGE.value}'")
_TASK_KINDS: list[ColumnElement[str]] = [literal_column(f"'{kind.value}'") for kind in TASK_KINDS]


def _last_success() -> ScalarSelect[Any]:
    """Return the last success of a stage's tasks, the last entry of an index."""
    last = select(func.max(TASKS.c.succeeded_at, type_=INSTANT))
    return last.where(TASKS.c.stage == _STAGE, TASKS.c.succeeded_at.is_not(None)).scalar_subquery()


_FIRST_DUE = earliest_due(TASKS.c.stage == _STAGE, TASKS.c.due_at.is_not(None))

# Which subjects are there, when did each succeed, and what does its task or stage wait for?
STATES = (
    select(
        _SUBJECT.c.kind,
        _SUBJECT.c.stage,
        _SUBJECT.c.entity_id,
        _SUBJECT.c.longest_silence_seconds,
        _SUBJECT.c.known_since,
        _SUBJECT.c.succeeded_at.label("kept_at"),
        case((_IS_STAGE, _last_success()), else_=_TASK.c.succeeded_at).label("task_succeeded_at"),
        case((_IS_STAGE, _FIRST_DUE), else_=_TASK.c.due_at).label("due_at"),
        _TASK.c.dead_reason,
        _TASK.c.cancel_reason,
    )
    .select_from(
        _SUBJECT.outerjoin(
            _TASK,
            and_(
                _SUBJECT.c.kind.in_(_TASK_KINDS),
                _TASK.c.stage == _SUBJECT.c.stage,
                _TASK.c.entity_id == _SUBJECT.c.entity_id,
            ),
        )
    )
    .order_by(_SUBJECT.c.kind, _SUBJECT.c.stage, _SUBJECT.c.entity_id)
)

_KEY = {
    "kind": bindparam("subject_kind", type_=IDENTIFIER),
    "stage": bindparam("subject_stage", type_=IDENTIFIER),
    "entity_id": bindparam("subject_id", type_=IDENTIFIER),
}
_OF_KEY = and_(*(SUBJECTS.c[name] == value for name, value in _KEY.items()))
_SECONDS = bindparam("seconds", type_=NATURAL)
_NEW_ROW = {**_KEY, "longest_silence_seconds": _SECONDS, "known_since": DatabaseNow()}
INSERT_ON_SQLITE = insert(SUBJECTS).values(_NEW_ROW)
# Another process may declare the same at the same moment.
INSERT_ON_POSTGRESQL = postgresql_insert(SUBJECTS).values(_NEW_ROW).on_conflict_do_nothing()
CHANGE_SILENCE = update(SUBJECTS).where(_OF_KEY).values(longest_silence_seconds=_SECONDS)
RECORD_SUCCESS = (
    update(SUBJECTS).where(_OF_KEY).values(succeeded_at=LatestSuccess(SUBJECTS.c.succeeded_at))
)

# Before tasks are pruned, their last success is kept with the subjects that it counts for.
_PRUNED = TASKS.alias("pruned")
_LAST_OF_PRUNED = (
    select(func.max(_PRUNED.c.succeeded_at, type_=INSTANT))
    .where(
        _PRUNED.c.stage == SUBJECTS.c.stage,
        in_json_list(_PRUNED.c.entity_id, "ids"),
        or_(
            SUBJECTS.c.kind == literal_column(f"'{SubjectKind.STAGE.value}'"),
            SUBJECTS.c.entity_id == _PRUNED.c.entity_id,
        ),
    )
    .correlate(SUBJECTS)
    .scalar_subquery()
)
KEEP_SUCCESS = (
    update(SUBJECTS)
    .where(
        SUBJECTS.c.stage == bindparam("task_stage", type_=IDENTIFIER),
        or_(
            SUBJECTS.c.succeeded_at < _LAST_OF_PRUNED,
            and_(SUBJECTS.c.succeeded_at.is_(None), _LAST_OF_PRUNED.is_not(None)),
        ),
    )
    .values(succeeded_at=_LAST_OF_PRUNED)
)


@frozen
class SqlSubjectReader:
    """Read access to subjects."""

    _session: Session

    def states(self) -> tuple[SubjectState, ...]:
        """Return every stored subject, in order of kind, stage and id."""
        return fetch_all(self._session, SubjectState, STATES, {})


@frozen
class SqlSubjects(SqlSubjectReader):
    """Write access to subjects."""

    def declare(self, subjects: Collection[Subject]) -> None:
        """Store subjects that are new, and the longest silences that have changed."""
        stored = {state.subject.key: state.subject for state in self.states()}
        for subject in subjects:
            values = {**_key_values(subject), "seconds": subject.longest_silence_seconds}
            if subject.key not in stored:
                self._session.run(self._insert, values)
            elif stored[subject.key] != subject:
                self._session.run(CHANGE_SILENCE, values)

    def record_success(self, subject: Subject) -> None:
        """Store that a subject which is no task has succeeded now."""
        values = _key_values(subject)
        if self._session.run(RECORD_SUCCESS, values):
            return

        new_values = {**values, "seconds": subject.longest_silence_seconds}
        self._session.run(self._insert, new_values)
        self._session.run(RECORD_SUCCESS, values)

    @property
    def _insert(self) -> Any:
        return INSERT_ON_SQLITE if self._session.is_sqlite else INSERT_ON_POSTGRESQL


def _key_values(subject: Subject) -> dict[str, object]:
    kind, stage, entity_id = subject.key
    return {"subject_kind": kind, "subject_stage": stage, "subject_id": entity_id}
