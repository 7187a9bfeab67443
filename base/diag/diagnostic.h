/// \file Diagnostics: named in one list (diagnostics.def), with a source span, notes and did-you-mean suggestions,
/// printed with the source line and a caret. User errors are diagnostics; our bugs are TPC_CHECK (check.h).
#pragma once

#include <cstddef>
#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/diag/span.h"

namespace tpc::diag {

/// One enumerator per diagnostic, e.g. Kind::unknown_name, printed as [unknown-name].
enum class Kind {
#define TPC_DIAGNOSTIC(enumerator, severity, text) enumerator,
#include "base/diag/diagnostics.def"
};

enum class Severity { error, warning };

std::string_view kind_name(Kind kind);  ///< "unknown-name"
Severity kind_severity(Kind kind);
/// The message with {name} placeholders.
std::string_view kind_text(Kind kind);

/// A text with a name (a path, or "<stdin>"), and where its lines begin. Spans count its bytes from `first` on: texts
/// that are read together (a program and the library) count theirs apart.
class Source {
 public:
  Source(std::string name, std::string text, uint32_t first = 0);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] uint32_t first() const { return first_; }
  /// Another text that spans may lie in.
  void add(std::shared_ptr<const Source> other) { others_.push_back(std::move(other)); }
  /// The text that the span lies in: this one, or one of the others.
  [[nodiscard]] const Source& of(Span span) const;
  struct Position {
    int line = 1;
    int column = 1;  ///< in Unicode code points
  };
  [[nodiscard]] Position position(uint32_t offset) const;
  [[nodiscard]] std::string_view line(int number) const;

 private:
  std::string name_, text_;
  uint32_t first_;
  std::vector<uint32_t> line_starts_;
  std::vector<std::shared_ptr<const Source>> others_;
};

struct Note {
  std::string text;
  Span span;
  bool has_span = false;
};

/// What stands at the span is replaced; an empty span inserts, an empty text removes.
struct Edit {
  Span span;
  std::string text;
};

/// Edits of the program, none over another, that do what a diagnostic suggests. `title`: "write `lr`".
struct Fix {
  std::string title;
  std::vector<Edit> edits;
};

/// What was probably meant, and the edits that write it; none where that cannot be said.
struct Suggestion {
  std::string text;
  std::vector<Edit> edits = {};
};

struct Diagnostic {
  Kind kind{};
  std::string message;
  Span span;
  bool has_span = false;  ///< false: about the command line or a data file, whose place stands in the message
  std::vector<Note> notes = {};
  std::vector<Fix> fixes = {};  ///< for programs, which cannot read the notes; each is one of several ways
};

/// Collects diagnostics; bounded (after 100 errors it stops collecting and says so once).
class Engine {
 public:
  /// Adds a diagnostic; `arguments` fill the {placeholders} of its text. Returns a handle to add notes to.
  class Handle {
   public:
    Handle& note(std::string text);
    Handle& note(std::string text, Span span);
    Handle& fix(Fix fix);
    /// A note, and a fix if there are edits.
    Handle& did_you_mean(Suggestion suggestion);
    /// The same of one word. `text`: what to write, or more where it is shown with its arguments, "normal(std = ...)".
    Handle& did_you_mean(const std::string& text, Span word);

   private:
    friend class Engine;
    Handle(Engine& engine, size_t index) : engine_(engine), index_(index) {}
    Engine& engine_;
    size_t index_;
  };
  Handle report(Kind kind, Span span, const std::map<std::string, std::string>& arguments = {});
  Handle report(Kind kind, const std::map<std::string, std::string>& arguments = {});

  /// What another one has collected.
  void add_all(const Engine& other);
  /// Adds a note to all but the first `count`: what they lie in came from there.
  void note_after(size_t count, const std::string& text, Span span);

  [[nodiscard]] bool has_errors() const;
  /// Whether errors are being dropped: there is no point in looking for more.
  [[nodiscard]] bool full() const;
  [[nodiscard]] const std::vector<Diagnostic>& all() const { return diagnostics_; }

 private:
  static constexpr size_t limit = 100;  ///< of errors, and of warnings
  Handle add(Diagnostic diagnostic);
  std::vector<Diagnostic> diagnostics_;
  size_t errors_ = 0, warnings_ = 0;
};

/// Those of a program before those of the library, sorted by place; those without one last.
std::vector<const Diagnostic*> in_order(const Engine& engine);

/// Prints all in this order:
/// file:line:column: error: text [name], the source line, carets under the whole span, then notes. `color`: escape
/// sequences of a terminal; pass stream_wants_color(STDERR_FILENO).
void print(std::ostream& out, const Source& source, const Engine& engine, bool color);

/// Whether the file descriptor is a terminal and the user did not ask for plain text (NO_COLOR, TERM=dumb).
bool stream_wants_color(int file_descriptor);

/// Text at a place between two words; on lines of its own if it begins with a line end.
Fix insertion(uint32_t place, const std::string& text);

/// The candidate nearest to `word` by edit distance, if near enough to be a typing mistake; else empty.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace tpc::diag
