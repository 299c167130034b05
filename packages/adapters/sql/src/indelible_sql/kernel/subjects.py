"""The subjects of silence in SQL: one statement reads all of them with what their tasks say."""

from collections.abc import Collection
from typing import Any

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    Case,
    ColumnElement,
    ScalarSelect,
    Select,
    Subquery,
    and_,
    bindparam,
    case,
    exists,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgresql_insert

from indelible.kernel.silence import (
    MAX_RETRIES_SEARCHED,
    TASK_KINDS,
    Subject,
    SubjectKind,
    SubjectState,
)
from indelible.kernel.tasks import AttemptOutcome
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import fetch_all
from indelible_sql.kernel.subject_tables import SUBJECTS
from indelible_sql.kernel.task_tables import TASK_ATTEMPTS, TASKS
from indelible_sql.kernel.task_terms import (
    ATTEMPTS,
    FENCE,
    ORDER_OF_PRIORITY,
    LatestSuccess,
    Least,
    of_each_priority,
)
from indelible_sql.schema.columns import IDENTIFIER, INSTANT, NATURAL
from indelible_sql.schema.database_time import DatabaseNow
from indelible_sql.schema.expressions import in_json_list

_SUBJECT = SUBJECTS.alias("subject")
# The stage of the outer row. SQLAlchemy would add a table to each subquery.
_STAGE = literal_column("subject.stage", IDENTIFIER)
_TASK = TASKS.alias("task")
# Literals: PostgreSQL would plan a statement with parameters again each time.
_ONE: ColumnElement[int] = literal_column("1", BigInteger())
_MOST_ROWS: ColumnElement[int] = literal_column(str(MAX_RETRIES_SEARCHED), BigInteger())


def _is_of_kind(*kinds: SubjectKind) -> ColumnElement[bool]:
    """Return the condition on the kind of a subject, by literals that a database estimates."""
    return _SUBJECT.c.kind.in_([literal_column(f"'{kind.value}'") for kind in kinds])


def _last_success() -> ScalarSelect[Any]:
    """Return the last success of a stage's tasks, the last entry of an index."""
    last = select(func.max(TASKS.c.succeeded_at, type_=INSTANT))
    return last.where(TASKS.c.stage == _STAGE, TASKS.c.succeeded_at.is_not(None)).scalar_subquery()


def _due_since() -> ScalarSelect[Any]:
    """Return since when the first task of a stage is due, although a retry may follow."""
    columns: list[ColumnElement[Any]] = [TASKS.c.entity_id, TASKS.c.due_at, TASKS.c.lease_owner]
    first_rows = (
        select(*columns, FENCE, ATTEMPTS)
        .where(TASKS.c.stage == _STAGE, TASKS.c.due_at.is_not(None))
        .order_by(*ORDER_OF_PRIORITY)
        .limit(_MOST_ROWS)
    )
    tasks = of_each_priority(lambda _: first_rows).subquery("unfinished")
    due_at = tasks.c.due_at
    first_due = Least(due_at, func.coalesce(_first_failing_attempt(tasks), due_at))
    return select(func.min(first_due, type_=INSTANT)).scalar_subquery()


def _first_failing_attempt(tasks: Subquery) -> Case[Any]:
    """Return the first record of the attempts that a task counts, if its last one has failed."""
    last = TASK_ATTEMPTS.alias("last_attempt")
    is_leased = tasks.c.lease_owner.is_not(None)
    has_failed = (
        exists()
        .where(
            last.c.stage == _STAGE,
            last.c.entity_id == tasks.c.entity_id,
            last.c.fence == case((is_leased, tasks.c.fence - _ONE), else_=tasks.c.fence),
            last.c.outcome == literal_column(f"'{AttemptOutcome.FAILED.value}'"),
        )
        .correlate(tasks)
    )
    counted = TASK_ATTEMPTS.alias("counted_attempt")
    first_at = (
        select(counted.c.at)
        .where(
            counted.c.stage == _STAGE,
            counted.c.entity_id == tasks.c.entity_id,
            counted.c.fence > tasks.c.fence - tasks.c.attempts,
        )
        .order_by(counted.c.fence, counted.c.at)
        .limit(_ONE)
        .correlate(tasks)
        .scalar_subquery()
    )
    return case((and_(tasks.c.attempts >= _ONE, has_failed), first_at))


def _states(
    succeeded_at: ColumnElement[Any], due_at: ColumnElement[Any], *reasons: ColumnElement[Any]
) -> Select[Any]:
    """Return the query for subjects with what their tasks or stages say."""
    return select(
        _SUBJECT.c.kind,
        _SUBJECT.c.stage,
        _SUBJECT.c.entity_id,
        _SUBJECT.c.longest_silence_seconds,
        _SUBJECT.c.known_since,
        _SUBJECT.c.succeeded_at.label("kept_at"),
        succeeded_at.label("task_succeeded_at"),
        due_at.label("due_at"),
        *reasons,
    )


_TASK_OF_SUBJECT = and_(
    _is_of_kind(*TASK_KINDS),
    _TASK.c.stage == _SUBJECT.c.stage,
    _TASK.c.entity_id == _SUBJECT.c.entity_id,
)
_OF_TASKS = (
    _states(_TASK.c.succeeded_at, _TASK.c.due_at, _TASK.c.dead_reason, _TASK.c.cancel_reason)
    .select_from(_SUBJECT.outerjoin(_TASK, _TASK_OF_SUBJECT))
    .where(_is_of_kind(*TASK_KINDS, SubjectKind.BACKUP))
)
_OF_STAGES = _states(_last_success(), _due_since(), null(), null()).where(
    _is_of_kind(SubjectKind.STAGE)
)
# Which subjects are there, when did each succeed, and what does its task or stage wait for?
# In one search for all kinds PostgreSQL would read every task, and estimate the subqueries for
# every subject.
STATES = union_all(_OF_TASKS, _OF_STAGES).order_by("kind", "stage", "entity_id")

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
