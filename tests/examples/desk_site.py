"""The front desk of Flask or FastAPI on a real server, in a process of its own."""

import socket
from multiprocessing.connection import Connection

import uvicorn
from tests.examples import desk_fastapi, desk_flask
from waitress import create_server


def serve(connection: Connection, framework: str, url: str) -> None:
    """Serve the application of a framework on a free port, and send the port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        connection.send(listener.getsockname()[1])
        if framework == "flask":
            application = desk_flask.create_app(url, "a secret")
            create_server(application, sockets=[listener], threads=4).run()
        else:
            config = uvicorn.Config(desk_fastapi.create_app(url), log_level="warning")
            uvicorn.Server(config).run(sockets=[listener])
