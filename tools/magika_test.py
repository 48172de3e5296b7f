"""The features are those that the model was trained on; the files are NumPy's format."""
import importlib.util
import os
import pathlib
import struct
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
PATH = pathlib.Path(__file__).resolve().parent / "magika.py"
SPEC = importlib.util.spec_from_file_location("magika", PATH)
magika = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(magika)


class MagikaTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "file")

    def features(self, content):
        with open(self.path, "wb") as file:
            file.write(content)
        return magika.features(self.path)

    def test_a_short_file_is_padded_behind_its_start_and_before_its_end(self):
        row = self.features(b"\n ab \n")
        self.assertEqual(row[:4], [ord("a"), ord("b"), ord(" "), ord("\n")])
        self.assertEqual(set(row[4:1024]), {256})
        self.assertEqual(set(row[1024:-4]), {256})
        self.assertEqual(row[-4:], [ord("\n"), ord(" "), ord("a"), ord("b")])

    def test_a_long_file_shows_its_first_and_last_kibibyte(self):
        row = self.features(b"a" * 5000 + b"z" * 5000)
        self.assertEqual(row, [ord("a")] * 1024 + [ord("z")] * 1024)

    def test_npy_is_aligned_and_holds_the_rows(self):
        magika.write_npy(self.path, [[1, 2], [3, 256]])
        with open(self.path, "rb") as file:
            data = file.read()
        (length,) = struct.unpack("<8xH", data[:10])
        self.assertEqual((10 + length) % 64, 0)
        self.assertIn(b"'shape': (2, 2)", data[10:10 + length])
        self.assertEqual(struct.unpack("<4i", data[10 + length:]), (1, 2, 3, 256))

    def test_scores_come_back_by_rows(self):
        magika.write_npy(self.path, [[0, 0], [0, 0]])
        with open(self.path, "rb") as file:
            data = bytearray(file.read().replace(b"<i4", b"<f4"))
        data[-16:] = struct.pack("<4f", 0.25, 0.75, 1, 0)
        with open(self.path, "wb") as file:
            file.write(data)
        self.assertEqual([list(row) for row in magika.read_npy(self.path)], [[0.25, 0.75], [1, 0]])


if __name__ == "__main__":
    unittest.main()
