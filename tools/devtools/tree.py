"""The tree as git sees it, and running programs at its root."""
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPS = pathlib.Path("/opt/sinter/deps")


def run(argv, **options):
    """Runs a program at the root; -> CompletedProcess with text output, errors folded in."""
    return subprocess.run(argv, cwd=ROOT, text=True, stdout=subprocess.PIPE,
                          stderr=options.pop("stderr", subprocess.STDOUT), **options)


def _listed(*git_arguments):
    names = run(["git", "ls-files", "-z", *git_arguments]).stdout.split("\0")
    return sorted(n for n in set(names) if n and (ROOT / n).is_file())


def tracked():
    """Every file of the tree, new ones included, ignored ones not."""
    return _listed("--cached", "--others", "--exclude-standard")


def changed():
    """Files that differ from the last commit, and those that the last commit itself touched."""
    names = set(_listed("--modified", "--others", "--exclude-standard"))
    names |= set(run(["git", "diff", "--name-only", "--cached"]).stdout.split("\n"))
    names |= set(run(["git", "diff", "--name-only", "HEAD~1", "HEAD"]).stdout.split("\n"))
    return sorted(n for n in names if n and (ROOT / n).is_file())


def is_cpp(name):
    return name.endswith((".h", ".cc", ".c"))


def is_build(name):
    base = os.path.basename(name)
    return base in ("BUILD", "WORKSPACE") or base.endswith((".bzl", ".BUILD"))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")
