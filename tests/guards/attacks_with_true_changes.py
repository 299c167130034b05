"""Illegal steps of money whose change tells the same lie as its head, with a true digest."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from attrs import evolve
from tests.guards.attack_parts import Kind, Write
from tests.guards.contest_values import CREATED
from tests.guards.money_rows import FEE, OPEN_CHARGE, OTHER, PAID_TRANSFER, REFERENCE, fee_of
from tests.guards.raw_database import Statement
from tests.guards.situation import Situation
from tests.guards.writes import Step, following_step, forged_step, step_writes, with_digest

from indelible.kernel import to_json_value
from indelible.money.entities.ids import movement_id
from indelible_sql.contexts import CATALOG
from indelible_sql.money.tables.ledger import MOVEMENTS

StepOf = Callable[[Situation], Step]

FAR: Final = datetime(2999, 1, 1, tzinfo=UTC)
LONG_AGO: Final = CREATED - timedelta(days=30)


def _born(head: str, **columns: object) -> Write:
    """Return the birth in a head, with some columns changed in the change too."""
    return _forged(lambda s: s.births[head], **columns)


def _stepped(head: str, **columns: object) -> Write:
    """Return the next step of a head's sample, with some columns changed in the change too."""
    return _forged(lambda s: s.steps[head], **columns)


def _forged(step_of: StepOf, **columns: object) -> Write:
    return lambda s: step_writes(_with_columns(step_of(s), columns))


def _with_columns(step: Step, columns: Mapping[str, object]) -> Step:
    change = {name: to_json_value(value) for name, value in columns.items()}
    return evolve(forged_step(step, **change), row={**step.row, **columns})


def _then(head: str, action: str, state: str, **columns: object) -> Write:
    """Return the birth in a head, and a step after it that changes some columns."""

    def write(s: Situation) -> Sequence[Statement]:
        birth = s.births[head]
        following = following_step(birth, action=action, to_state=state, columns=columns)
        return *step_writes(birth), *step_writes(following)

    return write


def _late_times() -> Iterator[tuple[str, Write]]:
    """Yield a birth and a step in each head for each time that is bound by its change."""
    for head, lifecycle in CATALOG.heads.items():
        for name in lifecycle.latest:
            yield f"{head.name}: a birth with {name} in 2999", _born(head.name, **{name: FAR})
            # No edge leads out of the state of a movement.
            if head is not MOVEMENTS:
                yield f"{head.name}: a step with {name} in 2999", _stepped(head.name, **{name: FAR})


def _job_of_nothing(s: Situation) -> Sequence[Statement]:
    step = s.births["payout_jobs"]
    return step_writes(evolve(step, change=with_digest(step.change, entity_id="nothing")))


def _approved(s: Situation, **columns: object) -> Sequence[Statement]:
    """Return the plan of a transfer and its approval, with some columns changed."""
    planned = s.births["transfers"]
    approval = {
        "approved_by": str(planned.change.actor),
        "approved_at": planned.change.at,
        "approval_reason": "checked",
        **columns,
    }
    approved = following_step(planned, action="approve", to_state="pending", columns=approval)
    return *step_writes(planned), *step_writes(approved)


def _attempted(s: Situation) -> Step:
    return s.money.attempted


def _claimed(s: Situation) -> Step:
    return s.money.claimed


