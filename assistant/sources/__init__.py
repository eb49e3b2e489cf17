"""What the assistant knows of the law: the corpus files, read exactly."""
