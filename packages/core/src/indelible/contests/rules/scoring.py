"""Score players: strokes over or under par, with the policies for missing rounds.

All functions are pure: whole numbers, no clock, no mutation, no dependence on the order of inputs.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from attrs import frozen

from indelible.contests.rules.configuration.values import (
    Configuration,
    MissingRound,
    Par,
    StatusPolicy,
)
from indelible.contests.rules.failures import (
    MAX_LISTED,
    CourseUnknown,
    MissingScore,
    OfficialRoundsWrong,
    RoundWithoutScore,
)
from indelible.contests.rules.values import Leaderboard, PlayerCard, PlayerStatus, Round

# Players who need a score of their own in every official round.
IN_PLAY: Final = frozenset((PlayerStatus.ACTIVE, PlayerStatus.FIN))
PAST_CUT: Final = IN_PLAY | {PlayerStatus.MDF}
MAY_NEVER_START: Final = frozenset((PlayerStatus.DNS, PlayerStatus.WD))

# The values of rounds by their numbers, relative to par.
RoundValues = Mapping[int, int]


@frozen(kw_only=True)
class PlayerScore:
    """The score of a player relative to par.

    `total` is None for a player who counts for no entry. `is_started` is False for a player who
    never played a stroke.
    """

    player_id: str
    total: int | None
    has_made_cut: bool
    is_started: bool


@frozen(kw_only=True)
class PlayerScores:
    """The scores of all players of a leaderboard.

    `absent` is the score of a player of the field who is not on the leaderboard. `winner_total` is
    the best total of a finished player, None while there is none. `is_past_cut` is False before the
    cut, when no player can have missed it.
    """

    by_id: Mapping[str, PlayerScore]
    absent: PlayerScore
    winner_total: int | None
    is_past_cut: bool

    def of(self, player_id: str) -> PlayerScore:
        """Return the score of a player."""
        return self.by_id.get(player_id, self.absent)


def score_players(
    configuration: Configuration, leaderboard: Leaderboard, official_rounds: int
) -> PlayerScores:
    """Score every player over the official rounds of a tournament that is over.

    Raises:
        OfficialRoundsWrong: The number of rounds contradicts the configuration.
        MissingScore: A player in play has no score in an official round.
        CourseUnknown: A round was played on a course without a par.
        RoundWithoutScore: A policy needs a round that nobody completed.
    """
    _check_official_rounds(configuration, official_rounds)
    rounds: dict[str, RoundValues] = {}
    for card in leaderboard.players:
        rounds[card.player_id] = _values_to_par(card, configuration.par, official_rounds)
    _check_scores(leaderboard.players, rounds, official_rounds)

    return _scores(configuration, leaderboard, rounds, official_rounds, is_past_cut=True)


def score_live_players(configuration: Configuration, leaderboard: Leaderboard) -> PlayerScores:
    """Score every player over the rounds that are complete now, for display.

    Policies fill only rounds that every player in play has completed. A round on a course without
    a par is left out.
    """
    rounds: dict[str, RoundValues] = {}
    for card in leaderboard.players:
        values: dict[int, int] = {}
        for card_round in _complete_rounds(card, configuration.round_count):
            par = configuration.par.of_round(card_round.n, card_round.course_id)
            if par is not None and card_round.strokes is not None:
                values[card_round.n] = card_round.strokes - par
        rounds[card.player_id] = values

    closed = _closed_rounds(leaderboard.players, rounds, configuration.round_count)
    after_round = configuration.cut.after_round
    is_past_cut = after_round is not None and closed > after_round
    if any(card.status is PlayerStatus.CUT for card in leaderboard.players):
        is_past_cut = True

    return _scores(configuration, leaderboard, rounds, closed, is_past_cut=is_past_cut)


def _scores(
    configuration: Configuration,
    leaderboard: Leaderboard,
    rounds: Mapping[str, RoundValues],
    filled_rounds: int,
    *,
    is_past_cut: bool,
) -> PlayerScores:
    """Return the scores from the complete rounds; policies fill rounds up to `filled_rounds`."""
    worst = _worst_values(rounds.values())
    by_id: dict[str, PlayerScore] = {}
    finished: list[int] = []
    for card in leaderboard.players:
        policy = _policy_of(configuration, card)
        values = rounds[card.player_id]
        total = _total(card.player_id, values, policy, configuration.par, worst, filled_rounds)
        by_id[card.player_id] = PlayerScore(
            player_id=card.player_id,
            total=total,
            has_made_cut=_has_made_cut(configuration, card),
            is_started=card.status not in MAY_NEVER_START or card.has_strokes,
        )
        if card.status is PlayerStatus.FIN and total is not None:
            finished.append(total)

    absent = PlayerScore(
        player_id="",
        total=_absent_total(configuration, worst, filled_rounds),
        has_made_cut=False,
        is_started=False,
    )
    return PlayerScores(
        by_id=by_id,
        absent=absent,
        winner_total=min(finished, default=None),
        is_past_cut=is_past_cut,
    )


def _policy_of(configuration: Configuration, card: PlayerCard) -> StatusPolicy | None:
    """Return the policy for a player's missing rounds, None for a player in play."""
    if card.status in IN_PLAY:
        return None
    if card.status is PlayerStatus.DQ:
        return configuration.disqualified
    if card.status in MAY_NEVER_START:
        if card.has_strokes and card.status is PlayerStatus.WD:
            return configuration.withdrawn
        return configuration.dns

    return configuration.missed_cut


