"""A plan lists the files of a job: deterministic, bounded, and without two equal paths."""

from collections.abc import Mapping
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.projects.specs import edge, json_objects, node, shop, spec

from indelible.projects.entities.values import MAX_PLAN_FILES, ArchitectureSpec
from indelible.projects.errors import PlanPathForbidden, PlanTooLarge
from indelible.projects.rules.layout import ALWAYS, FileKind
from indelible.projects.rules.paths import check_paths
from indelible.projects.rules.plan import AppType, Plan, plan_files

ALWAYS_PLANNED = [template.path for template in ALWAYS]
SHOP_DIGEST = "40ab0ad969dc167449702d6d211abc48e3fea3d9a3b77db5c949e427932219ff"


def paths(plan: Plan) -> list[str]:
    """Return the paths of a plan."""
    return [file.path for file in plan.files]


def added(*nodes: Mapping[str, Any]) -> list[str]:
    """Return the planned paths of nodes, without those of every plan."""
    planned = paths(plan_files(spec(*nodes)))
    return [path for path in planned if path not in ALWAYS_PLANNED]


def reversed_keys(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return JSON with the keys of all objects in the opposite order."""
    if isinstance(value, dict):
        values = cast("dict[str, Any]", value)
        return {key: reversed_keys(values[key]) for key in reversed(values)}
    if isinstance(value, list):
        return [reversed_keys(item) for item in cast("list[object]", value)]

    return value


def test_an_empty_specification_has_a_readme_and_three_more_files() -> None:
    plan = plan_files(spec())

    assert paths(plan) == sorted(ALWAYS_PLANNED)
    assert len(plan.files) == 4
    assert "README.md" in paths(plan)
    assert plan.app_type is AppType.STATIC


def test_a_shop_has_files_of_every_kind() -> None:
    plan = plan_files(shop())

    assert {file.kind for file in plan.files} == set(FileKind)
    assert {
        *("README.md", "package.json", "tsconfig.json", "tailwind.config.ts", ".env.example"),
        *("src/app/layout.tsx", "src/app/page.tsx", "src/app/globals.css", "src/lib/api.ts"),
        *("src/app/login/page.tsx", "src/app/signup/page.tsx", "src/app/about-us/page.tsx"),
        *("src/app/order/page.tsx", "src/app/order/new/page.tsx", "src/app/order/[id]/page.tsx"),
        *("src/components/ui/Button.tsx", "main.py", "database.py", "requirements.txt"),
        *("models/order.py", "schemas/customer.py", "routes/order.py", "Dockerfile"),
        *("docs/components/shop-api.md", "docs/decisions/README.md"),
    } <= set(paths(plan))
    assert plan.app_type is AppType.FULLSTACK_APP


@pytest.mark.parametrize(
    ("kinds", "prompt", "app_type"),
    [
        (("frontend", "backend"), "A shop for bicycles", AppType.FULLSTACK_APP),
        (("frontend", "backend"), "An admin area for shops", AppType.ADMIN_DASHBOARD),
        (("frontend",), "An admin area for shops", AppType.STATIC),
        (("backend",), "A shop for bicycles", AppType.API_BACKEND),
        (("worker",), "A shop for bicycles", AppType.STATIC),
    ],
)
def test_the_type_of_the_application_follows_from_its_parts(
    kinds: tuple[str, ...], prompt: str, app_type: AppType
) -> None:
    nodes = [node(kind, kind) for kind in kinds]

    assert plan_files(spec(*nodes, prompt=prompt)).app_type is app_type


def test_an_unknown_type_gets_a_page_of_documentation() -> None:
    assert added(node("q", "quantum", "Quantum thing")) == ["docs/components/quantum-thing.md"]


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (node("a", "folder", path="packages/core"), "packages/core/README.md"),
        (node("a", "folder", path="packages/core/"), "packages/core/README.md"),
        (node("a", "folder", "My Docs"), "my-docs/README.md"),
        (node("a", "directory", "x", path=7), "x/README.md"),
    ],
)
def test_a_folder_gets_a_readme(value: Mapping[str, Any], path: str) -> None:
    assert added(value) == [path]


def test_the_folder_of_the_project_has_its_readme_already() -> None:
    assert added(node("a", "folder", path="."), node("b", "folder", path="./")) == []


def test_listed_files_are_planned_by_their_paths() -> None:
    listed = ["src/tool.py", {"path": "tests/test_tool.py"}, {"path": 3}, None, ""]
    plan = plan_files(spec(node("a", "worker", "Tool", files=listed)))
    kinds = {file.path: (file.kind, file.node_ids) for file in plan.files}

    assert kinds["src/tool.py"] == (FileKind.UTILITY, ("a",))
    assert kinds["tests/test_tool.py"] == (FileKind.TEST, ("a",))
    assert len(plan.files) == len(ALWAYS) + 3


@pytest.mark.parametrize(
    "path",
    ["/x", "../x", ".git/config", ".GIT/x", "git~1", "a\\b", "a\x1b", "x" * 256, "a."],
)
def test_a_forbidden_path_is_refused(path: str) -> None:
    for value in (node("a", "worker", files=[path]), node("a", "folder", path=path)):
        with pytest.raises(PlanPathForbidden) as refused:
            plan_files(spec(value))
        assert refused.value.code == "PLAN_PATH_FORBIDDEN"


@pytest.mark.parametrize(
    "files", [["a.py", "a.py"], ["a.py", "A.py"], ["README.md"], ["docs"], ["a", "a/b"]]
)
def test_listed_paths_that_clash_are_refused(files: list[str]) -> None:
    with pytest.raises(PlanPathForbidden):
        plan_files(spec(node("a", "worker", files=files)))


def test_equal_labels_get_different_paths() -> None:
    nodes = [node(str(number), "worker", "Mail") for number in range(3)]

    assert added(*nodes) == [
        "docs/components/mail-2.md",
        "docs/components/mail-3.md",
        "docs/components/mail.md",
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("class", "con", "aux", "login", "docs", "health", "__pycache__", "node_modules", ".git"),
        *("日本", "", "   ", "1", "../../etc", "a" * 500, "Ünïcode", "session", "{slug}", "a\x1bb"),
    ],
)
def test_any_name_of_an_entity_has_allowed_paths(name: str) -> None:
    nodes = [node("web", "frontend"), node("api", "backend"), node("e", "entity", name or "x")]
    nodes += [node("l", "database", entities=[name, name, "order"]), node("p", "page", name)]

    check_paths(paths(plan_files(spec(*nodes))))


def test_the_digest_of_a_plan_is_fixed() -> None:
    """A new digest needs a new TEMPLATES_VERSION once plans are stored."""
    assert plan_files(shop()).digest == SHOP_DIGEST


def test_the_digest_changes_with_the_plan() -> None:
    digests = {
        plan_files(shop()).digest,
        plan_files(spec()).digest,
        plan_files(spec(name="Other")).digest,
        plan_files(spec(node("a", "worker"))).digest,
        plan_files(spec(node("b", "worker", "a"))).digest,
    }

    assert len(digests) == 5


@pytest.mark.slow
@given(st.lists(json_objects, max_size=6), st.lists(json_objects, max_size=4))
def test_a_plan_depends_on_no_order_of_keys(
    nodes: list[dict[str, Any]], edges: list[dict[str, Any]]
) -> None:
    checked = spec(*nodes, edges=tuple(edges))
    mirrored = spec(*reversed_keys(nodes), edges=tuple(reversed_keys(edges)))

    try:
        plan = plan_files(checked)
    except PlanPathForbidden:
        with pytest.raises(PlanPathForbidden):
            plan_files(mirrored)
        return

    assert plan_files(mirrored) == plan
    assert paths(plan) == sorted(set(paths(plan)))
    assert set(ALWAYS_PLANNED) <= set(paths(plan))
    check_paths(paths(plan))


def many(count: int) -> ArchitectureSpec:
    """Return a specification with so many components of one name."""
    nodes = [node(f"n{number}", "worker", "Mail") for number in range(count)]
    edges = [edge(f"n{number}", f"n{number + 1}") for number in range(count - 1)]
    return spec(*nodes, edges=tuple(edges))


@pytest.mark.slow
def test_a_plan_at_the_limit_is_made_and_one_beyond_it_is_refused() -> None:
    limit = MAX_PLAN_FILES - len(ALWAYS)

    assert len(plan_files(many(limit)).files) == MAX_PLAN_FILES
    with pytest.raises(PlanTooLarge) as refused:
        plan_files(many(limit + 1))
    assert refused.value.code == "PLAN_TOO_LARGE"
    assert (refused.value.files, refused.value.max_files) == (MAX_PLAN_FILES + 1, MAX_PLAN_FILES)


def test_files_that_nodes_list_are_counted() -> None:
    listed = [f"src/{number}.py" for number in range(MAX_PLAN_FILES)]

    with pytest.raises(PlanTooLarge):
        plan_files(spec(node("a", "worker", files=listed)))
