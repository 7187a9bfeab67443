/// \file Bounds on what is read. They keep memory and the recursion of every later phase bounded: a tree is never
/// deeper than most_operators + most_brackets + most_blocks, and nothing that walks it needs a guard of its own.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tpc::grammar {

inline constexpr size_t most_bytes = size_t{64} << 20;
inline constexpr uint32_t first_byte_of_library = uint32_t{1} << 31;  ///< in spans; beyond every program's
inline constexpr size_t most_tokens = 2'000'000;
inline constexpr size_t most_brackets = 200;    ///< nested ( and [ in one statement
inline constexpr size_t most_operators = 1000;  ///< + - * / @ ^ .T and [i] in one statement
inline constexpr size_t most_blocks = 50;       ///< nested { }

}  // namespace tpc::grammar
