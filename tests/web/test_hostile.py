"""Hostile input: each row of the fact sheet has its variants, and each variant its answer."""

import io
import json
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve
from tests.databases import create_database
from tests.web.harness import KEYS, SETTINGS, Web, concept_url, memory, problem
from tests.web.hostile.line import BIRTH, MEBIBYTE, Line
from tests.web.hostile.lines_of_bodies import UTF_8
from tests.web.hostile.rows import LINES
from tests.web.hostile.scene import Stage, faults, of_line

from indelible.concepts import ConceptContent
from indelible.policy import Policy
from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store

pytestmark = pytest.mark.slow


class Endless(io.RawIOBase):
    """A body that never ends, and counts what was read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as io declares it
        self.read_bytes += len(buffer)
        buffer[:] = b" " * len(buffer)
        return len(buffer)


@pytest.fixture(scope="module", params=["memory", "sqlite", "postgresql"])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Stage]:
    """A stage over each store; all that comes on it is refused, so it can be shared."""
    if request.param == "memory":
        yield Stage(memory())
        return
    if request.param == "sqlite":
        template = cast("Path", request.getfixturevalue("template_file"))
        copy = tmp_path_factory.mktemp("hostile") / "hostile.db"
        copy.write_bytes(template.read_bytes())
        url = f"sqlite:///{copy}"
    else:
        server = cast("PostgresServer", request.getfixturevalue("server"))
        model = cast("PostgresServer", request.getfixturevalue("template"))
        url = create_database(server, "hostile", model.url.rpartition("/")[2]).url
    store = open_store(url, policy=Policy(keys=KEYS), clock=TickingClock(), ids=CountedIds())
    yield Stage(store)
    store.dispose()


@pytest.fixture
def hostile(stage: Stage) -> Web:
    return stage.web


@pytest.mark.parametrize("row", sorted({line.row for line in LINES}))
def test_hostile_input_gets_its_expected_answer_and_writes_nothing(stage: Stage, row: int) -> None:
    assert [
        fault for line in LINES if line.row == row for fault in faults(of_line(line), stage)
    ] == []


def test_an_unexpected_answer_to_hostile_input_is_reported() -> None:
    stage = Stage(memory())
    accepted = Line(5, 422, "INVALID_FIELDS", "POST", "/v1/concepts", {"json": BIRTH})

    told = [fault.rpartition(": ")[2] for fault in faults(of_line(accepted), stage)]
    assert told == ["(201, ''), not (422, 'INVALID_FIELDS')", "something was written"]


def test_every_invalid_field_is_reported_by_its_path(web: Web) -> None:
    body = {
        "content": {"name": 7, "examples": ["a", 7], "prerequisites": "a", "colour": "red"},
        "status": "DRAFT",
    }

    assert web.post("/v1/concepts", json=body).get_json()["fields"]["wrong"] == {
        "content.name": "Not a text.",
        "content.examples.1": "Not a text.",
        "content.prerequisites": "Not a valid list.",
        "content.colour": "Unknown field.",
        "reason": "Missing data for required field.",
        "status": "Unknown field.",
    }


def test_a_body_with_many_invalid_fields_gets_a_short_answer(web: Web) -> None:
    body = BIRTH | {f"{number}{'x' * 1_000}": 1 for number in range(500)}

    assert len(web.post("/v1/concepts", json=body).data) < 16_000


def test_an_endless_body_is_read_up_to_the_limit(web: Web) -> None:
    endless = Endless()
    environ = {
        "wsgi.input": endless,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    headers = {"Content-Type": "application/json"}

    assert problem(web.post("/v1/concepts", headers=headers, environ=environ)) == (
        413,
        "BODY_TOO_LARGE",
    )
    assert endless.read_bytes < 2 * MEBIBYTE


@pytest.mark.parametrize("media_type", ["multipart/form-data; boundary=x", "text/plain", ""])
def test_a_body_of_another_media_type_is_not_read(web: Web, media_type: str) -> None:
    endless = Endless()
    environ = {
        "wsgi.input": endless,
        "wsgi.input_terminated": True,
        "HTTP_TRANSFER_ENCODING": "chunked",
    }
    answer = web.post("/v1/concepts", headers={"Content-Type": media_type}, environ=environ)

    assert (answer.status_code, endless.read_bytes) == (415, 0)


@pytest.mark.parametrize(
    "media_type", ["application/json", UTF_8 + "UTF-8", UTF_8 + '"utf-8"', "Application/JSON"]
)
def test_every_spelling_of_the_json_media_type_is_accepted(web: Web, media_type: str) -> None:
    answer = web.post(
        "/v1/concepts", data=json.dumps(BIRTH).encode(), headers={"Content-Type": media_type}
    )

    assert answer.status_code == 201


CONTENTS: Mapping[str, str] = {
    "a control": "a\x07b",
    "a C1 control": "a\u0085b",
    "an override": "a\u202eb",
    "a zero-width space": "a\u200bb",
    "another script": "\u0440atio",
    "an emoji": "\U0001f9d1\u200d\U0001f393",
    "SQL": "'; DROP TABLE concepts; --",
    "markup": "<script>alert(1)</script>",
    "a formula": "=cmd|' /C calc'!A0",
    "lines": "one\ntwo\r\nthree\tfour",
    "decomposed": "cafe\u0301",
}


@pytest.mark.parametrize("name", CONTENTS)
def test_content_is_stored_as_it_was_sent(hostile: Web, name: str) -> None:
    sent = {"name": CONTENTS[name], "definition": CONTENTS[name]}
    found = hostile.post("/v1/concepts", json={"content": sent, "reason": "a test"}).get_json()
    kept = hostile.get(concept_url(found)).get_json()["version"]["content"]

    assert (kept["name"], kept["definition"]) == (CONTENTS[name], CONTENTS[name])


@pytest.mark.parametrize("name", ["a control", "a C1 control", "an override", "a zero-width space"])
def test_invisible_characters_in_content_give_a_warning(web: Web, name: str) -> None:
    found = web.create(ConceptContent(name="Ratio", definition=CONTENTS[name]))

    assert "TEXT_CONTROL_CHARS" in {each["code"] for each in found["warnings"]}


def test_names_with_the_same_normal_form_collide(web: Web) -> None:
    web.create(ConceptContent(name="Cafe\u0301"))
    found = web.create(ConceptContent(name="caf\u00e9"))

    assert "NAME_COLLISION" in {each["code"] for each in found["warnings"]}


@pytest.mark.parametrize("text", ["%25", "_", "%5C", "'", "%22", "%2A", "a%25b", "100%25%20of_it"])
def test_a_search_matches_every_character_literally(hostile: Web, text: str) -> None:
    hostile.create(ConceptContent(name="Ratio"))
    hostile.create(ConceptContent(name="100% of_it \\ 'a' \"b\" * a%b"))
    found = hostile.get(f"/v1/concepts?limit=100&text={text}").get_json()["items"]

    assert found
    assert all(each["name"] != "Ratio" for each in found)


def test_a_changed_cursor_is_refused(web: Web) -> None:
    saved = web.edit(web.create())
    path = f"{concept_url(saved)}/versions?limit=1"
    cursor = web.get(path).get_json()["next"]
    changed = [
        cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        for at in range(len(cursor))
    ]

    assert {problem(web.get(f"{path}&cursor={each}")) for each in changed} == {
        (400, "INVALID_CURSOR")
    }
    assert {
        problem(web.get(f"{path}&cursor={each}"))
        for each in (cursor + "A", cursor[:-1], cursor + "%3D")
    } == {(400, "INVALID_CURSOR")}


def test_a_cursor_of_another_list_or_another_search_is_refused(web: Web) -> None:
    saved, other = web.edit(web.create()), web.edit(web.create())
    cursor = web.get("/v1/concepts?limit=1&text=ratio").get_json()["next"]
    of_versions = web.get(f"{concept_url(saved)}/versions?limit=1").get_json()["next"]
    foreign = [
        f"/v1/concepts?cursor={cursor}",
        f"/v1/concepts?text=Ratio&cursor={cursor}",
        f"/v1/concepts?text=ratio&status=DRAFT&cursor={cursor}",
        f"/v1/history?cursor={cursor}",
        f"{concept_url(other)}/versions?cursor={of_versions}",
        f"{concept_url(saved)}/history?cursor={of_versions}",
    ]

    assert [problem(web.get(path)) for path in foreign] == [(400, "INVALID_CURSOR")] * len(foreign)
    assert web.get(f"/v1/concepts?limit=7&text=ratio&cursor={cursor}").status_code == 200


def test_a_cursor_of_another_server_is_refused(web: Web) -> None:
    web.create()
    web.create()
    cursor = web.get("/v1/concepts?limit=1").get_json()["next"]
    other = Web(web.store, evolve(SETTINGS, secret=b"another secret, as long as the 1st"))

    assert problem(other.get(f"/v1/concepts?cursor={cursor}")) == (400, "INVALID_CURSOR")


def test_only_trusted_hosts_are_answered() -> None:
    settings = evolve(SETTINGS, trusted_hosts=("localhost", "api.example.org", ".example.net"))
    web = Web(memory(), settings)
    answers = {
        host: web.client.get("/health/live", headers={"Host": host}).status_code
        for host in (
            "api.example.org",
            "a.example.net:8000",
            "evil.org",
            "api.example.org.evil.org",
            "",
        )
    }

    assert list(answers.values()) == [200, 200, 400, 400, 400]
