/// \file Modules that use every operation of each IR, as text: what printer, parser and verifier are tested with.
#pragma once

#include <string>

namespace tpc::ir::test {

extern const std::string tp_sample;
extern const std::string limit_sample;

/// `text` with the first `from` replaced by `to`; fails the test if there is none.
std::string replaced(std::string text, const std::string& from, const std::string& to);

}  // namespace tpc::ir::test
