// Models that were made to hurt: each has to be refused, or imported, within little time and
// memory.
#include <sys/resource.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_matchers.h"
#include "compiler_core/import/import_model.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ::onnx::AttributeProto;
using ::onnx::GraphProto;
using ::onnx::ModelProto;
using ::onnx::NodeProto;
using ::onnx::TensorProto;
using ::testing::HasSubstr;

constexpr int64_t kMegabyte = int64_t{1} << 20;

// Models are written in ONNX's textual syntax, where it can express them.
ModelProto Model(const std::string& graph) {
  ModelProto model;
  const std::string text = "<ir_version: 8, opset_import: [\"\" : 17]>\n" + graph;
  ::onnx::OnnxParser parser(text.c_str());
  const auto status = parser.Parse(model);
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

NodeProto Node(const std::string& op, const std::vector<std::string>& inputs,
               const std::string& output, const std::string& domain = "") {
  NodeProto node;
  node.set_op_type(op);
  node.set_domain(domain);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(output);
  return node;
}

class HostileModelTest : public ::testing::Test {
 protected:
  // Also checks that the import stayed within limits: generous ones of time, as machines differ.
  absl::Status Import(const ModelProto& model, int64_t megabytes = 256) {
    const std::string bytes = model.SerializeAsString();
    files_[0].bytes = bytes;
    sink_ = {};
    const int64_t before = PeakBytes();
    const auto start = std::chrono::steady_clock::now();
    const absl::Status status = ImportModel(context_, files_, options_, sink_).status();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(40));
    EXPECT_LT(PeakBytes() - before, megabytes * kMegabyte);
    return status;
  }
  std::string Text(const ModelProto& model) { return Import(model).ToString(); }

  static int64_t PeakBytes() {
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    return int64_t{usage.ru_maxrss} * 1024;
  }

  mlir::MLIRContext context_;
  std::vector<ir::InputFile> files_{{"model.onnx", ""}};
  v1::CompileOptions options_;
  ir::DiagnosticSink sink_;
};

// --- Structure ---

// A graph that gives `y` through that many Ifs, each in the last one's branch.
ModelProto NestedIfs(int depth) {
  ModelProto model = Model("g (bool c, float[2] x) => (float[2] y) { y = Relu(x) }");
  const GraphProto other = Model("b () => (float[2] e) { e = Abs(x) }").graph();
  GraphProto branch = Model("b () => (float[2] y0) { y0 = Relu(x) }").graph();
  for (int i = 1; i <= depth; ++i) {
    GraphProto outer;
    outer.set_name("b");
    *outer.add_output() = model.graph().output(0);
    const std::string name = i == depth ? "y" : absl::StrCat("y", i);
    outer.mutable_output(0)->set_name(name);
    NodeProto& node = *outer.add_node();
    node = Node("If", {"c"}, name);
    for (const char* attribute_name : {"else_branch", "then_branch"}) {
      AttributeProto& attribute = *node.add_attribute();
      attribute.set_name(attribute_name);
      attribute.set_type(AttributeProto::GRAPH);
    }
    *node.mutable_attribute(0)->mutable_g() = other;
    node.mutable_attribute(1)->mutable_g()->Swap(&branch);
    branch.Swap(&outer);
  }
  *model.mutable_graph()->mutable_node() = branch.node();
  return model;
}

TEST_F(HostileModelTest, GraphsNestOnlySoDeep) {
  EXPECT_THAT(Import(NestedIfs(3)), base::IsOk());
  EXPECT_THAT(Text(NestedIfs(25)), HasSubstr("UNIMPLEMENTED: graphs that are nested too deeply"));
  EXPECT_THAT(Text(NestedIfs(1000)), HasSubstr("INVALID_ARGUMENT"));
}

