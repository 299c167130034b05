"""An address of RabbitMQ is read, or refused without a word of it; no wait is without a limit."""

from traceback import format_exception

import pytest
from tests.workers.bakery import WORKER

from indelible.memory import MemoryStore
from indelible_service.settings.environment import SettingsWrong
from indelible_service.settings.service import Settings
from indelible_workers import RabbitmqBroker, Worker
from indelible_workers.rabbitmq.link import (
    HEARTBEAT_SECONDS,
    TIMEOUT_SECONDS,
    BrokerAddressInvalid,
    connection_parameters,
)

SECRET = "hunter2-of-rabbitmq"  # noqa: S105 - a canary


def test_the_waits_of_a_connection_have_limits() -> None:
    parameters = connection_parameters(f"amqp://app:{SECRET}@one:1234/records")

    assert (parameters.host, parameters.port, parameters.virtual_host) == ("one", 1234, "records")
    assert parameters.heartbeat == HEARTBEAT_SECONDS
    assert parameters.blocked_connection_timeout == TIMEOUT_SECONDS
    assert parameters.socket_timeout == TIMEOUT_SECONDS
    assert parameters.stack_timeout == TIMEOUT_SECONDS
    assert parameters.connection_attempts == 1


def test_an_encrypted_address_checks_the_certificate() -> None:
    options = connection_parameters("amqps://one/records").ssl_options

    assert options is not None
    assert options.context.check_hostname


@pytest.mark.parametrize(
    "url",
    [
        f"redis://:{SECRET}@one/0",
        f"amqp://:{SECRET}@one:port/",
        f"amqp://:{SECRET}@one/?heartbeat=x",
        f"amqp://:{SECRET}@one/?heartbeat=0",
        f"amqp://app:{SECRET}/x@one:5672/",
        f"amqp://app:5672/{SECRET}@one:5672/",
        f"amqp://app:{SECRET}@one:5672,two:5672/records",
        f"amqp://app:{SECRET}@one,two/records",
        f"amqp://app:{SECRET}@one:5672/a/b",
        f"amqp://app:{SECRET}@one:5672/{'v' * 256}",
        f"amqp://app:{SECRET}@one:99999/",
        f"amqp://{SECRET}@one:5672/",
    ],
)
def test_a_wrong_address_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(BrokerAddressInvalid) as raised:
        RabbitmqBroker(url, Worker(store=MemoryStore(), actor=WORKER))

    assert SECRET not in "".join(format_exception(raised.value))
    assert raised.value.__context__ is None
    with pytest.raises(SettingsWrong):
        Settings.read({"INDELIBLE_BROKER_URL": url})
