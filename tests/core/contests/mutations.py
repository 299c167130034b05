"""Mutated payloads of the provider, and the promise that each keeps; the same for gate and fuzz."""

import json
from collections import Counter
from copy import deepcopy
from random import Random
from typing import Any, Final, cast

from attrs import evolve
from tests.core.contests.pure_log import (
    FINAL,
    LAST,
    TOURNAMENT,
    PureLog,
    end_of_round,
)

from indelible.contests.entities.values import Validity
from indelible.contests.rules.faults import FaultCode
from indelible.contests.rules.fold import LogState
from indelible.contests.rules.terminal import official_rounds
from indelible.contests.rules.values import Leaderboard
from indelible.kernel.json import canonical_json
from indelible_service.demos.leaderboards import (
    Json,
    Moment,
    as_competitors,
    as_scoreboard,
    competitors_of,
)

EMPTY_LIST: Final[list[object]] = []
JUNK: Final[tuple[object, ...]] = (
    None,
    True,
    False,
    -1,
    0,
    5,
    19,
    121,
    10**30,
    70.5,
    70.0,
    float("nan"),
    float("inf"),
    1e300,
    "",
    "70",
    "E",
    "-",
    "T1",
    "STATUS_FINAL",
    "STATUS_CUT",
    "STATUS_FINISH",
    "WD",
    "\x00",
    "\ud800",
    "x" * 5_000,
    EMPTY_LIST,
    {},
    [EMPTY_LIST],
    {"period": 1, "value": 70},
)
MOMENTS: Final = (
    Moment(n=1),
    Moment(n=1, progress=0.5),
    end_of_round(2),
    Moment(n=LAST, progress=0.75),
    end_of_round(LAST),
    FINAL,
)
SPLICES: Final = (b"{", b"}", b"[", b'"', b",", b"1e9", b"\xff", b"\\u0000", b"null", b"-")


def check_mutations(seed: int, number: int) -> tuple[Counter[str], list[str]]:
    """Take up mutated payloads; return how often each code and verdict was seen, and problems."""
    chance = Random(f"payloads {seed}")  # noqa: S311 - no secret
    seen: Counter[str] = Counter()
    problems: list[str] = []
    base = _base_log(chance)
    for index in range(number):
        if index % 50 == 0:
            base = _base_log(chance)
        payload = mutated_payload(chance)
        try:
            problem = _check(_copy(base), payload, seen)
        except Exception as error:  # noqa: BLE001 - the faults that this looks for
            problem = repr(error)
        if problem:
            problems.append(f"payload {index} of seed {seed}: {problem}"[:500])

    return seen, problems


def mutated_payload(chance: Random) -> bytes:
    """Return a document with a few values replaced, removed or repeated, or with broken bytes."""
    document = TOURNAMENT.document(chance.choice(MOMENTS))
    shape = chance.choice((_same, _same, as_scoreboard, as_competitors))
    document = json.loads(json.dumps(shape(document)))
    competitors: Any = document.get("competitors") or competitors_of(document)
    for _ in range(chance.randint(0, 4)):
        is_deep = chance.random() < 0.9
        _mutate(competitors if is_deep else document, chance)
    payload = json.dumps(document).encode()
    if chance.random() < 0.2:
        payload = _broken(payload, chance)

    return payload


def _base_log(chance: Random) -> PureLog:
    log = PureLog()
    log.take(json.dumps(TOURNAMENT.document(chance.choice(MOMENTS[:3]))).encode())
    return log


def _copy(log: PureLog) -> PureLog:
    return evolve(log, events=list(log.events))


def _check(log: PureLog, payload: bytes, seen: Counter[str]) -> str:
    """Return what is wrong with the decision on a payload, or ''."""
    before = log.state
    assessment = log.take(payload)
    for event in assessment.events:
        seen[event.validity.value] += 1
        seen.update(fault.code.value for fault in event.faults)
        if bool(event.faults) is (event.validity is Validity.VALID):
            return f"{event.validity} with {len(event.faults)} faults"
        if any(fault.code not in FaultCode for fault in event.faults):
            return "an unknown code"
        if canonical_json(event.body).encode() == b"":
            return "a body that cannot be stored"

    is_refused = all(event.validity is Validity.INVALID for event in assessment.events)
    if is_refused and _standings(before) != _standings(assessment.state):
        return "a refused payload changes the state"
    return _check_state(log)


def _standings(state: LogState) -> LogState:
    """Return a state without its number, which every event moves."""
    return evolve(state, number=0)


def _check_state(log: PureLog) -> str:
    """Return a problem of an applied leaderboard, or ''."""
    leaderboard = log.state.leaderboard
    if leaderboard is None:
        return ""
    if Leaderboard.of_body(leaderboard.body()).digest != log.state.leaderboard_hash:
        return "an applied leaderboard has another digest"
    if LogState.of_document(log.state.document()).digest != log.state.digest:
        return "a checkpoint changes the state"

    rounds = official_rounds(leaderboard, log.configuration)
    if rounds is not None and not 1 <= rounds <= LAST:
        return f"{rounds} official rounds"
    return ""


def _same(document: Json) -> Json:
    return document


def _mutate(document: Any, chance: Random) -> None:  # noqa: ANN401 - any JSON
    """Replace, remove or repeat a value somewhere in a list or an object."""
    container = document
    while container:
        key = chance.choice(_keys(container))
        if _is_leaf(container[key]) or chance.random() < 0.1:
            _change(container, key, chance)
            return
        container = container[key]


def _is_leaf(value: object) -> bool:
    return not isinstance(value, dict | list) or not value


def _keys(container: Any) -> list[Any]:  # noqa: ANN401 - a list or an object
    if isinstance(container, dict):
        return list(cast("Json", container))
    return list(range(len(cast("list[object]", container))))


def _change(container: Any, key: Any, chance: Random) -> None:  # noqa: ANN401 - any JSON
    action = chance.random()
    if action < 0.15:
        del container[key]
    elif action < 0.3 and isinstance(container, list):
        items = cast("list[object]", container)
        items.append(deepcopy(items[cast("int", key)]))
    else:
        container[key] = deepcopy(chance.choice(JUNK))


def _broken(payload: bytes, chance: Random) -> bytes:
    """Cut a payload, or splice other bytes into it."""
    position = chance.randrange(len(payload))
    if chance.random() < 0.3:
        return payload[:position]
    return payload[:position] + chance.choice(SPLICES) + payload[position + chance.randint(0, 3) :]
