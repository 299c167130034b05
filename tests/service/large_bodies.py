"""The program of a server whose routes have limits of their own: `large_bodies KIND PORT`.

KIND is `waitress`, as `indelible up` runs it, or `granian`, as `indelible serve` runs it.
"""

import multiprocessing
import socket
import sys

from attrs import evolve
from flask import Flask, Request
from granian.constants import Interfaces
from granian.server import Server
from tests.web.drawings import CONTEXT
from tests.web.harness import SETTINGS, memory

from indelible.app import AppContext
from indelible.testing.stores import MAYA
from indelible_service.serving.buffering import BufferedApp
from indelible_service.serving.single_process import create_api_server, max_buffered_bytes
from indelible_service.settings.service import Settings
from indelible_web import Caller, create_app
from indelible_web.contexts import CONTEXTS

HOST = "127.0.0.1"
SLOTS = 4


class Everybody:
    """Every request comes from the same user."""

    def identify(self, _: Request) -> Caller:
        """Return the user."""
        return Caller(actor=MAYA, scopes=frozenset({"drawings"}), id="maya")


def build_app() -> Flask:
    """Return the application over a store in memory."""
    settings = evolve(SETTINGS, authenticator=Everybody())
    return create_app(AppContext(store=memory()), settings, (*CONTEXTS, CONTEXT))


def run_waitress(port: int) -> None:
    """Serve as `indelible up` does."""
    listener = socket.create_server((HOST, port))
    create_api_server(Settings.read({}), build_app(), listener).run()


def load_application() -> BufferedApp:
    """Return the application of granian's process."""
    app = build_app()
    return BufferedApp(app, SLOTS, max_buffered_bytes(app))


def run_granian(port: int) -> None:
    """Serve as `indelible serve` does."""
    multiprocessing.set_start_method("spawn", force=True)
    server = Server(
        "large_bodies",
        address=HOST,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=SLOTS,
        websockets=False,
    )
    server.serve(target_loader=load_application, wrap_loader=False)


if __name__ == "__main__":
    kind, port_text = sys.argv[1:]
    run = {"waitress": run_waitress, "granian": run_granian}[kind]
    run(int(port_text))
