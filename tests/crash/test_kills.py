"""A dozen kills at random times; `make crash` makes hundreds."""

import pathlib
import subprocess
import sys

kill = pathlib.Path(__file__).with_name("kill.py")
sys.exit(subprocess.run([sys.executable, str(kill), "--kills", "12"], check=False).returncode)
