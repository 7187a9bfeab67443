#include "ir/core/promised_results.h"

#include "ir/core/result_names.h"

namespace tpc::ir {

std::vector<PromisedResult> promised_results(FunctionRole role) {
  switch (role) {
    case FunctionRole::predict: return {{result_name::output, Numbers::any}};
    case FunctionRole::loss:
    case FunctionRole::gradient: return {{result_name::loss, Numbers::one}};
    case FunctionRole::criterion: return {{result_name::losses, Numbers::one_a_point}};
    case FunctionRole::step: return {{result_name::loss, Numbers::one, true}};
    case FunctionRole::observe: return {{result_name::value, Numbers::any}};
    case FunctionRole::kernel: return {{result_name::kernel, Numbers::any}, {result_name::nngp, Numbers::any, true}};
    case FunctionRole::rate: return {{result_name::rate, Numbers::one}};
    case FunctionRole::set_rate:
    case FunctionRole::start:
    case FunctionRole::other: break;  // made for what they write, or for a purpose of their own
  }
  return {};
}

std::string numbers_problem(const std::vector<Dimension>& dims, Numbers numbers, const Type& type) {
  if (type.kind != Kind::scalar) return "it must be scalar";
  switch (numbers) {
    case Numbers::any: return {};
    case Numbers::one: return type.dims.empty() ? "" : "it must be one number";
    case Numbers::one_a_point: {
      const bool points = type.dims.size() == 1 && !dims[type.dims.front().index].size;
      return points ? "" : "it must be one number for every example";
    }
  }
  return {};
}

}  // namespace tpc::ir
