// Every math expansion against the C library, as scalar and as vector code on this machine.
#include <dlfcn.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "base/status_matchers.h"
#include "compiler_core/codegen/kernel/kernel_compiler.h"
#include "compiler_core/codegen/link/link.h"
#include "compiler_core/targets/builtin_targets.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "mlir/Parser/Parser.h"

namespace sinter::codegen {
namespace {

using Kernel = void (*)(void** slots, int64_t begin, int64_t end);

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

// $OP over $FROM elements into $TO elements; the second operand comes from %y.
constexpr char kScalarLoops[] = R"(
func.func @kernel(%x: memref<?x$FROM>, %y: memref<?x$FROM>, %out: memref<?x$TO>,
                  %begin: index, %end: index) {
  %c1 = arith.constant 1 : index
  scf.for %i = %begin to %end step %c1 {
    %a = memref.load %x[%i] : memref<?x$FROM>
    %b = memref.load %y[%i] : memref<?x$FROM>
    %r = $OP
    memref.store %r, %out[%i] : memref<?x$TO>
  }
  return
})";

constexpr char kVectorLoops[] = R"(
func.func @kernel(%x: memref<?x$FROM>, %y: memref<?x$FROM>, %out: memref<?x$TO>,
                  %begin: index, %end: index) {
  %c8 = arith.constant 8 : index
  scf.for %i = %begin to %end step %c8 {
    %a = vector.load %x[%i] : memref<?x$FROM>, vector<8x$FROM>
    %b = vector.load %y[%i] : memref<?x$FROM>, vector<8x$FROM>
    %r = $OP
    vector.store %r, %out[%i] : memref<?x$TO>, vector<8x$TO>
  }
  return
})";

v1::Target Named(const std::string& name) {
  v1::Target target;
  target.set_name(name);
  return *targets::BuiltinTargets().Resolve(target);
}

// Makes every hidden symbol of an ELF64 object a default one.
std::string Unhide(std::string elf) {
  auto read = [&](size_t at, int bytes) {
    uint64_t value = 0;
    std::memcpy(&value, elf.data() + at, bytes);
    return value;
  };
  const uint64_t sections = read(40, 8);
  for (uint64_t i = 0, count = read(60, 2); i < count; ++i) {
    const uint64_t header = sections + i * 64;
    if (read(header + 4, 4) != 2) continue;  // SHT_SYMTAB
    const uint64_t start = read(header + 24, 8), size = read(header + 32, 8);
    for (uint64_t symbol = start; symbol < start + size; symbol += 24) {
      if (elf[symbol + 5] == 2) elf[symbol + 5] = 0;
    }
  }
  return elf;
}

// Links a kernel alone, which also shows that it needs no other symbol. RETURNS: the library's
// path.
std::string ExpectLinks(const std::string& text, const v1::Target& target) {
  static int count = 0;
  const std::string path = absl::StrCat(getenv("TEST_TMPDIR"), "/math", count++);
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  KernelCompiler::LoadDialects(context);
  auto compiler = KernelCompiler::Create(target, v1::CompileOptions());
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  auto object = (*compiler)->Compile(*module, "sinter_model_v1");
  EXPECT_THAT(object.status(), base::IsOk()) << text;
  if (!object.ok()) return path;
  // Kernels are hidden; a test's is not.
  const std::string bytes = Unhide(object->elf);
  std::ofstream(path + ".o", std::ios::binary) << bytes;
  EXPECT_THAT(LinkSharedLibrary({path + ".o"}, target, path + ".so"), base::IsOk()) << text;
  return path + ".so";
}

class LinkedKernel {
 public:
  LinkedKernel(const std::string& text, const v1::Target& target) {
    handle_ = dlopen(ExpectLinks(text, target).c_str(), RTLD_NOW);
    EXPECT_NE(handle_, nullptr) << dlerror();
    if (handle_ != nullptr) kernel_ = reinterpret_cast<Kernel>(dlsym(handle_, "sinter_model_v1"));
  }
  ~LinkedKernel() {
    if (handle_ != nullptr) dlclose(handle_);
  }

  template <typename From, typename To>
  std::vector<To> Run(std::vector<From> x, std::vector<From> y) const {
    const size_t count = x.size();
    x.resize((count + 7) / 8 * 8);
    y.resize(x.size());
    std::vector<To> out(x.size());
    void* slots[] = {x.data(), y.data(), out.data()};
    if (kernel_ != nullptr) kernel_(slots, 0, static_cast<int64_t>(x.size()));
    out.resize(count);
    return out;
  }

