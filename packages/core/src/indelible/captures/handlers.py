"""The only writers of captures: load, decide, record."""

import logging
from collections.abc import Iterable
from typing import Any, TypeVar

from attrs import asdict, frozen

from indelible.captures import commands
from indelible.captures.commands import (
    AlgorithmSaved,
    CaptureResult,
    SettingSaved,
    SpaceSaved,
    SubspaceSaved,
)
from indelible.captures.entities import AlgorithmVersion, Setting, Space, Subspace, as_embedding
from indelible.captures.errors import AlgorithmExists
from indelible.captures.ports import CapturesRead, CapturesWrite
from indelible.captures.rules.formulas import CASES, checksum_of, verify_self_test
from indelible.captures.rules.ingest import CaptureStore, computing, ingest
from indelible.captures.rules.placing import MarginResult, choose_subspace, is_clear
from indelible.captures.rules.records import fingerprint_of
from indelible.captures.rules.tuning import DIMENSION, MODEL, check_setting, tuning_of
from indelible.kernel import Actor, Stale, Store
from indelible.kernel.aggregates import save_change
from indelible.kernel.history import AggregateRepository

Owned = TypeVar("Owned", Space, Subspace)
OnOwn = commands.SpaceCommand | commands.SubspaceCommand

logger = logging.getLogger("indelible.captures")


def capture_artifact(tx: CapturesWrite, command: commands.CaptureArtifactCommand) -> CaptureResult:
    """Keep that a user read something; the store computes what follows from it."""
    command.check_time(tx.clock.now())
    result = tx.artifacts.ingest_with_signal(command)
    logger.info("captured %s in space %s: %s", result.signal_id, command.space_id, result.decision)
    return result


@frozen
class CaptureHandler:
    """The handler as the hand-off names it: it opens the transaction, and calls `capture_artifact`."""

    store: Store[CapturesRead, CapturesWrite]

    def handle(self, command: commands.CaptureArtifactCommand) -> CaptureResult:
        """Keep the capture, in the name of the user who read."""
        return self.store.run(
            capture_artifact, command, actor=Actor.user(command.user_id), reason="captured"
        )


def capture_values(tx: CapturesWrite, command: commands.CaptureArtifactCommand) -> dict[str, Any]:
    """What the caller and the transaction say of a capture, by the columns that keep it, as if its page were new."""
    now = tx.clock.now()
    said = command.values(now)
    return {
        **said,
        "id": tx.ids.new(),
        "artifact_id": tx.ids.new(),
        "recorded_at": now,
        "fingerprint": fingerprint_of(said),
        "actor": tx.actor,
        "reason": tx.reason,
        "request_id": tx.request_id,
    }


@frozen
class PythonIngest:
    """The port of captures over a store that cannot compute by itself; one for each transaction."""

    _tx: CapturesWrite
    _shelf: CaptureStore

    def ingest_with_signal(self, command: commands.CaptureArtifactCommand) -> CaptureResult:
        said = capture_values(self._tx, command)
        signal = ingest(self._shelf, said, tuning_of(self._tx.config))
        return CaptureResult.of(signal, replayed=signal.id != said["id"])


@frozen
class MarginService:
    """The look ahead over any store."""

    _tx: CapturesRead
    _shelf: CaptureStore

    def calculate_margin(
        self, vector: Iterable[float], user_id: str, space_id: str
    ) -> MarginResult:
        space, wanted = (
            self._tx.spaces.get(space_id).entity.require_owner(user_id).require_active(),
            as_embedding(vector),
        )
        space.require_model(space.model, len(wanted))
        compute = computing(self._shelf)
        return choose_subspace(
            self._shelf.near(space_id, wanted, None), None, tuning_of(self._tx.config), compute
        )

    def calculate_margin_value(self, nearest: float, second: float) -> float:
        return float(computing(self._shelf)("margin", nearest=nearest, second=second))

    def get_threshold(self) -> float:
        return tuning_of(self._tx.config).threshold

    def should_update_centroid(self, margin: float) -> bool:
        return is_clear(margin, self.get_threshold())


def create_space(tx: CapturesWrite, command: commands.CreateSpace) -> SpaceSaved:
    """Begin a space; ConfigUnavailable where its model is left to settings that cannot be read."""
    said = asdict(command)
    said["model"] = tx.config.get(MODEL) if command.model is None else command.model
    said["dimension"] = tx.config.get(DIMENSION) if command.dimension is None else command.dimension
    space = Space.create("create", now=tx.clock.now(), id=tx.ids.new(), **said)
    return SpaceSaved(space=space, seq=save_change(tx, tx.spaces, None, space, "create"))


def rename_space(tx: CapturesWrite, command: commands.RenameSpace) -> SpaceSaved:
    """Give a space another name."""
    space, seq = _moved(tx, tx.spaces, command.space_id, command, "rename", name=command.name)
    return SpaceSaved(space=space, seq=seq)


