"""Each rejection code has an example, which is recorded with path, value and action (Show 8)."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

import pytest
from attrs import define, frozen
from tests.core.contests.pure_log import (
    FINAL,
    OPTIONS,
    START,
    PureLog,
    body_of,
    configured,
    end_of_round,
)

from indelible.contests.entities.values import EventKind, Validity
from indelible.contests.lifecycle import ContestStatus
from indelible.contests.rules.espn.parser import MAX_PAYLOAD_BYTES
from indelible.contests.rules.faults import MAX_FAULTS, MEANINGS, Fault, FaultCode
from indelible.kernel.json import canonical_json
from indelible_service.demos.leaderboards import Json, Moment, competitors_of

PLAYED: Final = end_of_round(1)
FIRST: Final = "$.events[0].competitions[0].competitors[0]"
ROUND: Final = f"{FIRST}.linescores[0]"

Change = Callable[[Json], object]


@frozen
class Example:
    """A document with one fault: how it is made, and where and with which value it is recorded."""

    change: Change
    path: str
    value: str
    moment: Moment = PLAYED


def _first(document: Json) -> Json:
    return competitors_of(document)[0]


def _round(document: Json) -> Json:
    linescore: Json = _first(document)["linescores"][0]
    return linescore


def _set_strokes(value: object) -> Change:
    return lambda document: _round(document).update(value=value)


def _repeat_player(document: Json) -> None:
    competitors = competitors_of(document)
    competitors[1]["id"] = competitors[0]["id"]
    competitors[1]["athlete"]["id"] = competitors[0]["id"]


def _repeat_round(document: Json) -> None:
    linescores = _first(document)["linescores"]
    linescores.append(linescores[0])


def _add_hole(document: Json, hole: Json) -> None:
    holes = [{"period": number, "value": 4} for number in range(1, 19)]
    _round(document)["linescores"] = [*holes, hole]


def _drop_holes(document: Json) -> None:
    _round(document)["linescores"] = [{"period": 1, "value": 4}]


def _swap_positions(document: Json) -> None:
    first, *_, last = [
        each for each in competitors_of(document) if each["status"]["displayValue"] == "F"
    ]
    first["sortOrder"], last["sortOrder"] = last["sortOrder"], first["sortOrder"]


def _play_after_cut(document: Json) -> None:
    for each in competitors_of(document):
        if each["status"]["displayValue"] == "CUT":
            each["linescores"][2] |= {"value": 70, "displayValue": "-2"}
            each["status"]["period"] = 3
            return


def _add_round_five(document: Json) -> None:
    document["events"][0]["tournament"]["numberOfRounds"] = 6
    _first(document)["linescores"].append({"period": 5, "value": 0})


def _shorten(document: Json) -> None:
    del competitors_of(document)[9:]


EXAMPLES: Final[Mapping[str, tuple[FaultCode, Example]]] = {
    "no known shape": (
        FaultCode.SCHEMA_VERSION_UNSUPPORTED,
        Example(lambda document: document.update(data=document.pop("events")), "$", "1 member"),
    ),
    "another event": (
        FaultCode.EVENT_ID_MISMATCH,
        Example(lambda document: document["events"][0].update(id="77"), "$.events", "77"),
    ),
    "no id": (
        FaultCode.MISSING_FIELD,
        Example(lambda document: _first(document).pop("id"), f"{FIRST}.id", "null"),
    ),
    "no status": (
        FaultCode.MISSING_FIELD,
        Example(lambda document: _first(document).pop("status"), f"{FIRST}.status", "null"),
    ),
    "a finished round without strokes": (
        FaultCode.MISSING_FIELD,
        Example(_set_strokes(None), f"{FIRST}.linescores[period=1].value", "null"),
    ),
    "a finished round of value 0": (
        FaultCode.MISSING_FIELD,
        Example(_set_strokes(0), f"{FIRST}.linescores[period=1].value", "null"),
    ),
    "strokes as text": (FaultCode.WRONG_TYPE, Example(_set_strokes("70"), f"{ROUND}.value", "70")),
    "strokes as boolean": (
        FaultCode.WRONG_TYPE,
        Example(_set_strokes(True), f"{ROUND}.value", "true"),  # noqa: FBT003 - the wrong value
    ),
    "an id that is a number": (
        FaultCode.WRONG_TYPE,
        Example(lambda document: _first(document).update(id=10048), f"{FIRST}.id", "10048"),
    ),
    "a text that no database can store": (
        FaultCode.WRONG_TYPE,
        Example(
            lambda document: _first(document)["athlete"].update(displayName="A\x00"),
            f"{FIRST}.athlete.displayName",
            "A\ufffd",
        ),
    ),
    "an unknown term of a player": (
        FaultCode.UNKNOWN_STATUS,
        Example(
            lambda document: _first(document)["status"]["type"].update(name="STATUS_NAPPING"),
            f"{FIRST}.status.type.name",
            "STATUS_NAPPING",
        ),
    ),
    "an unknown way out": (
        FaultCode.UNKNOWN_STATUS,
        Example(
            lambda document: _first(document)["status"].update(
                displayValue="XX", type={"name": "STATUS_CUT"}
            ),
            f"{FIRST}.status.displayValue",
            "XX",
        ),
    ),
    "an unknown term of the tournament": (
        FaultCode.UNKNOWN_STATUS,
        Example(
            lambda document: document["events"][0]["status"]["type"].update(name="STATUS_DONE"),
            "$.events[0].status.type.name",
            "STATUS_DONE",
        ),
    ),
    "strokes with a fraction": (
        FaultCode.NON_INTEGER_STROKES,
        Example(_set_strokes(70.5), f"{ROUND}.value", "70.5"),
    ),
    "negative strokes": (
        FaultCode.NEGATIVE_STROKES,
        Example(_set_strokes(-1), f"{ROUND}.value", "-1"),
    ),
    "121 strokes": (
        FaultCode.STROKES_OUT_OF_RANGE,
        Example(_set_strokes(121), f"{ROUND}.value", "121"),
    ),
    "a hole of 21 strokes": (
        FaultCode.STROKES_OUT_OF_RANGE,
        Example(
            lambda document: _add_hole(document, {"period": 18, "value": 21}),
            f"{ROUND}.linescores[18].value",
            "21",
        ),
    ),
    "a round after the last one": (
        FaultCode.ROUND_OUT_OF_RANGE,
        Example(_add_round_five, "rounds[5]", "5"),
    ),
    "hole 19": (
        FaultCode.HOLE_SET_INVALID,
        Example(
            lambda document: _add_hole(document, {"period": 19, "value": 4}),
            f"{ROUND}.linescores[18].period",
            "19",
        ),
    ),
    "a complete round with one hole": (
        FaultCode.HOLE_SET_INVALID,
        Example(_drop_holes, f"{ROUND}.linescores", "1"),
    ),
    "halves that do not add up": (
        FaultCode.ROUND_TOTAL_MISMATCH,
        Example(lambda document: _round(document).update(inScore=1), f"{ROUND}.value", ""),
    ),
    "holes that do not add up": (
        FaultCode.ROUND_TOTAL_MISMATCH,
        Example(
            lambda document: _round(document).update(
                linescores=[{"period": number, "value": 9} for number in range(1, 19)]
            ),
            f"{ROUND}.value",
            "",
        ),
    ),
    "a player twice": (
        FaultCode.DUPLICATE_PLAYER,
        Example(_repeat_player, "competitors[1].id", ""),
    ),
    "a round twice": (
        FaultCode.DUPLICATE_ROUND,
        Example(_repeat_round, f"{FIRST}.linescores[2].period", "1"),
    ),
    "positions out of order": (
        FaultCode.LEADERBOARD_ORDER_MISMATCH,
        Example(_swap_positions, "sortOrder", ""),
    ),
    "a round after the missed cut": (
        FaultCode.STATUS_CONTRADICTION,
        Example(_play_after_cut, "rounds[3]", "CUT", end_of_round(2)),
    ),
    "strokes in a future round": (
        FaultCode.STATUS_CONTRADICTION,
        Example(
            lambda document: _first(document)["linescores"][1].update(value=70),
            f"{FIRST}.linescores[1].value",
            "70",
        ),
    ),
    "nine players": (
        FaultCode.FIELD_TOO_SMALL,
        Example(_shorten, "$.events[0].competitions[0].competitors", "9"),
    ),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_fault_is_recorded_with_path_value_and_action(name: str) -> None:
    code, example = EXAMPLES[name]
    log = PureLog()
    log.take(body_of(example.moment, example.change))

    event = log.events[-1]
    assert (event.kind, event.validity) == (EventKind.SNAPSHOT, Validity.INVALID)
    assert log.state.leaderboard is None
    found = [fault for fault in event.faults if fault.code is code]
    assert found
    assert any(example.path in fault.path and example.value in fault.value for fault in found)
    assert {fault.required_action for fault in found} == {MEANINGS[code].required_action}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "Expecting value"),
        (b"<!doctype html><html></html>", "Expecting value"),
        (body_of(PLAYED)[:5000], "nterminated"),
        (b'{"events": [], "events": []}', "repeated key"),
        (b'{"events": NaN}', "NaN is no number"),
        (b'{"events": -Infinity}', "Infinity is no number"),
        (b'{"events": 1' + b"0" * 200 + b"}", "digits"),
        (b'{"events": 1e1' + b"0" * 200 + b"}", "digits"),
        (b'{"events": 1e' + b"9" * 40 + b"}", "number"),
        (b'{"events": ' + b"[" * 40 + b"]" * 40 + b"}", "levels"),
        (b"[" * 1_000_000, "levels"),
        (b'{"events": "\xff"}', "UTF-8"),
        (b"\xef\xbb\xbf{}", "Expecting value"),
        (b"\x00", "Expecting value"),
    ],
)
def test_a_body_that_is_not_strict_json_is_refused(body: bytes, reason: str) -> None:
    log = PureLog()
    log.take(body)

    (fault,) = log.events[-1].faults
    assert fault.code is FaultCode.MALFORMED_JSON
    assert reason in fault.value
    assert log.events[-1].body is None


def test_a_body_of_more_than_2_mib_is_refused() -> None:
    body = body_of(PLAYED)
    log = PureLog()
    log.take(body + b" " * (MAX_PAYLOAD_BYTES - len(body)))
    assert log.kinds(Validity.VALID) == [EventKind.SNAPSHOT]

    log.take(body + b" " * (MAX_PAYLOAD_BYTES + 1 - len(body)))
    assert list(log.codes()) == [FaultCode.PAYLOAD_TOO_LARGE]


def test_an_unknown_player_is_refused_until_the_field_has_the_player() -> None:
    log = PureLog(status=ContestStatus.LOCKED)
    log.take(body_of(Moment(n=1)))
    log.status = ContestStatus.LIVE

    def add_player(document: Json) -> None:
        competitors_of(document)[0] |= {"id": "123"}
        competitors_of(document)[0]["athlete"]["id"] = "123"

    log.take(body_of(PLAYED, add_player))
    fault = log.events[-1].faults[0]
    assert (fault.code, fault.path, fault.value) == ("UNKNOWN_PLAYER", "players[123]", "123")


def test_a_player_with_strokes_who_vanishes_is_missed() -> None:
    log = PureLog()
    log.take(body_of(PLAYED))
    log.take(body_of(PLAYED, lambda document: competitors_of(document).pop(0)))
    assert list(log.codes()) == ["FIELD_SHRUNK"]
    assert log.state.number == 2
    assert log.state.leaderboard_number == 1


def test_another_schema_version_is_refused() -> None:
    @define
    class Other:
        inner: object
        leaderboard_schema_version: int = 2

        def __getattr__(self, name: str) -> object:
            return getattr(self.inner, name)

    log = PureLog()
    log.configuration = Other(configured())  # type: ignore[assignment]  # a version that no configuration can have
    log.take(body_of(PLAYED))
    assert list(log.codes()) == ["SCHEMA_VERSION_UNSUPPORTED"]


def test_a_fetch_older_than_the_applied_one_is_stored_and_not_applied() -> None:
    log = PureLog()
    log.take(body_of(end_of_round(2)))
    log.take(body_of(PLAYED), at=START)
    assert list(log.codes()) == ["TIMESTAMP_REGRESSION"]
    assert log.state.leaderboard_number == 1


def test_a_second_value_for_the_same_instant_is_a_conflict() -> None:
    log = PureLog()
    log.take(body_of(PLAYED), at=START)
    log.take(body_of(end_of_round(2)), at=START)
    assert list(log.codes()) == ["TIMESTAMP_CONFLICT"]
    assert log.marks.conflict_number == 2
    assert log.state.leaderboard_number == 1


def test_the_same_value_for_the_same_instant_is_no_conflict() -> None:
    log = PureLog()
    for _ in range(2):
        log.take(body_of(PLAYED), at=START)
    assert log.kinds() == [EventKind.SNAPSHOT]


def test_a_changed_round_is_refused_with_its_new_value() -> None:
    log = PureLog()
    log.take(body_of(PLAYED))

    def rewrite(document: Json) -> None:
        _round(document)["value"] += 1
        _round(document)["inScore"] += 1

    log.take(body_of(PLAYED, rewrite))
    (fault,) = log.events[-1].faults
    player_id = _first(_document(rewrite))["id"]
    assert fault.code is FaultCode.SCORE_REWRITE_WITHOUT_CORRECTION
    assert fault.path == f"players[{player_id}].rounds[1]"
    assert fault.value == str(_round(_document(rewrite))["value"])


def _document(change: Change) -> Json:
    document: Json = json.loads(body_of(PLAYED, change))
    return document


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (ContestStatus.COMPLETE, FaultCode.AFTER_TERMINAL_LOCK),
        (ContestStatus.CANCELLED, FaultCode.CONTEST_NOT_INGESTING),
    ],
)
def test_a_closed_contest_stores_changes_and_applies_none(
    status: ContestStatus, code: FaultCode
) -> None:
    log = PureLog()
    log.take(body_of(end_of_round(1)))
    log.status = status
    log.take(body_of(end_of_round(1)))
    assert len(log.events) == 1

    log.take(body_of(end_of_round(2)))
    assert list(log.codes()) == [code]
    assert log.events[-1].body is not None
    assert log.state.leaderboard_number == 1


def test_all_faults_of_a_document_are_reported() -> None:
    def spoil(document: Json) -> None:
        for number, each in enumerate(competitors_of(document)):
            each["linescores"][0]["value"] = [70.5, "70", -1, 121][number % 4]

    log = PureLog()
    log.take(body_of(PLAYED, spoil))
    codes = [fault.code for fault in log.events[-1].faults if ".value" in fault.path]
    assert len([code for code in codes if code is not FaultCode.MISSING_FIELD]) == OPTIONS.players
    assert set(codes) >= {
        FaultCode.NON_INTEGER_STROKES,
        FaultCode.WRONG_TYPE,
        FaultCode.NEGATIVE_STROKES,
        FaultCode.STROKES_OUT_OF_RANGE,
    }


def test_faults_of_form_and_of_content_are_reported_together() -> None:
    log = PureLog(status=ContestStatus.LOCKED)
    log.take(body_of(Moment(n=1)))

    def spoil(document: Json) -> None:
        competitors_of(document)[0] |= {"id": "123"}
        competitors_of(document)[0]["athlete"]["id"] = "123"
        competitors_of(document)[1]["linescores"][0]["value"] = 70.5

    log.take(body_of(PLAYED, spoil))
    assert set(log.codes()) >= {FaultCode.UNKNOWN_PLAYER, FaultCode.NON_INTEGER_STROKES}


def test_more_faults_than_the_limit_are_counted() -> None:
    def spoil(document: Json) -> None:
        _first(document)["linescores"] += [{"period": "x"}] * (2 * MAX_FAULTS)

    log = PureLog()
    log.take(body_of(PLAYED, spoil))
    faults = log.events[-1].faults
    assert len(faults) == MAX_FAULTS
    assert faults[-1].code is FaultCode.FAULTS_TRUNCATED
    assert int(faults[-1].value) == MAX_FAULTS + 1


def test_each_code_has_an_example_here() -> None:
    shown = {code for code, _ in EXAMPLES.values()}
    shown |= {
        FaultCode.MALFORMED_JSON,
        FaultCode.PAYLOAD_TOO_LARGE,
        FaultCode.UNKNOWN_PLAYER,
        FaultCode.FIELD_SHRUNK,
        FaultCode.TIMESTAMP_REGRESSION,
        FaultCode.TIMESTAMP_CONFLICT,
        FaultCode.SCORE_REWRITE_WITHOUT_CORRECTION,
        FaultCode.AFTER_TERMINAL_LOCK,
        FaultCode.CONTEST_NOT_INGESTING,
        FaultCode.FAULTS_TRUNCATED,
        FaultCode.ASSESSMENT_FAILED,  # in test_stages_ingest
    }
    assert shown == set(FaultCode)
    assert set(MEANINGS) == set(FaultCode)


def test_a_fault_can_be_stored_whatever_its_value_is() -> None:
    for value in ("x" * 5_000, {"a": 1}, [1, 2], None, 10**90, "\ud800", True):
        fault = Fault.of(FaultCode.WRONG_TYPE, "$." + "p" * 5_000, value)
        assert len(fault.value) <= 200
        assert len(fault.path) <= 200
        assert canonical_json(fault.value).encode()


def test_the_same_refused_body_is_stored_once_in_a_row() -> None:
    log = PureLog()
    for _ in range(3):
        log.take(b"<html>")
    assert len(log.events) == 1
    log.take(body_of(FINAL), after=timedelta(seconds=5))
    log.take(b"<html>")
    assert len(log.events) == 3
