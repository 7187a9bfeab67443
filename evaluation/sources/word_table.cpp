#include "evaluation/sources/word_table.h"

#include <utility>

#include "base/fnv_hash.h"

namespace tpc::evaluation {
namespace {

constexpr std::size_t most_words = std::size_t{1} << 30;
constexpr std::size_t most_word_bytes = std::size_t{16} << 30;

/// With its upper half folded into the lower one: slots are chosen by the low bits.
std::uint32_t hash_of(std::string_view word) {
  FnvHash hash;
  hash.add_bytes(word);
  return static_cast<std::uint32_t>(hash.value() ^ hash.value() >> 32);
}

}  // namespace

std::optional<std::int32_t> WordTable::add(std::string_view word) {
  const std::uint32_t hash = hash_of(word);
  const std::size_t slot = slot_of(word, hash);
  if (slots_[slot].number >= 0) return slots_[slot].number;
  if (ends_.size() == most_words || bytes_.size() + word.size() > most_word_bytes) return std::nullopt;
  const auto number = static_cast<std::int32_t>(ends_.size());
  bytes_.insert(bytes_.end(), word.begin(), word.end());
  ends_.push_back(bytes_.size());
  slots_[slot] = {hash, number};
  if (2 * ends_.size() > slots_.size()) grow();
  return number;
}

std::int32_t WordTable::find(std::string_view word) const { return slots_[slot_of(word, hash_of(word))].number; }

std::string_view WordTable::word(std::int32_t number) const {
  const auto at = static_cast<std::size_t>(number);
  const std::uint64_t begin = at == 0 ? 0 : ends_[at - 1];
  return {bytes_.data() + begin, ends_[at] - begin};
}

/// Where the word is, or the free slot where it would be.
std::size_t WordTable::slot_of(std::string_view text, std::uint32_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    const Slot& slot = slots_[at];
    if (slot.number < 0 || (slot.hash == hash && word(slot.number) == text)) return at;
  }
}

void WordTable::grow() {
  std::vector<Slot> old(2 * slots_.size(), Slot{0, -1});
  std::swap(old, slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const Slot& slot : old) {
    if (slot.number < 0) continue;
    std::size_t at = slot.hash & mask;
    while (slots_[at].number >= 0) at = (at + 1) & mask;
    slots_[at] = slot;
  }
}

}  // namespace tpc::evaluation
