/// \file A text that is open in the editor, and what is known of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "driver/compile.h"
#include "driver/server/positions.h"
#include "driver/server/protocol.h"

namespace tpc::driver::server {

class Exponents;

/// One version of a document, checked.
struct Analysis {
  Analysis(const std::string& path, const std::string& text, Encoding encoding);
  [[nodiscard]] const diag::Source& source() const { return compilation.source; }
  [[nodiscard]] const sema::Names& names() const { return *compilation.meanings; }

  Compilation compilation;  ///< as far as Stage::program
  Lines lines;
  std::shared_ptr<Exponents> exponents;  ///< null: nobody has asked
};

class Document {
 public:
  Document(std::string uri, std::string text, int64_t version, Encoding encoding);

  [[nodiscard]] const std::string& uri() const { return uri_; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] int64_t version() const { return version_; }

  /// What `didChange` says: parts that are replaced one after the other, or whole texts.
  void change(const Json& changes, int64_t version);
  /// Of the text as it is; made where it is not there yet.
  Analysis& analysis();
  /// The newest analysis that knows names: while a line is half typed it is often one before.
  const sema::Names* known_names();

  /// When the text was changed, if its diagnostics have not been sent since.
  std::optional<std::chrono::steady_clock::time_point> unsent;

 private:
  std::string uri_, path_, text_;
  int64_t version_;
  Encoding encoding_;
  std::unique_ptr<Analysis> analysis_;
  std::unique_ptr<Analysis> earlier_;  ///< the last one before it with names
};

/// The file that a URI names: of file:///a/b.tp "/a/b.tp"; of another scheme what follows it.
std::string path_of_uri(const std::string& uri);
std::string uri_of_path(const std::string& path);

}  // namespace tpc::driver::server
