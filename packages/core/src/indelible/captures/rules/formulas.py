"""The formula language: an algorithm version is a text of named formulas.

Every formula is an arithmetic expression over its parameters. The language has only decimal
numbers, four operators and seven functions, all of which mean the same in Python and in the SQL of
both databases.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from functools import lru_cache
from hashlib import sha256
from math import isfinite
from typing import Any, Final

from attrs import Attribute, frozen

from indelible.captures.errors import FormulaInvalid
from indelible.captures.rules import vectors
from indelible.kernel.values import wrong_type

MAX_TEXT_LENGTH: Final = 4_000
MAX_FORMULA_NODES: Final = 60  # Deep nesting must not reach the parser of a database.

Value = Any  # of a formula: a number, or a vector

# The formulas that every version must have, each with the names of its parameters.
PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "depth": ("words", "dwell", "scroll"),
    "magnitude": ("weight", "depth"),
    "distance": ("centroid", "vector"),
    "margin": ("nearest", "second"),
    "rate": ("applied",),
    "centroid": ("centroid", "vector", "rate"),
    "drift": ("moved", "centroid"),
    "confidence": ("applied",),
}
VECTOR_PARAMETERS: Final = frozenset(("centroid", "vector", "moved"))
VECTOR_FORMULA: Final = "centroid"  # The only formula whose result is a vector.

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
# The seed weighs as much as ten captures, and a capture weighs less the farther it is. Captures of
# a neighbour, which are far, hardly move the centroid.
ANCHORED: Final = SPHERICAL.replace("rate = 0.1", "rate = 1.0 / (applied + 10.0)").replace(
    "vec_unit(vector), rate)",
    "vec_unit(vector), rate"
    " * greatest(0.0, 1.0 - vec_dist(centroid, vector))"
    " * greatest(0.0, 1.0 - vec_dist(centroid, vector)))",
)


@frozen
class Function:
    """A function of the language: its Python form and the types of its parameters and result."""

    python: Callable[..., Any]
    parameters: tuple[type, ...]
    result: type = float


FUNCTIONS: Final[Mapping[str, Function]] = {
    "vec_dist": Function(vectors.vec_dist, (tuple, tuple)),
    "vec_dot": Function(vectors.vec_dot, (tuple, tuple)),
    "vec_lerp": Function(vectors.vec_lerp, (tuple, tuple, float), tuple),
    "vec_norm": Function(vectors.vec_norm, (tuple,)),
    "vec_unit": Function(vectors.vec_unit, (tuple,), tuple),
    "least": Function(min, (float, float)),
    "greatest": Function(max, (float, float)),
}


@frozen
class Operator:
    """An operator of the language: its symbol in SQL and its Python form."""

    symbol: str
    python: Callable[[Any, Any], Any]


def divide(dividend: float, divisor: float) -> float:
    """Return the quotient; `operator.truediv` has no types."""
    return dividend / divisor


OPERATORS: Final[Mapping[type[ast.operator], Operator]] = {
    ast.Add: Operator("+", operator.add),
    ast.Sub: Operator("-", operator.sub),
    ast.Mult: Operator("*", operator.mul),
    ast.Div: Operator("/", divide),
}


@frozen
class Formula:
    """One formula, to be evaluated in Python or written as SQL."""

    tree: ast.expr

    def evaluate(self, arguments: Mapping[str, object]) -> Value:
        """Return the formula's value for these arguments."""
        match self.tree:
            case ast.Name(id=name):
                return arguments[name]
            case ast.BinOp(left=left, op=op, right=right):
                left_value = Formula(left).evaluate(arguments)
                right_value = Formula(right).evaluate(arguments)
                return OPERATORS[type(op)].python(left_value, right_value)
            case ast.Call(func=ast.Name(id=function), args=parameters):
                values = [Formula(parameter).evaluate(arguments) for parameter in parameters]
                return FUNCTIONS[function].python(*values)
            case _:
                return ast.literal_eval(self.tree)

    def to_sql(self, expressions: Mapping[str, str], schema_prefix: str = "") -> str:
        """Write the formula as SQL.

        `expressions` maps each parameter to the SQL that stands for it; `schema_prefix` ends with a
        dot and names the schema of the vector functions.
        """
        match self.tree:
            case ast.Name(id=name):
                return expressions[name]
            case ast.BinOp(left=left, op=op, right=right):
                left_sql = Formula(left).to_sql(expressions, schema_prefix)
                right_sql = Formula(right).to_sql(expressions, schema_prefix)
                return f"({left_sql} {OPERATORS[type(op)].symbol} {right_sql})"
            case ast.Call(func=ast.Name(id=function), args=parameters):
                values = [
                    Formula(parameter).to_sql(expressions, schema_prefix)
                    for parameter in parameters
                ]
                is_ours = function.startswith("vec_")
                qualified = schema_prefix + function if is_ours else function
                return f"{qualified}({', '.join(values)})"
            case _:
                return f"CAST({ast.unparse(self.tree)} AS double precision)"


