"""What is measured, and how the data files that come from measuring are made."""
