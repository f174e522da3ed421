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


# Comparisons of an error with a number, without CHECK_NEAR().
COMPARED = r"(?:fabs\(|max_abs|deviation|difference)[^;\n]*?<=? *([0-9.]+e-[0-9]+|0\.[0-9]+)\b"


def tolerances(body):
    """(where, tolerance) of each bare number in the text of a function."""
    for call in re.finditer(r"CHECK_NEAR\(" + NESTED + r"\)", body):
        tolerance = call.group(0)[:-1].split(",")[-1].strip()
        if re.fullmatch(r"[0-9.]+(e-?[0-9]+)?", tolerance) and float(tolerance) != 0.0:
            yield call.start(), tolerance
    for compared in re.finditer(COMPARED, body):
        yield compared.start(), compared.group(1)


def bare(text):
    """Lines with a tolerance in a function without a comment."""
    for head, body in functions(text):
        if "//" not in body:
            for where, _ in tolerances(body):
                yield head + body[:where].count("\n") + 1


class Tolerances(unittest.TestCase):
    def test_each_has_a_reason(self):
        found = [f"{path.relative_to(TESTS)}:{line}" for path in sorted(TESTS.glob("**/*.[ch]"))
                 for line in bare(path.read_text(encoding="utf-8"))]
        self.assertEqual(found, [])

    def test_a_bare_one_is_found(self):
        for statement in ("CHECK_NEAR(a, b(c), 1e-3);", "CHECK_NEAR(a,\n               b, 0.5);",
                          "assert_true(fabs(a - b) < 1e-3);", "assert_true(deviation <= 0.01);"):
            text = "static void f(void)\n{\n    " + statement + "\n}\n"
            self.assertEqual(list(bare(text)), [3], statement)

    def test_a_reason_or_an_exact_comparison_is_none(self):
        for statement in ("CHECK_NEAR(a, b, 1e-3); // rounding", "CHECK_NEAR(a, b, 0.0);", "CHECK_NEAR(a, b, LIMIT);"):
            self.assertEqual(list(bare("static void f(void)\n{\n    " + statement + "\n}\n")), [], statement)


if __name__ == "__main__":
    unittest.main()
