"""The tables of ../workloads: tab-separated, a header line, `#` lines are comments."""
import pathlib

FOLDER = pathlib.Path(__file__).parents[1] / "workloads"


def read(suite):
    """-> the suite's rows, each {column: text}, with "where" (FILE:LINE) for errors.

    ERRORS: ValueError that names file and line.
    """
    path = FOLDER / f"{suite}.tsv"
    found, header, names = [], None, set()
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split("\t")
        if header is None:
            header = cells
            continue
        where = f"{path.name}:{number}"
        if len(cells) != len(header):
            raise ValueError(f"{where}: {len(cells)} columns, the header has {len(header)}")
        row = dict(zip(header, cells), where=where)
        if row["name"] in names:
            raise ValueError(f"{where}: `{row['name']}` is there twice")
        names.add(row["name"])
        found.append(row)
    return found


def chosen(rows, only):
    """-> those that --only names, in the table's order. ERRORS: ValueError for an unknown name."""
    known = {row["name"] for row in rows}
    for name in only:
        if name not in known:
            raise ValueError(f"`{name}` is no workload of this suite; those are {', '.join(sorted(known))}")
    return [row for row in rows if not only or row["name"] in only]
