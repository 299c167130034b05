"""The rules between the keys of a configuration; a rule with an unreadable key is left out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final, cast

from attrs import frozen

from indelible.contests.rules.configuration.faults import (
    ROOT_PATH,
    ConfigurationCode,
    ConfigurationFault,
    FaultList,
)
from indelible.contests.rules.configuration.readers import UNREADABLE
from indelible.contests.rules.configuration.schema import BPS_OF_WHOLE, MAX_ENTRIES
from indelible.contests.rules.configuration.values import (
    CutRule,
    MissingRound,
    PayoutKind,
    SelectionMode,
    ShortField,
)
from indelible.kernel.due_times import MAX_DUE, MAX_DUE_DAYS
from indelible.kernel.json import instant_text
from indelible.kernel.money import MAX_AMOUNT_MINOR

POLICIES: Final = ("missed_cut", "withdrawn", "disqualified", "dns")
# The date of an instant in UTC differs from the local date by at most one day.
ZONE_DAYS: Final = timedelta(days=1)

Faults = Iterator[ConfigurationFault]


class SkipRule(Exception):
    """A key that a rule needs has a fault of its own."""


@frozen
class Keys:
    """The values that were read, by key."""

    values: Mapping[str, Any]

    def get(self, *names: str | int) -> Any:  # noqa: ANN401 - any value of a configuration
        """Return the value at a path of keys and positions.

        Raises:
            SkipRule: The value could not be read.
        """
        value: Any = self.values
        for name in names:
            value = value[name]
            if value is UNREADABLE:
                raise SkipRule

        return value


Check = Callable[[Keys], Faults]


def check_keys(values: Mapping[str, Any], created_at: datetime | None, faults: FaultList) -> None:
    """Add the faults of every rule whose keys could be read."""
    keys = Keys(values)
    for check in CHECKS:
        _apply(check, keys, faults)

    def times(of_keys: Keys) -> Faults:
        return _times(of_keys, created_at)

    _apply(times, keys, faults)


def _apply(check: Check, keys: Keys, faults: FaultList) -> None:
    try:
        for fault in check(keys):
            faults.add(fault.code, fault.path, fault.expected, fault.actual)
    except SkipRule:
        return


def _contradiction(path: str, expected: str, actual: object) -> ConfigurationFault:
    return ConfigurationFault(
        ConfigurationCode.CONTRADICTION, f"{ROOT_PATH}.{path}", expected, str(actual)
    )


def _par(keys: Keys) -> Faults:
    par, round_count = keys.get("par"), keys.get("round_count")
    if isinstance(par, tuple) and len(cast("tuple[int, ...]", par)) != round_count:
        expected = f"{round_count} items, as round_count says"
        yield _contradiction("par", expected, f"{len(cast('tuple[int, ...]', par))} items")


def _cut_round(keys: Keys) -> Faults:
    after_round, round_count = keys.get("cut", "after_round"), keys.get("round_count")
    if after_round is not None and after_round > round_count:
        expected = f"at most {round_count}, as round_count says"
        yield _contradiction("cut.after_round", expected, after_round)


def _cut_rule(keys: Keys) -> Faults:
    rule = keys.get("cut", "rule")
    if keys.get("cut", "after_round") is None and rule != CutRule.PROVIDER_STATUS:
        expected = f"{CutRule.PROVIDER_STATUS} without a cut"
        yield _contradiction("cut.rule", expected, rule)


def _cut_number(keys: Keys) -> Faults:
    rule, number = keys.get("cut", "rule"), keys.get("cut", "n")
    if rule != CutRule.PROVIDER_STATUS and number is None:
        yield _contradiction("cut.n", f"a number, as {rule} needs one", "null")
    if rule == CutRule.PROVIDER_STATUS and number is not None:
        yield _contradiction("cut.n", f"null, as {rule} uses no number", number)


def _counted_players(keys: Keys) -> Faults:
    counted, size = keys.get("counted_players"), keys.get("roster_size")
    if counted > size:
        yield _contradiction("counted_players", f"at most {size}, as roster_size says", counted)


def _min_made_cut(keys: Keys) -> Faults:
    minimum, size = keys.get("min_made_cut"), keys.get("roster_size")
    if minimum > size:
        yield _contradiction("min_made_cut", f"at most {size}, as roster_size says", minimum)


def _min_made_cut_without_cut(keys: Keys) -> Faults:
    minimum = keys.get("min_made_cut")
    if minimum and keys.get("cut", "after_round") is None:
        yield _contradiction("min_made_cut", "0 without a cut", minimum)


def _tiers_of_mode(keys: Keys) -> Faults:
    mode, tiers = keys.get("selection", "mode"), keys.get("selection", "tiers")
    if mode == SelectionMode.OPEN and tiers:
        yield _contradiction("selection.tiers", f"no tiers in mode {mode}", f"{len(tiers)} tiers")
    if mode == SelectionMode.TIERS and not tiers:
        yield _contradiction("selection.tiers", f"at least one tier in mode {mode}", "no tiers")


def _picks_of_tiers(keys: Keys) -> Faults:
    tiers, size = keys.get("selection", "tiers"), keys.get("roster_size")
    picks = [keys.get("selection", "tiers", number, "picks") for number in range(len(tiers))]
    if tiers and sum(picks) != size:
        yield ConfigurationFault(
            ConfigurationCode.WRONG_SUM,
            f"{ROOT_PATH}.selection.tiers",
            f"picks whose sum is {size}, as roster_size says",
            str(sum(picks)),
        )


def _picks_of_each_tier(keys: Keys) -> Faults:
    for number, tier in enumerate(keys.get("selection", "tiers")):
        picks, players = tier["picks"], tier["player_ids"]
        if picks is UNREADABLE or players is UNREADABLE:
            continue
        if picks > len(players):
            path = f"selection.tiers[{number}].picks"
            yield _contradiction(path, f"at most {len(players)}, the players of the tier", picks)


def _names_of_tiers(keys: Keys) -> Faults:
    seen: set[str] = set()
    for number, tier in enumerate(keys.get("selection", "tiers")):
        name = tier["name"]
        if name is UNREADABLE:
            continue
        if name in seen:
            yield _duplicate(f"selection.tiers[{number}].name", name)
        seen.add(name)


def _players_of_tiers(keys: Keys) -> Faults:
    seen: set[str] = set()
    for number, tier in enumerate(keys.get("selection", "tiers")):
        players = tier["player_ids"]
        if players is UNREADABLE:
            continue
        for position, player_id in enumerate(players):
            if player_id in seen:
                path = f"selection.tiers[{number}].player_ids[{position}]"
                yield _duplicate(path, player_id)
            seen.add(player_id)


def _tie_breakers(keys: Keys) -> Faults:
    seen: set[str] = set()
    for position, tie_breaker in enumerate(keys.get("tie_breakers")):
        if tie_breaker in seen:
            yield _duplicate(f"tie_breakers[{position}]", tie_breaker)
        seen.add(tie_breaker)


def _duplicate(path: str, value: str) -> ConfigurationFault:
    return ConfigurationFault(
        ConfigurationCode.DUPLICATE_ITEM, f"{ROOT_PATH}.{path}", "a value that occurs once", value
    )


def _policy_check(name: str) -> Check:
    """Return the rule that a status policy has the number that it needs."""

    def check(keys: Keys) -> Faults:
        policy = keys.get(name, "policy")
        if policy == MissingRound.WORST_ROUND_PLUS and keys.get(name, "plus") is None:
            yield _contradiction(f"{name}.plus", f"a number, as {policy} needs one", "null")
        if policy == MissingRound.FIXED_ROUND and keys.get(name, "fixed_strokes") is None:
            path = f"{name}.fixed_strokes"
            yield _contradiction(path, f"a number, as {policy} needs one", "null")

    return check


def _fixed_round_check(name: str) -> Check:
    """Return the rule that fixed strokes have one par to be compared with."""

    def check(keys: Keys) -> Faults:
        policy, par = keys.get(name, "policy"), keys.get("par")
        if policy != MissingRound.FIXED_ROUND or not isinstance(par, dict):
            return
        if len(set(cast("dict[str, int]", par).values())) > 1:
            expected = "another policy, as a missing round has no course and so no par"
            yield _contradiction(f"{name}.policy", expected, policy)

    return check


def _entries(keys: Keys) -> Faults:
    minimum, maximum = keys.get("min_entries"), keys.get("max_entries")
    if minimum is not None and maximum is not None and minimum > maximum:
        yield _contradiction("min_entries", f"at most {maximum}, as max_entries says", minimum)


def _entries_of_user(keys: Keys) -> Faults:
    of_user, maximum = keys.get("max_entries_per_user"), keys.get("max_entries")
    if of_user is not None and maximum is not None and of_user > maximum:
        path = "max_entries_per_user"
        yield _contradiction(path, f"at most {maximum}, as max_entries says", of_user)


def _largest_pool(keys: Keys) -> Faults:
    fee, maximum = keys.get("entry_fee_cents"), keys.get("max_entries")
    entries = maximum or MAX_ENTRIES
    if fee * entries > MAX_AMOUNT_MINOR:
        yield ConfigurationFault(
            ConfigurationCode.OUT_OF_RANGE,
            f"{ROOT_PATH}.entry_fee_cents",
            f"at most {MAX_AMOUNT_MINOR // entries} with {entries} entries",
            str(fee),
        )


def _payout(keys: Keys) -> Faults:
    kind = keys.get("payout", "kind")
    name = "table" if kind == PayoutKind.BPS else "amounts"
    amounts = keys.get("payout", name)
    for position, (earlier, later) in enumerate(pairwise(amounts), start=1):
        if later > earlier:
            yield ConfigurationFault(
                ConfigurationCode.NOT_DESCENDING,
                f"{ROOT_PATH}.payout.{name}[{position}]",
                f"at most {earlier}, the value of the rank before it",
                str(later),
            )

    total = sum(amounts)
    if kind == PayoutKind.BPS and total != BPS_OF_WHOLE:
        yield _wrong_total(name, f"shares whose sum is {BPS_OF_WHOLE}", total)
    if kind == PayoutKind.FIXED_CENTS and total > MAX_AMOUNT_MINOR:
        yield _wrong_total(name, f"amounts whose sum is at most {MAX_AMOUNT_MINOR}", total)


def _short_field(keys: Keys) -> Faults:
    """Yield a fault if a short field would be paid more than the listed amounts."""
    kind, short_field = keys.get("payout", "kind"), keys.get("short_field")
    if kind == PayoutKind.FIXED_CENTS and short_field == ShortField.RENORMALIZE:
        yield _contradiction("short_field", f"{ShortField.RETAIN} with {kind}", short_field)


def _wrong_total(name: str, expected: str, total: int) -> ConfigurationFault:
    path = f"{ROOT_PATH}.payout.{name}"
    return ConfigurationFault(ConfigurationCode.WRONG_SUM, path, expected, str(total))


def _official_rounds(keys: Keys) -> Faults:
    minimum, round_count = keys.get("min_official_rounds"), keys.get("round_count")
    if minimum > round_count:
        expected = f"at most {round_count}, as round_count says"
        yield _contradiction("min_official_rounds", expected, minimum)


def _dates(keys: Keys) -> Faults:
    first, last = keys.get("event_start_date"), keys.get("event_end_date")
    if last < first:
        yield _contradiction("event_end_date", f"{first} or later, as event_start_date says", last)


def _date_check(time_name: str, date_name: str) -> Check:
    """Return the rule that an instant is on its date in some time zone."""

    def check(keys: Keys) -> Faults:
        instant, day = keys.get(time_name), keys.get(date_name)
        if abs(instant.date() - day) > ZONE_DAYS:
            expected = f"at most one day from {day}, as {date_name} says"
            yield _contradiction(time_name, expected, instant_text(instant))

    return check


def _times(keys: Keys, created_at: datetime | None) -> Faults:
    """Yield the broken parts of created < lock <= start < end.

    The end is at most MAX_DUE after the creation: no store accepts a task that is due later.
    """
    names = ("lock_time", "tournament_start_time", "tournament_end_time")
    instants: list[Any] = [keys.values[name] for name in names]
    lock, start, end = instants
    readable = [name for name in names if keys.values[name] is not UNREADABLE]
    if "lock_time" in readable and created_at is not None and lock <= created_at:
        yield _wrong_time("lock_time", f"later than {instant_text(created_at)}, now", lock)
    if UNREADABLE not in (lock, start) and start < lock:
        expected = f"{instant_text(lock)}, the lock_time, or later"
        yield _wrong_time("tournament_start_time", expected, start)
    if UNREADABLE not in (start, end) and end <= start:
        expected = f"later than {instant_text(start)}, the tournament_start_time"
        yield _wrong_time("tournament_end_time", expected, end)
    if "tournament_end_time" in readable and created_at is not None and end - created_at > MAX_DUE:
        expected = f"at most {MAX_DUE_DAYS} days after {instant_text(created_at)}, now"
        yield _wrong_time("tournament_end_time", expected, end)


def _wrong_time(name: str, expected: str, actual: datetime) -> ConfigurationFault:
    return ConfigurationFault(
        ConfigurationCode.TIME_INVARIANT_VIOLATION,
        f"{ROOT_PATH}.{name}",
        expected,
        instant_text(actual),
    )


CHECKS: Final[tuple[Check, ...]] = (
    _par,
    _cut_round,
    _cut_rule,
    _cut_number,
    _counted_players,
    _min_made_cut,
    _min_made_cut_without_cut,
    _tiers_of_mode,
    _picks_of_tiers,
    _picks_of_each_tier,
    _names_of_tiers,
    _players_of_tiers,
    _tie_breakers,
    *(_policy_check(name) for name in POLICIES),
    *(_fixed_round_check(name) for name in POLICIES),
    _entries,
    _entries_of_user,
    _largest_pool,
    _payout,
    _short_field,
    _official_rounds,
    _dates,
    _date_check("tournament_start_time", "event_start_date"),
    _date_check("tournament_end_time", "event_end_date"),
)
