"""The web side's own script: `gongkai-web`, `python -m ui`; `gongkai serve` comes here."""

import argparse
import os
import socket
import sys

# Before gradio is imported: no telemetry, no look for a newer version.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def main() -> None:
    """Open the index, then serve the page until interrupted; bad calls end with status 2 and one Chinese line."""
    parser = argparse.ArgumentParser(prog="gongkai-web", description="公开助手的网页。")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=7860, help="端口")
    options = parser.parse_args()
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError:
            sys.stderr.write(f"端口 {options.port} 不能使用（可能已被占用），请换一个：--port {options.port + 1}。\n")
            sys.exit(2)

    from assistant.cli import open_assistant
    from assistant.errors import GongkaiError

    try:
        assistant = open_assistant()
    except GongkaiError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)

    import uvicorn

    from ui.site import build_site

    sys.stderr.write(f"公开助手已就绪：http://{options.host}:{options.port}\n")
    uvicorn.run(build_site(assistant), host=options.host, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
