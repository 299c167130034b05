"""Tokens: NFTs, from their mint to their reveal."""

from enum import StrEnum
from typing import Annotated, ClassVar, Final, Self

from attrs import field, frozen

from indelible.kernel import Invalid, Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.claims import present_in
from indelible.kernel.conditions import AnyCondition, Condition
from indelible.kernel.kinds import Identifier, Instant, Kind, Label, Natural, kinds
from indelible.kernel.stages import PermanentFailure
from indelible.kernel.values import LINE, bounded_int, is_identifier
from indelible.tokens import errors
from indelible.tokens.entities.fields import (
    TOKEN_ID,
    ChainHash,
    Document,
    ErrorData,
    Handle,
    TokenNumber,
    Wallet,
    require,
)
from indelible.tokens.entities.mints import MintEvent
from indelible.tokens.lifecycle import MINTING_FIELDS, TOKEN, UNFINISHED, TokenStatus

ImageUrl = Annotated[str, Kind(is_identifier, {"max_length": 2_000}, column="collated_text")]
ORPHANED: Final = errors.MintOrphaned.code


@frozen(kw_only=True, field_transformer=kinds)
class Token(Aggregate):
    """An NFT. `token_id` is its id on the chain, `id` the id of this entity."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = TOKEN
    missing_error = errors.TokenNotFound
    fixed: ClassVar[tuple[str, ...]] = ("token_id",)

    conditions: ClassVar[tuple[AnyCondition, ...]] = (
        Condition(
            "has_metadata", present_in("metadata_cid", TokenStatus.READY, TokenStatus.REVEALED)
        ),
        Condition("has_image", present_in("image_cid", TokenStatus.READY)),
    )

    token_id: TokenNumber = field(validator=bounded_int, metadata=TOKEN_ID)
    author_id: Identifier
    minter_address: Wallet | None = None
    mint_timestamp: Instant
    mint_event_id: Identifier | None = None
    image_url: ImageUrl | None = None
    image_cid: Handle | None = None
    metadata_cid: Handle | None = None
    generation_attempts: Natural = 0
    generation_error: Label | None = None
    reveal_tx_hash: ChainHash | None = None
    error_data: ErrorData | None = None
    status: TokenStatus

    def _claim_error(self, name: str, expected: str) -> Invalid:  # noqa: ARG002 - always "set"
        return errors.FieldRequired(self.lifecycle.name, self.status, name)

    def mark_generating(self) -> Self:
        """Return the token with its image being generated."""
        return self.transition("generate")

    def mark_uploading(self, image_path: str) -> Self:
        """Return the token with its image generated. The path is checked, and not stored.

        Raises: InvalidTransition, then ArgumentMissing for an empty path.
        """
        uploading = self.transition("upload")
        require("image_path", image_path)

        return uploading

    def mark_ready(self, metadata_cid: str, image_cid: str | None = None) -> Self:
        """Return the token with its image and its metadata pinned.

        Raises: InvalidTransition, then ArgumentMissing for a CID that is not known.
        """
        self.lifecycle.next(self.status, "ready")  # report a wrong state before a wrong argument

        return self.transition(
            "ready",
            metadata_cid=require("metadata_cid", metadata_cid),
            image_cid=require("image_cid", image_cid or self.image_cid),
        )

    def mark_revealed(self, tx_hash: str) -> Self:
        """Return the token revealed by this transaction.

        Raises: InvalidTransition, then ArgumentMissing for an empty hash.
        """
        self.lifecycle.next(self.status, "reveal")  # report a wrong state before a wrong argument

        return self.transition("reveal", reveal_tx_hash=require("tx_hash", tx_hash))

    def mark_failed(self, error_dict: Document) -> Self:
        """Return the token failed, with the error."""
        return self.transition("fail", error_data=error_dict)

    def mark_orphaned(self) -> Self:
        """Return the token failed because the chain dropped its mint."""
        return self.mark_failed({"code": ORPHANED})

    def give_up(self, reason: str) -> Self:
        """Return the token failed because its generation will never succeed."""
        return self.mark_failed({"code": PermanentFailure.code, "reason": reason})

    def retry_generation(self, error: str) -> Self:
        """Return the token with its generation to be tried again, and one attempt more."""
        return self.transition(
            "retry",
            generation_attempts=self.generation_attempts + 1,
            generation_error=_printable_line(error),
        )

    def requeue(self) -> Self:
        """Return the failed or generating token as detected, as an operator asks for.

        Raises: MintOrphaned while no mint of the token is in the chain.
        """
        if self.is_quarantined:
            raise errors.MintOrphaned(self.token_id)

        return self.transition(
            "retry", generation_attempts=0, generation_error=None, error_data=None
        )

    def with_new_mint(self, event: MintEvent, author_id: str) -> Self:
        """Return the failed token as a new mint creates it, without any earlier results."""
        return self.transition(
            "retry",
            author_id=author_id,
            image_url=None,
            image_cid=None,
            metadata_cid=None,
            generation_attempts=0,
            generation_error=None,
            error_data=None,
            **event.token_fields,
        )

    def sync_revealed(self, metadata_cid: str) -> Self:
        """Return the token revealed, because the chain shows that it is."""
        action = "reveal" if self.status is TokenStatus.READY else "sync"

        return self.transition(action, metadata_cid=metadata_cid, error_data=None)

    def may_come_from(self, event: MintEvent) -> bool:
        """Return True for a token of this mint, and for one that was recovered without a mint."""
        return self.mint_event_id is None or self.mint_event_id == event.id

    def has_wrong_recovered_author(self, author_id: str) -> bool:
        """Return True for an unfinished token that was recovered for another than this author.

        It was recovered without its mint and the chain has changed since: `author_id`, the
        author of the mint, is the right one.
        """
        is_recovered = self.mint_event_id is None
        return is_recovered and self.is_unfinished and self.author_id != author_id

    @property
    def awaits_generation(self) -> bool:
        """Return True while no worker has started the token's image."""
        return self.status is TokenStatus.DETECTED

    @property
    def is_generating(self) -> bool:
        """Return True while the token's image is being generated."""
        return self.status is TokenStatus.GENERATING

    @property
    def is_unfinished(self) -> bool:
        """Return True until the token is revealed or failed."""
        return self.status in UNFINISHED

    @property
    def is_revealed(self) -> bool:
        """Return True once the token is revealed."""
        return self.status is TokenStatus.REVEALED

    def fixed_fields(self, following: Aggregate) -> tuple[str, ...]:
        """Return the fixed fields: only a retry of a failed token may change the minting fields."""
        is_retry = self.has_failed and isinstance(following, Token) and following.awaits_generation
        if is_retry:
            return self.fixed

        return (*self.fixed, *MINTING_FIELDS)

    @property
    def has_failed(self) -> bool:
        """Return True while the token waits for a retry or for another mint."""
        return self.status is TokenStatus.FAILED

    @property
    def is_quarantined(self) -> bool:
        """Return True while the token has failed because the chain dropped its mint."""
        if not self.has_failed or self.error_data is None:
            return False
        return self.error_data.get("code") == ORPHANED


def _printable_line(text: str) -> str:
    """Return the text as one printable line of at most 1,000 characters."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    line = printable.strip()[: LINE["max_length"]]

    return line or "no error text"
