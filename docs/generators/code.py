"""Write tested code into the pages that show it.

A page marks the place with two comments; everything between them is written by
`python -m docs.generate`:

    <!-- code: tests/examples/loans.py -->
    <!-- end of code -->

`tests/examples/file_store.py: FileStore.run` names one function or class of the file.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
EXAMPLES = "tests.examples."
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
# The marks of our gate, which a reader's suite does not know.
MARK = re.compile(
    r"^(?:@pytest\.mark\.(?:slow|dose)\n|pytestmark = pytest\.mark\.(?:slow|dose)\n\n)",
    re.MULTILINE,
)
BLOCK = re.compile(
    r"^<!-- code: (?P<path>[^\s:]+)(?:: (?P<name>[\w.]+))? -->\n"
    r".*?"
    r"^<!-- end of code -->$",
    re.DOTALL | re.MULTILINE,
)


def pages_with_code() -> Iterator[str]:
    """Yield the names of the pages that show code of a file, below `docs`."""
    for path in sorted(DOCS.rglob("*.md")):
        if "_build" not in path.parts and BLOCK.search(path.read_text(encoding="utf-8")):
            yield path.relative_to(DOCS).as_posix()


def page_with_code(name: str) -> str:
    """Return the page with the present code between its markers."""
    return BLOCK.sub(code_block, (DOCS / name).read_text(encoding="utf-8"))


def code_block(marker: re.Match[str]) -> str:
    """Return the markers with the code that they name between them."""
    path, name = marker["path"], marker["name"]
    source = (ROOT / path).read_text(encoding="utf-8")
    if name:
        source = definition(source, name)
    source = source.replace(EXAMPLES, "")  # a reader has the files in one directory
    source = MARK.sub("", source)
    title = f"{path}: {name}" if name else path

    return f"<!-- code: {title} -->\n```python\n{source}```\n<!-- end of code -->"


def definition(source: str, name: str) -> str:
    """Return the text of a function, class or method, such as `Store.run`, without its indent.

    Raise KeyError when the source does not define the name.
    """
    first_name, *names = name.split(".")
    node = child(ast.parse(source), first_name)
    for part in names:
        node = child(node, part)

    first_line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    lines = source.splitlines()[first_line - 1 : node.end_lineno]

    return dedent("\n".join(lines)) + "\n"


def child(parent: ast.AST, name: str) -> Definition:
    """Return the function or class of this name that is defined directly in the parent."""
    for node in ast.iter_child_nodes(parent):
        if isinstance(node, Definition) and node.name == name:
            return node

    raise KeyError(name)
