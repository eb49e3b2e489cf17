"""What the prose of a finished report says: sentences, and the claims they make on the figures."""
