#include "evaluation/interpreter/operations.h"

#include <algorithm>
#include <cmath>
#include <memory>

#include "base/diag/check.h"
#include "evaluation/interpreter/coordinatewise.h"
#include "evaluation/interpreter/rows.h"
#include "evaluation/interpreter/softmax.h"
#include "ir/core/primitive_traits.h"
#include "ir/tp/entries.h"

namespace tpc::evaluation::interpreter {
namespace {

using Action = std::function<void(Memory&)>;

/// "[S = 3, d = 2]"
std::string sizes_text(const Module& module, const std::vector<DimId>& dims, const Sizes& sizes) {
  std::string text;
  for (DimId dim : dims) {
    text += (text.empty() ? "[" : ", ") + module.dim(dim).name + " = " + std::to_string(sizes.of(dim));
  }
  return text.empty() ? "[]" : text + "]";
}

/// One instruction. `made(f)`: f(memory, target) computes the value in its own memory.
class Preparer {
 public:
  Preparer(const Preparation& preparation, ValueId value)
      : module_(preparation.module),
        function_(preparation.function),
        width_(preparation.width),
        sizes_(preparation.sizes),
        places_(preparation.places),
        value_(value) {}

  Action operator()(const std::monostate&) { internal_error(__FILE__, __LINE__, "an instruction without operation"); }

  Action operator()(const Input& op) {
    const Index count = numbers(value_);
    const std::string dims = sizes_text(module_, shape(value_).dims, sizes_);
    return [count, dims, name = op.name(), value = value_](Memory& memory) {
      const auto found = memory.batch.fields.find(name);
      TPC_CHECK(found != memory.batch.fields.end(), "the batch has no field " + name);
      const std::vector<double>& field = found->second;
      if (static_cast<Index>(field.size()) != count) {
        internal_error(
            __FILE__, __LINE__,
            "the field " + name + " has " + std::to_string(field.size()) + " values, which are not those of " + dims);
      }
      memory.arrays[value.index] = field.data();
    };
  }
  Action operator()(const Constant& op) { return number(op.value); }
  Action operator()(const DimSize& op) { return number(static_cast<double>(sizes_.of(op.dim))); }
  Action operator()(const DimIndex& op) {
    return made([size = sizes_.of(op.dim)](Memory&, double* target) {
      for (Index i = 0; i < size; ++i) target[i] = static_cast<double>(i);
    });
  }
  Action operator()(const WidthPower& op) { return number(std::pow(static_cast<double>(width_), op.exponent.value())); }
  Action operator()(const Read& op) {
    if (module_.state(op.state).type.kind == Kind::matrix) {
      return [state = op.state, value = value_, size = places_.matrix_sizes[value_.index]](Memory& memory) {
        memory.matrices[value.index] = LazyMatrix::of_state(state, size);
      };
    }
    return [state = op.state, value = value_](Memory& memory) {
      memory.arrays[value.index] = memory.states.arrays[state.index].data();
    };
  }

  Action operator()(const Map& op) {
    if (type().kind == Kind::matrix) return matrix_map(op);
    std::vector<MapStep> steps;
    std::vector<ValueId> arrays;
    add_steps(value_, steps, arrays);
    std::vector<Shape> shapes;
    for (ValueId array : arrays) shapes.push_back(shape(array));
    return made([arrays, maps = Coordinatewise(std::move(steps), shapes, shape(value_), sizes_),
                 places = std::vector<const double*>(arrays.size())](Memory& memory, double* target) mutable {
      for (size_t i = 0; i < arrays.size(); ++i) places[i] = memory.at(arrays[i]);
      maps.run(places, target);
    });
  }

  Action operator()(const Contract& op) {
    if (!op.rhs.valid()) return summed(op.lhs, op.over);
    const bool swapped = shape(op.rhs).rows > shape(op.lhs).rows;
    const ValueId left = swapped ? op.rhs : op.lhs, right = swapped ? op.lhs : op.rhs;
    return made([left, right, product = Contraction(shape(left), shape(right), op.over, shape(value_).dims, sizes_)](
                    Memory& memory, double* target) {
      product.run(memory.at(left), memory.at(right), target, memory.workspace.products);
    });
  }
  Action operator()(const Moment& op) {
    if (!op.rhs.valid()) return summed_coordinates(op.lhs, op.over);
    return made([left = op.lhs, right = op.rhs,
                 product = InnerProducts(shape(op.lhs), shape(op.rhs), op.over, shape(value_).dims, sizes_,
                                         times_mean(op.lhs))](Memory& memory, double* target) {
      product.run(memory.at(left), memory.at(right), target, memory.workspace.products);
    });
  }

