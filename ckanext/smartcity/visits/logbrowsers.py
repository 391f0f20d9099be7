"""The browsers of a log: their keys, and what is known of each while its visit may go on. Pure but for the salt.

The same keys and the same 04:00 as live; the salt is drawn here and lives nowhere else.
"""

from __future__ import annotations

import secrets

from ckanext.smartcity.visits.address import browser_key, key_material
from ckanext.smartcity.visits.method import Clock
from ckanext.smartcity.visits.sessions import Deltas, Event, Params, State, step

SALT_BYTES = 32


class _Browser:
    __slots__ = ("fetched_at", "state")

    def __init__(self, marked: bool) -> None:
        self.state = State()
        self.state.marked = marked
        self.fetched_at: dict[str, int] = {}  # resource -> last answer that carried all or a part of it


class Browsers:
    """Takes the events of a log in the order of their time.

    A browser that was quiet for as long as a visit may pause is as good as never seen, so it is forgotten, but for the
    mark of a robot: memory follows the visits that are open, not the length of the log.
    """

    def __init__(self, site_id: str, secret: bytes, clock: Clock, params: Params) -> None:
        self._site_id, self._secret, self._clock, self._params = site_id, secret, clock, params
        self._salt_end = 0
        self._forget_at = 0
        self._recent: dict[bytes, _Browser] = {}
        self._older: dict[bytes, _Browser] = {}
        self._marked: set[bytes] = set()
        self._keys: dict[tuple[str, bytes], bytes] = {}
        self._material = b""

    def take(self, event: Event, address: str, agent: bytes, partial: bool) -> tuple[Deltas, bool]:
        """What the counters grow by, and whether the browser is marked as a robot now.

        ``partial`` is an answer with a part of a file. A log does not say which part, so it counts as a download only
        if this browser fetched nothing of the file for as long as a visit may pause.
        """
        if event.at >= self._salt_end:
            self._begin_day(event.at)
        elif event.at >= self._forget_at:
            self._forget(event.at)
        key = self._key(address, agent)
        browser = self._browser(key)
        if event.name == "download" and self._goes_on(browser, event) and partial:
            event = event._replace(name="part")
        deltas = step(browser.state, event, self._params, self._clock.hour)
        if browser.state.marked:
            self._marked.add(key)
        return deltas, browser.state.marked

    def _begin_day(self, at: int) -> None:
        self._material = key_material(secrets.token_bytes(SALT_BYTES), self._secret)
        self._salt_end = self._clock.span(at).salt_end
        self._marked.clear()
        self._older.clear()
        self._recent.clear()
        self._forget(at)

    def _forget(self, at: int) -> None:
        self._forget_at = at + self._params.timeout_ms
        self._older, self._recent = self._recent, {}
        self._keys.clear()

    def _key(self, address: str, agent: bytes) -> bytes:
        key = self._keys.get((address, agent))
        if key is None:
            key = self._keys[address, agent] = browser_key(self._material, self._site_id, address, agent)
        return key

    def _browser(self, key: bytes) -> _Browser:
        browser = self._recent.get(key)
        if browser is None:
            browser = self._recent[key] = self._older.pop(key, None) or _Browser(key in self._marked)
        return browser

    def _goes_on(self, browser: _Browser, event: Event) -> bool:
        before = browser.fetched_at.get(event.object)
        browser.fetched_at[event.object] = event.at
        return before is not None and event.at - before < self._params.timeout_ms
