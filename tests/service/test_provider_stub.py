"""The stand-in for the provider tells its stories on a real socket, with their faults."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.architecture.sources import ROOT
from tests.doubles.story_files import StoryUnusable, read_stories

from indelible_service.demos.golfers import Exit, TournamentOptions, invent_golfers
from indelible_service.demos.provider import (
    ProviderFault,
    ProviderStub,
    Step,
    Story,
    provider_stub,
)

EVENT = "900900901"
BODIES = (b'{"a":1}', b'{"a":2}', b'{"a":3}')


@pytest.fixture
def stub() -> Iterator[ProviderStub]:
    with provider_stub({EVENT: Story.of_bodies(BODIES)}) as running:
        yield running


def _get(stub: ProviderStub, event: str = EVENT, seconds: float = 5) -> httpx.Response:
    return httpx.get(stub.endpoint.format(event_id=event), timeout=seconds)


def test_a_story_advances_by_request_and_ends_with_its_last_step(stub: ProviderStub) -> None:
    assert [_get(stub).content for _ in range(5)] == [*BODIES, BODIES[-1], BODIES[-1]]
    assert stub.requests(EVENT) == 5
    assert _get(stub).headers["Content-Type"].startswith("application/json")


def test_a_story_advances_by_time() -> None:
    steps = (Step(body=BODIES[0]), Step(body=BODIES[1], at_seconds=3_600))
    with provider_stub({EVENT: Story(steps=steps)}) as stub:
        assert [_get(stub).content for _ in range(3)] == [BODIES[0]] * 3

    steps = (Step(body=BODIES[0]), Step(body=BODIES[1], at_seconds=0))
    with provider_stub({EVENT: Story(steps=steps)}) as stub:
        assert _get(stub).content == BODIES[1]


def test_a_parameter_that_the_stand_in_does_not_implement_is_refused(stub: ProviderStub) -> None:
    answer = httpx.get(f"{stub.endpoint.format(event_id=EVENT)}&round=2")

    assert answer.status_code == 400
    assert answer.json()["message"] == "the stand-in does not implement round"
    assert _get(stub).content == BODIES[0]


def test_another_tournament_is_not_found(stub: ProviderStub) -> None:
    assert _get(stub, "1").status_code == 404
    assert httpx.get(f"{stub.url}/other").status_code == 404


def test_a_planned_fault_replaces_one_answer(stub: ProviderStub) -> None:
    stub.plan(ProviderFault.SERVER_ERROR)

    assert [_get(stub).status_code for _ in range(2)] == [500, 200]


def _story_file(folder: Path, content: object) -> Path:
    file = folder / "story.json"
    file.write_text(json.dumps(content))
    return file


def test_a_story_file_has_documents_bytes_and_faults(tmp_path: Path) -> None:
    steps = [
        {"document": {"a": 1}},
        {"body_base64": "AP8=", "requests": 2},
        {"fault": "HTML", "at_seconds": 4},
    ]
    stories = {EVENT: {"advances_by_request": True, "steps": steps}}

    story = read_stories(_story_file(tmp_path, stories))[EVENT]

    assert story.advances_by_request
    assert [step.body for step in story.steps] == [b'{"a":1}', b"\x00\xff", b""]
    assert [step.requests for step in story.steps] == [1, 2, 1]
    assert story.steps[2].fault is ProviderFault.HTML


DOCUMENT: dict[str, object] = {"document": 1}
NO_CONTENT: dict[str, object] = {}
FAULTY_STEPS: list[tuple[object, str, str, str]] = [
    ([], "$.T1.steps", "at least one step", "an empty list"),
    ({}, "$.T1.steps", "at least one step", "a value of type dict"),
    ([DOCUMENT, NO_CONTENT], "$.T1.steps[1]", "document, body_base64, fault", "an empty object"),
    ([{"requests": 2}], "$.T1.steps[0]", "document, body_base64, fault", "the keys requests"),
    ([{"documents": {}}], "$.T1.steps[0].documents", "one of the keys", "key 'documents'"),
    ([DOCUMENT | {"body_base64": ""}], "$.T1.steps[0]", "one body", "document and body_base64"),
    ([{"body_base64": ""}], "$.T1.steps[0].body_base64", "at least one byte", "''"),
    ([{"body_base64": "?"}], "$.T1.steps[0].body_base64", "a text in base64", "'?'"),
    ([{"fault": "RAIN"}], "$.T1.steps[0].fault", "one of SERVER_ERROR, ", "'RAIN'"),
    ([{"fault": "TRUNCATED"}], "$.T1.steps[0]", "a body that is truncated", "no body"),
    ([DOCUMENT | {"requests": 0}], "$.T1.steps[0].requests", "at least 1", "0"),
    ([DOCUMENT | {"requests": True}], "$.T1.steps[0].requests", "a whole number", "True"),
    ([DOCUMENT | {"at_seconds": -1}], "$.T1.steps[0].at_seconds", "from 0", "-1"),
    ([DOCUMENT, DOCUMENT], "$.T1.steps[1]", "at_seconds of more than 0.0", "0.0"),
]


@pytest.mark.parametrize(("steps", "path", "expected", "actual"), FAULTY_STEPS)
def test_a_faulty_step_is_refused_with_its_path(
    tmp_path: Path, steps: object, path: str, expected: str, actual: str
) -> None:
    file = _story_file(tmp_path, {"T1": {"steps": steps}})

    with pytest.raises(StoryUnusable) as refused:
        read_stories(file)

    error = refused.value
    assert (error.file, error.path, error.actual) == (str(file), path, actual)
    assert expected in error.expected


@pytest.mark.parametrize("content", ["", "{", "[]", "{}"])
def test_a_file_without_stories_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "story.json"
    file.write_text(content)

    with pytest.raises(StoryUnusable) as refused:
        read_stories(file)

    assert refused.value.path == "$"


@pytest.mark.slow
def test_the_stand_in_runs_as_a_program(tmp_path: Path) -> None:
    file = _story_file(tmp_path, {EVENT: {"steps": [{"document": {"a": 1}}]}})
    program = [sys.executable, "-m", "tests.doubles.provider", "--story", str(file), "--port", "0"]
    with subprocess.Popen(program, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        endpoint = process.stdout.readline().strip()
        try:
            assert httpx.get(endpoint.format(event_id=EVENT)).json() == {"a": 1}
        finally:
            process.terminate()


@pytest.mark.parametrize("pars", [(72,), (71, 70, 72), (72, 72, 72, 72)])
def test_invented_tournaments_are_the_same_for_the_same_options(pars: tuple[int, ...]) -> None:
    options = TournamentOptions(pars=pars, cut_after=None, players=30)
    golfers = invent_golfers(options)

    assert golfers == invent_golfers(options)
    assert len({golfer.player_id for golfer in golfers}) == len(golfers)
    assert len({golfer.name for golfer in golfers}) == len(golfers)
    totals = sorted(golfer.total(len(pars)) for golfer in golfers if golfer.exit is None)
    assert totals[0] == totals[1]
    assert {golfer.exit for golfer in golfers} >= {None, Exit.WD}
