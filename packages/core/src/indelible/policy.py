"""The policies of a store: frozen, and passed when the store is opened."""

from typing import TYPE_CHECKING

from attrs import field, frozen

from indelible.kernel.keys import KeyPolicy
from indelible.kernel.task_arguments import TaskPolicy

if TYPE_CHECKING:
    # To pyright a cached property is no attribute of its value's type, as the ports declare it.
    from builtins import property as lazy_property

    from indelible.captures.rules.tuning import CapturePolicy
    from indelible.concepts.entities import ConceptPolicy
    from indelible.tokens.rules.tasks import TokenPolicy
else:
    from functools import cached_property as lazy_property


@frozen(kw_only=True)
class Policy:
    """The policies of all contexts; a context that reads no policy is not imported."""

    keys: KeyPolicy = field(factory=KeyPolicy)
    tasks: TaskPolicy = field(factory=TaskPolicy)
    _captures: "CapturePolicy | None" = field(default=None, alias="captures")
    _concepts: "ConceptPolicy | None" = field(default=None, alias="concepts")
    _tokens: "TokenPolicy | None" = field(default=None, alias="tokens")

    @lazy_property
    def captures(self) -> "CapturePolicy":
        """Return the policy of captures."""
        from indelible.captures.rules.tuning import CapturePolicy

        return CapturePolicy() if self._captures is None else self._captures

    @lazy_property
    def concepts(self) -> "ConceptPolicy":
        """Return the policy of concepts."""
        from indelible.concepts.entities import ConceptPolicy

        return ConceptPolicy() if self._concepts is None else self._concepts

    @lazy_property
    def tokens(self) -> "TokenPolicy":
        """Return the policy of tokens."""
        from indelible.tokens.rules.tasks import TokenPolicy

        return TokenPolicy() if self._tokens is None else self._tokens
