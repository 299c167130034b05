"""Scenarios and helpers of the conformance suites of captures."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from attrs import frozen

from indelible import captures
from indelible.captures import SPHERICAL, CaptureArtifactCommand, CaptureResult, EmbeddingVector
from indelible.kernel import IndelibleError
from indelible.kernel.aggregate_errors import FieldNotOfState
from indelible.testing.stores import AnyStore, do, refusal

Value = Any  # of any field of a command, or the result of any query

TOLERANCE: Final = 1e-6
MODEL: Final = "model-1"

# The vectors of the worked example: three seeds, and two captures near the first and the second.
A: Final = (1.0, 0.0, 0.0)
B: Final = (0.6, 0.8, 0.0)
C: Final = (0.0, 0.0, 1.0)
X1: Final = (0.9, 0.3, 0.3)
X2: Final = (0.85, 0.5, 0.1)

# A version that weighs captures by their depth alone, and one that fails at the fourth update.
HARSHER: Final = SPHERICAL.replace("weight * (0.5 + 0.5 * least(1.0, depth))", "weight * depth")
FAILING: Final = SPHERICAL.replace(
    "rate = 0.1", "rate = 1.0 / (applied - 3.0) * (applied - 3.0) * 0.1"
)

# Installs an algorithm version as the owner of the store's schema does before its activation.
Install = Callable[[AnyStore, str], object]


@frozen
class CaptureScenario:
    """A space of a store, and the commands and queries of its user."""

    store: AnyStore
    space_id: str

    def capture(self, embedding: Iterable[float], **fields: Value) -> CaptureResult:
        """Save a capture."""
        return do(self.store, captures.capture_artifact, self.command(embedding, **fields))

    def command(self, embedding: Iterable[float], **fields: Value) -> CaptureArtifactCommand:
        """Return the command of a capture; its url is the same unless it is one of the fields."""
        fields.setdefault("url", "https://example.org/page")
        fields.setdefault("embedding_model", MODEL)
        return CaptureArtifactCommand(
            user_id="maya", space_id=self.space_id, embedding=tuple(embedding), **fields
        )

    def subspace(self, seed: Iterable[float] | None, name: str = "a part") -> str:
        """Create a subspace and return its id."""
        vector = None
        if seed is not None:
            vector = EmbeddingVector(values=tuple(seed), model=MODEL)
        command = captures.CreateSubspace(
            user_id="maya", space_id=self.space_id, name=name, seed=vector
        )
        return do(self.store, captures.create_subspace, command).subspace.id

    def read(self, query: Callable[..., Any], *args: object, **kwargs: object) -> Value:
        """Run a query of the space's user."""
        return self.store.read(query, "maya", *args, **kwargs)


def nothing_to_install(_: AnyStore, __: str) -> None:
    """Do nothing: memory and SQLite compute by the registered text itself."""


def activate_algorithm_for(
    store: AnyStore,
    algorithm_id: str = "oscl-1",
    formulas: str = SPHERICAL,
    install: Install = nothing_to_install,
) -> captures.AlgorithmSaved:
    """Register, install and activate an algorithm version."""
    saved = registered(store, algorithm_id, formulas)
    install(store, algorithm_id)
    return activate(store, saved)


def registered(store: AnyStore, algorithm_id: str, formulas: str) -> captures.AlgorithmSaved:
    """Register an algorithm version."""
    command = captures.RegisterAlgorithm(algorithm_id=algorithm_id, formulas=formulas)
    return do(store, captures.register_algorithm, command)


def activate(store: AnyStore, saved: captures.AlgorithmSaved) -> captures.AlgorithmSaved:
    """Activate an algorithm version."""
    command = captures.ActivateAlgorithm(algorithm_id=saved.algorithm.id, expected_seq=saved.seq)
    return do(store, captures.activate_algorithm, command)


def space_of(store: AnyStore, *, dimension: int = 3, user_id: str = "maya") -> CaptureScenario:
    """Create a space."""
    command = captures.CreateSpace(
        user_id=user_id, name="reading", model=MODEL, dimension=dimension
    )
    saved = do(store, captures.create_space, command)
    return CaptureScenario(store, saved.space.id)


def place_in(store: AnyStore) -> CaptureScenario:
    """Activate the first algorithm version and create a space."""
    activate_algorithm_for(store)
    return space_of(store)


def worked(store: AnyStore) -> tuple[CaptureScenario, str, str, str]:
    """Create the space of the worked example, and return it with its three subspaces."""
    scenario = place_in(store)
    first = scenario.subspace(A, "A")
    second = scenario.subspace(B, "B")
    third = scenario.subspace(C, "C")
    return scenario, first, second, third


def change(store: AnyStore, key: str, value: str, *, seq: int = 0) -> captures.SettingSaved:
    """Change a setting."""
    command = captures.ChangeSetting(key=key, value=value, expected_seq=seq)
    return do(store, captures.change_setting, command)


def code(attempt: Callable[[], object]) -> str:
    """Return the code of the error that the attempt raises, or '' where it raises none."""
    error: IndelibleError | None = refusal(attempt)
    return error.code if error else ""


def field_refused(attempt: Callable[[], object]) -> str:
    """Return the field that FIELD_NOT_OF_STATE names, or '' where the attempt does not raise it."""
    error: IndelibleError | None = refusal(attempt)
    return error.field if isinstance(error, FieldNotOfState) else ""


def is_close(actual: Iterable[float | None], expected: Iterable[float]) -> bool:
    """Return whether all numbers are within the tolerance of the expected ones."""
    for number, expected_number in zip(actual, expected, strict=True):
        if number is None or abs(number - expected_number) >= TOLERANCE:
            return False
    return True