 private:
  void* handle_ = nullptr;
  Kernel kernel_ = nullptr;
};

std::string Loops(bool vector, const std::string& op, const std::string& from,
                  const std::string& to) {
  return absl::StrReplaceAll(vector ? kVectorLoops : kScalarLoops,
                             {{"$OP", op}, {"$FROM", from}, {"$TO", to}});
}

// The distance of `got` from `wanted` in units of the last place of T.
template <typename T>
double UlpsBetween(T got, double wanted) {
  if (std::isnan(wanted)) return std::isnan(got) ? 0 : kInf;
  const T rounded = static_cast<T>(wanted);
  if (got == rounded) return 0;
  if (std::isinf(rounded) || std::isinf(got) || std::isnan(got)) return kInf;
  const T next = std::nextafter(std::abs(rounded), std::numeric_limits<T>::infinity());
  const double ulp = static_cast<double>(next) - static_cast<double>(std::abs(rounded));
  return std::abs(static_cast<double>(got) - wanted) / ulp;
}

struct Function {
  const char* op;
  double (*reference)(double, double);
  double low, high;  // of random arguments
  double ulps_f32, ulps_f64;
  std::vector<double> special;
  // f32 results this small may be 0.
  double flushed = 0;
};

template <double (*function)(double)>
double One(double x, double) {
  return function(x);
}
double Rsqrt(double x, double) { return 1 / std::sqrt(x); }
double Power(double x, double y) { return std::pow(x, y); }
double Remainder(double x, double y) { return std::fmod(x, y); }
double Angle(double x, double y) { return std::atan2(x, y); }

const std::vector<double> kEdges = {0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, 1e-30, kInf, -kInf, kNan};

std::vector<Function> Functions() {
  return {
      {"math.exp", One<std::exp>, -104, 90, 1.5, 2, kEdges, 1.2e-38},
      {"math.exp2", One<std::exp2>, -150, 129, 1, 2, kEdges},
      {"math.expm1", One<std::expm1>, -3, 20, 1, 3, kEdges},
      {"math.log", One<std::log>, 1e-5, 100, 1.5, 2, kEdges},
      {"math.log2", One<std::log2>, 1e-5, 100, 1, 3, kEdges},
      {"math.log10", One<std::log10>, 1e-5, 100, 1, 3, kEdges},
      {"math.log1p", One<std::log1p>, -0.9, 10, 1, 3, kEdges},
      {"math.sin", One<std::sin>, -100, 100, 1, 3, {0.0, 1e-8, 3.14159265, 1e5, -1e5, kNan}},
      {"math.cos", One<std::cos>, -100, 100, 1, 3, {0.0, 1e-8, 3.14159265, 1e5, -1e5, kNan}},
      {"math.tan", One<std::tan>, -100, 100, 1, 4, {0.0, 1e-8, 0.785, kNan}},
      {"math.asin", One<std::asin>, -1, 1, 1, 5, {0.0, 1.0, -1.0, 2.0, kNan}},
      {"math.acos", One<std::acos>, -1, 1, 1, 5, {0.0, 1.0, -1.0, 2.0, kNan}},
      {"math.atan", One<std::atan>, -5, 5, 1, 3, kEdges},
      {"math.atan2", Angle, -5, 5, 1, 3, {}},
      {"math.sinh", One<std::sinh>, -80, 80, 1, 100, kEdges},
      {"math.cosh", One<std::cosh>, -80, 80, 1, 100, kEdges},
      {"math.tanh", One<std::tanh>, -5, 5, 2, 3, kEdges},
      {"math.asinh", One<std::asinh>, -10, 10, 1, 4, kEdges},
      {"math.acosh", One<std::acosh>, 1, 10, 1, 4, {1.0, 0.5, 1e30, kInf, kNan}},
      {"math.atanh", One<std::atanh>, -0.99, 0.99, 1, 4, {0.0, 1.0, -1.0, 2.0, kNan}},
      {"math.erf", One<std::erf>, -4, 4, 2, 3, kEdges},
      {"math.cbrt", One<std::cbrt>, -100, 100, 1, 3, kEdges},
      {"math.rsqrt", Rsqrt, 1e-3, 100, 2, 2, {0.0, 4.0, kInf, kNan}},
      {"math.round", One<std::round>, -10, 10, 0, 0, {0.5, -0.5, 2.5, 0.49999997, 8388609.0, -0.0}},
      {"math.powf", Power, 0.01, 30, 1, 400, {}},
      {"arith.remf", Remainder, 0.1, 1000, 0, 0, {}},
  };
}

