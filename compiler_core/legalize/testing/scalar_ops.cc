#include "compiler_core/legalize/testing/scalar_ops.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <string>

#include "llvm/ADT/APFloat.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinTypes.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;

unsigned WidthOf(mlir::Type type) { return type.isIndex() ? 64 : type.getIntOrFloatBitWidth(); }

int64_t SignExtended(unsigned width, int64_t value) {
  if (width == 64) return value;
  const uint64_t shifted = static_cast<uint64_t>(value) << (64 - width);
  return static_cast<int64_t>(shifted) >> (64 - width);
}

uint64_t ZeroExtended(unsigned width, int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  return width == 64 ? bits : bits & ((uint64_t{1} << width) - 1);
}

using FloatUnary = double (*)(double);
using FloatBinary = double (*)(double, double);
using SignedBinary = int64_t (*)(int64_t, int64_t);
using UnsignedBinary = uint64_t (*)(uint64_t, uint64_t);

const std::map<std::string, FloatUnary>& FloatUnaries() {
  static const auto* const kTable = new std::map<std::string, FloatUnary>{
      {"arith.negf", [](double x) { return -x; }},
      {"math.absf", [](double x) { return std::fabs(x); }},
      {"math.acos", [](double x) { return std::acos(x); }},
      {"math.acosh", [](double x) { return std::acosh(x); }},
      {"math.asin", [](double x) { return std::asin(x); }},
      {"math.asinh", [](double x) { return std::asinh(x); }},
      {"math.atan", [](double x) { return std::atan(x); }},
      {"math.atanh", [](double x) { return std::atanh(x); }},
      {"math.ceil", [](double x) { return std::ceil(x); }},
      {"math.cos", [](double x) { return std::cos(x); }},
      {"math.cosh", [](double x) { return std::cosh(x); }},
      {"math.erf", [](double x) { return std::erf(x); }},
      {"math.exp", [](double x) { return std::exp(x); }},
      {"math.expm1", [](double x) { return std::expm1(x); }},
      {"math.floor", [](double x) { return std::floor(x); }},
      {"math.log", [](double x) { return std::log(x); }},
      {"math.log1p", [](double x) { return std::log1p(x); }},
      {"math.roundeven", [](double x) { return std::nearbyint(x); }},
      {"math.sin", [](double x) { return std::sin(x); }},
      {"math.sinh", [](double x) { return std::sinh(x); }},
      {"math.sqrt", [](double x) { return std::sqrt(x); }},
      {"math.tan", [](double x) { return std::tan(x); }},
      {"math.tanh", [](double x) { return std::tanh(x); }},
  };
  return *kTable;
}

double NanOr(double a, double b, double otherwise) {
  return std::isnan(a) || std::isnan(b) ? std::numeric_limits<double>::quiet_NaN() : otherwise;
}

const std::map<std::string, FloatBinary>& FloatBinaries() {
  static const auto* const kTable = new std::map<std::string, FloatBinary>{
      {"arith.addf", [](double a, double b) { return a + b; }},
      {"arith.subf", [](double a, double b) { return a - b; }},
      {"arith.mulf", [](double a, double b) { return a * b; }},
      {"arith.divf", [](double a, double b) { return a / b; }},
      {"arith.remf", [](double a, double b) { return std::fmod(a, b); }},
      {"arith.maximumf", [](double a, double b) { return NanOr(a, b, std::max(a, b)); }},
      {"arith.minimumf", [](double a, double b) { return NanOr(a, b, std::min(a, b)); }},
      {"math.powf", [](double a, double b) { return std::pow(a, b); }},
  };
  return *kTable;
}

int64_t PowerOf(int64_t base, int64_t exponent) {
  if (exponent < 0) return base == 1 ? 1 : base == -1 ? (exponent % 2 ? -1 : 1) : 0;
  uint64_t result = 1;
  for (auto factor = static_cast<uint64_t>(base); exponent > 0; exponent /= 2, factor *= factor) {
    if (exponent % 2 == 1) result *= factor;
  }
  return static_cast<int64_t>(result);
}

