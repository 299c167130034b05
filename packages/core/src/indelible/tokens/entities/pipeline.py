"""Image jobs, IPFS uploads, reveal transactions and system states."""

from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final

from attrs import Attribute, field, frozen

from indelible.kernel import Invalid, Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import WithinKind, present_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.json_values import normalize_json
from indelible.kernel.kinds import Count, Identifier, Instant, Kind, Natural, kinds
from indelible.kernel.values import is_identifier
from indelible.tokens import errors
from indelible.tokens.entities.fields import ChainHash, ErrorData, Handle
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
Service = Annotated[str, Kind(is_identifier, {"max_length": 50}, column="identifier")]


@frozen(kw_only=True, field_transformer=kinds)
class ImageGenerationJob(Aggregate):
    """An order for a token's image."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = IMAGE_JOB
    missing_error = errors.RelatedRecordNotFound
    fixed: ClassVar[tuple[str, ...]] = ("token_id", "service")

    token_id: Identifier
    service: Service
    external_job_id: Handle | None = None
    retry_count: Natural = 0
    error_data: ErrorData | None = None
    completed_at: Instant | None = None
    status: ImageJobStatus


class RecordType(StrEnum):
    """The kind of file that is uploaded."""

    IMAGE = "image"
    METADATA = "metadata"


@frozen(kw_only=True, field_transformer=kinds)
class IPFSUploadRecord(Aggregate):
    """An upload of a token's image or metadata."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = UPLOAD
    missing_error = errors.RelatedRecordNotFound
    fixed: ClassVar[tuple[str, ...]] = ("token_id", "record_type")

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition("type_known", WithinKind(("record_type",))),
        Condition("has_cid", present_in("cid", UploadStatus.COMPLETED)),
    )

    token_id: Identifier
    record_type: RecordType
    cid: Handle | None = None
    retry_count: Natural = 0
    error_data: ErrorData | None = None
    completed_at: Instant | None = None
    status: UploadStatus

    def _claim_error(self, name: str, expected: str) -> Invalid:  # noqa: ARG002 - always "set"
        return errors.FieldRequired(self.lifecycle.name, self.status, name)


def _is_reveal_batch(_: object, __: "Attribute[Any]", token_ids: tuple[str, ...]) -> None:
    """Raise BatchSizeWrong unless there are 1 to 50 token ids, each of them once."""
    has_duplicates = len(set(token_ids)) < len(token_ids)
    if has_duplicates or not 1 <= len(token_ids) <= MAX_TOKENS_PER_REVEAL:
        raise errors.BatchSizeWrong(len(token_ids))


@frozen(kw_only=True, field_transformer=kinds)
class RevealTransaction(Aggregate):
    """A transaction that reveals 1 to 50 tokens. `token_ids` are ids of entities."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = REVEAL
    missing_error = errors.RelatedRecordNotFound
    fixed: ClassVar[tuple[str, ...]] = ("token_ids",)

    token_ids: tuple[str, ...] = field(converter=tuple, validator=_is_reveal_batch)
    tx_hash: ChainHash | None = None
    block_number: Count | None = None
    gas_price_wei: Natural | None = None
    confirmed_at: Instant | None = None
    status: RevealStatus


@frozen(kw_only=True, field_transformer=kinds)
class SystemState(Aggregate):
    """A JSON value that the pipeline stores under a key. The key is the entity's id."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = SYSTEM_STATE
    missing_error = errors.RelatedRecordNotFound

    state_value: object = field(default=None, converter=normalize_json)
    status: StateStatus