  Action operator()(const Relabel& op) { return renamed(op.argument); }
  Action operator()(const StopGradient& op) { return renamed(op.argument); }
  Action operator()(const OneHot& op) {
    return made([argument = op.argument, count = numbers(op.argument), size = sizes_.of(op.dim)](
                    Memory& memory, double* target) { one_hot(memory.at(argument), count, size, target); });
  }
  Action operator()(const Softmax& op) {
    return made(
        [argument = op.argument, along = AlongDimension(shape(op.argument), op.over, sizes_)](
            Memory& memory, double* target) { along.softmax(memory.at(argument), target, memory.workspace.scratch); });
  }
  Action operator()(const LogSumExp& op) {
    return made([argument = op.argument, along = AlongDimension(shape(op.argument), op.over, sizes_)](Memory& memory,
                                                                                                      double* target) {
      along.log_sum_exp(memory.at(argument), target, memory.workspace.scratch);
    });
  }

  Action operator()(const Matmul& op) {
    check_one_matrix(op.matrix);
    const Index columns = shape(op.argument).columns(sizes_), summed = shape(op.argument).rows;
    return made([op, columns, summed, mean = times_mean(op.argument)](Memory& memory, double* target) {
      memory.matrices[op.matrix.index].times({memory.at(op.argument), summed, columns}, op.transposed, mean,
                                             memory.states.matrices, target, memory.workspace.scratch);
    });
  }
  Action operator()(const Outer& op) {
    check_one_matrix(value_);
    const Index columns = shape(op.left).columns(sizes_);
    return [op, columns, value = value_, size = places_.matrix_sizes[value_.index],
            arrangement = Arrangement(shape(op.right), shape(op.left).dims, sizes_)](Memory& memory) {
      const double* right = memory.at(op.right);
      if (!arrangement.none()) {
        arrangement.copy(right, memory.targets[value.index]);
        right = memory.targets[value.index];
      }
      memory.matrices[value.index] = LazyMatrix::of_outer(memory.at(op.left), right, columns, size);
    };
  }
  Action operator()(const Gradient&) { internal_error(__FILE__, __LINE__, "a gradient that is not expanded"); }

  Action operator()(const Gather& op) {
    return made([op, rows = GatheredRows(shape(op.table), shape(op.index), op.dim, shape(value_).dims, sizes_)](
                    Memory& memory, double* target) { rows.run(memory.at(op.table), memory.at(op.index), target); });
  }
  Action operator()(const Scatter& op) {
    return made([op, count = numbers(value_),
                 rows = AddedRows(shape(op.value), shape(op.index), op.dim, shape(value_), sizes_)](Memory& memory,
                                                                                                    double* target) {
      std::fill_n(target, count, 0.0);
      rows.run(memory.at(op.value), memory.at(op.index), target);
    });
  }
  Action operator()(const Present& op) {
    return made([index = op.index, count = numbers(op.index)](Memory& memory, double* target) {
      present(memory.at(index), count, target);
    });
  }
  Action operator()(const FirstOccurrence& op) {
    std::vector<std::pair<ValueId, Index>> earlier;
    for (ValueId list : op.earlier) earlier.emplace_back(list, numbers(list));
    return made([index = op.index, count = numbers(op.index), earlier](Memory& memory, double* target) {
      std::vector<Numbers> lists;
      for (const auto& [list, length] : earlier) lists.push_back({memory.at(list), length});
      first_occurrence({memory.at(index), count}, lists, target);
    });
  }
  /// Kept until the end, when states change one after the other: they may lie in one.
  Action operator()(const AddRows& op) {
    return [op, values = numbers(op.value), indices = numbers(op.index), value = value_](Memory& memory) {
      double* target = memory.targets[value.index];
      std::copy_n(memory.at(op.value), values, target);
      std::copy_n(memory.at(op.index), indices, target + values);
    };
  }
  /// In its place already, but for what has to be copied there.
  Action operator()(const Write& op) {
    if (!places_.written[value_.index]) return [](Memory&) {};
    return [source = op.value, count = numbers(op.value), value = value_](Memory& memory) {
      std::copy_n(memory.at(source), count, memory.targets[value.index]);
    };
  }

 private:
  template <class Make>
  Action made(Make make) {
    return [make = std::move(make), value = value_](Memory& memory) mutable {
      double* target = memory.targets[value.index];
      make(memory, target);
      memory.arrays[value.index] = target;
    };
  }
  Action number(double number) {
    return [number = std::make_shared<const double>(number), value = value_](Memory& memory) {
      memory.arrays[value.index] = number.get();
    };
  }
  Action renamed(ValueId argument) {
    if (type().kind == Kind::matrix) {
      return [argument, value = value_](Memory& memory) {
        memory.matrices[value.index] = memory.matrices[argument.index];
      };
    }
    return [argument, value = value_](Memory& memory) { memory.arrays[value.index] = memory.at(argument); };
  }
  Action summed(ValueId argument, const std::vector<DimId>& over) {
    return made([argument, sum = Sum(shape(argument), over, sizes_)](Memory& memory, double* target) {
      sum.run(memory.at(argument), target);
    });
  }
  Action summed_coordinates(ValueId argument, const std::vector<DimId>& over) {
    const Sum sum(shape(argument), over, sizes_);
    const Index columns = sum.result().columns(sizes_);
    return made([argument, sum, columns, rows = shape(argument).rows, mean = times_mean(argument)](Memory& memory,
                                                                                                   double* target) {
      double* sums = memory.workspace.scratch.of_size(columns * rows);
      sum.run(memory.at(argument), sums);
      Eigen::Map<Eigen::RowVectorXd>(target, columns) =
          mean * Eigen::Map<const Eigen::MatrixXd>(sums, rows, columns).colwise().sum();
    });
  }
  /// What makes a sum over the coordinates of a vector n times their mean: 1 where it has n.
  [[nodiscard]] double times_mean(ValueId vector) const {
    return static_cast<double>(width_) / static_cast<double>(shape(vector).rows);
  }