TEST_F(HostileModelTest, ManyNodesAreNoProblem) {
  ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Relu(x) }");
  GraphProto& graph = *model.mutable_graph();
  graph.clear_node();
  constexpr int kNodes = 100000;
  // The last one first: sorting is part of the work.
  for (int i = kNodes; i > 0; --i) {
    *graph.add_node() = Node("Neg", {i == 1 ? "x" : absl::StrCat("v", i - 1)},
                             i == kNodes ? "y" : absl::StrCat("v", i));
  }
  EXPECT_THAT(Import(model, 1024), base::IsOk());
}

TEST_F(HostileModelTest, CyclesOfManyNodesAreToldInShort) {
  ModelProto model = Model("g (float[2] x) => (float[2] v0) { v0 = Relu(x) }");
  GraphProto& graph = *model.mutable_graph();
  graph.clear_node();
  for (int i = 0; i < 10000; ++i) {
    *graph.add_node() = Node("Neg", {absl::StrCat("v", (i + 1) % 10000)}, absl::StrCat("v", i));
  }
  const std::string text = Text(model);
  EXPECT_THAT(text, HasSubstr("a graph has no cycles"));
  EXPECT_LT(text.size(), 400);
}

// --- Functions ---

// Functions f0, f1, ...: each calls the next one `calls` times, and the last one `last`.
ModelProto Functions(int count, int calls, const std::string& last) {
  ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Relu(x) }");
  auto& local = *model.add_opset_import();
  local.set_domain("local");
  local.set_version(1);
  *model.mutable_graph()->mutable_node(0) = Node("f0", {"x"}, "y", "local");
  for (int i = 0; i < count; ++i) {
    ::onnx::FunctionProto& function = *model.add_functions();
    function.set_name(absl::StrCat("f", i));
    function.set_domain("local");
    function.add_input("a");
    function.add_output("b");
    *function.mutable_opset_import() = model.opset_import();
    const bool is_last = i == count - 1;
    for (int call = 0; call < calls; ++call) {
      *function.add_node() = Node(is_last ? last : absl::StrCat("f", i + 1),
                                  {call == 0 ? "a" : absl::StrCat("t", call)},
                                  call == calls - 1 ? "b" : absl::StrCat("t", call + 1),
                                  is_last && last == "Neg" ? "" : "local");
    }
  }
  return model;
}

TEST_F(HostileModelTest, FunctionsMayCallFunctions) {
  EXPECT_THAT(Import(Functions(10, 1, "Neg")), base::IsOk());
  EXPECT_THAT(Import(Functions(4, 4, "Neg")), base::IsOk());
}

