#include "frontend/sema/checker.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/meant.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

std::string kind_text(SymbolKind kind) {
  switch (kind) {
    case SymbolKind::width: return "a width";
    case SymbolKind::dimension: return "a dimension";
    case SymbolKind::constant: return "a constant";
    case SymbolKind::parameter: return "a parameter";
    case SymbolKind::family: return "a family of parameters";
    case SymbolKind::function: return "a `fn`";
    case SymbolKind::definition: return "a `def`";
    case SymbolKind::data_set: return "a data set";
  }
  return {};
}

/// "`mse`, `cross_entropy`"
std::string choice_list(const std::vector<std::string>& choices) {
  std::string list;
  for (const std::string& choice : choices) list += (list.empty() ? "`" : ", `") + choice + "`";
  return list;
}

bool is_number(const std::string& text) { return !text.empty() && text[0] >= '0' && text[0] <= '9'; }

/// One entry of a shape; empty if an error was reported.
std::optional<std::string> check_axis(Checker& checker, const ast::ShapeEntry& entry, bool may_grow) {
  if (is_number(entry.text)) {
    auto size = read_integer(entry.text);
    if (size && *size >= 1 && *size <= limits::dimension) return std::to_string(*size);
    report_integer_range(checker, "the size of a dimension", 1, limits::dimension, entry.text, entry.span);
    return std::nullopt;
  }
  const Symbol* symbol = checker.find(entry.text);
  ast::Name name{entry.text, entry.span};
  if (symbol == nullptr) {
    // Without a width, which is reported, this may well be it.
    if (may_grow && checker.program.width.empty() && !checker.all_declarations.contains(entry.text))
      return std::nullopt;
    auto candidates = checker.names_of({SymbolKind::dimension});
    if (may_grow) {
      for (const Width& width : checker.program.widths) candidates.push_back(width.name);
    }
    checker.report_unknown(name, candidates);
    return std::nullopt;
  }
  bool grows = symbol->kind == SymbolKind::width;
  if (symbol->kind != SymbolKind::dimension && !(grows && may_grow)) {
    checker.report_wrong_kind(name, *symbol, may_grow ? "a dimension" : "a finite dimension");
    return std::nullopt;
  }
  record_name(checker, name);
  return symbol->usable ? std::optional<std::string>(entry.text) : std::nullopt;
}

}  // namespace

const Symbol* Checker::find(const std::string& name) const {
  if (inside_library) return nullptr;
  auto found = symbols.find(name);
  return found == symbols.end() ? nullptr : &found->second;
}

const Definition* Checker::find_definition(const std::string& name) const {
  const Symbol* symbol = find(name);
  if (symbol != nullptr) return symbol->kind == SymbolKind::definition ? &definitions[symbol->index] : nullptr;
  return find_in_library(name);
}

const Definition* Checker::find_in_library(const std::string& name) const {
  const auto found = library.find(name);
  const bool own = !inside_library && all_declarations.contains(name);
  return found != library.end() && !own ? &found->second : nullptr;
}

bool Checker::report_if_taken(const ast::Name& name) {
  const Symbol* symbol = find(name.text);
  if (symbol != nullptr) {
    diagnostics.report(Kind::shadowing, name.span, {{"name", name.text}, {"what", kind_text(symbol->kind)}})
        .note("declared here", symbol->span);
    return true;
  }
  if (!is_reserved_name(name.text)) return false;
  diagnostics.report(Kind::shadowing, name.span, {{"name", name.text}, {"what", "a word of the language"}});
  return true;
}

bool Checker::declare(const ast::Name& name, Symbol symbol) {
  if (report_if_taken(name)) return false;
  symbol.span = name.span;
  symbols.emplace(name.text, symbol);
  return true;
}

bool Checker::may_be_unread(Span place) const {
  if (unread.top_level) return true;
  return std::any_of(unread.declarations.begin(), unread.declarations.end(),
                     [&](Span span) { return span.begin <= place.begin && place.end <= span.end; });
}

void Checker::report_missing(Kind kind, Span span, const std::map<std::string, std::string>& arguments,
                             const std::optional<diag::Fix>& fix) {
  if (may_be_unread(span)) return;
  auto report = diagnostics.report(kind, span, arguments);
  if (fix) report.fix(*fix);
}

