/// \file Mutated IR made well-typed again, so that it gets past the verifier and to the passes.
#pragma once

#include <string>

namespace tpc::fuzz {

/// The text with the type of every instruction as its shape rule gives it, instructions without one removed with all
/// that use them, values numbered anew, results that are lost removed; as it was if it does not parse.
std::string retyped(const std::string& text);

}  // namespace tpc::fuzz
