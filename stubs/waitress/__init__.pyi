from socket import socket

from _typeshed.wsgi import WSGIApplication

class Server:
    def run(self) -> None: ...
    def close(self) -> None: ...

def create_server(
    application: WSGIApplication,
    *,
    sockets: list[socket],
    threads: int = ...,
    ident: str | None = ...,
    connection_limit: int = ...,
    channel_timeout: int = ...,
    asyncore_use_poll: bool = ...,
    max_request_body_size: int = ...,
    clear_untrusted_proxy_headers: bool = ...,
) -> Server: ...
