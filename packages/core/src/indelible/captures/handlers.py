"""The only writers of captures: load, decide, record."""

import logging
from collections.abc import Iterable

from attrs import frozen

from indelible.captures.commands import (
    ActivateAlgorithm,
    AlgorithmSaved,
    CaptureArtifactCommand,
    CaptureResult,
    ChangeSetting,
    CreateSpace,
    CreateSubspace,
    RegisterAlgorithm,
    RenameSpace,
    RenameSubspace,
    RetireSpace,
    RetireSubspace,
    SeedSubspace,
    SettingSaved,
    SpaceSaved,
    SubspaceSaved,
)
from indelible.captures.entities import AlgorithmVersion, Setting, Space, Subspace, as_embedding, moved
from indelible.captures.lifecycle import ALGORITHM, SETTING, SPACE, SUBSPACE
from indelible.captures.ports import CapturesRead, CaptureStore, CapturesWrite
from indelible.captures.rules.formulas import checksum_of
from indelible.captures.rules.golden import CASES, check_trial
from indelible.captures.rules.ingest import Asked, Shelf, computing, ingested, place_in
from indelible.captures.rules.placing import MarginResult, is_clear
from indelible.captures.rules.records import record_of
from indelible.captures.rules.tuning import DIMENSION, MODEL, check_setting, tuning_of
from indelible.captures.rules.urls import normalized_url
from indelible.kernel import Actor, Head, next_change

logger = logging.getLogger("indelible.captures")


def capture_artifact(tx: CapturesWrite, command: CaptureArtifactCommand) -> CaptureResult:
    """Keep that a user read something; the store computes what follows from it."""
    command.check_time(tx.clock.now())
    result = tx.artifacts.ingest_with_signal(command)
    logger.info("captured %s in space %s: %s", result.signal_id, command.space_id, result.decision)
    return result


