"""The annual report: forms, statistics, constraints, and the draft; no model, no network, no clock."""