const std::map<std::string, SignedBinary>& SignedBinaries() {
  static const auto* const kTable = new std::map<std::string, SignedBinary>{
      {"arith.addi", [](int64_t a, int64_t b) { return int64_t(uint64_t(a) + uint64_t(b)); }},
      {"arith.subi", [](int64_t a, int64_t b) { return int64_t(uint64_t(a) - uint64_t(b)); }},
      {"arith.muli", [](int64_t a, int64_t b) { return int64_t(uint64_t(a) * uint64_t(b)); }},
      {"arith.divsi", [](int64_t a, int64_t b) { return b == 0 ? 0 : a / b; }},
      {"arith.remsi", [](int64_t a, int64_t b) { return b == 0 ? 0 : a % b; }},
      {"arith.maxsi", [](int64_t a, int64_t b) { return std::max(a, b); }},
      {"arith.minsi", [](int64_t a, int64_t b) { return std::min(a, b); }},
      {"arith.andi", [](int64_t a, int64_t b) { return a & b; }},
      {"arith.ori", [](int64_t a, int64_t b) { return a | b; }},
      {"arith.xori", [](int64_t a, int64_t b) { return a ^ b; }},
      {"arith.shli", [](int64_t a, int64_t b) { return int64_t(uint64_t(a) << b); }},
      {"arith.shrsi", [](int64_t a, int64_t b) { return a >> b; }},
      {"math.ipowi", PowerOf},
  };
  return *kTable;
}

const std::map<std::string, UnsignedBinary>& UnsignedBinaries() {
  static const auto* const kTable = new std::map<std::string, UnsignedBinary>{
      {"arith.divui", [](uint64_t a, uint64_t b) { return b == 0 ? 0 : a / b; }},
      {"arith.remui", [](uint64_t a, uint64_t b) { return b == 0 ? 0 : a % b; }},
      {"arith.maxui", [](uint64_t a, uint64_t b) { return std::max(a, b); }},
      {"arith.minui", [](uint64_t a, uint64_t b) { return std::min(a, b); }},
      {"arith.shrui", [](uint64_t a, uint64_t b) { return a >> b; }},
  };
  return *kTable;
}

bool Holds(arith::CmpFPredicate predicate, double a, double b) {
  switch (predicate) {
    case arith::CmpFPredicate::OEQ:
      return a == b;
    case arith::CmpFPredicate::UNE:
      return a != b;
    case arith::CmpFPredicate::OLT:
      return a < b;
    case arith::CmpFPredicate::OLE:
      return a <= b;
    case arith::CmpFPredicate::OGT:
      return a > b;
    default:
      return a >= b;
  }
}

bool Holds(arith::CmpIPredicate predicate, unsigned width, int64_t a, int64_t b) {
  const uint64_t ua = ZeroExtended(width, a), ub = ZeroExtended(width, b);
  switch (predicate) {
    case arith::CmpIPredicate::eq:
      return a == b;
    case arith::CmpIPredicate::ne:
      return a != b;
    case arith::CmpIPredicate::slt:
      return a < b;
    case arith::CmpIPredicate::sle:
      return a <= b;
    case arith::CmpIPredicate::sgt:
      return a > b;
    case arith::CmpIPredicate::sge:
      return a >= b;
    case arith::CmpIPredicate::ult:
      return ua < ub;
    case arith::CmpIPredicate::ule:
      return ua <= ub;
    case arith::CmpIPredicate::ugt:
      return ua > ub;
    case arith::CmpIPredicate::uge:
      return ua >= ub;
  }
  return false;
}

Cell Truth(bool value) { return {0, value ? -1 : 0}; }

int64_t ToSigned(double value) {
  if (std::isnan(value)) return 0;
  return static_cast<int64_t>(std::clamp(value, -9.2233720368547748e18, 9.2233720368547748e18));
}

// The bits of `value` as a `type`.
int64_t BitsOf(mlir::Type type, double value) {
  llvm::APFloat number(value);
  bool loses = false;
  number.convert(mlir::cast<mlir::FloatType>(type).getFloatSemantics(),
                 llvm::APFloat::rmNearestTiesToEven, &loses);
  return number.bitcastToAPInt().getSExtValue();
}

double FromBits(mlir::Type type, int64_t bits) {
  const llvm::fltSemantics& semantics = mlir::cast<mlir::FloatType>(type).getFloatSemantics();
  llvm::APFloat number(semantics, llvm::APInt(64, bits).trunc(type.getIntOrFloatBitWidth()));
  bool loses = false;
  number.convert(llvm::APFloat::IEEEdouble(), llvm::APFloat::rmNearestTiesToEven, &loses);
  return number.convertToDouble();
}

ScalarFunction Bitcast(mlir::Type from, mlir::Type to) {
  return [=](const Cell* x) {
    const int64_t bits = mlir::isa<mlir::FloatType>(from) ? BitsOf(from, x[0].f) : x[0].i;
    return mlir::isa<mlir::FloatType>(to) ? Cell{FromBits(to, bits), 0} : Cell{0, bits};
  };
}

