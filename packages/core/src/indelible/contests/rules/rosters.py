"""Check a roster against the configuration and the field; all violations at once."""

from collections import Counter
from collections.abc import Iterator, Sequence

from indelible.contests.rules.configuration.values import Configuration, SelectionMode
from indelible.contests.rules.failures import RosterCode, RosterInvalid, RosterViolation
from indelible.contests.rules.values import Field


def check_roster(configuration: Configuration, field: Field, player_ids: Sequence[str]) -> None:
    """Check that an entry may have these players; their order does not matter.

    Raises:
        RosterInvalid: The roster breaks rules; the error lists all violations.
    """
    counts = Counter(player_ids)
    violations = [
        *_wrong_size(configuration, player_ids),
        *_repeated(counts),
        *_unknown(field, counts),
        *_wrong_tiers(configuration, counts),
    ]
    if violations:
        raise RosterInvalid.of(tuple(violations))


def _wrong_size(
    configuration: Configuration, player_ids: Sequence[str]
) -> Iterator[RosterViolation]:
    size = configuration.roster_size
    if len(player_ids) != size:
        yield RosterViolation(
            RosterCode.ROSTER_SIZE_MISMATCH,
            "roster",
            f"{size} players",
            f"{len(player_ids)} players",
        )


def _repeated(counts: Counter[str]) -> Iterator[RosterViolation]:
    for player_id in sorted(counts):
        if counts[player_id] > 1:
            yield RosterViolation(
                RosterCode.ROSTER_DUPLICATE_PLAYER, player_id, "once", f"{counts[player_id]} times"
            )


def _unknown(field: Field, counts: Counter[str]) -> Iterator[RosterViolation]:
    """Yield the players that are not in the field; an alternate may be chosen."""
    for player_id in sorted(counts):
        if player_id not in field.player_ids:
            yield RosterViolation(
                RosterCode.ROSTER_PLAYER_NOT_IN_FIELD,
                player_id,
                "a player of the field",
                "no such player",
            )


def _wrong_tiers(configuration: Configuration, counts: Counter[str]) -> Iterator[RosterViolation]:
    selection = configuration.selection
    if selection.mode != SelectionMode.TIERS:
        return

    in_tiers: set[str] = set()
    for tier in selection.tiers:
        picks = sum(counts[player_id] for player_id in tier.player_ids)
        in_tiers.update(tier.player_ids)
        if picks != tier.picks:
            yield RosterViolation(
                RosterCode.ROSTER_TIER_MISMATCH, tier.name, f"{tier.picks} picks", f"{picks} picks"
            )
    for player_id in sorted(counts.keys() - in_tiers):
        yield RosterViolation(
            RosterCode.ROSTER_TIER_MISMATCH, player_id, "a player of a tier", "no tier"
        )
