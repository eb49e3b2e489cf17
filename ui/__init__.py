"""The web side: Gradio pages over `assistant`, served by FastAPI. Nothing in `assistant` imports this."""
