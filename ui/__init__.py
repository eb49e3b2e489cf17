"""The web side: Gradio pages over `assistant`, served by FastAPI. Nothing in `assistant` imports this."""

# The names of this machine itself.
LOOPBACK = ("127.0.0.1", "localhost", "::1")