@lru_cache(maxsize=100)
def parse_formulas(text: str) -> Mapping[str, Formula]:
    """Parse and check the text of an algorithm version; return its formulas by name.

    Raises:
        FormulaInvalid: The text is too long, is no list of formulas, lacks one, or mixes vectors
            and numbers.

    """
    if len(text) > MAX_TEXT_LENGTH:
        raise FormulaInvalid(f"longer than {MAX_TEXT_LENGTH} characters")
    try:
        statements = ast.parse(text).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise FormulaInvalid("not lines of `name = formula`") from error

    formulas: dict[str, Formula] = {}
    for statement in statements:
        name, tree = _parse_statement(statement)
        if name in formulas:
            raise FormulaInvalid(f"line {statement.lineno} defines `{name}` again")
        formulas[name] = Formula(tree)

    missing = sorted(PARAMETERS.keys() - formulas)
    if missing:
        raise FormulaInvalid(f"no formula for {', '.join(missing)}")
    return formulas


def checksum_of(text: str) -> str:
    """Return the digest of a text, which names the database function made from it."""
    return sha256(text.encode()).hexdigest()


def is_formulas(_: object, attribute: "Attribute[Any]", value: object) -> None:
    """Check that the value is the text of an algorithm version."""
    if not isinstance(value, str):
        raise wrong_type(attribute.name, "text", value)
    parse_formulas(value)


def _parse_statement(statement: ast.stmt) -> tuple[str, ast.expr]:
    """Return the name and the expression of one line, after checking both."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=tree) if name in PARAMETERS:
            pass
        case _:
            raise FormulaInvalid(f"line {statement.lineno} is not `name = formula` of a known name")

    if len(list(ast.walk(tree))) > MAX_FORMULA_NODES:
        raise FormulaInvalid(f"{name} is longer than {MAX_FORMULA_NODES} parts")
    expected = tuple if name == VECTOR_FORMULA else float
    if _type_of(name, tree) is not expected:
        raise FormulaInvalid(f"{name} gives a vector instead of a number, or the reverse")
    return name, tree


def _type_of(name: str, tree: ast.expr) -> type:
    """Return the type of an expression within the formula `name`: `tuple` for a vector, or `float`.

    Raises:
        FormulaInvalid: The expression is outside the language, or its types do not fit.

    """
    match tree:
        case ast.Name(id=parameter) if parameter in PARAMETERS[name]:
            return tuple if parameter in VECTOR_PARAMETERS else float
        case ast.Constant(value=float(number)) if isfinite(number):
            return float
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            operands = (_type_of(name, left), _type_of(name, right))
            if operands == (float, float):
                return float
        case ast.Call(func=ast.Name(id=called), args=arguments, keywords=[]) if called in FUNCTIONS:
            function = FUNCTIONS[called]
            types = tuple(_type_of(name, argument) for argument in arguments)
            if types == function.parameters:
                return function.result
        case _:
            pass
    raise FormulaInvalid(f"{name}: {ast.unparse(tree)}")
