"""How the portal shows and finds things: facets, index, freshness, tagging."""
