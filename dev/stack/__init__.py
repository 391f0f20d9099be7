"""The services of a portal, installed and supervised inside a checkout (docs/development.md). Standard library only."""
