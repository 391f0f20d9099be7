"""Labelled traffic: people, robots, staff and programs whose share of every figure is known before they act.

Written from the definitions alone (docs/visits.md), as a second reader of them: a label says what an actor must add to
which row, and comes from no code that counts. ``label`` holds figures, ``script`` what an actor does; ``people``,
``signals``, ``files`` and ``machines`` are the actors; ``crowd`` mixes them by a seed. Only ``drive`` knows CKAN.
"""