class MathExpansion : public testing::TestWithParam<Function> {
 protected:
  template <typename T>
  void Check(const char* type, double allowed) {
    const Function& function = GetParam();
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> numbers(function.low, function.high);
    std::vector<T> x, y;
    for (int i = 0; i < 4000; ++i) {
      x.push_back(static_cast<T>(numbers(random)));
      y.push_back(static_cast<T>(numbers(random)));
    }
    for (double special : function.special) {
      x.push_back(static_cast<T>(special));
      y.push_back(1);
    }
    const std::string suffix = IsBinary() ? "%a, %b : " : "%a : ";
    for (bool vector : {false, true}) {
      const std::string op = absl::StrCat(function.op, " ", suffix, vector ? "vector<8x" : "", type,
                                          vector ? ">" : "");
      const LinkedKernel kernel(Loops(vector, op, type, type), Named("server"));
      const std::vector<T> got = kernel.Run<T, T>(x, y);
      double worst = 0;
      size_t where = 0;
      for (size_t i = 0; i < x.size(); ++i) {
        const double wanted = function.reference(x[i], y[i]);
        if (std::is_same_v<T, float> && std::abs(wanted) < function.flushed && got[i] == 0)
          continue;
        const double ulps = UlpsBetween(got[i], wanted);
        if (ulps > worst) worst = ulps, where = i;
      }
      EXPECT_LE(worst, std::max(allowed, 0.5))
          << op << " of " << x[where] << ", " << y[where] << " is " << got[where] << " for "
          << function.reference(x[where], y[where]);
    }
  }

  bool IsBinary() const {
    const std::string op = GetParam().op;
    return op == "math.powf" || op == "arith.remf" || op == "math.atan2";
  }
};

TEST_P(MathExpansion, AgreesWithTheCLibraryInF32) { Check<float>("f32", GetParam().ulps_f32); }
TEST_P(MathExpansion, AgreesWithTheCLibraryInF64) { Check<double>("f64", GetParam().ulps_f64); }

INSTANTIATE_TEST_SUITE_P(All, MathExpansion, testing::ValuesIn(Functions()), [](const auto& info) {
  std::string name = info.param.op;
  return name.substr(name.find('.') + 1);
});

TEST(Power, FollowsTheRulesForSignsAndZeros) {
  std::vector<float> x, y;
  for (double base : {-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 3.0, kInf, kNan}) {
    for (double exponent : {-2.5, -3.0, -2.0, 0.0, 0.5, 1.0, 2.0, 3.0, kInf, -kInf}) {
      x.push_back(static_cast<float>(base));
      y.push_back(static_cast<float>(exponent));
    }
  }
  const LinkedKernel kernel(Loops(false, "math.powf %a, %b : f32", "f32", "f32"), Named("server"));
  const std::vector<float> got = kernel.Run<float, float>(x, y);
  for (size_t i = 0; i < x.size(); ++i) {
    EXPECT_LE(UlpsBetween(got[i], std::pow(static_cast<double>(x[i]), y[i])), 1)
        << x[i] << " ^ " << y[i] << " is " << got[i];
  }
}

TEST(Power, OfIntegersIsExact) {
  const LinkedKernel kernel(Loops(true, "math.ipowi %a, %b : vector<8xi64>", "i64", "i64"),
                            Named("server"));
  const std::vector<int64_t> got = kernel.Run<int64_t, int64_t>({2, 3, -3, 0, 0, 1, -1, -1, 7},
                                                                {62, 39, 3, 0, 5, -4, -3, -4, -1});
  EXPECT_THAT(got,
              testing::ElementsAre(int64_t{1} << 62, 4052555153018976267, -27, 1, 0, 1, -1, 1, 0));
}

std::vector<uint16_t> AllBits() {
  std::vector<uint16_t> all(65536);
  for (int i = 0; i < 65536; ++i) all[i] = static_cast<uint16_t>(i);
  return all;
}

// Small floats on a processor with conversions of its own, and on one without.
class SmallFloat : public testing::TestWithParam<std::tuple<const char*, const char*>> {
 protected:
  const std::string target_ = std::get<0>(GetParam());
  const std::string type_ = std::get<1>(GetParam());
};

