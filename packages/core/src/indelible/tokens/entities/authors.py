"""Authors of the prompts that token images are generated from."""

from enum import StrEnum
from typing import ClassVar, Self

from attrs import frozen

from indelible.kernel import Lifecycle
from indelible.kernel.aggregates import Aggregate
from indelible.kernel.kinds import kinds
from indelible.tokens.entities.fields import Handle, Prompt, Wallet
from indelible.tokens.errors import AuthorNotFound
from indelible.tokens.lifecycle import AUTHOR, AuthorStatus


@frozen(kw_only=True, field_transformer=kinds)
class Author(Aggregate):
    """The author of a prompt, identified by a wallet."""

    lifecycle: ClassVar[Lifecycle[StrEnum]] = AUTHOR
    missing_error = AuthorNotFound
    fixed: ClassVar[tuple[str, ...]] = ("wallet_address",)

    wallet_address: Wallet
    twitter_handle: Handle | None = None
    farcaster_handle: Handle | None = None
    prompt_text: Prompt | None = None
    status: AuthorStatus

    def set_prompt(self, prompt_text: str) -> Self:
        """Return the author with this prompt."""
        return self.transition("edit", prompt_text=prompt_text)
