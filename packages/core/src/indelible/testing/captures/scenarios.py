"""Small stories that the suites of captures tell."""

from collections.abc import Callable, Iterable
from typing import Any

from attrs import frozen

from indelible import captures
from indelible.captures import SPHERICAL, CaptureArtifactCommand, CaptureResult, EmbeddingVector
from indelible.kernel import IndelibleError
from indelible.testing.stores import AnyStore, do, refusal

CLOSE = 1e-6
MODEL = "model-1"
A, B, C = (1.0, 0.0, 0.0), (0.6, 0.8, 0.0), (0.0, 0.0, 1.0)
X1, X2 = (0.9, 0.3, 0.3), (0.85, 0.5, 0.1)
HARSHER = SPHERICAL.replace("weight * (0.5 + 0.5 * least(1.0, depth))", "weight * depth")
FAILING = SPHERICAL.replace("rate = 0.1", "rate = 1.0 / (applied - 3.0) * (applied - 3.0) * 0.1")


@frozen
class CaptureScenario:
    """A space of a store, and the commands of its user."""

    store: AnyStore
    space_id: str

    def capture(self, embedding: Iterable[float], **other: Any) -> CaptureResult:  # noqa: ANN401 - whatever a field takes
        """What becomes of a capture."""
        return do(self.store, captures.capture_artifact, self.command(embedding, **other))

    def command(self, embedding: Iterable[float], **other: Any) -> CaptureArtifactCommand:  # noqa: ANN401 - as above
        """A capture of the space's user."""
        said: dict[str, Any] = {
            "user_id": "maya",
            "space_id": self.space_id,
            "url": "https://example.org/page",
        }
        said |= {"embedding": tuple(embedding), "embedding_model": MODEL}
        return CaptureArtifactCommand(**(said | other))

    def subspace(self, seed: Iterable[float] | None, name: str = "a part") -> str:
        """The id of a new subspace."""
        vector = None if seed is None else EmbeddingVector(values=tuple(seed), model=MODEL)
        command = captures.CreateSubspace(
            user_id="maya", space_id=self.space_id, name=name, seed=vector
        )
        return do(self.store, captures.create_subspace, command).subspace.id

    def read(self, query: Callable[..., Any], *args: object, **kwargs: object) -> Any:  # noqa: ANN401 - whatever it answers
        """What a query says to the space's user."""
        return self.store.read(query, "maya", *args, **kwargs)


Install = Callable[[AnyStore, str], object]


def nothing_to_install(_: AnyStore, __: str) -> None:
    """Memory and SQLite compute by the registered text itself."""


def activate_algorithm_for(
    store: AnyStore,
    algorithm_id: str = "oscl-1",
    formulas: str = SPHERICAL,
    install: Install = nothing_to_install,
) -> captures.AlgorithmSaved:
    """A version of the algorithm that is active."""
    saved = registered(store, algorithm_id, formulas)
    install(store, algorithm_id)
    return activate(store, saved)


def registered(store: AnyStore, algorithm_id: str, formulas: str) -> captures.AlgorithmSaved:
    """A version of the algorithm that computes nothing yet."""
    return do(
        store,
        captures.register_algorithm,
        captures.RegisterAlgorithm(algorithm_id=algorithm_id, formulas=formulas),
    )


def activate(store: AnyStore, saved: captures.AlgorithmSaved) -> captures.AlgorithmSaved:
    """The version, active."""
    command = captures.ActivateAlgorithm(algorithm_id=saved.algorithm.id, expected_seq=saved.seq)
    return do(store, captures.activate_algorithm, command)


def space_of(store: AnyStore, *, dimension: int = 3, user_id: str = "maya") -> CaptureScenario:
    """A new space."""
    command = captures.CreateSpace(
        user_id=user_id, name="reading", model=MODEL, dimension=dimension
    )
    return CaptureScenario(store, do(store, captures.create_space, command).space.id)


def place_in(store: AnyStore) -> CaptureScenario:
    """A new space in a store whose algorithm is active."""
    activate_algorithm_for(store)
    return space_of(store)


def worked(store: AnyStore) -> tuple[CaptureScenario, str, str, str]:
    """The space of the worked example, with its three subspaces."""
    place = place_in(store)
    return place, place.subspace(A, "A"), place.subspace(B, "B"), place.subspace(C, "C")


def change(store: AnyStore, key: str, value: str, *, seq: int = 0) -> captures.SettingSaved:
    """A setting with another value."""
    return do(
        store,
        captures.change_setting,
        captures.ChangeSetting(key=key, value=value, expected_seq=seq),
    )


def code(attempt: Callable[[], object]) -> str:
    """The code of the refusal, '' where there was none."""
    refused: IndelibleError | None = refusal(attempt)
    return refused.code if refused else ""


def is_close(found: Iterable[float | None], expected: Iterable[float]) -> bool:
    """Whether all the figures are as they were measured."""
    return all(
        one is not None and abs(one - other) < CLOSE
        for one, other in zip(found, expected, strict=True)
    )
