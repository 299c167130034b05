"""The rules of a critique: each finds one problem of a specification, or none."""

import re
from collections.abc import Iterable
from typing import Final

from indelible.projects.entities.values import ArchitectureSpec
from indelible.projects.rules.findings import Category, Problem, Rule, Severity
from indelible.projects.rules.graph import Graph, Node
from indelible.projects.rules.kinds import AUTH_KINDS, DATABASE_KINDS, NodeKind
from indelible.projects.rules.prompts import effective_prompt
from indelible.projects.rules.texts import with_spaces

MIN_PROMPT_CHARACTERS: Final = 10
VAGUE_PHRASES: Final = (
    "build an app",
    "make a website",
    "create something",
    "build an application",
)
MIN_CONNECTED_COMPONENTS: Final = 2  # one component alone needs no connection
MAX_NAMES_IN_PROBLEM: Final = 5
MAX_NAME_CHARACTERS: Final = 60


def _no_nodes(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    if graph.nodes:
        return None

    return Problem("The architecture has no nodes.")


def _no_edges(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    components = _components(graph)
    if len(components) < MIN_CONNECTED_COMPONENTS or graph.connections:
        return None

    return Problem(
        f"The architecture has {len(components)} components and no connections.", components
    )


def _prompt_too_short(spec: ArchitectureSpec, _: Graph) -> Problem | None:
    prompt = effective_prompt(spec)
    if len(prompt) >= MIN_PROMPT_CHARACTERS:
        return None

    return Problem(
        f"The prompt has {len(prompt)} characters; at least {MIN_PROMPT_CHARACTERS} are needed."
    )


def _prompt_vague(spec: ArchitectureSpec, _: Graph) -> Problem | None:
    prompt = " ".join(effective_prompt(spec).casefold().split())
    for phrase in VAGUE_PHRASES:
        if re.search(rf"\b{phrase}\b", prompt):
            return Problem(f'The prompt is vague: it contains "{phrase}".')

    return None


def _no_authentication(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    frontends = graph.of_kind({NodeKind.FRONTEND})
    backends = graph.of_kind({NodeKind.BACKEND})
    if not frontends or not backends or graph.of_kind(AUTH_KINDS):
        return None

    return Problem("A frontend and a backend have no authentication.", (*frontends, *backends))


def _no_database(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    backends = graph.of_kind({NodeKind.BACKEND})
    if not backends or graph.of_kind(DATABASE_KINDS):
        return None

    return Problem("A backend has no database.", backends)


def _no_backend(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    frontends = graph.of_kind({NodeKind.FRONTEND})
    if not frontends or graph.of_kind({NodeKind.BACKEND}):
        return None

    return Problem("A frontend has no backend.", frontends)


def _orphans(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    components = _components(graph)
    if len(components) < MIN_CONNECTED_COMPONENTS:
        return None

    connected: set[str] = set()
    for edge in graph.connections:
        connected.update((edge.source, edge.target))
    orphans = [node for node in components if node.id not in connected]
    if not orphans:
        return None

    return Problem(f"Nodes without a connection: {_names(_ids(orphans))}.", tuple(orphans))


def _duplicate_ids(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    duplicates = set(graph.duplicate_ids)
    if not duplicates:
        return None

    nodes = tuple(node for node in graph.nodes if node.id in duplicates)
    return Problem(f"Several nodes have the same id: {_names(_ids(nodes))}.", nodes)


def _unknown_ends(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    known = graph.node_ids
    ends: list[str] = []
    for edge in graph.edges:
        unknown = {end: None for end in (edge.source, edge.target) if end not in known}
        ends.extend(unknown)
    if not ends:
        return None

    names = [end or "(no id)" for end in ends]
    return Problem(f"Edges name nodes that do not exist: {_names(names)}.")


def _unknown_types(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    nodes = tuple(node for node in graph.nodes if node.kind is None)
    if not nodes:
        return None

    types = [node.type_text or "(no type)" for node in nodes]
    return Problem(f"Node types are unknown: {_names(types)}; nodes: {_names(_ids(nodes))}.", nodes)


def _ignored_items(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    nodes = tuple(node for node in graph.nodes if node.ignored_items)
    if not nodes:
        return None

    return Problem(f"Nodes list files or entities without a name: {_names(_ids(nodes))}.", nodes)


def _missing_ids(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    nodes = tuple(node for node in graph.nodes if not node.has_id)
    if not nodes:
        return None

    return Problem(f"Nodes at these positions have no id: {_names(_ids(nodes))}.", nodes)


def _self_loops(_: ArchitectureSpec, graph: Graph) -> Problem | None:
    looped = {edge.source for edge in graph.edges if edge.source == edge.target}
    nodes = tuple(node for node in graph.nodes if node.has_id and node.id in looped)
    if not nodes:
        return None

    return Problem(f"Nodes are connected to themselves: {_names(_ids(nodes))}.", nodes)


def _components(graph: Graph) -> tuple[Node, ...]:
    return tuple(node for node in graph.nodes if node.is_component)


def _ids(nodes: Iterable[Node]) -> list[str]:
    return [node.id for node in nodes]


def _names(names: Iterable[str]) -> str:
    """Return the first few different names for a message, shortened and printable."""
    different = list(dict.fromkeys(names))
    texts: list[str] = []
    for name in different[:MAX_NAMES_IN_PROBLEM]:
        texts.append(with_spaces(name[:MAX_NAME_CHARACTERS], str.isprintable))

    rest = len(different) - len(texts)
    if rest:
        texts.append(f"and {rest} more")
    return ", ".join(texts)


# The most severe first: findings are in this order.
RULES: Final = (
    Rule(
        "NO_NODES",
        Severity.CRITICAL,
        Category.MISSING_COMPONENT,
        "The specification has no nodes.",
        "Add the components of the system.",
        _no_nodes,
    ),
    Rule(
        "NO_EDGES",
        Severity.CRITICAL,
        Category.COUPLING,
        "Two or more components have no connection at all.",
        "Connect the components that use each other.",
        _no_edges,
    ),
    Rule(
        "PROMPT_TOO_SHORT",
        Severity.CRITICAL,
        Category.OPERATIONAL,
        "The effective prompt has fewer than 10 characters.",
        "Describe what the system does, and for whom.",
        _prompt_too_short,
    ),
    Rule(
        "PROMPT_VAGUE",
        Severity.HIGH,
        Category.OPERATIONAL,
        "The effective prompt contains a vague phrase.",
        "Name the users, the data and the actions of the system.",
        _prompt_vague,
    ),
    Rule(
        "AUTHENTICATION_MISSING",
        Severity.HIGH,
        Category.SECURITY,
        "A frontend and a backend have neither `auth` nor `supabase`.",
        "Add authentication between the frontend and the backend.",
        _no_authentication,
    ),
    Rule(
        "DATABASE_MISSING",
        Severity.MEDIUM,
        Category.MISSING_COMPONENT,
        "A backend has neither `database` nor `supabase`.",
        "Add a database, or state in the prompt that the backend stores nothing.",
        _no_database,
    ),
    Rule(
        "NODES_NOT_CONNECTED",
        Severity.MEDIUM,
        Category.ANTI_PATTERN,
        "A component has no connection, and there are others.",
        "Connect the nodes, or remove them.",
        _orphans,
    ),
    Rule(
        "NODE_ID_DUPLICATE",
        Severity.MEDIUM,
        Category.DATA_INTEGRITY,
        "Two nodes have the same id.",
        "Give each node its own id.",
        _duplicate_ids,
    ),
    Rule(
        "EDGE_END_UNKNOWN",
        Severity.MEDIUM,
        Category.DATA_INTEGRITY,
        "An edge names a node that does not exist.",
        "Let each edge name two existing nodes.",
        _unknown_ends,
    ),
    Rule(
        "NODE_TYPE_UNKNOWN",
        Severity.LOW,
        Category.OPERATIONAL,
        "The type of a node is unknown.",
        "Use one of the documented types; such a node only gets a page of documentation.",
        _unknown_types,
    ),
    Rule(
        "NODE_ITEM_IGNORED",
        Severity.LOW,
        Category.OPERATIONAL,
        "A node lists a file without a path or an entity without a name.",
        "List files by their path and entities by their name; other items are ignored.",
        _ignored_items,
    ),
    Rule(
        "NODE_ID_MISSING",
        Severity.LOW,
        Category.DATA_INTEGRITY,
        "A node has no id.",
        "Give each node an id, so that edges can name it.",
        _missing_ids,
    ),
    Rule(
        "NODE_CONNECTED_TO_ITSELF",
        Severity.LOW,
        Category.ANTI_PATTERN,
        "An edge leads from a node to itself.",
        "Remove the edge, or name the node that is meant.",
        _self_loops,
    ),
    Rule(
        "BACKEND_MISSING",
        Severity.LOW,
        Category.MISSING_COMPONENT,
        "A frontend has no backend.",
        "Add a backend, unless the frontend needs no data.",
        _no_backend,
    ),
)
