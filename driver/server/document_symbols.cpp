#include "driver/server/declarations.h"
#include "driver/server/server.h"

namespace tpc::driver::server {
namespace {

/// SymbolKind of the protocol.
enum class Symbol {
  module = 2,
  field = 8,
  function = 12,
  variable = 13,
  constant = 14,
  object = 19,
  structure = 23,
  event = 24,
  type = 26
};

Json symbol(const Analysis& analysis, const std::string& name, Symbol kind, Span whole, Span selected) {
  return {{"name", name},
          {"kind", static_cast<int>(kind)},
          {"range", range_json(analysis.lines, whole)},
          {"selectionRange", range_json(analysis.lines, selected)}};
}

/// The names of this kind that are declared within the span.
Json declared_in(const Analysis& analysis, Span span, bool fields) {
  Json children = Json::array();
  const auto& names = analysis.names().all();
  for (auto each = names.lower_bound(span.begin); each != names.end() && each->first < span.end; ++each) {
    const sema::NameUse& use = each->second;
    const bool field = use.kind == sema::NameKind::field;
    const bool value = use.kind == sema::NameKind::value || use.kind == sema::NameKind::list;
    if (!use.declares() || !(fields ? field : value)) continue;
    children.push_back(symbol(analysis, use.name, fields ? Symbol::field : Symbol::variable, use.span, use.span));
    if (!use.type.empty()) children.back()["detail"] = use.type;
  }
  return children;
}

/// One overload a declaration.
class Outline {
 public:
  explicit Outline(const Analysis& analysis) : analysis_(analysis) {}

  Json operator()(const ast::Width& width) const { return named(width, Symbol::type); }
  Json operator()(const ast::Dim& dim) const { return named(dim, Symbol::type); }
  Json operator()(const ast::Constant& constant) const { return named(constant, Symbol::constant); }
  Json operator()(const ast::Param& param) const { return named(param, Symbol::variable); }
  Json operator()(const ast::Fn& fn) const { return named(fn, Symbol::function); }
  Json operator()(const ast::Def& def) const {
    Json json = named(def, Symbol::function);
    json["children"] = declared_in(analysis_, def.span, false);
    return json;
  }
  Json operator()(const ast::Data& data) const {
    Json json = named(data, Symbol::structure);
    json["children"] = declared_in(analysis_, data.span, true);
    return json;
  }
  Json operator()(const ast::Train& train) const {
    Json json = symbol(analysis_, "train", Symbol::object, train.span, train.span);
    json["children"] = Json::array();
    for (const ast::Setting& setting : train.settings) {
      json["children"].push_back(symbol(analysis_, setting.key.text, Symbol::field, setting.span, setting.key.span));
    }
    return json;
  }
  Json operator()(const ast::Observe& observe) const {
    return symbol(analysis_, head_of(analysis_.source(), observe.span), Symbol::event, observe.span, observe.span);
  }
  Json operator()(const ast::Parametrization& block) const {
    return symbol(analysis_, "parametrization " + block.name.text, Symbol::object, block.span, block.name.span);
  }

 private:
  template <class Declaration>
  [[nodiscard]] Json named(const Declaration& declaration, Symbol kind) const {
    Json json = symbol(analysis_, declaration.name.text, kind, declaration.span, declaration.name.span);
    json["detail"] = head_of(analysis_.source(), declaration.span);
    return json;
  }

  const Analysis& analysis_;
};

}  // namespace

Json document_symbols(Server& server, const Json& params) {
  const Analysis& analysis = server.document(params).analysis();
  Json symbols = Json::array();
  if (analysis.compilation.syntax == nullptr) return symbols;
  const ast::Name& model = analysis.compilation.syntax->model;
  if (!model.text.empty()) symbols.push_back(symbol(analysis, model.text, Symbol::module, model.span, model.span));
  for (const ast::Declaration& declaration : analysis.compilation.syntax->declarations) {
    symbols.push_back(std::visit(Outline(analysis), declaration));
  }
  return symbols;
}

}  // namespace tpc::driver::server
