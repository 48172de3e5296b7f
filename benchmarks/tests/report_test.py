"""The report in a real browser: all that is in the data is drawn, nothing else is done.

Chromium draws the page without a window and gives back the document that came of it.
"""
import collections
import html.parser
import itertools
import json
import math
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
from unittest import mock

import numpy as np

import report_fixture
from sinter_bench import report
from sinter_bench.report import echarts, latency, service

CHROMIUM = "chromium"  # the set-up installs it
PAGE = pathlib.Path(report.__file__).parent / "page"
VOID = {"meta", "link", "br", "img", "input", "hr", "base"}


class Document(html.parser.HTMLParser):
    """Elements, and for every chart the marks in it: [(tag, attributes)]."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.marks, self.texts = [], collections.defaultdict(list), []
        self.stack, self.unbalanced, self.root = [], [], {}
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.root = self.root or (attributes if tag == "html" else {})
        self.elements.append((tag, attributes))
        chart = next((each for _, each in reversed(self.stack) if each), None)
        if chart:
            self.marks[chart].append((tag, attributes))
        if tag not in VOID:
            known = attributes.get("id") if attributes.get("class") == "chart" else None
            self.stack.append((tag, known))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.stack.pop()

    def handle_endtag(self, tag):
        if self.stack and self.stack[-1][0] == tag:
            self.stack.pop()
        else:
            self.unbalanced.append(tag)

    def handle_data(self, data):
        if not self.stack or self.stack[-1][0] not in ("script", "style"):
            self.texts.append(data)

    def filled(self, chart, colour):
        return [each for each in self.marks[chart] if each[1].get("fill") == colour]


def draw(path, fragment="", *flags):
    """-> (Document, console lines) of the page as Chromium made it."""
    with tempfile.TemporaryDirectory(prefix="sinter-report-") as profile:
        done = subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}",
             "--virtual-time-budget=5000", "--enable-logging=stderr", *flags, "--dump-dom",
             f"file://{path}{fragment}"],
            text=True, capture_output=True, timeout=120, check=True)
    return Document(done.stdout), [line for line in done.stderr.splitlines() if "CONSOLE" in line]


def colour(key, dark=False):
    """As in colours.js."""
    source = (PAGE / "colours.js").read_text()
    kind, _, rest = key.partition(":")
    if kind in ("category", "shade", "mode"):
        name = "categories" if kind == "category" else "shades"
        found = re.findall(r'\["(#\w+)", "(#\w+)"\]',
     source.split(f"REPORT.{name} = ")[1].split(";")[0])
        place = {"cold": 3, "warm": 1, "hit": 0}[rest] if kind == "mode" else int(rest)
        return found[place % len(found)][dark]
    return re.search(rf'  "?{key}"?: {{ colour: \["(#\w+)", "(#\w+)"\]', source).groups()[dark]


def bar_length(mark):
    """Of a rectangle's path: its extent along the horizontal axis."""
    return abs(float(re.match(r"M[-\d.]+ [-\d.]+[lh]([-\d.]+)",
               mark[1]["d"].replace(",", " ")).group(1)))


