"""Test each warning over HTTP: an example in which it appears, and one in which it does not."""

from collections.abc import Callable
from functools import partial

import pytest
from attrs import evolve
from tests.web.harness import Json, Web, memory, saved

from indelible.concepts import ConceptContent, ConceptPolicy, WarningCode

GOOD = ConceptContent(
    name="Ratio",
    definition="A comparison of two quantities by division.",
    explanation="It says how many times one quantity contains the other, whatever their units are.",
    examples=("The ratio of 6 to 3 is 2.", "Ratios of parts are kept when a recipe is doubled."),
    learning_objective="Explain how two quantities compare.",
    misconceptions=("A larger number always comes first.",),
    scope_boundaries="Whole numbers only.",
)

Story = Callable[[Web], Json]

but: Callable[..., ConceptContent] = partial(evolve, GOOD)


class NoVerbs(frozenset[str]):
    """The verbs of a policy whose lookup fails, so that the rule crashes."""

    def __contains__(self, verb: object) -> bool:
        raise LookupError(verb)


def of(**changes: object) -> Story:
    """Create the complete concept with these fields replaced."""
    return lambda web: web.create(but(**changes))


def edited(note: str = "say it more plainly", **changes: object) -> Story:
    """Create the complete concept and replace these fields in an edit."""
    return lambda web: web.edit(web.create(GOOD), but(**changes), note)


def among(story: Story, **others: tuple[str, ...]) -> Story:
    """Create other concepts with these prerequisites before the story."""

    def run(web: Web) -> Json:
        for name, prerequisites in others.items():
            web.create(ConceptContent(name=name, prerequisites=prerequisites))
        return story(web)

    return run


def under(policy: ConceptPolicy, story: Story) -> Story:
    """Run the story in a store with this policy."""
    return lambda _: story(Web(memory(concepts=policy)))


def approved(*, again: bool) -> Story:
    """Edit an approved concept, and approve it again if `again`."""

    def run(web: Web) -> Json:
        edited_concept = web.edit(web.at("APPROVED", GOOD), evolve(GOOD, name="Ratios"))
        if not again:
            return edited_concept
        return saved(web.move(edited_concept, "APPROVED"), 200)

    return run


def in_review(*, with_division: bool) -> Story:
    """Bring a concept into review whose prerequisite is in review too, or only a draft."""

    def run(web: Web) -> Json:
        division_status = "REVIEW" if with_division else "DRAFT"
        web.at(division_status, ConceptContent(name="Division"))
        return web.at("REVIEW", evolve(GOOD, prerequisites=("Division",)))

    return run


