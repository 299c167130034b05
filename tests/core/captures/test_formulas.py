"""The language of formulas has numbers, vectors, four operators and seven functions, no more."""

from typing import Any

import pytest

from indelible.captures import SPHERICAL, RegisterAlgorithm
from indelible.captures.entities.aggregates import AlgorithmVersion
from indelible.captures.rules.evaluation import SELF_TEST_CASES, evaluate_formula, verify_self_test
from indelible.captures.rules.formulas import (
    ANNEALED,
    PARAMETERS,
    Formula,
    checksum_of,
    parse_formulas,
)
from indelible.testing.captures.scenarios import code
from indelible.testing.stores import BEGINNING

UPDATE = "vec_unit(vec_lerp(vec_unit(centroid), vec_unit(vector), rate))"
LONG_SUM = " + ".join(["1.0"] * 40)
DEEP_NESTING = "(" * 2_000 + "1.0" + ")" * 2_000


def with_rate(formula: str) -> str:
    """Return the shipped text with another formula for the rate."""
    return SPHERICAL.replace("rate = 0.1", f"rate = {formula}")


def with_update(formula: str) -> str:
    """Return the shipped text with another formula for the centroid."""
    return SPHERICAL.replace(UPDATE, formula)


def with_distance(formula: str) -> str:
    """Return the shipped text with another formula for the distance."""
    return SPHERICAL.replace("vec_dist(centroid, vector)", formula)


def rate_formula(formula: str) -> Formula:
    """Return the parsed formula of the rate."""
    return parse_formulas(with_rate(formula))["rate"]


def test_a_store_that_computes_something_else_fails_the_self_test() -> None:
    algorithm = AlgorithmVersion.create(
        "register",
        now=BEGINNING,
        id="spherical",
        formulas=SPHERICAL,
        checksum=checksum_of(SPHERICAL),
    )
    results: dict[str, Any] = {}
    for formula, arguments in SELF_TEST_CASES.items():
        results[formula] = evaluate_formula(algorithm, formula, arguments)
    verify_self_test(algorithm, results)

    def verify_another_depth() -> None:
        verify_self_test(algorithm, {**results, "depth": results["depth"] + 0.1})

    assert code(verify_another_depth) == "SELF_TEST_FAILED"


@pytest.mark.parametrize("text", [SPHERICAL, ANNEALED], ids=["spherical", "annealed"])
def test_a_shipped_text_has_every_formula(text: str) -> None:
    assert parse_formulas(text).keys() == PARAMETERS.keys()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "depth = 1.0",
        "\x00",
        SPHERICAL + "\nrate = 0.2",
        SPHERICAL + "\nother = 0.2",
        SPHERICAL + "#" * 4_000,
        with_rate("1"),
        with_rate("'1.0'"),
        with_rate("vector"),
        with_rate("applied ** 2.0"),
        with_rate("-applied"),
        with_rate("pg_sleep(9.0)"),
        with_rate("least(applied)"),
        with_rate("least(*applied)"),
        with_rate("least(a=1.0, b=2.0)"),
        with_rate("(lambda: 1.0)()"),
        with_rate("applied.real"),
        with_rate("0.1; DROP TABLE signals"),
        with_rate(LONG_SUM),
        with_rate(DEEP_NESTING),
        with_rate("1e999"),
        with_update("rate"),
        with_distance("vector"),
        with_distance("vec_dist(centroid, 1.0)"),
        with_distance("centroid + vector"),
    ],
    ids=lambda text: ascii(text[-60:]),
)
def test_a_text_outside_the_language_is_refused(text: str) -> None:
    registration = code(lambda: RegisterAlgorithm(algorithm_id="a", formulas=text))

    assert registration == "FORMULA_INVALID"


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("applied", 3.0),
        ("0.5", 0.5),
        ("1.0 + 2.0 * applied", 7.0),
        ("(1.0 - applied) / 4.0", -0.5),
        ("least(applied, 2.0)", 2.0),
        ("greatest(applied, 2.0)", 3.0),
    ],
)
def test_a_formula_is_evaluated_with_its_arguments(formula: str, value: float) -> None:
    assert rate_formula(formula).evaluate({"applied": 3.0}) == value


def test_a_formula_in_sql_has_brackets_casts_and_the_schema_of_vector_functions() -> None:
    rate = rate_formula("least(1.0 / applied, 0.5)")
    distance = parse_formulas(SPHERICAL)["distance"]

    assert rate.to_sql({"applied": "$1"}) == (
        "least((CAST(1.0 AS double precision) / $1), CAST(0.5 AS double precision))"
    )
    assert distance.to_sql({"centroid": "c", "vector": "v"}, "indelible.") == (
        "indelible.vec_dist(c, v)"
    )
