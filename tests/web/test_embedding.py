"""Test texts in place of embeddings: embedded before the transaction, all of a batch at once."""

from collections.abc import Sequence
from typing import cast

import pytest
from tests.web.harness import SCOPES, RenewableStore, Web, problem, saved
from tests.web.reader import URL, LetterEmbedder, Reader, new_reader, reader_over
from tests.web.test_system import counted

from indelible.captures import EmbeddingVector, errors
from indelible.testing.captures.scenarios import MODEL, A
from indelible.testing.stores import AnyStore


@pytest.fixture(scope="module")
def shared_embedder() -> LetterEmbedder:
    return LetterEmbedder()


@pytest.fixture(scope="module")
def shared_with_embedder(renewable: RenewableStore, shared_embedder: LetterEmbedder) -> Web:
    renewable.renew()
    return Web(cast("AnyStore", renewable), embedder=shared_embedder)


@pytest.fixture
def embedder(shared_embedder: LetterEmbedder) -> LetterEmbedder:
    """Return the embedder of the application, which has no calls and no error."""
    shared_embedder.calls.clear()
    shared_embedder.error = None
    return shared_embedder


@pytest.fixture
def reader(
    renewable: RenewableStore, shared_with_embedder: Web, embedder: LetterEmbedder
) -> Reader:
    """Return a reader over an empty store, whose application has the embedder."""
    assert embedder.calls == []
    renewable.renew()
    shared_with_embedder.restart()
    shared_with_embedder.key = shared_with_embedder.new_key(*SCOPES, "history:read")
    return reader_over(shared_with_embedder)


def test_what_is_embedded_is_the_title_and_the_content(
    reader: Reader, embedder: LetterEmbedder
) -> None:
    result = saved(reader.capture(None, title="aa", content="b"), 201)
    artifact = saved(reader.get(f"artifacts/{result['artifact_id']}"), 200)

    assert embedder.calls == [["aa\n\nb"]]
    assert artifact["vector"] == [3.0, 2.0, 1.0]

    near = saved(reader.capture(None, title="aaaa", url=f"{URL}/a"), 201)
    reader.capture(None, title="cccc", url=f"{URL}/c")
    query = {"space_id": reader.space_id, "text": "aaa"}

    items = saved(reader.post("search", query), 200)["items"]
    preview = saved(reader.post("margins/preview", query), 200)

    assert items[0]["artifact"]["id"] == near["artifact_id"]
    assert preview["decision"] == "NO_CENTROID"


def test_the_texts_of_a_batch_are_embedded_in_one_call(
    reader: Reader, embedder: LetterEmbedder
) -> None:
    items = reader.batch(
        reader.body(None, title="a"),
        "no object",
        reader.body(A),
        reader.body(None, content="b"),
        reader.body(None),
    )

    assert embedder.calls == [["a", "b"]]
    assert [item["status"] for item in items] == [201, 422, 200, 200, 422]
    assert items[4]["problem"]["code"] == "EMBEDDING_MISSING"
    artifact = saved(reader.get(f"artifacts/{items[0]['result']['artifact_id']}"), 200)
    assert artifact["content"] == "b"


