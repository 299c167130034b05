"""Faults of secrets, of the disk, and of the configuration."""

from collections.abc import Iterator
from typing import Final

from tests.runbooks.bed import GIGABYTE, OPERATOR, Installation
from tests.runbooks.faults.captures import READER, SCOPES, capture, created_space
from tests.runbooks.faults.operations import act, whole_plan
from tests.runbooks.scenarios import scenario
from tests.web.reader import LetterEmbedder

from indelible.captures import ChangeSetting, change_setting
from indelible.kernel.aggregates import save_change
from indelible.kernel.keys import RevokeKey, list_keys, revoke_key
from indelible.kernel.settings import Setting
from indelible_service.simulation.plan import HOUR, MINUTE

SETTING: Final = "max_assign_distance"
CONTESTS: Final = "/v1/contests"
REQUESTS: Final = 20  # of a client that does not know that its key was revoked


@scenario(
    "40-secrets-disk-and-configuration",
    "AuthenticationErrors",
    plan=whole_plan,
    ends_by_itself=True,
)
def a_leaked_key_is_revoked_and_its_owner_uses_it(installation: Installation) -> Iterator[None]:
    installation.run_until(HOUR)
    leaked = installation.new_key("contests:read")
    assert read_contests(installation, leaked) == {200}
    revoke_newest_key(installation)
    installation.look()
    assert read_contests(installation, leaked) == {401}
    installation.run_for(MINUTE)

    yield

    assert read_contests(installation, installation.new_key("contests:read")) == {200}


@scenario(
    "40-secrets-disk-and-configuration",
    "DiskAlmostFull",
    "ConfigurationFallback",
    plan=whole_plan,
    ends_by_itself=True,
)
def a_release_leaves_a_setting_that_the_one_before_cannot_read(
    installation: Installation,
) -> Iterator[None]:
    with installation.lock:
        installation.simulation.around.embedder = LetterEmbedder()
        installation.web.restart()
        installation.simulation.people.admit(READER, SCOPES)
    space_id = created_space(installation)
    assert capture(installation, space_id, "first") == 201
    installation.look()
    store_setting(installation, '{"cosine": 0.5}')
    installation.disk.free = 5 * GIGABYTE
    installation.run_for(10 * MINUTE)
    assert capture(installation, space_id, "second") == 201  # by the default
    installation.run_for(MINUTE)

    def repair() -> None:
        installation.disk.free = 50 * GIGABYTE
        command = ChangeSetting(key=SETTING, value="0.5", expected_seq=1)
        act(installation, change_setting, command)

    installation.at(installation.seconds + 5 * MINUTE, repair)

    yield

    fallbacks = dict(installation.web.store.config.fallbacks)
    assert capture(installation, space_id, "third") == 201
    assert installation.web.store.config.fallbacks == fallbacks


def read_contests(installation: Installation, key: str) -> set[int]:
    """Read the contests a few times, and return the statuses of the answers."""
    headers = {"Authorization": f"Bearer {key}"}
    with installation.lock:
        client = installation.web.client
        return {client.get(CONTESTS, headers=headers).status_code for _ in range(REQUESTS)}


def revoke_newest_key(installation: Installation) -> None:
    """Revoke the key that was made last, as the console does."""
    newest = max(installation.store.read(list_keys), key=lambda saved: saved.key.created_at)
    act(installation, revoke_key, RevokeKey(key_id=newest.key.id, expected_seq=newest.seq))


def store_setting(installation: Installation, value: str) -> None:
    """Store a text of a setting without a check, as a later release would with its own."""
    with installation.lock, installation.store.transaction(actor=OPERATOR, reason="later") as tx:
        setting = Setting.create("change", now=tx.clock.now(), id=SETTING, value=value)
        save_change(tx, tx.settings, None, setting, "change")
