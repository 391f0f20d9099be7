"""Contracts from files of procurement systems: rows, checked and grouped, to fields of datasets. Pure."""
