"""What differs in a page each time it is asked for."""

from __future__ import annotations

import re


def without_token(page: str) -> str:
    """A page without the token against forged posts and that of the beacon, to be compared with another."""
    page = re.sub(r'(name="_csrf_token"\s+(?:content|value)=)"[^"]*"', r"\1", page)
    return re.sub(r'(data-token="|s\.gif\?t=)[^"]*', r"\1", page)
