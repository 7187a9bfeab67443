#include "driver/server/document.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "driver/option_texts.h"
#include "evaluation/data/source_sizes.h"
#include "grammar/limits.h"

namespace tpc::driver::server {
namespace {

/// Where a text has syntax errors, checking stops. What names mean is known of all that could be read.
void find_meanings(Compilation& compilation, const Options& options) {
  if (compilation.syntax == nullptr || compilation.program || !compilation.meanings->all().empty()) return;
  diag::Engine unsaid = compilation.diagnostics;
  evaluation::SourceSizes files(directory_of(options), unsaid);
  sema::check(compilation.syntax, {}, files, unsaid, compilation.meanings.get());
}

bool is_plain(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || std::string_view("/-._~").find(c) != std::string::npos;
}

}  // namespace

Analysis::Analysis(const std::string& path, const std::string& text, Encoding encoding)
    : compilation(path, text), lines(compilation.source.text(), encoding) {
  Options options;
  options.file = path;
  compilation.meanings = std::make_unique<sema::Names>();
  compile_text(compilation, options, Stage::program);
  find_meanings(compilation, options);
}

Document::Document(std::string uri, std::string text, int64_t version, Encoding encoding)
    : unsent(std::chrono::steady_clock::now()),
      uri_(std::move(uri)),
      path_(path_of_uri(uri_)),
      text_(std::move(text)),
      version_(version),
      encoding_(encoding) {}

void Document::change(const Json& changes, int64_t version) {
  for (const Json& change : changes) {
    auto text = required<std::string>(change, "text");
    if (!change.contains("range")) {
      text_ = std::move(text);
      continue;
    }
    const Lines lines(text_, encoding_);
    const Span span = span_from(lines, change["range"]);
    text_.replace(span.begin, span.end - span.begin, text);
  }
  version_ = version;
  if (analysis_ != nullptr && !analysis_->names().all().empty()) earlier_ = std::move(analysis_);
  analysis_.reset();
  unsent = std::chrono::steady_clock::now();
}

Analysis& Document::analysis() {
  if (analysis_ == nullptr) analysis_ = std::make_unique<Analysis>(path_, text_, encoding_);
  return *analysis_;
}

const sema::Names* Document::known_names() {
  if (!analysis().names().all().empty() || earlier_ == nullptr) return &analysis().names();
  return &earlier_->names();
}

std::string path_of_uri(const std::string& uri) {
  constexpr std::string_view file = "file://";
  std::string_view rest = uri;
  if (rest.starts_with(file)) {
    rest.remove_prefix(file.size());
    rest.remove_prefix(std::min(rest.find('/'), rest.size()));  // the host: this one
  } else {
    rest.remove_prefix(std::min(rest.find(':') + 1, rest.size()));
  }
  std::string path;
  for (size_t i = 0; i < rest.size(); ++i) {
    const std::string_view digits = rest.substr(i + 1, 2);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    const bool escaped = rest[i] == '%' && digits.size() == 2 && error == std::errc() && end == digits.end();
    path += escaped ? static_cast<char>(value) : rest[i];
    if (escaped) i += 2;
  }
  return path;
}

std::string uri_of_path(const std::string& path) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string uri = "file://";
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_plain(c)) {
      uri += c;
    } else {
      uri += {'%', digits[byte >> 4U], digits[byte & 15U]};
    }
  }
  return uri;
}

}  // namespace tpc::driver::server
