"""Plan the blocks of a chain: mints, and reorganisations that drop and repeat them."""

from collections.abc import Iterator
from typing import Final

from indelible_service.simulation.draws import Draws, Seed
from indelible_service.simulation.plan import DAY, HOUR, MINUTE, PlannedBlocks, Profile

ACTOR: Final = "plan"
PROFILES: Final = (Profile.CHAIN, Profile.STORM)
CONFIRMATIONS: Final = 3  # that detection waits for
EVENTS_PER_DAY: Final = 12
LAST_OF_ONE_DAY: Final = 18 * HOUR
CALM: Final = 20 * HOUR  # at the end, in which everything becomes final
REORGANISATIONS: Final = 0.3  # the share of events that drop blocks
MAX_REPLACED: Final = 8  # more than detection waits for
MAX_BLOCKS: Final = 3
MAX_MINTS: Final = 2  # in a block
REPEATED: Final = 0.7  # the share of dropped mints that come again
MAX_REQUESTS: Final = 12  # before a reorganisation comes in the middle of a scan
OTHER_WALLET: Final = 0.3  # the share of reorganisations that mint to somebody else
WALLETS: Final = 2


def planned_chain(seed: Seed, days: int, profile: Profile) -> Iterator[PlannedBlocks]:
    """Yield the blocks of a chain in order, for a profile that has one."""
    if profile not in PROFILES:
        return
    last = max(LAST_OF_ONE_DAY, days * DAY - CALM)
    draws = seed.draws(ACTOR, "times of the chain")
    events = max(2, EVENTS_PER_DAY * last // DAY)
    times = sorted(draws.whole(10 * MINUTE, last) for _ in range(events))
    planner = _Planner()
    for number, at in enumerate(times, start=1):
        yield planner.next_blocks(seed.draws(ACTOR, f"blocks {number}"), at)
    yield PlannedBlocks(name="the last blocks", at=last + MINUTE, blocks=((),) * CONFIRMATIONS)


class _Planner:
    """The chain as it is planned so far."""

    def __init__(self) -> None:
        self._blocks: list[tuple[int, ...]] = []
        self._next_token = 1

    def next_blocks(self, draws: Draws, at: int) -> PlannedBlocks:
        """Return the blocks of the next event, which may replace the last ones."""
        replaced = 0
        repeated: list[int] = []
        if len(self._blocks) > 1 and draws.happens(REORGANISATIONS):
            replaced = min(draws.whole(1, MAX_REPLACED), len(self._blocks))
            for ids in self._blocks[-replaced:]:
                repeated.extend(token_id for token_id in ids if draws.happens(REPEATED))
            self._blocks = self._blocks[: len(self._blocks) - replaced]
        blocks: list[tuple[int, ...]] = []
        for _ in range(max(1, replaced) + draws.whole(0, MAX_BLOCKS - 1)):
            blocks.append(tuple(self._ids(draws, repeated)))
        self._blocks.extend(blocks)
        has_others = replaced > 0 and draws.happens(OTHER_WALLET)

        return PlannedBlocks(
            name=f"blocks at {at}",
            at=at,
            blocks=tuple(blocks),
            replaced=replaced,
            wallet=draws.whole(1, WALLETS) if has_others else 0,
            after_requests=draws.whole(0, MAX_REQUESTS) if replaced else 0,
        )

    def _ids(self, draws: Draws, repeated: list[int]) -> Iterator[int]:
        """Yield the tokens of a block: dropped ones first, in another order than before."""
        for _ in range(draws.whole(0, MAX_MINTS)):
            if repeated:
                yield repeated.pop(draws.whole(0, len(repeated) - 1))
            else:
                yield self._next_token
                self._next_token += 1
