"""Authors of the prompts that token images are generated from."""

from enum import StrEnum
from typing import ClassVar, Self

from attrs import field, frozen
from attrs.validators import optional

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.values import instance_of, is_identifier, non_blank_line
from indelible.tokens.entities.fields import HANDLE, PROMPT, is_wallet, lowercase
from indelible.tokens.lifecycle import AUTHOR, AuthorStatus


@frozen(kw_only=True)
class Author(Aggregate):
    """The author of a prompt, identified by a wallet."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = AUTHOR
    fixed: ClassVar[tuple[str, ...]] = ("wallet_address",)

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
    status: AuthorStatus = field(validator=instance_of(AuthorStatus))

    def set_prompt(self, prompt_text: str) -> Self:
        """Return the author with this prompt."""
        return self.transition("edit", prompt_text=prompt_text)
