"""Image jobs, IPFS uploads, reveal transactions and system states."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final

from attrs import Attribute, field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.json_values import normalize_json
from indelible.kernel.values import (
    COUNT,
    IDENTIFIER,
    bounded_int,
    instance_of,
    is_identifier,
    is_instant,
)
from indelible.tokens import errors
from indelible.tokens.entities.fields import (
    HANDLE,
    NATURAL,
    Document,
    is_hash,
    lowercase,
    require_fields,
)
from indelible.tokens.lifecycle import (
    IMAGE_JOB,
    REVEAL,
    SYSTEM_STATE,
    UPLOAD,
    ImageJobStatus,
    RevealStatus,
    StateStatus,
    UploadStatus,
)

MAX_TOKENS_PER_REVEAL: Final = 50


@frozen(kw_only=True)
class ImageGenerationJob(Aggregate):
    """An order for a token's image."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = IMAGE_JOB
    fixed: ClassVar[tuple[str, ...]] = ("token_id", "service")

    token_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    service: str = field(validator=is_identifier, metadata={"max_length": 50})
    external_job_id: str | None = field(
        default=None, validator=optional(is_identifier), metadata=HANDLE
    )
    retry_count: int = field(default=0, validator=bounded_int, metadata=NATURAL)
    error_data: Document | None = field(default=None, converter=normalize_json)
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))
    status: ImageJobStatus = field(validator=instance_of(ImageJobStatus))


class RecordType(StrEnum):
    """The kind of file that is uploaded."""

    IMAGE = "image"
    METADATA = "metadata"


@frozen(kw_only=True)
class IPFSUploadRecord(Aggregate):
    """An upload of a token's image or metadata."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = UPLOAD
    fixed: ClassVar[tuple[str, ...]] = ("token_id", "record_type")
    required_fields: ClassVar[Mapping[StrEnum, tuple[str, ...]]] = {
        UploadStatus.COMPLETED: ("cid",),
    }

    token_id: str = field(validator=is_identifier, metadata=IDENTIFIER)
    record_type: RecordType = field(validator=instance_of(RecordType))
    cid: str | None = field(default=None, validator=optional(is_identifier), metadata=HANDLE)
    retry_count: int = field(default=0, validator=bounded_int, metadata=NATURAL)
    error_data: Document | None = field(default=None, converter=normalize_json)
    completed_at: datetime | None = field(default=None, validator=optional(is_instant))
    status: UploadStatus = field(validator=instance_of(UploadStatus))

    def __attrs_post_init__(self) -> None:
        require_fields(self, self.required_fields.get(self.status, ()))


def _is_reveal_batch(_: object, __: "Attribute[Any]", token_ids: tuple[str, ...]) -> None:
    """Raise BatchSizeWrong unless there are 1 to 50 token ids, each of them once."""
    has_duplicates = len(set(token_ids)) < len(token_ids)
    if has_duplicates or not 1 <= len(token_ids) <= MAX_TOKENS_PER_REVEAL:
        raise errors.BatchSizeWrong(len(token_ids))


@frozen(kw_only=True)
class RevealTransaction(Aggregate):
    """A transaction that reveals 1 to 50 tokens. `token_ids` are ids of entities."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = REVEAL
    fixed: ClassVar[tuple[str, ...]] = ("token_ids",)

    token_ids: tuple[str, ...] = field(converter=tuple, validator=_is_reveal_batch)
    tx_hash: str | None = field(default=None, converter=lowercase, validator=optional(is_hash))
    block_number: int | None = field(default=None, validator=optional(bounded_int), metadata=COUNT)
    gas_price_wei: int | None = field(
        default=None, validator=optional(bounded_int), metadata=NATURAL
    )
    confirmed_at: datetime | None = field(default=None, validator=optional(is_instant))
    status: RevealStatus = field(validator=instance_of(RevealStatus))


@frozen(kw_only=True)
class SystemState(Aggregate):
    """A JSON value that the pipeline stores under a key. The key is the entity's id."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SYSTEM_STATE

    state_value: object = field(default=None, converter=normalize_json)
    status: StateStatus = field(validator=instance_of(StateStatus))
