#include "evaluation/interpreter/execution.h"

#include <cmath>
#include <set>

#include "base/diag/check.h"
#include "evaluation/interpreter/coordinatewise.h"
#include "evaluation/interpreter/products.h"
#include "evaluation/interpreter/rows.h"
#include "evaluation/interpreter/softmax.h"
#include "ir/core/extents.h"
#include "ir/core/primitive_traits.h"

namespace tpc::evaluation::interpreter {
namespace {

/// What an instruction makes: an array, a matrix, or (writes) nothing.
struct Value {
  ArrayPointer array;
  std::shared_ptr<const LazyMatrix> matrix;
};

/// What the batch says of an extent; `alone`: it is the only one of the function besides twins.
Index extent_size(const Module& module, DimId extent, const Batch& batch, bool alone) {
  const Dimension& dim = module.dim(extent);
  const auto named = batch.extents.find(dim.name);
  if (named != batch.extents.end()) return named->second;
  if (dim.twin_of.valid()) return extent_size(module, dim.twin_of, batch, alone);
  TPC_CHECK(alone, "the batch does not say the size of " + dim.name);
  return batch.count;
}

/// By DimId; 0 where the function does not use the dimension.
Sizes run_sizes(const Module& module, const Function& function, const Batch& batch) {
  const FunctionExtents extents(module, function);
  std::set<DimId> besides_twins;
  for (DimId extent : extents.used()) besides_twins.insert(module.untwinned(extent));
  std::map<DimId, Index> known;
  for (DimId extent : extents.used()) {
    known[extent] = extent_size(module, extent, batch, besides_twins.size() == 1);
    TPC_CHECK(known[extent] >= 0, "the size of " + module.dim(extent).name + " is negative");
  }
  std::vector<Index> sizes;
  for (size_t i = 0; i < module.dims.size(); ++i) {
    const auto found = known.find(extents.of(DimId(i)));
    sizes.push_back(module.dims[i].size.value_or(found == known.end() ? 0 : found->second));
  }
  return Sizes(std::move(sizes));
}

/// "[S = 3, d = 2]"
std::string sizes_text(const Module& module, const std::vector<DimId>& dims, const Sizes& sizes) {
  std::string text;
  for (DimId dim : dims) {
    text += (text.empty() ? "[" : ", ") + module.dim(dim).name + " = " + std::to_string(sizes.of(dim));
  }
  return text.empty() ? "[]" : text + "]";
}

/// By value: the last instruction that uses it (its own if none does), or the body's size for results. Values are
/// dropped after that one, so that memory is bounded by what is alive and not by the length of the program.
std::vector<size_t> last_uses(const Function& function) {
  std::vector<size_t> result(function.body.size());
  for (size_t i = 0; i < function.body.size(); ++i) {
    result[i] = i;
    for (ValueId operand : operands(function.body[i].op)) result[operand.index] = i;
  }
  for (const Result& r : function.results) result[r.value.index] = function.body.size();
  return result;
}

class Execution {
 public:
  Execution(const Module& module, const Function& function, int64_t width, const Batch& batch, States& states)
      : module_(module),
        function_(function),
        width_(width),
        batch_(batch),
        states_(states),
        sizes_(run_sizes(module, function, batch)),
        values_(function.body.size()) {}

  std::map<std::string, std::vector<double>> run() {
    evaluate([] { return false; });
    std::map<std::string, std::vector<double>> results;
    for (const Result& result : function_.results) results[result.name] = numbers(values_[result.value.index]);
    commit();
    return results;
  }

  std::optional<NotFinite> first_not_finite() {
    std::optional<NotFinite> found;
    evaluate([&] {
      const ArrayPointer& made = values_[current_].array;
      if (made != nullptr && !made->values.allFinite()) found = describe_not_finite(*made);
      return found.has_value();
    });
    return found;
  }

  Value operator()(const std::monostate&) { internal_error(__FILE__, __LINE__, "an instruction without operation"); }

  Value operator()(const Input& op) {
    auto found = batch_.fields.find(op.name());
    TPC_CHECK(found != batch_.fields.end(), "the batch has no field " + op.name());
    const std::vector<double>& field = found->second;
    const std::vector<DimId>& dims = function_.body[current_].type.dims;
    TPC_CHECK(static_cast<Index>(field.size()) == sizes_.product(dims),
              "the field " + op.name() + " has " + std::to_string(field.size()) + " values, which are not those of " +
                  sizes_text(module_, dims, sizes_));
    return array({dims, Eigen::Map<const Eigen::RowVectorXd>(field.data(), static_cast<Index>(field.size()))});
  }
  Value operator()(const Constant& op) { return number(op.value); }
  Value operator()(const DimSize& op) { return number(static_cast<double>(sizes_.of(op.dim))); }
  Value operator()(const WidthPower& op) { return number(std::pow(static_cast<double>(width_), op.exponent.value())); }
  Value operator()(const Read& op) {
    if (module_.state(op.state).type.kind == Kind::matrix) return matrix(LazyMatrix::of_state(op.state));
    return {states_.arrays[op.state.index], nullptr};
  }

