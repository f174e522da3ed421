"""The README keeps its word: its snippet runs on what the program writes, and the table of keys in
docs/configuration.md is the program's own."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ["QMTRAJ_SOURCE"])
README = (SOURCE / "README.md").read_text(encoding="utf-8")


class Readme(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run(
            [os.environ["QMTRAJ"], "run", "--config", SOURCE / "configs/qm_test.yaml",
             "--set", "length_ps=0.02", "--set", "equilibration_ps=0.01",
             SOURCE / "data/molecules/xyz/glycine.xyz", "--out", "out/quick"],
            cwd=cls.folder.name, check=True, stdout=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_snippets_run(self):
        snippets = re.findall(r"^```python\n(.*?)^```", README, re.S | re.M)
        self.assertTrue(snippets)
        before = os.getcwd()
        os.chdir(self.folder.name)
        try:
            for snippet in snippets:
                exec(compile(snippet, "README.md", "exec"), {})
        finally:
            os.chdir(before)

    def test_files_are_there(self):
        glycine = pathlib.Path(self.folder.name, "out/quick/glycine")
        table = re.findall(r"^\| `([a-z.]+\.(?:npz|yaml|json|xyz)|checkpoint)` \|", README, re.M)
        self.assertEqual(sorted(table), sorted(p.name for p in glycine.iterdir()))

    def test_keys_are_those_of_the_program(self):
        table = self.said("help", "config", "--markdown").strip()
        manual = (SOURCE / "docs/configuration.md").read_text(encoding="utf-8")
        self.assertIn(table, manual,
                      "the output of `qmtraj help config --markdown` belongs into docs/configuration.md")

    def test_citations_are_those_of_the_program(self):
        citation = (SOURCE / "CITATION.cff").read_text(encoding="utf-8")
        self.assertEqual(sorted(re.findall(r"doi\s*= \{(.*?)\}", self.said("--cite"))),
                         sorted(re.findall(r"doi: (\S+)", citation)))

    def said(self, *words):
        return subprocess.run([os.environ["QMTRAJ"], *words], check=True, text=True,
                              stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    unittest.main()
