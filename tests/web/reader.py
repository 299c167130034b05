"""A reader who captures over HTTP, and what turns texts into embeddings for tests."""

from collections.abc import Iterable, Sequence
from typing import Any, cast

from attrs import Factory, define, frozen
from tests.web.harness import Json, Web, memory, saved
from werkzeug.test import TestResponse

from indelible.captures import EmbeddingVector
from indelible.testing.captures.scenarios import MODEL, X1, A, B, C, activate_algorithm_for, change
from indelible.testing.stores import AnyStore
from indelible_sql import SqlStore, install_algorithm

URL = "https://example.org/page"


@define
class Letters:
    """An embedder that counts letters, records its input, and raises `error` if that is set."""

    error: Exception | None = None
    asked: list[list[str]] = Factory(list[list[str]])

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        self.asked.append(list(texts))
        if self.error:
            raise self.error
        counts = (tuple(1 + text.count(letter) for letter in "abc") for text in texts)
        return [EmbeddingVector(values=each, model=MODEL) for each in counts]


@frozen
class Reader:
    """A user with a space, and the requests that they send."""

    web: Web
    space_id: str
    key: str

    def body(self, embedding: Iterable[float] | None = X1, **other: object) -> Json:
        given = (
            {"embedding": list(embedding), "embedding_model": MODEL}
            if embedding is not None
            else {}
        )
        return {"space_id": self.space_id, "url": URL, **given, **other}

    def post(self, path: str, body: object, **sent: Any) -> TestResponse:  # noqa: ANN401
        return self.web.post(f"/v1/{path}", json=body, key=self.key, **sent)

    def get(self, path: str) -> TestResponse:
        return self.web.get(f"/v1/{path}", key=self.key)

    def items(self, path: str) -> list[Json]:
        return cast("list[Json]", saved(self.get(path), 200)["items"])

    def capture(self, embedding: Iterable[float] | None = X1, **other: object) -> TestResponse:
        return self.post("captures", self.body(embedding, **other))

    def captured(self, embedding: Iterable[float] = X1, **other: object) -> Json:
        answer = self.capture(embedding, **other)
        return saved(answer, answer.status_code if answer.status_code in {200, 201} else 201)

    def batch(self, *items: object) -> list[Json]:
        return cast(
            "list[Json]", saved(self.post("captures/batch", {"items": items}), 200)["items"]
        )

    def subspace(self, seed: Iterable[float] | None = A, name: str = "a part") -> str:
        vector = None if seed is None else {"values": list(seed), "model": MODEL}
        body = {"space_id": self.space_id, "name": name, "seed": vector, "reason": "a test"}
        return str(saved(self.post("subspaces", body), 201)["subspace"]["id"])


def fitted(store: AnyStore, owner_url: str | None = None) -> AnyStore:
    """The store with an active algorithm, and with settings that a space can be begun by."""

    def install(store: AnyStore, algorithm_id: str) -> None:
        if isinstance(store, SqlStore):
            install_algorithm(store, algorithm_id, owner_url)

    activate_algorithm_for(store, install=install)
    change(store, "embedding_model", f'"{MODEL}"')
    change(store, "embedding_dimension", "3")
    return store


def reader_of(web: Web, key: str = "") -> Reader:
    """A reader with a new space of three dimensions."""
    key = key or web.key
    body = {"name": "reading", "model": MODEL, "dimension": 3, "reason": "a test"}
    return Reader(web, saved(web.post("/v1/spaces", json=body, key=key), 201)["space"]["id"], key)


def reading(store: AnyStore | None = None, **wired: Any) -> Reader:  # noqa: ANN401
    """A reader over a store whose algorithm is active."""
    store = store or memory()
    activate_algorithm_for(store)
    return reader_of(Web(store, **wired))


def worked(reader: Reader) -> tuple[str, str, str]:
    """The subspaces of the worked example."""
    return reader.subspace(A), reader.subspace(B), reader.subspace(C)
