#include "compiler_core/import/import_model.h"

#include <string>

#include "base/status_matchers.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "llvm/Support/raw_ostream.h"
#include "onnx/defs/parser.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Models are written in ONNX's textual syntax.
::onnx::ModelProto Model(const std::string& graph, int opset = 17) {
  ::onnx::ModelProto model;
  const std::string text =
      "<ir_version: 8, opset_import: [\"\" : " + std::to_string(opset) + "]>\n" + graph;
  ::onnx::OnnxParser parser(text.c_str());
  const auto status = parser.Parse(model);
  EXPECT_TRUE(status.IsOK()) << status.ErrorMessage();
  return model;
}

class ImportModelTest : public ::testing::Test {
 protected:
  absl::StatusOr<ir::OnnxModule> ImportBytes(const std::string& bytes) {
    files_[0].bytes = bytes;
    sink_ = {};
    absl::StatusOr<ir::OnnxProgram> model = ImportModel(context_, files_, options_, sink_);
    if (!model.ok()) return model.status();
    if (model->program != nullptr) return absl::UnimplementedError("the model became a program");
    return std::move(model->fragments[0]);
  }
  absl::StatusOr<ir::OnnxModule> Import(const ::onnx::ModelProto& model) {
    bytes_ = model.SerializeAsString();
    return ImportBytes(bytes_);
  }
  // The module as text, with the signature's shapes; or the error.
  std::string Text(const ::onnx::ModelProto& model) {
    absl::StatusOr<ir::OnnxModule> module = Import(model);
    if (!module.ok()) return module.status().ToString();
    std::string text;
    for (const ir::ModelValue& output : module->parts().signature.outputs) {
      text += "// " + output.name + " " + ir::ToString(output.shape) + "\n";
    }
    llvm::raw_string_ostream out(text);
    module->module().print(out);
    return text;
  }
  std::string Kinds() const {
    std::string kinds;
    for (const v1::Diagnostic& diagnostic : sink_.diagnostics()) {
      kinds += diagnostic.kind() + "(" + diagnostic.node() + ") ";
    }
    return kinds;
  }
  void Fix(const std::string& input, const std::vector<int64_t>& dims) {
    v1::ShapeSpec& spec = *options_.add_shapes();
    spec.set_input(input);
    for (int64_t dim : dims) spec.add_dims()->set_fixed(dim);
  }

  mlir::MLIRContext context_;
  std::vector<ir::InputFile> files_{{"model.onnx", ""}};
  std::string bytes_;
  v1::CompileOptions options_;
  ir::DiagnosticSink sink_;
};

TEST_F(ImportModelTest, FreeDimensionsAreExpressions) {
  ::onnx::ModelProto model = Model(R"(
      g (float[N,3,H,W] x, float[8,3,3,3] w) => (float[N,8,a,b] y)
      { y = Conv<strides=[2,2], pads=[1,1,1,1]>(x, w) })");
  const std::string text = Text(model);
  EXPECT_THAT(text, HasSubstr("// y [N, 8, floordiv(H+1,2), floordiv(W+1,2)]"));
  EXPECT_THAT(text, HasSubstr("auto_pad = \"NOTSET\""));
  EXPECT_THAT(text, HasSubstr("group = 1 : i64"));
  EXPECT_THAT(text, HasSubstr("onnx_version = 11 : i64"));
  EXPECT_THAT(text, HasSubstr("strides = array<i64: 2, 2>"));
}

TEST_F(ImportModelTest, ArithmeticOnShapesIsDone) {
  const std::string text = Text(Model(R"(
      g (float[N,S,8] x) => (float[N,S,2,4] y) {
        shape = Shape(x)
        zero = Constant<value_int=0>()
        one = Constant<value_int=1>()
        axes = Constant<value_ints=[0]>()
        n0 = Gather(shape, zero)
        s0 = Gather(shape, one)
        n = Unsqueeze(n0, axes)
        s = Unsqueeze(s0, axes)
        rest = Constant<value_ints=[2, 4]>()
        target = Concat<axis=0>(n, s, rest)
        y = Reshape(x, target)
      })"));
  EXPECT_THAT(text, HasSubstr("// y [N, S, 2, 4]"));
  EXPECT_THAT(text, HasSubstr("onnx.SymConstant() {values = [\"N\", \"S\", \"2\", \"4\"]}"));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Shape")));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Gather")));
}

