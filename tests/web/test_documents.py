"""JSON documents in requests come back exactly as they were sent, from every store."""

import json
from collections.abc import Generator, Mapping
from typing import Any

import pytest
from attrs import field, frozen
from hypothesis import HealthCheck, given, settings
from sqlalchemy import create_engine, text
from tests.databases import temporary_database
from tests.examples.drawings import DRAWING, DRAWINGS, Drawing, migrate
from tests.json_texts import json_objects, same_json
from tests.web.drawings import (
    CONTEXT,
    Draw,
    DrawingSaved,
    draw,
    drawings_of,
    get_drawing,
)
from tests.web.harness import KEYS, Json, Web, problem

from indelible.kernel.aggregates import save_changes
from indelible.kernel.history import Head
from indelible.kernel.json_limits import VALUE_LIMITS
from indelible.kernel.json_objects import (
    EMPTY_OBJECT,
    JsonObject,
    JsonObjects,
    freeze_object,
)
from indelible.policy import Policy
from indelible.testing.stores import MAYA, AnyStore, CountedIds, TickingClock
from indelible_service.embedded import PostgresServer
from indelible_sql import open_store, verify
from indelible_web.contexts import CONTEXTS
from indelible_web.http.parsing import MAX_DOCUMENT_LEVELS
from indelible_web.http.schemas import Side, UnsupportedType, schema_of

EXAMPLES = 30
FEW = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def web_over(store: AnyStore) -> Web:
    web = Web(store, contexts=(*CONTEXTS, CONTEXT))
    web.key = web.new_key("drawings")
    return web


