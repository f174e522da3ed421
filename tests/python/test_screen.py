"""The screen of a job, as a terminal of 80x24, 100x30 and one that becomes narrower shows it."""

import fcntl
import os
import pathlib
import pty
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unicodedata
import unittest

PROGRAM = os.environ["QMTRAJ"]
COMMANDS = ["run", "energy", "ipi", "convert", "summary", "status", "check", "solvents", "help", "version", "cite"]
N_WORKERS = 30
LINES_AFTER_STOP = 30
PATIENCE_S = 120  # for what takes two seconds on an idle machine
JOB = re.compile(r"^\d+/\d+ complete.* left$")
DRAWN = re.compile(r"^\d+/\d+ complete|^\+\d+ more$| +\d+ %  ")
SEQUENCE = re.compile(r"\x1b\[(\d*)([A-Za-z])")


class Terminal:
    """What a terminal shows of the bytes that it gets: text, CR, LF, cursor up, erase below and in the line,
    colours. `wrapped` are the lines that were wider than it, `gone` those that left it at its top."""

    def __init__(self, columns, rows):
        self.columns, self.rows = columns, rows
        self.lines, self.row, self.column = [""], 0, 0
        self.wrapped, self.gone = [], []
        self.colours, self.sequences = 0, 0
        self.rest = ""

    def feed(self, text):
        text = self.rest + text
        self.rest = ""
        at = 0
        while at < len(text):
            if text[at] == "\x1b":
                found = SEQUENCE.match(text, at)
                if found is None and len(text) - at < 8:
                    self.rest = text[at:]
                    return
                if found is None:
                    raise AssertionError(f"unknown sequence {text[at:at + 8]!r}")
                self.obey(found[2], int(found[1] or 0))
                at = found.end()
                continue
            self.put(text[at])
            at += 1

    def obey(self, letter, number):
        self.sequences += 1
        if letter == "A":
            self.row = max(0, self.row - max(1, number))
        elif letter == "J" and number == 0:
            del self.lines[self.row + 1:]
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif letter == "K" and number == 0:
            self.lines[self.row] = self.lines[self.row][:self.column]
        elif letter == "m":
            self.colours += 1
        else:
            raise AssertionError(f"unknown sequence CSI {number} {letter}")

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
            if self.row == self.rows:
                self.gone.append(self.lines.pop(0))
                self.row -= 1
        else:
            if self.column >= self.columns:
                self.wrapped.append(self.lines[self.row])
                self.column = 0
                self.put("\n")
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[:self.column] + char + line[self.column + 1:]
            self.column += 2 if unicodedata.east_asian_width(char) in "WF" else 1

    def narrow(self, columns, rewrap):
        """A window that becomes narrower: its lines are wrapped anew (most terminals) or cut (xterm)."""
        lines = []
        for line in self.lines:
            pieces = [line[i:i + columns] for i in range(0, max(len(line), 1), columns)]
            lines += pieces if rewrap else pieces[:1]
        self.columns, self.lines = columns, lines
        while len(self.lines) > self.rows:
            self.gone.append(self.lines.pop(0))
        self.row = len(self.lines) - 1
        self.forget()

    def forget(self):
        """What was wrapped or has gone so far is not to be looked at again."""
        self.wrapped, self.gone = [], []

    def drawn(self):
        return [line for line in self.lines if DRAWN.search(line)]


class Job:
    """A program in a terminal of its own, whose keys it gets."""

    def __init__(self, words, columns, rows, cwd, **environment):
        self.terminal = Terminal(columns, rows)
        self.text = ""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                # so that the program never sees another size
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                clean = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
                os.execve(PROGRAM, [PROGRAM, *map(str, words)], {**clean, "TERM": "xterm", **environment})
            finally:
                os._exit(127)

    def hear(self, wait_s=0.2):
        """Takes what has come. Returns False at the end."""
        if not select.select([self.fd], [], [], wait_s)[0]:
            return True
        try:
            data = os.read(self.fd, 65536)
        except OSError:  # that is how Linux says the end of a pty
            return False
        text = data.decode("utf-8", "replace")
        self.text += text
        self.terminal.feed(text)
        return bool(data)

    def hear_until(self, true, what):
        end = time.monotonic() + PATIENCE_S
        while not true():
            if not self.hear() or time.monotonic() > end:
                raise AssertionError(f"never {what}:\n" + "\n".join(self.terminal.lines))

    def resize(self, columns, rewrap):
        self.terminal.narrow(columns, rewrap)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", self.terminal.rows, columns, 0, 0))

    def press(self, key):
        os.write(self.fd, key)

    def end(self):
        """Hears it to its end. Returns its exit code."""
        while self.hear(PATIENCE_S):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def kill(self):
        try:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.fd)


def water(name, path):
    path.write_text(f"3\nname={name}\nO 0 0 0\nH 0.96 0 0\nH -0.24 0.93 0\n", encoding="utf-8")
    return path.name


