"""The number of subspaces of a space, as the last search of its nearest subspace found it.

A number may be outdated. It decides only how the next search is done, never its result.
"""

from typing import Final

from attrs import define, field

MAX_SPACES: Final = 10_000


@define(eq=False)
class SpaceSizes:
    """The numbers of subspaces by space; it is emptied when it is full."""

    _sizes: dict[str, int] = field(factory=dict[str, int], init=False)

    def get(self, space_id: str) -> int:
        """Return the last known number; 0 for an unknown space."""
        return self._sizes.get(space_id, 0)

    def remember(self, space_id: str, subspaces: int) -> None:
        """Remember the number."""
        if len(self._sizes) >= MAX_SPACES:
            self._sizes.clear()
        self._sizes[space_id] = subspaces


SPACE_SIZES: Final = SpaceSizes()
