"""An actor is a kind and an opaque id, and reads back as it prints."""

import pytest
from hypothesis import given
from hypothesis.strategies import characters, sampled_from, text

from indelible.kernel import Actor, Invalid, InvalidActor
from indelible.kernel.audit import ActorKind
from indelible.kernel.values import HIDDEN, UNSTORABLE

ids = text(characters(exclude_categories=["Cs"]), min_size=1, max_size=200).filter(
    lambda each: not HIDDEN.search(each) and not UNSTORABLE.search(each)
)


@given(sampled_from(ActorKind), ids)
def test_an_actor_reads_back_as_it_prints(kind: ActorKind, actor_id: str) -> None:
    actor = Actor(kind, actor_id)

    assert str(actor) == f"{kind.value}:{actor_id}"
    assert Actor.parse(str(actor)) == actor


def test_there_are_three_kinds() -> None:
    assert [kind.value for kind in ActorKind] == ["user", "system", "key"]
    assert str(Actor.user("maya")) == "user:maya"
    assert str(Actor.system("importer")) == "system:importer"


def test_an_id_may_hold_a_colon() -> None:
    assert Actor.parse("user:oidc:42") == Actor.user("oidc:42")


@pytest.mark.parametrize(
    "wrong", ["", "maya", ":maya", "robot:maya", "User:maya", " user:maya", "USER"]
)
def test_what_names_no_kind_is_no_actor(wrong: str) -> None:
    with pytest.raises(InvalidActor) as refused:
        Actor.parse(wrong)
    assert refused.value.actor == wrong


@pytest.mark.parametrize("wrong", ["", " ", "ma ya", "maya\n", "maya\x00", "\u202emaya", "x" * 201])
def test_an_id_has_1_to_200_visible_characters(wrong: str) -> None:
    with pytest.raises(Invalid):
        Actor.parse(f"user:{wrong}")
    with pytest.raises(Invalid):
        Actor.user(wrong)


def test_an_id_of_two_hundred_characters_is_let_pass() -> None:
    assert Actor.user("x" * 200).id == "x" * 200
