"""The door for other programs: the use cases over HTTP, with the JSON that the command line prints."""
