"""The commands of captures, and the results of their handlers."""

from datetime import datetime, timedelta
from typing import ClassVar, Final, Self

from attrs import asdict, field, frozen

from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace
from indelible.captures.entities.records import CaptureRequest, Signal
from indelible.captures.entities.values import (
    CaptureKey,
    ContentSource,
    Decision,
    Depth,
    EngagementLevel,
    ExactNatural,
    Fraction,
)
from indelible.captures.entities.vectors import Dimension, EmbeddingVector, as_embedding
from indelible.captures.errors import CapturedInFuture
from indelible.captures.rules.formulas import is_formulas
from indelible.captures.rules.records import fingerprint_of
from indelible.captures.rules.urls import is_url, normalized_url
from indelible.kernel import Ids, digest, instant_text
from indelible.kernel.audit import HasAuditContext
from indelible.kernel.kinds import (
    Count,
    Identifier,
    Instant,
    Label,
    Natural,
    ShortText,
    Text,
    kinds,
)
from indelible.kernel.settings import Setting
from indelible.kernel.values import TEXT

MAX_CLOCK_DIFFERENCE: Final = timedelta(minutes=5)


@frozen(kw_only=True, field_transformer=kinds)
class CaptureInput:
    """A capture as a client describes it, without the user and the embedding."""

    space_id: Identifier
    url: str = field(validator=is_url, metadata=TEXT)
    reading_depth: Depth = 0.0
    scroll_depth: Fraction = 0.0
    dwell_time_ms: ExactNatural = 0
    word_count: ExactNatural = 0
    engagement_level: EngagementLevel = EngagementLevel.LATENT
    content_source: ContentSource = ContentSource.WEB
    subspace_id: Identifier | None = None
    session_id: Identifier | None = None
    title: ShortText | None = None
    content: Text | None = None
    captured_at: Instant | None = None
    capture_key: CaptureKey | None = None


@frozen(kw_only=True, field_transformer=kinds)
class CaptureArtifactCommand(CaptureInput):
    """Save a capture: what a user read, how deeply, and the embedding of what it is about.

    The same `capture_key` again returns the first result. Without one, the key is a digest of user,
    space, page, time and vector.
    """

    command_name: ClassVar[str] = "capture_artifact"
    user_id: Identifier
    embedding: tuple[float, ...] = field(converter=as_embedding)
    embedding_model: Identifier

    def to_request(self, now: datetime, ids: Ids, audit: HasAuditContext) -> CaptureRequest:
        """Return the capture with new ids, the time and the audit context of its transaction."""
        fields = asdict(self, recurse=False)
        fields["vector"] = fields.pop("embedding")
        fields["named_subspace_id"] = fields.pop("subspace_id")
        fields["normalized_url"] = normalized_url(self.url)
        if self.capture_key is None:
            fields["capture_key"] = self._derived_key(fields["normalized_url"], now)
        return CaptureRequest(
            **fields,
            id=ids.new(),
            artifact_id=ids.new(),
            recorded_at=now,
            fingerprint=fingerprint_of(fields),
            actor=audit.actor,
            reason=audit.reason,
            request_id=audit.request_id,
        )

    def _derived_key(self, page: str, now: datetime) -> str:
        """Return the key of a capture that has none: a digest of what identifies it."""
        captured_at = self.captured_at or now
        return digest([self.user_id, self.space_id, page, captured_at, self.embedding])

    def check_time(self, now: datetime) -> None:
        """Raise CapturedInFuture where the client's time is later than clocks differ.

        Such a capture would keep the title and the content of its artifact until that time.
        """
        if self.captured_at is not None and self.captured_at > now + MAX_CLOCK_DIFFERENCE:
            raise CapturedInFuture(instant_text(self.captured_at))


