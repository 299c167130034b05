"""One stored entity of each registered head: its next legal step, and the birth of one like it."""

from types import MappingProxyType
from typing import Any, Final

from attrs import evolve, frozen
from sqlalchemy import Table
from tests.guards.contest_values import CREATED
from tests.guards.money_rows import RUNNING
from tests.guards.runbook_rows import NEW_EXECUTION, NEW_VERSION, PENDING, VERSION
from tests.guards.token_rows import chain_hash, wallet
from tests.guards.writes import AUDIT, Row, Step, later_than

from indelible.captures.entities.vectors import as_float32
from indelible.kernel import Change, Head, next_change
from indelible.kernel.actions import Command
from indelible.kernel.aggregates import Aggregate, change_data
from indelible.kernel.execution import execute
from indelible.money.entities.reconciliations import Reconciliation
from indelible.money.entities.values import ReconciliationScope
from indelible.projects.entities.projects import REPOSITORY_FIELDS
from indelible.testing.captures.scenarios import B
from indelible.testing.stores import BEGINNING
from indelible.tokens.lifecycle import MINTING_FIELDS
from indelible_sql import SqlReading, SqlTransaction
from indelible_sql.captures.heads import ALGORITHM_HEADS, SPACE_HEADS, SUBSPACE_HEADS
from indelible_sql.concepts.rows import CONCEPT_HEADS
from indelible_sql.contests.rows import CONTEST_HEADS, ENTRY_HEADS, FEED_HEADS, LOG_HEADS, RUN_HEADS
from indelible_sql.contexts import CATALOG
from indelible_sql.kernel.contract_tables import CONTRACT_HEADS
from indelible_sql.kernel.keys import KEY_HEADS
from indelible_sql.kernel.mappings import HeadMapping
from indelible_sql.kernel.repository import SqlAggregateRepository
from indelible_sql.kernel.runbook_tables import EXECUTION_HEADS
from indelible_sql.kernel.settings import SETTING_HEADS
from indelible_sql.kernel.task_tables import STAGE_HEADS
from indelible_sql.money.rows import (
    ACCOUNT_HEADS,
    CHARGE_HEADS,
    DISPUTE_HEADS,
    EVENT_HEADS,
    MOVEMENT_HEADS,
    PAYEE_HEADS,
    RECONCILIATION_HEADS,
    REFUND_HEADS,
    SWITCH_HEADS,
    TRANSFER_HEADS,
)
from indelible_sql.money.rows import JOB_HEADS as PAYOUT_JOB_HEADS
from indelible_sql.projects.rows import JOB_HEADS, PROJECT_HEADS
from indelible_sql.tokens.heads import (
    AUTHOR_HEADS,
    IMAGE_JOB_HEADS,
    MINT_HEADS,
    REVEAL_HEADS,
    STATE_HEADS,
    TOKEN_HEADS,
    UPLOAD_HEADS,
)

NO_VALUES: Row = MappingProxyType({})
# The fields of a project that is new: no prompts, no successful job and no repository.
UNBOUND: Final[Row] = {
    "prompt_count": 0,
    "latest_successful_job_id": None,
    "latest_successful_job_number": None,
    **dict.fromkeys(REPOSITORY_FIELDS),
}

# The fields of a feed before its first fetch, and those of a failed run.
UNFETCHED: Final[Row] = {
    "fetch_number": 0,
    "failures": 0,
    "last_success_at": None,
    "last_payload_digest": None,
}
UNSTARTED: Final[Row] = {"contest_id": "new", "event_number": 0}
RUN_ERROR: Final[Row] = {"error_code": "MISSING_SCORE", "error_message": "A score is missing."}


@frozen(kw_only=True)
class Sample:
    """A stored entity of one head, and the values that its legal next writes need.

    `where` finds the entity. `birth` is the command that stores it, None where the rows of a
    context contain it. `action` and `fields` make its next step. `unique` are the fields in which
    another entity of the head must differ. `state_fixed` are fields that are fixed in the entity's
    state, beside those that are always fixed. `alternatives` are other values of fixed fields,
    where the foreign keys and checks of the column accept only some. `own_step` and `own_birth` are
    true for writes that the situation makes instead: their ids follow from fields, or they belong
    to writes of other heads.
    """

    heads: HeadMapping[Any]
    where: Row
    action: str
    birth: Command[Any] | None = None
    fields: Row = NO_VALUES
    unique: Row = NO_VALUES
    state_fixed: tuple[str, ...] = ()
    alternatives: Row = NO_VALUES
    own_step: bool = False
    own_birth: bool = False

    @property
    def fixed(self) -> tuple[str, ...]:
        """Return the fields that the next step may not change."""
        return (*self.heads.entity.fixed, *self.state_fixed)

    def head(self, tx: SqlReading) -> Head[Any]:
        """Return the stored head."""
        (head,) = SqlAggregateRepository(tx.session, self.heads).find(self.where, limit=1)
        return head


