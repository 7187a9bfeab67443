/// \file Prints a module of either IR. The syntax is described in ir/README.md; the reader is text_parser.h.
/// Instructions are printed from their `fields`: a new operation needs no line here.
#pragma once

#include <string>
#include <type_traits>

#include "ir/core/dialect.h"
#include "ir/core/fields.h"
#include "ir/core/text_format.h"

namespace tpc::ir {

/// Header, dimensions, states and vanishing terms: everything before the functions. `width`: the user's name of n.
std::string header_text(const Dialect& dialect, const std::string& name, const std::string& width,
                        const std::vector<Dimension>& dims, const std::vector<State>& states,
                        const std::vector<VanishingTerm>& vanishing);

/// Spells fields; absent ids, empty lists, `false` and power 0 are left out.
class FieldPrinter {
 public:
  FieldPrinter(const std::vector<Dimension>& dims, const std::vector<State>& states) : dims_(dims), states_(states) {}

  template <class Field>
  void operator()(const char* name, const Field& field) {
    if constexpr (std::is_same_v<Field, std::vector<ValueId>> || std::is_same_v<Field, std::vector<DimId>>) {
      if (!field.empty()) put(name, list(field));
    } else if constexpr (std::is_same_v<Field, bool>) {
      if (field) put(name, "true");
    } else if constexpr (std::is_same_v<Field, int>) {
      if (field != 0) put(name, std::to_string(field));
    } else if constexpr (std::is_same_v<Field, Rational>) {
      if (field != Rational()) put(name, text(field));
    } else if constexpr (std::is_same_v<Field, ValueId> || std::is_same_v<Field, DimId> ||
                         std::is_same_v<Field, StateId>) {
      if (field.valid()) put(name, text(field));
    } else {
      put(name, text(field));
    }
  }
  [[nodiscard]] const std::string& result() const { return result_; }

 private:
  void put(const char* name, const std::string& value) { result_ += ' ' + std::string(name) + '=' + value; }

  template <class IdType>
  std::string list(const std::vector<IdType>& ids) {
    std::string result = "[";
    for (size_t i = 0; i < ids.size(); ++i) result += (i == 0 ? "" : ", ") + text(ids[i]);
    return result + "]";
  }

  static std::string text(ValueId id) { return id.valid() ? "%" + std::to_string(id.index) : "?"; }
  [[nodiscard]] std::string text(DimId id) const {
    return id.index < dims_.size() ? name_text(dims_[id.index].name) : "?";
  }
  [[nodiscard]] std::string text(StateId id) const {
    return id.index < states_.size() ? "@" + name_text(states_[id.index].name) : "@?";
  }
  static std::string text(const std::string& value) { return name_text(value); }
  static std::string text(double value) { return number_text(value); }
  static std::string text(const Rational& value) { return value.str(); }
  static std::string text(Primitive value) { return std::string(primitive_name(value)); }

  const std::vector<Dimension>& dims_;
  const std::vector<State>& states_;
  std::string result_;
};

/// The spelling of the operation held, e.g. "map".
template <class Op>
std::string operation_name(const Op& op) {
  return std::visit(
      [](const auto& alternative) -> std::string {
        using Alternative = std::remove_cvref_t<decltype(alternative)>;
        if constexpr (std::is_same_v<Alternative, std::monostate>) {
          return "nothing";
        } else {
          return Alternative::spelling;
        }
      },
      op);
}

template <class Op>
std::string instruction_text(const Dialect& dialect, const Module<Op>& module, size_t index,
                             const Instruction<Op>& instruction) {
  std::string result = "%" + std::to_string(index);
  if (!instruction.name.empty()) result += ' ' + name_text(instruction.name);
  result += " = " + operation_name(instruction.op);
  FieldPrinter fields(module.dims, module.states);
  for_each_field(instruction.op, fields);
  result += fields.result();
  if (instruction.type != Type{}) result += " : " + type_text(dialect, module.dims, instruction.type);
  if (!instruction.scale.is_zero()) result += " scale=" + instruction.scale.str();
  return result;
}

template <class Op>
std::string print_module(const Dialect& dialect, const Module<Op>& module) {
  std::string result = header_text(dialect, module.name, module.width, module.dims, module.states, module.vanishing);
  for (const Function<Op>& function : module.functions) {
    result += "\nfunction " + name_text(function.name()) + " {\n";
    for (size_t i = 0; i < function.body.size(); ++i) {
      result += "  " + instruction_text(dialect, module, i, function.body[i]) + '\n';
    }
    for (const Result& r : function.results) {
      result += "  result " + name_text(r.name) + " = %" + std::to_string(r.value.index) + '\n';
    }
    result += "}\n";
  }
  return result;
}

}  // namespace tpc::ir
