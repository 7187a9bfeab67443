#include <algorithm>
#include <set>

#include "driver/server/context.h"
#include "driver/server/declarations.h"
#include "driver/server/places.h"
#include "driver/server/server.h"
#include "frontend/sema/words.h"

namespace tpc::driver::server {
namespace {

using sema::NameKind;
using sema::WordRole;

/// CompletionItemKind of the protocol.
enum class Item {
  function = 3,
  field = 5,
  variable = 6,
  module = 9,
  property = 10,
  value = 12,
  keyword = 14,
  constant = 21,
  type = 25
};

Item item_of(NameKind kind) {
  switch (kind) {
    case NameKind::width:
    case NameKind::dimension: return Item::type;
    case NameKind::constant: return Item::constant;
    case NameKind::function:
    case NameKind::definition: return Item::function;
    case NameKind::data_set: return Item::module;
    case NameKind::field: return Item::field;
    case NameKind::parameter:
    case NameKind::family:
    case NameKind::argument:
    case NameKind::value:
    case NameKind::list:
    case NameKind::variable: break;
  }
  return Item::variable;
}

Item item_of(WordRole role) {
  switch (role) {
    case WordRole::declaration:
    case WordRole::statement:
    case WordRole::clause: return Item::keyword;
    case WordRole::setting: return Item::property;
    case WordRole::parametrization:
    case WordRole::order: return Item::value;
    case WordRole::function:
    case WordRole::loss:
    case WordRole::optimizer:
    case WordRole::schedule:
    case WordRole::start:
    case WordRole::source:
    case WordRole::names:
    case WordRole::observation: break;
  }
  return Item::function;
}

/// The list that is offered, each label once.
class Offer {
 public:
  Offer(Document& document, const Context& context)
      : analysis_(document.analysis()), names_(*document.known_names()), context_(context) {}

  void words(WordRole role) {
    for (const sema::Word& word : sema::words()) {
      if (word.role == role)
        add(std::string(word.word), item_of(role), std::string(word.usage), std::string(word.text));
    }
  }

  void names(std::initializer_list<NameKind> kinds) {
    for (const auto& [place, use] : names_.all()) {
      const bool wanted = std::ranges::find(kinds, use.kind) != kinds.end();
      if (use.declares() && wanted && is_in_scope(use)) add(use.name, item_of(use.kind), use.type, "");
    }
  }

  /// What every expression may have.
  void values() {
    names({NameKind::argument, NameKind::value, NameKind::list, NameKind::variable, NameKind::parameter,
           NameKind::family, NameKind::dimension, NameKind::constant, NameKind::function, NameKind::definition});
    library();
  }

  void choices(std::initializer_list<const char*> words) {
    for (const char* word : words) add(word, Item::value, "", "");
  }

  void library() {
    const auto& syntax = analysis_.compilation.syntax;
    if (syntax == nullptr || syntax->library == nullptr) return;
    for (const ast::Def& def : *syntax->library) {
      const LibraryDef shown = library_def(analysis_.source(), def);
      add(def.name.text, Item::function, shown.head, shown.comment);
    }
  }

  /// The fields of the group, or the transpose of anything else.
  void members(const std::string& owner) {
    for (const auto& data_set : data_sets()) {
      for (const ast::DataPart& part : data_set->parts) {
        for (const ast::DataField& field : part.fields) {
          if (field.name.text != owner) continue;
          for (const ast::DataField& member : field.members) add(member.name.text, Item::field, "", "");
        }
      }
    }
    add("T", Item::keyword, "W.T", "the transpose");
  }

  void add(const std::string& label, Item kind, const std::string& detail, const std::string& text) {
    if (!labels_.insert(label).second) return;
    Json item = {{"label", label}, {"kind", static_cast<int>(kind)}};
    if (!detail.empty()) item["detail"] = detail;
    if (!text.empty()) item["documentation"] = text;
    item["textEdit"] = {{"range", range_json(analysis_.lines, context_.word)}, {"newText", label}};
    items_.push_back(std::move(item));
  }

  Json items() { return std::move(items_); }

 private:
  [[nodiscard]] std::vector<const ast::Data*> data_sets() const {
    std::vector<const ast::Data*> found;
    if (analysis_.compilation.syntax == nullptr) return found;
    for (const ast::Declaration& declaration : analysis_.compilation.syntax->declarations) {
      if (const auto* data = std::get_if<ast::Data>(&declaration)) found.push_back(data);
    }
    return found;
  }

  /// A name that a def binds is known in it alone, but those of the network in the loss and in observations.
  [[nodiscard]] bool is_in_scope(const sema::NameUse& use) const {
    switch (use.kind) {
      case NameKind::argument:
      case NameKind::variable:
      case NameKind::value:
      case NameKind::list: break;
      case NameKind::width:
      case NameKind::dimension:
      case NameKind::constant:
      case NameKind::parameter:
      case NameKind::family:
      case NameKind::data_set:
      case NameKind::field: return true;
      case NameKind::function:
      case NameKind::definition: return !is_around(use);  // it cannot call itself
    }
    if (is_around(use)) return true;
    const bool of_network = use.kind == NameKind::value || use.kind == NameKind::list;
    return of_network && (context_.expected == Expected::loss || context_.expected == Expected::observation);
  }

  /// Whether the declaration that binds the name is the one that is being written.
  [[nodiscard]] bool is_around(const sema::NameUse& use) const {
    const Span scope = scope_of(analysis_, use);
    return scope.begin <= context_.word.begin && context_.word.begin <= scope.end;
  }

  const Analysis& analysis_;
  const sema::Names& names_;
  const Context& context_;
  std::set<std::string> labels_;
  Json items_ = Json::array();
};

void fill(Offer& offer, const Context& context) {
  for (const WordRole role : roles_at(context.expected)) offer.words(role);
  switch (context.expected) {
    case Expected::value:
    case Expected::names:
    case Expected::schedule: return offer.values();
    case Expected::loss: offer.names({NameKind::field}); return offer.values();
    case Expected::statement: return offer.names({NameKind::value, NameKind::list});
    case Expected::axis: return offer.names({NameKind::width, NameKind::dimension});
    case Expected::data_set: return offer.names({NameKind::data_set});
    case Expected::weight: return offer.names({NameKind::parameter, NameKind::family});
    case Expected::observation: return offer.names({NameKind::definition, NameKind::value, NameKind::list});
    case Expected::member: return offer.members(context.owner);
    case Expected::exponent: return offer.choices({"a", "b", "c", "d"});
    case Expected::reduction: return offer.choices({"mean", "sum"});
    case Expected::nothing:
    case Expected::declaration:
    case Expected::setting:
    case Expected::clause:
    case Expected::start:
    case Expected::source:
    case Expected::optimizer:
    case Expected::order:
    case Expected::parametrization: return;  // words alone
  }
}

}  // namespace

Json completion(Server& server, const Json& params) {
  Document& document = server.document(params);
  const Context context = context_at(document.text(), offset_of(document.analysis(), params));
  Offer offer(document, context);
  fill(offer, context);
  return {{"isIncomplete", false}, {"items", offer.items()}};
}

}  // namespace tpc::driver::server