NEEDS_DIVISION = of(prerequisites=("Division",))
STORIES: dict[WarningCode, tuple[Story, Story]] = {
    WarningCode.NAME_BLANK: (of(name=" "), of(name="\u03c0")),
    WarningCode.NAME_LONG: (of(name="a" * 121), of(name="a" * 120)),
    WarningCode.NAME_WHITESPACE: (of(name="Unit  ratio"), of(name="Unit ratio")),
    WarningCode.NAME_COLLISION: (among(of(), ratio=()), among(of(), Ratios=())),
    WarningCode.DEF_EMPTY: (of(definition=""), of(definition=".")),
    WarningCode.DEF_LONG: (of(definition="a" * 301), of(definition="a" * 300)),
    WarningCode.DEF_SHORT: (of(definition="A number"), of(definition="A whole number")),
    WarningCode.DEF_CIRCULAR: (
        of(definition="One ratio, or another."),
        of(definition="Every irrational number."),
    ),
    WarningCode.DEF_EQUALS_EXPLANATION: (
        of(explanation=GOOD.definition.upper()),
        of(explanation="It says so."),
    ),
    WarningCode.EXPL_EMPTY: (of(explanation=" "), of(explanation="It says so.")),
    WarningCode.EXPL_SHORTER_THAN_DEF: (
        of(explanation="Parts."),
        of(explanation="By parts, and by all their parts."),
    ),
    WarningCode.OBJ_EMPTY: (of(learning_objective=""), of(learning_objective="Understand.")),
    WarningCode.OBJ_VERB: (of(learning_objective="Explainers"), of(learning_objective="Explain")),
    WarningCode.OBJ_MULTIPLE: (
        of(learning_objective="Define it; measure it"),
        of(learning_objective="Define it"),
    ),
    WarningCode.EX_NONE: (of(examples=()), of(examples=("",))),
    WarningCode.EX_BLANK: (of(examples=("A ratio.", " ")), of(examples=("A ratio.",))),
    WarningCode.EX_DUPLICATE: (
        of(examples=("A ratio.", "a  RATIO.")),
        of(examples=("A ratio.", "Two ratios.")),
    ),
    WarningCode.EX_NO_TERM: (of(examples=("6 and 3.",)), of(examples=("6 and 3.", "Two ratios."))),
    WarningCode.MISC_NONE: (of(misconceptions=()), of(misconceptions=("It is a sum.",))),
    WarningCode.MISC_EQUALS_DEF: (
        of(misconceptions=(GOOD.definition,)),
        of(misconceptions=("It is a sum.",)),
    ),
    WarningCode.SCOPE_EMPTY: (of(scope_boundaries=None), of(scope_boundaries="None.")),
    WarningCode.PREREQ_NONE_BUT_REFERENCED: (
        among(of(definition="Two quantities compared by [division](#division)."), Division=()),
        among(of(), Division=()),
    ),
    WarningCode.PREREQ_SELF: (of(prerequisites=("RATIO",)), NEEDS_DIVISION),
    WarningCode.PREREQ_DUPLICATE: (of(prerequisites=("Division", "division")), NEEDS_DIVISION),
    WarningCode.PREREQ_DANGLING: (NEEDS_DIVISION, among(NEEDS_DIVISION, Division=())),
    WarningCode.PREREQ_AMBIGUOUS: (
        among(NEEDS_DIVISION, Division=(), division=()),
        among(NEEDS_DIVISION, Division=()),
    ),
    WarningCode.PREREQ_CYCLE: (
        among(NEEDS_DIVISION, Division=("Ratio",)),
        among(NEEDS_DIVISION, Division=()),
    ),
    WarningCode.PREREQ_BELOW_STATUS: (
        in_review(with_division=False),
        in_review(with_division=True),
    ),
    WarningCode.PREREQ_DEPTH: (
        under(
            ConceptPolicy(max_prerequisite_depth=1),
            among(NEEDS_DIVISION, Division=("Numbers",), Numbers=()),
        ),
        under(ConceptPolicy(max_prerequisite_depth=1), among(NEEDS_DIVISION, Division=())),
    ),
    WarningCode.TEXT_CONTROL_CHARS: (of(definition="one\u202etwo"), of(definition="one\n\ttwo")),
    WarningCode.TEXT_PLACEHOLDER: (
        of(scope_boundaries="TODO: say more"),
        of(scope_boundaries="Todo el mundo"),
    ),
    WarningCode.NOTE_UNINFORMATIVE: (
        edited("fix it", name="Ratios"),
        edited("fix the name", name="Ratios"),
    ),
    WarningCode.EDIT_NO_CHANGE: (edited(), edited(name="Ratios")),
    WarningCode.EDIT_LARGE: (
        edited(definition="Something else."),
        edited(definition=f"{GOOD.definition} Again."),
    ),
    WarningCode.APPROVAL_STALE: (approved(again=False), approved(again=True)),
    WarningCode.RULE_CRASHED: (under(ConceptPolicy(observable_verbs=NoVerbs()), of()), of()),
}


def codes(concept: Json) -> list[str]:
    """Return the codes of the stored and the current warnings."""
    return [warning["code"] for warning in concept["warnings"] + concept["current_warnings"]]


def test_every_warning_has_an_example_and_a_counterexample() -> None:
    assert set(STORIES) == set(WarningCode)


@pytest.mark.slow
@pytest.mark.parametrize("code", STORIES)
def test_a_warning_appears_over_http_and_blocks_no_step(web: Web, code: WarningCode) -> None:
    fires, _ = STORIES[code]

    assert codes(fires(web)).count(code) == 1


@pytest.mark.parametrize("code", STORIES)
def test_a_warning_does_not_appear_for_its_counterexample(web: Web, code: WarningCode) -> None:
    _, silent = STORIES[code]

    assert code not in codes(silent(web))


@pytest.mark.slow
def test_a_complete_concept_has_no_warning(web: Web) -> None:
    assert codes(web.create(GOOD)) == []
