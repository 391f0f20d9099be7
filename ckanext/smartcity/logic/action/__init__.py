"""Actions: one file per room. ``__all__`` decides what the API has."""

from __future__ import annotations

__all__: list[str] = []
