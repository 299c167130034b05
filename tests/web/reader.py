"""A reader who captures over HTTP, and an embedder for tests."""

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
class LetterEmbedder:
    """An embedder that counts letters, records its calls, and raises `error` if that is set."""

    error: Exception | None = None
    calls: list[list[str]] = Factory(list[list[str]])

    def embed(self, texts: Sequence[str]) -> Sequence[EmbeddingVector]:
        self.calls.append(list(texts))
        if self.error:
            raise self.error

        embeddings: list[EmbeddingVector] = []
        for text in texts:
            counts = tuple(1 + text.count(letter) for letter in "abc")
            embeddings.append(EmbeddingVector(values=counts, model=MODEL))

        return embeddings


@frozen
class Reader:
    """A user with a space, and the requests that they send."""

    web: Web
    space_id: str
    key: str

    def body(self, embedding: Iterable[float] | None = X1, **fields: object) -> Json:
        """Return the body of a capture, without an embedding if it is None."""
        body: Json = {"space_id": self.space_id, "url": URL}
        if embedding is not None:
            body["embedding"] = list(embedding)
            body["embedding_model"] = MODEL

        return {**body, **fields}

    def post(self, path: str, body: object, **sent: Any) -> TestResponse:  # noqa: ANN401 - of the test client
        return self.web.post(f"/v1/{path}", json=body, key=self.key, **sent)

    def get(self, path: str) -> TestResponse:
        return self.web.get(f"/v1/{path}", key=self.key)

    def items(self, path: str) -> list[Json]:
        """Return the first page of a list."""
        return cast("list[Json]", saved(self.get(path), 200)["items"])

    def capture(self, embedding: Iterable[float] | None = X1, **fields: object) -> TestResponse:
        return self.post("captures", self.body(embedding, **fields))

    def captured(self, embedding: Iterable[float] = X1, **fields: object) -> Json:
        """Return the result of a successful capture, of a new page or not."""
        answer = self.capture(embedding, **fields)
        assert answer.status_code in {200, 201}, answer.text
        return cast("Json", answer.get_json())

    def batch(self, *items: object) -> list[Json]:
        """Return the results of a batch of captures."""
        answer = self.post("captures/batch", {"items": items})
        return cast("list[Json]", saved(answer, 200)["items"])

    def subspace(self, seed: Iterable[float] | None = A, name: str = "a part") -> str:
        """Create a subspace and return its id."""
        vector = None if seed is None else {"values": list(seed), "model": MODEL}
        body = {"space_id": self.space_id, "name": name, "seed": vector, "reason": "a test"}
        return str(saved(self.post("subspaces", body), 201)["subspace"]["id"])


def fitted(store: AnyStore, owner_url: str | None = None) -> AnyStore:
    """Return the store with an active algorithm, and with the settings of a new space."""

    def install(store: AnyStore, algorithm_id: str) -> None:
        if isinstance(store, SqlStore):
            install_algorithm(store, algorithm_id, owner_url)

    activate_algorithm_for(store, install=install)
    change(store, "embedding_model", f'"{MODEL}"')
    change(store, "embedding_dimension", "3")
    return store


def reader_of(web: Web, key: str = "") -> Reader:
    """Return a reader with a new space of three dimensions."""
    key = key or web.key
    body = {"name": "reading", "model": MODEL, "dimension": 3, "reason": "a test"}
    space_id = saved(web.post("/v1/spaces", json=body, key=key), 201)["space"]["id"]

    return Reader(web, space_id, key)


def new_reader(store: AnyStore | None = None, **gateways: Any) -> Reader:  # noqa: ANN401 - of AppContext
    """Return a reader over a store whose algorithm is active."""
    store = store or memory()
    activate_algorithm_for(store)
    return reader_of(Web(store, **gateways))


def reader_over(web: Web) -> Reader:
    """Activate the algorithm in an application's store, and return a reader over it."""
    activate_algorithm_for(web.store)
    return reader_of(web)


def create_example_subspaces(reader: Reader) -> tuple[str, str, str]:
    """Return the ids of the three subspaces of the worked example in the documentation."""
    return reader.subspace(A), reader.subspace(B), reader.subspace(C)
