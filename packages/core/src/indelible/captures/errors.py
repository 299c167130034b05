"""What can be wrong with a command on captures."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound, Unavailable


@frozen
class SpaceNotFound(NotFound):
    """No space of this user has this id."""

    code: ClassVar[str] = "SPACE_NOT_FOUND"
    message: ClassVar[str] = "Space {space_id} not found."
    space_id: str


@frozen
class SubspaceNotFound(NotFound):
    """No subspace of this user has this id."""

    code: ClassVar[str] = "SUBSPACE_NOT_FOUND"
    message: ClassVar[str] = "Subspace {subspace_id} not found."
    subspace_id: str


@frozen
class ArtifactNotFound(NotFound):
    """No artifact of this user has this id."""

    code: ClassVar[str] = "ARTIFACT_NOT_FOUND"
    message: ClassVar[str] = "Artifact {artifact_id} not found."
    artifact_id: str


@frozen
class AlgorithmNotFound(NotFound):
    """No version of the algorithm has this id."""

    code: ClassVar[str] = "ALGORITHM_NOT_FOUND"
    message: ClassVar[str] = "Algorithm version {algorithm_id} not found."
    algorithm_id: str


@frozen
class SpaceRetired(Conflict):
    """A retired space takes no captures and no subspaces."""

    code: ClassVar[str] = "SPACE_RETIRED"
    message: ClassVar[str] = "Space {space_id} is retired: it accepts no captures and no subspaces."
    space_id: str


@frozen
class CentroidExists(Conflict):
    """The subspace has a centroid already, and a seed comes before the first capture."""

    code: ClassVar[str] = "CENTROID_EXISTS"
    message: ClassVar[str] = (
        "Subspace {subspace_id} has a centroid already; a seed must come before the first capture."
    )
    subspace_id: str


@frozen
class CaptureKeyReused(Conflict):
    """This capture key was given before, with another capture."""

    code: ClassVar[str] = "CAPTURE_KEY_REUSED"
    message: ClassVar[str] = "Capture key {capture_key} was already used with another capture."
    capture_key: str


@frozen
class EmbeddingOfOtherModel(Invalid):
    """The embedding's model or dimension is not the space's."""

    code: ClassVar[str] = "EMBEDDING_OF_OTHER_MODEL"
    message: ClassVar[str] = (
        "The embedding does not match the space: expected model {expected_model} with "
        "{expected_dimension} dimensions."
    )
    expected_model: str
    expected_dimension: int


@frozen
class EmbeddingUnusable(Invalid):
    """An embedding is 1 to 4,096 finite numbers, not all zero, within the range of 32-bit floats."""

    code: ClassVar[str] = "EMBEDDING_UNUSABLE"
    message: ClassVar[str] = (
        "The embedding is unusable: {problem}; expected 1 to 4,096 finite numbers, not all "
        "zero, in the range of 32-bit floats."
    )
    problem: str


@frozen
class ReadingDepthOutOfRange(Invalid):
    """reading_depth out of range: it lies between 0.0 and 1.5."""

    code: ClassVar[str] = "READING_DEPTH_OUT_OF_RANGE"
    message: ClassVar[str] = "reading_depth out of range: expected 0.0 to 1.5, got {value}."
    value: str

    def __str__(self) -> str:
        return self.describe()  # without the code: seed 001 expects this text


@frozen
class FractionOutOfRange(Invalid):
    """The number does not lie between 0 and 1."""

    code: ClassVar[str] = "FRACTION_OUT_OF_RANGE"
    message: ClassVar[str] = "Field {field} is out of range: expected 0 to 1, got {value}."
    field: str
    value: str


@frozen
class UrlUnusable(Invalid):
    """The address is not one of a page on the web: with a host, without credentials, of at most 2,000 characters."""

    code: ClassVar[str] = "URL_UNUSABLE"
    message: ClassVar[str] = (
        "The URL is unusable: {problem}; expected a web address with a host, without "
        "credentials, at most 2,000 characters."
    )
    problem: str


@frozen
class CapturedInFuture(Invalid):
    """The capture's own time is later than now by more than clocks differ."""

    code: ClassVar[str] = "CAPTURED_IN_FUTURE"
    message: ClassVar[str] = "captured_at {captured_at} is more than five minutes in the future."
    captured_at: str


@frozen
class SettingInvalid(Invalid):
    """The setting cannot have this value."""

    code: ClassVar[str] = "SETTING_INVALID"
    message: ClassVar[str] = "Setting {key} is invalid: {problem}."
    key: str
    problem: str


@frozen
class FormulaInvalid(Invalid):
    """The text is not one of formulas over the known names, operators and functions."""

    code: ClassVar[str] = "FORMULA_INVALID"
    message: ClassVar[str] = "The formulas are invalid: {problem}."
    problem: str


@frozen
class NoActiveAlgorithm(Unavailable):
    """No version of the algorithm is active: activate one."""

    code: ClassVar[str] = "NO_ACTIVE_ALGORITHM"
    message: ClassVar[str] = "No algorithm version is active: activate one."


@frozen
class AlgorithmExists(Conflict):
    """There is a version of the algorithm of this id, and its formulas stay as they are."""

    code: ClassVar[str] = "ALGORITHM_EXISTS"
    message: ClassVar[str] = (
        "Algorithm version {algorithm_id} exists already, and its formulas cannot change."
    )
    algorithm_id: str


@frozen
class AlgorithmNotInstalled(Conflict):
    """The database has no function of this version, or another: its owner installs it."""

    code: ClassVar[str] = "ALGORITHM_NOT_INSTALLED"
    message: ClassVar[str] = (
        "The database does not have the functions of algorithm version {algorithm_id}: the "
        "schema owner must install them."
    )
    algorithm_id: str


@frozen
class AlgorithmFailed(Unavailable):
    """The active algorithm raised an error or gave no number; nothing was kept."""

    code: ClassVar[str] = "ALGORITHM_FAILED"
    message: ClassVar[str] = (
        "Algorithm version {algorithm_id} raised an error or returned no number; nothing was "
        "stored."
    )
    algorithm_id: str


@frozen
class EmbedderFailed(Unavailable):
    """The model that turns texts into embeddings gave none; nothing was kept."""

    code: ClassVar[str] = "EMBEDDER_FAILED"
    message: ClassVar[str] = "The embedding model failed: {problem}; nothing was stored."
    problem: str


@frozen
class SelfTestFailed(Conflict):
    """The database computes something else than the formula says, so the version was not activated."""

    code: ClassVar[str] = "SELF_TEST_FAILED"
    message: ClassVar[str] = (
        "Algorithm version {algorithm_id} was not activated: the database computes {formula} "
        "differently."
    )
    algorithm_id: str
    formula: str