@pytest.mark.parametrize(
    "error", [OSError("the canary"), errors.EmbedderFailed("canary"), ZeroDivisionError("canary")]
)
def test_every_error_of_an_embedder_is_one_refusal_that_writes_nothing(
    reader: Reader, embedder: LetterEmbedder, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    embedder.error = error
    query = {"space_id": reader.space_id, "text": "a"}

    answers = [
        reader.capture(None, title="a"),
        reader.post("search", query),
        reader.post("margins/preview", query),
    ]

    for answer in answers:
        assert problem(answer) == (503, "EMBEDDER_FAILED")
        assert "canary" not in answer.text
    assert reader.items(f"spaces/{reader.space_id}/captures") == []
    assert "the embedder failed" in caplog.text
    assert "canary" not in caplog.text


def test_an_embedder_that_fails_or_refuses_fails_only_its_texts_of_a_batch(
    reader: Reader, embedder: LetterEmbedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed_letters = LetterEmbedder.embed

    def embed(self: LetterEmbedder, texts: list[str]) -> object:
        if "bad" in texts:
            raise errors.EmbedderFailed("no words")
        return embed_letters(self, texts)

    monkeypatch.setattr(LetterEmbedder, "embed", embed)
    titles = ("a", "bad", "b")
    bodies = [reader.body(None, title=title, url=f"{URL}/{title}") for title in titles]

    items = reader.batch(*bodies)

    assert [item["status"] for item in items] == [201, 503, 201]
    assert embedder.calls == [["a"], ["b"]]

    embedder.error = OSError("gone")

    text, embedding, other_text = reader.batch(
        reader.body(None, title="a"), reader.body(A), reader.body(None, title="b")
    )

    assert embedding["status"] == 201
    for item in (text, other_text):
        assert item["status"] == 503
        assert item["problem"]["code"] == "EMBEDDER_FAILED"


class EmptyEmbedder:
    """An embedder that returns no embeddings."""

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:  # noqa: ARG002 - of the port
        return ()


class OtherModelEmbedder:
    """An embedder of another model."""

    def embed(self, texts: list[str]) -> list[EmbeddingVector]:
        return [EmbeddingVector(values=A, model="model-2") for _ in texts]


@pytest.mark.slow
def test_an_embedder_returns_an_embedding_of_the_model_for_each_text() -> None:
    reader = new_reader(embedder=EmptyEmbedder())

    assert problem(reader.capture(None, title="a")) == (503, "EMBEDDER_FAILED")

    reader = new_reader(embedder=OtherModelEmbedder())
    query = {"space_id": reader.space_id, "text": "a"}

    assert problem(reader.capture(None, title="a")) == (422, "EMBEDDING_OF_OTHER_MODEL")
    assert problem(reader.post("search", query)) == (422, "EMBEDDING_OF_OTHER_MODEL")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fields", "missing"),
    [
        ({}, "a text"),
        ({"title": " ", "content": "\n"}, "a text"),
        ({"embedding": [1, 0, 0]}, "embedding_model"),
        ({"embedding": None, "embedding_model": "model-1"}, "a text"),
    ],
)
def test_a_capture_without_an_embedding_or_a_text_is_refused(
    reader: Reader, fields: dict[str, object], missing: str
) -> None:
    answer = reader.post("captures", {**reader.body(None), **fields})

    assert problem(answer) == (422, "EMBEDDING_MISSING")
    assert answer.get_json()["fields"] == {"missing": missing}


def test_a_text_needs_an_embedder(web: Web) -> None:
    reader_without_embedder = reader_over(web)

    answer = reader_without_embedder.capture(None, title="a")

    assert problem(answer) == (422, "EMBEDDING_MISSING")
    assert answer.get_json()["fields"] == {"missing": "an embedder"}

    shown = saved(web.get("/admin/captures/embedder", key=web.new_key("ops")), 200)
    assert (shown["answers"], shown["problem"]) == (False, "the server has no embedder")


def test_each_text_is_counted_by_what_became_of_it(
    reader: Reader, shared_with_embedder: Web, embedder: LetterEmbedder
) -> None:
    labels = 'indelible_commands_total{{action="embed",code="{}",lifecycle="artifact"}}'
    before = counted(shared_with_embedder)
    reader.capture(None, title="aa", content="b")
    embedder.error = OSError("no model")

    assert problem(reader.capture(None, title="cc", content="b")) == (503, "EMBEDDER_FAILED")

    after = counted(shared_with_embedder)
    for code in ("OK", "EMBEDDER_FAILED"):
        name = labels.format(code)
        assert after[name] - before.get(name, 0) == 1, code


def test_an_operator_sees_which_model_answers_and_why_one_fails(
    reader: Reader, embedder: LetterEmbedder
) -> None:
    key = reader.web.new_key("ops")
    before = counted(reader.web)

    answering = saved(reader.web.get("/admin/captures/embedder", key=key), 200)
    embedder.error = ConnectionRefusedError("the canary")
    refusing = reader.web.get("/admin/captures/embedder", key=key)

    assert answering == {"answers": True, "model": MODEL, "dimension": 3, "problem": None}
    assert saved(refusing, 200)["problem"] == "ConnectionRefusedError"
    assert saved(refusing, 200)["answers"] is False
    assert "canary" not in refusing.text
    name = 'indelible_commands_total{action="embed",code="EMBEDDER_FAILED",lifecycle="artifact"}'
    assert counted(reader.web).get(name) == before.get(name)

    embedder.error = errors.EmbedderFailed("the model cannot be loaded: OSError")
    answer = reader.web.get("/admin/captures/embedder", key=reader.web.new_key("ops"))
    assert saved(answer, 200)["problem"] == "the model cannot be loaded: OSError"