TEST_F(HostileModelTest, FunctionsDoNotExpandWithoutEnd) {
  EXPECT_THAT(Text(Functions(40, 2, "Neg")), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_EQ(sink_.diagnostics()[0].kind(), "too_large");
  EXPECT_THAT(Text(Functions(60, 9, "Neg")), HasSubstr("RESOURCE_EXHAUSTED"));
}

TEST_F(HostileModelTest, FunctionsDoNotCallThemselves) {
  EXPECT_THAT(Text(Functions(1, 1, "f0")), HasSubstr("function `f0` calls itself"));
  EXPECT_THAT(Text(Functions(5, 1, "f2")), HasSubstr("function `f2` calls itself"));
  EXPECT_THAT(Text(Functions(1000, 1, "Neg")), HasSubstr("called through more than 64"));
}

// --- Sizes ---

TEST_F(HostileModelTest, GiantDimensionsAreOverTheLimits) {
  for (const char* dims : {"4611686018427387904", "4611686018427387904,4611686018427387904"}) {
    EXPECT_THAT(Text(Model(absl::StrCat("g (float[", dims, "] x) => (float[", dims,
                                        "] y) { y = Neg(x) }"))),
                HasSubstr("RESOURCE_EXHAUSTED"));
  }
}

TEST_F(HostileModelTest, ConstantsDoNotGrowWithoutEnd) {
  // 2^33 elements, within the limit of a tensor: no memory for it while compiling.
  Import(Model(R"(
      g (float[1] x) => (float[n] y) {
        s = Constant<value_ints=[8589934592]>()
        c = ConstantOfShape(s)
        y = Add(x, c)
      })"))
      .IgnoreError();
  Import(Model(R"(
      g (float[1] x) => (float[n] y) {
        s = Constant<value_ints=[8589934592]>()
        o = Constant<value_floats=[1.0]>()
        c = Expand(o, s)
        y = Add(x, c)
      })"))
      .IgnoreError();
  std::string nodes = "c0 = Constant<value_ints=[1, 2]>() ";
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&nodes, "c", i + 1, " = Concat<axis=0>(c", i, ", c", i, ") ");
  }
  EXPECT_THAT(Text(Model("g (int64[1] x) => (int64[n] y) { " + nodes + " y = Add(x, c40) }")),
              HasSubstr("RESOURCE_EXHAUSTED"));
}

TEST_F(HostileModelTest, LoopsThatNeverEndAreForTheArtifact) {
  EXPECT_THAT(Text(Model(R"(
      g (float[2] x) => (float[2] y) {
        n = Constant<value_int=4611686018427387904>()
        c = Constant<value=bool {1}>()
        y = Loop<body = b (int64 i, bool go, float[2] v) => (bool going, float[2] w) {
          going = Identity(go)
          w = Neg(v)
        }>(n, c, x)
      })")),
              "OK");
}

// --- Tensors ---

class HostileTensorTest : public HostileModelTest {
 protected:
  // The weight of an Add.
  std::string TextWith(const std::vector<int64_t>& dims, int type = TensorProto::FLOAT,
                       const std::vector<std::pair<std::string, std::string>>& external = {}) {
    ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Add(x, w) }");
    TensorProto& weight = *model.mutable_graph()->add_initializer();
    weight.set_name("w");
    weight.set_data_type(type);
    for (int64_t dim : dims) weight.add_dims(dim);
    if (!external.empty()) weight.set_data_location(TensorProto::EXTERNAL);
    for (const auto& [key, value] : external) {
      auto& entry = *weight.add_external_data();
      entry.set_key(key);
      entry.set_value(value);
    }
    files_.resize(1);
    files_.push_back({"weights.bin", absl::string_view("abcdefghijkl", 12)});
    return Text(model);
  }
};

TEST_F(HostileTensorTest, AShapeAloneCostsNoMemory) {
  // All within the limit of a tensor, and none has an element.
  const int64_t huge = int64_t{1} << 33;
  EXPECT_THAT(TextWith({huge}), HasSubstr("has 0 elements, but its shape needs 8589934592"));
  EXPECT_THAT(TextWith({huge}, TensorProto::INT8), HasSubstr("has 0 elements"));
  EXPECT_THAT(TextWith({huge}, TensorProto::INT4), HasSubstr("has 0 packed elements"));
  EXPECT_THAT(TextWith({int64_t{1} << 30}, TensorProto::STRING), HasSubstr("has 0 strings"));
  EXPECT_THAT(TextWith({huge}, TensorProto::FLOAT16), HasSubstr("has 0 elements"));
}

TEST_F(HostileTensorTest, AZeroDoesNotExcuseOtherDimensions) {
  const int64_t giant = int64_t{1} << 62;
  EXPECT_THAT(TextWith({0, giant, giant}), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(TextWith({giant, 0, giant}), HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_THAT(TextWith({-1}), HasSubstr("negative dimension"));
}

TEST_F(HostileTensorTest, OnlyWhatWasSubmittedIsRead) {
  for (const char* location :
       {"/etc/passwd", "../weights.bin", "a/../../weights.bin", "", ".", "model.onnx",
        "file:///etc/passwd", "weights.bin/.", "./../weights.bin"}) {
    EXPECT_THAT(TextWith({2}, TensorProto::FLOAT, {{"location", location}}),
                HasSubstr("did not come with the model"))
        << location;
  }
  // Bytes that are no text are shown escaped: messages are UTF-8.
  EXPECT_THAT(TextWith({2}, TensorProto::FLOAT, {{"location", std::string("\xff\0w", 3)}}),
              HasSubstr("\\xff\\x00w"));
}

TEST_F(HostileTensorTest, OffsetsAndLengthsAreInRange) {
  for (const char* offset : {"5", "12", "9223372036854775807"}) {
    EXPECT_THAT(
        TextWith({2}, TensorProto::FLOAT, {{"location", "weights.bin"}, {"offset", offset}}),
        HasSubstr("needs 8 bytes at"))
        << offset;
  }
  for (const char* number : {"-1", "9223372036854775808", "0x4", "4 4", "\xff"}) {
    for (const char* key : {"offset", "length"}) {
      EXPECT_THAT(TextWith({2}, TensorProto::FLOAT, {{"location", "weights.bin"}, {key, number}}),
                  HasSubstr(absl::StrCat("has the ", key)))
          << number;
    }
  }
  EXPECT_THAT(TextWith({2}, TensorProto::FLOAT, {{"location", "weights.bin"}, {"length", "7"}}),
              HasSubstr("needs 8 bytes"));
  EXPECT_THAT(TextWith({int64_t{1} << 33}, TensorProto::FLOAT, {{"location", "weights.bin"}}),
              HasSubstr("needs 34359738368 bytes"));
  // The model itself stands for its large weights: only its own bytes can be reached that way.
  EXPECT_THAT(TextWith({2}, TensorProto::FLOAT,
                       {{"location", std::string("\0model", 6)}, {"offset", "1000000"}}),
              HasSubstr("needs 8 bytes at 1000000"));
}

TEST_F(HostileModelTest, TypesAreOnnxs) {
  for (int type : {0, 99, -1}) {
    ModelProto model = Model("g (seq(float[2]) x) => (int64 y) { y = SequenceLength(x) }");
    auto& input = *model.mutable_graph()->mutable_input(0)->mutable_type();
    input.mutable_sequence_type()->mutable_elem_type()->mutable_tensor_type()->set_elem_type(type);
    EXPECT_THAT(Text(model), HasSubstr("input `x` has no valid element type"));
    input.mutable_tensor_type()->set_elem_type(type);
    input.mutable_tensor_type()->mutable_shape();
    EXPECT_THAT(Text(model), HasSubstr("input `x` has no valid element type"));
  }
}

// --- Names and texts ---

TEST_F(HostileModelTest, MessagesAreText) {
  ModelProto model = Model("g (float[2,3] x) => (float[3,2] y) { y = Einsum<equation=\"e\">(x) }");
  std::string& equation =
      *model.mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_s();
  equation = "\xc3j-:\xed\xa0\x80\xc3\xa9";
  EXPECT_THAT(Text(model), HasSubstr("?j-:???\xc3\xa9"));
  EXPECT_THAT(sink_.diagnostics()[0].message(), HasSubstr("?j-:???\xc3\xa9"));
}

TEST_F(HostileModelTest, NamesAreTextEverywhere) {
  for (const std::string& name :
       {std::string("a\0b", 3), std::string("\xff"), std::string("\xc3")}) {
    ModelProto model = NestedIfs(2);
    model.mutable_graph()
        ->mutable_node(0)
        ->mutable_attribute(1)
        ->mutable_g()
        ->mutable_node(0)
        ->set_name(name);
    EXPECT_THAT(Text(model), HasSubstr("a name in the graph is not UTF-8, or holds a zero byte"));
    model = Model("g (float[n] x) => (float[n] y) { y = Neg(x) }");
    model.mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(0)
        ->set_dim_param(name);
    EXPECT_THAT(Text(model), HasSubstr("a name in the graph"));
    model = Functions(2, 1, "Neg");
    model.mutable_functions(1)->mutable_node(0)->set_name(name);
    EXPECT_THAT(Text(model), HasSubstr("a name in a function"));
  }
}

}  // namespace
}  // namespace sinter::import
