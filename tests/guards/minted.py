"""A database with tokens and tasks in every state, and the legal next writes to it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import asdict, evolve, fields, frozen
from sqlalchemy import Insert, Update, insert, update

from indelible.kernel import AuditContext, Change, Head, next_change
from indelible.kernel.aggregates import Aggregate, change_data
from indelible.kernel.stages import PauseStage, pause_stage
from indelible.kernel.tasks import Attempt, AttemptOutcome, Lease
from indelible.testing.stores import BEGINNING, MAYA, do
from indelible.tokens import (
    Author,
    ImageGenerationJob,
    IPFSUploadRecord,
    MintEvent,
    RecordType,
    Repositories,
    RevealTransaction,
    Token,
)
from indelible_sql import SqlStore, SqlTransaction
from indelible_sql.kernel.task_tables import STAGES, TASK_ATTEMPTS, TASKS
from indelible_sql.tokens.tables import (
    AUTHORS,
    IMAGE_JOBS,
    MINT_EVENTS,
    REVEALS,
    SYSTEM_STATES,
    TOKENS,
    UPLOADS,
)

Row = Mapping[str, Any]
HEADS_OF_TOKENS = (
    STAGES,
    AUTHORS,
    MINT_EVENTS,
    TOKENS,
    IMAGE_JOBS,
    UPLOADS,
    REVEALS,
    SYSTEM_STATES,
)
CAUSE = AuditContext(actor=MAYA, reason="a raw write", request_id="request-2")
# For each head table: an entity in it, the action of another's birth, and an entity's next action.
SHOWN: Final = {
    "stages": ("upload", "pause", "resume"),
    "authors": ("author-1", "create", "edit"),
    "mint_events": ("mint-1", "detect", "orphan"),
    "tokens_s0": ("token-1", "detect", "generate"),
    "image_generation_jobs": ("job-1", "create", "start"),
    "ipfs_upload_records": ("upload-1", "create", "start"),
    "reveal_transactions": ("reveal-1", "create", "send"),
    "system_state": ("a_key", "create", "set"),
}
# tasks
FREE = "free"
LEASED = "leased"
DEAD = "dead"
# No column is empty, so that a byte of each can be changed.
FIELD_VALUES: Final[Mapping[str, Any]] = {
    "twitter_handle": "maya",
    "farcaster_handle": "maya",
    "prompt_text": "A boat on a lake.",
    "image_url": "https://example.org/1.png",
    "image_cid": "image-cid",
    "metadata_cid": "metadata-cid",
    "generation_attempts": 2,
    "generation_error": "no answer",
    "error_data": {"code": "A_FAULT"},
    "external_job_id": "job",
    "completed_at": BEGINNING,
    "cid": "cid",
    "block_number": 9,
    "gas_price_wei": 7,
    "confirmed_at": BEGINNING,
    "reveal_tx_hash": f"0x{7:064x}",
    "tx_hash": f"0x{8:064x}",
}


def wallet(number: int) -> str:
    """Return a wallet of its own for each number."""
    return f"0x{number:040x}"


def chain_hash(number: int) -> str:
    """Return the hash of a block or of a transaction."""
    return f"0x{number:064x}"


@frozen(kw_only=True)
class Step:
    """A change, and the columns of its head after it."""

    change: Change
    row: Row


@frozen(kw_only=True)
class Minted:
    """Legal writes to a database with tokens: a next step and a birth for each head table."""

    steps: Mapping[str, Step]
    births: Mapping[str, Step]
    ready: Step  # of a token whose image is being uploaded
    completed: Step  # of an upload
    restored: Step  # of an orphaned mint whose transaction is in another block now
    lease: Lease
    attempt: Row


def settle_tokens(store: SqlStore) -> Minted:
    """Fill every table of tokens and of tasks, and return the legal next writes."""
    do(store, pause_stage, PauseStage(stage="upload"))
    with store.transaction(actor=MAYA, reason="a story", request_id="request-1") as tx:
        _add_entities(Repositories.over(tx), tx.clock.now())
        lease = _add_tasks(tx)
        return _legal_writes(tx, lease)


def _add_entities(repositories: Repositories, now: datetime) -> None:
    author = _with_every_field(Author, "create", now=now, id="author-1", wallet_address=wallet(1))
    repositories.authors.add(author)
    orphaned = repositories.mint_events.add(_mint("mint-2", now=now, block=2))
    repositories.mint_events.save(orphaned.orphan())
    mint = repositories.mint_events.add(_mint("mint-1", now=now, block=1))
    for number in (1, 2):
        token = _with_every_field(
            Token,
            "detect",
            now=now,
            id=f"token-{number}",
            token_id=number,
            author_id="author-1",
            **mint.token_fields,
        )
        repositories.tokens.add(token)

    job = _with_every_field(
        ImageGenerationJob,
        "create",
        now=now,
        id="job-1",
        token_id="token-1",  # noqa: S106 - an id
        service="replicate",
    )
    repositories.image_jobs.add(job)
    for number in (1, 2):
        upload = _with_every_field(
            IPFSUploadRecord,
            "create",
            now=now,
            id=f"upload-{number}",
            token_id="token-1",  # noqa: S106 - an id
            record_type=RecordType.IMAGE,
        )
        repositories.ipfs_records.add(upload)
    reveal = _with_every_field(
        RevealTransaction, "create", now=now, id="reveal-1", token_ids=("token-1", "token-2")
    )
    repositories.reveal_txs.add(reveal)
    repositories.system_state.set_state("a_key", {"a": "value"})
    _start_second_token(repositories)


def _start_second_token(repositories: Repositories) -> None:
    token = repositories.tokens.get_by_id("token-2")
    upload = repositories.ipfs_records.get_by_id("upload-2")
    assert token is not None
    assert upload is not None

    generating = repositories.tokens.save(token.mark_generating())
    repositories.tokens.save(generating.mark_uploading("/2.png"))
    repositories.ipfs_records.save(upload.transition("start"))


def _mint(event_id: str, *, block: int, now: datetime) -> MintEvent:
    return MintEvent.create(
        "detect",
        now=now,
        id=event_id,
        block_number=block,
        block_hash=chain_hash(block),
        block_timestamp=BEGINNING,
        tx_hash=chain_hash(1),
        log_index=1,
        token_id=1,
        quantity=2,
        author_wallet=wallet(1),
        recipient=wallet(2),
        total_paid="7",
        detected_at=BEGINNING,
    )


def _with_every_field(entity: type[Any], action: str, **values: Any) -> Any:  # noqa: ANN401 - any entity
    """Return a new entity without an empty field."""
    for attribute in fields(entity):
        if attribute.name in FIELD_VALUES:
            values.setdefault(attribute.name, FIELD_VALUES[attribute.name])

    return entity.create(action, **values)


def _add_tasks(tx: SqlTransaction) -> Lease:
    """Add a free task, a dead task and a started one. Return the lease of the last."""
    until = BEGINNING + timedelta(days=800)
    tx.tasks.enqueue("bury", {DEAD: BEGINNING})
    (dying,) = tx.tasks.claim("bury", limit=1, until=until)
    tx.tasks.mark_dead(dying, reason="it cannot be")

    tx.tasks.enqueue("work", {LEASED: BEGINNING})
    (lease,) = tx.tasks.claim("work", limit=1, until=until)
    tx.tasks.record_start([lease])

    tx.tasks.enqueue("work", {FREE: tx.clock.now()})
    return lease


def _legal_writes(tx: SqlTransaction, lease: Lease) -> Minted:
    repositories: Mapping[str, Any] = {
        "stages": tx.stages,
        "authors": tx.tokens.authors,
        "mint_events": tx.tokens.mints,
        "tokens_s0": tx.tokens.tokens,
        "image_generation_jobs": tx.tokens.image_jobs,
        "ipfs_upload_records": tx.tokens.uploads,
        "reveal_transactions": tx.tokens.reveals,
        "system_state": tx.tokens.states,
    }
    steps: dict[str, Step] = {}
    births: dict[str, Step] = {}
    for table, (entity_id, first_action, next_action) in SHOWN.items():
        head = repositories[table].get(entity_id)
        steps[table] = _step(head, next_action)
        births[table] = _birth(head.entity, first_action)

    return Minted(
        steps=steps,
        births=births,
        ready=_step(tx.tokens.tokens.get("token-2"), "ready"),
        completed=_step(tx.tokens.uploads.get("upload-2"), "complete"),
        restored=_step(tx.tokens.mints.get("mint-2"), "restore"),
        lease=lease,
        attempt=_attempt_row(lease),
    )


def _attempt_row(lease: Lease) -> Row:
    failed = Attempt(
        stage=lease.stage,
        entity_id=lease.entity_id,
        fence=lease.fence,
        outcome=AttemptOutcome.FAILED,
        actor=MAYA,
        reason="no answer",
        at=BEGINNING,
        request_id="request-2",
    )
    row = asdict(failed)
    row["actor"] = MAYA
    row["outcome"] = AttemptOutcome.FAILED.value

    return row


UNIQUE_VALUES: Final[Mapping[type, Mapping[str, Any]]] = {
    Author: {"wallet_address": wallet(9)},
    MintEvent: {"tx_hash": chain_hash(9)},
    Token: {"token_id": 9},
}


def _birth(like: Aggregate, action: str) -> Step:
    """Return the birth of an entity that is like this one but for its unique fields."""
    at = like.updated_at.replace(month=2)
    status = like.lifecycle.next("", action)
    unique = UNIQUE_VALUES.get(type(like), {})
    new = evolve(like, id="new", status=status, created_at=at, updated_at=at, **unique)

    return Step(change=_change(None, new, action), row=dict(change_data(new)))


def _step(head: Head[Any], action: str) -> Step:
    """Return the next step of an entity by an action."""
    entity = head.entity.transition(action, now=head.entity.updated_at.replace(month=2))
    return Step(change=_change(head, entity, action), row=dict(change_data(entity)))


def _change(head: Head[Any] | None, entity: Aggregate, action: str) -> Change:
    return next_change(CAUSE, entity.lifecycle, head, entity, action, change_data(entity))


NEW_WORK: Final[Row] = {
    "stage": "work",
    "entity_id": "new",
    "due_at": BEGINNING,
    "fence": 0,
    "attempts": 0,
}


def put(**columns: object) -> Insert:
    """Return the insertion of a task."""
    return insert(TASKS).values({**NEW_WORK, **columns})


def work(entity_id: str, /, **columns: object) -> Update:
    """Return an update of a task."""
    return update(TASKS).where(TASKS.c.entity_id == entity_id).values(**columns)


def attempt(minted: Minted, **columns: object) -> Insert:
    """Return the insertion of an attempt."""
    return insert(TASK_ATTEMPTS).values({**minted.attempt, **columns})
