"""The plan of a job: the files that it will write.

A plan depends only on the specification. Its digest is the trailer `Plan-Digest:` of the commit.
"""

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

from attrs import Factory, define, frozen

from indelible.kernel.json import digest
from indelible.projects.entities.values import MAX_PLAN_FILES, ArchitectureSpec
from indelible.projects.errors import PlanTooLarge
from indelible.projects.rules.graph import Graph, Node, read_graph
from indelible.projects.rules.kinds import AUTH_KINDS, DATABASE_KINDS, NodeKind
from indelible.projects.rules.layout import (
    ALWAYS,
    BACKEND,
    COMPONENT_PAGE,
    DASHBOARD,
    DATABASE,
    ENTITY_BACKEND,
    ENTITY_FRONTEND,
    ENVIRONMENT,
    FOLDER_README,
    FRONTEND,
    PAGE,
    SIGN_IN,
    STUB,
    FileKind,
    Template,
    kind_of_path,
)
from indelible.projects.rules.paths import check_paths
from indelible.projects.rules.prompts import effective_prompt
from indelible.projects.rules.slugs import Slugs, module_name

# Counts the changes of the templates, so that the digest of a plan changes with its content.
TEMPLATES_VERSION: Final = 1
ADMIN_WORDS: Final = re.compile(r"\b(?:admin|administration|dashboard|back ?office)\b")
ROOT_FOLDERS: Final = frozenset({"", ".", "./"})


class AppType(StrEnum):
    """The type of the application that a specification describes."""

    ADMIN_DASHBOARD = "admin_dashboard"
    FULLSTACK_APP = "fullstack_app"
    API_BACKEND = "api_backend"
    STATIC = "static"


@frozen(kw_only=True)
class PlannedFile:
    """A file to write: its path, its kind, the nodes that it is for, and its purpose.

    A file without nodes is about the whole architecture. `template` names the template of its
    content; `subject` and `slug` are the name that it is filled with, as text and in paths.
    """

    path: str
    kind: FileKind
    template: str
    subject: str
    slug: str
    node_ids: tuple[str, ...]
    purpose: str


@frozen(kw_only=True)
class Plan:
    """The files that a job will write, in order of path, and the digest of the plan."""

    app_name: str
    app_type: AppType
    files: tuple[PlannedFile, ...]
    digest: str


# Folders below src/app and routes of the API that the plan or FastAPI itself uses.
RESERVED_SLUGS: Final = ("dashboard", "docs", "health", "login", "redoc", "signup")


def plan_files(spec: ArchitectureSpec) -> Plan:
    """Plan the files of a specification; README.md is always one of them. Linear time.

    Raises:
        PlanPathForbidden: A path is forbidden, or two files have the same path.
        PlanTooLarge: The plan has too many files.
    """
    graph = read_graph(spec)
    app_type = _app_type(spec, graph)
    files = _Planner(graph, app_type).plan()
    if len(files) > MAX_PLAN_FILES:
        raise PlanTooLarge(len(files), MAX_PLAN_FILES)
    check_paths([file.path for file in files])

    ordered = tuple(sorted(files, key=lambda file: file.path))
    app_name = " ".join(spec.name.split())
    return Plan(
        app_name=app_name,
        app_type=app_type,
        files=ordered,
        digest=_plan_digest(app_name, app_type, ordered),
    )


def _plan_digest(app_name: str, app_type: AppType, files: Sequence[PlannedFile]) -> str:
    """Return the SHA-256 of the plan and of the version of the templates."""
    rows = [
        (file.path, file.kind.value, file.template, file.subject, file.node_ids, file.purpose)
        for file in files
    ]
    return digest(
        {
            "templates": TEMPLATES_VERSION,
            "app_name": app_name,
            "app_type": app_type.value,
            "files": rows,
        }
    )


def _app_type(spec: ArchitectureSpec, graph: Graph) -> AppType:
    has_frontend = bool(graph.of_kind({NodeKind.FRONTEND}))
    has_backend = bool(graph.of_kind({NodeKind.BACKEND}))
    text = f"{spec.name} {effective_prompt(spec)}".casefold()
    if has_frontend and has_backend and ADMIN_WORDS.search(text):
        return AppType.ADMIN_DASHBOARD
    if has_frontend and has_backend:
        return AppType.FULLSTACK_APP
    if has_backend:
        return AppType.API_BACKEND

    return AppType.STATIC


@frozen
class _Subject:
    """An entity, the slug in the paths of its files, and the node that names it."""

    name: str
    slug: str
    node: Node


