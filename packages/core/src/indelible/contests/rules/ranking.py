"""Score and rank entries by the scores of their players; pure and independent of input order."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from attrs import define, field, frozen

from indelible.contests.rules.configuration.values import Configuration, DnsSwap, TieBreaker
from indelible.contests.rules.failures import EntryTwice
from indelible.contests.rules.scoring import PlayerScores
from indelible.contests.rules.values import EligibleEntry, Field

# The total of a player who cannot be counted: it sorts behind every other total.
NEVER_COUNTED: Final = 10**9
# A key of a tie-breaker: a lower one is better.
TieKey = tuple[int, ...]
WITHOUT_VALUE: Final[TieKey] = (1, 0)


@frozen
class RankedEntry:
    """An entry with its rank. `score` is None for an ineligible entry."""

    entry: EligibleEntry
    rank: int
    score: int | None


@frozen
class Tie:
    """Entries with one rank, in the order of their ids; `score` is None if they are ineligible."""

    rank: int
    score: int | None
    entries: tuple[EligibleEntry, ...]


@frozen
class RosterScore:
    """A player of an entry at the settlement: the total, and True if the entry counts it.

    `replaces` is the rostered player who never started.
    """

    player_id: str
    total: int | None
    is_counted: bool
    replaces: str | None


@define
class EntryScorer:
    """Scores entries; the totals of players are prepared once."""

    configuration: Configuration
    scores: PlayerScores
    alternates: tuple[str, ...]
    _totals: dict[str, int] = field(init=False)
    _absent_total: int = field(init=False)
    _started: frozenset[str] = field(init=False)
    _past_cut: frozenset[str] = field(init=False)

    @classmethod
    def of(
        cls, configuration: Configuration, scores: PlayerScores, players: Field
    ) -> "EntryScorer":
        """Return the scorer of a tournament's field."""
        started = [player for player in sorted(players.alternates) if scores.of(player).is_started]
        return cls(configuration, scores, tuple(started))

    def __attrs_post_init__(self) -> None:
        """Prepare the totals."""
        scores = self.scores.by_id
        self._totals = {name: _sortable(score.total) for name, score in scores.items()}
        self._absent_total = _sortable(self.scores.absent.total)
        self._started = frozenset(name for name, score in scores.items() if score.is_started)
        self._past_cut = frozenset(name for name, score in scores.items() if score.has_made_cut)

    def score_of(self, entry: EligibleEntry) -> int | None:
        """Return the sum of an entry's counted players, None for an ineligible entry."""
        configuration = self.configuration
        player_ids = self.players_of(entry)
        if len(player_ids) != configuration.roster_size:
            return None
        if configuration.min_made_cut and self.scores.is_past_cut:
            past_cut = [player for player in player_ids if player in self._past_cut]
            if len(past_cut) < configuration.min_made_cut:
                return None

        counted = self._sorted_totals(player_ids)[: configuration.counted_players]
        if counted[-1] == NEVER_COUNTED:
            return None
        return sum(counted)

    def tie_key(self, entry: EligibleEntry) -> tuple[TieKey, ...]:
        """Return the keys of an entry's tie-breakers, in their order."""
        totals = self._sorted_totals(self.players_of(entry))
        keys: list[TieKey] = []
        for tie_breaker in self.configuration.tie_breakers:
            keys.append(TIE_KEYS[tie_breaker](self, entry, totals))

        return tuple(keys)

    def players_of(self, entry: EligibleEntry) -> tuple[str, ...]:
        """Return the players of an entry after the swap of those who never started."""
        player_ids = entry.player_ids
        if self._started.issuperset(player_ids):
            return player_ids
        if self.configuration.dns_before_lock == DnsSwap.NO_SWAP:
            return player_ids

        swaps = self._swaps(player_ids)
        return tuple(swaps.get(player_id, player_id) for player_id in player_ids)

    def roster_scores(self, entry: EligibleEntry) -> tuple[RosterScore, ...]:
        """Return the players of an entry, best first; ineligible entries count their best too."""
        replaced: dict[str, str] = {}
        if self.configuration.dns_before_lock == DnsSwap.SWAP_ALLOWED:
            for absent, alternate in self._swaps(entry.player_ids).items():
                replaced[alternate] = absent
        by_total = sorted(self.players_of(entry), key=self._order_of)

        rows: list[RosterScore] = []
        for number, player_id in enumerate(by_total):
            total = self.scores.of(player_id).total
            is_counted = number < self.configuration.counted_players and total is not None
            rows.append(RosterScore(player_id, total, is_counted, replaced.get(player_id)))
        return tuple(rows)

    def _order_of(self, player_id: str) -> tuple[int, str]:
        return self._totals.get(player_id, self._absent_total), player_id

    def _swaps(self, player_ids: tuple[str, ...]) -> dict[str, str]:
        """Return the alternate for each player who never started, as far as there are any."""
        absent = sorted(set(player_ids) - self._started)
        free = [player for player in self.alternates if player not in player_ids]
        return dict(zip(absent, free, strict=False))

    def _sorted_totals(self, player_ids: tuple[str, ...]) -> list[int]:
        totals, absent = self._totals, self._absent_total
        return sorted([totals.get(player_id, absent) for player_id in player_ids])

    def count_back(self, _: EligibleEntry, totals: list[int]) -> TieKey:
        """Return the totals of the counted players, best first."""
        return tuple(totals[: self.configuration.counted_players])

    def uncounted_best(self, _: EligibleEntry, totals: list[int]) -> TieKey:
        """Return the best total of a player who is not counted."""
        counted = self.configuration.counted_players
        if len(totals) == counted or totals[counted] == NEVER_COUNTED:
            return WITHOUT_VALUE
        return 0, totals[counted]

    def prediction_abs_diff(self, entry: EligibleEntry, _: list[int]) -> TieKey:
        """Return the distance of the prediction from the winner's total."""
        winner = self.scores.winner_total
        if entry.prediction is None or winner is None:
            return WITHOUT_VALUE
        return 0, abs(entry.prediction - winner)

    def prediction_not_over(self, entry: EligibleEntry, _: list[int]) -> TieKey:
        """Return the distance of a prediction that is not over the winner's total."""
        winner = self.scores.winner_total
        if entry.prediction is None or winner is None or entry.prediction > winner:
            return WITHOUT_VALUE
        return 0, winner - entry.prediction


