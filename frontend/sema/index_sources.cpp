#include "frontend/sema/index_sources.h"

#include <algorithm>

#include "frontend/sema/builtins.h"
#include "frontend/sema/constants.h"
#include "frontend/sema/data_sources.h"
#include "frontend/sema/network.h"
#include "frontend/sema/record_names.h"

namespace tpc::sema {
namespace {

using diag::Kind;

std::optional<uint64_t> check_seed(Checker& checker, const ast::Expression* seed) {
  if (seed == nullptr) return 1;
  const auto value = integer_value(checker, *seed, "a seed", 0, largest_seed);
  return value ? std::optional(static_cast<uint64_t>(*value)) : std::nullopt;
}

void report_fields(Checker& checker, Span span, const DataSet& data_set, const std::string& source,
                   const std::string& expected) {
  checker.diagnostics.report(Kind::fields_of_indices, span,
                             {{"data", data_set.name}, {"source", source}, {"expected", expected}});
}

/// Whether a dimension has names that were counted in a text, or are those of a list.
bool has_words(const Checker& checker, const std::string& space) {
  const auto dim = std::ranges::find(checker.program.dims, space, &FiniteDim::name);
  return dim != checker.program.dims.end() && dim->names != nullptr;
}

}  // namespace

void check_windows(Checker& checker, const ast::Call& call, Span span, DataSet& data_set) {
  const auto bound =
      bind_arguments(checker, call, span, {{"path"}, {"rows", false}, {"window"}, {"sample", false}, {"seed", false}});
  if (!bound) return;
  data_set.source = SourceKind::windows;
  data_set.path = check_path(checker, *bound->at(0), "txt");
  if (bound->at(1) != nullptr) check_row_range(checker, *bound->at(1), data_set);
  const auto window = integer_value(checker, *bound->at(2), "the window", 1, limits::index);
  if (bound->at(3) != nullptr) {
    data_set.windows.sample = nonnegative_value(checker, *bound->at(3), "the threshold of subsampling");
    if (data_set.windows.sample == 0.0) data_set.windows.sample.reset();  // 0 switches it off
  }
  data_set.windows.seed = check_seed(checker, bound->at(4)).value_or(1);
  if (!window) return;
  data_set.windows.window = *window;
  const auto& fields = data_set.fields;
  const bool two = fields.size() == 2 && fields[0].dims.empty() && !fields[0].space.empty() &&
                   fields[1].space == fields[0].space && fields[1].at_most;
  if (!two || !has_words(checker, fields[0].space)) {
    report_fields(
        checker, span, data_set, "windows",
        "a word and the words around it, `word in words, context[..16] in words`, where `words` is a vocabulary");
  } else if (fields[1].size < 2 * *window) {
    report_fields(checker, span, data_set, "windows",
                  "a window of " + std::to_string(*window) + " has up to " + std::to_string(2 * *window) +
                      " words around one, and `" + fields[1].name + "` has " + std::to_string(fields[1].size));
  }
}

void check_negatives(Checker& checker, const ast::Call& call, Span span, DataSet& part, const DataSet& whole) {
  const auto bound = bind_arguments(checker, call, span, {{"word"}, {"power", false}, {"seed", false}});
  if (!bound) return;
  part.source = SourceKind::negatives;
  if (bound->at(1) != nullptr) {
    part.negatives.power = nonnegative_value(checker, *bound->at(1), "the power of the counts").value_or(0.75);
  }
  part.negatives.seed = check_seed(checker, bound->at(2)).value_or(1);
  const auto* reference = std::get_if<ast::Reference>(&bound->at(0)->node);
  part.negatives.word = reference != nullptr ? reference->name.text : "";
  record_fields(checker, call, whole);
  const DataField* word = find_field(whole, part.negatives.word);
  const bool earlier = word != nullptr && find_field(part, part.negatives.word) == nullptr;
  const bool list = part.fields.size() == 1 && !part.fields.front().dims.empty();
  const bool fits = earlier && list && word->dims.empty() && !word->space.empty() &&
                    word->space == part.fields.front().space && has_words(checker, word->space);
  if (fits) return;
  report_fields(checker, span, whole, "negatives",
                "a list of indices of the same vocabulary as an earlier field with one word, "
                "`negative[25] in words = negatives(word)`");
}

}  // namespace tpc::sema
