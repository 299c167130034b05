"""Tokens and what belongs to them, as seven tables hold them; a change is a method that returns the next value.

A method leaves `updated_at` as it was: the repository that saves the entity reads from it which state it came from,
refuses one that has moved on meanwhile, and sets the time.
"""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final, Self

from attrs import Attribute, asdict, evolve, field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle, instant_after
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.json import normalize_json
from indelible.kernel.stages import PermanentFailure
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    LINE,
    WrongType,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
    non_blank_line,
)
from indelible.tokens import errors
from indelible.tokens import lifecycle as declared

NATURAL: Final = {"minimum": 0, "maximum": 2**63 - 1}
QUANTITY: Final = {"minimum": 1, "maximum": 50}
PROMPT: Final = {"max_length": 1_000}
HANDLE: Final = {"max_length": 255}
MOST_IN_A_REVEAL: Final = 50
ORPHANED: Final = errors.MintOrphaned.code
GIVEN_UP: Final = PermanentFailure.code

Document = Mapping[str, Any]
Given = Callable[[object, "Attribute[Any]", object], None]


def _is_hex(digits: int) -> Given:
    def check(_: object, attribute: "Attribute[Any]", value: object) -> None:
        if not isinstance(value, str):
            raise WrongType(attribute.name, "text")
        if not re.fullmatch(rf"0x[0-9a-f]{{{digits}}}", value):
            raise errors.NotHex(attribute.name, digits)

    return check


is_wallet, is_hash = _is_hex(40), _is_hex(64)


def lowercase(value: Any) -> Any:  # noqa: ANN401 - what is no text is refused by its field's validator
    """A wallet or a hash in its one form; its capitals are a checksum at most."""
    return value.lower() if isinstance(value, str) else value


def require(name: str, value: str | None) -> str:
    """The value of an argument that a step needs, or ArgumentMissing."""
    if not value:
        raise errors.ArgumentMissing(name)
    return value


@frozen(kw_only=True)
class Marked(Aggregate):
    """What is moved by a step, and keeps the time of the state that it came from until it is saved."""

    def with_status(self, action: str, **other: Any) -> Self:  # noqa: ANN401 - the fields of each kind
        """The entity after a step, or InvalidTransition."""
        return evolve(self, status=self.lifecycle.next(self.status, action), **other)

    def at(self, now: datetime, *, after: Self) -> Self:
        """The entity at the instant of its change, after the state that it came from."""
        return evolve(self, updated_at=instant_after(after.updated_at, now))


