"""Starting the page's server: `policy-assistant serve`."""

import os
import signal
import subprocess
import sys
from pathlib import Path

__all__ = ["serve_page"]

_QUIET = {
    "browser.gatherUsageStats": "false",
    "server.fileWatcherType": "none",
    "client.toolbarMode": "minimal",
    "server.maxUploadSize": "50",
    "theme.light.primaryColor": "#1d5fa6",
    "theme.dark.primaryColor": "#7fb4ee",
}


def serve_page(port: int, host: str, open_browser: bool) -> int:
    """Runs Streamlit until it is stopped; its exit status. Usage statistics are off, and nothing is sent out."""
    script = Path(__file__).with_name("script.py")
    options = {**_QUIET, "server.port": str(port), "server.address": host, "server.headless": str(not open_browser)}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *arguments]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False", "PYTHONWARNINGS": "ignore"}
    server = subprocess.Popen(command, env=environment)
    signal.signal(signal.SIGTERM, lambda _signal, _frame: server.terminate())
    try:
        status = server.wait()
    except KeyboardInterrupt:
        status = server.wait()
    return 0 if status in (-signal.SIGTERM, -signal.SIGINT) else status
