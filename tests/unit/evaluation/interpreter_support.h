/// \file Helpers of the interpreter's tests.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "ir/tp/ir.h"

namespace tpc::ir::test {

/// A verified module.
inline tp::Module parsed(const std::string& text) {
  auto result = tp::parse(text);
  if (const auto* error = std::get_if<1>(&result)) FAIL(error->line << ":" << error->column << ": " << error->message);
  const std::vector<std::string> findings = tp::verify(std::get<0>(result));
  REQUIRE_MESSAGE(findings.empty(), findings.front());
  return std::get<0>(result);
}

inline void check_close(const std::vector<double>& got, const std::vector<double>& expected) {
  REQUIRE(got.size() == expected.size());
  for (size_t i = 0; i < got.size(); ++i) {
    CAPTURE(i);
    CHECK(got[i] == doctest::Approx(expected[i]).epsilon(1e-12));
  }
}

}  // namespace tpc::ir::test
