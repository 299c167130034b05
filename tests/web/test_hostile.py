"""Test the expected answer to every hostile request, and what is stored of hostile texts."""

import io
import json
import logging
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from attrs import evolve
from tests.databases import create_database
from tests.web.harness import KEYS, SETTINGS, Json, Web, concept_url, memory, problem
from tests.web.hostile.bodies import UTF_8
from tests.web.hostile.requests import CREATION, MEBIBYTE, creation
from tests.web.hostile.rows import REQUESTS
from tests.web.hostile.scenario import Deployment, faults, scenario_of

from indelible.concepts import ConceptContent
from indelible.policy import Policy
from indelible.testing.stores import CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store

pytestmark = pytest.mark.slow


LOG_INJECTIONS = (
    "a\nb",
    'a\r\n{"event": "forged"}',
    "\x1b[31mred",
    "\x1b]0;title\x07",
    "a\tb",
    "\x00",
    "a\x85b",
    "a\u2028b",
    "\u202eabc",
    "'\"}",
    "%s %d %n",
    "a" * 100_000,
)


class EndlessBody(io.RawIOBase):
    """A body that never ends, and counts the bytes that were read of it."""

    def __init__(self) -> None:
        self.read_bytes = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - as io declares it
        self.read_bytes += len(buffer)
        buffer[:] = b" " * len(buffer)
        return len(buffer)

    def environ(self) -> dict[str, object]:
        """Return the environment of a request with this body."""
        return {
            "wsgi.input": self,
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        }


@pytest.fixture(
    scope="module",
    params=[
        "memory",
        pytest.param("sqlite", marks=pytest.mark.dose),
        pytest.param("postgresql", marks=pytest.mark.dose),
    ],
)
def deployment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[Deployment]:
    """Yield a deployment over each store. Its hostile requests are refused, so tests share it."""
    if request.param == "memory":
        yield Deployment(memory())
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
    yield Deployment(store)
    store.dispose()


@pytest.fixture
def shared_web(deployment: Deployment) -> Web:
    return deployment.web


@pytest.mark.parametrize("row", sorted({request.row for request in REQUESTS}))
def test_hostile_input_gets_its_expected_answer_and_writes_nothing(
    deployment: Deployment, row: int
) -> None:
    result: list[str] = []
    for request in REQUESTS:
        if request.row == row:
            result += faults(scenario_of(request), deployment)

    assert result == []


def test_a_log_entry_is_one_printable_line_for_hostile_input(
    web: Web, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        for text in LOG_INJECTIONS:
            refused = {"content": {"name": text[:1_000]}, "reason": text, "corrects": text}
            created = {"content": {"name": "Ratio"}, "reason": text}
            environ = {"HTTP_X_REQUEST_ID": text.encode("latin-1", "replace").decode("latin-1")}
            web.post("/v1/concepts", json=refused, environ=environ)
            web.post("/v1/concepts", json=created, environ=environ)

    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) >= 2 * len(LOG_INJECTIONS)
    assert all(message.isprintable() and len(message) < 2_000 for message in messages)


def test_invalid_fields_are_reported_by_their_paths_in_a_short_answer(web: Web) -> None:
    content_fields = (
        "definition, examples, explanation, learning_objective, misconceptions, name,"
        " prerequisites, scope_boundaries"
    )
    body = {
        "content": {"name": 7, "examples": ["a", 7], "prerequisites": "a", "colour": "red"},
        "status": "DRAFT",
    }

    assert web.post("/v1/concepts", json=body).get_json()["fields"]["wrong"] == {
        "content.name": "Not a text.",
        "content.examples.1": "Not a text.",
        "content.prerequisites": "Not a valid list.",
        "content.colour": f"Unknown field: expected one of {content_fields}.",
        "reason": "Missing data for required field.",
        "status": "Unknown field: expected one of change_note, content, corrects, reason.",
    }

    unknown_fields = {f"{number}{'x' * 1_000}": 1 for number in range(500)}

    answer = web.post("/v1/concepts", json=creation(**unknown_fields))

    assert answer.status_code == 422
    assert len(answer.data) < 16_000


