"""An actor is a kind and an opaque id, and can be parsed from its text."""

import pytest
from hypothesis import assume, given
from hypothesis.strategies import characters, sampled_from, text

from indelible.kernel import Actor, Invalid, InvalidActor
from indelible.kernel.audit import ActorKind
from indelible.kernel.values import HIDDEN, UNSTORABLE

id_texts = text(characters(exclude_categories=["Cs"]), min_size=1, max_size=200)


@given(sampled_from(ActorKind), id_texts)
def test_an_actor_is_parsed_from_its_text(kind: ActorKind, actor_id: str) -> None:
    assume(not HIDDEN.search(actor_id))
    assume(not UNSTORABLE.search(actor_id))

    actor = Actor(kind, actor_id)
    actor_text = str(actor)

    assert actor_text == f"{kind.value}:{actor_id}"
    assert Actor.parse(actor_text) == actor


def test_an_actor_is_a_user_a_system_or_a_key() -> None:
    assert [kind.value for kind in ActorKind] == ["user", "system", "key"]
    assert str(Actor.user("maya")) == "user:maya"
    assert str(Actor.system("importer")) == "system:importer"


def test_an_id_may_contain_a_colon() -> None:
    assert Actor.parse("user:oidc:42") == Actor.user("oidc:42")


@pytest.mark.parametrize(
    "actor_text", ["", "maya", ":maya", "robot:maya", "User:maya", " user:maya", "USER"]
)
def test_a_text_without_a_known_kind_is_refused(actor_text: str) -> None:
    with pytest.raises(InvalidActor) as refused:
        Actor.parse(actor_text)

    assert refused.value.actor == actor_text


@pytest.mark.parametrize(
    "actor_id", ["", " ", "ma ya", "maya\n", "maya\x00", "\u202emaya", "x" * 201]
)
def test_an_id_has_1_to_200_visible_characters(actor_id: str) -> None:
    with pytest.raises(Invalid):
        Actor.parse(f"user:{actor_id}")
    with pytest.raises(Invalid):
        Actor.user(actor_id)


def test_an_id_of_two_hundred_characters_is_accepted() -> None:
    assert Actor.user("x" * 200).id == "x" * 200
