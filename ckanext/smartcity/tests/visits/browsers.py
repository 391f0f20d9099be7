"""Readers of the portal for tests: each has an address of its own, and what they make grow is read from Redis."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from typing import Any

import redis
from ckan.plugins import toolkit as tk
from werkzeug.test import EnvironBuilder

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36"
)
NAVIGATION = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}
OUR_SCRIPT = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
OTHER_SCRIPT = {**OUR_SCRIPT, "Sec-Fetch-Site": "cross-site"}
OUR_FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "same-origin"}
OTHER_FRAME = {**OUR_FRAME, "Sec-Fetch-Site": "cross-site"}

# One address of 2001:db8::/32 (RFC 3849) for each reader, in a /64 of its own
ADDRESSES = (f"2001:db8:0:{number:x}::1" for number in itertools.count(1))


class Counters:
    """What has been counted since this was made; what was known of browsers is forgotten then."""

    def __init__(self) -> None:
        self._redis = redis.from_url(tk.config["ckan.redis.url"], decode_responses=True)
        for state in "vopx":
            for key in self._redis.scan_iter(f"sc:{tk.config['ckan.site_id']}:{state}:*"):
                self._redis.delete(key)
        self._before = self._now()

    def _now(self) -> Counter[str]:
        counted: Counter[str] = Counter()
        for key in self._redis.scan_iter(f"sc:{tk.config['ckan.site_id']}:c:*"):
            for field, value in self._redis.hgetall(key).items():
                counted[field] += int(value)
        return counted

    def of(self, thing: str = "portal|") -> dict[str, int]:
        """What has grown of an object, or of the portal's row: metric -> how much."""
        grown = self._now() - self._before
        return {field.rpartition("|")[2]: value for field, value in grown.items() if field.rpartition("|")[0] == thing}

    @property
    def all(self) -> dict[str, int]:
        """Everything that has grown, by field."""
        return dict(self._now() - self._before)


class Browser:
    """A reader with an address and an agent of their own. Cookies are those it is told to send."""

    def __init__(self, wsgi_app: Any, agent: str = CHROME, address: str | None = None) -> None:
        self._app, self.agent = wsgi_app, agent
        self.address = next(ADDRESSES) if address is None else address

    def environ(self, path: str, method: str = "GET", data: Any = None, **headers: str) -> dict[str, Any]:
        """The WSGI environment of a request; a header is written ``Sec_Fetch_Dest="document"`` or in a dictionary."""
        path, _, query = path.partition("?")
        builder = EnvironBuilder(
            path,
            tk.config["ckan.site_url"],
            query,
            method=method,
            data=data,
            headers={"User-Agent": self.agent, **{name.replace("_", "-"): value for name, value in headers.items()}},
            environ_overrides={"REMOTE_ADDR": self.address},
        )
        environ = builder.get_environ()
        builder.close()
        return environ

    def ask(self, path: str, method: str = "GET", *, close: bool = True, data: Any = None, **headers: str) -> Answer:
        """The answer as a web server sends it: read to its end and then, unless told otherwise, closed."""
        answer = Answer()
        body = self._app(self.environ(path, method, data, **headers), answer.start)
        answer.body = b"".join(body)
        if close and hasattr(body, "close"):
            body.close()
        return answer

    def show(self, page: Answer, **headers: str) -> Answer:
        """What the script of a page sends once the page was seen."""
        return self.ask("/_sc/s", "POST", data=page.token, **{"Origin": tk.config["ckan.site_url"], **headers})


class Answer:
    """Status, headers and body of an answer."""

    def __init__(self) -> None:
        self.status, self.headers, self.body = 0, [], b""

    def start(self, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        """WSGI's ``start_response``."""
        self.status, self.headers = int(status[:3]), headers

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def token(self) -> str:
        """The token of a page; empty where it has none."""
        found = re.search(r'data-token="([^"]+)"', self.text)
        return found[1] if found else ""

    def header(self, name: str) -> str:
        """The first header of this name; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")
