"""Break one place of a module, so that its behavior changes."""

import ast
from collections.abc import Callable, Iterator
from random import Random
from typing import Final

from attrs import frozen

OPPOSITES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
LOGGERS: Final = frozenset({"logger", "root_logger", "statement_logger"})


@frozen
class Mutation:
    """A change of one node: its description, and what replaces the node."""

    line: int
    text: str
    node: ast.AST
    apply: Callable[[], None]


class _Collector(ast.NodeVisitor):
    """Collect the mutations of the bodies of functions."""

    def __init__(self) -> None:
        self.mutations: list[Mutation] = []
        self._depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        """Look at the body of a function, without its decorators and annotations."""
        self._depth += 1
        for statement in node.body:
            self.visit(statement)
        self._depth -= 1

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 - the name that ast calls

    def generic_visit(self, node: ast.AST) -> None:
        """Collect the mutations of a node, then those below it."""
        if self._depth:
            self.mutations += _mutations(node)
        super().generic_visit(node)


def mutations(tree: ast.Module) -> list[Mutation]:
    """Return all mutations of the functions of a module; each changes the tree in place."""
    visitor = _Collector()
    visitor.visit(tree)
    return visitor.mutations


def mutate(source: str, line: int, random: Random) -> tuple[str, str] | None:
    """Break a line in one way, and return the new source and a description."""
    tree = ast.parse(source)
    candidates = [mutation for mutation in mutations(tree) if mutation.line == line]
    if not candidates:
        return None

    mutation = random.choice(candidates)
    mutation.apply()
    return ast.unparse(ast.fix_missing_locations(tree)), mutation.text


def mutable_lines(source: str) -> set[int]:
    """Return the lines that can be broken."""
    return {mutation.line for mutation in mutations(ast.parse(source))}


def _mutations(node: ast.AST) -> Iterator[Mutation]:
    """Yield the ways to break a node."""
    yield from _of_expression(node)
    yield from _of_statement(node)


def _of_expression(node: ast.AST) -> Iterator[Mutation]:
    match node:
        case ast.Compare(ops=[operator]) if type(operator) in OPPOSITES:
            opposite = OPPOSITES[type(operator)]()
            yield _change(node, "opposite comparison", "ops", [opposite])
        case ast.BoolOp(op=ast.And()):
            yield _change(node, "or instead of and", "op", ast.Or())
        case ast.BoolOp(op=ast.Or()):
            yield _change(node, "and instead of or", "op", ast.And())
        case ast.BinOp(op=ast.Add()) if not _is_text(node):
            yield _change(node, "- instead of +", "op", ast.Sub())
        case ast.BinOp(op=ast.Sub()):
            yield _change(node, "+ instead of -", "op", ast.Add())
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            yield _change(node, f"{number + 1} instead of {number}", "value", number + 1)
        case _:
            return


def _of_statement(node: ast.AST) -> Iterator[Mutation]:
    match node:
        case ast.If(test=test) | ast.IfExp(test=test) | ast.While(test=test):
            negated = ast.UnaryOp(ast.Not(), test)
            yield _change(node, "negated condition", "test", negated)
        case ast.Return(value=ast.Constant(value=bool() as value)):
            yield _change(node, f"return {not value}", "value", ast.Constant(not value))
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield _change(node, "return None", "value", ast.Constant(None))
        case ast.Raise():
            yield Mutation(node.lineno, "no raise", node, lambda: _do_nothing(node))
        case ast.Expr(value=ast.Call() as call) if not _is_log(call):
            yield _change(node, "no call", "value", ast.Constant(None))
        case _:
            return


def _change(node: ast.expr | ast.stmt, text: str, field: str, value: object) -> Mutation:
    return Mutation(node.lineno, text, node, lambda: setattr(node, field, value))


def _do_nothing(node: ast.AST) -> None:
    """Turn a statement into one that does nothing."""
    node.__class__ = ast.Expr
    node.__dict__["value"] = ast.Constant(None)


def _is_text(node: ast.BinOp) -> bool:
    """Return whether an addition joins texts or lists: a subtraction would fail at once."""
    sides = (node.left, node.right)
    return any(isinstance(side, ast.JoinedStr | ast.List | ast.Tuple) for side in sides) or any(
        isinstance(side, ast.Constant) and isinstance(side.value, str | bytes) for side in sides
    )


def _is_log(call: ast.Call) -> bool:
    function = call.func
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id in LOGGERS
    )
