"""The lists of a store with entries to list: for the conformance suite of lists."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import evolve, frozen

from indelible import captures, concepts, projects, tokens
from indelible.captures import SPHERICAL, AlgorithmFilter, ArtifactFilter, SpaceFilter
from indelible.concepts import ConceptContent, ConceptFilter
from indelible.concepts.entities import name_key
from indelible.kernel import Actor, Head, ListFilter
from indelible.kernel.keys import CreateKey, KeyFilter, RevokeKey, create_key, list_keys, revoke_key
from indelible.kernel.settings import SettingFilter
from indelible.projects import JobFilter, ProjectFilter
from indelible.testing.captures.scenarios import (
    A,
    B,
    CaptureScenario,
    Install,
    activate_algorithm_for,
    change,
    registered,
    space_of,
)
from indelible.testing.stores import (
    MAYA,
    NOOR,
    RATIO,
    AnyStore,
    create,
    do,
    edit,
    submit,
)
from indelible.testing.tokens.scenarios import add_tokens, make_token, with_repositories
from indelible.tokens import TokenFilter

NAMES: Final = ("ratio", "Ratio of sums", "Zero", "a pair", "Äpfel", "ratio", "b" * 250)
SETTINGS: Final = (
    "max_assign_distance",
    "assignment_margin_threshold",
    "reading_depth_tolerance",
    "centroid_history_distance",
)
ALL: Final = 100


@frozen
class ListCase:
    """A list: its filter, how a page of it is read, and how an entry is added to it.

    `entry_of` returns the entity of an item, and its name.
    """

    matching: ListFilter
    read: Callable[..., Sequence[Any]]
    entry_of: Callable[[Any], tuple[Any, str]]
    add: Callable[[], object]


def filled(store: AnyStore, install: Install) -> Mapping[str, ListCase]:
    """Add entries to every list, and return the lists."""
    activate_algorithm_for(store, install=install)
    return {
        "concepts": concept_list(store),
        "spaces": space_list(store),
        "subspaces": subspace_list(store),
        "artifacts": artifact_list(store),
        "algorithms": algorithm_list(store),
        "settings": setting_list(store),
        "projects": project_list(store),
        "jobs": job_list(store),
        "tokens": token_list(store),
        "keys": key_list(store),
    }


def concept_list(store: AnyStore) -> ListCase:
    """Create concepts; others edit some of them."""
    saved = [create(store, ConceptContent(name=name)) for name in NAMES]
    edit(store, saved[1], evolve(RATIO, name=NAMES[1]), actor=NOOR)
    submit(store, saved[3])
    edit(store, saved[0], evolve(RATIO, name="Renamed"), actor=NOOR)

    def read(*, matching: ConceptFilter, after: str, limit: int) -> Sequence[Any]:
        return store.read(concepts.list_concepts, matching, after=after, limit=limit)

    def entry_of(summary: concepts.ConceptSummary) -> tuple[Any, str]:
        return summary.concept, name_key(summary.name)[:200]

    return ListCase(ConceptFilter(), read, entry_of, lambda: create(store))


def space_list(store: AnyStore) -> ListCase:
    """Create spaces of two users; another renames one, and one is retired."""
    for name in NAMES[:4]:
        add_space(store, name)
    spaces = store.read(captures.list_spaces, "maya")
    add_space(store, "foreign", user_id="noor")
    rename = captures.RenameSpace(
        user_id="maya", space_id=spaces[0].space.id, expected_seq=1, name="last"
    )
    do(store, captures.rename_space, rename, actor=NOOR)
    retire = captures.RetireSpace(user_id="maya", space_id=spaces[1].space.id, expected_seq=1)
    do(store, captures.retire_space, retire)

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_spaces
        return store.read(captures.list_spaces, "maya", **options)

    def entry_of(saved: captures.SpaceSaved) -> tuple[Any, str]:
        return saved.space, saved.space.name

    return ListCase(SpaceFilter(), read, entry_of, lambda: add_space(store, "new"))


def add_space(store: AnyStore, name: str, user_id: str = "maya") -> None:
    """Create a space with a name."""
    command = captures.CreateSpace(user_id=user_id, name=name, model="model-1", dimension=3)
    do(store, captures.create_space, command)


def subspace_list(store: AnyStore) -> ListCase:
    """Create subspaces of a space; another user renames one."""
    scenario = space_of(store)
    ids = [scenario.subspace(A, name) for name in NAMES[:5]]
    space_of(store).subspace(B, "elsewhere")
    rename = captures.RenameSubspace(
        user_id="maya", subspace_id=ids[2], expected_seq=1, name="last"
    )
    do(store, captures.rename_subspace, rename, actor=NOOR)

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_subspaces
        rows: Sequence[Any] = scenario.read(captures.list_subspaces, scenario.space_id, **options)
        return rows

    def entry_of(saved: captures.SubspaceSaved) -> tuple[Any, str]:
        return saved.subspace, saved.subspace.name

    return ListCase(SpaceFilter(), read, entry_of, lambda: scenario.subspace(B, "new"))


def artifact_list(store: AnyStore) -> ListCase:
    """Capture pages; others capture one again, and another page in another space."""
    scenario = space_of(store)
    urls = [f"https://example.org/{name}" for name in ("b", "a", "d", "c")]
    for url in urls:
        scenario.capture(A, url=url)
    capture_by(scenario, NOOR, urls[1])
    scenario.capture(B, url=urls[0])
    space_of(store).capture(A, url=urls[0])

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_artifacts
        rows: Sequence[Any] = scenario.read(captures.list_artifacts, scenario.space_id, **options)
        return rows

    def entry_of(artifact: captures.Artifact) -> tuple[Any, str]:
        return artifact, artifact.normalized_url

    def add() -> object:
        return scenario.capture(B, url=f"https://example.org/{len(read(limit=ALL))}")

    return ListCase(ArtifactFilter(), read, entry_of, add)


def capture_by(scenario: CaptureScenario, actor: Actor, url: str) -> None:
    """Save a capture by another actor."""
    do(scenario.store, captures.capture_artifact, scenario.command(B, url=url), actor=actor)


def algorithm_list(store: AnyStore) -> ListCase:
    """Register algorithm versions beside the active one."""
    for name in ("z-1", "oscl-0", "b-1"):
        registered(store, name, SPHERICAL)

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_algorithms
        return store.read(captures.list_algorithms, **options)

    def entry_of(saved: captures.AlgorithmSaved) -> tuple[Any, str]:
        return saved.algorithm, saved.algorithm.id

    def add() -> object:
        return registered(store, f"new-{len(read(limit=ALL))}", SPHERICAL)

    return ListCase(AlgorithmFilter(), read, entry_of, add)


def setting_list(store: AnyStore) -> ListCase:
    """Change settings, one of them twice."""
    for key in SETTINGS[2::-1]:
        change(store, key, "0.5")
    change(store, SETTINGS[1], "0.25", seq=1)

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_settings
        return store.read(captures.list_settings, **options)

    def entry_of(saved: captures.SettingSaved) -> tuple[Any, str]:
        return saved.setting, saved.setting.id

    def add() -> object:
        names = {entry_of(saved)[1] for saved in read(limit=ALL)}
        unset = [name for name in SETTINGS if name not in names]
        if not unset:
            return None
        return change(store, unset[0], "0.5")

    return ListCase(SettingFilter(), read, entry_of, add)


def project_list(store: AnyStore) -> ListCase:
    """Create projects of two users; another renames one."""
    for name in NAMES[:5]:
        add_project(store, name)
    first = store.read(projects.list_projects, "maya")[0].entity
    add_project(store, "foreign", user_id="noor")
    rename = projects.RenameProject(
        user_id="maya", project_id=first.id, expected_seq=1, name="last"
    )
    do(store, projects.rename_project, rename, actor=NOOR)

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_projects
        return store.read(projects.list_projects, "maya", **options)

    def entry_of(saved: Head[projects.Project]) -> tuple[Any, str]:
        return saved.entity, saved.entity.name

    return ListCase(ProjectFilter(), read, entry_of, lambda: add_project(store, "new"))


def add_project(store: AnyStore, name: str, user_id: str = "maya") -> projects.Project:
    """Create a project with a name."""
    command = projects.CreateProject(user_id=user_id, name=name)
    return do(store, projects.create_project, command).entity


def job_list(store: AnyStore) -> ListCase:
    """Create jobs of a project; another user's worker starts one, and one has failed."""
    project_id = add_project(store, "with jobs").id
    jobs = [add_job(store, project_id) for _ in range(5)]
    add_job(store, add_project(store, "elsewhere").id)
    do(store, projects.start_job, projects.StartJob(job_id=jobs[3].id), actor=NOOR)
    do(store, projects.fail_job, projects.FailJob(job_id=jobs[1].id, reason="lost"))

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_jobs
        return store.read(projects.list_jobs, "maya", project_id, **options)

    return ListCase(
        JobFilter(), read, lambda saved: (saved.entity, ""), lambda: add_job(store, project_id)
    )


