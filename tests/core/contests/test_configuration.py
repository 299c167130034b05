"""Tests of configurations: every key is required and strict, and all faults come at once."""

import json
from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.contests.golf import FIXED_80, WORST_PLUS_1, document

from indelible.contests.entities.records import SettlementLine
from indelible.contests.rules.configuration.faults import (
    CODE_MEANINGS,
    MAX_FAULTS,
    ConfigurationCode,
    ConfigurationInvalid,
)
from indelible.contests.rules.configuration.parsing import (
    document_instant,
    parse_configuration,
    parse_configuration_text,
)
from indelible.contests.rules.configuration.schema import MAX_ENTRIES
from indelible.contests.rules.configuration.values import Configuration
from indelible.contests.samples import sample_configuration, sample_names
from indelible.kernel.bulk import MAX_BULK_CHARACTERS, MAX_BULK_ROWS, bulk_text
from indelible.kernel.json import digest
from indelible.kernel.money import MAX_AMOUNT_MINOR

TIER_A = {"name": "A", "player_ids": ["1", "2"], "picks": 2}
TIER_B = {"name": "B", "player_ids": ["3", "4", "5", "6"], "picks": 4}


def parsed(value: Mapping[str, Any], created_at: datetime | None = None) -> Configuration:
    return parse_configuration(value, created_at=created_at)


def faults(value: object, created_at: datetime | None = None) -> list[tuple[str, str]]:
    """Return the codes and paths of a configuration's faults."""
    try:
        parsed(cast("Any", value), created_at)
    except ConfigurationInvalid as error:
        return [(fault.code.value, fault.path) for fault in error.faults]

    return []


