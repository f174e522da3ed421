"""A tolerance carries its reason: a test that compares to within a bare number says why in a comment of its own."""
import os
import pathlib
import re
import unittest

TESTS = pathlib.Path(os.environ["QMTRAJ_SOURCE"], "tests")
NESTED = r"(?:[^()]|\((?:[^()]|\([^()]*\))*\))*"


def functions(text):
    """(first line of its head, text) of each function of a C file, the comment above it included."""
    lines = text.split("\n")
    start = None
    for k, line in enumerate(lines):
        if line == "{":
            start = k
        elif line == "}" and start is not None:
            head = start - 1
            while head > 0 and lines[head] not in ("", "}"):
                head -= 1
            yield head, "\n".join(lines[head:k + 1])
            start = None


def bare(path):
    for head, body in functions(path.read_text(encoding="utf-8")):
        if "//" in body:
            continue
        for call in re.finditer(r"CHECK_NEAR\(" + NESTED + r"\)", body):
            tolerance = call.group(0)[:-1].split(",")[-1].strip()
            if re.fullmatch(r"[0-9.]+(e-?[0-9]+)?", tolerance) and float(tolerance) != 0.0:
                yield head + body[:call.start()].count("\n") + 1


class Tolerances(unittest.TestCase):
    def test_each_has_a_reason(self):
        found = [f"{path.relative_to(TESTS)}:{line}" for path in sorted(TESTS.glob("**/*.c"))
                 for line in bare(path)]
        self.assertEqual(found, [])

    def test_a_bare_one_is_found(self):
        text = "static void f(void)\n{\n    CHECK_NEAR(a, b(c), 1e-3);\n}\n"
        self.assertEqual(len([call for _, body in functions(text)
                              for call in re.finditer(r"CHECK_NEAR\(" + NESTED + r"\)", body)]), 1)


if __name__ == "__main__":
    unittest.main()
