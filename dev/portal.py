#!/usr/bin/env python3
"""The portal in one command: ``python3 dev/portal.py run``. What it does stands in docs/development.md.

Needs a Python and nothing else. This file also runs on Pythons CKAN does not know, to say so in a sentence.
"""

import os
import shutil
import sys

KNOWN = ((3, 10), (3, 11), (3, 12))


def known_python():
    """Path of a Python that CKAN runs on, or None."""
    for major, minor in reversed(KNOWN):
        path = shutil.which(f"python{major}.{minor}")
        if path:
            return path
    return None


def main():
    if sys.version_info[:2] not in KNOWN:
        other = known_python()
        if other and not os.environ.get("SMARTCITY_PORTAL_PYTHON"):
            os.environ["SMARTCITY_PORTAL_PYTHON"] = other
            os.execv(other, [other, *sys.argv])
        sys.exit(
            "This is Python {}.{}, and CKAN 2.12 runs on 3.10, 3.11 or 3.12: install one of them and start "
            "again with it, for example python3.12 dev/portal.py run.".format(*sys.version_info)
        )
    from stack.commands import main as commands

    sys.exit(commands(sys.argv[1:]))


if __name__ == "__main__":
    main()