WITH_TRUE_CHANGES: Mapping[str, Kind] = {
    "a new aggregate with what only later actions set": {
        "a charge that is born with an event": _born("charges", last_event_at=CREATED),
        "a charge that is born in a later generation": _born("charges", generation=2),
        "a charge that is born with a session": _born("charges", session_id="cs_9"),
        "a refund that is born in a later generation": _born("refunds", generation=2),
        "a refund that is born with an id of Stripe": _born("refunds", stripe_refund_id="re_9"),
        "a dispute that is born withdrawn": _born("disputes", withdrawn_at=CREATED),
        "a dispute that is born with a fee": _born("disputes", fee_minor=10**12),
        "a transfer that is born in a later generation": _born("transfers", generation=2),
        "a transfer that is born parked": _born("transfers", parked_at=CREATED),
        "a transfer that is born attempted": _born("transfers", first_attempt_at=CREATED),
        "a transfer that is born with a budget": _born("transfers", retry_until=CREATED),
        "a transfer that is born with failures": _born("transfers", failure_count=10**6),
        "an event that is born with a code": _born("stripe_events", last_code="FAULT"),
        "a job that is born with warnings": _born("jobs", warning_count=3),
        "a run that is born with lines": _born("settlement_runs", line_count=3),
        "a log that is born with observations": _born("contest_logs", observations=3),
        "a log that is born with a fetch": _born("contest_logs", fetch_number=99),
        "a feed that is born with failures": _born("provider_feeds", failures=3),
        "an entry that is born with a payment": _born("entries", payment_ref="pi_9"),
        "a contest that is born settled": _born("contests", settle_time=CREATED),
        "a project that is born with a node": _born("projects", current_nodes=["node"]),
        "a token that is born with attempts": _born("tokens_s0", generation_attempts=2),
        "an image that is born with retries": _born("image_generation_jobs", retry_count=2),
        "an upload that is born with retries": _born("ipfs_upload_records", retry_count=2),
        "a reveal that is born with a price": _born("reveal_transactions", gas_price_wei=7),
    },
    "a time long after its change": {
        "a charge that expires in 2999": _born("charges", expires_at=FAR),
        "a charge that is extended until 2999": _then(
            "charges", "extend", "PENDING", expires_at=FAR
        ),
        "a charge that is processed in 2999": _then(
            "charges", "process", "PROCESSING", last_event_at=FAR
        ),
        "a charge that fails in 2999": _then("charges", "fail", "FAILED", last_event_at=FAR),
        "a charge that is paid in 2999": _forged(lambda s: s.money.succeeded, paid_at=FAR),
        "a movement that occurs in 2999": _born("movements", occurred_at=FAR),
        "a dispute that is withdrawn in 2999": _stepped("disputes", withdrawn_at=FAR),
        "a dispute that is given back in 2999": _stepped("disputes", reinstated_at=FAR),
        "a claim that is tried until 2999": _forged(_claimed, retry_until=FAR),
        "an event of 2999": _born("stripe_events", created=FAR),
        "a reconciliation that starts in 2999": _born("reconciliations", started_at=FAR),
        "a reconciliation that fails in 2999": _stepped("reconciliations", finished_at=FAR),
        **dict(_late_times()),
    },
    "a refund that no payment allows": {
        "a refund of more than its charge has": _born("refunds", amount_minor=FEE + 1),
        "a refund of a charge that is not paid": _born("refunds", charge_id=OPEN_CHARGE),
        "a refund in another currency": _born("refunds", currency="EUR"),
        "a refund that skips a number": _born("refunds", number=9),
        "a refund whose item no settlement has counted": _born("refunds", covered=True),
        "a refund that skips a generation": _forged(_attempted, generation=3),
    },
    "a dispute that no payment allows": {
        "a dispute of a charge that is not paid": _born("disputes", charge_id=OPEN_CHARGE),
        "a dispute whose item no settlement has counted": _born("disputes", covered=True),
        "a dispute that is withdrawn before the payment": _stepped(
            "disputes", withdrawn_at=LONG_AGO
        ),
        "a dispute that is given back long before": _stepped("disputes", reinstated_at=LONG_AGO),
    },
    "a charge in a far generation": {
        "an intent of a far generation": _then(
            "charges", "attach_intent", "PENDING", intent_id="pi_9", generation=2**53 - 1
        ),
        "an intent of the first generation that is too far": _then(
            "charges", "attach_intent", "PENDING", intent_id="pi_9", generation=22
        ),
        "a claim that skips a generation": _forged(_claimed, generation=3),
    },
    "a payout that no settlement owes": {
        "a job of less money than is owed": _born("payout_jobs", total_minor=99),
        "a job of more transfers than parties": _born("payout_jobs", transfer_count=2),
        "a job in another currency": _born("payout_jobs", currency="EUR"),
        "a job of another reference": _born("payout_jobs", reference=OTHER),
        "a job of no settlement": _job_of_nothing,
        "a transfer of another settlement than its job": _born("transfers", settlement_id="none"),
        "a transfer that must be looked up": _born("transfers", must_look_up=True),
        "a job's transfer that replaces another": _born("transfers", reissue_of=PAID_TRANSFER),
        "a transfer of no job": _born("transfers", job_id=None),
    },
    "an approved transfer that waits": {
        "an approval that parks": lambda s: _approved(s, parked_at=CREATED),
        "an approval with a failure": lambda s: _approved(s, failure_code="FAULT"),
        "an approval with a message": lambda s: _approved(s, failure_message="A fault."),
    },
    "a note about nothing": {
        "a note of another reference": _born("movements", reference=OTHER),
        "a note of no reference": _born("movements", reference=None),
        "a note in another currency": _born("movements", currency="EUR"),
        "a note of a fact": _born("movements", fact_key="payment:x"),
        "a note of a later attempt": _born("movements", key="ledger:payout:x:9"),
        "a note of another source": _born("movements", source="evt_9"),
        "a note of another transfer": _born("movements", source=f"transfer:{PAID_TRANSFER}"),
        "a proposal to reverse a fee": _born(
            "movements",
            kind="REVERSAL_PROPOSED",
            key=f"reversal_proposed:{movement_id(fee_of('ann').key)}",
            source="operator",
            reference=REFERENCE,
        ),
    },
}
