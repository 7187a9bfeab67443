#include "frontend/sema/meant.h"

#include <algorithm>
#include <utility>

#include "base/diag/diagnostic.h"

namespace tpc::sema {
namespace {

/// Words of other programs and papers, with the language's own.
constexpr std::pair<const char*, const char*> other_words[] = {
    {"learning_rate", "lr"},
    {"rate", "lr"},
    {"eta", "lr"},
    {"wd", "weight_decay"},
    {"decay", "weight_decay"},
    {"l2", "weight_decay"},
    {"sigma", "std"},
    {"stddev", "std"},
    {"scale", "std"},
    {"variance", "std"},
    {"n", "normal"},
    {"gaussian", "normal"},
    {"randn", "normal"},
    {"zeros", "zero"},
    {"batch_size", "batch"},
    {"batchsize", "batch"},
    {"iterations", "steps"},
    {"dataset", "data"},
    {"cost", "loss"},
    {"criterion", "loss"},
    {"mean_squared_error", "mse"},
    {"squared_loss", "mse"},
    {"crossentropy", "cross_entropy"},
    {"softmax_cross_entropy", "cross_entropy"},
    {"nll", "cross_entropy"},
    {"logistic", "sigmoid"},
    {"swish", "silu"},
    {"average", "mean"},
    {"avg", "mean"},
    {"layer_norm", "layernorm"},
    {"standard", "sp"},
    {"ntk", "ntp"},
    {"mean_field", "mfp"},
};

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// The word that a candidate begins with: `normal` of "normal(std = ...)".
std::string head(const std::string& candidate) { return candidate.substr(0, candidate.find('(')); }

}  // namespace

std::string meant(const std::string& word, const std::vector<std::string>& candidates) {
  const auto with_head = [&](const auto& is_meant) {
    const auto found = std::find_if(candidates.begin(), candidates.end(),
                                    [&](const std::string& candidate) { return is_meant(head(candidate)); });
    return found == candidates.end() ? std::string() : *found;
  };
  std::string same = with_head([&](const std::string& own) { return lower_case(own) == lower_case(word); });
  if (!same.empty()) return same;
  for (const auto& [other, own] : other_words) {
    if (lower_case(word) == other) same = with_head([&](const std::string& name) { return name == own; });
    if (!same.empty()) return same;
  }
  std::vector<std::string> heads;
  for (const std::string& candidate : candidates) heads.push_back(head(candidate));
  const std::string near = diag::nearest(word, heads);
  return near.empty() ? near : with_head([&](const std::string& own) { return own == near; });
}

}  // namespace tpc::sema