void Checker::report_unknown(const ast::Name& name, const std::vector<std::string>& candidates) {
  if (may_be_unread(name.span)) return;
  auto later = all_declarations.find(name.text);
  if (later != all_declarations.end() && find(name.text) == nullptr) {
    diagnostics.report(Kind::used_before_declaration, name.span, {{"name", name.text}})
        .note("declared here", later->second);
    return;
  }
  auto handle = diagnostics.report(Kind::unknown_name, name.span, {{"name", name.text}});
  std::string suggestion = meant(name.text, candidates);
  if (!suggestion.empty()) handle.did_you_mean(suggestion, name.span);
}

void Checker::report_wrong_kind(const ast::Name& name, const Symbol& found, const std::string& expected) {
  diagnostics
      .report(Kind::wrong_kind_of_name, name.span,
              {{"name", name.text}, {"what", kind_text(found.kind)}, {"expected", expected}})
      .note("declared here", found.span);
}

diag::Engine::Handle Checker::report_unknown_choice(const std::string& what, const ast::Name& found,
                                                    const std::vector<std::string>& choices) {
  auto handle = diagnostics.report(Kind::unknown_choice, found.span,
                                   {{"what", what}, {"found", found.text}, {"choices", choice_list(choices)}});
  std::string suggestion = meant(found.text, choices);
  if (!suggestion.empty()) handle.did_you_mean(suggestion, found.span);
  return handle;
}

void Checker::report_choice_expected(const std::string& what, Span span, const std::vector<std::string>& choices) {
  diagnostics.report(Kind::choice_expected, span, {{"what", what}, {"choices", choice_list(choices)}});
}

std::vector<std::string> Checker::names_of(std::initializer_list<SymbolKind> kinds) const {
  std::vector<std::string> names;
  for (const auto& [name, symbol] : symbols) {
    for (SymbolKind kind : kinds) {
      if (symbol.kind == kind) names.push_back(name);
    }
  }
  return names;
}

int64_t Checker::dimension_size(const std::string& axis) const {
  if (const auto symbol = symbols.find(axis); symbol != symbols.end())
    return static_cast<int64_t>(symbol->second.value);
  const auto known = std::ranges::find(program.dims, axis, &FiniteDim::name);  // of the places of a list, say
  return known != program.dims.end() ? known->size : read_integer(axis).value_or(1);
}

std::string Checker::own_dimension(std::string name, int64_t size, bool list, Span span) {
  const auto known = [&] { return std::ranges::find(program.dims, name, &FiniteDim::name); };
  const auto taken = [&] {
    const auto found = known();
    return find(name) != nullptr || (found != program.dims.end() && (found->size != size || found->list != list));
  };
  while (taken()) name += "'";
  if (known() == program.dims.end()) program.dims.push_back({.name = name, .size = size, .span = span, .list = list});
  return name;
}

const std::string* Checker::override_of(const std::string& name) {
  auto found = overrides.values.find(name);
  if (found == overrides.values.end()) return nullptr;
  used_overrides.insert(name);
  return &found->second;
}

std::optional<Shape> check_shape(Checker& checker, const ast::Shape& shape, bool may_grow) {
  if (shape.entries.size() > limits::axes) {
    checker.diagnostics.report(
        Kind::too_many_axes, shape.span,
        {{"count", std::to_string(shape.entries.size())}, {"limit", std::to_string(limits::axes)}});
    return std::nullopt;
  }
  Shape result;
  int64_t size = 1;
  bool valid = true;
  for (const ast::ShapeEntry& entry : shape.entries) {
    auto axis = check_axis(checker, entry, may_grow);
    valid = valid && axis.has_value();
    if (!valid) continue;
    result.push_back(*axis);
    if (width_of(checker.program, *axis) == nullptr)
      size = std::min(size * checker.dimension_size(*axis), limits::columns + 1);
  }
  if (valid && size > limits::columns) {
    checker.diagnostics.report(Kind::shape_too_large, shape.span, {{"limit", std::to_string(limits::columns)}});
    return std::nullopt;
  }
  return valid ? std::optional<Shape>(result) : std::nullopt;
}

}  // namespace tpc::sema
