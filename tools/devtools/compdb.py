"""compile_commands.json out of Bazel's own action graph, for clangd and clang-tidy."""
import json

from devtools import tree


def commands(target="//..."):
    """-> the entries of a compilation database for every C++ file of `target`."""
    query = f'mnemonic("CppCompile", {target})'
    done = tree.run(["bazel", "aquery", "--output=jsonproto", query], stderr=None)
    entries = {}
    for action in json.loads(done.stdout or "{}").get("actions", []):
        arguments = action["arguments"]
        source = next((a for a in arguments if a.endswith((".cc", ".c", ".cpp"))), None)
        if source is None or source.startswith(("external/", "bazel-out/")):
            continue
        kept, skip = ["clang++-19"], False
        for argument in arguments[1:]:
            # Module maps belong to layering_check; a tool that reads the tree needs none.
            if skip or "module-map" in argument or argument.startswith("-fmodule"):
                skip = False
            elif argument == "-Xclang":
                continue
            elif argument in ("-MF", "-o"):
                skip = True
            elif argument not in ("-MD", "-c"):
                kept.append(argument)
        for pair in action.get("environmentVariables", []):
            if pair["key"] == "CPLUS_INCLUDE_PATH":
                kept[1:1] = [x for d in pair["value"].split(":") for x in ("-isystem", d)]
        entries[source] = {"directory": str(tree.ROOT), "file": source, "arguments": kept}
    return [entries[source] for source in sorted(entries)]


def write(target="//..."):
    entries = commands(target)
    (tree.ROOT / "compile_commands.json").write_text(json.dumps(entries, indent=1) + "\n")
    return entries


def add_command(subcommands):
    parser = subcommands.add_parser("compdb", help="write compile_commands.json")
    parser.set_defaults(run=run)


def run(args):
    entries = write()
    print(f"compile_commands.json: {len(entries)} files")
    return 0 if entries else 1
