"""Read in the sources of tests which words they assert and which they use.

A word is a name, an attribute or a text constant. It is asserted if it stands in the condition of
an `assert`, or in the error that `pytest.raises` expects. A name in a condition stands for its
value where a source says it: a constant of a module, a literal of the test, a column of
`parametrize`, or the argument of a helper that asserts its parameter. Not asserted are the inputs
of a call in a condition, and what a condition excludes (`not`, `!=`, `is not`, `not in`).
"""

import ast
import re
from collections.abc import Iterator
from typing import Final

from tests.architecture.called import Module, Scope, Value, helpers_of, values_of

MAX_DEPTH: Final = 4
SKIPPING: Final = re.compile(r"\b(?:skip|skipif|importorskip|xfail)\b")
EXCLUSIONS: Final = (ast.NotIn, ast.NotEq, ast.IsNot)
# The arguments of these calls are what a condition is about.
TRANSPARENT: Final = frozenset(
    {"count", "dict", "endswith", "frozenset", "get", "isinstance", "len", "list", "set"}
    | {"sorted", "startswith", "sum", "tuple", "type"}
)


def asserted_words(module: Module, test: str) -> frozenset[str]:
    """Return the words that a test asserts, itself or by its helpers."""
    words: set[str] = set()
    for scope in scopes_of(module, test):
        for condition in conditions_of(scope.function):
            words.update(resolved_words(Value(condition, scope), is_condition=True))
    return frozenset(words)


def used_words(module: Module, test: str) -> frozenset[str]:
    """Return the words of a test, of its decorators and of its helpers."""
    words: set[str] = set()
    for scope in scopes_of(module, test):
        for decorator in scope.function.decorator_list:
            words.update(resolved_words(Value(decorator, module)))
        for node in ast.walk(scope.function):
            if isinstance(node, ast.expr):
                words.update(resolved_words(Value(node, scope)))
    return frozenset(words)


def parameter_words(module: Module, test: str) -> frozenset[str]:
    """Return the words of the parameters with which a test runs."""
    words: set[str] = set()
    for decorator in module.functions[test].decorator_list:
        words.update(resolved_words(Value(decorator, module)))
    return frozenset(words)


def conditions_of(function: ast.FunctionDef) -> list[ast.expr]:
    """Return the conditions of a function and the errors that it expects.

    A constant condition cannot fail and is left out.
    """
    conditions: list[ast.expr] = []
    for node in ast.walk(function):
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            conditions.append(node.test)
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.raises":
            conditions.extend(node.args)
            conditions.extend(keyword.value for keyword in node.keywords)
    return conditions


def all_conditions(module: Module, test: str) -> list[ast.expr]:
    """Return the conditions of a test and of its helpers."""
    conditions: list[ast.expr] = []
    for scope in scopes_of(module, test):
        conditions.extend(conditions_of(scope.function))
    return conditions


def skip_marks_of(module: Module, test: str) -> list[str]:
    """Return the marks and calls of a test or its module that keep it from running."""
    function = module.functions[test]
    marks = [ast.unparse(decorator) for decorator in function.decorator_list]
    if "pytestmark" in module.constants:
        marks.append(ast.unparse(module.constants["pytestmark"]))
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            marks.append(ast.unparse(node.func))
    return [mark for mark in marks if SKIPPING.search(mark)]


def scopes_of(module: Module, test: str) -> Iterator[Scope]:
    """Yield the scope of a test, and the scopes of the helpers that it calls."""
    waiting = [(Scope.of(module, module.functions[test]), 0)]
    while waiting:
        scope, depth = waiting.pop()
        yield scope
        if depth < MAX_DEPTH:
            waiting.extend((helper, depth + 1) for helper in helpers_of(scope))


def resolved_words(value: Value, *, is_condition: bool = False) -> set[str]:
    """Return the words of an expression and of the values for which its names stand."""
    words: set[str] = set()
    waiting = [(value, 0)]
    while waiting:
        current, depth = waiting.pop()
        for node in parts_of(current.expression, is_condition=is_condition):
            words.update(word_of(node))
            if isinstance(node, ast.Name) and depth < MAX_DEPTH:
                values = values_of(node.id, current.scope)
                waiting.extend((one, depth + 1) for one in values)
    return words


def parts_of(node: ast.AST, *, is_condition: bool) -> Iterator[ast.AST]:
    """Yield a node and its parts; of a condition, those that it asserts."""
    if is_condition and is_exclusion(node):
        return
    yield node
    if is_condition and isinstance(node, ast.Call) and not is_transparent(node):
        yield from parts_of(node.func, is_condition=True)
        return
    for child in ast.iter_child_nodes(node):
        yield from parts_of(child, is_condition=is_condition)


def is_exclusion(node: ast.AST) -> bool:
    """Return True for a part of a condition that says what is not so.

    `is not None` says that something is.
    """
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    if not isinstance(node, ast.Compare) or not isinstance(node.ops[0], EXCLUSIONS):
        return False
    return ast.unparse(node.comparators[0]) != "None"


def is_transparent(call: ast.Call) -> bool:
    """Return True if the arguments of a call are asserted: those of a value, or of a question."""
    name = ast.unparse(call.func).rpartition(".")[2]
    return name in TRANSPARENT or name[:1].isupper()


def word_of(node: ast.AST) -> tuple[str, ...]:
    """Return the word of a node, nothing for a node that has none."""
    if isinstance(node, ast.Name):
        return (node.id,)
    if isinstance(node, ast.Attribute):
        return (node.attr,)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return (node.value,)
    return ()