@frozen(kw_only=True)
class Author(Marked):
    """Who wrote the prompt from which a token's image is made."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.AUTHOR
    wallet_address: str = field(converter=lowercase, validator=is_wallet)
    twitter_handle: str | None = field(
        default=None, validator=optional(is_identifier), metadata=HANDLE
    )
    farcaster_handle: str | None = field(
        default=None, validator=optional(is_identifier), metadata=HANDLE
    )
    prompt_text: str | None = field(
        default=None, validator=optional(non_blank_line), metadata=PROMPT
    )
    status: declared.AuthorStatus = field(validator=instance_of(declared.AuthorStatus))

    def prompted(self, prompt_text: str) -> Self:
        """The author whose tokens are made from this prompt."""
        return self.with_status("edit", prompt_text=prompt_text)


@frozen(kw_only=True)
class Token(Marked):
    """One NFT, from its mint to its reveal."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.TOKEN
    token_id: int = field(validator=bounded_int, metadata=COUNT)
    author_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    minter_address: str | None = field(
        default=None, converter=lowercase, validator=optional(is_wallet)
    )
    mint_timestamp: datetime = field(validator=is_instant)
    mint_event_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=IDENTIFIER
    )
    image_url: str | None = field(
        default=None, validator=optional(is_identifier), metadata={"max_length": 2_000}
    )
    image_cid: str | None = field(default=None, validator=optional(is_identifier), metadata=HANDLE)
    metadata_cid: str | None = field(
        default=None, validator=optional(is_identifier), metadata=HANDLE
    )
    generation_attempts: int = field(default=0, validator=bounded_int, metadata=NATURAL)
    generation_error: str | None = field(
        default=None, validator=optional(non_blank_line), metadata=LINE
    )
    reveal_tx_hash: str | None = field(
        default=None, converter=lowercase, validator=optional(is_hash)
    )
    error_data: Document | None = field(default=None, converter=normalize_json)
    status: declared.TokenStatus = field(validator=instance_of(declared.TokenStatus))

    def mark_generating(self) -> Self:
        """The token whose image is being made."""
        return self.with_status("generate")

    def mark_uploading(self, image_path: str) -> Self:
        """The token whose image is made, and is at the path; the path is kept by its job."""
        marked = self.with_status("upload")
        require("image_path", image_path)
        return marked

    def mark_ready(self, metadata_cid: str, image_cid: str | None = None) -> Self:
        """The token whose image and metadata are pinned; ArgumentMissing unless both are known."""
        marked, image = self.with_status("ready"), image_cid or self.image_cid
        return evolve(
            marked,
            metadata_cid=require("metadata_cid", metadata_cid),
            image_cid=require("image_cid", image),
        )

    def mark_revealed(self, tx_hash: str) -> Self:
        """The token that the transaction has shown to all."""
        marked = self.with_status("reveal")
        return evolve(marked, reveal_tx_hash=require("tx_hash", tx_hash))

    def mark_failed(self, error_dict: Document) -> Self:
        """The token that goes no further, and why."""
        return self.with_status("fail", error_data=error_dict)

    def retried(self, error: str) -> Self:
        """The token whose generation is to be tried again."""
        attempts, line = (
            self.generation_attempts + 1,
            "".join(each if each.isprintable() else " " for each in error),
        )
        said = line.strip()[: LINE["max_length"]] or "nothing is said"
        return self.with_status("retry", generation_attempts=attempts, generation_error=said)

    def requeued(self) -> Self:
        """The token that an operator gives another chance; MintOrphaned while the chain has no mint of it."""
        if self.is_quarantined:
            raise errors.MintOrphaned(self.token_id)
        return self.with_status(
            "retry", generation_attempts=0, generation_error=None, error_data=None
        )

    def with_new_mint(self, event: "MintEvent", author_id: str) -> Self:
        """The token that was quarantined, as the chain has minted it again."""
        cleared = dict.fromkeys(
            ("image_url", "image_cid", "metadata_cid", "generation_error", "error_data")
        )
        return self.with_status(
            "retry", generation_attempts=0, author_id=author_id, **cleared, **event.minting
        )

    def uploading(self, image_path: str, *, now: datetime) -> Self:
        """The token whose image is made, at the instant of its change."""
        require("image_path", image_path)
        return self.transition("upload", now=now)

    def generating(self, *, now: datetime) -> Self | None:
        """The token in the hands of a worker; the same where one before it began, and None where that is over."""
        if self.status is declared.TokenStatus.DETECTED:
            return self.transition("generate", now=now)
        return self if self.status is declared.TokenStatus.GENERATING else None

    def synced(self, metadata_cid: str) -> Self:
        """The token that the chain shows to all already, whoever did it."""
        action = "reveal" if self.status is declared.TokenStatus.READY else "sync"
        return self.with_status(action, metadata_cid=metadata_cid, error_data=None)

    def failed_with(self, code: str = GIVEN_UP, **said: str) -> Self | None:
        """The token that goes no further for this reason; None where it does not go on anyway."""
        return (
            self.mark_failed({"code": code, **said}) if self.status in declared.UNFINISHED else None
        )

    @property
    def is_shown(self) -> bool:
        """Whether everybody has seen it."""
        return self.status is declared.TokenStatus.REVEALED

    @property
    def has_failed(self) -> bool:
        """Whether it goes no further by itself."""
        return self.status is declared.TokenStatus.FAILED

    @property
    def is_quarantined(self) -> bool:
        """Whether it has failed because the chain dropped its mint."""
        return self.has_failed and (self.error_data or {}).get("code") == ORPHANED


