"""Measurements: speed, size, load and quality. Nothing here runs in the tests; `python -m bench` lists what there is."""
