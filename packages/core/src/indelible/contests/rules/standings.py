"""Live standings: the ranking of the settlement over the rounds that are complete now.

Standings are computed from stored records and never stored. Rounds in play do not count, and
policies fill only rounds that every player in play has completed.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from functools import cached_property
from threading import Lock
from typing import Final

from attrs import define, field, frozen

from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.rules.ranking import (
    EntryScorer,
    RankedEntry,
    RosterScore,
    rank_entries,
    sort_entries,
)
from indelible.contests.rules.scoring import score_live_players, score_players
from indelible.contests.rules.values import EligibleEntry, Field, Leaderboard, Tournament

MAX_STANDINGS: Final = 64
MAX_STANDINGS_ROWS: Final = 200_000  # of all standings in a cache together


@frozen
class StandingsKey:
    """The key of standings in a cache: the digests of their input."""

    configuration_digest: str
    event_number: int
    eligibility_digest: str


@frozen
class Standings:
    """The entries in their final order, by rank and entry id."""

    rows: tuple[RankedEntry, ...]
    scorer: EntryScorer = field(repr=False, eq=False)

    @cached_property
    def by_entry(self) -> dict[str, RankedEntry]:
        """Return the rows by entry id."""
        return {row.entry.entry_id: row for row in self.rows}

    def players(self, row: RankedEntry) -> tuple[RosterScore, ...]:
        """Return the players of an entry with their totals, best first."""
        return self.scorer.roster_scores(row.entry)


def standings(
    configuration: Configuration,
    leaderboard: Leaderboard | None,
    players: Field,
    entries: Iterable[EligibleEntry],
    *,
    official_rounds: int | None = None,
) -> Standings:
    """Return the standings of entries.

    `leaderboard` is None before the first one arrives: all entries have score 0. With
    `official_rounds` the scores are those of the settlement.

    Raises:
        EntryTwice: Two entries have the same id.
        SettlementFailed: `official_rounds` is set, and the players cannot be scored.
    """
    if leaderboard is None:
        leaderboard = Leaderboard(configuration.provider_event_id, Tournament(), ())
    if official_rounds is None:
        scores = score_live_players(configuration, leaderboard)
    else:
        scores = score_players(configuration, leaderboard, official_rounds)
    scorer = EntryScorer.of(configuration, scores, players)

    rows: list[RankedEntry] = []
    for tie in rank_entries(scorer, sort_entries(entries)):
        for entry in tie.entries:
            rows.append(RankedEntry(entry, tie.rank, tie.score))
    return Standings(tuple(rows), scorer)


@define
class StandingsCache:
    """A cache of the standings that were used last, with a maximum of items and of rows.

    Threads may share a cache. Two of them may compute the same standings at the same time.
    """

    max_items: int = MAX_STANDINGS
    max_rows: int = MAX_STANDINGS_ROWS
    _items: OrderedDict[StandingsKey, Standings] = field(
        factory=OrderedDict[StandingsKey, Standings], init=False
    )
    _rows: int = field(default=0, init=False)
    _lock: Lock = field(factory=Lock, init=False)

    def get(self, key: StandingsKey, compute: Callable[[], Standings]) -> Standings:
        """Return the standings of a key; compute and add them if the cache has none."""
        with self._lock:
            cached = self._items.get(key)
            if cached is not None:
                self._items.move_to_end(key)
                return cached

        computed = compute()
        with self._lock:
            self._add(key, computed)
        return computed

    def __len__(self) -> int:
        return len(self._items)

    def _add(self, key: StandingsKey, computed: Standings) -> None:
        """Add standings of at most `max_rows` rows, and drop the oldest ones above a maximum."""
        if key in self._items or len(computed.rows) > self.max_rows:
            return

        self._items[key] = computed
        self._rows += len(computed.rows)
        while len(self._items) > self.max_items or self._rows > self.max_rows:
            _, dropped = self._items.popitem(last=False)
            self._rows -= len(dropped.rows)
