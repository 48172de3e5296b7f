"""remaining.tsv: the cases that do not pass, each with its reason.

A reason that begins with a verdict (`refused: `, `wrong: `, `failed: `) is what the compiler or the runner
said, and --update renews it. Any other was written by hand and stays as long as its case does not pass.
Only a reason by hand excuses a wrong number, an error or a crash: with the others such a case is listed,
so that the tables are right, and still fails the run.
"""
import csv

COLUMNS = ("case", "reason")
VERDICTS = ("refused", "wrong", "failed")
LONGEST = 200


def read(path):
    """-> {case: reason}"""
    if not path.is_file():
        return {}
    with open(path, newline="", encoding="utf-8") as file:
        return {row["case"]: row["reason"] for row in csv.DictReader(file, delimiter="\t",
                                                                     quoting=csv.QUOTE_NONE)}


def write(path, remaining):
    lines = ["\t".join(COLUMNS)] + ["\t".join(item) for item in sorted(remaining.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def is_by_hand(reason):
    return reason.partition(": ")[0] not in VERDICTS


def updated(remaining, results):
    """-> the list after `results`, {case: (verdict, detail)}; cases that were not run stay."""
    found = {case: reason for case, reason in remaining.items() if case not in results}
    for case, (verdict, detail) in results.items():
        if verdict == "passed":
            continue
        if case in remaining and is_by_hand(remaining[case]):
            found[case] = remaining[case]
        else:
            found[case] = f"{verdict}: {' '.join(detail.split())}"[:LONGEST]
    return found


def judge(remaining, results):
    """-> {case: what is wrong}: where list and results contradict each other, and what nothing
    excuses."""
    wrong = {}
    for case, (verdict, detail) in results.items():
        reason = remaining.get(case)
        if verdict == "passed":
            if reason is not None:
                wrong[case] = f"passes, but remaining.tsv lists it ({reason})"
        elif reason is None:
            wrong[case] = f"{verdict}: {detail}"
        elif not reason:
            wrong[case] = "remaining.tsv lists it without a reason"
        elif verdict != "refused" and not is_by_hand(reason):
            wrong[case] = f"{verdict}: {detail}"
    return wrong