class Drawn(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = pathlib.Path(folder.name) / "report.html"
        cls.results = [*report_fixture.history("models", 2), *map(report_fixture.make, (
            "operators", "compile", "service"))]
        report.write_report(cls.results, cls.path)
        cls.source = cls.path.read_text()
        unfolded = pathlib.Path(folder.name) / "unfolded.html"
        unfolded.write_text(cls.source.replace('<details class="part"', '<details open class="part"'))
        cls.data = json.loads(re.search(r'id="data">(.*?)</script>', cls.source, re.S).group(1))
        cls.page, cls.console = draw(unfolded, "#light", "--window-size=1200,900")

    def pictures(self, kind):
        """-> [(identity, data)]; of pictures with a choice the first."""
        shown = {name: data["choices"][0]["data"] if "choices" in data else data
                 for name, data in self.data.items()}
        found = [(name, data) for name, data in shown.items() if data["kind"] == kind]
        self.assertTrue(found, kind)
        return found

    def test_every_picture_is_drawn_and_the_console_is_silent(self):
        self.assertEqual(self.console, [])
        self.assertEqual(self.page.root["data-ready"], str(len(self.data)))
        for name in self.data:
            self.assertTrue(any(tag == "svg" for tag, _ in self.page.marks[name]), name)

    def test_the_document_is_well_formed_and_loads_nothing(self):
        page = Document(self.source)
        self.assertEqual((page.stack, page.unbalanced), ([], []))
        self.assertEqual([(tag, name, value) for tag, attributes in page.elements
                          for name, value in attributes.items()
                          if name in ("src", "href", "action", "data") and not value.startswith("#")], [])
        self.assertNotRegex((PAGE / "report.css").read_text(), r"url\(|@import")
        policy = next(attributes["content"] for tag, attributes in page.elements
                      if attributes.get("http-equiv") == "Content-Security-Policy")
        self.assertTrue(policy.startswith("default-src 'none';"))
        self.assertNotRegex(policy, "http|unsafe-eval|script-src[^;]*unsafe")

    def test_headings_labels_and_tables_stand_beside_pictures(self):
        identities = {attributes.get("id") for _, attributes in self.page.elements}
        levels = [int(tag[1]) for tag, _ in self.page.elements if re.fullmatch("h[1-4]", tag)]
        self.assertEqual(levels.count(1), 1)
        self.assertTrue(all(after <= before + 1 for before,
                        after in zip(levels, levels[1:])), levels)
        for tag, attributes in self.page.elements:
            if attributes.get("class") == "chart":
                self.assertEqual(attributes["role"], "img")
                for name in (attributes["aria-labelledby"], attributes["aria-describedby"]):
                    self.assertIn(name, identities)
            if attributes.get("class") == "scroll":
                self.assertEqual((attributes["tabindex"], attributes["role"]), ("0", "region"))

    def test_a_ratio_is_a_bar_as_long_as_its_logarithm(self):
        ours = {(one["workload"], one["variant"]["threads"]): one["ratios"]
                for one in self.results[1]["measurements"] if one["engine"] == "sinter"}
        name, data = next(each for each in self.pictures("ratios")
                          if "made_up_model_11" in each[1]["rows"])
        for facet in data["facets"]:
            expected = [abs(math.log(ratios[facet["engine"]]["ratio"])) for (_, threads), ratios
                        in ours.items() if threads == 1 and facet["engine"] in ratios]
            mean = abs(math.log(facet["mean"]["ratio"]))
            lengths = [bar_length(mark) for mark in self.page.filled(name, colour(facet["engine"]))]
            self.assertEqual(len(lengths), len(expected) + 1)
            scale = sum(lengths) / (sum(expected) + mean)
            for drawn, wanted in zip(sorted(lengths), sorted([*expected, mean])):
                self.assertAlmostEqual(drawn, wanted * scale, delta=0.1)

    def test_all_bars_of_all_ratio_pictures_are_there(self):
        for name, data in self.pictures("ratios"):
            for facet in data["facets"]:
                if not facet["engine"].startswith("self"):
                    bars = sum(1 for cell in facet["cells"] if cell and "ratio" in cell)
                    bars += len(data["rows"]) > 1 and facet["mean"]["ratio"] is not None
                    drawn = self.page.filled(name, colour(facet["engine"]))
                    self.assertEqual(len(drawn), bars, name)

    def test_marks_equal_the_points_of_the_data(self):
        for name, data in self.pictures("dots"):
            counts = collections.Counter()
            for facet in data["facets"]:
                for series in facet["series"]:
                    counts[colour(series["key"])] += len(series["points"])
            for fill, count in counts.items():
                self.assertEqual(len(self.page.filled(name, fill)), count, (name, fill))
        for name, data in self.pictures("stack"):
            bars = sum(len(self.page.filled(name, colour(f"category:{i}")))
                       for i in range(len(data["stages"])))
            self.assertEqual(bars, len(data["rows"]) * len(data["stages"]))
        for name, data in self.pictures("roofline"):
            marks = sum(len(self.page.filled(name, colour(f"category:{i}")))
                        for i in range(len(data["families"])))
            self.assertEqual(marks, len(data["points"]))
        for name, data in self.pictures("strip"):
            counts = {series["key"]: sum(map(len, series["rounds"])) for series in data["series"]}
            self.assertEqual(len(self.page.filled(name, colour("sinter"))), counts["sinter"])

    def test_curves_are_lines(self):
        for name, data in self.pictures("curves"):
            wanted = collections.Counter(colour(series["key"]) for facet in data["facets"]
                                         for series in facet["series"] if not series.get("dots"))
            drawn = collections.Counter(
                attributes.get("stroke") for _, attributes in self.page.marks[name]
                if attributes.get("fill") in ("none", "transparent"))
            for stroke, count in wanted.items():
                self.assertEqual(drawn[stroke], count, (name, stroke))

    def test_text_from_results_is_only_text(self):
        self.assertFalse([each for each in self.page.elements
                          if each[0] == "img" or each[1].get("id") == "injected"])
        self.assertIn(report_fixture.HOSTILE, "".join(self.page.texts))

    def test_what_was_not_measured_is_told_with_its_error(self):
        told = "".join(self.page.texts)
        for status, error in (("unsupported", "no lowering of `LSTM`"), ("timeout", "no answer in 300 s"),
                              ("missing", "`tvm` is not installed"), ("wrong", "outputs are 3.1e-01"),
                              ("failed", "node `a` failed")):
            self.assertIn(status, told)
            self.assertIn(error, told)

    def test_a_noisy_run_says_so_before_any_number(self):
        self.assertIn('class="verdict noisy"', self.source)
        self.assertLess(self.source.index("This run is noisy: "), self.source.index("geometric mean"))

    def test_dark_pages_use_the_dark_colours(self):
        for flags in ((), ("--blink-settings=preferredColorScheme=0",)):
            page, console = draw(self.path, "" if flags else "#dark",
                                 *flags, "--window-size=1200,900")
            self.assertEqual((console, page.root["data-scheme"]), ([], "dark"))
            name, data = next(each for each in self.pictures("ratios")
                              if "made_up_model_11" in each[1]["rows"])
            self.assertTrue(page.filled(name, colour("onnxruntime", dark=True)))
            self.assertFalse(page.filled(name, colour("onnxruntime")))

    def test_switches_redraw_pictures(self):
        clicks = """<script>
            const press = (identity, place) =>
              document.querySelectorAll(`[data-legend="${identity}"] button`)[place].click();
            press("%s", 0);
            const select = document.querySelector('select[data-for="%s"]');
            select.value = 1;
            select.dispatchEvent(new Event("change"));
            document.getElementById("scheme").click();
            </script>"""
        dots, data = next(each for each in self.pictures("dots") if "made_up_model_9" in each[1]["rows"])
        strip = self.pictures("strip")[0][0]
        path = self.path.with_name("clicked.html")
        unlocked = re.sub('<meta http-equiv="Content-Security-Policy"[^>]*>', "", self.source)
        path.write_text(unlocked + clicks % (dots, strip))
        page, console = draw(path, "#light", "--window-size=1200,900")
        self.assertEqual((console, page.root["data-scheme"]), ([], "dark"))
        series = data["facets"][0]["series"]
        self.assertEqual(page.filled(dots, colour(series[0]["key"], dark=True)), [])
        self.assertEqual(len(page.filled(dots, colour(series[1]["key"], dark=True))),
                         len(series[1]["points"]))
        second = self.data[strip]["choices"][1]["data"]["series"][0]
        self.assertEqual(len(page.filled(strip, colour(second["key"], dark=True))),
                         sum(map(len, second["rounds"])))

    def test_a_run_without_peers_has_pictures_too(self):
        data = report_fixture.make("models")
        data["measurements"] = [one for one in data["measurements"] if one["engine"] == "sinter"]
        for one in data["measurements"]:
            one["ratios"] = {}
        report.write_report([data], self.path.with_name("alone.html"))
        page, console = draw(self.path.with_name("alone.html"), "#light", "--window-size=1200,900")
        self.assertEqual(console, [])
        self.assertIn("Times, 1 thread", page.texts)

    def test_pictures_fit_a_narrow_window(self):
        page, console = draw(self.path, "#light", "--window-size=520,900")
        self.assertEqual(console, [])
        widths = [float(attributes["width"]) for marks in page.marks.values()
                  for tag, attributes in marks if tag == "svg"]
        self.assertTrue(widths)
        self.assertLessEqual(max(widths), 520)


class Parts(unittest.TestCase):
    def test_colours_stand_out_from_both_pages(self):
        pages = re.findall(r"--page: (#\w+)", (PAGE / "report.css").read_text())
        source = (PAGE / "colours.js").read_text()
        pairs = re.findall(r'\["(#\w{6})", "(#\w{6})"\]', source.split("REPORT.shades")[0])
        for light, dark in pairs:
            self.assertGreaterEqual(contrast(light, pages[0]), 3, light)
            self.assertGreaterEqual(contrast(dark, pages[1]), 3, dark)

    def test_engines_differ_for_the_colour_blind(self):
        source = (PAGE / "colours.js").read_text()
        names = ("sinter", "onnxruntime", "openvino", "iree", "tvm", "onednn", "openblas")
        self.assertTrue(all(f"  {name}: {{" in source for name in names))
        for dark, (kind, matrix) in itertools.product((False, True), SIGHT.items()):
            seen = {name: lab(np.array(matrix) @ linear(colour(name, dark))) for name in names}
            for one, other in itertools.combinations(names, 2):
                apart = np.linalg.norm(seen[one] - seen[other])
                self.assertGreater(apart, 12, (kind, one, other, dark))

    def test_percentiles_names(self):
        names = {"p50": 50, "p90": 90, "p99": 99, "p999": 99.9, "p99.9": 99.9, "p100": 100, "max": None}
        self.assertEqual({name: service.percentile_of(name) for name in names}, names)

    def test_the_exponent_of_a_power_law_is_found(self):
        slope, error = latency.exponent([(n, 3e-9 * n ** 2.5) for n in (8, 16, 64, 512)])
        self.assertAlmostEqual(slope, 2.5)
        self.assertLess(error, 1e-6)
        self.assertIsNone(latency.exponent([(8, 1), (16, 2)]))

    def test_echarts_that_is_there_is_not_fetched_again(self):
        with tempfile.TemporaryDirectory() as folder, \
                mock.patch.object(subprocess, "run", side_effect=AssertionError("fetched")):
            shutil.copy(echarts.find_echarts(), folder)
            self.assertEqual(report.install_echarts(folder), pathlib.Path(folder) / echarts.NAME)
            (pathlib.Path(folder) / echarts.NAME).write_text("alert(1)")
            self.assertRaisesRegex(AssertionError, "fetched", report.install_echarts, folder)

    def test_without_echarts_it_is_said_how_to_get_it(self):
        with mock.patch.dict("os.environ", SINTER_BENCH_ECHARTS="/nowhere/echarts.min.js"):
            self.assertRaisesRegex(FileNotFoundError, "sinter bench setup", echarts.find_echarts)

    def test_what_is_no_result_is_refused(self):
        for wrong in ([], [{"context": {}}]):
            self.assertRaises(ValueError, report.write_report, wrong, "/nowhere/report.html")


# What remains of linear RGB without one kind of cones (Machado, Oliveira and Fernandes 2009).
SIGHT = {
    "all cones": np.eye(3),
    "no red": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
    "no blue": [[1.256, -0.077, -0.179], [-0.078, 0.931, 0.148], [0.005, 0.691, 0.304]],
}


def linear(name):
    parts = np.array([int(name[i:i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb):
    """CIE L*a*b*, in which distances are about as large as they look."""
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(np.clip(xyz @ np.clip(rgb, 0, 1) / (0.9505, 1, 1.089), 0.008856, 1))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def contrast(one, other):
    """Of two colours, as WCAG 2 defines it."""
    low, high = sorted(float(linear(each) @ (0.2126, 0.7152, 0.0722)) for each in (one, other))
    return (high + 0.05) / (low + 0.05)


if __name__ == "__main__":
    unittest.main()
