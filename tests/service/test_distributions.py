"""Every command refuses distributions of several versions, and names a missing one."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.architecture.test_distributions import plant
from tests.service.commands import CREATE_KEY, error_code, run

from indelible.kernel.distributions import DistributionMissing, DistributionVersionsDiffer
from indelible_service.composition import create_app
from indelible_service.contexts.chains import TokenSettings, build_chain
from indelible_service.contexts.money import MoneySettings, build_gateway
from indelible_service.demos.stripe import demo_stripe
from indelible_service.settings.service import Settings
from indelible_sql import open_store

COMMANDS = (
    ("up",),
    ("up", "--full"),
    ("serve",),
    ("work",),
    ("schedule",),
    ("demo",),
    ("demo", "projects"),
    ("verify",),
    ("db", "upgrade"),
    CREATE_KEY,
)


@pytest.fixture
def other_version(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Install a distribution of another release before ours."""
    folder = tmp_path_factory.mktemp("planted")
    plant(folder, "indelible-stripe", "0.0.9")
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])


@pytest.mark.usefixtures("other_version")
def test_every_command_that_opens_something_refuses_another_version() -> None:
    for words in COMMANDS:
        assert error_code(*words) == "DISTRIBUTION_VERSIONS_DIFFER"

    own = version("indelible-service")
    assert f"indelible-service {own}; got indelible-stripe 0.0.9." in run("up").stderr
    assert not list(Path().iterdir())
    assert run("up", "--help").exit_code == 0


@pytest.mark.usefixtures("other_version")
def test_an_application_of_a_host_refuses_another_version() -> None:
    with pytest.raises(DistributionVersionsDiffer):
        create_app()


def test_a_missing_adapter_is_one_error(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("indelible_stripe", "indelible_evm"):
        monkeypatch.setitem(sys.modules, module, None)
    money = MoneySettings(api_key="sk_test_1", webhook_secrets=("whsec_1",))
    tokens = TokenSettings(rpc_url="http://127.0.0.1:1", contract_address=f"0x{1:040x}")

    with pytest.raises(DistributionMissing, match="indelible-stripe"):
        build_gateway(money)
    with pytest.raises(DistributionMissing, match="indelible-evm"):
        build_chain(tokens)


@pytest.mark.parametrize("module", ["indelible_stripe", "jsonschema"])
def test_a_missing_simulator_is_the_same_error(
    module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    message = f"whose module {module} is not installed"

    store = open_store("sqlite:///unused.db")

    with pytest.raises(DistributionMissing, match=message), demo_stripe(Settings(), store):
        pass