STARTED: Final = Reconciliation.start(id=RUNNING, scope=ReconciliationScope.CHEAP)
STARTED.use()  # not every test that reads the samples runs it
SAMPLES: Final = (
    Sample(heads=KEY_HEADS, where={"owner": "user:noor"}, action="revoke"),
    Sample(heads=STAGE_HEADS, where={"id": "upload"}, action="resume"),
    Sample(
        heads=SETTING_HEADS,
        where={"id": "assignment_margin_threshold"},
        action="change",
        fields={"value": "0.2"},
    ),
    Sample(
        heads=EXECUTION_HEADS,
        birth=NEW_EXECUTION,
        where={"runbook_name": PENDING},
        action="fail",
        fields={"error_reason": "no answer", "ended_at": BEGINNING},
    ),
    Sample(
        heads=CONTRACT_HEADS,
        birth=NEW_VERSION,
        where={"id": VERSION},
        action="withdraw",
        unique={"number": 2, "release": "2.0.0"},
    ),
    Sample(heads=CONCEPT_HEADS, where={"status": "REVIEW"}, action="approve"),
    Sample(heads=SPACE_HEADS, where={"user_id": "maya"}, action="rename", fields={"name": "Other"}),
    Sample(
        heads=SUBSPACE_HEADS,
        where={"name": "empty"},
        action="seed",
        fields={"seed": as_float32(B)},
    ),
    Sample(heads=ALGORITHM_HEADS, where={"status": "ACTIVE"}, action="replace"),
    Sample(
        heads=AUTHOR_HEADS,
        where={"id": "author-1"},
        action="edit",
        unique={"wallet_address": wallet(9)},
    ),
    Sample(
        heads=MINT_HEADS,
        where={"id": "mint-1"},
        action="orphan",
        unique={"tx_hash": chain_hash(9), "block_hash": chain_hash(9)},
    ),
    Sample(
        heads=TOKEN_HEADS,
        where={"id": "token-1"},
        action="generate",
        unique={"token_id": 9},
        state_fixed=MINTING_FIELDS,
        alternatives={"mint_event_id": "mint-2"},
    ),
    Sample(
        heads=IMAGE_JOB_HEADS,
        where={"id": "job-1"},
        action="start",
        alternatives={"token_id": "token-2"},
    ),
    Sample(
        heads=UPLOAD_HEADS,
        where={"id": "upload-1"},
        action="start",
        alternatives={"token_id": "token-2", "record_type": "metadata"},
    ),
    Sample(
        heads=REVEAL_HEADS,
        where={"id": "reveal-1"},
        action="replace",
        alternatives={"token_ids": ["token-1"]},
    ),
    Sample(heads=STATE_HEADS, where={"id": "a_key"}, action="set"),
    Sample(
        heads=PROJECT_HEADS,
        where={"status": "bound"},
        action="rename",
        fields={"name": "Other"},
        unique=UNBOUND,
        state_fixed=REPOSITORY_FIELDS,
    ),
    Sample(heads=JOB_HEADS, where={"status": "pending"}, action="fail"),
    Sample(heads=CONTEST_HEADS, where={"id": "contest-1"}, action="cancel"),
    Sample(heads=ENTRY_HEADS, where={"id": "contest-1-maya"}, action="void"),
    Sample(heads=LOG_HEADS, where={"id": "contest-3"}, action="pause", unique=UNSTARTED),
    Sample(heads=FEED_HEADS, where={"id": "golf-1"}, action="stop", unique=UNFETCHED),
    Sample(heads=RUN_HEADS, where={"id": "contest-3-run"}, action="fail", fields=RUN_ERROR),
    Sample(
        heads=ACCOUNT_HEADS,
        where={"id": "escrow:reference-2:USD"},
        action="post",
        own_step=True,
        own_birth=True,
    ),
    Sample(
        heads=MOVEMENT_HEADS,
        where={"kind": "SETTLEMENT"},
        action="post",
        own_step=True,
        own_birth=True,
    ),
    Sample(
        heads=CHARGE_HEADS,
        where={"item": "disputed"},
        action="win",
        fields={"disputed_from": None},
        own_birth=True,
    ),
    Sample(
        heads=REFUND_HEADS,
        where={"status": "pending", "stripe_refund_id": "re_2"},
        action="cancel",
        own_birth=True,
    ),
    Sample(
        heads=DISPUTE_HEADS,
        where={"id": "dp_1"},
        action="withdraw",
        unique=dict.fromkeys(("closed_at", "withdrawn_at", "reinstated_at", "fee_minor")),
    ),
    Sample(
        heads=EVENT_HEADS,
        where={"status": "DEAD"},
        action="replay",
        unique={"attempt_number": 0, "last_code": None},
    ),
    Sample(
        heads=RECONCILIATION_HEADS,
        birth=STARTED,
        where={"id": RUNNING},
        action="fail",
        fields={**RUN_ERROR, "finished_at": BEGINNING},
        unique={"scope": ReconciliationScope.FULL},
        alternatives={"scope": "FULL"},
    ),
    Sample(
        heads=SWITCH_HEADS,
        where={"id": "payments"},
        action="resume",
        fields={"reason_code": None, "halted_at": None},
        own_birth=True,
    ),
    Sample(
        heads=PAYEE_HEADS,
        where={"id": "ann"},
        action="restrict",
        unique={"destination": None, "destination_set_by": None},
    ),
    Sample(
        heads=TRANSFER_HEADS,
        where={"stripe_transfer_id": "tr_1"},
        action="record_reversal",
        own_step=True,
        own_birth=True,
    ),
    Sample(heads=PAYOUT_JOB_HEADS, where={"id": "settlement-1"}, action="start", own_birth=True),
)
SAMPLE_BY_TABLE: Final = {sample.heads.table: sample for sample in SAMPLES}


