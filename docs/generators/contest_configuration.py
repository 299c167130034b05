"""The page of the keys of a contest's configuration, and of the codes of its faults."""

import json
from collections.abc import Iterator

from docs.generators.markdown import cell, page, table

from indelible.contests.rules.configuration.faults import ConfigurationCode
from indelible.contests.rules.configuration.readers import (
    Key,
    ListOf,
    ObjectOf,
    OrNull,
    Reader,
    Variants,
)
from indelible.contests.rules.configuration.schema import CONFIGURATION, STATUS_POLICY
from indelible.contests.samples import sample_configuration, sample_names

LEAD = """
A contest is configured by one JSON object. Every key is required and no other key is allowed. There
are no defaults, and no value is converted: `4.0`, `true` and `"4"` are no whole number. All faults
of a configuration are reported at once, each with a code and a JSON path. Its digest is the SHA-256
of its canonical JSON: sorted keys, no spaces, UTF-8.

A configuration can be replaced while its contest is SCHEDULED; each one is stored as a version.
From LOCKED on it is frozen (`CONFIG_IMMUTABLE`).
"""
POLICY_LEAD = """
`missed_cut`, `withdrawn`, `disqualified` and `dns` have the same keys:
"""
RULES_LEAD = """
## Rules between keys

- `par` as a list has `round_count` items. With pars that differ by course, no policy is
  `fixed_round`: a missing round has no course.
- `cut.after_round` and `min_official_rounds` are at most `round_count`. `cut.n` is set
  unless `cut.rule` is `provider_status`, and `cut.within_strokes` is a key of
  `top_n_and_ties_or_within` only. Without a cut, `cut.rule` is `provider_status` and
  `min_made_cut` is 0.
- `counted_players` and `min_made_cut` are at most `roster_size`.
- Mode `tiers` has tiers with different names and different players, whose picks add up to
  `roster_size`; mode `open` has none.
- `min_entries` and `max_entries_per_user` are at most `max_entries`. The largest possible pool is
  10^12 minor units.
- `payout.table` sums to 10,000. Neither table increases from one rank to the next.
- creation < `lock_time` <= `tournament_start_time` < `tournament_end_time`. Start and end are at
  most one day from `event_start_date` and `event_end_date`, which are dates in the tournament's own
  time zone. `event_end_date` is not before `event_start_date`.
"""
SAMPLE_LEADS = {
    "invitational": "An invented tournament without a cut and with a par for each round.",
    "masters": (
        "From public facts about the tournament; the fee, the shares and the policies are examples."
    ),
}


def contest_configuration_page() -> str:
    """Return the page with every key, every code and every sample."""
    samples: list[str] = []
    for name in sample_names():
        text = json.dumps(sample_configuration(name), indent=2)
        samples.append(f"## Sample `{name}`\n\n{SAMPLE_LEADS[name]}\n")
        samples.append(f"```json\n{text}\n```\n")

    head = ("key", "value", "meaning")
    return page(
        "Configuration of a contest",
        LEAD.lstrip(),
        "## Keys\n",
        table(head, _key_rows(CONFIGURATION.keys)),
        POLICY_LEAD.lstrip(),
        table(head, _key_rows(STATUS_POLICY.keys)),
        RULES_LEAD.lstrip(),
        "## Codes of faults\n",
        table(("code", "meaning"), _code_rows()),
        *samples,
    )


def _key_rows(keys: tuple[Key, ...], prefix: str = "") -> Iterator[tuple[str, ...]]:
    """Yield the rows of keys and of the keys below them; policies have a table of their own."""
    for key in keys:
        name = f"{prefix}{key.name}"
        yield f"`{name}`", cell(_rule(key.reader)), cell(key.meaning)
        if key.reader is not STATUS_POLICY:
            for children, suffix in _children(key.reader):
                yield from _key_rows(children, f"{name}{suffix}")


def _children(reader: Reader) -> Iterator[tuple[tuple[Key, ...], str]]:
    """Yield the keys below a value, with the text between its path and theirs."""
    match reader:
        case ObjectOf():
            yield reader.keys, "."
        case OrNull():
            yield from _children(reader.reader)
        case ListOf(reader=ObjectOf() as item):
            yield item.keys, "[]."
        case Variants():
            different: dict[str, Key] = {}
            for variant in reader.variants.values():
                different.update({key.name: key for key in variant.keys})
            yield tuple(different.values()), "."
        case _:
            return


def _rule(reader: Reader) -> str:
    """Return the rule of a value; an object's keys have rows of their own."""
    if isinstance(reader, ObjectOf):
        return "an object"
    if isinstance(reader, Variants):
        return f"an object; its other keys depend on `{reader.kind.name}`"
    if isinstance(reader, ListOf) and not isinstance(reader.reader, ObjectOf):
        return f"{reader.rule}, each {reader.reader.rule}"

    return reader.rule


def _code_rows() -> Iterator[tuple[str, ...]]:
    for code in ConfigurationCode:
        yield f"`{code}`", cell(code.meaning)