  /// The map and the ones evaluated with it, arguments first.
  size_t add_steps(ValueId map, std::vector<MapStep>& steps, std::vector<ValueId>& arrays) const {
    const Map& op = std::get<Map>(function_.at(map).op);
    MapStep step{op.primitive, op.power, {}};
    for (ValueId argument : op.arguments) {
      const ValueId root = places_.roots[argument.index];
      if (places_.fused[root.index]) {
        step.arguments.push_back({true, add_steps(root, steps, arrays)});
      } else {
        step.arguments.push_back({false, arrays.size()});
        arrays.push_back(argument);
      }
    }
    steps.push_back(std::move(step));
    return steps.size() - 1;
  }

  Action matrix_map(const Map& op) {
    check_one_matrix(value_);
    if (!is_linear_in_matrices(function_, op)) return entry_map(op);
    const ValueId first = op.arguments.front(), last = op.arguments.back();
    const auto combined = [&](double of_last) -> Action {
      return [first, last, of_last, value = value_](Memory& memory) {
        memory.matrices[value.index] = memory.matrices[first.index].plus(memory.matrices[last.index].scaled(of_last));
      };
    };
    switch (form_of(op.primitive)) {
      case PrimitiveForm::sum: return combined(1.0);
      case PrimitiveForm::difference: return combined(-1.0);
      case PrimitiveForm::negation:
        return [first, value = value_](Memory& memory) {
          memory.matrices[value.index] = memory.matrices[first.index].scaled(-1.0);
        };
      case PrimitiveForm::product: {
        const bool matrix_first = function_.type(first).kind == Kind::matrix;
        return [matrix = matrix_first ? first : last, factor = matrix_first ? last : first,
                value = value_](Memory& memory) {
          memory.matrices[value.index] = memory.matrices[matrix.index].scaled(*memory.at(factor));
        };
      }
      case PrimitiveForm::quotient:
        return [first, last, value = value_](Memory& memory) {
          memory.matrices[value.index] = memory.matrices[first.index].scaled(1.0 / *memory.at(last));
        };
      case PrimitiveForm::power:
      case PrimitiveForm::correlation:
      case PrimitiveForm::curve: break;
    }
    internal_error(__FILE__, __LINE__, "no such linear map of matrices");
  }

  Action entry_map(const Map& op) {
    std::vector<bool> is_number;
    for (ValueId argument : op.arguments) is_number.push_back(function_.type(argument).kind != Kind::matrix);
    return [op, is_number, value = value_](Memory& memory) {
      EntryMap map{op.primitive, op.power, {}};
      for (size_t i = 0; i < op.arguments.size(); ++i) {
        EntryMap::Operand& operand = map.operands.emplace_back();
        if (is_number[i]) operand.number = *memory.at(op.arguments[i]);
        if (!is_number[i]) operand.matrix = memory.matrices[op.arguments[i].index];
      }
      memory.matrices[value.index] = LazyMatrix::of_entries(std::move(map));
    };
  }

  void check_one_matrix(ValueId matrix) const {
    TPC_CHECK(function_.type(matrix).dims.empty(), "a matrix with finite dimensions is not multiplied out");
  }
  [[nodiscard]] const Type& type() const { return function_.type(value_); }
  [[nodiscard]] const Shape& shape(ValueId id) const { return places_.shape(id); }
  [[nodiscard]] Index numbers(ValueId id) const { return places_.numbers(id, sizes_); }

  const Module& module_;
  const Function& function_;
  Index width_;
  const Sizes& sizes_;
  const ValuePlaces& places_;
  ValueId value_;
};

}  // namespace

std::vector<Operation> prepare_operations(const Preparation& preparation) {
  std::vector<Operation> operations;
  for (size_t i = 0; i < preparation.function.body.size(); ++i) {
    if (preparation.places.fused[i]) continue;
    operations.push_back({ValueId(i), std::visit(Preparer(preparation, ValueId(i)), preparation.function.body[i].op)});
  }
  return operations;
}

}  // namespace tpc::evaluation::interpreter
