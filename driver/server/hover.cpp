#include <algorithm>

#include "driver/report/families.h"
#include "driver/server/context.h"
#include "driver/server/declarations.h"
#include "driver/server/exponents.h"
#include "driver/server/places.h"
#include "driver/server/server.h"
#include "driver/server/spelling.h"
#include "driver/words.h"
#include "fmt/format.h"
#include "frontend/sema/words.h"

namespace tpc::driver::server {
namespace {

using sema::NameKind;
using sema::NameUse;

/// How long an answer waits for the powers of the width; who asks again later gets them then.
constexpr auto patience = std::chrono::milliseconds(2000);

/// What is shown: code, and sentences below it.
struct Card {
  std::string code;
  std::vector<std::string> lines = {};
};

std::string base_name(const std::string& name) { return name.substr(0, name.find_first_of("[.")); }

/// One line where the same is said of all, else one for each, not more than a card has room for.
void add_lines(const std::vector<NamedExponents>& said, std::vector<std::string>& lines) {
  constexpr size_t most = 8;
  const bool same = std::ranges::all_of(said, [&](const auto& line) { return line.second == said.front().second; });
  if (!said.empty() && same) return lines.push_back(said.front().second);
  for (size_t i = 0; i < std::min(most, said.size()); ++i) lines.push_back(said[i].first + ": " + said[i].second);
  if (said.size() > most) lines.push_back("..");
}

std::string size_text(const WidthFacts& facts, const passes::ValueExponents& exponents) {
  const auto power = [&](const ir::Exponent& exponent) { return power_words(facts.width, exponent); };
  return power(exponents.initial) + " at initialisation; training " +
         (exponents.change.finite() ? "changes it by " + power(exponents.change) : "does not change it");
}

/// Values of this name: those that the def around it makes, or if there are none, any.
std::vector<NamedExponents> sizes_of(const WidthFacts& facts, const Analysis& analysis, const NameUse& use) {
  const Span scope = scope_of(analysis, use);
  std::vector<NamedExponents> inside, all;
  for (const NamedValue& value : facts.values) {
    if (base_name(value.name) != use.name) continue;
    const NamedExponents line(value.name, size_text(facts, value.exponents));
    if (std::ranges::find(all, line) != all.end()) continue;
    all.push_back(line);
    if (scope.begin <= value.span.begin && value.span.end <= scope.end) inside.push_back(line);
  }
  return inside.empty() ? all : inside;
}

/// What `tpc classify` says of the parameter, or of the members of a family.
std::vector<NamedExponents> weights_of(const WidthFacts& facts, const NameUse& use) {
  std::vector<NamedExponents> lines;
  for (const passes::WeightReport& weight : facts.classification.weights) {
    if (base_name(weight.name) != use.name) continue;
    const bool moves = weight.update_exponent.finite();
    lines.emplace_back(
        weight.name,
        fmt::format("a = {}, b = {}, c = {}{}: entries start like {}, effect of its update {}", weight.a.str(),
                    weight.b.str(), weight.c.str(), weight.d ? ", d = " + weight.d->str() : "",
                    power_words(facts.width, ir::Exponent(-(weight.a + weight.b))),
                    moves ? power_words(facts.width, weight.update_exponent) : "none"));
  }
  return lines;
}

void add_powers(Document& document, Analysis& analysis, const NameUse& use, Card& card) {
  if (!analysis.compilation.program) return;  // in error
  if (analysis.exponents == nullptr) analysis.exponents = Exponents::begin(document.path(), document.text());
  const WidthFacts* facts = analysis.exponents != nullptr ? analysis.exponents->wait(patience) : nullptr;
  if (facts == nullptr) {
    card.lines.emplace_back("powers of the width: still being computed");
  } else if (!facts->why_not.empty()) {
    card.lines.push_back("powers of the width: " + facts->why_not);
  } else if (use.kind == NameKind::parameter || use.kind == NameKind::family) {
    add_lines(weights_of(*facts, use), card.lines);
  } else {
    add_lines(sizes_of(*facts, analysis, use), card.lines);
  }
}

/// "z : [n]", "lr = 0.1"
std::string typed(const NameUse& use) {
  if (use.type.empty()) return use.name;
  const bool shape = use.type.front() == '[';
  return use.name + (shape ? " : " : ", ") + use.type;
}

/// Names that stand for themselves where they are declared; of all others the declaration is shown.
bool is_local(NameKind kind) {
  switch (kind) {
    case NameKind::argument:
    case NameKind::field:
    case NameKind::value:
    case NameKind::list:
    case NameKind::variable: return true;
    case NameKind::width:
    case NameKind::dimension:
    case NameKind::constant:
    case NameKind::parameter:
    case NameKind::family:
    case NameKind::function:
    case NameKind::definition:
    case NameKind::data_set: break;
  }
  return false;
}

Card card_of(Document& document, Analysis& analysis, const NameUse& use) {
  if (const ast::Def* def = find_library_def(analysis, use.declared)) {
    const LibraryDef shown = library_def(analysis.source(), *def);
    return {shown.head, {shown.comment, "a `def` of the library"}};
  }
  const ast::Declaration* declaration = declaration_around(analysis, use.declared);
  Card card;
  if (is_local(use.kind) || declaration == nullptr) {
    card.code = typed(use);
    card.lines.push_back(sema::name_kind_text(use.kind));
  } else {
    card.code = head_of(analysis.source(), span_of(*declaration));
    if (use.kind == NameKind::dimension || use.kind == NameKind::constant)
      card.lines.push_back("its value: " + use.type);
  }
  const bool has_powers = use.kind == NameKind::parameter || use.kind == NameKind::family ||
                          use.kind == NameKind::value || use.kind == NameKind::list;
  if (has_powers) add_powers(document, analysis, use, card);
  return card;
}

/// Of a word of the language the uses that it has here; all of them, if that is not known.
Card card_of_word(std::string_view word, const std::vector<sema::WordRole>& here) {
  const auto stands_here = [&](const sema::Word& each) {
    return each.word == word && std::ranges::find(here, each.role) != here.end();
  };
  const bool known = std::ranges::any_of(sema::words(), stands_here);
  Card card;
  for (const sema::Word& each : sema::words()) {
    if (each.word != word || (known && !stands_here(each))) continue;
    card.code += (card.code.empty() ? "" : "\n") + std::string(each.usage);
    card.lines.emplace_back(each.text);
  }
  return card;
}

/// The name of an argument is explained by the call that it is of.
Card card_of_word(const Document& document, Span word) {
  const std::string_view text = document.text();
  const Context context = context_at(text, word.end);
  const std::string_view behind = text.substr(std::min(text.find_first_not_of(" \t", word.end), text.size()));
  if (behind.starts_with('=') && !context.callee.empty()) return card_of_word(context.callee, {});
  return card_of_word(text.substr(word.begin, word.end - word.begin), roles_at(context.expected));
}

Json contents(Server& server, const Card& card) {
  const Json formats = server.capability("/textDocument/hover/contentFormat");
  const bool markdown = !formats.is_array() || std::ranges::find(formats, Json("markdown")) != formats.end();
  std::string text = markdown ? "```tp\n" + card.code + "\n```" : card.code;
  for (const std::string& line : card.lines) {
    if (!line.empty()) text += (markdown ? "\n\n" : "\n") + line;
  }
  return {{"kind", markdown ? "markdown" : "plaintext"}, {"value", text}};
}

}  // namespace

Json hover(Server& server, const Json& params) {
  Document& document = server.document(params);
  Analysis& analysis = document.analysis();
  const uint32_t offset = offset_of(analysis, params);
  const NameUse* use = analysis.names().at(offset);
  const Span word = word_around(document.text(), offset);
  const Card card = use != nullptr ? card_of(document, analysis, *use) : card_of_word(document, word);
  if (card.code.empty()) return {};
  const Span range = use != nullptr ? use->span : word;
  return {{"contents", contents(server, card)}, {"range", range_json(analysis.lines, range)}};
}

}  // namespace tpc::driver::server