def prepare(url: str, *grants: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        migrate(connection)
        for grant in grants:
            connection.execute(text(grant))
    engine.dispose()


def web_over_sql(url: str) -> Generator[Web]:
    store = open_store(
        url,
        lifecycles=(DRAWING,),
        policy=Policy(keys=KEYS),
        clock=TickingClock(),
        ids=CountedIds(),
    )
    yield web_over(store)
    assert verify(store, heads={DRAWINGS: DRAWING}) == ()
    store.dispose()


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.dose)]
)
def web(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Generator[Web]:
    """Yield an application over each store; its databases are verified in the end."""
    if request.param == "sqlite":
        copy = tmp_path_factory.mktemp("documents") / "documents.db"
        copy.write_bytes(request.getfixturevalue("template_file").read_bytes())
        prepare(f"sqlite:///{copy}")
        yield from web_over_sql(f"sqlite:///{copy}")
    else:
        server: PostgresServer = request.getfixturevalue("server")
        model: PostgresServer = request.getfixturevalue("template")
        with temporary_database(server, "documents", model.url.rpartition("/")[2]) as database:
            grant = "GRANT SELECT, INSERT, UPDATE ON drawings TO indelible_app"
            prepare(database.owner_url, grant)
            yield from web_over_sql(database.url)


def body_of(nodes: str, document: str = "{}") -> bytes:
    return f'{{"nodes": {nodes}, "settings": {document}, "reason": "a test"}}'.encode()


@pytest.mark.slow
@FEW
@given(document=json_objects(), node=json_objects())
def test_documents_come_back_as_they_were_sent(web: Web, document: str, node: str) -> None:
    created = web.post("/v1/drawings", data=body_of(f"[{node}]", document))
    drawn = web.get(f"/v1/drawings/{created.get_json()['id']}")
    sent = f'{{"nodes": [{node}], "settings": {document}}}'

    assert created.status_code == 201
    for answer in (created.text, drawn.text):
        start = answer.index('"nodes"')
        returned = "{" + answer[start : answer.index(', "digest"')] + "}"
        assert same_json(returned, sent)


def test_documents_come_back_with_each_number_and_name_when_repeated_and_replaced(web: Web) -> None:
    created = web.post("/v1/drawings", data=body_of('[{"x": 12.5, "y": 0.1234567890123456789}]'))
    drawn = web.get(f"/v1/drawings/{created.get_json()['id']}")

    for shown in (created.text, drawn.text):
        assert '"nodes": [{"x": 12.5, "y": 0.1234567890123456789}]' in shown

    document = json.dumps({"e\u0301": 1, "\u00e9": 2})
    created = web.post("/v1/drawings", data=body_of("[]", document))

    assert created.get_json()["settings"] == {"e\u0301": 1, "\u00e9": 2}

    path = f"/v1/drawings/{web.post('/v1/drawings', data=body_of('[]')).get_json()['id']}"
    body = {"nodes": [{"a": True}], "reason": "a test"}
    answer = web.put(path, json=body)

    assert answer.get_json()["nodes"] == [{"a": True}]
    assert web.get(path).get_json() == answer.get_json()

    data = body_of('[{"x": 0.5}]', '{"a": [1, {"b": 2.25}]}')
    answers = [web.post("/v1/drawings", data=data, once="again") for _ in range(2)]

    assert answers[0].get_json() == answers[1].get_json()


def test_many_drawings_are_saved_in_one_call(web: Web) -> None:
    ids = [web.post("/v1/drawings", data=body_of("[]")).get_json()["id"] for _ in range(4)]

    def redraw_all(tx: Any, _: None) -> None:  # noqa: ANN401 - of either store
        drawings = drawings_of(tx)
        steps: list[tuple[Head[Drawing], Drawing, str]] = []
        for drawing_id in ids:
            head = drawings.lock(drawing_id)
            nodes = [{"x": 0.5, "of": drawing_id, "list": [1, {"y": None}]}]
            next_value = head.entity.transition("redraw", now=tx.clock.now(), nodes=nodes)
            steps.append((head, next_value, "redraw"))
        save_changes(tx, drawings, steps)

    web.store.run(redraw_all, None, actor=MAYA, reason="a test")

    for drawing_id in ids:
        (node,) = web.get(f"/v1/drawings/{drawing_id}").get_json()["nodes"]
        assert node == {"x": 0.5, "of": drawing_id, "list": [1, {"y": None}]}


@pytest.mark.slow
def test_what_a_store_returns_is_frozen_and_equal(web: Web) -> None:
    node: Json = {"list": [1.5, {}]}
    command = Draw(nodes=[node], settings={"on": True})
    saved: DrawingSaved = web.store.run(draw, command, actor=MAYA, reason="a test")
    stored: DrawingSaved = web.store.read(get_drawing, saved.id)

    assert stored == saved
    assert type(stored.nodes[0]) is type(stored.nodes[0]["list"][1]) is JsonObject
    assert type(stored.nodes[0]["list"]) is tuple


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


REFUSED: Mapping[str, tuple[str, int, str]] = {
    "a number beyond all floats": ('{"x": 1e400}', 400, "BAD_NUMBER"),
    "an exponent of too many digits": ('{"x": 1e-99999999999999999999}', 400, "BAD_NUMBER"),
    "a number of 101 characters": (f'{{"x": {"9" * 101}}}', 400, "BAD_NUMBER"),
    "a fraction of too many digits": ('{"x": 1e-700}', 422, "JSON_LIMIT_EXCEEDED"),
    "NaN": ('{"x": NaN}', 400, "BAD_NUMBER"),
    "infinity": ('{"x": [-Infinity]}', 400, "BAD_NUMBER"),
    "a name twice": ('{"x": [{"a": 1, "a": 2}]}', 400, "DUPLICATE_KEY"),
    "a NUL": (r'{"x": "\u0000"}', 422, "TEXT_UNSTORABLE"),
    "a NUL in a name": (r'{"\u0000": 1}', 422, "TEXT_UNSTORABLE"),
    "a lone surrogate": (r'{"x": "\ud800"}', 422, "TEXT_UNSTORABLE"),
    "too many levels": (nested(VALUE_LIMITS.max_depth + 1), 422, "JSON_LIMIT_EXCEEDED"),
    "levels without end": (nested(100_000), 422, "JSON_LIMIT_EXCEEDED"),
    "too many values": (f'{{"x": [{"1," * 100_000}1]}}', 422, "JSON_LIMIT_EXCEEDED"),
    "too many bytes": (f'{{"x": "{"y" * 2**20}"}}', 422, "JSON_LIMIT_EXCEEDED"),
    "a body over its limit": (f'{{"x": "{"y" * 7 * 2**20}"}}', 413, "BODY_TOO_LARGE"),
    "a list": ("[]", 422, "INVALID_FIELDS"),
    "a text": ('"{}"', 422, "INVALID_FIELDS"),
    "null": ("null", 422, "INVALID_FIELDS"),
}


@pytest.mark.slow
def test_a_document_that_no_store_keeps_is_refused(web: Web) -> None:
    for name in REFUSED:
        document, status, code = REFUSED[name]

        assert problem(web.post("/v1/drawings", data=body_of("[]", document))) == (status, code)
        assert problem(web.post("/v1/drawings", data=body_of(f"[{document}]"))) == (status, code)

    answer = web.post("/v1/drawings", data=body_of("[]", nested(VALUE_LIMITS.max_depth + 1)))
    fields: Json = answer.get_json()["fields"]
    deeper = web.post("/v1/drawings", data=body_of("[]", nested(MAX_DOCUMENT_LEVELS)))

    assert fields == {"field": "settings", "limit": "at most 32 levels are allowed"}
    assert deeper.get_json()["fields"] == {
        "field": "body",
        "limit": f"at most {MAX_DOCUMENT_LEVELS} levels are allowed",
    }

    nodes = f"[{'{},' * 10_000}{{}}]"

    assert problem(web.post("/v1/drawings", data=body_of(nodes))) == (422, "LIST_TOO_LONG")
    assert problem(web.post("/v1/drawings", data=body_of("{}"))) == (422, "INVALID_FIELDS")


@pytest.mark.slow
def test_a_document_at_the_limits_is_stored(web: Web) -> None:
    deepest = nested(VALUE_LIMITS.max_depth)
    characters = VALUE_LIMITS.max_bytes - len(json.dumps({"x": ""}, separators=(",", ":")))
    longest = json.dumps({"x": "y" * characters})
    for document in (deepest, longest):
        answer = web.post("/v1/drawings", data=body_of("[]", document))
        assert same_json(json.dumps(answer.get_json()["settings"]), document)


@frozen(kw_only=True)
class Unlimited:
    """A command whose document has no limits."""

    document: JsonObject = field(default=EMPTY_OBJECT, converter=freeze_object)


@frozen(kw_only=True)
class UnlimitedList:
    """A command whose list of documents has no limits."""

    documents: JsonObjects = field(default=(), metadata={"json_limits": VALUE_LIMITS})


@pytest.mark.slow
@pytest.mark.parametrize("kind", [Unlimited, UnlimitedList])
def test_a_document_without_limits_has_no_schema(kind: type) -> None:
    with pytest.raises(UnsupportedType):
        schema_of(kind, Side.BODY)
    with pytest.raises(UnsupportedType):
        schema_of(kind, Side.TEXT)