@define
class _Planner:
    """Collects the files of one graph."""

    _graph: Graph
    _app_type: AppType
    _files: list[PlannedFile] = Factory(list[PlannedFile])

    def plan(self) -> list[PlannedFile]:
        """Return the files of the graph, in no particular order."""
        entities = self._entities()
        self._add_all(ALWAYS)
        self._add_frontend(entities)
        self._add_backend(entities)
        self._add_component_pages()
        self._add_folders()
        self._add_stubs()
        return self._files

    def _entities(self) -> list[_Subject]:
        """Return the entities: the nodes that are one, and those that other nodes list."""
        slugs = Slugs("item")
        slugs.reserve(RESERVED_SLUGS)
        entities: list[_Subject] = []
        for node in self._graph.nodes:
            names = list(node.entities)
            if node.kind is NodeKind.ENTITY:
                names.insert(0, node.label)
            entities.extend(_Subject(name, slugs.add(name), node) for name in names)

        return entities

    def _add_frontend(self, entities: Sequence[_Subject]) -> None:
        """Add the pages, if there is a frontend to show them."""
        frontends = self._graph.of_kind({NodeKind.FRONTEND})
        if not frontends:
            return

        self._add_all(FRONTEND, frontends)
        sign_in = self._graph.of_kind(AUTH_KINDS)
        if sign_in:
            self._add_all(SIGN_IN, sign_in)
        if self._app_type is AppType.ADMIN_DASHBOARD:
            self._add_all((DASHBOARD,), frontends)
        for entity in entities:
            self._add_all(ENTITY_FRONTEND, (entity.node,), entity.slug, entity.name)

        slugs = Slugs("page")
        slugs.reserve(RESERVED_SLUGS)
        slugs.reserve(entity.slug for entity in entities)
        for node in self._graph.of_kind({NodeKind.PAGE}):
            self._add_all((PAGE,), (node,), slugs.add(node.label), node.label)

    def _add_backend(self, entities: Sequence[_Subject]) -> None:
        """Add the API, if there is a backend; entities are stored in a database."""
        backends = self._graph.of_kind({NodeKind.BACKEND})
        configured = self._graph.of_kind({NodeKind.FRONTEND, NodeKind.BACKEND})
        if configured:
            self._add_all((ENVIRONMENT,), configured)
        if not backends:
            return

        self._add_all(BACKEND, backends)
        databases = self._graph.of_kind(DATABASE_KINDS)
        if databases or entities:
            self._add_all((DATABASE,), databases or backends)
        for entity in entities:
            self._add_all(ENTITY_BACKEND, (entity.node,), entity.slug, entity.name)

    def _add_component_pages(self) -> None:
        slugs = Slugs("component")
        for node in self._graph.nodes:
            if node.is_component:
                self._add_all((COMPONENT_PAGE,), (node,), slugs.add(node.label), node.label)

    def _add_folders(self) -> None:
        """Add a README.md to each folder that a node names; the root has one already."""
        slugs = Slugs("folder")
        for node in self._graph.of_kind({NodeKind.FOLDER}):
            path = node.path
            if path is None:
                path = slugs.add(node.label)
            if path in ROOT_FOLDERS:
                continue
            template = Template(
                f"{path.removesuffix('/')}/README.md",
                FileKind.DOCUMENTATION,
                FOLDER_README,
                "Describe the folder",
            )
            self._files.append(_planned(template, template.path, (node,), node.label))

    def _add_stubs(self) -> None:
        """Add the files that nodes list by path."""
        for node in self._graph.nodes:
            for path in node.files:
                template = Template(path, kind_of_path(path), STUB, "Is listed by its node")
                self._files.append(_planned(template, path, (node,), node.label))

    def _add_all(
        self,
        templates: Sequence[Template],
        nodes: Sequence[Node] = (),
        slug: str = "",
        subject: str = "",
    ) -> None:
        """Add a file of each template; no nodes mean the whole architecture."""
        for template in templates:
            path = template.path.format(slug=slug, module=module_name(slug))
            self._files.append(_planned(template, path, nodes, subject, slug))


def _planned(
    template: Template, path: str, nodes: Sequence[Node], subject: str, slug: str = ""
) -> PlannedFile:
    node_ids = dict.fromkeys(node.id for node in nodes)
    return PlannedFile(
        path=path,
        kind=template.kind,
        template=template.name,
        subject=subject,
        slug=slug,
        node_ids=tuple(node_ids),
        purpose=template.purpose,
    )
