"""The errors of commands and queries on captures."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound, Unavailable


@frozen
class SpaceNotFound(NotFound):
    """A space that does not exist, or belongs to another user."""

    message: ClassVar[str] = "Space {space_id} not found."
    space_id: str


@frozen
class SubspaceNotFound(NotFound):
    """A subspace that does not exist, or belongs to another user."""

    message: ClassVar[str] = "Subspace {subspace_id} not found."
    subspace_id: str


@frozen
class ArtifactNotFound(NotFound):
    """An artifact that does not exist, or belongs to another user."""

    message: ClassVar[str] = "Artifact {artifact_id} not found."
    artifact_id: str


@frozen
class AlgorithmNotFound(NotFound):
    """An algorithm version that does not exist."""

    message: ClassVar[str] = "Algorithm version {algorithm_id} not found."
    algorithm_id: str


@frozen
class SpaceRetired(Conflict):
    """A command on a retired space, which takes no captures and no subspaces."""

    message: ClassVar[str] = "Space {space_id} is retired: it accepts no captures and no subspaces."
    space_id: str


@frozen
class CentroidExists(Conflict):
    """A seed for a subspace that already has a centroid."""

    message: ClassVar[str] = (
        "Subspace {subspace_id} has a centroid already; a seed must come before the first capture."
    )
    subspace_id: str


@frozen
class CaptureKeyReused(Conflict):
    """A capture key that was used before with another capture."""

    message: ClassVar[str] = "Capture key {capture_key} was already used with another capture."
    capture_key: str


@frozen
class EmbeddingNotNamed(Invalid):
    """A new space whose model or dimension neither the request nor a setting names."""

    message: ClassVar[str] = (
        "Field {field} is missing: expected a value, or one in the setting {setting}, which was "
        "never changed."
    )
    field: str
    setting: str


@frozen
class EmbeddingOfOtherModel(Invalid):
    """An embedding whose model or dimension is not the space's."""

    message: ClassVar[str] = (
        "The embedding does not match the space: expected model {expected_model} with "
        "{expected_dimension} dimensions."
    )
    expected_model: str
    expected_dimension: int


@frozen
class EmbeddingUnusable(Invalid):
    """An embedding with too many, too large, non-finite or only zero numbers."""

    message: ClassVar[str] = (
        "The embedding is unusable: {problem}; expected 1 to 4,096 finite numbers, not all "
        "zero, in the range of 32-bit floats."
    )
    problem: str


@frozen
class ReadingDepthOutOfRange(Invalid):
    """A reading depth outside 0.0 to 1.5."""

    message: ClassVar[str] = "reading_depth out of range: expected 0.0 to 1.5, got {value}."
    value: str

    def __str__(self) -> str:
        return self.describe()  # without the code: seed 001 expects this text


@frozen
class FractionOutOfRange(Invalid):
    """A number outside 0 to 1."""

    message: ClassVar[str] = "Field {field} is out of range: expected 0 to 1, got {value}."
    field: str
    value: str


@frozen
class UrlUnusable(Invalid):
    """A text that is no address of a page on the web."""

    message: ClassVar[str] = (
        "The URL is unusable: {problem}; expected a web address with a host, without "
        "credentials, at most 2,000 characters."
    )
    problem: str


@frozen
class CapturedInFuture(Invalid):
    """A capture time that is later than clocks differ."""

    message: ClassVar[str] = "captured_at {captured_at} is more than five minutes in the future."
    captured_at: str


@frozen
class SettingInvalid(Invalid):
    """A value that a setting cannot have."""

    message: ClassVar[str] = "Setting {key} is invalid: {problem}."
    key: str
    problem: str


@frozen
class FormulaInvalid(Invalid):
    """A text that is no list of formulas in the formula language."""

    message: ClassVar[str] = "The formulas are invalid: {problem}."
    problem: str


@frozen
class NoActiveAlgorithm(Unavailable):
    """A capture while no algorithm version is active."""

    message: ClassVar[str] = "No algorithm version is active: activate one."


@frozen
class AlgorithmExists(Conflict):
    """An algorithm version whose id is registered; registered formulas never change."""

    message: ClassVar[str] = (
        "Algorithm version {algorithm_id} exists already, and its formulas cannot change."
    )
    algorithm_id: str


@frozen
class AlgorithmNotInstalled(Conflict):
    """An algorithm version without its function in the database; the schema's owner installs it."""

    message: ClassVar[str] = (
        "The database does not have the functions of algorithm version {algorithm_id}: the "
        "schema owner must install them."
    )
    algorithm_id: str


@frozen
class AlgorithmFailed(Unavailable):
    """An algorithm version that raised an error or computed an unusable value."""

    message: ClassVar[str] = (
        "Algorithm version {algorithm_id} raised an error or returned no number; nothing was "
        "stored."
    )
    algorithm_id: str


@frozen
class EmbedderFailed(Unavailable):
    """An embedding model that failed."""

    message: ClassVar[str] = "The embedding model failed: {problem}; nothing was stored."
    problem: str


@frozen
class SelfTestFailed(Conflict):
    """An algorithm version that the store computes differently from its text."""

    message: ClassVar[str] = (
        "Algorithm version {algorithm_id} was not activated: the database computes {formula} "
        "differently."
    )
    algorithm_id: str
    formula: str