TEST_F(ImportModelTest, DecidableComparisonsOfShapesVanish) {
  // As exporters write Expand: where(shape == -1, 1, shape).
  const std::string text = Text(Model(R"(
      g (float[N,1] x) => (float[N,7] y) {
        target = Constant<value_ints=[-1, 7]>()
        shape = Shape(target)
        ones = ConstantOfShape<value=int64[1] {1}>(shape)
        minus = Constant<value_int=-1>()
        wild = Mul(ones, minus)
        same = Equal(target, wild)
        full = Where(same, ones, target)
        y = Expand(x, full)
      })"));
  EXPECT_THAT(text, HasSubstr("// y [N, 7]"));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Where")));
}

TEST_F(ImportModelTest, ConstantsAreFoldedAndDeadNodesDropped) {
  const std::string text = Text(Model(R"(
      g (float[2] x) => (float[2] y) {
        a = Constant<value_floats=[1.0, 2.0]>()
        b = Sqrt(a)
        c = Add(b, a)
        unused = Exp(x)
        z = Identity(x)
        y = Mul(z, c)
      })"));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Sqrt")));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Exp")));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Identity")));
  EXPECT_THAT(text, HasSubstr("onnx.Mul(%arg0, "));
}

TEST_F(ImportModelTest, FoldedNumbersAreRight) {
  SINTER_ASSERT_OK_AND_ASSIGN(const ir::OnnxModule module, Import(Model(R"(
      g () => (float[2,3] y) {
        a = Constant<value=float[3] {1, 4, 9}>()
        b = Sqrt(a)
        c = Constant<value=float[2,1] {10, 20}>()
        y = Add(b, c)
      })")));
  const ir::HostTensor& result = module.parts().constants.Get(0);
  std::vector<double> elements;
  for (int64_t i = 0; i < result.num_elements(); ++i) elements.push_back(result.AsDouble(i));
  EXPECT_THAT(elements, ::testing::ElementsAre(11, 12, 13, 21, 22, 23));
}

TEST_F(ImportModelTest, SmallFloatsAreReadAsNumbers) {
  ::onnx::ModelProto model = Model("g () => (float[2] y) { y = Cast<to=1>(w) }", 19);
  ::onnx::TensorProto& weight = *model.mutable_graph()->add_initializer();
  weight.set_name("w");
  weight.set_data_type(::onnx::TensorProto::FLOAT8E4M3FN);
  weight.add_dims(2);
  weight.set_raw_data("\x3c\xbc");
  SINTER_ASSERT_OK_AND_ASSIGN(const ir::OnnxModule module, Import(model));
  EXPECT_EQ(module.parts().constants.Get(0).AsDouble(0), 1.5);
  EXPECT_EQ(module.parts().constants.Get(0).AsDouble(1), -1.5);
}

TEST_F(ImportModelTest, WeightsAreViewsOfTheModel) {
  ::onnx::ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Add(x, w) }");
  ::onnx::TensorProto& weight = *model.mutable_graph()->add_initializer();
  weight.set_name("w");
  weight.set_data_type(1);
  weight.add_dims(2);
  const float values[] = {3, 4};
  weight.set_raw_data(values, sizeof(values));
  SINTER_ASSERT_OK_AND_ASSIGN(const ir::OnnxModule module, Import(model));
  ASSERT_EQ(module.parts().constants.size(), 1);
  EXPECT_EQ(module.parts().constants.Get(0).AsDouble(1), 4);
}

TEST_F(ImportModelTest, ShapesOfTheRequestFixSymbolsEverywhere) {
  const ::onnx::ModelProto model =
      Model("g (float[N,4] a, float[N,2] b) => (float[N,6] y) { y = Concat<axis=1>(a, b) }");
  Fix("a", {3, 4});
  EXPECT_THAT(Text(model), HasSubstr("%arg1: tensor<3x2xf32>"));
  Fix("b", {5, 2});
  EXPECT_THAT(Text(model), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_EQ(Kinds(), "bad_option() ");
}

TEST_F(ImportModelTest, ShapesOfTheRequestMustFit) {
  const ::onnx::ModelProto model = Model("g (float[N,4] a) => (float[N,4] y) { y = Relu(a) }");
  Fix("a", {3, 5});
  EXPECT_THAT(Text(model), HasSubstr("dimension 1 is `4` already, not 5"));
  options_.clear_shapes();
  Fix("a", {3});
  EXPECT_THAT(Text(model), HasSubstr("it has 1 dimensions"));
  options_.clear_shapes();
  Fix("q", {3});
  EXPECT_THAT(Text(model), HasSubstr("no such input"));
}

TEST_F(ImportModelTest, BoundsBecomeRanges) {
  v1::ShapeSpec& spec = *options_.add_shapes();
  spec.set_input("a");
  spec.add_dims()->mutable_bounded()->set_min(2);
  spec.mutable_dims(0)->mutable_bounded()->set_max(64);
  SINTER_ASSERT_OK_AND_ASSIGN(const ir::OnnxModule module,
                              Import(Model("g (float[N] a) => (float[N] y) { y = Relu(a) }")));
  ASSERT_EQ(module.parts().signature.ranges.size(), 1);
  EXPECT_EQ(module.parts().signature.ranges[0].max, 64);
}

TEST_F(ImportModelTest, DimensionsThatHaveToBeEqualBecomeOne) {
  const std::string text =
      Text(Model("g (float[A,4] a, float[B,2] b) => (float[C,6] y) { y = Concat<axis=1>(a, b) }"));
  EXPECT_THAT(text, HasSubstr("%arg1: tensor<?x2xf32, [\"A\", \"2\"]>"));
  EXPECT_THAT(Kinds(), HasSubstr("assumed_shape"));
}

TEST_F(ImportModelTest, RelationsOfExpressionsAreForTheArtifactToCheck) {
  SINTER_ASSERT_OK_AND_ASSIGN(const ir::OnnxModule module, Import(Model(R"(
      g (float[1,1,H,4] x) => (float[1,1,h,4] y) {
        half = MaxPool<kernel_shape=[2,1], strides=[2,1]>(x)
        none = Constant<value=float[0] {}>()
        scales = Constant<value=float[4] {1, 1, 2, 1}>()
        twice = Resize(half, none, scales)
        y = Add(x, twice)
      })")));
  const ir::Signature& signature = module.parts().signature;
  ASSERT_EQ(signature.equalities.size(), 1);
  EXPECT_EQ(signature.equalities[0].lhs.ToString(), "2*floordiv(H,2)");
  EXPECT_EQ(signature.equalities[0].rhs.ToString(), "H");
}

TEST_F(ImportModelTest, NamesOfDimensionsBecomeSymbols) {
  ::onnx::ModelProto model = Model("g (float[N,4] a) => (float[N,4] y) { y = Relu(a) }");
  auto& shape = *model.mutable_graph()
                     ->mutable_input(0)
                     ->mutable_type()
                     ->mutable_tensor_type()
                     ->mutable_shape();
  shape.mutable_dim(0)->set_dim_param("batch size (max)");
  shape.mutable_dim(1)->set_dim_value(-1);
  EXPECT_THAT(Text(model), HasSubstr("// y [batch_size__max_, a_dim1]"));
  shape.mutable_dim(0)->set_dim_param("?");
  EXPECT_THAT(Text(model), HasSubstr("// y [a_dim0, a_dim1]"));
}

TEST_F(ImportModelTest, FunctionsAreExpanded) {
  ::onnx::ModelProto model;
  const char* text = R"(
      <ir_version: 8, opset_import: ["" : 17, "local" : 1]>
      g (float[N] x) => (float[N] y) { y = local.Twice(x) }
      <domain: "local", opset_import: ["" : 17]>
      Twice (a) => (b) { b = Add(a, a) })";
  ASSERT_TRUE(::onnx::OnnxParser(text).Parse(model).IsOK());
  EXPECT_THAT(Text(model), HasSubstr("onnx.Add(%arg0, %arg0)"));
}

TEST_F(ImportModelTest, OpsWithoutARowAreExpandedByTheirDefinition) {
  EXPECT_THAT(Text(Model(R"(g (float[N,4] x, int64[N] t) => (float l) {
                              l = SoftmaxCrossEntropyLoss<reduction="mean">(x, t) })")),
              HasSubstr("onnx.LogSoftmax"));
}

TEST_F(ImportModelTest, OpsOfOtherDomainsAreCheckedToo) {
  const auto text = [&](const std::string& node) {
    ::onnx::ModelProto model = Model(
        "g (uint8[N,4] a, float s, uint8 z, uint8[4] b) => (uint8[N,4] y) { y = " + node + " }");
    model.add_opset_import()->set_domain("com.microsoft");
    model.mutable_opset_import(1)->set_version(1);
    return Text(model);
  };
  EXPECT_THAT(text("com.microsoft.QLinearAdd(a, s, z, b, s, z, s, z)"),
              HasSubstr("onnx.com.microsoft.QLinearAdd"));
  EXPECT_THAT(text("com.microsoft.QLinearAdd(a, s, z)"), HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(text("com.microsoft.QLinearAdd(a, z, z, b, s, z, s, z)"),
              HasSubstr("which QLinearAdd does not take as `A_scale`"));
  EXPECT_THAT(text("com.microsoft.QLinearAdd<axis=1>(a, s, z, b, s, z, s, z)"),
              HasSubstr("INVALID_ARGUMENT"));
  EXPECT_THAT(text("com.microsoft.QLinearAdds(a, s, z, b, s, z, s, z)"),
              HasSubstr("op `com.microsoft.QLinearAdds` is not supported"));
  EXPECT_THAT(text("com.microsoft.Relu(a)"), HasSubstr("op `com.microsoft.Relu` is not supported"));
}

TEST_F(ImportModelTest, BranchesAreTakenWhereTheShapesDecide) {
  const char* graph = R"(
      g (float[N,1] x) => (float[n] y) {
        bias = Exp(x)
        shape = Shape(x)
        one = Constant<value_ints=[1]>()
        last = Gather(shape, one)
        flat = Equal(last, one)
        axes = Constant<value_ints=[1]>()
        z = If (%s) <then_branch = t () => (float[n] a) { a = Squeeze(bias, axes) },
                     else_branch = e () => (float[n] b) { b = Relu(bias) }>
        y = Neg(z)
      })";
  const auto with = [&](const char* condition) {
    std::string text = graph;
    return Text(Model(text.replace(text.find("%s"), 2, condition)));
  };
  const std::string text = with("flat");
  EXPECT_THAT(text, HasSubstr("// y [N]"));
  EXPECT_THAT(text, HasSubstr("onnx.Exp"));
  EXPECT_THAT(text, Not(HasSubstr("onnx.Relu")));
}

// --- Refusals: each with its kind and its node ---

TEST_F(ImportModelTest, EveryUnsupportedNodeIsNamed) {
  const std::string text = Text(Model(R"(
      g (float[2,2] x) => (float[2,2] y) {
        a = Frobnicate(x)
        b = Defenestrate(x)
        c = Relu(b)
        y = Add(a, c)
      })"));
  EXPECT_THAT(text, HasSubstr("UNIMPLEMENTED"));
  EXPECT_EQ(Kinds(), "unsupported_op(Frobnicate#0) unsupported_op(Defenestrate#1) ");
}

TEST_F(ImportModelTest, OldVersionsAreWrittenAsTodays) {
  const std::string text = Text(Model(
      "g (float[2,3] x, float[2] b) => (float[2,3] y) { y = Add<broadcast=1, axis=0>(x, b) }", 6));
  EXPECT_THAT(text, HasSubstr("onnx.Unsqueeze"));
  EXPECT_THAT(text, HasSubstr("onnx.Add"));
}

TEST_F(ImportModelTest, ShapesThatDependOnDataMakeAProgram) {
  EXPECT_THAT(Text(Model("g (float[6] x, int64[2] s) => (float[a,b] y) { y = Reshape(x, s) }")),
              HasSubstr("the model became a program"));
}

TEST_F(ImportModelTest, CyclesAreShown) {
  EXPECT_THAT(Text(Model(R"(
      g (float[2] x) => (float[2] y) {
        a = Add(x, b)
        b = Relu(a)
        y = Relu(b)
      })")),
              HasSubstr("`Add#0` needs `Relu#1` needs `Add#0`"));
  EXPECT_EQ(Kinds(), "cyclic_graph(Add#0) ");
}

TEST_F(ImportModelTest, MissingValuesAreNamed) {
  EXPECT_THAT(Text(Model("g (float[2] x) => (float[2] y) { y = Add(x, weight) }")),
              HasSubstr("input `weight` is computed by no node"));
  EXPECT_EQ(Kinds(), "missing_value(Add#0) ");
  EXPECT_THAT(Text(Model("g (float[2] x) => (float[2] y) { z = Relu(x) }")),
              HasSubstr("output `y` of the model is computed by no node"));
}

TEST_F(ImportModelTest, ValuesAreDefinedOnce) {
  Import(Model("g (float[2] x) => (float[2] y) { y = Relu(x) y = Exp(x) }")).status().IgnoreError();
  EXPECT_EQ(Kinds(), "duplicate_name(Exp#1) ");
}

TEST_F(ImportModelTest, TypesMustMatch) {
  EXPECT_THAT(Text(Model("g (float[2] x, int64[2] z) => (float[2] y) { y = Add(x, z) }")),
              HasSubstr("needs them equal"));
  EXPECT_EQ(Kinds(), "type_mismatch(Add#0) ");
  EXPECT_THAT(Text(Model("g (string[2] x) => (string[2] y) { y = Relu(x) }")),
              HasSubstr("of type tensor(string), which Relu does not take"));
  EXPECT_EQ(Kinds(), "type_mismatch(Relu#0) ");
  EXPECT_THAT(Text(Model("g (float[2] x) => (int64[2] y) { y = Relu(x) }")),
              HasSubstr("is declared int64, but computed as float32"));
}

TEST_F(ImportModelTest, ShapesMustMatch) {
  Import(Model("g (float[2,3] x, float[4,5] z) => (float[2,5] y) { y = MatMul(x, z) }"))
      .status()
      .IgnoreError();
  EXPECT_EQ(Kinds(), "shape_mismatch(MatMul#0) ");
}

TEST_F(ImportModelTest, HugeTensorsAreOverTheLimits) {
  EXPECT_THAT(Text(Model(R"(
      g (float[1] x) => (float[a,b] y) {
        s = Constant<value_ints=[1099511627776, 1099511627776]>()
        y = Expand(x, s)
      })")),
              HasSubstr("RESOURCE_EXHAUSTED"));
  EXPECT_EQ(Kinds(), "too_large(Expand#1) ");
  ::onnx::ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Add(x, w) }");
  ::onnx::TensorProto& weight = *model.mutable_graph()->add_initializer();
  weight.set_name("w");
  weight.set_data_type(1);
  weight.add_dims(int64_t{1} << 40);
  EXPECT_THAT(Text(model), HasSubstr("declares more than"));
}

TEST_F(ImportModelTest, HostileConstantsAreLeftAlone) {
  // Each would read or write out of bounds, or need huge memory, if it were folded.
  for (const char* nodes : {
           "c = Constant<value=float[2] {1, 2}>() a = Constant<value=int64[0] {}>() y = CumSum(c, "
           "a)",
           "s = Constant<value_ints=[2]>() y = ConstantOfShape<value=float[2] {1, 2}>(s)",
           "d = Constant<value=float[2,2] {1,2,3,4}>() i = Constant<value=int64[3,1] {0,0,1}>() "
           "y = GatherElements<axis=1>(d, i)",
           "c = Constant<value=float[2] {1, 2}>() y = Trilu(c)",
           "d = Constant<value=float[2] {1, 2}>() i = Constant<value=int64[1] {7}>() y = Gather(d, "
           "i)",
       }) {
    const std::string text =
        Text(Model(std::string("g (float[2] x) => (float y) { ") + nodes + " }"));
    EXPECT_THAT(text, ::testing::AnyOf(HasSubstr("func.func"), HasSubstr("INVALID_ARGUMENT")))
        << nodes;
  }
}

TEST_F(ImportModelTest, BackwardSlicesOfNothingAreEmpty) {
  EXPECT_THAT(Text(Model(R"(
      g (float[0] x) => (float[0] y) {
        s = Constant<value_ints=[5]>()
        e = Constant<value_ints=[-100]>()
        a = Constant<value_ints=[0]>()
        t = Constant<value_ints=[-1]>()
        y = Slice(x, s, e, a, t)
      })")),
              HasSubstr("// y [0]"));
}

TEST_F(ImportModelTest, ExplodingExpressionsAreRefused) {
  std::string nodes = "s0 = Shape(x) ";
  for (int i = 0; i < 40; ++i) {
    const std::string from = "s" + std::to_string(i), to = "s" + std::to_string(i + 1);
    nodes += to + " = Mul(" + from + ", " + from + ") ";
  }
  EXPECT_THAT(Text(Model("g (float[N] x) => (float[M] y) { " + nodes + " y = Expand(x, s40) }")),
              HasSubstr("UNIMPLEMENTED"));
}

TEST_F(ImportModelTest, DimensionsThatMayBeNegativeAreForTheArtifactToCheck) {
  SINTER_ASSERT_OK_AND_ASSIGN(const ir::OnnxModule module, Import(Model(R"(
      g (float[1,1,H] x) => (float[1,1,h] y) { y = MaxPool<kernel_shape=[5]>(x) })")));
  ASSERT_EQ(module.parts().signature.non_negative.size(), 1);
  EXPECT_EQ(module.parts().signature.non_negative[0].ToString(), "H-4");
}

TEST_F(ImportModelTest, TensorsNeedTheBytesOfTheirShape) {
  ::onnx::ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Add(x, w) }");
  ::onnx::TensorProto& weight = *model.mutable_graph()->add_initializer();
  weight.set_name("w");
  weight.set_data_type(1);
  weight.add_dims(2);
  weight.set_raw_data("1234567");
  EXPECT_THAT(Text(model), HasSubstr("tensor `w` has 7 bytes, but its shape needs 8"));
  EXPECT_EQ(Kinds(), "malformed_model(Add#0) ");
}

TEST_F(ImportModelTest, BrokenFilesAreRefused) {
  EXPECT_THAT(ImportBytes("").status(), base::StatusIs(absl::StatusCode::kInvalidArgument));
  EXPECT_THAT(ImportBytes("not a model").status(),
              base::StatusIs(absl::StatusCode::kInvalidArgument));
  const std::string whole =
      Model("g (float[2] x) => (float[2] y) { y = Relu(x) }").SerializeAsString();
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_THAT(ImportBytes(whole.substr(0, size)).status(),
                base::StatusIs(absl::StatusCode::kInvalidArgument))
        << size;
  }
}

TEST_F(ImportModelTest, NamesAreText) {
  ::onnx::ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Det(x) }");
  model.mutable_graph()->mutable_node(0)->set_name("caf\xe9");
  EXPECT_THAT(Text(model), HasSubstr("not UTF-8"));
  model.mutable_graph()->mutable_node(0)->set_name("caf\xc3\xa9");
  EXPECT_THAT(Text(model), HasSubstr("UNIMPLEMENTED"));
}

TEST_F(ImportModelTest, NodesAreCheckedAgainstTheirSchema) {
  EXPECT_THAT(Text(Model("g (float[2] x) => (float[2] y) { y = Add(x) }")),
              HasSubstr("INVALID_ARGUMENT"));
  EXPECT_EQ(Kinds(), "malformed_model(Add#0) ");
  EXPECT_THAT(Text(Model("g (float[2] x) => (float[2] y) { y = Relu<axis=1>(x) }")),
              HasSubstr("INVALID_ARGUMENT"));
}

TEST_F(ImportModelTest, NewerOpsetsAreRefused) {
  EXPECT_THAT(Text(Model("g (float[2] x) => (float[2] y) { y = Relu(x) }", 999)),
              HasSubstr("version 999 of operator set `ai.onnx`"));
  EXPECT_EQ(Kinds(), "unsupported_opset() ");
}

// --- External data ---

class ExternalDataTest : public ImportModelTest {
 protected:
  std::string TextWith(const std::string& location, const std::string& offset) {
    ::onnx::ModelProto model = Model("g (float[2] x) => (float[2] y) { y = Add(x, w) }");
    ::onnx::TensorProto& weight = *model.mutable_graph()->add_initializer();
    weight.set_name("w");
    weight.set_data_type(1);
    weight.add_dims(2);
    weight.set_data_location(::onnx::TensorProto::EXTERNAL);
    const auto add = [&](const char* key, const std::string& value) {
      weight.add_external_data()->set_key(key);
      weight.mutable_external_data(weight.external_data_size() - 1)->set_value(value);
    };
    add("location", location);
    add("offset", offset);
    files_.resize(1);
    files_.push_back({"weights.bin", absl::string_view("abcdefghijkl", 12)});
    return Text(model);
  }
};

TEST_F(ExternalDataTest, ComesFromTheFilesOfTheRequest) {
  EXPECT_THAT(TextWith("weights.bin", "4"), HasSubstr("onnx.Constant"));
}

TEST_F(ExternalDataTest, MustBeThereAndInRange) {
  EXPECT_THAT(TextWith("weights.bin", "8"), HasSubstr("needs 8 bytes at 8 of `weights.bin`"));
  EXPECT_THAT(TextWith("weights.bin", "-1"), HasSubstr("offset `-1`"));
  EXPECT_THAT(TextWith("../secret", "0"), HasSubstr("did not come with the model"));
  EXPECT_EQ(Kinds(), "bad_external_data(Add#0) ");
}

}  // namespace
}  // namespace sinter::import
