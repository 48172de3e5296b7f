#!/usr/bin/env python3
"""The two ends of the file-type model of ./quickstart; the standard library is all it needs.

  magika.py encode OUT.npy FILE...          what the model reads of each file, one row a file
  magika.py decode SCORES.npy CONFIG FILE...    what the model says: `FILE -> LABEL PERCENT`

The model looks at the first and the last 1024 bytes of a file, found within its first and last 4096
after white space is taken off, and 256 stands for "no byte". CONFIG is the model's own description.
"""
import array
import ast
import json
import os
import struct
import sys

PART, BLOCK, NOTHING = 1024, 4096, 256


def features(path):
    """-> 2048 integers."""
    size = os.path.getsize(path)
    with open(path, "rb") as file:
        first = file.read(BLOCK).lstrip()[:PART]
        file.seek(max(0, size - BLOCK))
        last = file.read(BLOCK).rstrip()[-PART:]
    return ([*first] + [NOTHING] * (PART - len(first)) +
            [NOTHING] * (PART - len(last)) + [*last])


def write_npy(path, rows):
    """Version 1.0 of NumPy's format, int32, little-endian."""
    header = repr({"descr": "<i4", "fortran_order": False, "shape": (len(rows), len(rows[0]))})
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header.encode())
        for row in rows:
            file.write(struct.pack(f"<{len(row)}i", *row))


def read_npy(path):
    """-> the rows of a float32 matrix in version 1.0 of the format."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<8xH", file.read(10))
        header = ast.literal_eval(file.read(length).decode())
        values = array.array("f", file.read())
    if header["descr"] != "<f4":
        raise ValueError(f"{path}: holds {header['descr']}, expected <f4")
    columns = header["shape"][1]
    return [values[i:i + columns] for i in range(0, len(values), columns)]


def main(argv):
    if len(argv) > 3 and argv[1] == "encode":
        write_npy(argv[2], [features(path) for path in argv[3:]])
        return 0
    if len(argv) > 4 and argv[1] == "decode":
        with open(argv[3], encoding="utf-8") as file:
            labels = json.load(file)["target_labels_space"]
        for path, scores in zip(argv[4:], read_npy(argv[2])):
            score, label = max(zip(scores, labels))
            print(f"{os.path.basename(path)} → {label} {100 * score:.0f} %")
        return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv))
