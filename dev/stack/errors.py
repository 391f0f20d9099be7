"""How this tool gives up."""

from __future__ import annotations

import signal


class Trouble(Exception):
    """A sentence for the person at the keyboard: what is wrong and what to do. Ends the command with code 1."""


class Stopped(BaseException):
    """A signal asked this command to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.signal = signal.Signals(number)