TEST_P(SmallFloat, SurvivesTheWayThroughF32) {
  const std::string f32 = "vector<8xf32>", small = "vector<8x" + type_ + ">";
  const LinkedKernel widen(Loops(true, "arith.extf %a : " + small + " to " + f32, type_, "f32"),
                           Named(target_));
  const LinkedKernel narrow(Loops(true, "arith.truncf %a : " + f32 + " to " + small, "f32", type_),
                            Named(target_));
  const std::vector<uint16_t> all = AllBits();
  const std::vector<float> wide = widen.Run<uint16_t, float>(all, all);
  const std::vector<uint16_t> back = narrow.Run<float, uint16_t>(wide, wide);
  for (int i = 0; i < 65536; ++i) {
    if (std::isnan(wide[i])) continue;
    ASSERT_EQ(back[i], all[i]) << wide[i];
  }
  const std::vector<float> values = {1.0f,     1.0009765f, 1.0004883f, 65519.0f,
                                     65520.0f, 1e-8f,      6e-8f};
  const std::vector<uint16_t> rounded = narrow.Run<float, uint16_t>(values, values);
  if (type_ == "f16") {
    EXPECT_THAT(rounded, testing::ElementsAre(0x3c00, 0x3c01, 0x3c00, 0x7bff, 0x7c00, 0, 1));
  } else {
    EXPECT_THAT(rounded,
                testing::ElementsAre(0x3f80, 0x3f80, 0x3f80, 0x4780, 0x4780, 0x322c, 0x3381));
  }
}

TEST_P(SmallFloat, ComputesInF32) {
  const LinkedKernel kernel(Loops(false, "arith.addf %a, %b : " + type_, type_, type_),
                            Named(target_));
  const uint16_t one = type_ == "f16" ? 0x3c00 : 0x3f80, two = type_ == "f16" ? 0x4000 : 0x4000;
  const std::vector<uint16_t> ones = {one};
  EXPECT_THAT((kernel.Run<uint16_t, uint16_t>(ones, ones)), testing::ElementsAre(two));
  const LinkedKernel exp(Loops(true, "math.exp %a : vector<8x" + type_ + ">", type_, type_),
                         Named(target_));
  EXPECT_THAT((exp.Run<uint16_t, uint16_t>({0}, {0})), testing::ElementsAre(one));
}

INSTANTIATE_TEST_SUITE_P(Targets, SmallFloat,
                         testing::Combine(testing::Values("x86-64-v2", "x86-64-v3"),
                                          testing::Values("f16", "bf16")),
                         [](const auto& info) {
                           return absl::StrReplaceAll(
                               absl::StrCat(std::get<0>(info.param), "_", std::get<1>(info.param)),
                               {{"-", "_"}});
                         });

TEST(Expansions, ThatWeLackAreRefused) {
  mlir::MLIRContext context(mlir::MLIRContext::Threading::DISABLED);
  KernelCompiler::LoadDialects(context);
  auto compiler = KernelCompiler::Create(Named("x86-64-v3"), v1::CompileOptions());
  auto module = mlir::parseSourceString<mlir::ModuleOp>(
      Loops(false, "math.sin %a : f80", "f80", "f80"), &context);
  auto object = (*compiler)->Compile(*module, "k");
  EXPECT_EQ(object.status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(std::string(object.status().message()), testing::HasSubstr("math.sin"));
}

// LLVM has a call ready for much that it is given as f16 or bf16; a library has nobody to answer
// it.
TEST(SmallFloatElsewhere, NeedsNoOtherLibrary) {
  for (const std::string type : {"f16", "bf16"}) {
    const std::string text = absl::StrReplaceAll(R"(
func.func @kernel(%x: memref<?xTYPE>, %out: memref<?xTYPE>, %begin: index, %end: index) {
  %zero = arith.constant dense<0.0> : vector<8xTYPE>
  %mask = vector.create_mask %end : vector<8xi1>
  %a = vector.maskedload %x[%begin], %mask, %zero
      : memref<?xTYPE>, vector<8xi1>, vector<8xTYPE> into vector<8xTYPE>
  %b = math.absf %a : vector<8xTYPE>
  %is_nan = arith.cmpf une, %a, %b : vector<8xTYPE>
  %c = arith.select %is_nan, %b, %zero : vector<8xi1>, vector<8xTYPE>
  vector.maskedstore %out[%begin], %mask, %c : memref<?xTYPE>, vector<8xi1>, vector<8xTYPE>
  %d = memref.load %x[%end] : memref<?xTYPE>
  memref.store %d, %out[%end] : memref<?xTYPE>
  return
})",
                                                 {{"TYPE", type}});
    for (const char* target : {"x86-64-v2", "aarch64-neon", "riscv64-rvv", "riscv64-rvv512"}) {
      SCOPED_TRACE(absl::StrCat(target, " ", type));
      ExpectLinks(text, Named(target));
    }
  }
}

}  // namespace
}  // namespace sinter::codegen
