"""An algorithm version's text: named formulas in the few words that Python and both databases' SQL have in common."""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from attrs import Attribute, frozen

from indelible.captures.entities import AlgorithmVersion, as_float32
from indelible.captures.errors import AlgorithmFailed, FormulaInvalid, SelfTestFailed
from indelible.captures.rules import vectors
from indelible.kernel.values import WrongType

LONGEST: Final = 4_000
MOST_NODES: Final = 60  # of one formula: deep nesting never reaches a database's parser
CLOSE: Final = 1e-6
A: Final = as_float32((1.0, 0.0, 0.0))
X: Final = as_float32((0.904534, 0.301511, 0.301511))
MOVED: Final = as_float32((0.999075, 0.030414, 0.030414))
# What each formula is given, and nothing else; with these values a store shows that it computes as is written.
CASES: Final[Mapping[str, Mapping[str, Any]]] = {
    "depth": {"words": 1200.0, "dwell": 42_000.0, "scroll": 0.8},
    "magnitude": {"weight": 0.75, "depth": 0.39},
    "distance": {"centroid": A, "vector": X},
    "margin": {"nearest": 0.095466, "second": 0.216071},
    "rate": {"applied": 3.0},
    "centroid": {"centroid": A, "vector": X, "rate": 0.1},
    "drift": {"moved": MOVED, "centroid": A},
    "confidence": {"applied": 5.0},
}
VECTORS: Final = frozenset(("centroid", "vector", "moved"))  # of what a formula is given
GIVES_VECTOR: Final = "centroid"
RATE: Final = 2  # the place of the number among the vectors that a function takes
FUNCTIONS: Final[Mapping[str, tuple[Callable[..., Any], int]]] = {
    "vec_dist": (vectors.vec_dist, 2),
    "vec_dot": (vectors.vec_dot, 2),
    "vec_lerp": (vectors.vec_lerp, 3),
    "vec_norm": (vectors.vec_norm, 1),
    "vec_unit": (vectors.vec_unit, 1),
    "least": (min, 2),
    "greatest": (max, 2),
}
OPERATORS: Final[Mapping[type[ast.operator], tuple[str, Callable[[Any, Any], Any]]]] = {
    ast.Add: ("+", operator.add),
    ast.Sub: ("-", operator.sub),
    ast.Mult: ("*", operator.mul),
    ast.Div: ("/", lambda one, other: one / other),
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


@frozen
class Formula:
    """One formula, which can be computed here, or written in a database's words."""

    tree: ast.expr

    def value(self, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - a number or a vector
        """What the formula gives."""
        match self.tree:
            case ast.Name(id=name):
                return given[name]
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)][1](
                    Formula(left).value(given), Formula(right).value(given)
                )
            case ast.Call(func=ast.Name(id=called), args=parts):
                return FUNCTIONS[called][0](*(Formula(each).value(given) for each in parts))
            case _:
                return ast.literal_eval(self.tree)

    def sql(self, names: Mapping[str, str], schema: str = "") -> str:
        """The formula in SQL, its names replaced; `schema` is where the vectors' functions live."""
        match self.tree:
            case ast.Name(id=name):
                return names[name]
            case ast.BinOp(left=left, op=op, right=right):
                one, other = (Formula(each).sql(names, schema) for each in (left, right))
                return f"({one} {OPERATORS[type(op)][0]} {other})"
            case ast.Call(func=ast.Name(id=called), args=parts):
                given = ", ".join(Formula(each).sql(names, schema) for each in parts)
                return f"{schema if called.startswith('vec_') else ''}{called}({given})"
            case _:
                return f"CAST({ast.unparse(self.tree)} AS double precision)"


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
            case ast.Assign(targets=[ast.Name(id=name)], value=tree) if (
                name in CASES and name not in found
            ):
                if len(list(ast.walk(tree))) > MOST_NODES:
                    raise FormulaInvalid(f"{name} is longer than {MOST_NODES} parts")
                if _is_vector(name, tree) != (name == GIVES_VECTOR):
                    raise FormulaInvalid(
                        f"{name} gives a vector where a number is wanted, or the other way round"
                    )
                found[name] = Formula(tree)
            case _:
                raise FormulaInvalid(
                    f"line {line.lineno} is not `name = formula` of a known name, given once"
                )
    if missing := sorted(CASES.keys() - found):
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


def evaluated(algorithm: AlgorithmVersion, name: str, given: Mapping[str, object]) -> Any:  # noqa: ANN401 - as above
    """What one formula gives, or AlgorithmFailed."""
    try:
        return formulas_of(algorithm.formulas)[name].value(given)
    except (ArithmeticError, ValueError) as error:
        raise AlgorithmFailed(algorithm.id) from error


def verify_self_test(algorithm: AlgorithmVersion, found: Mapping[str, Any]) -> None:
    """Refuse a version that the store computes otherwise than it is written."""
    for name, given in CASES.items():
        expected = evaluated(algorithm, name, given)
        pairs = (
            zip(expected, found[name], strict=True)
            if name == GIVES_VECTOR
            else [(expected, found[name])]
        )
        if any(abs(one - other) > CLOSE for one, other in pairs):
            raise SelfTestFailed(algorithm.id, name)


def _is_vector(name: str, tree: ast.expr) -> bool:
    """Whether a part gives a vector; FormulaInvalid where it is no formula, or adds vectors to numbers."""
    match tree:
        case ast.Name(id=known) if known in CASES[name]:
            return known in VECTORS
        case ast.Constant(value=float(number)) if isfinite(number):
            return False
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            if not (_is_vector(name, left) or _is_vector(name, right)):
                return False
        case ast.Call(func=ast.Name(id=called), args=given, keywords=[]) if called in FUNCTIONS:
            kinds = [_is_vector(name, each) for each in given]
            if kinds == [
                called.startswith("vec_") and place != RATE for place in range(FUNCTIONS[called][1])
            ]:
                return called in ("vec_lerp", "vec_unit")
        case _:
            pass
    raise FormulaInvalid(f"{name}: {ast.unparse(tree)}")