@frozen(kw_only=True)
class MintEvent(Marked):
    """One occurrence of a mint in a block; the same mint in another block is another occurrence."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.MINT
    tx_hash: str = field(converter=lowercase, validator=is_hash)
    log_index: int = field(validator=bounded_int, metadata=NATURAL)
    block_number: int = field(validator=bounded_int, metadata=COUNT)
    block_hash: str = field(converter=lowercase, validator=is_hash)
    block_timestamp: datetime = field(validator=is_instant)
    token_id: int = field(validator=bounded_int, metadata=COUNT)
    quantity: int = field(validator=bounded_int, metadata=QUANTITY)
    author_wallet: str = field(converter=lowercase, validator=is_wallet)
    recipient: str = field(converter=lowercase, validator=is_wallet)
    total_paid: str = field(
        default="0", validator=is_identifier, metadata={"max_length": 78}
    )  # wei, up to 2**256
    detected_at: datetime = field(validator=is_instant)
    status: declared.MintStatus = field(validator=instance_of(declared.MintStatus))

    def orphaned(self) -> Self:
        """The mint whose block the chain has dropped."""
        return self.with_status("orphan")

    def restored(self) -> Self:
        """The mint whose block the chain has again."""
        return self.with_status("restore")

    @property
    def is_canonical(self) -> bool:
        """Whether its block is in the chain."""
        return self.status is declared.MintStatus.CANONICAL

    @property
    def sort_key(self) -> tuple[int, int, str]:
        """Its place in the chain."""
        return self.block_number, self.log_index, self.id

    @property
    def token_ids(self) -> range:
        """The numbers of the tokens that it minted."""
        return range(self.token_id, self.token_id + self.quantity)

    @property
    def minting(self) -> dict[str, Any]:
        """What its tokens show of it."""
        return {
            "minter_address": self.recipient,
            "mint_timestamp": self.block_timestamp,
            "mint_event_id": self.id,
        }


@frozen(kw_only=True)
class ImageGenerationJob(Marked):
    """One order for a token's image."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.IMAGE_JOB
    token_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    service: str = field(validator=is_identifier, metadata={"max_length": 50})
    external_job_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=HANDLE
    )
    retry_count: int = field(default=0, validator=bounded_int, metadata=NATURAL)
    error_data: Document | None = field(default=None, converter=normalize_json)
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))
    status: declared.JobStatus = field(validator=instance_of(declared.JobStatus))


class RecordType(StrEnum):
    """What is uploaded."""

    IMAGE = "image"
    METADATA = "metadata"


@frozen(kw_only=True)
class IPFSUploadRecord(Marked):
    """One upload of a token's image or metadata."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.UPLOAD
    token_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    record_type: RecordType = field(validator=instance_of(RecordType))
    cid: str | None = field(default=None, validator=optional(is_identifier), metadata=HANDLE)
    retry_count: int = field(default=0, validator=bounded_int, metadata=NATURAL)
    error_data: Document | None = field(default=None, converter=normalize_json)
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))
    status: declared.UploadStatus = field(validator=instance_of(declared.UploadStatus))


def _is_batch(_: object, __: "Attribute[Any]", value: tuple[str, ...]) -> None:
    if not 1 <= len(value) <= MOST_IN_A_REVEAL or len(set(value)) < len(value):
        raise errors.BatchSizeWrong(len(value))


@frozen(kw_only=True)
class RevealTransaction(Marked):
    """One transaction that shows up to fifty tokens to all."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.REVEAL
    token_ids: tuple[str, ...] = field(converter=tuple, validator=_is_batch)
    tx_hash: str | None = field(default=None, converter=lowercase, validator=optional(is_hash))
    block_number: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)
    gas_price_wei: int | None = field(
        default=None, validator=optional(bounded_int), metadata=NATURAL
    )
    confirmed_at: datetime | None = field(default=None, validator=optional(is_instant))
    status: declared.RevealStatus = field(validator=instance_of(declared.RevealStatus))


@frozen(kw_only=True)
class SystemState(Marked):
    """A value that the pipeline remembers under a key, which is its id."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = declared.SYSTEM_STATE
    state_value: object = field(default=None, converter=normalize_json)
    status: declared.StateStatus = field(validator=instance_of(declared.StateStatus))


@frozen(kw_only=True)
class Block:
    """A block of the chain."""

    number: int = field(validator=bounded_int, metadata=NATURAL)
    hash: str = field(converter=lowercase, validator=is_hash)
    parent_hash: str = field(converter=lowercase, validator=is_hash)
    at: datetime = field(validator=is_instant)


@frozen(kw_only=True)
class MintLog:
    """A mint as the chain tells it."""

    tx_hash: str = field(converter=lowercase, validator=is_hash)
    log_index: int = field(validator=bounded_int, metadata=NATURAL)
    block_number: int = field(validator=bounded_int, metadata=COUNT)
    block_hash: str = field(converter=lowercase, validator=is_hash)
    block_timestamp: datetime = field(validator=is_instant)
    minter: str = field(converter=lowercase, validator=is_wallet)
    author_wallet: str = field(converter=lowercase, validator=is_wallet)
    start_token_id: int = field(validator=bounded_int, metadata=COUNT)
    quantity: int = field(validator=bounded_int, metadata=QUANTITY)
    total_paid: int = field(validator=bounded_int, metadata={"minimum": 0, "maximum": 2**256 - 1})

    @property
    def as_event(self) -> dict[str, Any]:
        """What is kept of it."""
        said = asdict(self, recurse=False)
        total = str(said.pop("total_paid"))
        return {
            "token_id": said.pop("start_token_id"),
            "recipient": said.pop("minter"),
            "total_paid": total,
            **said,
        }
