"""Starting the page's server: `policy-assistant serve`."""

import os
import subprocess
import sys
from pathlib import Path

__all__ = ["serve_page"]

_QUIET = {
    "browser.gatherUsageStats": "false",
    "server.fileWatcherType": "none",
    "client.toolbarMode": "minimal",
    "server.maxUploadSize": "50",
}


def serve_page(port: int, host: str, open_browser: bool) -> int:
    """Runs Streamlit until it is stopped; its exit status. Usage statistics are off, and nothing is sent out."""
    script = Path(__file__).with_name("script.py")
    options = {**_QUIET, "server.port": str(port), "server.address": host, "server.headless": str(not open_browser)}
    arguments = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "streamlit", "run", str(script), *arguments]
    environment = {**os.environ, "ANONYMIZED_TELEMETRY": "False", "PYTHONWARNINGS": "ignore"}
    try:
        return subprocess.run(command, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0
