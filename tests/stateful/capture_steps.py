"""Steps of captures: each becomes a command that fits what the oracle holds."""

from typing import Any

from tests.stateful.steps import Call, Step, Twist, expected_seq, pick_near

from indelible import captures
from indelible.captures import SPHERICAL, EmbeddingVector, SpaceSaved, SubspaceSaved
from indelible.kernel.settings import setting_texts
from indelible.testing.captures.scenarios import MODEL
from indelible.testing.stores import AnyStore

USER = "maya"
ALGORITHM_ID = "oscl-1"
THRESHOLD = "assignment_margin_threshold"
MANY = 1_000
VECTORS = (
    (1.0, 0.0, 0.0),
    (0.6, 0.8, 0.0),
    (0.0, 0.0, 1.0),
    (0.9, 0.3, 0.3),
    (0.85, 0.5, 0.1),
    (0.1, 0.7, 0.7),
)


def spaces(oracle: AnyStore) -> tuple[SpaceSaved, ...]:
    """Return every space."""
    return oracle.read(captures.list_spaces, USER, limit=MANY)


def subspaces(oracle: AnyStore) -> list[SubspaceSaved]:
    """Return every subspace."""
    found: list[SubspaceSaved] = []
    for space in spaces(oracle):
        found += oracle.read(captures.list_subspaces, USER, space.space.id, limit=MANY)
    return found


def vector_of(step: Step) -> tuple[float, ...]:
    """Return one of the vectors, bent a little so that centroids move."""
    first, second, third = VECTORS[step.pick % len(VECTORS)]
    return (first + step.pick % 7 / 10, second, third)


def create_space(oracle: AnyStore, step: Step) -> Call:
    """Create a space; an illegal step leaves its model to settings that nobody changed."""
    del oracle
    is_illegal = step.twist is Twist.ILLEGAL
    command = captures.CreateSpace(
        user_id=USER,
        name=f"space {step.pick}",
        model=None if is_illegal else MODEL,
        dimension=None if is_illegal else 3,
    )
    return Call(captures.create_space, command)


def create_subspace(oracle: AnyStore, step: Step) -> Call:
    """Create a subspace with or without a seed; an illegal one has a seed of another model."""
    space = pick_near(spaces(oracle), step.pick)
    if space is None:
        return create_space(oracle, step)

    model = "other" if step.twist is Twist.ILLEGAL else MODEL
    seed = EmbeddingVector(values=vector_of(step), model=model) if step.pick % 4 else None
    command = captures.CreateSubspace(
        user_id=USER, space_id=space.space.id, name=f"part {step.pick}", seed=seed
    )
    return Call(captures.create_subspace, command)


def change_space(oracle: AnyStore, step: Step) -> Call:
    """Rename or retire a space or a subspace; an illegal step is another user's."""
    user_id = "noor" if step.twist is Twist.ILLEGAL else USER
    space = pick_near(spaces(oracle), step.pick)
    if space is None:
        return create_space(oracle, step)

    part = pick_near(subspaces(oracle), step.pick)
    if part is None or step.pick % 3 == 0:
        rename = captures.RenameSpace(
            user_id=user_id,
            space_id=space.space.id,
            expected_seq=expected_seq(step, space.seq),
            name=f"renamed {step.pick}",
        )
        return Call(captures.rename_space, rename)

    target: dict[str, Any] = {
        "user_id": user_id,
        "subspace_id": part.subspace.id,
        "expected_seq": expected_seq(step, part.seq),
    }
    if step.pick % 3 == 1:
        seed = EmbeddingVector(values=vector_of(step), model=MODEL)
        return Call(captures.seed_subspace, captures.SeedSubspace(seed=seed, **target))

    renamed = captures.RenameSubspace(name=f"renamed {step.pick}", **target)
    return Call(captures.rename_subspace, renamed)


def capture(oracle: AnyStore, step: Step) -> Call:
    """Capture a page; a stale one uses a key again, and an illegal one another model."""
    space = pick_near(spaces(oracle), step.pick)
    if space is None:
        return create_space(oracle, step)

    capture_key = "key-1" if step.twist is Twist.STALE else None
    command = captures.CaptureArtifactCommand(
        user_id=USER,
        space_id=space.space.id,
        url=f"https://example.org/{step.pick % 5}",
        embedding=vector_of(step),
        embedding_model="other" if step.twist is Twist.ILLEGAL else MODEL,
        reading_depth=step.pick % 15 / 10,
        word_count=step.pick % 900,
        dwell_time_ms=step.pick,
        capture_key=capture_key,
        title=step.content.name[:50] or None,
    )
    return Call(captures.capture_artifact, command)


def change_setting(oracle: AnyStore, step: Step) -> Call:
    """Change the threshold; an illegal value is out of range."""
    texts = oracle.read(lambda tx: setting_texts(tx.settings))
    seq = 0
    if THRESHOLD in texts:
        seq = oracle.read(lambda tx: tx.settings.get(THRESHOLD).revision.seq)
    value = "7" if step.twist is Twist.ILLEGAL else f"0.{step.pick % 9 + 1}"
    command = captures.ChangeSetting(
        key=THRESHOLD, value=value, expected_seq=expected_seq(step, seq) if seq else 0
    )
    return Call(captures.change_setting, command)


def set_algorithm(oracle: AnyStore, step: Step) -> Call:
    """Register the algorithm, then activate it."""
    versions = oracle.read(captures.list_algorithms)
    if not versions:
        register = captures.RegisterAlgorithm(algorithm_id=ALGORITHM_ID, formulas=SPHERICAL)
        return Call(captures.register_algorithm, register)

    activate = captures.ActivateAlgorithm(
        algorithm_id=ALGORITHM_ID, expected_seq=expected_seq(step, versions[0].seq)
    )
    return Call(captures.activate_algorithm, activate)
