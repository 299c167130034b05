"""Generated files are deterministic, bounded, and hold the texts of users as text only."""

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from tests.core.projects.specs import edge, json_objects, node, shop, spec, texts

from indelible.projects.entities.values import ArchitectureSpec, GeneratedFile
from indelible.projects.errors import GeneratedTooLarge, PlanPathForbidden
from indelible.projects.rules.generation import (
    MAX_FILE_BYTES,
    MAX_TOTAL_BYTES,
    check_sizes,
    generate_files,
)
from indelible.projects.rules.plan import plan_files

SHOP_BYTES = "da6092422b6c46015667c898ea4584f3a9e4bc9067bf7716153b9f494fce0539"

# Creates a row of each entity of the generated backend, and reads it again.
ROUND_TRIP = """
from fastapi.testclient import TestClient
from main import app

client = TestClient(app)
for slug in ("order", "session", "item-class", "health-2"):
    created = client.post(f"/{slug}", json={"name": "first"})
    assert created.status_code == 201, created.text
    assert client.get(f"/{slug}/1").json() == {"id": 1, "name": "first"}
    assert client.get(f"/{slug}").json() == [created.json()]
    assert client.get(f"/{slug}/2").status_code == 404
    assert client.post(f"/{slug}", json={"name": ""}).status_code == 422
"""

HOSTILE = [
    "[click](javascript:alert(1))",
    "![image](https://evil.example/x.png)",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "# heading\n\n- list",
    "a | b | c",
    "``` \n</code>",
    "`````",
    "` code `` code ```",
    "\\` \\\\",
    "&lt;b&gt; &#x41;",
    "https://evil.example www.evil.example maya@evil.example",
    "<https://evil.example>",
    "[ref]: https://evil.example",
    "$x^2$ ~~gone~~ **bold** _em_",
    "---\nfront: matter\n---",
    '"); import os; os.system("id"); ("',
    "'''\"\"\"",
    "${process.env.SECRET} `${1}` {1+1} {/* */}",
    "</script>{{7*7}}{% x %}",
    "__TITLE__ __SLUG__ {slug}",
    "a\u2028b\u202ec\x1b[31md\x85e\r\nf",
    "\U0001f6b2 日本 é",
    "x" * 5_000,
]

# What the templates use: no link, no image, no HTML, no emphasis.
MARKUP = {
    *("heading_open", "fence", "inline", "text", "text_special", "code_inline"),
    *("paragraph_open", "table_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open"),
    *("bullet_list_open", "list_item_open"),
}


def generated(checked: ArchitectureSpec) -> dict[str, str]:
    """Return the content of all files of a specification by their paths."""
    files = generate_files(checked, plan_files(checked))
    return {file.path: file.content.decode() for file in files}


def hostile_spec(text: str) -> ArchitectureSpec:
    """Return a specification with the text in every place that a user writes."""
    name = " ".join(text.split()) or "x"
    printable = "".join(each for each in name if each.isprintable())
    return spec(
        node("web", "frontend", text),
        node(text, "backend", text, entities=[text, "Order"]),
        node("page", "page", text),
        node("folder", "folder", text),
        node("odd", text, text),
        edges=(edge("web", text), edge(text, "odd")),
        prompt=text,
        description=text,
        name=printable[:200],
    )


def tokens(text: str) -> Iterator[Token]:
    """Yield all tokens of a Markdown text as GitHub reads it, those inside lines included."""
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    for token in parser.parse(text):
        yield token
        yield from token.children or ()


def headings(text: str) -> list[str]:
    """Return the tags of the headings of a Markdown text."""
    return [token.tag for token in tokens(text) if token.type == "heading_open"]


def structures(files: Mapping[str, str]) -> set[str]:
    """Return the texts of all pages without their string literals and the slugs of addresses."""
    result: set[str] = set()
    for path, content in files.items():
        if path.endswith((".tsx", ".ts")):
            literals = re.sub(r'"(?:[^"\\\n]|\\["\\])*"', '""', content)
            result.add(re.sub(r"`/[a-z0-9-]+/", "`/", literals))

    return result


def test_the_readme_describes_the_project() -> None:
    text = generated(shop())["README.md"]

    assert text.startswith("# Bicycle shop\n")
    assert "A shop for bicycles with orders and customers" in text
    assert "| `Shop API` | backend | `api` |" in text
    assert "| `Shop` | `Shop API` |" in text
    assert "| `models/order.py` | model | Define the table |" in text


def test_every_planned_file_is_generated_in_its_order() -> None:
    plan = plan_files(shop())

    files = generate_files(shop(), plan)

    assert [file.path for file in files] == [file.path for file in plan.files]


def test_an_empty_specification_has_four_files_with_content() -> None:
    files = generate_files(spec(), plan_files(spec()))

    assert len(files) == 4
    assert all(file.content for file in files)