@frozen
class CaptureHandler:
    """The handler as the hand-off names it: it opens the transaction, and calls `capture_artifact`."""

    store: CaptureStore

    def handle(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Keep the capture, in the name of the user who read."""
        return self.store.run(capture_artifact, command, actor=Actor.user(command.user_id), reason="captured")


def asked_by(tx: CapturesWrite, command: CaptureArtifactCommand) -> Asked:
    """The capture with the ids and the instant that the transaction gives it."""
    now = tx.clock.now()
    return Asked(
        given=command.given(),
        capture_key=command.key(now),
        normalized_url=normalized_url(command.url),
        signal_id=tx.ids.new(),
        artifact_id=tx.ids.new(),
        now=now,
        cause=tx,
    )


@frozen
class RepositoryOverShelf:
    """The port of captures over a store that cannot compute by itself; one for each transaction."""

    _tx: CapturesWrite
    _shelf: Shelf

    def ingest_with_signal(self, command: CaptureArtifactCommand) -> CaptureResult:
        """Keep the capture, decide where it belongs, and draw a centroid on; or all of nothing."""
        asked = asked_by(self._tx, command)
        signal = ingested(self._shelf, asked, tuning_of(self._tx.config))
        return CaptureResult.of(signal, replayed=signal.id != asked.signal_id)


@frozen
class MarginsOverShelf:
    """The look ahead over any store."""

    _tx: CapturesRead
    _shelf: Shelf

    def calculate_margin(self, vector: Iterable[float], user_id: str, space_id: str) -> MarginResult:
        """What the space's centroids say of the vector; SpaceNotFound."""
        space = self._tx.spaces.get(space_id).entity.of_user(user_id)
        wanted = as_embedding(vector)
        space.fits(space.model, len(wanted))
        return MarginResult.of(place_in(self._shelf, space_id, wanted, tuning_of(self._tx.config)))

    def calculate_margin_value(self, nearest: float, second: float) -> float:
        """What the active algorithm makes of two distances."""
        found: float = computing(self._shelf)("margin", nearest=nearest, second=second)
        return found

    def get_threshold(self) -> float:
        """The margin from which a capture draws its centroid on."""
        return tuning_of(self._tx.config).threshold

    def should_update_centroid(self, margin: float) -> bool:
        """Whether a capture of this margin draws its centroid on."""
        return is_clear(margin, self.get_threshold())


def create_space(tx: CapturesWrite, command: CreateSpace) -> SpaceSaved:
    """Begin a space; ConfigUnavailable where its model is left to settings that cannot be read."""
    now = tx.clock.now()
    space = Space(
        id=tx.ids.new(),
        user_id=command.user_id,
        name=command.name,
        model=tx.config.get(MODEL) if command.model is None else command.model,
        dimension=tx.config.get(DIMENSION) if command.dimension is None else command.dimension,
        status=SPACE.next("", "create"),
        created_at=now,
        updated_at=now,
    )
    return _save_space(tx, None, space, "create")


def rename_space(tx: CapturesWrite, command: RenameSpace) -> SpaceSaved:
    """Give a space another name."""
    head = tx.spaces.load(command.space_id, expected_seq=command.expected_seq)
    space = moved(SPACE, head.entity.of_user(command.user_id), "rename", now=tx.clock.now(), name=command.name)
    return _save_space(tx, head, space, "rename")


def retire_space(tx: CapturesWrite, command: RetireSpace) -> SpaceSaved:
    """Let a space take no more captures."""
    head = tx.spaces.load(command.space_id, expected_seq=command.expected_seq)
    return _save_space(
        tx, head, moved(SPACE, head.entity.of_user(command.user_id), "retire", now=tx.clock.now()), "retire"
    )


def create_subspace(tx: CapturesWrite, command: CreateSubspace) -> SubspaceSaved:
    """Begin a part of a space."""
    space, now = tx.captures.hold(command.space_id).entity.of_user(command.user_id).opened(), tx.clock.now()
    if command.seed is not None:
        space.fits(command.seed.model, command.seed.dimension)
    subspace = Subspace(
        id=tx.ids.new(),
        space_id=space.id,
        user_id=space.user_id,
        name=command.name,
        description=command.description,
        seed=None if command.seed is None else command.seed.values,
        status=SUBSPACE.next("", "create"),
        created_at=now,
        updated_at=now,
    )
    return _save_subspace(tx, None, subspace, "create")


def rename_subspace(tx: CapturesWrite, command: RenameSubspace) -> SubspaceSaved:
    """Give a subspace another name and description."""
    head = tx.subspaces.load(command.subspace_id, expected_seq=command.expected_seq)
    own = head.entity.of_user(command.user_id)
    said = {"name": command.name, "description": command.description}
    return _save_subspace(tx, head, moved(SUBSPACE, own, "rename", now=tx.clock.now(), **said), "rename")


def seed_subspace(tx: CapturesWrite, command: SeedSubspace) -> SubspaceSaved:
    """Give a subspace its first centroid, before any capture has."""
    own = tx.subspaces.get(command.subspace_id).entity.of_user(command.user_id)
    space = tx.captures.hold(own.space_id).entity.opened()  # before the subspace: captures lock in this order
    space.fits(command.seed.model, command.seed.dimension)
    head = tx.subspaces.load(command.subspace_id, expected_seq=command.expected_seq)
    centroid = tx.captures.centroid(command.subspace_id)
    return _save_subspace(tx, head, head.entity.seeded(command.seed.values, centroid, now=tx.clock.now()), "seed")


def retire_subspace(tx: CapturesWrite, command: RetireSubspace) -> SubspaceSaved:
    """Let a subspace take no more captures; what it has stays."""
    head = tx.subspaces.load(command.subspace_id, expected_seq=command.expected_seq)
    own = head.entity.of_user(command.user_id)
    return _save_subspace(tx, head, moved(SUBSPACE, own, "retire", now=tx.clock.now()), "retire")


def register_algorithm(tx: CapturesWrite, command: RegisterAlgorithm) -> AlgorithmSaved:
    """Keep a version of the algorithm."""
    now = tx.clock.now()
    algorithm = AlgorithmVersion(
        id=command.algorithm_id,
        formulas=command.formulas,
        checksum=checksum_of(command.formulas),
        status=ALGORITHM.next("", "register"),
        created_at=now,
        updated_at=now,
    )
    return _save_algorithm(tx, None, algorithm, "register")


def activate_algorithm(tx: CapturesWrite, command: ActivateAlgorithm) -> AlgorithmSaved:
    """Let captures be computed by this version from now on, or again; SelfTestFailed where the store computes else."""
    former = tx.captures.active()
    head = tx.algorithms.load(command.algorithm_id, expected_seq=command.expected_seq)
    algorithm = moved(ALGORITHM, head.entity, "activate", now=tx.clock.now())
    check_trial(algorithm, tx.captures.tried(algorithm, CASES))
    if former is not None:
        former = tx.algorithms.load(former.entity.id, expected_seq=former.place.seq)
        _save_algorithm(tx, former, moved(ALGORITHM, former.entity, "replace", now=tx.clock.now()), "replace")
    return _save_algorithm(tx, head, algorithm, "activate")


def change_setting(tx: CapturesWrite, command: ChangeSetting) -> SettingSaved:
    """Choose a setting's value; SettingNotFound or SettingInvalid."""
    check_setting(command.key, command.value)
    now = tx.clock.now()
    if command.expected_seq:
        head = tx.settings.load(command.key, expected_seq=command.expected_seq)
        return _save_setting(tx, head, moved(SETTING, head.entity, "change", now=now, value=command.value))
    status = SETTING.next("", "change")
    setting = Setting(id=command.key, value=command.value, status=status, created_at=now, updated_at=now)
    return _save_setting(tx, None, setting)


def _save_space(tx: CapturesWrite, head: Head[Space] | None, space: Space, action: str) -> SpaceSaved:
    change = next_change(tx, SPACE, head, space, action, record_of(space))
    tx.spaces.record(change, space)
    return SpaceSaved(space=space, seq=change.seq)


def _save_subspace(tx: CapturesWrite, head: Head[Subspace] | None, subspace: Subspace, action: str) -> SubspaceSaved:
    change = next_change(tx, SUBSPACE, head, subspace, action, record_of(subspace))
    tx.subspaces.record(change, subspace)
    return SubspaceSaved(subspace=subspace, seq=change.seq)


def _save_algorithm(
    tx: CapturesWrite, head: Head[AlgorithmVersion] | None, algorithm: AlgorithmVersion, action: str
) -> AlgorithmSaved:
    change = next_change(tx, ALGORITHM, head, algorithm, action, record_of(algorithm))
    tx.algorithms.record(change, algorithm)
    return AlgorithmSaved(algorithm=algorithm, seq=change.seq)


def _save_setting(tx: CapturesWrite, head: Head[Setting] | None, setting: Setting) -> SettingSaved:
    change = next_change(tx, SETTING, head, setting, "change", record_of(setting))
    tx.settings.record(change, setting)
    return SettingSaved(setting=setting, seq=change.seq)