def sample_of(head: Table) -> Sample:
    """Return the sample of a registered head.

    Raises:
        LookupError: A context registers a head without a sample.
    """
    if head not in SAMPLE_BY_TABLE:
        problem = (
            f"{head.name} has no Sample in SAMPLES of {__name__}: docs/change-indelible.md,"
            " 'Add an aggregate'"
        )
        raise LookupError(problem)

    return SAMPLE_BY_TABLE[head]


def add_samples(tx: SqlTransaction) -> None:
    """Store the entities of the samples that say how."""
    for sample in SAMPLES:
        if sample.birth is not None:
            execute(tx, SqlAggregateRepository(tx.session, sample.heads), sample.birth, now=CREATED)


def legal_steps(tx: SqlReading) -> dict[str, Step]:
    """Return the next step of each head's sample, by the name of the table.

    Those that add records, and those of the situation's own, are left out.
    """
    steps: dict[str, Step] = {}
    for head in CATALOG.heads:
        sample = sample_of(head)
        if sample.own_step:
            continue
        if _adds_records(sample, sample.head(tx).entity.status, sample.action):
            continue
        steps[head.name] = next_step(sample.head(tx), sample.action, **sample.fields)
    return steps


def legal_births(tx: SqlReading) -> dict[str, Step]:
    """Return the birth of an entity like each head's sample, by the name of the table.

    Those that add records, and those of the situation's own, are left out.
    """
    births: dict[str, Step] = {}
    for head, lifecycle in CATALOG.heads.items():
        sample = sample_of(head)
        action, *_ = lifecycle.allowed("")
        if sample.own_birth or _adds_records(sample, "", action):
            continue
        births[head.name] = _birth(sample.head(tx).entity, action, sample.unique)
    return births


def _adds_records(sample: Sample, from_state: str, action: str) -> bool:
    edge = sample.heads.entity.lifecycle.edge(from_state, action)
    return bool(sample.heads.records) and edge.adds_version == 1


def next_step(head: Head[Any], action: str, **fields: object) -> Step:
    """Return the step of an entity by an action that changes the fields."""
    now = later_than(head.entity.updated_at)
    entity = head.entity.transition(action, now=now, **fields)
    return Step(change=_change(head, entity, action), row=dict(change_data(entity)))


def _birth(like: Aggregate, action: str, unique: Row) -> Step:
    """Return the birth of an entity that is like this one but for its unique fields.

    What the birth does not set has its initial value.
    """
    now = later_than(like.updated_at)
    status = like.lifecycle.edge("", action).to_state
    values = {**like.lifecycle.initial_fields(action), **unique}
    entity = evolve(like, id="new", status=status, created_at=now, updated_at=now, **values)
    return Step(change=_change(None, entity, action), row=dict(change_data(entity)))


def _change(head: Head[Any] | None, entity: Aggregate, action: str) -> Change:
    return next_change(AUDIT, entity.lifecycle, head, entity, action, change_data(entity))