def retire_space(tx: CapturesWrite, command: commands.RetireSpace) -> SpaceSaved:
    """Let a space take no more captures."""
    space, seq = _moved(tx, tx.spaces, command.space_id, command, "retire")
    return SpaceSaved(space=space, seq=seq)


def create_subspace(tx: CapturesWrite, command: commands.CreateSubspace) -> SubspaceSaved:
    """Begin a part of a space."""
    space = (
        tx.captures.lock(command.space_id).entity.require_owner(command.user_id).require_active()
    )
    said = asdict(command, recurse=False)
    if command.seed is not None:
        space.require_model(command.seed.model, command.seed.dimension)
        said["seed"] = command.seed.values
    subspace = Subspace.create("create", now=tx.clock.now(), id=tx.ids.new(), **said)
    return SubspaceSaved(
        subspace=subspace, seq=save_change(tx, tx.subspaces, None, subspace, "create")
    )


def rename_subspace(tx: CapturesWrite, command: commands.RenameSubspace) -> SubspaceSaved:
    """Give a subspace another name and description."""
    said = {"name": command.name, "description": command.description}
    subspace, seq = _moved(tx, tx.subspaces, command.subspace_id, command, "rename", **said)
    return SubspaceSaved(subspace=subspace, seq=seq)


def seed_subspace(tx: CapturesWrite, command: commands.SeedSubspace) -> SubspaceSaved:
    """Give a subspace its first centroid, before any capture has."""
    own = tx.subspaces.get(command.subspace_id).entity.require_owner(command.user_id)
    space = tx.captures.lock(
        own.space_id
    ).entity.require_active()  # before the subspace: captures lock in this order
    space.require_model(command.seed.model, command.seed.dimension)
    head = tx.subspaces.load(command.subspace_id, expected_seq=command.expected_seq)
    seeded = head.entity.seeded(
        command.seed.values, tx.captures.centroid(own.id), now=tx.clock.now()
    )
    return SubspaceSaved(subspace=seeded, seq=save_change(tx, tx.subspaces, head, seeded, "seed"))


def retire_subspace(tx: CapturesWrite, command: commands.RetireSubspace) -> SubspaceSaved:
    """Let a subspace take no more captures; what it has stays."""
    subspace, seq = _moved(tx, tx.subspaces, command.subspace_id, command, "retire")
    return SubspaceSaved(subspace=subspace, seq=seq)


def register_algorithm(tx: CapturesWrite, command: commands.RegisterAlgorithm) -> AlgorithmSaved:
    """Keep a version of the algorithm; AlgorithmExists."""
    said = {
        "id": command.algorithm_id,
        "formulas": command.formulas,
        "checksum": checksum_of(command.formulas),
    }
    algorithm = AlgorithmVersion.create("register", now=tx.clock.now(), **said)
    try:
        return AlgorithmSaved(
            algorithm=algorithm, seq=save_change(tx, tx.algorithms, None, algorithm, "register")
        )
    except Stale as taken:
        raise AlgorithmExists(command.algorithm_id) from taken


def activate_algorithm(tx: CapturesWrite, command: commands.ActivateAlgorithm) -> AlgorithmSaved:
    """Let captures be computed by this version from now on, or again; SelfTestFailed where the store computes else."""
    former = tx.captures.active()
    head = tx.algorithms.load(command.algorithm_id, expected_seq=command.expected_seq)
    algorithm = head.entity.transition("activate", now=tx.clock.now())
    verify_self_test(algorithm, tx.captures.run_self_test(algorithm, CASES))
    if former is not None:
        former = tx.algorithms.load(former.entity.id, expected_seq=former.revision.seq)
        save_change(
            tx,
            tx.algorithms,
            former,
            former.entity.transition("replace", now=tx.clock.now()),
            "replace",
        )
    return AlgorithmSaved(
        algorithm=algorithm, seq=save_change(tx, tx.algorithms, head, algorithm, "activate")
    )


def change_setting(tx: CapturesWrite, command: commands.ChangeSetting) -> SettingSaved:
    """Choose a setting's value; SettingNotFound or SettingInvalid."""
    check_setting(command.key, command.value)
    head, now = None, tx.clock.now()
    if command.expected_seq:
        head = tx.settings.load(command.key, expected_seq=command.expected_seq)
        setting = head.entity.transition("change", now=now, value=command.value)
    else:
        setting = Setting.create("change", now=now, id=command.key, value=command.value)
    return SettingSaved(setting=setting, seq=save_change(tx, tx.settings, head, setting, "change"))


def _moved(
    tx: CapturesWrite,
    heads: AggregateRepository[Owned],
    entity_id: str,
    command: OnOwn,
    action: str,
    **other: object,
) -> tuple[Owned, int]:
    """What is the user's after a step, and its seq; another user's is not found, whichever seq is guessed."""
    heads.get(entity_id).entity.require_owner(command.user_id)
    head = heads.load(entity_id, expected_seq=command.expected_seq)
    entity = head.entity.transition(action, now=tx.clock.now(), **other)
    return entity, save_change(tx, heads, head, entity, action)
