/// \file Different words, numbered in the order in which they come.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tpc::evaluation {

/// A hash table with open addressing; the words lie one after another in one piece of memory.
class WordTable {
 public:
  WordTable() : slots_(1024, {0, -1}) {}

  /// The number of a word, which is added if it is new. Nothing: there is no room for it (2^30 words, 16 GiB of them).
  std::optional<std::int32_t> add(std::string_view word);
  /// -1: it is not there.
  [[nodiscard]] std::int32_t find(std::string_view word) const;
  /// Valid until the next word is added.
  [[nodiscard]] std::string_view word(std::int32_t number) const;
  [[nodiscard]] std::int64_t size() const { return static_cast<std::int64_t>(ends_.size()); }

 private:
  struct Slot {
    std::uint32_t hash;
    std::int32_t number;  ///< -1: free
  };
  [[nodiscard]] std::size_t slot_of(std::string_view word, std::uint32_t hash) const;
  void grow();

  std::vector<Slot> slots_;  ///< a power of two of them, at most half of them taken
  std::vector<std::uint64_t> ends_;
  std::vector<char> bytes_;
};

}  // namespace tpc::evaluation
