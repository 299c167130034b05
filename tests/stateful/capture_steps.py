"""Steps of captures: each becomes a command that fits the spaces of the oracle."""

from tests.stateful.steps import ALL, Call, Step, Twist, World, expected_seq, pick_newest

from indelible import captures
from indelible.captures import SPHERICAL, EmbeddingVector, SpaceSaved, SubspaceSaved
from indelible.kernel.settings import setting_texts
from indelible.testing.captures.scenarios import MODEL

USER = "maya"
OTHER_USER = "noor"
OTHER_MODEL = "other"
ALGORITHM_ID = "oscl-1"
THRESHOLD = "assignment_margin_threshold"
VECTORS = (
    (1.0, 0.0, 0.0),
    (0.6, 0.8, 0.0),
    (0.0, 0.0, 1.0),
    (0.9, 0.3, 0.3),
    (0.85, 0.5, 0.1),
    (0.1, 0.7, 0.7),
)


def all_spaces(world: World) -> tuple[SpaceSaved, ...]:
    """Return all spaces."""
    return world.oracle.read(captures.list_spaces, USER, limit=ALL)


def all_subspaces(world: World) -> list[SubspaceSaved]:
    """Return the subspaces of all spaces."""
    subspaces: list[SubspaceSaved] = []
    for saved in all_spaces(world):
        subspaces += world.oracle.read(captures.list_subspaces, USER, saved.space.id, limit=ALL)

    return subspaces


def vector_of(step: Step) -> tuple[float, ...]:
    """Return one of the vectors, changed a little so that centroids move."""
    first, second, third = VECTORS[step.pick % len(VECTORS)]
    return (first + step.pick % 7 / 10, second, third)


def create_space(_: World, step: Step) -> Call:
    """Create a space; an illegal step leaves its model to the settings, which name none."""
    is_illegal = step.twist is Twist.ILLEGAL
    command = captures.CreateSpace(
        user_id=USER,
        name=f"space {step.pick}",
        model=None if is_illegal else MODEL,
        dimension=None if is_illegal else 3,
    )
    return Call(captures.create_space, command)


def create_subspace(world: World, step: Step) -> Call:
    """Create a subspace with or without a seed; an illegal one has a seed of another model."""
    saved = pick_newest(all_spaces(world), step.pick)
    if saved is None:
        return create_space(world, step)

    seed = None
    if step.pick % 4:
        model = OTHER_MODEL if step.twist is Twist.ILLEGAL else MODEL
        seed = EmbeddingVector(values=vector_of(step), model=model)

    command = captures.CreateSubspace(
        user_id=USER, space_id=saved.space.id, name=f"part {step.pick}", seed=seed
    )
    return Call(captures.create_subspace, command)


def change_space(world: World, step: Step) -> Call:
    """Rename a space, or rename or seed a subspace; an illegal step is another user's."""
    saved = pick_newest(all_spaces(world), step.pick)
    if saved is None:
        return create_space(world, step)

    user_id = OTHER_USER if step.twist is Twist.ILLEGAL else USER
    saved_subspace = pick_newest(all_subspaces(world), step.pick)
    if saved_subspace is None or step.pick % 3 == 0:
        command = captures.RenameSpace(
            user_id=user_id,
            space_id=saved.space.id,
            expected_seq=expected_seq(step, saved.seq),
            name=f"renamed {step.pick}",
        )
        return Call(captures.rename_space, command)

    return _change_subspace(step, saved_subspace, user_id)


def _change_subspace(step: Step, saved: SubspaceSaved, user_id: str) -> Call:
    seq = expected_seq(step, saved.seq)
    if step.pick % 3 == 1:
        seed = captures.SeedSubspace(
            user_id=user_id,
            subspace_id=saved.subspace.id,
            expected_seq=seq,
            seed=EmbeddingVector(values=vector_of(step), model=MODEL),
        )
        return Call(captures.seed_subspace, seed)

    rename = captures.RenameSubspace(
        user_id=user_id,
        subspace_id=saved.subspace.id,
        expected_seq=seq,
        name=f"renamed {step.pick}",
    )
    return Call(captures.rename_subspace, rename)


def capture(world: World, step: Step) -> Call:
    """Capture a page; a stale step reuses a capture key, an illegal one names another model."""
    saved = pick_newest(all_spaces(world), step.pick)
    if saved is None:
        return create_space(world, step)

    command = captures.CaptureArtifactCommand(
        user_id=USER,
        space_id=saved.space.id,
        url=f"https://example.org/{step.pick % 5}",
        embedding=vector_of(step),
        embedding_model=OTHER_MODEL if step.twist is Twist.ILLEGAL else MODEL,
        reading_depth=step.pick % 15 / 10,
        word_count=step.pick % 900,
        dwell_time_ms=step.pick,
        capture_key="key-1" if step.twist is Twist.STALE else None,
        title=step.content.name[:50] or None,
    )
    return Call(captures.capture_artifact, command)


def change_setting(world: World, step: Step) -> Call:
    """Change the threshold; an illegal value is out of range."""
    seq = 0
    texts = world.oracle.read(lambda tx: setting_texts(tx.settings))
    if THRESHOLD in texts:
        saved_seq = world.oracle.read(lambda tx: tx.settings.get(THRESHOLD).revision.seq)
        seq = expected_seq(step, saved_seq)

    value = f"0.{step.pick % 9 + 1}"
    if step.twist is Twist.ILLEGAL:
        value = "7"

    command = captures.ChangeSetting(key=THRESHOLD, value=value, expected_seq=seq)
    return Call(captures.change_setting, command)


def set_algorithm(world: World, step: Step) -> Call:
    """Register the algorithm, then activate it."""
    versions = world.oracle.read(captures.list_algorithms)
    if not versions:
        register = captures.RegisterAlgorithm(algorithm_id=ALGORITHM_ID, formulas=SPHERICAL)
        return Call(captures.register_algorithm, register)

    activate = captures.ActivateAlgorithm(
        algorithm_id=ALGORITHM_ID, expected_seq=expected_seq(step, versions[0].seq)
    )
    return Call(captures.activate_algorithm, activate)
