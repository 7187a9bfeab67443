#include <algorithm>

#include "base/diag/check.h"
#include "base/diag/diagnostic.h"

namespace tpc::diag {
namespace {

struct KindFacts {
  std::string name;
  Severity severity;
  std::string_view text;
};

std::string hyphenated(std::string_view enumerator) {
  std::string name(enumerator);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

const KindFacts& facts(Kind kind) {
  static const std::vector<KindFacts> table = {
#define TPC_DIAGNOSTIC(enumerator, severity, text) {hyphenated(#enumerator), Severity::severity, text},
#include "base/diag/diagnostics.def"
  };
  return table.at(static_cast<size_t>(kind));
}

/// Replaces each {name} by its argument. A placeholder without an argument is our bug.
std::string fill(std::string_view text, const std::map<std::string, std::string>& arguments) {
  std::string result;
  while (!text.empty()) {
    const size_t open = text.find('{');
    result += text.substr(0, open);
    if (open == std::string_view::npos) break;
    const size_t close = text.find('}', open);
    TPC_CHECK(close != std::string_view::npos, "unclosed placeholder in a diagnostic");
    const auto argument = arguments.find(std::string(text.substr(open + 1, close - open - 1)));
    TPC_CHECK(argument != arguments.end(), "no argument for a placeholder of: " + std::string(text));
    result += argument->second;
    text.remove_prefix(close + 1);
  }
  return result;
}

constexpr size_t nowhere = static_cast<size_t>(-1);

}  // namespace

std::string_view kind_name(Kind kind) { return facts(kind).name; }
Severity kind_severity(Kind kind) { return facts(kind).severity; }
std::string_view kind_text(Kind kind) { return facts(kind).text; }

Engine::Handle& Engine::Handle::note(std::string text) {
  if (index_ != nowhere) engine_.diagnostics_[index_].notes.push_back({std::move(text), {}, false});
  return *this;
}

Engine::Handle& Engine::Handle::note(std::string text, Span span) {
  if (index_ != nowhere) engine_.diagnostics_[index_].notes.push_back({std::move(text), span, true});
  return *this;
}

Engine::Handle& Engine::Handle::fix(Fix fix) {
  if (index_ != nowhere) engine_.diagnostics_[index_].fixes.push_back(std::move(fix));
  return *this;
}

Engine::Handle& Engine::Handle::did_you_mean(Suggestion suggestion) {
  note("did you mean `" + suggestion.text + "`?");
  if (suggestion.edits.empty()) return *this;
  return fix({"write `" + suggestion.text + "`", std::move(suggestion.edits)});
}

Engine::Handle& Engine::Handle::did_you_mean(const std::string& text, Span word) {
  return did_you_mean({text, {{word, text.substr(0, text.find('('))}}});
}

Fix insertion(uint32_t place, const std::string& text) {
  const size_t first = std::min(text.find_first_not_of(" \n"), text.size());
  return {"write `" + text.substr(first) + "`", {{{place, place}, text}}};
}

void Engine::add_all(const Engine& other) {
  for (const Diagnostic& diagnostic : other.diagnostics_) add(diagnostic);
}

void Engine::note_after(size_t count, const std::string& text, Span span) {
  for (size_t i = count; i < diagnostics_.size(); ++i) diagnostics_[i].notes.push_back({text, span, true});
}

Engine::Handle Engine::add(Diagnostic diagnostic) {
  size_t& count = kind_severity(diagnostic.kind) == Severity::error ? errors_ : warnings_;
  if (count >= limit) {
    if (&count == &errors_ && count++ == limit) {
      diagnostics_.push_back({Kind::too_many_errors, fill(kind_text(Kind::too_many_errors), {}), {}, false});
    }
    return {*this, nowhere};
  }
  ++count;
  diagnostics_.push_back(std::move(diagnostic));
  return {*this, diagnostics_.size() - 1};
}

Engine::Handle Engine::report(Kind kind, Span span, const std::map<std::string, std::string>& arguments) {
  return add({kind, fill(kind_text(kind), arguments), span, true});
}

Engine::Handle Engine::report(Kind kind, const std::map<std::string, std::string>& arguments) {
  return add({kind, fill(kind_text(kind), arguments), {}, false});
}

bool Engine::has_errors() const { return errors_ > 0; }
bool Engine::full() const { return errors_ > limit; }

}  // namespace tpc::diag
