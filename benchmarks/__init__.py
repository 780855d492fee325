"""Measurements of speed and quality, one module each: `make bench NAME=gate`."""
