#!/usr/bin/env python3
"""The rules of remaining.tsv."""
import pathlib
import tempfile
import unittest

import remaining

RESULTS = {"n/ok": ("passed", ""), "n/no": ("refused", "Foo: lacks\ta kernel"),
           "n/bad": ("wrong", "element 0"), "n/dead": ("failed", "crashed")}


class RemainingTest(unittest.TestCase):
    def test_what_does_not_pass_must_be_listed(self):
        wrong = remaining.judge({}, RESULTS)
        self.assertEqual(set(wrong), {"n/no", "n/bad", "n/dead"})
        self.assertEqual(remaining.judge({"n/no": "refused: Foo"}, {"n/no": RESULTS["n/no"]}), {})

    def test_what_is_listed_must_not_pass(self):
        self.assertIn("n/ok", remaining.judge({"n/ok": "refused: Foo"}, RESULTS))
        # Not run, so nothing is known.
        self.assertEqual(remaining.judge({"n/other": "refused: Foo"}, {}), {})

    def test_a_wrong_number_needs_a_reason_by_hand(self):
        only = {"n/bad": RESULTS["n/bad"]}
        for reason in ("refused: Foo", "wrong: element 0", "failed: crashed"):
            self.assertIn("n/bad", remaining.judge({"n/bad": reason}, only))
        self.assertIn("n/bad", remaining.judge({"n/bad": ""}, only))
        self.assertEqual(remaining.judge({"n/bad": "the case contradicts the standard"}, only), {})

    def test_update_keeps_reasons_by_hand_and_renews_the_others(self):
        before = {"n/ok": "refused: old", "n/no": "refused: old", "n/bad": "by hand",
                  "n/else": "refused: not run"}
        self.assertEqual(remaining.updated(before, RESULTS),
                         {"n/no": "refused: Foo: lacks a kernel", "n/bad": "by hand",
                          "n/dead": "failed: crashed", "n/else": "refused: not run"})
        only = {"n/no": RESULTS["n/no"]}
        self.assertEqual(remaining.updated({"n/no": "by hand"}, only), {"n/no": "by hand"})

    def test_the_file_makes_the_round_trip(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "remaining.tsv"
            self.assertEqual(remaining.read(path), {})
            rows = {"n/b": 'refused: "quoted"', "n/a": "by hand"}
            remaining.write(path, rows)
            self.assertEqual(remaining.read(path), rows)
            self.assertEqual(path.read_text(encoding="utf-8").splitlines()[1], "n/a\tby hand")


if __name__ == "__main__":
    unittest.main()
