#include "frontend/sema/list_elements.h"

#include <algorithm>

#include "frontend/sema/positions.h"

namespace tpc::sema {

namespace {

bool is_among(const std::vector<size_t>& loops, size_t loop) { return std::ranges::find(loops, loop) != loops.end(); }

/// Reads elements of one list.
class ListElements {
 public:
  ListElements(TermBuilder& builder, const List& list) : builder_(builder), list_(list) {}

  std::optional<TermId> at(const std::vector<Position>& positions, Span span);
  [[nodiscard]] std::optional<TermId> of_family(const ElementFamily& family, const std::vector<Position>& positions,
                                                Span span) const;

 private:
  [[nodiscard]] std::optional<TermId> of_elements(const std::vector<Position>& positions, Span span);
  /// Whether this iteration may read what is there: nothing that an earlier one would have assigned.
  bool check_order(const ElementFamily* family, const std::vector<Position>& positions);
  [[nodiscard]] bool is_written_before(const ElementFamily& family, size_t loop,
                                       const std::vector<Position>& positions) const;
  [[nodiscard]] bool may_hold(const ElementFamily& family, const std::vector<Position>& positions) const;

  TermBuilder& builder_;
  const List& list_;
};

std::optional<TermId> ListElements::at(const std::vector<Position>& positions, Span span) {
  for (auto family = list_.families.rbegin(); family != list_.families.rend(); ++family) {
    if (!may_hold(*family, positions)) continue;
    if (!check_order(&*family, positions)) return TermId();
    return of_family(*family, positions, span);
  }
  if (list_.elements.empty()) return std::nullopt;
  if (!check_order(nullptr, positions)) return TermId();
  return of_elements(positions, span);
}

bool ListElements::may_hold(const ElementFamily& family, const std::vector<Position>& positions) const {
  for (size_t k = 0; k < positions.size(); ++k) {
    const PositionRange of_family = range_of(builder_, family.indices[k]), wanted = range_of(builder_, positions[k]);
    if (wanted.last < of_family.first || of_family.last < wanted.first) return false;
  }
  return true;
}

/// The family's own loop has assigned all elements up to that of this iteration.
bool ListElements::is_written_before(const ElementFamily& family, size_t loop,
                                     const std::vector<Position>& positions) const {
  for (size_t k = 0; k < positions.size(); ++k) {
    if (family.indices[k].loop != loop) continue;
    if (positions[k].loop && !is_consecutive(positions[k])) return false;
    const int64_t shift = positions[k].offset - family.indices[k].offset;
    if (!positions[k].loop) return shift == builder_.loop(loop).first;
    if (*positions[k].loop == loop) return shift == 0;
    const Loop& other = builder_.loop(*positions[k].loop);
    return other.bounded_by == loop && other.offset + shift <= 0;
  }
  return true;
}

bool ListElements::check_order(const ElementFamily* family, const std::vector<Position>& positions) {
  for (const Rewriting& rewriting : list_.rewritten_by) {
    const bool elsewhere = std::ranges::all_of(rewriting.places, [&](const auto& place) {
      for (size_t k = 0; k < positions.size() && k < place.size(); ++k) {
        if (place[k] && !positions[k].loop && *place[k] != positions[k].offset) return true;
      }
      return false;
    });
    if (elsewhere) continue;
    if (family != nullptr && is_among(family->made_in, rewriting.loop)) {
      if (is_written_before(*family, rewriting.loop, positions)) continue;
    } else if (std::ranges::find(positions, Position{rewriting.loop, 0}) != positions.end()) {
      rewriting.reads_before = true;
      continue;
    }
    builder_.repeat(rewriting.loop);
    return false;
  }
  return true;
}

std::optional<TermId> ListElements::of_family(const ElementFamily& family, const std::vector<Position>& positions,
                                              Span span) const {
  TermId value = family.value;
  for (size_t k = 0; k < positions.size(); ++k) {
    const Position &own = family.indices[k], &wanted = positions[k];
    if (!own.loop) {
      if (wanted.loop) return std::nullopt;  // one of its places
      continue;
    }
    if (own == wanted) continue;
    const Loop& loop = builder_.loop(*own.loop);
    const PositionRange range = range_of(builder_, own), asked = range_of(builder_, wanted);
    if (asked.first < range.first || range.last < asked.last) return std::nullopt;
    if (loop.bounded_by && !wanted.loop) return std::nullopt;
    const int64_t first = first_place(builder_, wanted) - range.first + 1;
    const TermId all = builder_.all_counters(value, *own.loop, std::to_string(loop.size), span);
    value = wanted.loop ? builder_.at_counter(all, 0, *wanted.loop, first, span, wanted.step)
                        : builder_.element(all, first, span);
    if (!value.valid()) return TermId();
  }
  return value;
}

/// Elements that were assigned one by one, at the variable of a loop: a list of those that it meets.
std::optional<TermId> ListElements::of_elements(const std::vector<Position>& positions, Span span) {
  const auto symbolic = std::ranges::find_if(positions, [](const Position& each) { return each.loop.has_value(); });
  if (symbolic == positions.end()) {
    std::vector<int64_t> indices;
    for (const Position& position : positions) indices.push_back(position.offset);
    const auto found = list_.elements.find(indices);
    return found != list_.elements.end() ? std::optional(found->second) : std::nullopt;
  }
  const int64_t first = first_place(builder_, *symbolic), iterations = builder_.loop(*symbolic->loop).size;
  std::vector<TermId> elements;
  std::vector<Position> place = positions;
  for (int64_t i = 0; i < iterations; ++i) {
    place[static_cast<size_t>(symbolic - positions.begin())] = {std::nullopt, first + i * symbolic->step};
    const auto element = of_elements(place, span);
    if (!element || !element->valid()) return element;
    elements.push_back(*element);
  }
  const TermId all = builder_.stack(std::move(elements), std::to_string(iterations), span);
  return builder_.at_counter(all, 0, *symbolic->loop, 1, span);
}

}  // namespace

std::optional<TermId> list_element(TermBuilder& builder, const List& list, const std::vector<Position>& positions,
                                   Span span) {
  return ListElements(builder, list).at(positions, span);
}

std::vector<PositionRange> index_ranges(const TermBuilder& builder, const List& list) {
  std::vector<PositionRange> ranges(list.index_count().value_or(0));
  bool first = true;
  const auto include = [&](const auto& range_at) {
    for (size_t k = 0; k < ranges.size(); ++k) {
      const PositionRange each = range_at(k);
      ranges[k] =
          first ? each : PositionRange{std::min(ranges[k].first, each.first), std::max(ranges[k].last, each.last)};
    }
    first = false;
  };
  for (const auto& element : list.elements) {
    include([&](size_t k) { return PositionRange{element.first[k], element.first[k]}; });
  }
  for (const ElementFamily& family : list.families) {
    include([&](size_t k) { return range_of(builder, family.indices[k]); });
  }
  return ranges;
}

void assign_family(TermBuilder& builder, List& list, const std::vector<Position>& positions, TermId value,
                   const std::vector<size_t>& open_loops) {
  for (const Rewriting& rewriting : list.rewritten_by) {
    if (rewriting.reads_before && std::ranges::find(positions, Position{rewriting.loop, 0}) == positions.end())
      builder.repeat(rewriting.loop);
  }
  const auto covers = [&](const auto& range_at) {
    for (size_t k = 0; k < positions.size(); ++k) {
      const PositionRange own = range_of(builder, positions[k]), other = range_at(k);
      if (other.first < own.first || own.last < other.last) return false;
      if (positions[k].loop && builder.loop(*positions[k].loop).bounded_by) return false;
    }
    return true;
  };
  std::erase_if(list.elements, [&](const auto& element) {
    return covers([&](size_t k) { return PositionRange{element.first[k], element.first[k]}; });
  });
  std::erase_if(list.families, [&](const ElementFamily& family) {
    return covers([&](size_t k) { return range_of(builder, family.indices[k]); });
  });
  list.families.push_back({positions, value, open_loops});
}

void write_out_families(TermBuilder& builder, List& list, Span span) {
  std::map<std::vector<int64_t>, TermId> elements = list.elements;
  for (const ElementFamily& family : list.families) {
    std::vector<Position> positions(family.indices.size());
    const auto place = [&](auto&& next, size_t k) -> void {  // NOLINT(misc-no-recursion): as deep as there are indices
      if (k == positions.size()) {
        std::vector<int64_t> indices;
        for (const Position& position : positions) indices.push_back(position.offset);
        const auto element = ListElements(builder, list).of_family(family, positions, span);
        if (element) elements[indices] = *element;
        return;
      }
      const auto [first, last] = range_of(builder, family.indices[k]);
      for (int64_t i = first; i <= last; ++i) {
        positions[k] = {std::nullopt, i};
        next(next, k + 1);
      }
    };
    place(place, 0);
  }
  list.elements = std::move(elements);
  list.families.clear();
}

}  // namespace tpc::sema
