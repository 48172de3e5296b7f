"""C++ out of .proto files with the system's protoc, and with its gRPC plug-in."""

def _cc(name, srcs, deps, grpc, visibility):
    outs = []
    for src in srcs:
        stem = src[:-len(".proto")]
        outs += [stem + ".pb.h", stem + ".pb.cc"]
        if grpc:
            outs += [stem + ".grpc.pb.h", stem + ".grpc.pb.cc"]
    plugin = "--plugin=protoc-gen-grpc=/usr/bin/grpc_cpp_plugin --grpc_out=$(GENDIR) " if grpc else ""
    remote_apis = "-Iexternal/remote_apis " if [d for d in deps if d.startswith("@remote_apis//")] else ""
    native.genrule(
        name = name + "_gen",
        srcs = srcs + [d + "_srcs" for d in deps],
        outs = outs,
        cmd = "protoc -I. " + remote_apis + "-I/usr/include --cpp_out=$(GENDIR) " + plugin +
              " ".join(["$(location %s)" % s for s in srcs]),
    )
    native.filegroup(
        name = name + "_srcs",
        srcs = srcs + [d + "_srcs" for d in deps],
        visibility = ["//visibility:public"],
    )
    native.cc_library(
        name = name,
        srcs = [o for o in outs if o.endswith(".cc")],
        hdrs = [o for o in outs if o.endswith(".h")],
        copts = ["-Wno-everything"],
        deps = deps + (["@usr//:grpc"] if grpc else ["@usr//:protobuf"]),
        visibility = visibility,
    )

def cc_proto(name, srcs, deps = [], visibility = ["//visibility:public"]):
    """Messages only. `deps` are other cc_proto or cc_grpc targets."""
    _cc(name, srcs, deps, False, visibility)

def cc_grpc(name, srcs, deps = [], visibility = ["//visibility:public"]):
    """Messages and services."""
    _cc(name, srcs, deps, True, visibility)
