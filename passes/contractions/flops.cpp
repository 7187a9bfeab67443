#include "passes/contractions/flops.h"

#include "ir/core/typing.h"
#include "ir/core/visit.h"

namespace tpc::passes::contractions {

using ir::Kind;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

class InstructionFlops {
 public:
  InstructionFlops(const tp::Module& module, const tp::Function& function, const Type& type)
      : module_(module), function_(function), type_(type) {}

  double operator()(const ir::Contract& op) const { return sum(op.lhs, op.rhs); }
  double operator()(const tp::Moment& op) const { return sum(op.lhs, op.rhs); }
  double operator()(const ir::Map&) const { return entries(module_, type_); }
  double operator()(const ir::OneOf<ir::Softmax, ir::LogSumExp> auto& op) const {
    constexpr double of_an_exponential = 4;
    return of_an_exponential * entries(module_, function_.type(op.argument));
  }
  double operator()(const tp::Matmul&) const {
    return flops_of_products(module_, {Kind::matrix, type_.dims});  // n products for each of n coordinates
  }
  double operator()(const tp::Outer& op) const {
    return flops_of_products(module_, {Kind::matrix, ir::union_dims(dims(op.left), dims(op.right))});
  }
  double operator()(const ir::OneOf<ir::Scatter, ir::AddRows> auto& op) const {
    return entries(module_, function_.type(op.value));
  }
  double operator()(const ir::OneOf<std::monostate, ir::Input, ir::Constant, ir::DimSize, ir::DimIndex, tp::WidthPower,
                                    ir::Read, ir::Relabel, ir::OneHot, tp::Gradient, tp::StopGradient, ir::Gather,
                                    ir::Present, ir::FirstOccurrence, ir::Write> auto&) const {
    return 0;
  }

 private:
  [[nodiscard]] const std::vector<ir::DimId>& dims(ValueId id) const { return function_.type(id).dims; }
  [[nodiscard]] double sum(ValueId lhs, ValueId rhs) const {
    if (!rhs.valid()) return entries(module_, function_.type(lhs));
    const bool width = function_.type(lhs).kind == Kind::vector || function_.type(rhs).kind == Kind::vector;
    return flops_of_products(module_, {width ? Kind::vector : Kind::scalar, ir::union_dims(dims(lhs), dims(rhs))});
  }

  const tp::Module& module_;
  const tp::Function& function_;
  const Type& type_;
};

}  // namespace

double entries(const tp::Module& module, const Type& type) {
  double count = type.kind == Kind::none ? 0 : 1;
  if (type.kind == Kind::vector) count = assumed_width;
  if (type.kind == Kind::matrix) count = assumed_width * assumed_width;
  for (ir::DimId dim : type.dims) {
    const auto size = module.dim(dim).size;
    count *= size ? static_cast<double>(*size) : assumed_extent;
  }
  return count;
}

double flops(const tp::Module& module, const tp::Function& function, const tp::Instruction& instruction) {
  return std::visit(InstructionFlops(module, function, instruction.type), instruction.op);
}

double flops(const tp::Module& module, const tp::Function& function) {
  double total = 0;
  for (const tp::Instruction& instruction : function.body) total += flops(module, function, instruction);
  return total;
}

}  // namespace tpc::passes::contractions