TIE_KEYS: Final[dict[TieBreaker, Callable[[EntryScorer, EligibleEntry, list[int]], TieKey]]] = {
    TieBreaker.COUNT_BACK: EntryScorer.count_back,
    TieBreaker.UNCOUNTED_BEST: EntryScorer.uncounted_best,
    TieBreaker.PREDICTION_ABS_DIFF: EntryScorer.prediction_abs_diff,
    TieBreaker.PREDICTION_NOT_OVER: EntryScorer.prediction_not_over,
}


def rank_entries(scorer: EntryScorer, entries_by_id: Iterable[EligibleEntry]) -> tuple[Tie, ...]:
    """Rank entries that are in the order of their ids; ineligible entries are the last tie.

    Keys of tie-breakers are built for the entries with one score at a time, so that the memory
    stays bounded.
    """
    by_score: dict[int, list[EligibleEntry]] = {}
    ineligible: list[EligibleEntry] = []
    for entry in entries_by_id:
        score = scorer.score_of(entry)
        group = ineligible if score is None else by_score.setdefault(score, [])
        group.append(entry)

    ties: list[Tie] = []
    rank = 1
    for score in sorted(by_score):
        for tied in _ties_of(scorer, by_score[score]):
            ties.append(Tie(rank, score, tuple(tied)))
            rank += len(tied)
    if ineligible:
        ties.append(Tie(rank, None, tuple(ineligible)))

    return tuple(ties)


def sort_entries(entries: Iterable[EligibleEntry]) -> list[EligibleEntry]:
    """Return the entries in the order of their ids.

    Raises:
        EntryTwice: Two entries have the same id.
    """
    in_order = sorted(entries, key=_entry_id)
    previous = ""
    for entry in in_order:
        if entry.entry_id == previous:
            raise EntryTwice(previous)
        previous = entry.entry_id

    return in_order


def _ties_of(scorer: EntryScorer, entries: list[EligibleEntry]) -> Iterator[list[EligibleEntry]]:
    """Yield the entries with one score as ties, best first."""
    if len(entries) == 1 or not scorer.configuration.tie_breakers:
        yield entries
        return

    by_key: dict[tuple[TieKey, ...], list[EligibleEntry]] = {}
    for entry in entries:
        by_key.setdefault(scorer.tie_key(entry), []).append(entry)
    for key in sorted(by_key):
        yield by_key[key]


def _sortable(total: int | None) -> int:
    return NEVER_COUNTED if total is None else total


def _entry_id(entry: EligibleEntry) -> str:
    return entry.entry_id
