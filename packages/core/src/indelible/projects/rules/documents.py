"""The templates of documents: what a project is, its components and their connections."""

from collections.abc import Iterable, Sequence
from typing import Final

from attrs import define, frozen

from indelible.projects.entities.values import ArchitectureSpec
from indelible.projects.rules.graph import Connection, Graph, Node
from indelible.projects.rules.markdown import code_cell, escaped, fenced
from indelible.projects.rules.plan import Plan, PlannedFile
from indelible.projects.rules.prompts import effective_prompt
from indelible.projects.rules.texts import one_line, with_spaces

MAX_ROWS: Final = 200  # of a table; the rest is counted
MAX_DRAWN_NODES: Final = 50
MAX_DRAWN_EDGES: Final = 100


@frozen(kw_only=True)
class Content:
    """The values with which templates are filled in."""

    spec: ArchitectureSpec
    plan: Plan
    graph: Graph
    nodes: dict[str, Node]
    labels: dict[str, str]  # as cells of tables
    edges: dict[str, list[Connection]]
    files: dict[str, list[PlannedFile]]


def read_content(spec: ArchitectureSpec, plan: Plan, graph: Graph) -> Content:
    """Index nodes and labels by the ids of nodes, and edges and files by those of their nodes."""
    nodes: dict[str, Node] = {}
    labels: dict[str, str] = {}
    for node in graph.nodes:
        if node.id not in nodes:
            nodes[node.id] = node
            labels[node.id] = code_cell(node.label)

    edges: dict[str, list[Connection]] = {}
    for edge in graph.connections:
        edges.setdefault(edge.source, []).append(edge)
        edges.setdefault(edge.target, []).append(edge)

    files: dict[str, list[PlannedFile]] = {}
    for file in plan.files:
        for node_id in file.node_ids:
            files.setdefault(node_id, []).append(file)

    return Content(
        spec=spec, plan=plan, graph=graph, nodes=nodes, labels=labels, edges=edges, files=files
    )


def readme(content: Content, _: PlannedFile) -> str:
    """Describe the project: its prompt, nodes, edges and files."""
    document = _Document()
    document.add(f"# {escaped(content.spec.name)}")
    if content.spec.description.strip():
        document.add(fenced(content.spec.description.strip()))
    document.add("## Prompt")
    document.add(fenced(effective_prompt(content.spec)))
    _add_nodes(document, content)
    _add_edges(document, content)
    document.add("## Files")
    document.add(_file_table(content.plan.files))
    return document.text


def architecture(content: Content, _: PlannedFile) -> str:
    """Draw the components, and list them with their connections."""
    document = _Document()
    document.add("# Architecture")
    document.add(f"The application is planned as `{content.plan.app_type}`.")
    drawing = _drawing(content)
    if drawing:
        document.add(fenced(drawing, "mermaid"))
    _add_nodes(document, content)
    _add_edges(document, content)
    return document.text


def component_page(content: Content, file: PlannedFile) -> str:
    """Describe a component: its type, its connections and its files."""
    document = _Document()
    document.add(f"# {escaped(file.subject)}")
    for node_id in file.node_ids:
        node = content.nodes[node_id]
        document.add(f"- Node: {code_cell(node_id)}\n- Type: {_type_cell(node)}")
        edges = content.edges.get(node_id, [])
        document.add("## Connections")
        document.add(_edge_table(content, edges) if edges else "None.")
        document.add("## Files")
        document.add(_file_table(content.files.get(node_id, [])))

    return document.text


def folder_readme(_: Content, file: PlannedFile) -> str:
    """Describe a folder by the label of its node."""
    return f"# {escaped(file.subject)}\n"


@define
class _Document:
    """A Markdown document: paragraphs with an empty line between them."""

    text: str = ""

    def add(self, paragraph: str) -> None:
        if self.text:
            self.text += "\n"
        self.text += paragraph + "\n"


def _add_nodes(document: _Document, content: Content) -> None:
    document.add("## Components")
    rows = [
        (code_cell(node.label), _type_cell(node), code_cell(node.id))
        for node in content.graph.nodes[:MAX_ROWS]
    ]
    total = len(content.graph.nodes)
    document.add(_table(("Name", "Type", "Node"), rows, total) if rows else "None.")


def _add_edges(document: _Document, content: Content) -> None:
    document.add("## Connections")
    edges = content.graph.connections
    document.add(_edge_table(content, edges) if edges else "None.")


def _edge_table(content: Content, edges: Sequence[Connection]) -> str:
    rows = [(content.labels[edge.source], content.labels[edge.target]) for edge in edges[:MAX_ROWS]]
    return _table(("From", "To"), rows, len(edges))


def _file_table(files: Sequence[PlannedFile]) -> str:
    rows = [(code_cell(file.path), file.kind.value, file.purpose) for file in files[:MAX_ROWS]]
    return _table(("Path", "Kind", "Purpose"), rows, len(files))


def _table(header: Sequence[str], rows: Iterable[Sequence[str]], total: int) -> str:
    """Return a table, and the number of rows that it leaves out."""
    separators = ["---"] * len(header)
    lines: list[str] = []
    for row in (header, separators, *rows):
        lines.append(f"| {' | '.join(row)} |")

    table = "\n".join(lines)
    if total > MAX_ROWS:
        table += f"\n\n{total - MAX_ROWS} more are not listed."
    return table


def _type_cell(node: Node) -> str:
    if node.kind is not None:
        return node.kind.value

    return code_cell(node.type_text or "unknown")


def _drawing(content: Content) -> str:
    """Return the first components and their connections as a Mermaid flowchart."""
    numbers: dict[str, int] = {}
    lines = ["flowchart LR"]
    for node in content.graph.nodes[:MAX_DRAWN_NODES]:
        if node.id not in numbers:
            numbers[node.id] = len(numbers) + 1
            lines.append(f'    n{numbers[node.id]}["{_drawn_label(node.label)}"]')

    visible = [
        edge
        for edge in content.graph.connections
        if edge.source in numbers and edge.target in numbers
    ]
    for edge in visible[:MAX_DRAWN_EDGES]:
        lines.append(f"    n{numbers[edge.source]} --> n{numbers[edge.target]}")

    return "\n".join(lines) if numbers else ""


def _drawn_label(label: str) -> str:
    """Return a label in letters, digits, spaces and hyphens, which have no meaning in Mermaid."""
    words = with_spaces(one_line(label), _is_allowed_in_drawing).split()
    return " ".join(words) or "unnamed"


def _is_allowed_in_drawing(character: str) -> bool:
    return character.isalnum() or character in "-_"