class Screen(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="qmtraj_")
        self.addCleanup(folder.cleanup)
        self.here = pathlib.Path(folder.name)

    def job(self, words, columns, rows, **environment):
        job = Job(words, columns, rows, self.here, **environment)
        self.addCleanup(job.kill)
        return job

    def long_run(self, columns, rows, **environment):
        """40 molecules, none of which ends by itself."""
        names = [f"water{i:02d}" for i in range(36)]
        names += ["a_name_that_is_far_too_long_for_any_table_of_a_terminal_" + str(i) for i in range(2)]
        names += ["水分子" * 12, "eau_de_là"]
        files = [water(name, self.here / f"{i}.xyz") for i, name in enumerate(names)]
        return self.job(["run", "--length_ps", "1000", "--save_interval_steps", "1000", "--equilibration_ps",
                         "0", "--num-workers", N_WORKERS, "--out", "out", *files], columns, rows,
                        **environment)

    def assert_screen(self, terminal):
        """All that is shown has room, the job's line stands once, with the time left."""
        self.assertEqual(terminal.wrapped, [])
        self.assertEqual([line for line in terminal.gone if DRAWN.search(line)], [])
        jobs = [line for line in terminal.lines if JOB.match(line)]
        self.assertEqual(len(jobs), 1, terminal.lines)

    def stop(self, job):
        job.press(b"\x03")
        code = job.end()
        self.assertEqual(code, 75, job.text[-2000:])
        after = job.terminal.gone + job.terminal.lines
        begin = max(i for i, line in enumerate(after) if line.startswith("note: Interrupt"))
        self.assertLessEqual(len(after) - begin, LINES_AFTER_STOP, after[begin:])
        self.assertEqual([line for line in after[begin:] if re.search(r" left$|\d %  ", line)], [])

    def all_run(self, job):
        rows = job.terminal.rows
        job.hear_until(lambda: len(job.terminal.drawn()) == min(rows - 1, N_WORKERS + 1)
                       and any(JOB.match(line) for line in job.terminal.lines), "all with the time left")
        job.terminal.gone = [line for line in job.terminal.gone if DRAWN.search(line)]

    def test_24_rows(self):
        job = self.long_run(80, 24)
        self.all_run(job)
        job.hear_until(lambda: job.terminal.drawn()[-1:] == ["+9 more"], "+9 more")
        self.assert_screen(job.terminal)
        self.assertGreater(job.terminal.colours, 0)
        self.stop(job)
        self.assertEqual(job.terminal.wrapped, [])

    def test_30_rows(self):
        job = self.long_run(100, 30)
        self.all_run(job)
        job.hear_until(lambda: job.terminal.drawn()[-1:] == ["+3 more"], "+3 more")
        self.assert_screen(job.terminal)
        self.stop(job)
        self.assertEqual(job.terminal.wrapped, [])

    def narrower(self, rewrap):
        job = self.long_run(100, 40, NO_COLOR="1")
        self.all_run(job)
        drawn = job.text.count("\x1b[J")
        job.hear_until(lambda: job.terminal.column == 0 and len(job.terminal.drawn()) == N_WORKERS + 1, "drawn")
        job.resize(60, rewrap)
        job.hear_until(lambda: job.text.count("\x1b[J") > drawn + 4, "drawn again")
        job.hear_until(lambda: len(job.terminal.drawn()) == N_WORKERS + 1, "drawn again as a whole")
        self.assertEqual(len([line for line in job.terminal.lines if "/40 complete" in line]), 1)
        self.assertEqual(len(set(line[:8] for line in job.terminal.drawn()[1:])), N_WORKERS,
                         job.terminal.lines)
        job.terminal.forget()
        job.hear_until(lambda: job.text.count("\x1b[J") > drawn + 8, "drawn again")
        self.assertEqual(job.terminal.wrapped, [])
        self.assertEqual(job.terminal.colours, 0, "colours in spite of NO_COLOR")
        self.stop(job)

    def test_narrower_window_of_a_terminal_that_wraps_anew(self):
        self.narrower(True)

    def test_narrower_window_of_a_terminal_that_cuts(self):
        self.narrower(False)

    def short_run(self, out):
        files = [water(f"w{i}_" + "x" * i, self.here / f"{i}.xyz") for i in range(35)]
        return ["run", "--length_ps", "0.002", "--equilibration_ps", "0", "--nve_every_ps", "0",
                "--num-workers", str(N_WORKERS), "--out", out, *files]

    def test_end_and_status(self):
        job = self.job(self.short_run("out"), 80, 24)
        self.assertEqual(job.end(), 0, job.text)
        self.assertEqual(job.terminal.wrapped, [])
        shown = job.terminal.gone + job.terminal.lines
        self.assertEqual(sum(bool(re.search(r"  complete(, warned)?$", line)) for line in shown), 35, shown)
        self.assertTrue(any(line.startswith("35 of 35 complete") for line in shown), shown)
        for words in (["status", "out"], ["status", "out", "--all"], ["help", "config"], ["help", "arrays"],
                      *(["help", command] for command in COMMANDS), ["--help"]):
            job = self.job(words, 80, 24)
            job.end()
            self.assertEqual(job.terminal.wrapped, [], words)

    def test_plain_text_for_a_file_and_a_terminal_that_cannot_move(self):
        job = self.job(self.short_run("dumb"), 80, 24, TERM="dumb")
        self.assertEqual(job.end(), 0, job.text)
        self.assertEqual(job.terminal.sequences, 0)
        done = subprocess.run([PROGRAM, *self.short_run("pipe")], cwd=self.here, capture_output=True,
                              env={**os.environ, "TERM": "xterm"}, check=True)
        self.assertNotIn(b"\x1b", done.stdout + done.stderr)
        self.assertNotIn(b"\r", done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main()
