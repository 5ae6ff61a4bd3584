"""A small HTTP server on localhost, in threads of its own, for the emulated platforms.

A thread a connection (`http.server`) rather than an ASGI server: an emulator must be able to hold
an answer back, to wait in a long poll and to cut a connection, and all three are one plain line
where a thread owns the socket. Any event loop, and a process that is about to be killed, can talk
to it.

    with Telegram(clock) as telegram:      # every emulator is a `Served`
        telegram.url                       # "http://127.0.0.1:40123"
"""

import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self, cast


class CutError(Exception):
    """Raised instead of an answer: the connection ends without a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client has sent."""

    verb: str
    target: str
    """Path and query."""
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What it gets."""

    status: int
    body: bytes
    type: str = "application/json"


class Served:
    """Listens from its making on until `stop`; a subclass says what it answers.

    `lock` guards all of its state; it is a condition, so that a long poll may wait on it, and may
    be taken again by who has it.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.lock = threading.Condition()
        self.closing = False
        self._server = _Server(self, port)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), name=type(self).__name__, daemon=True
        )
        self._thread.start()

    def answer(self, request: Request) -> Answer:
        """Answer one request, or raise `CutError`. Called in the thread of its connection."""
        raise NotImplementedError

    def stop(self) -> None:
        """End the polls that wait, close every connection, free the port."""
        with self.lock:
            self.closing = True
            self.lock.notify_all()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    request_queue_size = 128

    def __init__(self, served: Served, port: int) -> None:
        self.served = served
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Hear no more requests; an answer on its way still gets through."""
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RD)
            except OSError:  # its client was faster
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error; everything else shows its traceback."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def _respond(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(
            verb=self.command, target=self.path, headers=headers, body=self._body(headers)
        )
        server = cast("_Server", self.server)
        try:
            answer = server.served.answer(request)
        except CutError:
            self.close_connection = True
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self._whole(int(headers.get("content-length", 0)))
        chunks: list[bytes] = []
        while size := int(self.rfile.readline().split(b";")[0] or b"0", 16):
            chunks.append(self._whole(size))
            self.rfile.readline()
        if not self.rfile.readline():
            raise ConnectionAbortedError
        return b"".join(chunks)

    def _whole(self, size: int) -> bytes:
        """What a client that was killed on its way has sent counts for nothing."""
        body = self.rfile.read(size)
        if len(body) < size:
            raise ConnectionAbortedError
        return body

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing: a test's output is the test's."""
