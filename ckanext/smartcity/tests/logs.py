"""Our log lines in tests. ``fileConfig``, of a migration or of CKAN's command line, silences every logger it finds."""

from __future__ import annotations

import logging


def hear_our_log() -> None:
    """Let our loggers speak again: without it a test that looks for a line, or for none, finds nothing."""
    for name, logger in logging.root.manager.loggerDict.items():
        if name.startswith("ckanext.smartcity") and isinstance(logger, logging.Logger):
            logger.disabled = False
