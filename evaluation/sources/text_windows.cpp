#include <algorithm>
#include <cmath>
#include <numeric>

#include "evaluation/sources/draws.h"
#include "evaluation/sources/windows.h"
#include "evaluation/sources/word_reader.h"

namespace tpc::evaluation {
namespace {

/// The words of some rows of a text as indices, -1 where a word is not in the vocabulary.
std::variant<std::vector<std::int32_t>, FileError> read_rows_of_text(const std::string& path,
                                                                     const Vocabulary& vocabulary,
                                                                     const TextWindowSettings& settings) {
  if (settings.first < 1 || (settings.last != 0 && settings.last < settings.first)) {
    return FileError{path, 0, 0,
                     "has no words " + std::to_string(settings.first) + " to " + std::to_string(settings.last) +
                         ": words are counted from 1"};
  }
  WordReader reader(path);
  std::vector<std::int32_t> words;
  std::string_view word;
  while ((settings.last == 0 || reader.count() < settings.last) && reader.next(word)) {
    if (reader.count() < settings.first) continue;
    words.push_back(vocabulary.find(word));
    if (words.size() >= UINT32_MAX) return FileError{path, 0, 0, "has too many words for one list of windows"};
  }
  if (reader.error()) return *reader.error();
  if (reader.count() == 0) return FileError{path, 0, 0, "has no words"};
  if (words.empty() || reader.count() < settings.last) {
    return FileError{path, 0, 0,
                     "has " + std::to_string(reader.count()) + " words, not the words " +
                         std::to_string(settings.first) + " to " +
                         (settings.last == 0 ? std::string("the end") : std::to_string(settings.last))};
  }
  return words;
}

/// By index, with which probability an occurrence is kept.
std::vector<double> keeping(const std::vector<std::int64_t>& counts, const std::optional<double>& sample) {
  std::vector<double> keep(counts.size(), 1.0);
  if (!sample) return keep;
  const auto total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double ratio = *sample * total / static_cast<double>(std::max<std::int64_t>(counts[i], 1));
    keep[i] = (std::sqrt(1.0 / ratio) + 1.0) * ratio;
  }
  return keep;
}

Draws draws_at(const TextWindowSettings& settings, std::int64_t position) {
  return {settings.seed, DrawPurpose::text_window, static_cast<std::uint64_t>(position),
          static_cast<std::uint64_t>(settings.epoch)};
}

}  // namespace

std::variant<TextWindows, FileError> TextWindows::load(const std::string& path, const Vocabulary& vocabulary,
                                                       const TextWindowSettings& settings) {
  auto read = read_rows_of_text(path, vocabulary, settings);
  if (const auto* error = std::get_if<FileError>(&read)) return *error;
  Text text{std::get<std::vector<std::int32_t>>(std::move(read)), {}};
  std::vector<std::int64_t> counts = vocabulary.counts();
  if (counts.empty()) {
    counts.resize(static_cast<std::size_t>(vocabulary.size()));
    for (std::int32_t word : text.words) {
      if (word >= 0) ++counts[static_cast<std::size_t>(word)];
    }
  }
  text.keep = keeping(counts, settings.sample);
  TextWindows windows;
  windows.settings_ = settings;
  windows.text_ = std::make_shared<const Text>(std::move(text));
  windows.thin();
  if (windows.words_.size() < 2) {
    return FileError{
        path, 0, 0,
        "has " + std::to_string(windows.words_.size()) + " words of the vocabulary in these rows; a window needs two"};
  }
  if (settings.negatives) {
    windows.sampler_ =
        std::make_shared<const NegativeSampler>(counts, settings.negatives->power, settings.negatives->seed);
  }
  return windows;
}

void TextWindows::thin() {
  const std::vector<std::int32_t>& words = text_->words;
  words_.clear();
  positions_.clear();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] < 0) continue;
    const double probability = text_->keep[static_cast<std::size_t>(words[i])];
    const auto position = settings_.first - 1 + static_cast<std::int64_t>(i);
    if (probability < 1.0 && unit_interval(draws_at(settings_, position).next()) >= probability) continue;
    words_.push_back(words[i]);
    positions_.push_back(static_cast<std::uint32_t>(i));
  }
  words_.shrink_to_fit();
  positions_.shrink_to_fit();
}

TextWindows TextWindows::in_epoch(std::int64_t epoch) const {
  TextWindows windows;
  windows.settings_ = settings_;
  windows.settings_.epoch = epoch;
  windows.text_ = text_;
  windows.sampler_ = sampler_;
  windows.thin();
  return windows.count() >= 2 ? windows : *this;
}

void TextWindows::example(std::int64_t t, WindowExample& out) const {
  Draws draws = draws_at(settings_, position(t));
  draws.next();  // the one that kept the word
  const auto half =
      settings_.window - static_cast<std::int64_t>(draws.below(static_cast<std::uint64_t>(settings_.window)));
  const std::int64_t begin = t - std::min(half, t), end = t + std::min(half, count() - 1 - t);
  out.word = words_[static_cast<std::size_t>(t)];
  out.context.clear();
  for (std::int64_t i = begin; i <= end; ++i) {
    if (i != t) out.context.push_back(words_[static_cast<std::size_t>(i)]);
  }
  out.negative.clear();
  if (!sampler_) return;
  sampler_->draw(static_cast<std::uint64_t>(position(t)), settings_.epoch, out.word, settings_.negatives->count,
                 out.negative);
}

}  // namespace tpc::evaluation
