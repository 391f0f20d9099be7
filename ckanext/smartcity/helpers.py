"""Template helpers. All names begin with ``smartcity_``: among plugins the first of a name wins."""

from __future__ import annotations

__all__: list[str] = []
