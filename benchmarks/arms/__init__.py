"""The arms of ``benchmarks/visits.py``: how each is configured, served and asked."""
