#include "passes/contractions/matrix_products.h"

#include <map>

#include "base/diag/check.h"
#include "ir/core/dim_copies.h"
#include "ir/core/primitive_traits.h"
#include "ir/core/typing.h"
#include "passes/contractions/stopped_values.h"
#include "passes/simplify/dce.h"
#include "passes/simplify/matcher.h"
#include "passes/simplify/rewriter.h"
#include "passes/simplify/storage_order.h"

namespace tpc::passes::contractions {

using ir::DimId;
using ir::Kind;
using ir::PrimitiveForm;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

struct Product {
  ValueId matrix, x;
  bool transposed = false;
  ir::Rational scale;
  bool stopped = false;
  friend auto operator<=>(const Product&, const Product&) = default;
};

class MatrixProducts {
 public:
  explicit MatrixProducts(tp::Builder& builder) : builder_(builder), stopped_values_(builder) {}

  /// M x or M^T x, of which the program's value is n^scale times (ir::Instruction). `stopped`: M counts as a constant.
  ValueId product(const Product& wanted) {  // NOLINT(misc-no-recursion)
    if (const auto known = known_.find(wanted); known != known_.end()) return known->second;
    const ValueId value = made(wanted);
    builder_.function().body[value.index].scale = wanted.scale;
    return known_[wanted] = value;
  }

 private:
  [[nodiscard]] const ir::Type& type(ValueId id) const { return builder_.type(id); }

  ValueId made(const Product& wanted) {  // NOLINT(misc-no-recursion)
    if (type(wanted.matrix).dims.empty()) {
      const ValueId matrix = stopped_values_.stop_if(wanted.stopped, wanted.matrix);
      return builder_.insert(tp::Matmul{matrix, wanted.x, wanted.transposed});
    }
    const tp::Op op = builder_.function().at(wanted.matrix).op;
    if (const auto* outer = std::get_if<tp::Outer>(&op)) return with_outer(*outer, wanted);
    Product part = wanted;
    if (const auto* stop = std::get_if<tp::StopGradient>(&op)) {
      part.matrix = stop->argument;
      part.stopped = true;
      return made(part);
    }
    const auto* map = std::get_if<ir::Map>(&op);
    TPC_CHECK(map != nullptr, "a matrix with finite dimensions is made of outer products and maps");
    return with_map(*map, part);
  }

  ValueId with_map(const ir::Map& map, Product part) {  // NOLINT(misc-no-recursion)
    const auto of = [&](size_t i) {
      part.matrix = map.arguments[i];
      return product(part);
    };
    switch (ir::form_of(map.primitive)) {
      case PrimitiveForm::sum:
      case PrimitiveForm::difference: return builder_.map(map.primitive, {of(0), of(1)});
      case PrimitiveForm::negation: return builder_.neg(of(0));
      case PrimitiveForm::product: {
        const size_t which = type(map.arguments[0]).kind == Kind::matrix ? 0 : 1;
        const ValueId factor = map.arguments[1 - which];
        part.scale = part.scale + Matcher<tp::Module>(builder_, {}).power_of_width(factor);
        return builder_.mul(of(which), stopped_values_.stop_if(part.stopped, factor));
      }
      case PrimitiveForm::quotient:
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    internal_error(__FILE__, __LINE__, "no such map of matrices");
  }

  /// sum_s l_s (r_s . x), where s is another index than any of x.
  ValueId with_outer(const tp::Outer& op, const Product& wanted) {
    const auto [matrix, x, transposed, scale, stopped] = wanted;
    ValueId left = stopped_values_.stop_if(stopped, transposed ? op.right : op.left);
    ValueId right = stopped_values_.stop_if(stopped, transposed ? op.left : op.right);
    const std::vector<DimId> taken = ir::union_dims(type(x).dims, ir::union_dims(type(left).dims, type(right).dims));
    std::vector<DimId> summed = ir::without_dims(type(left).dims, op.kept);
    for (DimId& dim : summed) {
      if (!ir::contains_dim(type(x).dims, dim)) continue;
      const DimId copy = ir::copy_of(builder_.module().dims, dim, taken);
      left = builder_.insert(ir::Relabel{left, dim, copy});
      right = builder_.insert(ir::Relabel{right, dim, copy});
      dim = copy;
    }
    const ValueId overlaps = builder_.insert(tp::Moment{x, right, {}});
    return summed.empty() ? builder_.mul(left, overlaps) : builder_.contract(overlaps, left, summed);
  }

  tp::Builder& builder_;
  StoppedValues stopped_values_;
  std::map<Product, ValueId> known_;
};

}  // namespace

void multiply_out_matrices(tp::Module& module, tp::Function& function) {
  std::optional<MatrixProducts> products;
  rewrite(module, function,
          [&](tp::Builder& builder, const tp::Op& op, const tp::Instruction& instruction) -> std::optional<ValueId> {
            const auto* matmul = std::get_if<tp::Matmul>(&op);
            if (matmul == nullptr || builder.type(matmul->matrix).dims.empty()) return std::nullopt;
            if (!products) products.emplace(builder);
            const ValueId sum =
                products->product({matmul->matrix, matmul->argument, matmul->transposed, instruction.scale});
            return in_order(builder, sum, instruction.type.dims);
          });
  eliminate_dead_code(function);
}

}  // namespace tpc::passes::contractions
