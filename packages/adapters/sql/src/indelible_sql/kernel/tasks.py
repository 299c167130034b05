"""Work in SQL: one row for each piece of it, claimed by whoever comes first, and passed by whoever comes second."""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, Final

from attrs import frozen
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    PrimaryKeyConstraint,
    Text,
    TextClause,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    tuple_,
    type_coerce,
    update,
)
from sqlalchemy.dialects.postgresql import insert as insert_or_pass
from sqlalchemy.sql.base import Executable

from indelible.kernel import Transaction, instant_text
from indelible.kernel.stages import STAGE, StageControl, StageNotFound, StageStatus
from indelible.kernel.tasks import (
    MAX_COUNTED,
    Attempt,
    AttemptOutcome,
    Lease,
    LeaseLost,
    Leases,
    StageStats,
    Task,
    TaskKey,
    TaskNotDead,
    TaskNotFound,
)
from indelible_sql.engine.atomic_write import parameters, row
from indelible_sql.engine.session import Session
from indelible_sql.kernel.history import every, one
from indelible_sql.kernel.repository import HeadMapping
from indelible_sql.schema.columns import (
    ACTOR,
    IDENTIFIER,
    INSTANT,
    NATURAL,
    SENTENCE,
    prefix_of,
    required,
)
from indelible_sql.schema.expressions import DialectExpression, in_json_list
from indelible_sql.schema.guards import Guard, RecordHeadRule, undeletable_guards
from indelible_sql.schema.tables import head, key, rows_by, table

