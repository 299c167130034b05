"""Find names and docstrings that say nothing: docs/style.md lists the words."""

import ast
import re
from collections.abc import Iterator

EMPTY_WORDS = frozenset(
    {
        "said", "told", "kept", "found", "each", "beside", "how", "what", "place", "given", "made",
        "shown", "asked", "placed", "drawn", "begun", "answered", "held", "plain", "seven",
    }
)  # fmt: skip
BAD_BEGINNINGS = frozenset({"What", "Whether", "Who", "How", "Where", "When"})
# Patterns of names that end in an empty word, each with the reason.
EXCEPTIONS: dict[str, str] = {
    r"\w*NotFound": "the kind of error for a missing object, named after HTTP's 404 Not Found",
    r"\w*NOT_FOUND": "the code of such an error",
    r"test_\w*not_found": "a conformance test that expects such an error",
}
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def is_empty_name(name: str) -> bool:
    """Return whether a name is an empty word or a compound that ends in one."""
    if any(re.fullmatch(pattern, name) for pattern in EXCEPTIONS):
        return False

    words = PART.findall(name)
    return bool(words) and words[-1].lower() in EMPTY_WORDS


def names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield the line and the name of everything that a module defines."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
            case ast.alias(asname=str(alias)):
                yield node.lineno, alias
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)):
                yield node.lineno, name
            case ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name)):
                yield node.lineno, name
            case _:
                continue


def empty_names(tree: ast.AST) -> Iterator[str]:
    """Yield every defined name that says nothing, with its line."""
    seen: set[str] = set()
    for line, name in names(tree):
        if is_empty_name(name) and name not in seen:
            seen.add(name)
            yield f"{line}: the name {name} says nothing"


def bad_docstrings(tree: ast.AST) -> Iterator[str]:
    """Yield every docstring that starts with a word such as What or Where, with its line."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        docstring = ast.get_docstring(node) or ""
        first = re.match(r"\w*", docstring)
        if first and first[0] in BAD_BEGINNINGS:
            line = node.body[0].lineno
            yield f"{line}: the docstring starts with {first[0]}, expected a verb or a noun"
