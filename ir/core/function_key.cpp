#include "ir/core/function_key.h"

#include <charconv>

namespace tpc::ir {
namespace {

std::string indexed(std::string_view role, uint32_t index) { return std::string(role) + "_" + std::to_string(index); }

/// The number in "observe_12" of the role "observe"; false: another name, or another spelling of a number.
bool read_index(std::string_view name, std::string_view role, uint32_t& index) {
  if (!name.starts_with(role) || name.size() < role.size() + 2) return false;
  const char* const end = name.data() + name.size();
  const auto read = std::from_chars(name.data() + role.size() + 1, end, index);
  return read.ec == std::errc() && read.ptr == end && indexed(role, index) == name;
}

}  // namespace

FunctionKey::FunctionKey(std::string_view name) {
#define TPC_FUNCTION_ROLE(enumerator, spelling, several)                      \
  if ((several) ? read_index(name, #spelling, index) : (name == #spelling)) { \
    role = FunctionRole::enumerator;                                          \
    return;                                                                   \
  }
#include "ir/core/function_roles.def"
  index = 0;
  text = name;
}

std::string spelling(const FunctionKey& key) {
  switch (key.role) {
#define TPC_FUNCTION_ROLE(enumerator, spelling, several) \
  case FunctionRole::enumerator: return (several) ? indexed(#spelling, key.index) : #spelling;
#include "ir/core/function_roles.def"
    case FunctionRole::other: break;
  }
  return key.text;
}

}  // namespace tpc::ir