  Value operator()(const Map& op) {
    if (function_.body[current_].type.kind == Kind::matrix) {
      check_one_matrix();
      return matrix(matrix_map(op));
    }
    std::vector<const Array*> arguments;
    for (ValueId argument : op.arguments) arguments.push_back(&at(argument));
    return array(coordinatewise(op.primitive, op.power, arguments, function_.body[current_].type.dims, sizes_));
  }
  Value operator()(const Contract& op) { return array(contract(at(op.lhs), optional_at(op.rhs), op.over, sizes_)); }
  Value operator()(const Moment& op) { return array(moment(at(op.lhs), optional_at(op.rhs), op.over, sizes_)); }
  Value operator()(const Relabel& op) { return array({function_.body[current_].type.dims, at(op.argument).values}); }
  Value operator()(const OneHot& op) { return array(one_hot(at(op.argument), op.dim, sizes_)); }
  Value operator()(const Softmax& op) { return array(softmax(at(op.argument), op.over, sizes_)); }
  Value operator()(const LogSumExp& op) { return array(log_sum_exp(at(op.argument), op.over, sizes_)); }
  Value operator()(const Matmul& op) {
    const Array& argument = at(op.argument);
    return array({argument.dims, matrix_at(op.matrix).times(argument.values, op.transposed, states_.matrices)});
  }
  Value operator()(const Outer& op) {
    check_one_matrix();
    ArrayPointer left = values_[op.left.index].array;
    ArrayPointer right = values_[op.right.index].array;
    if (right->dims != left->dims) right = std::make_shared<const Array>(rearranged(*right, left->dims, sizes_));
    return matrix(LazyMatrix::of_outer(std::move(left), std::move(right)));
  }
  Value operator()(const Gradient&) { internal_error(__FILE__, __LINE__, "a gradient that is not expanded"); }
  Value operator()(const StopGradient& op) { return values_[op.argument.index]; }
  Value operator()(const Gather& op) { return array(gather(at(op.table), at(op.index), op.dim, sizes_)); }
  Value operator()(const Scatter& op) { return array(scatter(at(op.value), at(op.index), op.dim, op.over, sizes_)); }
  Value operator()(const Present& op) { return array(present(at(op.index))); }
  Value operator()(const FirstOccurrence& op) {
    std::vector<const Array*> earlier;
    for (ValueId list : op.earlier) earlier.push_back(&at(list));
    return array(first_occurrence(at(op.index), earlier));
  }
  Value operator()(const AddRows& op) {
    additions_.push_back({op.state, op.dim, values_[op.value.index].array, values_[op.index.index].array});
    return {};
  }
  Value operator()(const Write& op) {
    writes_.emplace_back(op.state, values_[op.value.index]);
    return {};
  }

 private:
  /// Instruction by instruction, until `stop` says so of the one just evaluated.
  template <class Stop>
  void evaluate(Stop&& stop) {
    const std::vector<size_t> last_use = last_uses(function_);
    for (current_ = 0; current_ < function_.body.size(); ++current_) {
      values_[current_] = std::visit(*this, function_.body[current_].op);
      if (stop()) return;
      for (ValueId operand : operands(function_.body[current_].op)) {
        if (last_use[operand.index] == current_) values_[operand.index] = {};
      }
      if (last_use[current_] == current_) values_[current_] = {};
    }
  }

  /// Of the current instruction, whose array has an entry that is not finite.
  [[nodiscard]] NotFinite describe_not_finite(const Array& made) const {
    Index column = 0, row = 0;
    while (made.values.col(column).allFinite()) ++column;
    while (std::isfinite(made.values(row, column))) ++row;
    NotFinite found{ValueId(current_), {}, made.values(row, column), {}};
    Index stride = 1;
    for (auto dim = made.dims.rbegin(); dim != made.dims.rend(); ++dim) {
      if (!module_.dim(*dim).size) found.example = column / stride % sizes_.of(*dim);
      stride *= sizes_.of(*dim);
    }
    const auto* map = std::get_if<Map>(&function_.body[current_].op);
    if (map == nullptr) return found;
    for (ValueId id : map->arguments) {
      const Array& argument = at(id);
      const Index from = columns_of(argument.dims, made.dims, sizes_)[static_cast<size_t>(column)];
      found.arguments.push_back(argument.values(argument.values.rows() == 1 ? 0 : row, from));
    }
    return found;
  }