def _total(
    player_id: str,
    values: RoundValues,
    policy: StatusPolicy | None,
    par: Par,
    worst: RoundValues,
    filled_rounds: int,
) -> int | None:
    """Return the sum of a player's rounds, None for a player who counts for no entry."""
    if policy is None:
        return sum(values.values())
    if policy.policy == MissingRound.NOT_COUNTED:
        return None

    own_values: RoundValues = values if policy.use_completed_rounds else {}
    total = sum(own_values.values())
    for number in range(1, filled_rounds + 1):
        if number not in own_values:
            total += _missing_value(player_id, number, policy, par, worst)

    return total


def _absent_total(
    configuration: Configuration, worst: RoundValues, filled_rounds: int
) -> int | None:
    """Return the total of a player who is not on the leaderboard, by the policy for DNS."""
    if filled_rounds == 0:
        return 0
    is_complete = all(number in worst for number in range(1, filled_rounds + 1))
    if not is_complete:  # no player has completed one of the rounds
        return None

    return _total("", {}, configuration.dns, configuration.par, worst, filled_rounds)


def _missing_value(
    player_id: str, number: int, policy: StatusPolicy, par: Par, worst: RoundValues
) -> int:
    """Return the value of a missing round.

    The configuration has `plus` or `fixed_strokes` as its policy needs, and fixed strokes only
    with a par that is known without a course.
    """
    if policy.policy == MissingRound.FIXED_ROUND:
        return (policy.fixed_strokes or 0) - (par.of_round(number, None) or 0)
    if number not in worst:
        raise RoundWithoutScore(number, player_id)

    return worst[number] + (policy.plus or 0)


def _has_made_cut(configuration: Configuration, card: PlayerCard) -> bool:
    """Return True for a player in play or MDF, or with a complete round after the cut."""
    if card.status in PAST_CUT:
        return True
    after_round = configuration.cut.after_round
    if card.status is PlayerStatus.CUT or after_round is None:
        return False

    return any(number > after_round for number in card.complete_rounds)


def _worst_values(rounds: Iterable[RoundValues]) -> dict[int, int]:
    """Return the worst value of each round over all players who completed it."""
    worst: dict[int, int] = {}
    for values in rounds:
        for number, value in values.items():
            worst[number] = max(value, worst.get(number, value))

    return worst


def _closed_rounds(
    cards: Iterable[PlayerCard], rounds: Mapping[str, RoundValues], round_count: int
) -> int:
    """Return the number of leading rounds that every player in play has completed."""
    in_play = [card.player_id for card in cards if card.status in IN_PLAY]
    if not in_play:
        return 0

    for number in range(1, round_count + 1):
        for player_id in in_play:
            if number not in rounds[player_id]:
                return number - 1

    return round_count


def _complete_rounds(card: PlayerCard, last_round: int) -> list[Round]:
    complete: list[Round] = []
    for card_round in card.rounds:
        if card_round.complete and card_round.strokes is not None and card_round.n <= last_round:
            complete.append(card_round)

    return complete


def _values_to_par(card: PlayerCard, par: Par, official_rounds: int) -> dict[int, int]:
    """Return the complete official rounds of a player, relative to par."""
    values: dict[int, int] = {}
    for card_round in _complete_rounds(card, official_rounds):
        par_of_round = par.of_round(card_round.n, card_round.course_id)
        if par_of_round is None:
            courses = tuple(sorted(par.by_course))
            raise CourseUnknown(card.player_id, card_round.n, card_round.course_id, courses)
        values[card_round.n] = (card_round.strokes or 0) - par_of_round

    return values


def _check_official_rounds(configuration: Configuration, official_rounds: int) -> None:
    minimum, maximum = configuration.min_official_rounds, configuration.round_count
    if not minimum <= official_rounds <= maximum:
        raise OfficialRoundsWrong(official_rounds, minimum, maximum)


def _check_scores(
    cards: Iterable[PlayerCard], rounds: Mapping[str, RoundValues], official_rounds: int
) -> None:
    """Raise MissingScore with the first missing rounds by player id, if there are any."""
    missing: list[str] = []
    for card in sorted(cards, key=lambda card: card.player_id):
        if card.status not in IN_PLAY:
            continue
        for number in range(1, official_rounds + 1):
            if number not in rounds[card.player_id]:
                missing.append(f"{card.player_id}/{number}")

    if missing:
        raise MissingScore(len(missing), tuple(missing[:MAX_LISTED]))
