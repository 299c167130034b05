"""An algorithm version's text: named formulas in the few words that Python and both databases' SQL have in common."""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from attrs import Attribute, frozen

from indelible.captures.errors import AlgorithmFailed, FormulaInvalid
from indelible.captures.rules import vectors
from indelible.kernel.values import WrongType

LONGEST: Final = 4_000
MOST_NODES: Final = 60  # of one formula: deep nesting never reaches a database's parser


def _quotient(one: float, other: float) -> float:
    return one / other


# What each formula is given, and nothing else.
TAKES: Final[Mapping[str, frozenset[str]]] = {
    "depth": frozenset(("words", "dwell", "scroll")),
    "magnitude": frozenset(("weight", "depth")),
    "distance": frozenset(("centroid", "vector")),
    "margin": frozenset(("nearest", "second")),
    "rate": frozenset(("applied",)),
    "centroid": frozenset(("centroid", "vector", "rate")),
    "drift": frozenset(("moved", "centroid")),
    "confidence": frozenset(("applied",)),
}
FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Any], int]]] = {
    "vec_dist": (vectors.vec_dist, 2),
    "vec_dot": (vectors.vec_dot, 2),
    "vec_lerp": (vectors.vec_lerp, 3),
    "vec_norm": (vectors.vec_norm, 1),
    "vec_unit": (vectors.vec_unit, 1),
    "least": (min, 2),
    "greatest": (max, 2),
}
Operators = Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]]
OPERATORS: Final[Operators] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", _quotient),
}
SPHERICAL: Final = """
depth = 0.6 * least(1.5, dwell / (words * 300.0)) + 0.4 * scroll
magnitude = weight * (0.5 + 0.5 * least(1.0, depth))
distance = vec_dist(centroid, vector)
margin = second - nearest
rate = 0.1
centroid = vec_unit(vec_lerp(vec_unit(centroid), vec_unit(vector), rate))
drift = vec_dist(moved, centroid)
confidence = least(1.0, applied / 20.0)
""".strip()
ANNEALED: Final = SPHERICAL.replace("rate = 0.1", "rate = greatest(0.05, 1.0 / (applied + 1.0))")
VECTORS: Final = frozenset(("centroid", "vector", "moved"))
GIVES_VECTOR: Final = frozenset(("centroid",))


@frozen
class Formula:
    """One formula, which can be computed here, or written in a database's words."""

    tree: ast.expr

    def value(self, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - a number or a vector
        """What the formula gives."""
        return _value(self.tree, given)

    def sql(self, names: Mapping[str, str], schema: str = "") -> str:
        """The formula in SQL, its names replaced; `schema` is where the vectors' functions live."""
        return _sql(self.tree, names, schema)


@lru_cache(maxsize=100)
def formulas_of(text: str) -> Mapping[str, Formula]:
    """Every formula of a text, or FormulaInvalid."""
    if len(text) > LONGEST:
        raise FormulaInvalid(f"longer than {LONGEST} characters")
    try:
        lines = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaInvalid("not lines of `name = formula`") from error
    found: dict[str, Formula] = {}
    for line in lines:
        match line:
            case ast.Assign(targets=[ast.Name(id=name)], value=tree) if name in TAKES and name not in found:
                _check(name, tree)
                found[name] = Formula(tree)
            case _:
                raise FormulaInvalid(f"line {line.lineno} is not `name = formula` of a known name, given once")
    if missing := sorted(TAKES.keys() - found):
        raise FormulaInvalid(f"no formula for {', '.join(missing)}")
    return found


def checksum_of(text: str) -> str:
    """The digest of a text, by which every store names what it computes with."""
    return sha256(text.encode()).hexdigest()


def is_formulas(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """A text of formulas."""
    if not isinstance(value, str):
        raise WrongType(attribute.name, "text")
    formulas_of(value)


def evaluated(text: str, name: str, given: Mapping[str, object], algorithm_id: str) -> Any:  # noqa: ANN401 - as above
    """What one formula gives, or AlgorithmFailed."""
    try:
        return formulas_of(text)[name].value(given)
    except (ArithmeticError, ValueError) as error:
        raise AlgorithmFailed(algorithm_id) from error


def _check(name: str, tree: ast.expr) -> None:
    if len(list(ast.walk(tree))) > MOST_NODES:
        raise FormulaInvalid(f"{name} is longer than {MOST_NODES} parts")
    if _is_vector(name, tree) != (name in GIVES_VECTOR):
        raise FormulaInvalid(f"{name} gives a vector where a number is wanted, or the other way round")


def _is_vector(name: str, tree: ast.expr) -> bool:
    """Whether a part gives a vector; FormulaInvalid where it is no formula, or adds vectors to numbers."""
    match tree:
        case ast.Name(id=known) if known in TAKES[name]:
            return known in VECTORS
        case ast.Constant(value=float(number)) if isfinite(number):
            return False
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            if not (_is_vector(name, left) or _is_vector(name, right)):
                return False
        case ast.Call(func=ast.Name(id=called), args=given, keywords=[]) if called in FUNCTIONS:
            kinds = [_is_vector(name, each) for each in given]
            if kinds == _wanted(called):
                return called in ("vec_lerp", "vec_unit")
        case _:
            pass
    raise FormulaInvalid(f"{name}: {ast.unparse(tree)}")


def _wanted(called: str) -> list[bool]:
    count = FUNCTIONS[called][1]
    return [called.startswith("vec_") and place < 2 for place in range(count)]  # noqa: PLR2004 - the third is a rate


def _value(tree: ast.expr, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - as above
    match tree:
        case ast.Name(id=name):
            return given[name]
        case ast.BinOp(left=left, op=op, right=right):
            return OPERATORS[type(op)][1](_value(left, given), _value(right, given))
        case ast.Call(func=ast.Name(id=called), args=parts):
            return FUNCTIONS[called][0](*(_value(each, given) for each in parts))
        case _:
            return getattr(tree, "value")  # noqa: B009 - of a constant, which is all that is left


def _sql(tree: ast.expr, names: Mapping[str, str], schema: str) -> str:
    match tree:
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=op, right=right):
            return f"({_sql(left, names, schema)} {OPERATORS[type(op)][0]} {_sql(right, names, schema)})"
        case ast.Call(func=ast.Name(id=called), args=parts):
            place = schema if called.startswith("vec_") else ""
            return f"{place}{called}({', '.join(_sql(each, names, schema) for each in parts)})"
        case _:
            return f"CAST({ast.unparse(tree)} AS double precision)"
