#include "frontend/sema/parametrization.h"

#include <algorithm>
#include <array>

#include "base/diag/check.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/indexing.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;
using ir::Rational;

struct Table {
  const char* name;
  const char *input_a, *input_b, *hidden_a, *hidden_b, *output_a, *output_b, *c, *entrywise_input_c,
      *entrywise_hidden_c, *entrywise_output_c;
};

constexpr std::array tables = {
#define TPC_PARAMETRIZATION(name, input_a, input_b, hidden_a, hidden_b, output_a, output_b, c, input_c, hidden_c, \
                            output_c)                                                                             \
  Table{name, input_a, input_b, hidden_a, hidden_b, output_a, output_b, c, input_c, hidden_c, output_c},
#include "frontend/sema/parametrizations.def"
};

const Table* find_table(const std::string& name) {
  for (const Table& table : tables) {
    if (name == table.name) return &table;
  }
  return nullptr;
}

Rational exact(const char* text) {
  auto value = Rational::parse(text);
  TPC_CHECK(value.has_value(), "a table holds an exponent that is no rational");
  return *value;
}

/// False if the table has no row for this kind of weight. `entrywise`: of an optimizer whose updates are of one size,
/// whatever that of the gradient.
bool apply_row(const Table& table, bool entrywise, Parameter& parameter) {
  const char *a = "0", *b = "0", *c = "0";
  switch (parameter.role) {
    case ir::Role::input:
    case ir::Role::vector: a = table.input_a, b = table.input_b, c = table.entrywise_input_c; break;
    case ir::Role::hidden: a = table.hidden_a, b = table.hidden_b, c = table.entrywise_hidden_c; break;
    case ir::Role::output: a = table.output_a, b = table.output_b, c = table.entrywise_output_c; break;
    case ir::Role::finite: return true;
  }
  if (a == nullptr) return false;
  parameter.a = exact(a);
  parameter.b = exact(b);
  parameter.c = exact(entrywise ? c : table.c);
  return true;
}

bool trains_entrywise(const Program& program) {
  return program.train && std::holds_alternative<ir::EntrywiseSettings>(program.train->optimizer);
}

/// The exponents one line of a block gives.
struct Exponents {
  std::optional<Rational> a, b, c, d;
};

class ParametrizationChecker {
 public:
  ParametrizationChecker(Checker& checker, const ast::Parametrization& block) : checker_(checker), block_(block) {}

  /// Reads the block; `custom`: every weight must be given.
  void apply(bool custom) {
    for (const ast::WeightExponents& line : block_.weights) read_line(line);
    std::string missing;
    for (Parameter& parameter : checker_.program.parameters) {
      const auto line = line_of(parameter);
      if (!line) {
        if (custom && parameter.role != ir::Role::finite)
          missing += (missing.empty() ? "`" : ", `") + parameter.name + "`";
      } else {
        set(parameter, *line, custom);
        if (line->c) continue;
      }
      if (shared_c_ && parameter.role != ir::Role::finite) parameter.c = *shared_c_;
    }
    if (!missing.empty()) {
      checker_.report_missing(Kind::missing_weight, block_.name.span, {{"weights", missing}});
    }
  }

 private:
  struct Line : Exponents {
    Span span;
  };

  /// What the block says of a parameter: its own line, and that of its family where its own says nothing.
  [[nodiscard]] std::optional<Line> line_of(const Parameter& parameter) const;
  void read_line(const ast::WeightExponents& line);
  /// The name of the weights a line is about, "W", "W[2]" or "lr". Empty if an error was reported.
  std::optional<std::string> weight_of(const ast::WeightExponents& line);
  std::optional<Rational> read_exponent(const ast::ExponentSetting& setting);
  void set(Parameter& parameter, const Line& line, bool custom);

  Checker& checker_;
  const ast::Parametrization& block_;
  std::map<std::string, Line> lines_;
  std::optional<Rational> shared_c_;
};

/// p or p/q, nothing else: exponents are exact.
std::optional<Rational> ParametrizationChecker::read_exponent(const ast::ExponentSetting& setting) {
  std::string text = setting.text;
  std::erase(text, ' ');
  constexpr size_t longest = 40;
  auto value = text.size() <= longest ? Rational::parse(text) : std::nullopt;
  if (!value) {
    checker_.diagnostics.report(Kind::invalid_exponent, setting.span, {{"text", setting.text}});
    return std::nullopt;
  }
  if (value->is_within(limits::exponent)) return value;
  checker_.diagnostics.report(Kind::exponent_too_large, setting.span,
                              {{"text", setting.text}, {"limit", std::to_string(limits::exponent)}});
  return std::nullopt;
}

std::optional<ParametrizationChecker::Line> ParametrizationChecker::line_of(const Parameter& parameter) const {
  auto own = lines_.find(parameter.name);
  auto family = parameter.family.empty() ? lines_.end() : lines_.find(parameter.family);
  if (own == lines_.end()) return family == lines_.end() ? std::nullopt : std::optional(family->second);
  Line line = own->second;
  if (family == lines_.end()) return line;
  if (!line.a) line.a = family->second.a;
  if (!line.b) line.b = family->second.b;
  if (!line.c) line.c = family->second.c;
  if (!line.d) line.d = family->second.d;
  return line;
}

