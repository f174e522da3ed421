#!/usr/bin/env python3
"""qmtraj.run in a notebook: the bar is shown, an interrupt of the kernel stops the job in order, the same cell goes on."""
import pathlib
import subprocess
import tempfile
import time

from claims import SOURCE, claim, end, installed, package

CELL = """
import qmtraj
made = qmtraj.run({"length_ps": LENGTH, "equilibration_ps": 0.1, "nve_every_ps": 0, "checkpoint_s": 0.1},
                  "SOURCE/data/molecules/xyz/formic_acid.xyz", "OUT", progress=True)
print(len(made["formic_acid"]), "frames")
"""


def execute(manager, client, code, interrupt=None):
    """What a cell prints, and the name of the exception that ended it. interrupt(text so far): when to interrupt the kernel."""
    client.execute(code)
    said, error, sent = "", "", False
    while True:
        message = client.get_iopub_msg(timeout=300)
        content = message["content"]
        if message["msg_type"] == "stream":
            said += content["text"]
        elif message["msg_type"] == "error":
            error = content["ename"]
        elif message["msg_type"] == "status" and content["execution_state"] == "idle":
            return said, error
        if interrupt is not None and not sent and interrupt(said):
            manager.interrupt_kernel()
            sent = True


def main():
    package()
    from jupyter_client.manager import KernelManager
    with tempfile.TemporaryDirectory() as out:
        manager = KernelManager(kernel_name="python3")
        manager.start_kernel(stderr=subprocess.DEVNULL)
        client = manager.client()
        client.start_channels()
        client.wait_for_ready(timeout=120)
        cell = CELL.replace("SOURCE", str(SOURCE)).replace("OUT", out)
        said, error = execute(manager, client, cell.replace("LENGTH", "1000"), lambda text: "production" in text)
        claim("notebook: a bar, and an interrupt", error == "KeyboardInterrupt" and "ms/step" in said, f"ended by {error or 'nothing'}")
        folder = pathlib.Path(out, "formic_acid")
        claim("notebook: what was computed is kept", (folder / "checkpoint").exists() and not (folder / "trajectory.npz").exists(),
              ", ".join(sorted(path.name for path in folder.iterdir())))
        begin = time.perf_counter()
        said, error = execute(manager, client, cell.replace("LENGTH", "0.5").replace(out, f"{out}/short"))
        claim("notebook: the kernel goes on", not error and "2001 frames" in said, f"{time.perf_counter() - begin:.1f} s")
        client.stop_channels()
        manager.shutdown_kernel(now=True)


if __name__ == "__main__":
    if installed("jupyter_client", "ipykernel"):
        main()
    end()
