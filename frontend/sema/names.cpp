#include "frontend/sema/names.h"

#include "base/diag/check.h"

namespace tpc::sema {

std::string name_kind_text(NameKind kind) {
  switch (kind) {
    case NameKind::width: return "a width";
    case NameKind::dimension: return "a dimension";
    case NameKind::constant: return "a constant";
    case NameKind::parameter: return "a parameter";
    case NameKind::family: return "a family of parameters";
    case NameKind::function: return "a `fn`";
    case NameKind::definition: return "a `def`";
    case NameKind::data_set: return "a data set";
    case NameKind::field: return "a field of the data";
    case NameKind::argument: return "an argument";
    case NameKind::value: return "a value";
    case NameKind::list: return "a list";
    case NameKind::variable: return "a loop's variable";
  }
  internal_error(__FILE__, __LINE__, "no such kind of name");
}

void Names::add(const NameUse& use) {
  const auto [known, inserted] = uses_.emplace(use.span.begin, use);
  if (!inserted && known->second.type.empty() && known->second.declared == use.declared) known->second.type = use.type;
}

void Names::declare(const NameUse& declaration) {
  NameUse& known = uses_.insert_or_assign(declaration.span.begin, declaration).first->second;
  known.declared = declaration.span;
}

const NameUse* Names::at(uint32_t offset) const {
  auto next = uses_.upper_bound(offset);
  if (next == uses_.begin()) return nullptr;
  const NameUse& use = std::prev(next)->second;
  return offset <= use.span.end ? &use : nullptr;
}

const NameUse* Names::declaration_of(const NameUse& use) const {
  const auto found = uses_.find(use.declared.begin);
  return found != uses_.end() && found->second.declares() ? &found->second : nullptr;
}

void Names::settle() {
  for (auto& [place, use] : uses_) {
    const NameUse* declaration = declaration_of(use);
    if (declaration == nullptr) continue;
    use.kind = declaration->kind;
    if (use.type.empty()) use.type = declaration->type;
  }
}

}  // namespace tpc::sema
