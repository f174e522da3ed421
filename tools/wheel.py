#!/usr/bin/env python3
"""One wheel for every Python from 3.9 on: the package, the library, the static program, and the licences of what these hold.

    python3 tools/wheel.py build-bundle dist

The same sources give the same bytes: members in the order of their names, dates of SOURCE_DATE_EPOCH or 1980.
"""
import base64
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import time
import zipfile

SOURCE = pathlib.Path(__file__).resolve().parent.parent
# Libraries of the platform tag, which a wheel may expect.
SYSTEM = {"libc.so.6", "libm.so.6", "libpthread.so.0", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}


def needed(path):
    said = subprocess.run(["objdump", "-p", path], check=True, stdout=subprocess.PIPE, text=True).stdout
    return set(re.findall(r"NEEDED +(\S+)", said))


def glibc(path):
    """The newest version of the C library whose symbols a file uses."""
    said = subprocess.run(["objdump", "-T", path], check=True, stdout=subprocess.PIPE, text=True).stdout
    return max((tuple(map(int, found.split("."))) for found in re.findall(r"GLIBC_([0-9.]+)", said)), default=(2, 0))


def metadata(version):
    text = (SOURCE / "python/pyproject.toml").read_text()
    lines = ["Metadata-Version: 2.1", "Name: qmtraj", f"Version: {version}", "Summary: " + re.search('description = "(.*)"', text)[1],
             "License: Apache-2.0", "Requires-Python: " + re.search('requires-python = "(.*)"', text)[1], *(f"Requires-Dist: {wanted}" for wanted in json.loads(re.search(r"^dependencies = (.*)$", text, re.M)[1]))]
    for extra, wanted in re.findall(r'^(\w+) = \["([^"]+)"\]$', text.split("[project.optional-dependencies]")[1].split("\n[")[0], re.M):
        lines += [f"Provides-Extra: {extra}", f'Requires-Dist: {wanted} ; extra == "{extra}"']
    points = re.findall(r'\[project\.entry-points\."(.*?)"\]\n(.*?)\n(?=\n|\[)', text, re.S)
    return ("\n".join(lines) + "\nDescription-Content-Type: text/markdown\n\n" + (SOURCE / "docs/python.md").read_text(),
            "\n".join(f"[{group}]\n{body.replace(chr(34), '')}\n" for group, body in points))


def main(build, out):
    library = next(build.glob("libqmtraj.so.*.*.*"))
    program = build / "static/qmtraj"
    files = {f"qmtraj/lib/{re.sub(r'(so.[0-9]+).*', chr(92) + '1', library.name)}": library, "qmtraj/bin/qmtraj": program}
    for path, expected in ((library, SYSTEM), (program, set())):
        lacking = needed(path) - expected
        if lacking:
            sys.exit(f"tools/wheel.py: {path} needs {', '.join(sorted(lacking))}, which no wheel may expect")
    oldest = glibc(library)
    machine = os.uname().machine
    version = re.search('__version__ = "(.*)"', (SOURCE / "python/qmtraj/_version.py").read_text())[1]
    tag = f"py3-none-manylinux_{oldest[0]}_{oldest[1]}_{machine}"
    files.update({f"qmtraj/{path.name}": path for path in (SOURCE / "python/qmtraj").iterdir() if path.suffix in (".py", ".typed")})
    info = f"qmtraj-{version}.dist-info"
    about, points = metadata(version)
    content = {name: path.read_bytes() for name, path in files.items()}
    content[f"{info}/METADATA"] = about.encode()
    content[f"{info}/WHEEL"] = f"Wheel-Version: 1.0\nGenerator: tools/wheel.py\nRoot-Is-Purelib: false\nTag: {tag}\n".encode()
    content[f"{info}/entry_points.txt"] = (points + "\n[console_scripts]\nqmtraj = _qmtraj_start:main\n").encode()
    content[f"{info}/LICENSE"] = (SOURCE / "LICENSE").read_bytes()
    content[f"{info}/NOTICES"] = subprocess.run([SOURCE / "tools/notices.sh"], check=True, stdout=subprocess.PIPE).stdout
    # The installer writes the script of an entry point, which it can also where the path of the environment has a blank. The module
    # stands beside the package, so that the program starts without NumPy.
    content["_qmtraj_start.py"] = (
        b"import importlib.util\nimport os\nimport sys\n\n\ndef main():\n"
        b"    path = os.path.join(os.path.dirname(importlib.util.find_spec('qmtraj').origin), 'bin', 'qmtraj')\n"
        b"    os.execv(path, [path, *sys.argv[1:]])\n")
    record = "".join("{},sha256={},{}\n".format(
        name, base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode(), len(data)) for name, data in sorted(content.items()))
    content[f"{info}/RECORD"] = (record + f"{info}/RECORD,,\n").encode()
    date = time.gmtime(max(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), 315532800))[:6]
    out.mkdir(parents=True, exist_ok=True)
    wheel = out / f"qmtraj-{version}-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, data in sorted(content.items()):
            member = zipfile.ZipInfo(name, date)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = (0o100755 if "/bin/" in name else 0o100644) << 16
            archive.writestr(member, data)
    print(f"{wheel}: {wheel.stat().st_size / 1e6:.1f} MB, glibc {oldest[0]}.{oldest[1]} or newer, "
          f"SHA-256 {hashlib.sha256(wheel.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
