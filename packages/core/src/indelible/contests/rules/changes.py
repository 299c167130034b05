"""Rules about changes of a configuration."""

from datetime import datetime
from typing import Any, Final

from indelible.contests.errors import FeeFixed, PlacesTaken
from indelible.contests.rules.configuration.parsing import document_instant, parse_configuration
from indelible.contests.rules.configuration.values import Configuration

# The keys that are fixed once a contest has an entry; `payout.kind` is a key inside another. A
# stored roster of another size than the configured one would be ranked as ineligible.
FIXED_KEYS: Final = (("entry_fee_cents",), ("currency",), ("payout", "kind"), ("roster_size",))


def check_fixed_keys(contest_id: str, present: Configuration, following: Configuration) -> None:
    """Check that a configuration keeps what no entry may see changed.

    Raises:
        FeeFixed: The fee, the currency, the kind of payouts or the size of rosters differs.
    """
    for path in FIXED_KEYS:
        expected = _value_at(present, path)
        actual = _value_at(following, path)
        if actual != expected:
            raise FeeFixed(contest_id, ".".join(path), expected, actual)


def check_places(contest_id: str, configuration: Configuration, highest_place_number: int) -> None:
    """Check that every taken place exists with a configuration.

    Raises:
        PlacesTaken: An entry has a higher place.
    """
    max_entries = configuration.max_entries
    if max_entries is not None and highest_place_number > max_entries:
        raise PlacesTaken(contest_id, max_entries, highest_place_number)


def with_lock_time(configuration: Configuration, lock_time: datetime) -> Configuration:
    """Return the configuration with another lock time."""
    document = {**configuration.document(), "lock_time": document_instant(lock_time)}
    return parse_configuration(document, created_at=None)


def _value_at(configuration: Configuration, path: tuple[str, ...]) -> str:
    """Return the value at a path of keys as text."""
    value: Any = configuration.document()
    for name in path:
        value = value[name]

    return str(value)