def add_job(store: AnyStore, project_id: str) -> projects.Job:
    """Create a job of a project."""
    spec = projects.ArchitectureSpec(name="Shop", prompt="Build a shop.")
    command = projects.CreateJob(user_id="maya", project_id=project_id, architecture_spec=spec)
    return do(store, projects.create_job, command).entity


def token_list(store: AnyStore) -> ListCase:
    """Add tokens that have been created at the same time."""
    add_tokens(store, 5)
    numbers = iter(range(6, ALL))

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_tokens
        return store.read(tokens.list_tokens, **options)

    def add() -> object:
        token = make_token(next(numbers))
        return with_repositories(store, lambda repositories: repositories.tokens.add(token))

    return ListCase(TokenFilter(), read, lambda token: (token, ""), add)


def key_list(store: AnyStore) -> ListCase:
    """Create keys of two owners, and revoke one."""
    for owner in (MAYA, NOOR, MAYA):
        add_key(store, owner)
    key = store.read(list_keys)[1].key
    do(store, revoke_key, RevokeKey(key_id=key.id, expected_seq=1), actor=NOOR)

    def read(**options: Any) -> Sequence[Any]:  # noqa: ANN401 - of list_keys
        return store.read(list_keys, **options)

    return ListCase(KeyFilter(), read, lambda saved: (saved.key, ""), lambda: add_key(store, MAYA))


def add_key(store: AnyStore, owner: Actor) -> None:
    """Create a key of an owner."""
    do(store, create_key, CreateKey(owner=owner, scopes=("admin",)))
