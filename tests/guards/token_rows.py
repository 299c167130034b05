"""The rows of tokens in the situation: every table of tokens has one, with every field filled."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import fields

from indelible.testing.stores import BEGINNING
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

# Values of the fields that may be empty. No column is empty, so that a byte of each can be changed.
OPTIONAL_FIELDS: Final[Mapping[str, Any]] = {
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
    """Return a wallet address of its own for each number."""
    return f"0x{number:040x}"


def chain_hash(number: int) -> str:
    """Return a hash of a block or transaction of its own for each number."""
    return f"0x{number:064x}"


def add_tokens(repositories: Repositories, now: datetime) -> None:
    """Add an author, two mints, two tokens, a job, two uploads, a reveal and a system state.

    The second mint is orphaned; the second token and the second upload are being uploaded. Every
    field is filled: what no birth sets by a step, from which a retry returns to the first state.
    """
    author = Author.create(
        "create",
        now=now,
        id="author-1",
        wallet_address=wallet(1),
        **_optional_fields(Author),
    )
    repositories.authors.add(author)
    orphaned = repositories.mint_events.add(_mint("mint-2", now=now, block=2))
    repositories.mint_events.save(orphaned.orphan())
    mint = repositories.mint_events.add(_mint("mint-1", now=now, block=1))
    for number in (1, 2):
        token = Token.create(
            "detect",
            now=now,
            id=f"token-{number}",
            token_id=number,
            author_id="author-1",
            **mint.token_fields,
        )
        added = repositories.tokens.add(token)
        filled = added.transition("generate", **_optional_fields(Token))
        repositories.tokens.save(repositories.tokens.save(filled).transition("retry"))

    _add_work_on_tokens(repositories, now)
    repositories.system_state.set_state("a_key", {"a": "value"})
    _start_second_token(repositories)


def _add_work_on_tokens(repositories: Repositories, now: datetime) -> None:
    """Add a job and two uploads of the first token, and a reveal of both tokens."""
    job = ImageGenerationJob.create(
        "create",
        now=now,
        id="job-1",
        token_id="token-1",  # noqa: S106 - an id
        service="replicate",
    )
    started = repositories.image_jobs.add(job).transition(
        "start", **_optional_fields(ImageGenerationJob)
    )
    repositories.image_jobs.save(repositories.image_jobs.save(started).transition("retry"))

    for number in (1, 2):
        upload = IPFSUploadRecord.create(
            "create",
            now=now,
            id=f"upload-{number}",
            token_id="token-1",  # noqa: S106 - an id
            record_type=RecordType.IMAGE,
        )
        uploading = repositories.ipfs_records.add(upload).transition(
            "start", **_optional_fields(IPFSUploadRecord)
        )
        saved = repositories.ipfs_records.save(uploading)
        repositories.ipfs_records.save(saved.transition("retry"))

    reveal = RevealTransaction.create(
        "create", now=now, id="reveal-1", token_ids=("token-1", "token-2")
    )
    sent = repositories.reveal_txs.add(reveal).transition(
        "send", **_optional_fields(RevealTransaction)
    )
    repositories.reveal_txs.save(sent)


def _start_second_token(repositories: Repositories) -> None:
    """Move the second token and the second upload to `uploading`."""
    token = repositories.tokens.get_by_id("token-2")
    upload = repositories.ipfs_records.get_by_id("upload-2")
    assert token is not None
    assert upload is not None

    generating = repositories.tokens.save(token.mark_generating())
    repositories.tokens.save(generating.mark_uploading("/2.png"))
    repositories.ipfs_records.save(upload.transition("start"))


def _mint(event_id: str, *, block: int, now: datetime) -> MintEvent:
    """Return a mint of two tokens in a block; all mints are of one transaction."""
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
        batch=("1", "2"),
        copies=("3", "4"),
    )


def _optional_fields(entity: type[Any]) -> dict[str, Any]:
    """Return a value for each field of an entity that may be empty."""
    names = [attribute.name for attribute in fields(entity)]
    return {name: OPTIONAL_FIELDS[name] for name in names if name in OPTIONAL_FIELDS}
