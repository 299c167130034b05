"""Memory of the checks of token detection."""

from attrs import define, field

from indelible.tokens.rules import Checkpoint


@define(eq=False)
class ObservedScans:
    """The checkpoints that were seen, oldest first, and the tokens that were detected."""

    checkpoints: list[Checkpoint] = field(factory=list[Checkpoint])
    detected: set[int] = field(factory=set[int])
