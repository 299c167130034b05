"""An independent reference of prizes: what the players have scored, and what each entry wins by it.

It knows the invented players, the rosters of the plan and the configurations of the contests, and
nothing that the program has read, computed or stored.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from attrs import define, field, frozen

from indelible.kernel import UsageError
from indelible_service.demos.golfers import HOLES, Exit, Golfer
from indelible_service.demos.leaderboards import Tournament
from indelible_service.simulation.people import People
from indelible_service.simulation.plan import Ending, Plan, PlannedContest, PlannedEntry
from indelible_service.simulation.provider import tournament_of

BPS: Final = 10_000
# The rules that the reference knows; a configuration with others is refused.
KNOWN_RULES: Final[Mapping[str, object]] = {
    "min_made_cut": 0,
    "short_field": "renormalize",
    "tie_breakers": ["count_back"],
    "tie_remainder": "platform",
}
KNOWN_POLICY: Final = "worst_round_plus"
POLICIES: Final = {Exit.CUT: "missed_cut", Exit.WD: "withdrawn", Exit.DQ: "disqualified"}
NEVER_STARTED: Final = "dns"
Configuration = Mapping[str, Any]
Prizes = Mapping[str, int]  # by the names of the entries, minor units


@frozen(kw_only=True)
class Result:
    """The score, rank and prize of an entry; equal counted scores share a rank."""

    rank: int
    score: int | None
    prize_minor: int

    def __str__(self) -> str:
        return f"rank {self.rank} with {self.score} and a prize of {self.prize_minor}"


NO_RESULT: Final = Result(rank=1, score=None, prize_minor=0)  # of a canceled tournament
Results = Mapping[str, Result]  # by the names of the entries


@define(kw_only=True)
class PrizeReference:
    """Computes what the entries of a contest win; amounts are minor units."""

    plan: Plan
    people: People
    _contests: dict[str, PlannedContest] = field(init=False)
    _entries: dict[str, PlannedEntry] = field(init=False)
    _totals: dict[str, dict[str, int]] = field(factory=dict[str, dict[str, int]])  # by contest
    # The plan fixes what follows from a contest and its counted entries.
    _results: dict[tuple[str, frozenset[str]], Results] = field(
        factory=dict[tuple[str, frozenset[str]], Results]
    )

    def __attrs_post_init__(self) -> None:
        self._contests = {contest.name: contest for contest in self.plan.contests}
        self._entries = {entry.name: entry for entry in self.plan.entries}

    def prizes(self, contest_name: str, counted: Collection[str]) -> Prizes:
        """Return the prize of each counted entry of a contest, 0 for most of them.

        Raises: UsageError.
        """
        results = self.results(contest_name, counted)
        return {name: result.prize_minor for name, result in results.items()}

    def results(self, contest_name: str, counted: Collection[str]) -> Results:
        """Return the result of each counted entry of a contest.

        Raises: UsageError for a configuration with rules that the reference does not know.
        """
        key = contest_name, frozenset(counted)
        if key not in self._results:
            self._results[key] = self._compute_results(*key)
        return self._results[key]

    def _compute_results(self, contest_name: str, counted: Collection[str]) -> Results:
        contest = self._contests[contest_name]
        tournament = self.plan.tournament_of(contest)
        if tournament.ending is Ending.CANCELED:
            return dict.fromkeys(counted, NO_RESULT)

        configuration = self.people.configuration(contest)
        totals = self._totals.get(contest_name)
        if totals is None:
            players = tournament_of(tournament, self.people.around.clock)
            totals = player_totals(players, configuration)
            self._totals[contest_name] = totals
        golfers = list(totals)
        by_key: dict[tuple[int, ...], list[str]] = {}
        for name in counted:
            scores = [totals[golfers[number]] for number in self._entries[name].roster]
            best = sorted(scores)[: configuration["counted_players"]]
            by_key.setdefault((sum(best), *best), []).append(name)

        pool = contest.fee_minor * len(counted)
        amounts = amounts_of_ranks(configuration, pool, len(counted))
        return _shared(amounts, by_key)


def player_totals(tournament: Tournament, configuration: Configuration) -> dict[str, int]:
    """Return the strokes over or under par of each player, in the order of the tournament.

    Raises: UsageError.
    """
    _require_known_rules(configuration)
    pars = tournament.options.pars
    completed = {one.player_id: _completed_rounds(one, pars) for one in tournament.golfers}
    worst: list[int] = []
    for number in range(len(pars)):
        worst.append(max(values[number] for values in completed.values() if number < len(values)))

    totals: dict[str, int] = {}
    for golfer in tournament.golfers:
        values = completed[golfer.player_id]
        if golfer.exit is None:
            totals[golfer.player_id] = sum(values)
            continue
        policy = configuration[_policy_name(golfer)]
        if not policy["use_completed_rounds"]:
            values = []
        missing = worst[len(values) :]
        totals[golfer.player_id] = sum(values) + sum(missing) + policy["plus"] * len(missing)
    return totals


def amounts_of_ranks(configuration: Configuration, pool_minor: int, entries: int) -> list[int]:
    """Return the amounts of the paid ranks that so many entries reach: whole units, no rest."""
    rake = pool_minor * configuration["rake"]["bps"] // BPS
    available = pool_minor - rake
    weights = configuration["payout"]["table"][:entries]
    amounts = [available * weight // sum(weights) for weight in weights]
    for number in range(available - sum(amounts)):
        amounts[number] += 1
    return amounts


def _shared(
    amounts: Sequence[int], ties: Mapping[tuple[int, ...], Sequence[str]]
) -> dict[str, Result]:
    """Return the results of entries by their counted scores; the platform keeps the rests.

    The keys of the ties are the score of an entry, and then the scores that count, best first.
    """
    results: dict[str, Result] = {}
    better = 0
    for key in sorted(ties):
        names = ties[key]
        together = sum(amounts[better : better + len(names)])
        for name in names:
            results[name] = Result(
                rank=better + 1, score=key[0], prize_minor=together // len(names)
            )
        better += len(names)
    return results


def _completed_rounds(golfer: Golfer, pars: Sequence[int]) -> list[int]:
    """Return the rounds that a player has completed, relative to par."""
    last = len(pars)
    if golfer.exit is not None:
        last = golfer.exit_round
        if golfer.exit_holes < HOLES:
            last -= 1
    return [golfer.strokes(number) - pars[number - 1] for number in range(1, last + 1)]


def _policy_name(golfer: Golfer) -> str:
    """Return the name of the policy for the missing rounds of a player who has left."""
    if golfer.exit is None:
        raise UsageError(f"player {golfer.player_id} has not left")
    if golfer.exit_round == 1 and golfer.exit_holes == 0:
        return NEVER_STARTED
    return POLICIES[golfer.exit]


def _require_known_rules(configuration: Configuration) -> None:
    """Raise UsageError for rules that the reference does not know."""
    for name, known in KNOWN_RULES.items():
        if configuration[name] != known:
            raise UsageError(f"the reference of prizes expects {name} {known}")
    for name in (*POLICIES.values(), NEVER_STARTED):
        if configuration[name]["policy"] != KNOWN_POLICY:
            raise UsageError(f"the reference of prizes expects {name} {KNOWN_POLICY}")
