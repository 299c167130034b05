"""The handlers of captures: one function for each command, and the only writers."""

import logging
from typing import Any, Final

from attrs import asdict, frozen

from indelible.captures import commands
from indelible.captures.commands import (
    AlgorithmSaved,
    CaptureResult,
    SettingSaved,
    SpaceSaved,
    SubspaceSaved,
)
from indelible.captures.entities.aggregates import AlgorithmVersion, Space, Subspace
from indelible.captures.errors import AlgorithmExists, EmbeddingNotNamed
from indelible.captures.ports import CapturesRead, CapturesWrite
from indelible.captures.rules.evaluation import SELF_TEST_CASES, verify_self_test
from indelible.captures.rules.formulas import ANCHORED, checksum_of
from indelible.captures.rules.tuning import EMBEDDING_DIMENSION, EMBEDDING_MODEL, check_setting
from indelible.kernel import Actor, AuditContext, Head, Stale, Store
from indelible.kernel.aggregates import save_change
from indelible.kernel.settings import Setting

DEFAULT_ALGORITHM_ID: Final = "oscl-3"
DEFAULT_ACTOR: Final = Actor.system("defaults")
DEFAULT_REASON: Final = "default algorithm"

logger = logging.getLogger("indelible.captures")


def capture_artifact(tx: CapturesWrite, command: commands.CaptureArtifactCommand) -> CaptureResult:
    """Save a capture; the store computes everything that follows from it."""
    command.check_time(tx.clock.now())
    result = tx.captures.artifacts.ingest_with_signal(command)
    logger.info("captured %s in space %s: %s", result.signal_id, command.space_id, result.decision)
    return result


@frozen
class CaptureHandler:
    """The handler that seed 001 names: it opens the transaction and calls `capture_artifact`."""

    store: Store[CapturesRead, CapturesWrite]

    def handle(self, command: commands.CaptureArtifactCommand) -> CaptureResult:
        """Save the capture on behalf of the user who read."""
        return self.store.run(
            capture_artifact, command, actor=Actor.user(command.user_id), reason="captured"
        )


def create_space(tx: CapturesWrite, command: commands.CreateSpace) -> SpaceSaved:
    """Create a space; where the policy has a default algorithm, the first one activates it.

    Raises:
        EmbeddingNotNamed: Neither the command nor a setting names the model or the dimension.
        ConfigUnavailable: Their settings cannot be read.
    """
    model, dimension = _embedding_of(tx, command)
    if tx.policy.captures.has_default_algorithm:
        _activate_default_algorithm(tx)

    space = Space.create(
        "create",
        now=tx.clock.now(),
        id=tx.ids.new(),
        user_id=command.user_id,
        name=command.name,
        model=model,
        dimension=dimension,
    )
    seq = save_change(tx, tx.captures.spaces, None, space, "create")
    return SpaceSaved(space=space, seq=seq)


def rename_space(tx: CapturesWrite, command: commands.RenameSpace) -> SpaceSaved:
    """Rename a space."""
    return _change_space(tx, command, "rename", name=command.name)


def retire_space(tx: CapturesWrite, command: commands.RetireSpace) -> SpaceSaved:
    """Retire a space: it takes no more captures."""
    return _change_space(tx, command, "retire")


def create_subspace(tx: CapturesWrite, command: commands.CreateSubspace) -> SubspaceSaved:
    """Create a subspace of a space."""
    space = tx.captures.spaces.lock(command.space_id).entity
    space.require_owner(command.user_id).require_active()
    fields = asdict(command, recurse=False)
    if command.seed is not None:
        space.require_model(command.seed.model, command.seed.dimension)
        fields["seed"] = command.seed.values

    subspace = Subspace.create("create", now=tx.clock.now(), id=tx.ids.new(), **fields)
    seq = save_change(tx, tx.captures.subspaces, None, subspace, "create")
    return SubspaceSaved(subspace=subspace, seq=seq)


def rename_subspace(tx: CapturesWrite, command: commands.RenameSubspace) -> SubspaceSaved:
    """Change the name and the description of a subspace."""
    return _change_subspace(
        tx, command, "rename", name=command.name, description=command.description
    )


def seed_subspace(tx: CapturesWrite, command: commands.SeedSubspace) -> SubspaceSaved:
    """Set the first centroid of a subspace, before any capture has moved it."""
    own = tx.captures.subspaces.get(command.subspace_id).entity.require_owner(command.user_id)
    # Captures lock the space before the subspace, and so must this.
    space, head, centroid = tx.read_together(
        lambda: tx.captures.spaces.lock(own.space_id),
        lambda: tx.captures.subspaces.lock(own.id),
        lambda: tx.captures.search.centroid(own.id),
    )
    space.entity.require_active().require_model(command.seed.model, command.seed.dimension)
    head = head.expected(command.expected_seq)
    seeded = head.entity.seeded(command.seed.values, centroid, now=tx.clock.now())
    seq = save_change(tx, tx.captures.subspaces, head, seeded, "seed")
    return SubspaceSaved(subspace=seeded, seq=seq)


def retire_subspace(tx: CapturesWrite, command: commands.RetireSubspace) -> SubspaceSaved:
    """Retire a subspace: it takes no more captures and keeps those it has."""
    return _change_subspace(tx, command, "retire")


