#include "passes/update/row_visits.h"

#include "ir/core/typing.h"

namespace tpc::passes {

using ir::DimId;
using ir::Primitive;
using ir::ValueId;
namespace tp = ir::tp;

std::vector<DimId> list_dims(const tp::Module& module, const ir::Type& index) {
  std::vector<DimId> result;
  for (DimId dim : index.dims) {
    if (module.dim(dim).size) result.push_back(dim);
  }
  return result;
}

std::vector<RowVisit> row_visits(const tp::Module& module, const std::vector<ir::Type>& indices) {
  std::vector<RowVisit> all;
  for (size_t list = 0; list < indices.size(); ++list) {
    std::vector<RowVisit> visits = {{list, {}}};
    for (DimId dim : list_dims(module, indices[list])) {
      std::vector<RowVisit> longer;
      for (const RowVisit& visit : visits) {
        for (int64_t i = 0; i < *module.dim(dim).size; ++i) {
          longer.push_back(visit);
          longer.back().place.emplace_back(dim, i);
        }
      }
      visits = std::move(longer);
    }
    all.insert(all.end(), visits.begin(), visits.end());
  }
  return all;
}

ValueId at_visit(tp::Builder& builder, ValueId list, const RowVisit& visit) {
  for (const auto& [dim, place] : visit.place) {
    if (!ir::contains_dim(builder.type(list).dims, dim)) continue;
    list = builder.insert(ir::Gather{list, builder.constant(static_cast<double>(place)), dim});
  }
  return list;
}

ValueId mark_of(tp::Builder& builder, const RowVisit& visit) {
  ValueId mark;
  for (const auto& [dim, place] : visit.place) {
    const ValueId row = builder.insert(ir::OneHot{builder.constant(static_cast<double>(place)), dim});
    mark = mark.valid() ? builder.mul(mark, row) : row;
  }
  return mark;
}

ValueId same_row(tp::Builder& builder, ValueId one, ValueId other) {
  const ValueId distance = builder.map(Primitive::Abs, {builder.sub(one, other)});
  const ValueId differs = builder.map(Primitive::Sign, {distance});
  const ValueId same = builder.sub(builder.constant(1), differs);
  return builder.mul(builder.insert(ir::Present{one}), same);
}

}  // namespace tpc::passes
