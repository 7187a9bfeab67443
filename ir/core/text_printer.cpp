#include "ir/core/text_printer.h"

namespace tpc::ir {
namespace {

std::string init_text(const Init& init) {
  std::string result(init_name(init.kind));
  return init.kind == InitKind::zero ? result : result + "(" + number_text(init.value) + ")";
}

std::string state_text(const Dialect& dialect, const std::vector<Dimension>& dims, const State& state) {
  std::string result = "state @" + name_text(state.name) + " : " + type_text(dialect, dims, state.type);
  result += " = " + init_text(state.init) + " role=" + std::string(role_name(state.role));
  result += " a=" + state.a.str() + " b=" + state.b.str() + " c=" + state.c.str();
  if (state.d) result += " d=" + state.d->str();
  if (state.scale != Exponent(0)) result += " scale=" + state.scale.str();
  if (state.learning_rate_factor != 1.0) result += " lr=" + number_text(state.learning_rate_factor);
  if (state.rows != Rational(1)) result += " rows=" + state.rows.str();
  if (state.columns != Rational(1)) result += " columns=" + state.columns.str();
  return result + '\n';
}

}  // namespace

std::string header_text(const Dialect& dialect, const std::string& name, const std::string& width,
                        const std::vector<Dimension>& dims, const std::vector<State>& states,
                        const std::vector<VanishingTerm>& vanishing) {
  std::string result = std::string(dialect.name) + " module " + name_text(name) + " width " + name_text(width) + '\n';
  for (const Dimension& dim : dims) {
    result += "dim " + name_text(dim.name) + " = " + (dim.size ? std::to_string(*dim.size) : "?");
    if (dim.twin_of.valid()) {
      result += " twin=" + (dim.twin_of.index < dims.size() ? name_text(dims[dim.twin_of.index].name) : "?");
    }
    result += '\n';
  }
  for (const State& state : states) result += state_text(dialect, dims, state);
  for (const VanishingTerm& term : vanishing) {
    result += "vanishing " + quoted_text(term.what) + " exponent=" + term.exponent.str() + '\n';
  }
  return result;
}

}  // namespace tpc::ir
