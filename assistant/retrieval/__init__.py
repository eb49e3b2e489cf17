"""Finding the articles that a question is about."""
