"""A file's bytes inside the program, so that nothing is looked up at run time."""

def embed(name, src):
    """`name`.inc is `src` as numbers, for use between the braces of a char array."""
    native.genrule(
        name = name + "_gen",
        srcs = [src],
        outs = [name + ".inc"],
        cmd = "od -An -v -tx1 $< | sed 's/ \\([0-9a-f][0-9a-f]\\)/0x\\1,/g' > $@",
    )
    native.cc_library(name = name, textual_hdrs = [name + ".inc"])
