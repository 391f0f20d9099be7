"""A way to a server that can be cut or slow: stands between a test and the real PostgreSQL or Redis."""

from __future__ import annotations

import select
import socket
import threading
import time
from contextlib import suppress

CHUNK = 65536


class WeakLink:
    """Passes bytes between ``port`` of this machine and a server, until it is cut.

    ``delay``: seconds for which it holds back what the server says. ``connections``: how many were made.
    """

    def __init__(self, host: str, port: int, delay: float = 0.0) -> None:
        self._target, self._delay = (host, port), delay
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open = True
        self._left: int | None = None
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """The server is away: connections break, new ones are closed at once."""
        self._open = False
        for pair in self._pairs:
            for end in pair:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        self._pairs.clear()

    def mend(self) -> None:
        self._open, self._left = True, None

    def cut_after(self, size: int) -> None:
        """Be cut when this many bytes have gone to the server."""
        self._left = size

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._open:
                client.close()
                continue
            self.connections += 1
            pair = (client, socket.create_connection(self._target))
            self._pairs.append(pair)
            threading.Thread(target=self._pass_on, args=pair, daemon=True).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        with client, server, suppress(OSError, ValueError):
            while True:
                for end in select.select([client, server], [], [])[0]:
                    data = end.recv(CHUNK)
                    if not data:
                        return
                    if end is client and self._left is not None:
                        self._left -= len(data)
                        if self._left < 0:
                            self.cut()
                            return
                    if end is server:
                        time.sleep(self._delay)
                    other[end].sendall(data)