def register_algorithm(tx: CapturesWrite, command: commands.RegisterAlgorithm) -> AlgorithmSaved:
    """Register an algorithm version, which stays inactive; AlgorithmExists."""
    if tx.captures.algorithms.find({"id": command.algorithm_id}, limit=1):
        raise AlgorithmExists(command.algorithm_id)

    algorithm = AlgorithmVersion.create(
        "register",
        now=tx.clock.now(),
        id=command.algorithm_id,
        formulas=command.formulas,
        checksum=checksum_of(command.formulas),
    )
    try:
        seq = save_change(tx, tx.captures.algorithms, None, algorithm, "register")
    except Stale as error:
        raise AlgorithmExists(command.algorithm_id) from error
    return AlgorithmSaved(algorithm=algorithm, seq=seq)


def activate_algorithm(tx: CapturesWrite, command: commands.ActivateAlgorithm) -> AlgorithmSaved:
    """Activate an algorithm version for later captures; SelfTestFailed."""
    active = tx.captures.search.active_algorithm()
    head = tx.captures.algorithms.load(command.algorithm_id, expected_seq=command.expected_seq)
    algorithm = head.entity.transition("activate", now=tx.clock.now())
    verify_self_test(algorithm, tx.captures.engine.run_self_test(algorithm, SELF_TEST_CASES))

    if active is not None:
        _replace_algorithm(tx, active)
    seq = save_change(tx, tx.captures.algorithms, head, algorithm, "activate")
    return AlgorithmSaved(algorithm=algorithm, seq=seq)


def change_setting(tx: CapturesWrite, command: commands.ChangeSetting) -> SettingSaved:
    """Change the value of a setting; SettingNotFound or SettingInvalid."""
    check_setting(command.key, command.value)
    now = tx.clock.now()
    head = None
    if command.expected_seq:
        head = tx.settings.load(command.key, expected_seq=command.expected_seq)
        setting = head.entity.transition("change", now=now, value=command.value)
    elif stored := tx.settings.find({"id": command.key}, limit=1):
        raise Stale(command.key, command.expected_seq, stored[0].revision.seq)
    else:
        setting = Setting.create("change", now=now, id=command.key, value=command.value)
    seq = save_change(tx, tx.settings, head, setting, "change")
    return SettingSaved(setting=setting, seq=seq)


def _embedding_of(tx: CapturesWrite, command: commands.CreateSpace) -> tuple[str, int]:
    """Return the model and the dimension of a new space.

    The default of the policy is used as a pair, where neither the command nor the settings name a
    model: a dimension of another model would be a guess.
    """
    model = command.model or tx.config.get_stored(EMBEDDING_MODEL)
    dimension = command.dimension or tx.config.get_stored(EMBEDDING_DIMENSION)
    default = tx.policy.captures.default_embedding
    if model is None and default is not None:
        model, dimension = default.model, dimension or default.dimension

    if model is None:
        raise EmbeddingNotNamed("model", EMBEDDING_MODEL.name)
    if dimension is None:
        raise EmbeddingNotNamed("dimension", EMBEDDING_DIMENSION.name)

    return model, dimension


def _activate_default_algorithm(tx: CapturesWrite) -> None:
    """Register and activate the default version in a store that never had an algorithm.

    A version that an operator has registered is left as it is, also before its activation. The
    changes name the system as their actor: the user who creates a space has not decided this.
    """
    repository = tx.captures.algorithms
    if repository.page(after="", limit=1):
        return

    now = tx.clock.now()
    registered = AlgorithmVersion.create(
        "register",
        now=now,
        id=DEFAULT_ALGORITHM_ID,
        formulas=ANCHORED,
        checksum=checksum_of(ANCHORED),
    )
    active = registered.transition("activate", now=now)
    verify_self_test(active, tx.captures.engine.run_self_test(active, SELF_TEST_CASES))

    audit = AuditContext(actor=DEFAULT_ACTOR, reason=DEFAULT_REASON, request_id=tx.request_id)
    save_change(audit, repository, None, registered, "register")
    head = repository.load(DEFAULT_ALGORITHM_ID, expected_seq=1)
    save_change(audit, repository, head, active, "activate")


def _change_space(
    tx: CapturesWrite,
    command: commands.SpaceCommand,
    action: str,
    **changes: Any,  # noqa: ANN401 - the fields of a space
) -> SpaceSaved:
    """Save a space's next state. Another user's space is not found, whatever the expected seq."""
    repository = tx.captures.spaces
    head = repository.lock(command.space_id)
    head.entity.require_owner(command.user_id)
    head = head.expected(command.expected_seq)
    space = head.entity.transition(action, now=tx.clock.now(), **changes)
    return SpaceSaved(space=space, seq=save_change(tx, repository, head, space, action))


def _change_subspace(
    tx: CapturesWrite,
    command: commands.SubspaceCommand,
    action: str,
    **changes: Any,  # noqa: ANN401 - the fields of a subspace
) -> SubspaceSaved:
    """Save a subspace's next state. Another user's subspace is not found, whatever the seq."""
    repository = tx.captures.subspaces
    head = repository.lock(command.subspace_id)
    head.entity.require_owner(command.user_id)
    head = head.expected(command.expected_seq)
    subspace = head.entity.transition(action, now=tx.clock.now(), **changes)
    return SubspaceSaved(subspace=subspace, seq=save_change(tx, repository, head, subspace, action))


def _replace_algorithm(tx: CapturesWrite, active: Head[AlgorithmVersion]) -> None:
    """Mark the algorithm version that was active until now as replaced."""
    head = tx.captures.algorithms.load(active.entity.id, expected_seq=active.revision.seq)
    replaced = head.entity.transition("replace", now=tx.clock.now())
    save_change(tx, tx.captures.algorithms, head, replaced, "replace")