// Ops between types, by name.
ScalarFunction Conversion(llvm::StringRef name, mlir::Type from, mlir::Type to) {
  if (name == "arith.extf" || name == "arith.truncf") {
    return [to](const Cell* x) { return Cell{RoundedTo(to, x[0].f), 0}; };
  }
  if (name == "arith.bitcast") return Bitcast(from, to);
  const unsigned width = WidthOf(from), to_width = WidthOf(to);
  if (name == "arith.extsi" || name == "arith.trunci" || name == "arith.index_cast") {
    return [to_width](const Cell* x) { return Cell{0, SignExtended(to_width, x[0].i)}; };
  }
  if (name == "arith.extui" || name == "arith.index_castui") {
    return [=](const Cell* x) {
      return Cell{0, SignExtended(to_width, static_cast<int64_t>(ZeroExtended(width, x[0].i)))};
    };
  }
  if (name == "arith.sitofp") {
    return [to](const Cell* x) { return Cell{RoundedTo(to, static_cast<double>(x[0].i)), 0}; };
  }
  if (name == "arith.uitofp") {
    return [=](const Cell* x) {
      return Cell{RoundedTo(to, static_cast<double>(ZeroExtended(width, x[0].i))), 0};
    };
  }
  if (name == "arith.fptosi") {
    return [to_width](const Cell* x) { return Cell{0, SignExtended(to_width, ToSigned(x[0].f))}; };
  }
  if (name == "arith.fptoui") {
    return
        [](const Cell* x) { return Cell{0, static_cast<int64_t>(static_cast<uint64_t>(x[0].f))}; };
  }
  return nullptr;
}

ScalarFunction Arithmetic(const std::string& name, mlir::Type type) {
  if (auto row = FloatUnaries().find(name); row != FloatUnaries().end()) {
    return [type, f = row->second](const Cell* x) { return Cell{RoundedTo(type, f(x[0].f)), 0}; };
  }
  if (auto row = FloatBinaries().find(name); row != FloatBinaries().end()) {
    return [type, f = row->second](const Cell* x) {
      return Cell{RoundedTo(type, f(x[0].f, x[1].f)), 0};
    };
  }
  const auto signed_row = SignedBinaries().find(name);
  if (signed_row != SignedBinaries().end()) {
    return [width = WidthOf(type), f = signed_row->second](const Cell* x) {
      return Cell{0, SignExtended(width, f(x[0].i, x[1].i))};
    };
  }
  const auto row = UnsignedBinaries().find(name);
  if (row == UnsignedBinaries().end()) return nullptr;
  return [width = WidthOf(type), f = row->second](const Cell* x) {
    const uint64_t result = f(ZeroExtended(width, x[0].i), ZeroExtended(width, x[1].i));
    return Cell{0, SignExtended(width, static_cast<int64_t>(result))};
  };
}

}  // namespace

double RoundedTo(mlir::Type type, double value) {
  if (type.isF64()) return value;
  if (type.isF32()) return static_cast<float>(value);
  llvm::APFloat exact(value);
  bool loses = false;
  exact.convert(mlir::cast<mlir::FloatType>(type).getFloatSemantics(),
                llvm::APFloat::rmNearestTiesToEven, &loses);
  return exact.convertToDouble();
}

Cell CellOf(mlir::TypedAttr attribute) {
  if (auto number = mlir::dyn_cast<mlir::FloatAttr>(attribute))
    return {number.getValueAsDouble(), 0};
  return {0, mlir::cast<mlir::IntegerAttr>(attribute).getValue().getSExtValue()};
}

ScalarFunction FunctionOf(mlir::Operation* op) {
  if (auto constant = mlir::dyn_cast<arith::ConstantOp>(op)) {
    return [cell = CellOf(constant.getValue())](const Cell*) { return cell; };
  }
  if (auto compare = mlir::dyn_cast<arith::CmpFOp>(op)) {
    return [predicate = compare.getPredicate()](const Cell* x) {
      return Truth(Holds(predicate, x[0].f, x[1].f));
    };
  }
  if (auto compare = mlir::dyn_cast<arith::CmpIOp>(op)) {
    return [predicate = compare.getPredicate(), width = WidthOf(compare.getLhs().getType())](
               const Cell* x) { return Truth(Holds(predicate, width, x[0].i, x[1].i)); };
  }
  if (mlir::isa<arith::SelectOp>(op))
    return [](const Cell* x) { return x[0].i != 0 ? x[1] : x[2]; };
  const llvm::StringRef name = op->getName().getStringRef();
  const mlir::Type type = op->getResult(0).getType();
  if (op->getNumOperands() == 1) {
    if (auto conversion = Conversion(name, op->getOperand(0).getType(), type)) return conversion;
  }
  return Arithmetic(name.str(), type);
}

}  // namespace sinter::legalize
