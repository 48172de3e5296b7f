"""The terminal's summary: every ratio and every failure, colours only where they are wanted."""
import unittest

import report_fixture
from sinter_bench import summary


class Summary(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.data = report_fixture.make("models", noisy=True)
        cls.plain = summary.render(cls.data, colour=False, columns=160)

    def test_every_ratio_is_told(self):
        one = next(each for each in self.data["measurements"] if each["engine"] == "sinter")
        line = next(line for line in self.plain.splitlines() if f" {one['workload']} " in line)
        for found in one["ratios"].values():
            self.assertIn(f"{found['ratio']:.3f}", line)
        self.assertEqual(self.plain.count("geometric mean"), 2)

    def test_what_has_no_number_is_told_with_its_error(self):
        for text in ("unsupported: no lowering of `LSTM`", "timeout: no answer in 300 s", "wrong: ",
                     "missing: "):
            self.assertIn(text, self.plain)

    def test_a_noisy_run_says_so(self):
        self.assertIn("This run is noisy", self.plain)

    def test_the_checks_on_ourselves_are_told(self):
        self.assertRegex(self.plain, r"Check: self ÷ Sinter 1\.00\d|Check: self ÷ Sinter 0\.99\d")
        self.assertRegex(self.plain, r"Check: self \+ 5% ÷ Sinter 1\.0[45]\d .* 1 in \d of")

    def test_colours_only_where_wanted(self):
        self.assertNotIn("\x1b", self.plain)
        coloured = summary.render(self.data, colour=True, columns=160)
        self.assertIn("\x1b[32m", coloured)
        self.assertIn("\x1b[31m", coloured)

    def test_a_narrow_terminal_gets_no_bars(self):
        self.assertIn("●", self.plain)
        self.assertNotIn("●", summary.render(self.data, colour=False, columns=100))

    def test_every_suite_has_a_summary(self):
        for suite in ("compile", "service"):
            text = summary.render(report_fixture.make(suite), colour=False, columns=160)
            self.assertIn(f"Suite {suite}", text)
        self.assertIn("p999", text)

    def test_interval_bars(self):
        self.assertEqual(summary.interval_bar(0.5, 0.5, 0.5, 0.25, 4, 9), "  ● ┼    ")
        self.assertEqual(summary.interval_bar(0.25, 1, 4, 0.25, 4, 9), "├───●───┤")
        self.assertEqual(summary.interval_bar(2, 4, 9, 0.25, 4, 9), "    ┼ ├─●")


if __name__ == "__main__":
    unittest.main()