  /// Of the current instruction.
  void check_one_matrix() const {
    TPC_CHECK(function_.body[current_].type.dims.empty(), "a matrix with finite dimensions is not multiplied out");
  }

  /// No const object behind the pointer: a state that is written may be added to in place later (own_array).
  static Value array(Array result) { return {std::make_shared<Array>(std::move(result)), nullptr}; }
  static Value matrix(LazyMatrix result) { return {nullptr, std::make_shared<const LazyMatrix>(std::move(result))}; }
  static Value number(double value) { return array({{}, Eigen::MatrixXd::Constant(1, 1, value)}); }

  [[nodiscard]] const Array& at(ValueId id) const { return *values_[id.index].array; }
  [[nodiscard]] const Array* optional_at(ValueId id) const { return id.valid() ? &at(id) : nullptr; }
  [[nodiscard]] const LazyMatrix& matrix_at(ValueId id) const { return *values_[id.index].matrix; }

  [[nodiscard]] LazyMatrix matrix_map(const Map& op) const {
    const ValueId first = op.arguments.front(), last = op.arguments.back();
    switch (form_of(op.primitive)) {
      case PrimitiveForm::sum: return matrix_at(first).plus(matrix_at(last));
      case PrimitiveForm::difference: return matrix_at(first).plus(matrix_at(last).scaled(-1.0));
      case PrimitiveForm::negation: return matrix_at(first).scaled(-1.0);
      case PrimitiveForm::product:
        return function_.type(first).kind == Kind::matrix ? matrix_at(first).scaled(at(last).values(0))
                                                          : matrix_at(last).scaled(at(first).values(0));
      case PrimitiveForm::quotient:
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    internal_error(__FILE__, __LINE__, "no such map of matrices");
  }

  [[nodiscard]] std::vector<double> numbers(const Value& value) const {
    if (value.matrix != nullptr) {
      const SquareMatrix dense = value.matrix->dense(width_, states_.matrices);
      return {dense.data(), dense.data() + dense.size()};
    }
    const Eigen::MatrixXd& values = value.array->values;
    return {values.data(), values.data() + values.size()};
  }

  /// All reads saw the old states: what depends on another matrix state is computed before any is overwritten.
  void commit() {
    std::vector<std::pair<StateId, SquareMatrix>> computed;
    for (const auto& [state, value] : writes_) {
      if (value.matrix != nullptr && !value.matrix->only_uses(state)) {
        computed.emplace_back(state, value.matrix->dense(width_, states_.matrices));
      }
    }
    for (const auto& [state, value] : writes_) {
      if (value.matrix == nullptr) {
        states_.arrays[state.index] = std::const_pointer_cast<Array>(value.array);
      } else if (value.matrix->only_uses(state)) {
        value.matrix->assign_to(state, states_.matrices[state.index]);
      }
    }
    for (auto& [state, value] : computed) states_.matrices[state.index] = std::move(value);
    values_.clear();  // reads refer to the states, which change now
    writes_.clear();
    for (const Addition& rows : additions_) add_rows(*rows.value, *rows.index, rows.dim, sizes_, own_array(rows.state));
  }

  /// The state's array, which nobody else holds: two states may have been written with one value.
  Array& own_array(StateId state) {
    std::shared_ptr<Array>& array = states_.arrays[state.index];
    if (array.use_count() > 1) array = std::make_shared<Array>(*array);
    return *array;
  }

  const Module& module_;
  const Function& function_;
  int64_t width_;
  const Batch& batch_;
  States& states_;
  Sizes sizes_;
  std::vector<Value> values_;
  struct Addition {
    StateId state;
    DimId dim;
    ArrayPointer value, index;
  };

  std::vector<std::pair<StateId, Value>> writes_;
  std::vector<Addition> additions_;
  size_t current_ = 0;
};

}  // namespace

std::map<std::string, std::vector<double>> execute(const Module& module, const Function& function, int64_t width,
                                                   const Batch& batch, States& states) {
  return Execution(module, function, width, batch, states).run();
}

std::optional<NotFinite> find_not_finite(const Module& module, const Function& function, int64_t width,
                                         const Batch& batch, States& states) {
  return Execution(module, function, width, batch, states).first_not_finite();
}

}  // namespace tpc::evaluation::interpreter
