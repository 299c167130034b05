"""What tokens and work leave in a database with a little of everything, and the legal next writes to it."""

from collections.abc import Mapping
from datetime import timedelta
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
from indelible_sql.kernel.tasks import STAGES, TASK_ATTEMPTS, TASKS
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
# Of each head: the entity that is there, what makes another, and what it may do next.
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
FREE, LEASED, DEAD = "free", "leased", "dead"  # pieces of work
STAGE = "generate"
# So that each column has a value in which a byte can be changed.
SAID: Final[Mapping[str, Any]] = {
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
    """A wallet of its own."""
    return f"0x{number:040x}"


def chain_hash(number: int) -> str:
    """A block's or a transaction's hash."""
    return f"0x{number:064x}"


@frozen(kw_only=True)
class Step:
    """A change, and what its head holds after it beside its place."""

    change: Change
    row: Row


@frozen(kw_only=True)
class Minted:
    """Of each head of tokens and of the stages the legal next step of one, and the legal birth of another."""

    steps: Mapping[str, Step]
    births: Mapping[str, Step]
    ready: Step  # of a token whose image is being uploaded
    completed: Step  # of an upload
    restored: Step  # of a mint that is orphaned, and was mined again
    lease: Lease
    attempt: Row


def settle_tokens(store: SqlStore) -> Minted:
    """Each column of each table has a value; a piece of work is in hand, one is free, and one is dead."""
    do(store, pause_stage, PauseStage(stage="upload"))
    found: list[Minted] = []
    with store.transaction(actor=MAYA, reason="a story", request_id="request-1") as tx:
        _make(tx)
        lease = _work(tx)
        found.append(_minted(tx, lease))
    return found[0]


def _make(tx: SqlTransaction) -> None:
    now, seven = tx.clock.now(), Repositories.over(tx)
    seven.authors.add(_whole(Author, "create", now=now, id="author-1", wallet_address=wallet(1)))
    orphan = seven.mint_events.add(_mint("mint-2", now=now, block=2))
    seven.mint_events.save(orphan.orphan())
    mint = seven.mint_events.add(_mint("mint-1", now=now, block=1))
    for number in (1, 2):
        said = {
            "id": f"token-{number}",
            "token_id": number,
            "author_id": "author-1",
            **mint.token_fields,
        }
        seven.tokens.add(_whole(Token, "detect", now=now, **said))
    job = {"id": "job-1", "token_id": "token-1", "service": "replicate"}
    seven.image_jobs.add(_whole(ImageGenerationJob, "create", now=now, **job))
    for number in (1, 2):
        upload = {"id": f"upload-{number}", "token_id": "token-1", "record_type": RecordType.IMAGE}
        seven.ipfs_records.add(_whole(IPFSUploadRecord, "create", now=now, **upload))
    reveal = {"id": "reveal-1", "token_ids": ("token-1", "token-2")}
    seven.reveal_txs.add(_whole(RevealTransaction, "create", now=now, **reveal))
    seven.system_state.set_state("a_key", {"a": "value"})
    _go_on(seven)


def _go_on(seven: Repositories) -> None:
    token, upload = seven.tokens.get_by_id("token-2"), seven.ipfs_records.get_by_id("upload-2")
    assert token
    assert upload
    seven.tokens.save(seven.tokens.save(token.mark_generating()).mark_uploading("/2.png"))
    seven.ipfs_records.save(upload.transition("start"))


def _mint(event_id: str, *, block: int, **said: Any) -> MintEvent:  # noqa: ANN401 - the fields of a mint
    place: dict[str, Any] = {
        "block_number": block,
        "block_hash": chain_hash(block),
        "block_timestamp": BEGINNING,
    }
    place |= {
        "tx_hash": chain_hash(1),
        "log_index": 1,
        "token_id": 1,
        "quantity": 2,
        "detected_at": BEGINNING,
    }
    return MintEvent.create(
        "detect",
        id=event_id,
        author_wallet=wallet(1),
        recipient=wallet(2),
        total_paid="7",
        **place,
        **said,
    )


def _whole(kind: type[Any], action: str, **said: Any) -> Any:  # noqa: ANN401 - an entity of each kind
    """An entity whose every field is given."""
    names = {each.name for each in fields(kind)} - said.keys()
    return kind.create(
        action, **{name: value for name, value in SAID.items() if name in names}, **said
    )


def _work(tx: SqlTransaction) -> Lease:
    """A lease in hand, that was begun; beside it work that is free, and work that is dead."""
    now, until = tx.clock.now(), BEGINNING + timedelta(days=800)
    tx.tasks.enqueue("bury", {DEAD: BEGINNING})
    (dying,) = tx.tasks.claim("bury", limit=1, until=until)
    tx.tasks.mark_dead(dying, reason="it cannot be")
    tx.tasks.enqueue("work", {LEASED: BEGINNING})
    (lease,) = tx.tasks.claim("work", limit=1, until=until)
    tx.tasks.record_start([lease])
    tx.tasks.enqueue("work", {FREE: now})
    return lease


def _minted(tx: SqlTransaction, lease: Lease) -> Minted:
    at = tx.tokens
    heads: tuple[Any, ...] = (
        *(
            tx.stages,
            at.authors,
            at.mints,
            at.tokens,
            at.image_jobs,
            at.uploads,
            at.reveals,
            at.states,
        ),
    )
    own = dict(zip(SHOWN, heads, strict=True))
    steps = {
        name: _step(own[name].get(known), action) for name, (known, _, action) in SHOWN.items()
    }
    births = {
        name: _birth(own[name].get(known).entity, action)
        for name, (known, action, _) in SHOWN.items()
    }
    attempt = Attempt(
        stage=lease.stage,
        entity_id=lease.entity_id,
        fence=lease.fence,
        outcome=AttemptOutcome.FAILED,
        actor=MAYA,
        reason="no answer",
        at=BEGINNING,
        request_id="request-2",
    )
    return Minted(
        steps=steps,
        births=births,
        ready=_step(at.tokens.get("token-2"), "ready"),
        completed=_step(at.uploads.get("upload-2"), "complete"),
        restored=_step(at.mints.get("mint-2"), "restore"),
        lease=lease,
        attempt={**asdict(attempt), "actor": MAYA, "outcome": AttemptOutcome.FAILED.value},
    )


NEW: Final[Mapping[str, Any]] = {
    "wallet_address": wallet(9),
    "tx_hash": chain_hash(9),
    "token_id": 9,
}
UNIQUE: Final[Mapping[type, tuple[str, ...]]] = {
    Author: ("wallet_address",),
    MintEvent: ("tx_hash",),
    Token: ("token_id",),
}


def _birth(like: Aggregate, action: str) -> Step:
    """Another of the kind, whose unique fields are its own."""
    own = {name: NEW[name] for name in UNIQUE.get(type(like), ())}
    at = like.updated_at.replace(month=2)
    status = like.lifecycle.next("", action)
    made = evolve(like, id="new", status=status, created_at=at, updated_at=at, **own)
    return Step(change=_change(None, made, action), row=dict(change_data(made)))


def _step(head: Head[Any], action: str) -> Step:
    moved = head.entity.transition(action, now=head.entity.updated_at.replace(month=2))
    return Step(change=_change(head, moved, action), row=dict(change_data(moved)))


def _change(head: Head[Any] | None, entity: Aggregate, action: str) -> Change:
    return next_change(CAUSE, entity.lifecycle, head, entity, action, change_data(entity))


NEW_WORK: Final[Row] = {
    "stage": "work",
    "entity_id": "new",
    "due_at": BEGINNING,
    "fence": 0,
    "attempts": 0,
}


def put(**other: object) -> Insert:
    """A new piece of work."""
    return insert(TASKS).values({**NEW_WORK, **other})


def work(entity_id: str, /, **other: object) -> Update:
    """A change to a piece of work."""
    return update(TASKS).where(TASKS.c.entity_id == entity_id).values(**other)


def attempt(minted: Minted, **other: object) -> Insert:
    """The record of an attempt."""
    return insert(TASK_ATTEMPTS).values({**minted.attempt, **other})
