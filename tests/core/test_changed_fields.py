"""Each lifecycle lists the fields that the transition methods of its aggregate change."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial

import pytest
from attrs import evolve, fields_dict

from indelible.kernel import Edge, Lifecycle, instant_text
from indelible.kernel.aggregate_errors import FieldNotOfAction, TimeTooLate
from indelible.kernel.aggregates import Aggregate, change_for
from indelible.kernel.audit import AuditContext
from indelible.kernel.history import NOT_IN_CHANGE_DATA, Head, Revision
from indelible.money.entities.charges import Charge
from indelible.money.entities.payees import PAYEE, Payee
from indelible.money.lifecycle.payments import CHARGE
from indelible.money.lifecycle.payouts import PayeeStatus
from indelible.testing.stores import MAYA
from indelible_sql.contexts import CATALOG

AT = datetime(2026, 11, 25, 9, tzinfo=UTC)
AUDIT = AuditContext(actor=MAYA, reason="a test", request_id="request-1")


def aggregates() -> list[type[Aggregate]]:
    """Return the aggregate of every registered lifecycle."""
    names = {lifecycle.name for lifecycle in CATALOG.heads.values()}
    found: list[type[Aggregate]] = []
    for entity in Aggregate.__subclasses__():
        lifecycle = getattr(entity, "lifecycle", None)
        # attrs makes another class, with slots; the first one stays until it is collected.
        is_complete = "__attrs_attrs__" in vars(entity)
        is_own = is_complete and entity.__module__.startswith("indelible.")
        if is_own and lifecycle is not None and lifecycle.name in names:
            found.append(entity)
    return found


def own_fields(entity: type[Aggregate]) -> set[str]:
    """Return the fields of an aggregate whose values its changes store."""
    return set(fields_dict(entity)).difference({*NOT_IN_CHANGE_DATA, entity.version_field})


def test_every_lifecycle_lists_its_changes() -> None:
    assert {entity.lifecycle.name for entity in aggregates()} == {
        lifecycle.name for lifecycle in CATALOG.heads.values()
    }
    for entity in aggregates():
        assert entity.lifecycle.changes is not None, entity


@pytest.mark.parametrize("entity", aggregates(), ids=lambda entity: entity.__name__)
def test_a_field_is_fixed_or_changed_by_an_action(entity: type[Aggregate]) -> None:
    changed = entity.lifecycle.changed_fields

    assert changed | set(entity.fixed) == own_fields(entity)
    assert not changed & set(entity.fixed)


def test_a_field_of_another_action_is_refused() -> None:
    ready = Payee(
        id="ann",
        status=PayeeStatus.READY,
        destination="acct_1",
        destination_set_by="user:ann",
        created_at=AT,
        updated_at=AT,
    )
    head = Head(entity=ready, revision=Revision(seq=3, state="READY", version=0, hash="a" * 64))
    restricted = evolve(ready.transition("restrict", now=AT), destination="acct_2")

    with pytest.raises(FieldNotOfAction) as refusal:
        change_for(AUDIT, head, restricted, "restrict")

    assert refusal.value.code == "FIELD_NOT_OF_ACTION"
    assert (refusal.value.field, refusal.value.expected) == ("destination", "acct_1")
    assert PAYEE.kept_fields("restrict") == ("destination", "destination_set_by")


@pytest.mark.parametrize("entity", aggregates(), ids=lambda entity: entity.__name__)
def test_the_initial_values_are_the_defaults_of_the_fields(entity: type[Aggregate]) -> None:
    fields = fields_dict(entity)
    for edge in entity.lifecycle.edges:
        for name, value in entity.lifecycle.initial_fields(edge.action).items():
            if edge.from_state == "":
                assert fields[name].default == value, name


@pytest.mark.parametrize("entity", aggregates(), ids=lambda entity: entity.__name__)
def test_the_latest_times_are_fields(entity: type[Aggregate]) -> None:
    assert set(entity.lifecycle.latest) <= own_fields(entity)


def test_every_lifecycle_declares_what_its_births_set() -> None:
    for lifecycle in CATALOG.heads.values():
        assert lifecycle.initial is not None, lifecycle.name


def test_a_birth_that_sets_what_a_later_action_sets_is_refused() -> None:
    payee = Payee(
        id="ann",
        status=PayeeStatus.NEW,
        destination=None,
        destination_set_by=None,
        created_at=AT,
        updated_at=AT,
    )
    object.__setattr__(payee, "destination", "acct_1")

    with pytest.raises(FieldNotOfAction) as refusal:
        change_for(AUDIT, None, payee, "register")

    assert (refusal.value.field, refusal.value.actual) == ("destination", "acct_1")


def test_a_time_that_is_too_long_after_its_change_is_refused() -> None:
    latest = AT + CHARGE.latest["expires_at"]
    charge = partial(
        Charge.opened,
        reference="contest-1",
        party="ann",
        item="entry-1",
        amount_minor=2_501,
        currency="USD",
        now=AT,
    )
    change_for(AUDIT, None, charge(expires_at=latest), "open")

    with pytest.raises(TimeTooLate) as refusal:
        change_for(AUDIT, None, charge(expires_at=latest + timedelta(seconds=1)), "open")

    assert refusal.value.code == "TIME_TOO_LATE"
    assert (refusal.value.field, refusal.value.latest) == ("expires_at", instant_text(latest))


def test_initial_values_are_of_fields_that_actions_change() -> None:
    class Status(StrEnum):
        OPEN = "OPEN"

    with pytest.raises(ValueError, match="initial of door names fixed fields: color"):
        Lifecycle(
            name="door",
            edges=(Edge("", "hang", Status.OPEN, 0),),
            changes={},
            initial={"color": "red"},
        )


def test_a_list_names_only_actions_of_its_lifecycle() -> None:
    class Status(StrEnum):
        OPEN = "OPEN"

    with pytest.raises(ValueError, match="name unknown actions: paint"):
        Lifecycle(
            name="door", edges=(Edge("", "hang", Status.OPEN, 0),), changes={"paint": ("color",)}
        )
