"""What can be wrong with a command on captures."""

from typing import ClassVar

from attrs import frozen

from indelible.kernel import Conflict, Invalid, NotFound, Unavailable


@frozen
class SpaceNotFound(NotFound):
    """No space of this user has this id."""

    code: ClassVar[str] = "SPACE_NOT_FOUND"
    space_id: str


@frozen
class SubspaceNotFound(NotFound):
    """No subspace of this user has this id."""

    code: ClassVar[str] = "SUBSPACE_NOT_FOUND"
    subspace_id: str


@frozen
class ArtifactNotFound(NotFound):
    """No artifact of this user has this id."""

    code: ClassVar[str] = "ARTIFACT_NOT_FOUND"
    artifact_id: str


@frozen
class AlgorithmNotFound(NotFound):
    """No version of the algorithm has this id."""

    code: ClassVar[str] = "ALGORITHM_NOT_FOUND"
    algorithm_id: str


@frozen
class SettingNotFound(NotFound):
    """There is no setting of this name."""

    code: ClassVar[str] = "SETTING_NOT_FOUND"
    key: str


@frozen
class SpaceRetired(Conflict):
    """A retired space takes no captures and no subspaces."""

    code: ClassVar[str] = "SPACE_RETIRED"
    space_id: str


@frozen
class CentroidExists(Conflict):
    """The subspace has a centroid already, and a seed comes before the first capture."""

    code: ClassVar[str] = "CENTROID_EXISTS"
    subspace_id: str


@frozen
class CaptureKeyReused(Conflict):
    """This capture key was given before, with another capture."""

    code: ClassVar[str] = "CAPTURE_KEY_REUSED"
    capture_key: str


@frozen
class EmbeddingOfOtherModel(Invalid):
    """The embedding's model or dimension is not the space's."""

    code: ClassVar[str] = "EMBEDDING_OF_OTHER_MODEL"
    expected_model: str
    expected_dimension: int


@frozen
class EmbeddingUnusable(Invalid):
    """An embedding is 1 to 4,096 finite numbers, not all zero, within the range of 32-bit floats."""

    code: ClassVar[str] = "EMBEDDING_UNUSABLE"
    problem: str


@frozen
class ReadingDepthOutOfRange(Invalid):
    """reading_depth out of range: it lies between 0.0 and 1.5."""

    code: ClassVar[str] = "READING_DEPTH_OUT_OF_RANGE"
    value: str

    def __str__(self) -> str:
        return f"{self.message} {self.detail}"


@frozen
class FractionOutOfRange(Invalid):
    """The number does not lie between 0 and 1."""

    code: ClassVar[str] = "FRACTION_OUT_OF_RANGE"
    field: str
    value: str


@frozen
class UrlUnusable(Invalid):
    """The address is not one of a page on the web: with a host, without credentials, of at most 2,000 characters."""

    code: ClassVar[str] = "URL_UNUSABLE"
    problem: str


@frozen
class CapturedInFuture(Invalid):
    """The capture's own time is later than now by more than clocks differ."""

    code: ClassVar[str] = "CAPTURED_IN_FUTURE"
    captured_at: str


@frozen
class SettingInvalid(Invalid):
    """The setting cannot have this value."""

    code: ClassVar[str] = "SETTING_INVALID"
    key: str
    problem: str


@frozen
class FormulaInvalid(Invalid):
    """The text is not one of formulas over the known names, operators and functions."""

    code: ClassVar[str] = "FORMULA_INVALID"
    problem: str


@frozen
class NoActiveAlgorithm(Unavailable):
    """No version of the algorithm is active: activate one."""

    code: ClassVar[str] = "NO_ACTIVE_ALGORITHM"


@frozen
class AlgorithmExists(Conflict):
    """There is a version of the algorithm of this id, and its formulas stay as they are."""

    code: ClassVar[str] = "ALGORITHM_EXISTS"
    algorithm_id: str


@frozen
class AlgorithmNotInstalled(Conflict):
    """The database has no function of this version, or another: its owner installs it."""

    code: ClassVar[str] = "ALGORITHM_NOT_INSTALLED"
    algorithm_id: str


@frozen
class AlgorithmFailed(Unavailable):
    """The active algorithm raised an error or gave no number; nothing was kept."""

    code: ClassVar[str] = "ALGORITHM_FAILED"
    algorithm_id: str


@frozen
class EmbedderFailed(Unavailable):
    """The model that turns texts into embeddings gave none; nothing was kept."""

    code: ClassVar[str] = "EMBEDDER_FAILED"
    problem: str


@frozen
class SelfTestFailed(Conflict):
    """The database computes something else than the formula says, so the version was not activated."""

    code: ClassVar[str] = "SELF_TEST_FAILED"
    algorithm_id: str
    formula: str