std::optional<std::string> ParametrizationChecker::weight_of(const ast::WeightExponents& line) {
  const ast::Name& weight = line.weight;
  const Symbol* symbol = checker_.find(weight.text);
  if (weight.text == "lr" && line.indices.empty()) return weight.text;
  if (symbol == nullptr) {
    auto names = checker_.names_of({SymbolKind::parameter, SymbolKind::family});
    names.push_back("lr");
    checker_.report_unknown(weight, names);
    return std::nullopt;
  }
  const bool family = symbol->kind == SymbolKind::family;
  if (!family && (symbol->kind != SymbolKind::parameter || !line.indices.empty())) {
    checker_.report_wrong_kind(weight, *symbol, !line.indices.empty() ? "a family of parameters" : "a parameter");
    return std::nullopt;
  }
  record_name(checker_, weight);
  if (line.indices.empty() || !symbol->usable) return weight.text;
  const std::vector<IndexRange>& ranges = checker_.families[symbol->index].ranges;
  if (!check_index_count(checker_, weight.text, line.indices, ranges.size())) return std::nullopt;
  std::vector<int64_t> member;
  for (size_t i = 0; i < ranges.size(); ++i) {
    auto index =
        integer_value(checker_, *line.indices[i], "an index of `" + weight.text + "`", ranges[i].first, ranges[i].last);
    if (!index) return std::nullopt;
    member.push_back(*index);
  }
  return element_name(weight.text, member);
}

void ParametrizationChecker::read_line(const ast::WeightExponents& written) {
  const ast::Name& weight = written.weight;
  const auto name = weight_of(written);
  if (!name) return;
  const bool shared = *name == "lr";
  auto [place, inserted] = lines_.emplace(*name, Line{{}, written.span});
  if (!inserted) {
    checker_.diagnostics.report(Kind::repeated_declaration, weight.span, {{"what", "`" + *name + "`"}})
        .note("first given here", place->second.span);
    return;
  }
  for (const ast::ExponentSetting& setting : written.settings) {
    const std::string& key = setting.key.text;
    Line& line = place->second;
    std::map<std::string, std::optional<Rational>*> exponents = {{"c", &line.c}};
    if (!shared) exponents.insert({{"a", &line.a}, {"b", &line.b}, {"d", &line.d}});
    const auto known = exponents.find(key);
    if (known == exponents.end()) {
      std::vector<std::string> keys;
      for (const auto& [name_of_it, unused] : exponents) keys.push_back(name_of_it);
      checker_.report_unknown_choice("exponent", setting.key, keys);
      continue;
    }
    std::optional<Rational>& exponent = *known->second;
    if (exponent) {
      checker_.diagnostics.report(Kind::repeated_declaration, setting.key.span,
                                  {{"what", "the exponent `" + key + "`"}});
      continue;
    }
    // A bad exponent counts as given, so that it is not also reported as left out.
    exponent = read_exponent(setting).value_or(Rational());
  }
  if (shared) shared_c_ = place->second.c;
}

void ParametrizationChecker::set(Parameter& parameter, const Line& line, bool custom) {
  auto nonzero = [](const std::optional<Rational>& exponent) { return exponent && !exponent->is_zero(); };
  if (parameter.role == ir::Role::finite) {
    parameter.d = line.d;
    if (!nonzero(line.a) && !nonzero(line.b) && !nonzero(line.c)) return;
    checker_.diagnostics.report(Kind::finite_exponent, line.span,
                                {{"name", parameter.name}, {"width", checker_.program.width}});
    return;
  }
  bool needs_b = parameter.init.kind != ir::InitKind::zero;  // sigma = 0: b has no effect
  if (custom && (!line.a || (needs_b && !line.b))) {
    checker_.diagnostics.report(Kind::missing_exponent, line.span,
                                {{"name", parameter.name}, {"exponent", line.a ? "b" : "a"}});
  }
  if (line.a) parameter.a = *line.a;
  if (line.b) parameter.b = *line.b;
  if (line.c) parameter.c = *line.c;
  parameter.d = line.d;
}

void apply_table(Checker& checker, const Table& table, std::optional<Span> span) {
  const bool entrywise = trains_entrywise(checker.program);
  for (Parameter& parameter : checker.program.parameters) {
    if (apply_row(table, entrywise, parameter)) continue;
    checker.diagnostics
        .report(Kind::mean_field_with_hidden, span.value_or(parameter.span),
                {{"name", parameter.name}, {"width", checker.program.width}})
        .note("`" + parameter.name + "` is declared here", parameter.span);
    return;
  }
}

}  // namespace

void apply_parametrization(Checker& checker, const ast::Parametrization* block) {
  const auto& chosen = checker.overrides.parametrization;
  if (block == nullptr && !chosen) {
    const auto& declarations = checker.syntax.declarations;
    const auto span_of = [](const auto& declaration) { return declaration.span; };
    const Span last = declarations.empty() ? checker.syntax.model.span : std::visit(span_of, declarations.back());
    checker.report_missing(Kind::missing_parametrization, checker.syntax.model.span, {},
                           diag::insertion(last.end, "\n\nparametrization mup"));
    return;
  }
  const std::string name = chosen ? *chosen : block->name.text;
  checker.program.parametrization = name;
  const bool use_block = block != nullptr && block->name.text == name;
  const Table* table = find_table(name);
  if (table == nullptr && (name != "custom" || !use_block)) {
    std::vector<std::string> known;
    for (const Table& each : tables) known.push_back(each.name);
    if (use_block) {
      known.push_back("custom");
      checker.report_unknown_choice("parametrization", block->name, known);
    } else {
      std::string list;
      for (const std::string& each : known) list += (list.empty() ? "`" : ", `") + each + "`";
      checker.diagnostics.report(Kind::unknown_parametrization_override, {{"name", name}, {"choices", list}});
    }
    return;
  }
  if (table != nullptr) {
    apply_table(checker, *table, use_block ? std::optional(block->name.span) : std::nullopt);
  }
  if (use_block) ParametrizationChecker(checker, *block).apply(table == nullptr);
}

}  // namespace tpc::sema
