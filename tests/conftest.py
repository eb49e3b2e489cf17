"""Closed network, Chinese output, and a data folder of its own for every test."""
