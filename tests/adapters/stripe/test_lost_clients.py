"""A client of the simulator that goes away."""

import socket
import struct

import httpx
import pytest
from tests.doubles.simulators import checked_simulator

from indelible_stripe.simulator import Story

CLOSE_AT_ONCE = struct.pack("ii", 1, 0)  # a closed socket is reset


def test_a_client_that_resets_its_connection_prints_no_traceback(
    capfd: pytest.CaptureFixture[str],
) -> None:
    with checked_simulator(Story()) as simulator:
        address = simulator.server.server_address
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", int(address[1]))) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, CLOSE_AT_ONCE)
                client.sendall(b"GET /v1/bal")
        answer = httpx.get(f"{simulator.base_url}/_simulator/counts")

    assert answer.status_code == 200
    assert capfd.readouterr().err == ""
