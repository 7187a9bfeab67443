// What a function is for, as text and back.
#include <doctest/doctest.h>

#include "ir/core/function_key.h"

namespace tpc::ir {
namespace {

TEST_CASE("a role and its number are read from their spelling, and any other name stays what it is") {
  CHECK(FunctionKey("step") == FunctionRole::step);
  CHECK(FunctionKey("observe_0") == FunctionKey(FunctionRole::observe, 0));
  CHECK(FunctionKey("observe_17") == FunctionKey(FunctionRole::observe, 17));
  CHECK(FunctionKey("observe_0") != FunctionKey("observe_1"));
  for (const char* name : {"", "observe", "observe_", "observe_01", "observe_-1", "observe_4294967296", "observe_1x",
                           "step_0", "steps", "my function"}) {
    CAPTURE(name);
    const FunctionKey key{std::string_view(name)};
    CHECK(key.role == FunctionRole::other);
    CHECK(key.index == 0);
    CHECK(key.text == name);
    CHECK(spelling(key) == name);
  }
}

TEST_CASE("every role is spelled as it is read") {
#define TPC_FUNCTION_ROLE(enumerator, spelled, several)                               \
  CHECK(FunctionKey(spelling(FunctionRole::enumerator)) == FunctionRole::enumerator); \
  CHECK(spelling(FunctionRole::enumerator) == ((several) ? #spelled "_0" : #spelled));
#include "ir/core/function_roles.def"
}

}  // namespace
}  // namespace tpc::ir
