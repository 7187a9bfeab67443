// Columns of declarations on consecutive lines.
#include <algorithm>

#include "frontend/format/columns.h"

namespace tpc::format {
namespace {

constexpr size_t most_aligned = 60;  ///< a longer beginning stands by itself and moves no other one

/// Lines of one kind of declaration without a blank line between them; own comments do not part them.
using Run = std::vector<const Line*>;

class Declarations {
 public:
  explicit Declarations(Text& text) : text_(text) {}

  void align() {
    for (const Line& line : text_.lines) {
      if (line.blank_before) end_runs();
      if (!line.has_words()) continue;
      const bool begins = line.depth == 0 && !line.continues;
      if (begins && text_.first_word(line).is("param") && is_one_statement(line)) {
        parameters_.push_back(&line);
      } else {
        align_parameters();
      }
      if (begins && text_.first_word(line).is("data") && has_source(line)) {
        data_.push_back(&line);
      } else if (!line.continues || line.depth > 0) {
        align_data();
      }
    }
    end_runs();
  }

 private:
  void end_runs() {
    align_parameters();
    align_data();
  }

  /// The first word of [first, last) that is `text`, with the role; `last`: there is none.
  [[nodiscard]] size_t find(const Line& line, std::string_view text, Role role) const {
    for (size_t i = line.first; i < line.last; ++i) {
      if (text_.words[i].is(text) && text_.words[i].role == role) return i;
    }
    return line.last;
  }

  [[nodiscard]] bool is_one_statement(const Line& line) const { return find(line, ";", Role::plain) == line.last; }

  /// `data train : x[d] = csv(..)`, not a block of rows, and not with the source on the next line.
  [[nodiscard]] bool has_source(const Line& line) const {
    const size_t equals = find(line, "=", Role::plain);
    return equals < line.last - 1 && is_one_statement(line);
  }

  /// Puts this word of each line, where it has one, into one column, `gap` after the longest of what stands before it.
  void align(const Run& run, std::string_view text, Role role, size_t gap) {
    size_t column = 0;
    const auto width_before = [&](const Line& line) { return width_of(text_, line.first, find(line, text, role)); };
    for (const Line* line : run) {
      const size_t width = width_before(*line);
      if (find(*line, text, role) != line->last && width <= most_aligned) column = std::max(column, width);
    }
    for (const Line* line : run) {
      const size_t word = find(*line, text, role);
      const size_t width = width_before(*line);
      if (word != line->last) text_.words[word].spaces = std::max(column, width) - width + gap;
    }
  }

  void align_parameters() {
    align(parameters_, "init", Role::keyword, 2);
    align(parameters_, "lr", Role::keyword, 2);
    parameters_.clear();
  }

  void align_data() {
    align(data_, ":", Role::plain, 1);
    data_.clear();
  }

  Text& text_;
  Run parameters_, data_;
};

}  // namespace

void align_declarations(Text& text) { Declarations(text).align(); }

}  // namespace tpc::format
