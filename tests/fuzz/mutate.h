/// \file Random changes to the text of a program or of an IR. The same generator and seeds give the same texts.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace tpc::fuzz {

using Generator = std::mt19937_64;

/// Uniform in 0..count-1, the same on every platform.
inline size_t below(Generator& random, size_t count) { return static_cast<size_t>(random() % count); }

/// One to six changes of a program: tokens and lines removed, doubled, exchanged, replaced by those of `others`,
/// numbers changed, brackets repeated, bytes changed.
std::string mutate_program(const std::string& text, const std::vector<std::string>& others, Generator& random);

/// One to three changes of printed IR that leave most of it readable: words replaced by others of the same shape found
/// in the text (values, dimensions, states, functions, primitives, kinds), numbers changed, lines removed, doubled and
/// exchanged; seldom bytes changed.
std::string mutate_ir(const std::string& text, Generator& random);

}  // namespace tpc::fuzz
