"""The checks of a report's figures: a list of functions that yield findings."""