def test_an_endless_body_is_read_up_to_the_limit_and_only_as_json(web: Web) -> None:
    body = EndlessBody()
    headers = {"Content-Type": "application/json"}

    answer = web.post("/v1/concepts", headers=headers, environ=body.environ())

    assert problem(answer) == (413, "BODY_TOO_LARGE")
    assert body.read_bytes < 2 * MEBIBYTE

    for media_type in ["multipart/form-data; boundary=x", "text/plain", ""]:
        body = EndlessBody()
        headers = {"Content-Type": media_type}

        answer = web.post("/v1/concepts", headers=headers, environ=body.environ())

        assert problem(answer) == (415, "UNSUPPORTED_BODY")
        assert body.read_bytes == 0

    for media_type in ["application/json", UTF_8 + "UTF-8", UTF_8 + '"utf-8"', "Application/JSON"]:
        data = json.dumps(CREATION).encode()

        answer = web.post("/v1/concepts", data=data, headers={"Content-Type": media_type})

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


def test_content_is_stored_as_it_was_sent_and_searched_literally(shared_web: Web) -> None:
    for name in CONTENTS:
        text = CONTENTS[name]
        body = {"content": {"name": text, "definition": text}, "reason": "a test"}

        concept = shared_web.post("/v1/concepts", json=body).get_json()

        content = shared_web.get(concept_url(concept)).get_json()["version"]["content"]
        assert content["name"] == text
        assert content["definition"] == text

    for text in ["%25", "_", "%5C", "'", "%22", "%2A", "a%25b", "100%25%20of_it"]:
        shared_web.create(ConceptContent(name="Ratio"))
        shared_web.create(ConceptContent(name="100% of_it \\ 'a' \"b\" * a%b"))

        items = shared_web.get(f"/v1/concepts?limit=100&text={text}").get_json()["items"]

        names = {item["name"] for item in items}
        assert names
        assert "Ratio" not in names


def warning_codes(concept: Json) -> set[str]:
    return {warning["code"] for warning in concept["warnings"]}


def test_what_looks_alike_in_content_gives_a_warning(web: Web) -> None:
    for name in ["a control", "a C1 control", "an override", "a zero-width space"]:
        concept = web.create(ConceptContent(name="Ratio", definition=CONTENTS[name]))

        assert "TEXT_CONTROL_CHARS" in warning_codes(concept)

    web.create(ConceptContent(name="Cafe\u0301"))
    concept = web.create(ConceptContent(name="caf\u00e9"))

    assert "NAME_COLLISION" in warning_codes(concept)


def test_a_cursor_of_another_list_search_or_server_is_refused(web: Web) -> None:
    concept = web.edit(web.create())
    path = f"{concept_url(concept)}/versions?limit=1"
    cursor = web.get(path).get_json()["next"]

    changed = [cursor + "A", cursor[:-1], cursor + "%3D"]
    for index, character in enumerate(cursor):
        replacement = "B" if character == "A" else "A"
        changed.append(cursor[:index] + replacement + cursor[index + 1 :])

    for changed_cursor in changed:
        answer = web.get(f"{path}&cursor={changed_cursor}")
        assert problem(answer) == (400, "INVALID_CURSOR"), changed_cursor

    concept = web.edit(web.create())
    other_concept = web.edit(web.create())
    cursor = web.get("/v1/concepts?limit=1&text=ratio").get_json()["next"]
    version_cursor = web.get(f"{concept_url(concept)}/versions?limit=1").get_json()["next"]

    for path in (
        f"/v1/concepts?cursor={cursor}",
        f"/v1/concepts?text=Ratio&cursor={cursor}",
        f"/v1/concepts?text=ratio&status=DRAFT&cursor={cursor}",
        f"/v1/history?cursor={cursor}",
        f"{concept_url(other_concept)}/versions?cursor={version_cursor}",
        f"{concept_url(concept)}/history?cursor={version_cursor}",
    ):
        assert problem(web.get(path)) == (400, "INVALID_CURSOR"), path
    assert web.get(f"/v1/concepts?limit=7&text=ratio&cursor={cursor}").status_code == 200

    web.create()
    web.create()
    cursor = web.get("/v1/concepts?limit=1").get_json()["next"]
    other = Web(web.store, evolve(SETTINGS, secret=b"another secret, as long as the 1st"))

    assert problem(other.get(f"/v1/concepts?cursor={cursor}")) == (400, "INVALID_CURSOR")


def test_only_trusted_hosts_are_answered() -> None:
    settings = evolve(SETTINGS, trusted_hosts=("localhost", "api.example.org", ".example.net"))
    client = Web(memory(), settings).client

    for host in ("api.example.org", "a.example.net:8000"):
        answer = client.get("/health/live", headers={"Host": host})
        assert answer.status_code == 200, host

    for host in ("evil.org", "api.example.org.evil.org", ""):
        answer = client.get("/health/live", headers={"Host": host})
        assert problem(answer) == (400, "MALFORMED_REQUEST"), host