@frozen(kw_only=True)
class CaptureResult:
    """The result of a capture.

    `replayed`: the capture key was saved before, this is the first result, and nothing was written.
    """

    artifact_id: str
    signal_id: str
    is_new: bool
    replayed: bool
    subspace_id: str | None
    decision: Decision
    margin: float | None
    updates_centroid: bool
    magnitude: float
    engagement_level: EngagementLevel
    algorithm_version: str
    warnings: tuple[str, ...]

    @classmethod
    def of(cls, signal: Signal, *, replayed: bool) -> Self:
        """Return the result of the capture that a signal records."""
        return cls(
            artifact_id=signal.artifact_id,
            signal_id=signal.id,
            is_new=signal.artifact_seq == 1,
            replayed=replayed,
            subspace_id=signal.subspace_id,
            decision=signal.decision,
            margin=signal.margin,
            updates_centroid=signal.applied_seq is not None,
            magnitude=signal.magnitude,
            engagement_level=signal.reached_level,
            algorithm_version=signal.algorithm_id,
            warnings=signal.warnings,
        )


@frozen(kw_only=True, field_transformer=kinds)
class CreateSpace:
    """Create a space. Its model and dimension default to the settings and never change."""

    command_name: ClassVar[str] = "create_space"
    user_id: Identifier
    name: Label
    model: Identifier | None = None
    dimension: Dimension | None = None


@frozen(kw_only=True, field_transformer=kinds)
class SpaceCommand:
    """A command on a user's space, as the caller last saw it."""

    user_id: Identifier
    space_id: Identifier
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class RenameSpace(SpaceCommand):
    """Rename a space."""

    command_name: ClassVar[str] = "rename_space"
    name: Label


@frozen(kw_only=True)
class RetireSpace(SpaceCommand):
    """Retire a space for good: it takes no more captures."""

    command_name: ClassVar[str] = "retire_space"


@frozen(kw_only=True)
class SpaceSaved:
    """A space, and the seq that the next command on it must expect."""

    space: Space
    seq: int


@frozen(kw_only=True, field_transformer=kinds)
class CreateSubspace:
    """Create a subspace, with its first centroid where one is known."""

    command_name: ClassVar[str] = "create_subspace"
    user_id: Identifier
    space_id: Identifier
    name: Label
    description: Text = ""
    seed: EmbeddingVector | None = None


@frozen(kw_only=True, field_transformer=kinds)
class SubspaceCommand:
    """A command on a user's subspace, as the caller last saw it."""

    user_id: Identifier
    subspace_id: Identifier
    expected_seq: Count


@frozen(kw_only=True, field_transformer=kinds)
class RenameSubspace(SubspaceCommand):
    """Change the name and the description of a subspace."""

    command_name: ClassVar[str] = "rename_subspace"
    name: Label
    description: Text = ""


@frozen(kw_only=True, field_transformer=kinds)
class SeedSubspace(SubspaceCommand):
    """Set the first centroid of a subspace that has none."""

    command_name: ClassVar[str] = "seed_subspace"
    seed: EmbeddingVector


@frozen(kw_only=True)
class RetireSubspace(SubspaceCommand):
    """Retire a subspace for good: it takes no more captures."""

    command_name: ClassVar[str] = "retire_subspace"


@frozen(kw_only=True)
class SubspaceSaved:
    """A subspace, and the seq that the next command on it must expect."""

    subspace: Subspace
    seq: int


@frozen(kw_only=True, field_transformer=kinds)
class RegisterAlgorithm:
    """Register an algorithm version, which stays inactive."""

    command_name: ClassVar[str] = "register_algorithm"
    algorithm_id: Identifier
    formulas: str = field(validator=is_formulas, metadata=TEXT)


@frozen(kw_only=True, field_transformer=kinds)
class ActivateAlgorithm:
    """Compute later captures by this version, after the store has passed its self-test."""

    command_name: ClassVar[str] = "activate_algorithm"
    algorithm_id: Identifier
    expected_seq: Count


@frozen(kw_only=True)
class AlgorithmSaved:
    """An algorithm version, and the seq that the next command on it must expect."""

    algorithm: AlgorithmVersion
    seq: int


@frozen(kw_only=True, field_transformer=kinds)
class ChangeSetting:
    """Change a setting to a value in JSON; the first change expects seq 0."""

    command_name: ClassVar[str] = "change_setting"
    key: Identifier
    value: Label
    expected_seq: Natural


@frozen(kw_only=True)
class SettingSaved:
    """A setting, and the seq that the next command on it must expect."""

    setting: Setting
    seq: int