def test_the_bytes_of_a_specification_are_fixed() -> None:
    """New bytes need a new TEMPLATES_VERSION, so that the digest of plans changes too."""
    digest = sha256()
    for file in generate_files(shop(), plan_files(shop())):
        digest.update(file.path.encode() + b"\0" + file.content + b"\0")

    assert digest.hexdigest() == SHOP_BYTES


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_text_in_markdown(text: str) -> None:
    files = generated(hostile_spec(text))
    documents = {path: content for path, content in files.items() if path.endswith(".md")}

    for path, content in documents.items():
        kinds = {token.type for token in tokens(content) if token.nesting >= 0}
        assert kinds <= MARKUP, path
    assert headings(documents["README.md"]) == ["h1", "h2", "h2", "h2", "h2"]
    assert headings(documents["docs/architecture.md"]) == ["h1", "h2", "h2"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_text_in_programs(text: str) -> None:
    checked = hostile_spec(text)
    files = generated(checked)
    plain = generated(hostile_spec("Bicycle"))

    for path, content in files.items():
        if path.endswith(".py"):
            ast.parse(content)
        if path.endswith(".json"):
            json.loads(content)
    assert structures(files) == structures(plain)
    assert files["Dockerfile"] == plain["Dockerfile"]
    assert files["src/lib/api.ts"] == plain["src/lib/api.ts"]


def test_the_title_of_the_api_is_the_exact_name_of_the_project() -> None:
    name = 'A "bicycle" shop \\ \U0001f6b2'
    tree = ast.parse(generated(spec(node("api", "backend"), name=name))["main.py"])
    literals = [item.value for item in ast.walk(tree) if isinstance(item, ast.Constant)]

    assert name in literals


@pytest.mark.dose
def test_the_generated_backend_answers_and_stores(tmp_path: Path) -> None:
    """Run the generated application in a child, with its own test and its own database."""
    entities = ["Order", "session", "class", "health"]
    checked = spec(node("api", "backend"), node("db", "database", entities=entities))
    for path, content in generated(checked).items():
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")

    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]
    for command in (arguments, ["-c", ROUND_TRIP]):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_programs_that_are_generated_are_well_formed() -> None:
    files = generated(shop())

    for path, content in files.items():
        assert content.endswith("\n"), path
        assert "\r" not in content, path
        assert re.search("__[A-Z]+__", content) is None, path
        if path.endswith(".py"):
            ast.parse(content)
        if path.endswith(".json"):
            assert isinstance(json.loads(content), dict)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("src/a.py", "# "),
        ("src/a.TS", "/* "),
        ("src/a.html", "<!-- "),
        ("src/a.sql", "-- "),
        ("src/a.json", "{}\n"),
        ("src/a.unknown", ""),
        ("LICENSE", ""),
    ],
)
def test_a_listed_file_is_a_comment_of_its_language(path: str, content: str) -> None:
    files = generated(spec(node("a", "worker", files=[path])))

    assert files[path].startswith(content)
    assert bool(files[path]) == bool(content)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(json_objects, max_size=5), st.lists(json_objects, max_size=4), texts)
def test_any_specification_that_is_planned_is_generated(
    nodes: list[dict[str, Any]], edges: list[dict[str, Any]], prompt: str
) -> None:
    checked = spec(*nodes, edges=tuple(edges), prompt=prompt)
    try:
        plan = plan_files(checked)
    except PlanPathForbidden:
        return

    files = generate_files(checked, plan)

    assert files == generate_files(checked, plan)
    assert [file.path for file in files] == [planned.path for planned in plan.files]
    for file in files:
        assert b"\r" not in file.content
        assert b"\0" not in file.content
        file.content.decode()


def many(count: int) -> ArchitectureSpec:
    """Return a specification with so many components, all connected to the first one."""
    nodes = [node(f"n{number}", "worker", "long " * 50) for number in range(count)]
    edges = [edge("n0", f"n{number}") for number in range(1, count)]
    return spec(*nodes, edges=tuple(edges))


def test_documents_of_many_nodes_stay_small() -> None:
    files = generated(many(500))

    assert max(len(content.encode()) for content in files.values()) < MAX_FILE_BYTES / 4
    assert "300 more are not listed." in files["README.md"]


@pytest.mark.parametrize(
    ("sizes", "subject", "actual"),
    [
        ([MAX_FILE_BYTES + 1], "0", MAX_FILE_BYTES + 1),
        ([1] + [MAX_FILE_BYTES] * 32, "all files", MAX_TOTAL_BYTES + 1),
    ],
)
def test_content_beyond_a_limit_is_refused(sizes: list[int], subject: str, actual: int) -> None:
    files = [GeneratedFile(path=str(at), content=bytes(size)) for at, size in enumerate(sizes)]

    with pytest.raises(GeneratedTooLarge) as refused:
        check_sizes(files)
    assert refused.value.code == "GENERATED_TOO_LARGE"
    assert (refused.value.subject, refused.value.actual_bytes) == (subject, actual)
    assert check_sizes(files[1:]) == tuple(files[1:])
