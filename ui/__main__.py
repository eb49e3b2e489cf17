"""The web side's own script: `gongkai-web`, `python -m ui`; `gongkai serve` comes here."""

import argparse
import os
import socket
import sys
import threading
from contextlib import ExitStack

from ui import LOOPBACK

# Before gradio is imported: no telemetry, no look for a newer version.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def main() -> None:
    """Open the index, then serve the page until interrupted; bad calls end with status 2 and one Chinese line."""
    parser = argparse.ArgumentParser(prog="gongkai-web", description="公开助手的网页。")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=7860, help="端口")
    parser.add_argument("--no-auth", action="store_true", help="不登录，只给一个人在本机用")
    parser.add_argument("--sign-in", action="store_true", help="在本机也要登录，例如前面有反向代理")
    options = parser.parse_args()
    if options.no_auth and (options.sign_in or options.host not in LOOPBACK):
        sys.stderr.write("--no-auth 只能在本机用：去掉 --sign-in，监听地址用 127.0.0.1。\n")
        sys.exit(2)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((options.host, options.port))
        except OSError:
            sys.stderr.write(f"端口 {options.port} 不能使用（可能已被占用），请换一个：--port {options.port + 1}。\n")
            sys.exit(2)

    from assistant.cli import open_assistant
    from assistant.errors import GongkaiError
    from assistant.settings import load_settings
    from assistant.upkeep.data_folder import serving
    from ui.gate import now
    from ui.leftovers import keep_files_in

    held = ExitStack()
    try:
        settings = load_settings()
        held.enter_context(serving(settings.data_folder, shared=settings.shares_store))
        keep_files_in(settings.data_folder)
        assistant = open_assistant()
        records = assistant.records
        alone = options.no_auth or (
            options.host in LOOPBACK and not options.sign_in and not records.people.list_people()
        )
        first = None if alone else records.people.begin(now())
    except GongkaiError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(2)
    if first:
        sys.stderr.write(
            f"已建立管理员账户：用户名 {first[0]}，一次性密码 {first[1]}（只显示这一次，首次登录时修改）。\n"
        )

    import uvicorn

    from ui.site import build_site
    from ui.watching import begin_log

    begin_log(settings.log_requests)
    # The page is there meanwhile.
    threading.Thread(target=assistant.warm_up, args=[now().date()], name="warm-up", daemon=True).start()
    sys.stderr.write(f"公开助手已就绪：http://{options.host}:{options.port}\n")
    with held:
        uvicorn.run(
            build_site(assistant, alone),
            host=options.host,
            port=options.port,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=3,
        )


if __name__ == "__main__":
    main()
