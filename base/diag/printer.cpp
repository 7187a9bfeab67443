#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "base/diag/diagnostic.h"
#include "base/diag/utf8.h"

namespace tpc::diag {
namespace {

constexpr int tab_width = 4;
constexpr size_t window_width = 160;  // of a line longer than this, only the part around the caret is shown
constexpr size_t window_before = 60;
constexpr size_t most_bytes_before = 1024, most_bytes = 4096;  // looked at of an even longer line
constexpr int most_lines = 4;                                  // of a span over several lines

struct Style {
  const char *error, *warning, *note, *bold, *caret, *reset;
};
constexpr Style colored = {"\033[1;31m", "\033[1;35m", "\033[1;36m", "\033[1m", "\033[1;32m", "\033[0m"};
constexpr Style plain = {"", "", "", "", "", ""};

/// A source line as it is shown: one cell per code point (a tab is several), each with the byte it came from.
struct Cell {
  std::string text;
  size_t offset;  // in the line
};

std::vector<Cell> cells(std::string_view line) {
  std::vector<Cell> result;
  for (size_t at = 0; at < line.size();) {
    const size_t length = utf8_length(line, at);
    if (line[at] == '\t') {
      do {
        result.push_back({" ", at});
      } while (result.size() % tab_width != 0);
    } else {
      result.push_back({printable(line.substr(at, std::max<size_t>(1, length))), at});
    }
    at += std::max<size_t>(1, length);
  }
  return result;
}

class Printer {
 public:
  Printer(std::ostream& out, const Source& source, bool color)
      : out_(out), source_(source), style_(color ? colored : plain) {}

  void print(const Diagnostic& diagnostic) {
    const bool is_error = kind_severity(diagnostic.kind) == Severity::error;
    place(diagnostic.span, diagnostic.has_span);
    out_ << (is_error ? style_.error : style_.warning) << (is_error ? "error: " : "warning: ") << style_.reset
         << style_.bold << printable(diagnostic.message) << style_.reset << " [" << kind_name(diagnostic.kind) << "]\n";
    if (diagnostic.has_span) excerpt(diagnostic.span);
    for (const Note& note : diagnostic.notes) {
      place(note.span, note.has_span);
      out_ << style_.note << "note: " << style_.reset << printable(note.text) << '\n';
      if (note.has_span) excerpt(note.span);
    }
  }

 private:
  void place(Span span, bool has_span) {
    if (!has_span) return;
    const Source& source = source_.of(span);
    const Source::Position position = source.position(span.begin);
    out_ << style_.bold << printable(source.name()) << ':' << position.line << ':' << position.column << ": "
         << style_.reset;
  }

  void excerpt(Span span) {
    const Source& source = source_.of(span);
    const int first = source.position(span.begin).line;
    const int last = std::max(first, source.position(std::max(span.begin + 1, span.end) - 1).line);
    const Span in_text{span.begin - source.first(), span.end - source.first()};
    const size_t margin = std::max<size_t>(4, std::to_string(last).size());
    for (int number = first; number <= last; ++number) {
      if (number - first == most_lines - 1 && number < last) {
        out_ << std::string(margin - 3, ' ') << "... |\n";
        number = last;
      }
      excerpt_line(source, number, in_text, margin);
    }
  }

  /// The line, or of a very long one a part with the beginning of the span, cut between code points.
  static std::string_view part_around(const Source& source, std::string_view line, Span span) {
    if (line.size() <= most_bytes) return line;
    const auto line_begin = static_cast<size_t>(line.data() - source.text().data());
    const size_t in_line = std::min(span.begin > line_begin ? span.begin - line_begin : 0, line.size());
    size_t begin = in_line > most_bytes_before ? in_line - most_bytes_before : 0;
    while (begin < in_line && utf8_length(line, begin) == 0) ++begin;
    return line.substr(begin, most_bytes);
  }

  /// `span`: in the bytes of the text itself.
  void excerpt_line(const Source& source, int number, Span span, size_t margin) {
    const std::string_view line = source.line(number);
    const std::string_view part = part_around(source, line, span);
    const auto line_begin = static_cast<size_t>(part.data() - source.text().data());
    const std::vector<Cell> shown = cells(part);
    const auto is_before = [](const Cell& cell, size_t offset) { return cell.offset < offset; };
    const auto cell_at = [&](size_t offset) {
      const size_t in_line = offset > line_begin ? offset - line_begin : 0;
      return static_cast<size_t>(std::lower_bound(shown.begin(), shown.end(), in_line, is_before) - shown.begin());
    };
    size_t caret_begin = cell_at(span.begin);
    size_t caret_end = std::max(cell_at(span.end), caret_begin + 1);  // an empty span, or one at the line's end
    if (span.begin < line_begin) {  // a later line of the span: not under its indentation
      while (caret_begin + 1 < caret_end && shown[caret_begin].text == " ") ++caret_begin;
    }
    size_t begin = 0, end = shown.size();
    if (shown.size() > window_width) {
      begin = caret_begin > window_before ? caret_begin - window_before : 0;
      end = std::min(shown.size(), begin + window_width);
      caret_end = std::min(caret_end, std::max(end, caret_begin + 1));
    }
    const std::string number_text = std::to_string(number);
    const std::string_view before = begin > 0 || part.begin() != line.begin() ? "..." : "";
    const std::string_view after = end < shown.size() || part.end() != line.end() ? "..." : "";
    out_ << std::string(margin - number_text.size() + 1, ' ') << number_text << " | " << before;
    for (size_t index = begin; index < end; ++index) out_ << shown[index].text;
    out_ << after << '\n';
    const size_t indent = caret_begin - begin + before.size();
    out_ << std::string(margin + 1, ' ') << " | " << std::string(indent, ' ') << style_.caret
         << std::string(caret_end - caret_begin, '^') << style_.reset << '\n';
  }

  std::ostream& out_;
  const Source& source_;
  const Style& style_;
};

}  // namespace

std::vector<const Diagnostic*> in_order(const Engine& engine) {
  std::vector<const Diagnostic*> order;
  for (const Diagnostic& diagnostic : engine.all()) order.push_back(&diagnostic);
  std::sort(order.begin(), order.end(), [](const Diagnostic* a, const Diagnostic* b) {
    if (a->has_span != b->has_span) return a->has_span;
    if (a->has_span && a->span.begin != b->span.begin) return a->span.begin < b->span.begin;
    return a < b;  // at one place: as reported
  });
  return order;
}

void print(std::ostream& out, const Source& source, const Engine& engine, bool color) {
  Printer printer(out, source, color);
  for (const Diagnostic* diagnostic : in_order(engine)) printer.print(*diagnostic);
}

bool stream_wants_color(int file_descriptor) {
  const char* terminal = std::getenv("TERM");
  const bool dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  const char* no_color = std::getenv("NO_COLOR");  // https://no-color.org: "when present and not an empty string"
  return isatty(file_descriptor) != 0 && (no_color == nullptr || *no_color == '\0') && !dumb;
}

}  // namespace tpc::diag