STAGES = head("stages", STAGE)
OF_STAGES = HeadMapping(table=STAGES, entity=StageControl, missing=StageNotFound)
_IS_DUE, _IS_DEAD = (
    literal_column(f"{each} IS NOT NULL", Boolean()) for each in ("due_at", "dead_reason")
)
TASKS = table(
    "tasks",
    required("stage", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    Column("due_at", INSTANT),
    Column("lease_owner", ACTOR),
    Column("lease_until", INSTANT),
    required("fence", NATURAL),
    required("attempts", NATURAL),
    Column("dead_reason", SENTENCE),
    PrimaryKeyConstraint("stage", "entity_id", name="tasks_pkey"),
    CheckConstraint("(lease_owner IS NULL) = (lease_until IS NULL)", name="tasks_lease"),
    CheckConstraint(
        "lease_owner IS NULL OR (fence >= 1 AND due_at IS NOT NULL)", name="tasks_leased_is_due"
    ),
    CheckConstraint("attempts <= fence", name="tasks_attempts_fenced"),
    CheckConstraint("dead_reason IS NULL OR due_at IS NULL", name="tasks_dead_is_not_due"),
    # No column of a claim is in an index: what is claimed is written where it stands.
    Index(
        "tasks_due", "stage", "due_at", "entity_id", postgresql_where=_IS_DUE, sqlite_where=_IS_DUE
    ),
    Index("tasks_dead", "stage", "entity_id", postgresql_where=_IS_DEAD, sqlite_where=_IS_DEAD),
    has_rowid=False,
    room=40,  # each row is claimed soon after it came: beside the old one nothing is written to an index
)
TASK_ATTEMPTS = table(
    "task_attempts",
    required("stage", IDENTIFIER),
    required("entity_id", IDENTIFIER),
    required("fence", NATURAL),
    required("outcome", IDENTIFIER),
    required("actor", ACTOR),
    required("reason", SENTENCE),
    required("at", INSTANT),
    Column("request_id", IDENTIFIER),
    PrimaryKeyConstraint("stage", "entity_id", "fence", "outcome", name="task_attempts_pkey"),
    key("task_attempts_task", ["stage", "entity_id"], "tasks", ["stage", "entity_id"]),
    CheckConstraint(
        f"outcome IN ({', '.join(repr(each.value) for each in AttemptOutcome)})",
        name="task_attempts_outcome_known",
    ),
    has_rowid=False,
)
SHOWN: Final = RecordHeadRule(
    record=TASK_ATTEMPTS,
    head=TASKS,
    columns={"stage": "stage", "entity_id": "entity_id", "fence": "fence"},
)
NEW: Final = (
    "NEW.fence = 0 AND NEW.attempts = 0 AND NEW.lease_owner IS NULL AND NEW.dead_reason IS NULL"
)
SAME: Final = "NEW.stage = OLD.stage AND NEW.entity_id = OLD.entity_id"
CLAIMED: Final = (
    "NEW.fence = OLD.fence + 1 AND NEW.attempts = OLD.attempts + 1 AND NEW.lease_owner IS NOT NULL"
    " AND NEW.due_at = OLD.due_at"
)
HELD: Final = (  # nobody takes a lease over under the fence of another, and attempts are forgotten only as a whole
    "NEW.fence = OLD.fence AND (NEW.lease_owner IS NULL OR NEW.lease_owner = OLD.lease_owner)"
    " AND (NEW.attempts = OLD.attempts OR NEW.attempts = OLD.attempts - 1 OR NEW.attempts = 0)"
)


def task_guards(dialect: str) -> tuple[Guard, ...]:
    """What no write to work may do: lower a fence, or skip one, steal under it, or remove what it outlives."""
    return (
        *undeletable_guards(TASKS, dialect),
        Guard(table=TASKS, rule="new", event="INSERT", condition=NEW),
        Guard(
            table=TASKS, rule="fence", event="UPDATE", condition=f"{SAME} AND ({CLAIMED} OR {HELD})"
        ),
    )


class InSubquery(DialectExpression):
    """Whether a column's value is one of a subquery's, which is run once."""

    type = Boolean()
    inherit_cache = True
    templates: ClassVar = {"sqlite": "{} IN {}", "postgresql": "{} = ANY(ARRAY{})"}

    def self_group(self, against: Any = None) -> Any:  # noqa: ARG002 - whatever it stands beside
        """As it is."""
        return self


_OF_STAGE = TASKS.c.stage == bindparam("of_stage", type_=IDENTIFIER)
_NOW = bindparam("now", type_=INSTANT)
_IS_FREE = or_(TASKS.c.lease_until.is_(None), TASKS.c.lease_until <= _NOW)
_IS_PAUSED = exists().where(
    STAGES.c.id == bindparam("of_stage", type_=IDENTIFIER),
    STAGES.c.status == StageStatus.PAUSED.value,
)
_IS_BEHIND = tuple_(TASKS.c.due_at, TASKS.c.entity_id) > tuple_(
    bindparam("after_due", type_=INSTANT), bindparam("after_id", type_=IDENTIFIER)
)
_IN_TURN = (TASKS.c.due_at, TASKS.c.entity_id)
_FREE = select(TASKS.c.entity_id).where(_OF_STAGE, TASKS.c.due_at <= _NOW, _IS_FREE, ~_IS_PAUSED)
_TAKEN = _FREE.order_by(*_IN_TURN).limit(bindparam("limit")).with_for_update(skip_locked=True)
_FENCE, _ATTEMPTS = (type_coerce(each, BigInteger()) for each in (TASKS.c.fence, TASKS.c.attempts))
_LEASING = {
    "fence": _FENCE + 1,
    "attempts": _ATTEMPTS + 1,
    "lease_owner": bindparam("owner", type_=ACTOR),
    "lease_until": bindparam("until", type_=INSTANT),
}
_SHOWN = (TASKS.c.entity_id, TASKS.c.fence, TASKS.c.attempts, TASKS.c.due_at)
CLAIM, CLAIM_BEHIND = (
    update(TASKS)
    .where(_OF_STAGE, InSubquery(TASKS.c.entity_id, taken.scalar_subquery()))
    .values(_LEASING)
    .returning(*_SHOWN)
    for taken in (_TAKEN, _TAKEN.where(_IS_BEHIND))
)
_KEPT = and_(
    _OF_STAGE,
    in_json_list(TASKS.c.entity_id, "ids"),
    in_json_list(TASKS.c.entity_id + " " + cast(TASKS.c.fence, Text()), "fenced"),
    TASKS.c.lease_owner.is_not(None),
)
_LET_GO = {"lease_owner": null(), "lease_until": null()}
# A leased row that was put again has no attempts: it is due as it was put.
FINISH = (
    update(TASKS)
    .where(_KEPT)
    .values(due_at=case((TASKS.c.attempts == 0, TASKS.c.due_at)), **_LET_GO)
)
_DUE = bindparam("due", type_=INSTANT)
_SOONER = case((and_(TASKS.c.attempts == 0, TASKS.c.due_at < _DUE), TASKS.c.due_at), else_=_DUE)
PUT_OFF = update(TASKS).where(_KEPT).values(due_at=_SOONER, **_LET_GO)
_WHY = case((TASKS.c.attempts > 0, bindparam("why", type_=SENTENCE)))
BURY = (
    update(TASKS)
    .where(_KEPT)
    .values(due_at=case((TASKS.c.attempts == 0, TASKS.c.due_at)), dead_reason=_WHY, **_LET_GO)
)
RELEASE = (
    update(TASKS)
    .where(_KEPT)
    .values(attempts=case((TASKS.c.attempts == 0, 0), else_=_ATTEMPTS - 1), **_LET_GO)
)
_STILL = (
    select(TASKS.c.entity_id).where(_KEPT).with_for_update(skip_locked=True)
)  # a long finish holds up no beat
_UNLOCKED = and_(_OF_STAGE, InSubquery(TASKS.c.entity_id, _STILL.scalar_subquery()))
EXTEND = update(TASKS).where(_UNLOCKED).values(lease_until=bindparam("until", type_=INSTANT))
_ONE = and_(_OF_STAGE, TASKS.c.entity_id == bindparam("of_id", type_=IDENTIFIER))
_REVIVED = {"dead_reason": null(), "attempts": 0, "due_at": _DUE}
REVIVE = (
    update(TASKS)
    .where(_ONE, TASKS.c.dead_reason.is_not(None))
    .values(_REVIVED)
    .returning(TASKS.c.fence)
)
_IN_HAND = TASKS.c.lease_until > _NOW
_MOVES = or_(TASKS.c.due_at.is_(None), TASKS.c.due_at > _DUE, TASKS.c.lease_owner.is_not(None))
_SOONEST = func.min(func.coalesce(TASKS.c.due_at, _DUE), _DUE)
AGAIN = (
    update(TASKS)
    .where(_ONE, TASKS.c.dead_reason.is_(None), _MOVES)
    .values(
        due_at=case((and_(_IN_HAND, TASKS.c.attempts > 0), _DUE), else_=_SOONEST),
        attempts=case((or_(_IN_HAND, TASKS.c.due_at.is_(None)), 0), else_=TASKS.c.attempts),
        lease_owner=case((_IN_HAND, TASKS.c.lease_owner)),
        lease_until=case((_IN_HAND, TASKS.c.lease_until)),
    )
)
_NEW_ROW = select(
    bindparam("of_stage", type_=IDENTIFIER),
    bindparam("of_id", type_=IDENTIFIER),
    _DUE,
    literal(0),
    literal(0),
).where(
    ~exists().where(TASKS.c.stage == bindparam("of_stage"), TASKS.c.entity_id == bindparam("of_id"))
)
_COLUMNS = ["stage", "entity_id", "due_at", "fence", "attempts"]
PUT_NEW = insert(TASKS).from_select(_COLUMNS, _NEW_ROW, include_defaults=False)
PUT_ONCE = (
    insert_or_pass(TASKS)
    .from_select(_COLUMNS, _NEW_ROW, include_defaults=False)
    .on_conflict_do_nothing()
)
RECORD = row(TASK_ATTEMPTS)
GET = rows_by(TASKS, "stage", "entity_id")
DEAD = (
    rows_by(TASKS, "stage")
    .where(TASKS.c.dead_reason.is_not(None), TASKS.c.entity_id > bindparam("after"))
    .order_by(TASKS.c.entity_id)
    .limit(bindparam("limit"))
)
OF_WORK = (
    rows_by(TASK_ATTEMPTS, "stage", "entity_id")
    .order_by(TASK_ATTEMPTS.c.fence.desc(), TASK_ATTEMPTS.c.at.desc(), TASK_ATTEMPTS.c.outcome)
    .limit(bindparam("limit"))
)
# Those in hand are among the first: no index leads to them, and of a long backlog not every row is looked at.
_FIRST = (
    select(TASKS.c.lease_until)
    .where(_OF_STAGE, _IS_DUE)
    .order_by(*_IN_TURN)
    .limit(2 * MAX_COUNTED)
    .subquery()
)
_RUNS = select(literal(1)).where(_FIRST.c.lease_until > _NOW).limit(MAX_COUNTED).subquery()
_DUE_FREE = select(TASKS.c.due_at).where(_OF_STAGE, TASKS.c.due_at <= _NOW, _IS_FREE)
_WAITS = _DUE_FREE.order_by(*_IN_TURN).limit(MAX_COUNTED).subquery()
_DEAD_ONES = (
    select(literal(1))
    .where(_OF_STAGE, TASKS.c.dead_reason.is_not(None))
    .limit(MAX_COUNTED)
    .subquery()
)
COUNT = select(
    func.count().label("due"),
    func.min(_WAITS.c.due_at, type_=INSTANT).label("oldest"),
    select(func.count()).select_from(_RUNS).scalar_subquery().label("running"),
    select(func.count()).select_from(_DEAD_ONES).scalar_subquery().label("dead"),
).select_from(_WAITS)
WAITING = select(func.count().label("waiting")).select_from(
    _FREE.limit(bindparam("limit")).subquery()
)
_FENCES = select(_FENCE.label("fence")).where(_OF_STAGE).limit(bindparam("limit")).subquery()
CLAIMS = select(
    func.count().label("pieces"),
    cast(func.coalesce(func.sum(_FENCES.c.fence), 0), BigInteger()).label("claims"),
).select_from(_FENCES)
NEXT_NAME = select(func.min(TASKS.c.stage, type_=IDENTIFIER).label("name")).where(
    TASKS.c.stage > bindparam("after")
)


@cache
def _put_all(place: str) -> TextClause:
    """PostgreSQL's one statement for many; SQLite's guards refuse an upsert."""
    said = (
        f"INSERT INTO {place}tasks AS tasks (stage, entity_id, due_at, fence, attempts)"
        " SELECT :of_stage, key, CAST(value AS timestamptz), 0, 0 FROM json_each_text(CAST(:dues AS json)) ORDER BY key"
        " ON CONFLICT (stage, entity_id) DO UPDATE SET due_at = CASE WHEN tasks.lease_until > :now AND tasks.attempts > 0"
        " THEN EXCLUDED.due_at ELSE least(tasks.due_at, EXCLUDED.due_at) END,"
        " attempts = CASE WHEN tasks.lease_until > :now OR tasks.due_at IS NULL THEN 0 ELSE tasks.attempts END,"
        " lease_owner = CASE WHEN tasks.lease_until > :now THEN tasks.lease_owner END,"
        " lease_until = CASE WHEN tasks.lease_until > :now THEN tasks.lease_until END"
        " WHERE tasks.dead_reason IS NULL"
        " AND (tasks.due_at IS NULL OR tasks.due_at > EXCLUDED.due_at OR tasks.lease_owner IS NOT NULL)"
    )
    return text(said)


@frozen
class SqlTaskReader:
    """Work, to be looked at."""

    _session: Session

    def get(self, stage: str, entity_id: str) -> Task:
        """The work, or WorkNotFound."""
        found = one(self._session, Task, GET, {"stage": stage, "entity_id": entity_id})
        if found is None:
            raise TaskNotFound(stage, entity_id)
        return found

    def attempts_of(self, stage: str, entity_id: str, *, limit: int) -> tuple[Attempt, ...]:
        """The last `limit` recorded attempts, newest first."""
        return every(
            self._session,
            Attempt,
            OF_WORK,
            {"stage": stage, "entity_id": entity_id, "limit": limit},
        )

    def backlogs(self, now: datetime) -> tuple[StageStats, ...]:
        """Every stage that ever had work, in order of name."""
        found = list[StageStats]()
        while name := self._session.rows(NEXT_NAME, {"after": found[-1].stage if found else ""})[0][
            "name"
        ]:
            found.append(
                StageStats(
                    stage=name, **self._session.rows(COUNT, {"of_stage": name, "now": now})[0]
                )
            )
        return tuple(found)

    def dead(self, stage: str, *, after: str, limit: int) -> tuple[Task, ...]:
        """The stage's next `limit` buried pieces of work after an id, in order of id."""
        return every(self._session, Task, DEAD, {"stage": stage, "after": after, "limit": limit})

    def count_ready(self, stage: str, now: datetime, *, most: int) -> int:
        """How many pieces of work could be claimed now, none counted beyond `most`."""
        found = self._session.rows(WAITING, {"of_stage": stage, "now": now, "limit": most})
        return int(found[0]["waiting"])

    def count_claims(self, stage: str, *, most: int) -> int | None:
        """How often work of the stage was ever claimed; None where there are more than `most` pieces to look at."""
        (found,) = self._session.rows(CLAIMS, {"of_stage": stage, "limit": most + 1})
        return int(found["claims"]) if found["pieces"] <= most else None


@frozen
class SqlTaskQueue(SqlTaskReader):
    """Work, to be put, claimed and finished."""

    _by: Transaction

    def enqueue(self, stage: str, dues: Mapping[str, datetime]) -> None:
        """Make each id due at its instant, or leave it where it is due earlier; what is buried stays so."""
        now = self._by.clock.now()
        if self._session.is_sqlite:
            for entity_id, due_at in dues.items():
                self.enqueue_once(stage, entity_id, due_at=due_at)
                self._session.run(
                    AGAIN, {"of_stage": stage, "of_id": entity_id, "due": due_at, "now": now}
                )
        else:
            place = prefix_of(self._session.connection, self._session.schema)
            said = json.dumps(
                {
                    TaskKey(stage, each).entity_id: instant_text(due_at)
                    for each, due_at in dues.items()
                }
            )
            self._session.run(_put_all(place), {"of_stage": stage, "dues": said, "now": now})

    def enqueue_once(self, stage: str, entity_id: str, *, due_at: datetime) -> None:
        """Make it due then, unless it ever was."""
        TaskKey(stage, entity_id)
        statement = PUT_NEW if self._session.is_sqlite else PUT_ONCE
        self._session.run(statement, {"of_stage": stage, "of_id": entity_id, "due": due_at})

    def claim(
        self, stage: str, *, limit: int, until: datetime, after: Lease | None = None
    ) -> tuple[Lease, ...]:
        """The longest due work that nobody has in hand, locked and leased; none of a paused stage."""
        values = {
            "of_stage": stage,
            "now": self._by.clock.now(),
            "limit": limit,
            "owner": self._by.actor,
            "until": until,
        }
        if after:
            values |= {"after_due": after.due_at, "after_id": after.entity_id}
        found = self._session.rows(CLAIM_BEHIND if after else CLAIM, values)
        leases = (
            Lease(
                stage=stage,
                entity_id=each["entity_id"],
                fence=each["fence"],
                attempt=each["attempts"],
                due_at=each["due_at"],
                until=until,
            )
            for each in found
        )
        return tuple(sorted(leases, key=lambda lease: (lease.due_at, lease.entity_id)))

    def complete(self, leases: Leases) -> None:
        """The work is done, and due no more unless it was put again meanwhile; LeaseLost."""
        self._held(FINISH, leases)

    def record_start(self, leases: Leases) -> None:
        """Record that these attempts begin, before they act outside."""
        for lease in leases:
            self._record(
                lease.stage, lease.entity_id, lease.fence, AttemptOutcome.STARTED, self._by.reason
            )

    def retry_later(self, lease: Lease, *, due_at: datetime, reason: str) -> None:
        """The attempt failed, and is recorded; the work is due again then, or as it was put meanwhile; LeaseLost."""
        self._held(PUT_OFF, (lease,), due=due_at)
        self._record(lease.stage, lease.entity_id, lease.fence, AttemptOutcome.FAILED, reason)

    def mark_dead(self, lease: Lease, *, reason: str) -> bool:
        """Whether the work is dead until an operator revives it: what was put meanwhile is due instead; LeaseLost."""
        self._held(BURY, (lease,), why=reason)
        is_dead = self.get(lease.stage, lease.entity_id).dead_reason is not None
        outcome = AttemptOutcome.DEAD if is_dead else AttemptOutcome.FAILED
        self._record(lease.stage, lease.entity_id, lease.fence, outcome, reason)
        return is_dead

    def release(self, leases: Leases) -> None:
        """Give back what was claimed and not begun; it does not count as an attempt."""
        self._run(RELEASE, leases)

    def extend(self, leases: Leases, *, until: datetime) -> None:
        """Hold what is still held for longer."""
        self._run(EXTEND, leases, until=until)

    def requeue(self, stage: str, entity_id: str) -> None:
        """Make buried work due now, its attempts counted from nothing; WorkNotFound or NotBuried."""
        revived = self._session.first(
            REVIVE, {"of_stage": stage, "of_id": entity_id, "due": self._by.clock.now()}
        )
        if revived is None:
            raise TaskNotDead(stage, self.get(stage, entity_id).entity_id)
        self._record(stage, entity_id, revived["fence"], AttemptOutcome.REQUEUED, self._by.reason)

    def _held(self, statement: Executable, leases: Leases, **beside: object) -> None:
        """Write to all of these, which must all be held still."""
        if self._run(statement, leases, **beside) < len(leases):
            lost = next((each for each in leases if not self._is_held(each)), leases[0])
            raise LeaseLost(lost.stage, lost.entity_id, lost.fence)

    def _is_held(self, lease: Lease) -> bool:
        found = self.get(lease.stage, lease.entity_id)
        return found.fence == lease.fence and found.lease_owner is not None

    def _run(self, statement: Executable, leases: Leases, **beside: object) -> int:
        """How many of these, all of one stage, were held still."""
        if not leases:
            return 0
        ids = [lease.entity_id for lease in leases]
        fenced = [f"{lease.entity_id} {lease.fence}" for lease in leases]
        return self._session.run(
            statement, {"of_stage": leases[0].stage, "ids": ids, "fenced": fenced, **beside}
        )

    def _record(
        self, stage: str, entity_id: str, fence: int, outcome: AttemptOutcome, reason: str
    ) -> None:
        said = {
            "stage": stage,
            "entity_id": entity_id,
            "fence": fence,
            "outcome": outcome.value,
            "reason": reason,
        }
        by = {
            "actor": self._by.actor,
            "request_id": self._by.request_id,
            "at": self._by.clock.now(),
        }
        self._session.run(RECORD, parameters({TASK_ATTEMPTS: said | by}))
