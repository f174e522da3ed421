"""A few kills of programs that share a list or fill archives; `make crash` makes hundreds."""

import pathlib
import subprocess
import sys

kill = pathlib.Path(__file__).with_name("kill_modes.py")
sys.exit(subprocess.run([sys.executable, "-B", str(kill), "--kills", "10"], check=False).returncode)