def paths_of(value: object, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the path of every key and every item."""
    items: Any = ()
    if isinstance(value, dict):
        items = cast("dict[str, object]", value).items()
    elif isinstance(value, list):
        items = enumerate(cast("list[object]", value))
    for name, item in items:
        yield (*path, name)
        yield from paths_of(item, (*path, name))


def changed(path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """Return the golden configuration with one changed value."""
    root = deepcopy(FULL)
    parent: Any = root
    for name in path[:-1]:
        parent = parent[name]
    parent[path[-1]] = value

    return root


def json_path(path: tuple[Any, ...]) -> str:
    text = "$"
    for name in path:
        text += f"[{name}]" if isinstance(name, int) else f".{name}"

    return text


FULL = document(
    selection={"mode": "tiers", "tiers": [TIER_A, TIER_B]}, par=[72, 71, 70, 72], min_entries=3
)
PATHS = tuple(paths_of(FULL))
KEYS = tuple(path for path in PATHS if isinstance(path[-1], str))


def leaf(path: tuple[Any, ...]) -> Any:  # noqa: ANN401 - any JSON value
    value: Any = FULL
    for name in path:
        value = value[name]

    return value


NUMBERS = tuple(path for path in PATHS if type(leaf(path)) is int)
EXAMPLES = 300
JSON_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON_VALUES = st.recursive(
    JSON_SCALARS,
    lambda values: st.lists(values, max_size=2) | st.dictionaries(st.text(), values, max_size=2),
    max_leaves=3,
)
WITHIN_10 = {
    "after_round": 2,
    "rule": "top_n_and_ties_or_within",
    "n": 44,
    "within_strokes": 10,
}
INSTANTS = ("lock_time", "tournament_start_time", "tournament_end_time")


def test_a_cut_within_strokes_of_the_lead_is_read_and_written_again() -> None:
    configuration = parsed({**FULL, "cut": WITHIN_10})

    assert configuration.cut.within_strokes == 10
    assert configuration.document()["cut"] == WITHIN_10


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("invitational", "964a6d937f9377f4bf87b5cdcbdc2e8e5b0ac067a9fca30051cb439e9163d350"),
        ("masters", "d8709d4bbfa31a7f574d3fca0bb1cd3e8380530beed4b2065f1b7ff5f01dc0e0"),
    ],
)
def test_the_digest_of_a_sample_stays(name: str, expected: str) -> None:
    assert parsed(sample_configuration(name)).digest == expected


def test_a_configuration_without_faults_is_read_and_written_again() -> None:
    configuration = parsed(FULL)

    assert configuration.document() == FULL
    assert configuration.digest == digest(FULL)
    assert parsed(configuration.document()) == configuration
    assert parsed(configuration.configuration_document) == configuration


@pytest.mark.parametrize("path", KEYS, ids=json_path)
def test_every_key_is_required(path: tuple[Any, ...]) -> None:
    value = deepcopy(FULL)
    parent: Any = value
    for name in path[:-1]:
        parent = parent[name]
    del parent[path[-1]]

    assert ("MISSING_KEY", json_path(path)) in faults(value)


@pytest.mark.parametrize("path", [(), *[p for p in PATHS if isinstance(leaf(p), dict)]])
def test_no_object_takes_an_unknown_key(path: tuple[Any, ...]) -> None:
    assert faults(changed((*path, "extra"), 1)) == [("UNKNOWN_KEY", json_path((*path, "extra")))]


@pytest.mark.parametrize("value", [4.0, Decimal("4.0"), True, False, "4", [[]], {"a": None}])
def test_no_number_is_converted(value: object) -> None:
    for path in NUMBERS:
        assert ("WRONG_TYPE", json_path(path)) in faults(changed(path, value))


@pytest.mark.slow
@settings(max_examples=EXAMPLES)
@given(path=st.sampled_from(PATHS), value=JSON_VALUES)
def test_any_value_is_read_or_refused_with_faults(path: tuple[Any, ...], value: object) -> None:
    value_with_fault = changed(path, value)
    found = faults(value_with_fault)

    if not found:
        assert parsed(value_with_fault).document() == value_with_fault


@pytest.mark.parametrize("value", [None, [], "x", 1, [{}]])
def test_a_value_that_is_no_object_is_refused(value: object) -> None:
    assert faults(value) == [("WRONG_TYPE", "$")]


def test_all_faults_are_reported_at_once() -> None:
    value = document(
        round_count=4.0,
        entry_fee_cents=True,
        lock_time="2026-04-09T11:30:00",
        event_end_date="2026-02-30",
        currency="XXX",
        payout={"kind": "bps", "table": [3000, 5000, 1999]},
        tie_breakers=["count_back", "luck", "count_back"],
        withdrawn={**WORST_PLUS_1, "plus": None},
        rosters=7,
    )
    del value["rake"]

    assert faults(value) == [
        ("INVALID_DATE", "$.event_end_date"),
        ("WRONG_TYPE", "$.round_count"),
        ("VALUE_NOT_ALLOWED", "$.tie_breakers[1]"),
        ("WRONG_TYPE", "$.entry_fee_cents"),
        ("CURRENCY_UNKNOWN", "$.currency"),
        ("MISSING_KEY", "$.rake"),
        ("INSTANT_WITHOUT_ZONE", "$.lock_time"),
        ("UNKNOWN_KEY", "$.rosters"),
        ("CONTRADICTION", "$.withdrawn.plus"),
        ("NOT_DESCENDING", "$.payout.table[1]"),
        ("WRONG_SUM", "$.payout.table"),
    ]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"schema_version": 2}, "OUT_OF_RANGE", "$.schema_version"),
        ({"leaderboard_schema_version": 0}, "OUT_OF_RANGE", "$.leaderboard_schema_version"),
        ({"engine_version": "golf-2"}, "VALUE_NOT_ALLOWED", "$.engine_version"),
        ({"holes_per_round": 9}, "OUT_OF_RANGE", "$.holes_per_round"),
        ({"round_count": 7}, "OUT_OF_RANGE", "$.round_count"),
        ({"round_count": 3}, "CONTRADICTION", "$.par"),
        ({"provider_event_id": "a b"}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": ""}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": "x" * 101}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": "a/b"}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": "a?b"}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": "a%2Fb"}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": "\u00e9"}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": ".."}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": "a\n"}, "INVALID_TEXT", "$.provider_event_id"),
        ({"provider_event_id": 401811935}, "WRONG_TYPE", "$.provider_event_id"),
        ({"par": 59}, "OUT_OF_RANGE", "$.par"),
        ({"par": [72, 72, 72]}, "CONTRADICTION", "$.par"),
        ({"par": []}, "TOO_FEW_ITEMS", "$.par"),
        ({"par": {}}, "TOO_FEW_ITEMS", "$.par"),
        ({"par": {"a": 81}}, "OUT_OF_RANGE", "$.par.a"),
        ({"par": {"a b": 72}}, "INVALID_TEXT", "$.par['a b']"),
        ({"par": "72"}, "WRONG_TYPE", "$.par"),
        ({"par": {"a": 71, "b": 72}, "dns": FIXED_80}, "CONTRADICTION", "$.dns.policy"),
        (
            {"cut": {"after_round": 5, "rule": "provider_status", "n": None}},
            "CONTRADICTION",
            "$.cut.after_round",
        ),
        (
            {"cut": {"after_round": 2, "rule": "provider_status", "n": 50}},
            "CONTRADICTION",
            "$.cut.n",
        ),
        (
            {"cut": {"after_round": 2, "rule": "top_n_and_ties", "n": None}},
            "CONTRADICTION",
            "$.cut.n",
        ),
        (
            {"cut": {"after_round": None, "rule": "top_n_and_ties", "n": 50}},
            "CONTRADICTION",
            "$.cut.rule",
        ),
        (
            {"cut": {**WITHIN_10, "after_round": None}},
            "CONTRADICTION",
            "$.cut.rule",
        ),
        ({"cut": {**WITHIN_10, "n": None}}, "CONTRADICTION", "$.cut.n"),
        ({"cut": {**WITHIN_10, "within_strokes": 101}}, "OUT_OF_RANGE", "$.cut.within_strokes"),
        ({"cut": {**WITHIN_10, "within_strokes": None}}, "WRONG_TYPE", "$.cut.within_strokes"),
        (
            {"cut": {**WITHIN_10, "rule": "top_n_and_ties"}},
            "UNKNOWN_KEY",
            "$.cut.within_strokes",
        ),
        (
            {"cut": {"after_round": 2, "rule": "top_n_and_ties_or_within", "n": 44}},
            "MISSING_KEY",
            "$.cut.within_strokes",
        ),
        ({"counted_players": 7}, "CONTRADICTION", "$.counted_players"),
        ({"min_made_cut": 7}, "CONTRADICTION", "$.min_made_cut"),
        (
            {"cut": {"after_round": None, "rule": "provider_status", "n": None}, "min_made_cut": 1},
            "CONTRADICTION",
            "$.min_made_cut",
        ),
        ({"selection": {"mode": "open", "tiers": [TIER_A]}}, "CONTRADICTION", "$.selection.tiers"),
        ({"selection": {"mode": "tiers", "tiers": []}}, "CONTRADICTION", "$.selection.tiers"),
        ({"selection": {"mode": "tiers", "tiers": [TIER_A]}}, "WRONG_SUM", "$.selection.tiers"),
        (
            {"selection": {"mode": "tiers", "tiers": [TIER_B, {**TIER_A, "picks": 3}]}},
            "CONTRADICTION",
            "$.selection.tiers[1].picks",
        ),
        (
            {"selection": {"mode": "tiers", "tiers": [TIER_A, {**TIER_B, "name": "A"}]}},
            "DUPLICATE_ITEM",
            "$.selection.tiers[1].name",
        ),
        (
            {
                "selection": {
                    "mode": "tiers",
                    "tiers": [TIER_A, {**TIER_B, "player_ids": ["3", "4", "1", "5"]}],
                }
            },
            "DUPLICATE_ITEM",
            "$.selection.tiers[1].player_ids[2]",
        ),
        (
            {"tie_breakers": ["count_back", "count_back"]},
            "DUPLICATE_ITEM",
            "$.tie_breakers[1]",
        ),
        ({"dns": {**FIXED_80, "fixed_strokes": None}}, "CONTRADICTION", "$.dns.fixed_strokes"),
        ({"currency": "usd"}, "CURRENCY_UNKNOWN", "$.currency"),
        ({"entry_fee_cents": -1}, "OUT_OF_RANGE", "$.entry_fee_cents"),
        ({"max_entries": MAX_ENTRIES + 1}, "OUT_OF_RANGE", "$.max_entries"),
        ({"min_entries": 21}, "CONTRADICTION", "$.min_entries"),
        ({"max_entries_per_user": 21}, "CONTRADICTION", "$.max_entries_per_user"),
        (
            {"max_entries": None, "entry_fee_cents": MAX_AMOUNT_MINOR // MAX_ENTRIES + 1},
            "OUT_OF_RANGE",
            "$.entry_fee_cents",
        ),
        ({"rake": {"bps": 10_001, "rounding": "floor"}}, "OUT_OF_RANGE", "$.rake.bps"),
        ({"rake": {"bps": 1, "rounding": "up"}}, "VALUE_NOT_ALLOWED", "$.rake.rounding"),
        ({"payout": {"table": [10_000]}}, "MISSING_KEY", "$.payout.kind"),
        ({"payout": {"kind": "shares", "table": []}}, "VALUE_NOT_ALLOWED", "$.payout.kind"),
        ({"payout": {"kind": "bps", "table": []}}, "TOO_FEW_ITEMS", "$.payout.table"),
        ({"payout": {"kind": "bps", "table": [10_000, 0]}}, "OUT_OF_RANGE", "$.payout.table[1]"),
        (
            {
                "payout": {"kind": "fixed_cents", "amounts": [5, 6], "guarantee": True},
                "short_field": "retain",
            },
            "NOT_DESCENDING",
            "$.payout.amounts[1]",
        ),
        (
            {
                "payout": {"kind": "fixed_cents", "amounts": [10**12, 1], "guarantee": True},
                "short_field": "retain",
            },
            "WRONG_SUM",
            "$.payout.amounts",
        ),
        (
            {
                "payout": {"kind": "fixed_cents", "amounts": [5], "guarantee": 1},
                "short_field": "retain",
            },
            "WRONG_TYPE",
            "$.payout.guarantee",
        ),
        (
            {
                "payout": {"kind": "fixed_cents", "amounts": [5], "guarantee": True},
                "short_field": "renormalize",
            },
            "CONTRADICTION",
            "$.short_field",
        ),
        ({"min_official_rounds": 5}, "CONTRADICTION", "$.min_official_rounds"),
        ({"terminal_confirmations": 0}, "OUT_OF_RANGE", "$.terminal_confirmations"),
        ({"event_end_date": "2026-04-08"}, "CONTRADICTION", "$.event_end_date"),
        ({"event_start_date": "20260409"}, "INVALID_DATE", "$.event_start_date"),
        ({"event_start_date": "2026-04-01"}, "CONTRADICTION", "$.tournament_start_time"),
        ({"event_end_date": "2026-04-20"}, "CONTRADICTION", "$.tournament_end_time"),
    ],
)
def test_a_contradiction_is_one_fault_with_its_path(
    changes: dict[str, Any], code: str, path: str
) -> None:
    base = document(par=[72, 72, 72, 72]) if "round_count" in changes else document()

    assert (code, path) in faults(base | changes)


@pytest.mark.parametrize("name", INSTANTS)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2026-04-09T11:30:00", "INSTANT_WITHOUT_ZONE"),
        ("2026-04-09T11:30:00+00:00", "INVALID_INSTANT"),
        ("2026-04-09T11:30:00+02:00", "INVALID_INSTANT"),
        ("2026-04-09 11:30:00Z", "INVALID_INSTANT"),
        ("2026-04-09T11:30Z", "INVALID_INSTANT"),
        ("2026-04-09T24:00:00Z", "INVALID_INSTANT"),
        ("2026-04-09T11:30:00.1234567Z", "INVALID_INSTANT"),
        ("1999-12-31T23:59:59Z", "INVALID_INSTANT"),
        ("2026-04-09", "INVALID_INSTANT"),
        ("", "INVALID_INSTANT"),
        (1_775_734_200, "WRONG_TYPE"),
        (None, "WRONG_TYPE"),
    ],
)
def test_an_instant_is_a_text_in_utc(name: str, text: object, code: str) -> None:
    assert (code, f"$.{name}") in faults(document(**{name: text}))


def test_decimals_of_a_second_have_one_spelling() -> None:
    first = parsed(document(lock_time="2026-04-09T11:30:00.5Z"))
    second = parsed(document(lock_time="2026-04-09T11:30:00.500000Z"))
    third = parsed(document(lock_time="2026-04-09T11:30:00.0Z"))

    assert first.digest == second.digest
    assert first.document()["lock_time"] == "2026-04-09T11:30:00.500000Z"
    assert third.digest == parsed(document()).digest


def test_an_instant_is_written_as_configurations_spell_it() -> None:
    instant = datetime(2026, 4, 9, 13, 30, tzinfo=timezone(timedelta(hours=2)))

    assert document_instant(instant) == "2026-04-09T11:30:00Z"
    assert document_instant(instant + timedelta(microseconds=7)) == "2026-04-09T11:30:00.000007Z"


@pytest.mark.parametrize(
    ("lock", "start", "end", "broken"),
    [
        ("09:00:00", "10:00:00", "11:00:00", []),
        ("10:00:00", "10:00:00", "11:00:00", []),
        ("08:00:00", "10:00:00", "11:00:00", ["$.lock_time"]),
        ("10:00:01", "10:00:00", "11:00:00", ["$.tournament_start_time"]),
        ("09:00:00", "11:00:00", "11:00:00", ["$.tournament_end_time"]),
        ("07:00:00", "06:00:00", "05:00:00", ["$.lock_time", "$.tournament_start_time",
                                              "$.tournament_end_time"]),
    ],
)  # fmt: skip
def test_created_lock_start_and_end_are_in_order(
    lock: str, start: str, end: str, broken: list[str]
) -> None:
    day = "2026-04-09"
    value = document(
        event_end_date=day,
        lock_time=f"{day}T{lock}Z",
        tournament_start_time=f"{day}T{start}Z",
        tournament_end_time=f"{day}T{end}Z",
    )
    created_at = datetime(2026, 4, 9, 8, tzinfo=UTC)

    assert faults(value, created_at) == [("TIME_INVARIANT_VIOLATION", path) for path in broken]


@pytest.mark.parametrize(("days", "broken"), [(1_000, []), (1_001, ["$.tournament_end_time"])])
def test_a_contest_ends_before_a_task_would_be_put_off_for_ever(
    days: int, broken: list[str]
) -> None:
    created_at = datetime(2026, 4, 9, 8, tzinfo=UTC)
    end = created_at + timedelta(days=days)
    value = document(
        event_end_date=end.date().isoformat(),
        lock_time="2026-04-09T09:00:00Z",
        tournament_start_time="2026-04-09T10:00:00Z",
        tournament_end_time=document_instant(end),
    )

    assert faults(value, created_at) == [("TIME_INVARIANT_VIOLATION", path) for path in broken]


def test_a_text_is_read_without_converting_numbers() -> None:
    text = json.dumps(FULL)

    assert parse_configuration_text(text, created_at=None) == parsed(FULL)
    with pytest.raises(ConfigurationInvalid) as raised:
        parse_configuration_text(
            text.replace('"round_count": 4', '"round_count": 4.0'), created_at=None
        )
    assert [fault.path for fault in raised.value.faults] == ["$.round_count"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "MALFORMED_JSON"),
        ("{", "MALFORMED_JSON"),
        ('{"a": NaN}', "MALFORMED_JSON"),
        ('{"a": 1, "a": 1}', "DUPLICATE_KEY"),
        ("[" * 100, "MALFORMED_JSON"),
        ('{"a": 1' + "0" * 5000 + "}", "MALFORMED_JSON"),
        ('{"a": 1e9999999999999999999}', "MALFORMED_JSON"),
        ("[]", "WRONG_TYPE"),
    ],
)
def test_a_text_that_is_no_json_object_is_refused(text: str, code: str) -> None:
    with pytest.raises(ConfigurationInvalid) as raised:
        parse_configuration_text(text, created_at=None)

    assert [fault.code.value for fault in raised.value.faults] == [code]


def test_the_lines_of_the_largest_contest_fit_into_one_bulk() -> None:
    longest = SettlementLine(
        number=MAX_ENTRIES,
        entry_id="e" * 200,
        user_id="u" * 200,
        payment_ref="p" * 200,
        paid_minor=MAX_AMOUNT_MINOR // MAX_ENTRIES,
        roster_digest="d" * 64,
        rank=MAX_ENTRIES,
        score=-1_000,
        payout_minor=MAX_AMOUNT_MINOR,
    )
    with_own_id = len(bulk_text(longest)) - 200 + len("01a20552-b27b-7b27-8349-bfb925d69005")

    assert MAX_ENTRIES <= MAX_BULK_ROWS
    assert MAX_ENTRIES * with_own_id <= MAX_BULK_CHARACTERS


def test_faults_are_bounded() -> None:
    value = document(**{f"key{number}": 1 for number in range(MAX_FAULTS + 100)})
    found = faults(value)

    assert len(found) == MAX_FAULTS + 1
    assert found[-1] == ("FAULTS_TRUNCATED", "$")


def test_the_error_and_its_faults_name_the_values() -> None:
    with pytest.raises(ConfigurationInvalid) as raised:
        parsed(document(round_count=9, roster_size="six"))

    assert str(raised.value) == (
        "CONFIGURATION_INVALID: The configuration has 2 faults, the first ones at $.round_count,"
        " $.roster_size."
    )
    assert raised.value.faults[0].document() == {
        "code": "OUT_OF_RANGE",
        "path": "$.round_count",
        "expected": "a whole number from 1 to 6",
        "actual": "9",
    }


def test_every_code_has_a_meaning() -> None:
    assert set(CODE_MEANINGS) == set(ConfigurationCode)
    assert all(code.meaning.endswith(".") for code in ConfigurationCode)


@pytest.mark.parametrize("name", sample_names())
def test_a_sample_has_no_fault(name: str) -> None:
    assert faults(sample_configuration(name)) == []
