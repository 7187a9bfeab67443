#include "passes/kernel/inner_product.h"

#include <algorithm>
#include <utility>

namespace tpc::passes::kernel {

using ir::DimId;
using ir::Kind;
using ir::Type;
using ir::ValueId;
namespace tp = ir::tp;

namespace {

using Dims = std::vector<DimId>;

Dims common(const Dims& a, const Dims& b) { return ir::without_dims(a, ir::without_dims(a, b)); }

/// The dimensions s of a contribution.
Dims extras(const Type& space, const Type& state, DimId batch) {
  return ir::without_dims(ir::without_dims(space.dims, state.dims), {batch});
}

/// Two factors that stand at the same place in the two contributions; either may be absent (1).
struct Column {
  ValueId one, other;
};

class InnerProduct {
 public:
  InnerProduct(tp::Builder& builder, Type state, const BatchPair& batches)
      : builder_(builder), state_(std::move(state)), batches_(batches) {}

  ValueId run(const Contribution& one, Contribution other) {
    Dims sums = ir::union_dims(state_.dims, extras(one.space, state_, batches_.batch));
    for (DimId dim : extras(other.space, state_, batches_.other)) {
      const DimId fresh = fresh_dim(dim, one.space.dims, other.space.dims);
      other.space.dims.push_back(fresh);
      relabel(other.product.left, dim, fresh);
      relabel(other.product.right, dim, fresh);
      sums.push_back(fresh);
    }
    return summed({one.product.left, other.product.left}, {one.product.right, other.product.right}, sums);
  }

 private:
  [[nodiscard]] Kind kind(ValueId id) const { return id.valid() ? builder_.type(id).kind : Kind::none; }
  [[nodiscard]] Dims dims(ValueId id) const { return id.valid() ? builder_.type(id).dims : Dims{}; }
  [[nodiscard]] Dims dims(const Column& column) const { return ir::union_dims(dims(column.one), dims(column.other)); }

  /// A dimension of the same size with another name, that neither side has: of unknown size, a twin.
  DimId fresh_dim(DimId dim, const Dims& one, const Dims& other) {
    std::vector<ir::Dimension>& all = builder_.module().dims;
    const ir::Dimension base = all[dim.index];
    const DimId twin_of = base.size ? DimId() : builder_.module().untwinned(dim);
    for (std::string name = base.name + "'";; name += "'") {
      auto found = std::find_if(all.begin(), all.end(), [&](const ir::Dimension& d) { return d.name == name; });
      const DimId id(static_cast<size_t>(found - all.begin()));
      if (found == all.end()) all.push_back({name, base.size, twin_of});
      const bool same_size = all[id.index].size == base.size && all[id.index].twin_of == twin_of;
      const bool taken = ir::contains_dim(one, id) || ir::contains_dim(other, id) || !same_size;
      if (!taken) return id;
    }
  }

  void relabel(ValueId& factor, DimId from, DimId to) {
    if (factor.valid() && ir::contains_dim(dims(factor), from)) factor = builder_.insert(ir::Relabel{factor, from, to});
  }

  /// sum over `sums` and the width of both columns: what only one of them has is summed inside.
  ValueId summed(const Column& left, const Column& right, const Dims& sums) {
    const Dims of_left = common(sums, dims(left)), of_right = common(sums, dims(right));
    const Dims both = common(of_left, of_right);
    const ValueId a = column_sum(left, ir::without_dims(of_left, both));
    const ValueId b = column_sum(right, ir::without_dims(of_right, both));
    ValueId total = a.valid() && b.valid() ? times(a, b, both) : a.valid() ? a : b;
    if (state_.kind == Kind::vector && !left.one.valid() && !left.other.valid()) {
      total = builder_.mul(builder_.insert(tp::WidthPower{1}), total);
    }
    for (DimId dim : ir::without_dims(state_.dims, ir::union_dims(of_left, of_right))) {
      total = builder_.mul(builder_.insert(ir::DimSize{dim}), total);
    }
    return total;
  }

  ValueId times(ValueId a, ValueId b, const Dims& over) {
    return over.empty() ? builder_.mul(a, b) : builder_.contract(a, b, over);
  }

  ValueId column_sum(Column column, const Dims& over) {
    if (!column.one.valid()) std::swap(column.one, column.other);
    if (!column.one.valid()) return {};
    if (kind(column.one) == Kind::vector) return builder_.insert(tp::Moment{column.one, column.other, over});
    if (!column.other.valid()) return over.empty() ? column.one : builder_.contract(column.one, {}, over);
    return times(column.one, column.other, over);
  }

  tp::Builder& builder_;
  Type state_;
  BatchPair batches_;
};

}  // namespace

Contribution prepared(tp::Builder& builder, const Type& state, Contribution term, DimId batch) {
  auto& [left, right] = term.product;
  auto is_vector = [&](ValueId id) { return id.valid() && builder.type(id).kind == Kind::vector; };
  if (state.kind == Kind::vector && right.valid()) {
    if (is_vector(left) && is_vector(right)) {
      left = builder.mul(left, std::exchange(right, {}));
    } else if (is_vector(right)) {
      std::swap(left, right);
    }
  }
  if (state.kind == Kind::vector && !is_vector(left)) {
    left = right.valid() ? builder.mul(left, right) : left;
    right = std::exchange(left, {});
  }
  auto dims = [&](ValueId id) { return id.valid() ? builder.type(id).dims : Dims{}; };
  const Dims present = ir::union_dims(dims(left), dims(right));
  for (DimId dim : ir::without_dims(extras(term.space, state, batch), present)) {
    ValueId& factor = left.valid() ? left : right;
    factor = builder.mul(builder.insert(ir::DimSize{dim}), factor);
  }
  return term;
}

ValueId inner_product(tp::Builder& builder, const Type& state, const Contribution& one, const Contribution& other,
                      const BatchPair& batches) {
  return InnerProduct(builder, state, batches).run(one, other);
}

}  // namespace tpc::passes::kernel
