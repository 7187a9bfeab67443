#include "grammar/lexical.h"

#include <boost/spirit/home/x3.hpp>
#include <cctype>
#include <utility>

#include "base/diag/utf8.h"
#include "grammar/limits.h"
#include "grammar/text.h"

namespace tpc::grammar {
namespace {

namespace x3 = boost::spirit::x3;

/// What the rules below tell apart; the last two are reported.
enum class Lexeme { name, number, text, symbol, separator, malformed_number, unterminated_text };

// ---- the rules ------------------------------------------------------------------------------------------------------

using x3::char_;

const auto digit = char_('0', '9');
const auto latin = char_("a-zA-Z_");
// UTF-8 of U+0370..U+03FF (Greek) and, inside a name, of the subscript digits U+2080..U+2089.
const auto greek = (char_('\xCD') >> char_('\xB0', '\xBF')) | (char_("\xCE\xCF") >> char_('\x80', '\xBF'));
const auto subscript = char_('\xE2') >> char_('\x82') >> char_('\x80', '\x89');
const auto name_start = latin | greek;
const auto name_part = name_start | digit | subscript;
const auto name = name_start >> *name_part;

// In `1..5` the dots are a range, not the point of `1.`.
const auto point = char_('.') >> !char_('.');
const auto exponent = char_("eE") >> -char_("+-") >> +digit;
const auto number = ((+digit >> -(point >> *digit)) | (char_('.') >> +digit)) >> -exponent;
// A number runs on into letters or a second point: `1e`, `2x`, `1.2.3`.
const auto malformed_number = number >> (name_part | (point >> digit)) >> *(name_part | (point >> digit));

const auto inside_text = (char_('\\') >> (char_ - char_('\n'))) | (char_ - char_("\"\\\n"));
const auto unterminated_text = char_('"') >> *inside_text;
const auto text = unterminated_text >> char_('"');

const auto symbol = x3::lit("..") | x3::lit("->") | char_("()[]{},:=+*/@^.") | char_('-');
const auto separator = char_("\n;");

template <typename Rule>
auto lexeme(const Rule& rule, Lexeme kind) {
  return x3::omit[rule] >> x3::attr(kind);
}

bool parse_lexeme(const char*& at, const char* end, Lexeme& kind) {
  static const auto any_lexeme = lexeme(name, Lexeme::name) | lexeme(malformed_number, Lexeme::malformed_number) |
                                 lexeme(number, Lexeme::number) | lexeme(text, Lexeme::text) |
                                 lexeme(unterminated_text, Lexeme::unterminated_text) | lexeme(symbol, Lexeme::symbol) |
                                 lexeme(separator, Lexeme::separator);
  return x3::parse(at, end, any_lexeme, kind);
}

void skip_blanks(const char*& at, const char* end) {
  static const auto blanks = *(char_(" \t\r\f") | (char_('#') >> *(char_ - char_('\n'))));
  x3::parse(at, end, blanks);
}

// ---- the loop -------------------------------------------------------------------------------------------------------

/// Characters that are easily pasted for one of the language's, with what they are taken for.
constexpr std::pair<std::string_view, std::string_view> lookalikes[] = {
    {"\xE2\x88\x92", "-"}, {"\xE2\x80\x93", "-"},  {"\xC3\x97", "*"},      {"\xC2\xB7", "*"},
    {"\xE2\x8B\x85", "*"}, {"\xC3\xB7", "/"},      {"\xE2\x80\x9C", "\""}, {"\xE2\x80\x9D", "\""},
    {"'", "\""},           {"\xE2\x86\x92", "->"}, {"\xE2\x80\xA6", ".."}, {"~", "init"},
};

class Lexer {
 public:
  Lexer(const diag::Source& source, diag::Engine& diagnostics)
      : diagnostics_(diagnostics),
        begin_(source.text().data()),
        end_(begin_ + source.text().size()),
        at_(begin_),
        first_(source.first()) {
    if (source.text().starts_with("\xEF\xBB\xBF")) at_ += 3;  // a byte order mark
  }

  Tokens run() {
    check_encoding();
    for (skip_blanks(at_, end_); at_ != end_ && !diagnostics_.full(); skip_blanks(at_, end_)) {
      if (tokens_.size() >= most_tokens) {
        diagnostics_.report(diag::Kind::too_many_tokens, span(at_, at_ + 1), {{"limit", std::to_string(most_tokens)}});
        return {};
      }
      next();
    }
    line_end();
    add_at_line_end(TokenKind::end);
    return std::move(tokens_);
  }

 private:
  /// One diagnostic for the file: text of another encoding has such bytes everywhere.
  void check_encoding() {
    const std::string_view whole(begin_, static_cast<size_t>(end_ - begin_));
    for (size_t at = 0; at < whole.size();) {
      const size_t length = diag::utf8_length(whole, at);
      if (length == 0) {
        constexpr std::string_view hexadecimal = "0123456789ABCDEF";
        const auto byte = static_cast<unsigned char>(whole[at]);
        const std::string written = {'0', 'x', hexadecimal[byte / 16], hexadecimal[byte % 16]};
        auto report =
            diagnostics_.report(diag::Kind::invalid_utf8, span(begin_ + at, begin_ + at + 1), {{"byte", written}});
        if (whole.starts_with("\xFF\xFE") || whole.starts_with("\xFE\xFF")) {
          report.note("this is UTF-16; save the file as UTF-8");
          at_ = end_;  // there are no words to read
        }
        return;
      }
      at += length;
    }
  }

  void next() {
    const char* const first = at_;
    Lexeme kind{};
    if (!parse_lexeme(at_, end_, kind)) return invalid_character();
    switch (kind) {
      case Lexeme::name: return add(TokenKind::name, first);
      case Lexeme::number: return add(TokenKind::number, first);
      case Lexeme::symbol: return add(TokenKind::symbol, first);
      case Lexeme::separator: return *first == ';' ? add(TokenKind::separator, first) : line_end();
      case Lexeme::text: add(TokenKind::text, first); return check_escapes(tokens_.back(), diagnostics_);
      case Lexeme::malformed_number:
        diagnostics_.report(diag::Kind::invalid_number, span(first, at_), {{"text", std::string(first, at_)}});
        return add(TokenKind::number, first);
      case Lexeme::unterminated_text:
        diagnostics_.report(diag::Kind::unterminated_text, span(first, at_));
        return add(TokenKind::invalid, first);  // it has swallowed what closes the brackets around it
    }
  }

  void invalid_character() {
    const char* const first = at_;
    const std::string_view rest(first, static_cast<size_t>(end_ - first));
    const size_t length = diag::utf8_length(rest, 0);
    at_ += length == 0 ? 1 : length;
    add(TokenKind::invalid, first);
    if (length == 0) return;  // reported by check_encoding
    const std::string_view character = rest.substr(0, length);
    const auto code = static_cast<unsigned char>(character[0]);
    const bool printable = code > 0x20 && code != 0x7F;
    const std::string shown = printable ? "`" + std::string(character) + "`" : "number " + std::to_string(code);
    auto report = diagnostics_.report(diag::Kind::invalid_character, span(first, at_), {{"character", shown}});
    for (const auto& [lookalike, meant] : lookalikes) {
      const std::string replacement(meant);
      if (character == lookalike) return void(report.did_you_mean({replacement, {{span(first, at_), replacement}}}));
    }
    if (code < 0x80) return;
    report.note("names have Latin and Greek letters, digits and `_`");
    while (at_ != end_ && (static_cast<unsigned char>(*at_) >= 0x80 || std::isalnum(*at_) != 0)) ++at_;  // the word
    tokens_.back().text = {first, static_cast<size_t>(at_ - first)};
  }

  void add(TokenKind kind, const char* first) {
    const std::string_view text_of_token(first, static_cast<size_t>(at_ - first));
    tokens_.push_back({text_of_token, place(first), kind});
  }

  /// An empty line says nothing: one separator in a row is enough.
  void line_end() {
    if (!tokens_.empty() && tokens_.back().kind != TokenKind::separator) add_at_line_end(TokenKind::separator);
  }

  /// A caret at the end of a line belongs behind its last word, not behind its comment.
  void add_at_line_end(TokenKind kind) {
    const uint32_t end = tokens_.empty() ? first_ : tokens_.back().span().end;
    tokens_.push_back({std::string_view(begin_ + (end - first_), 0), end, kind});
  }

  [[nodiscard]] uint32_t place(const char* at) const { return first_ + static_cast<uint32_t>(at - begin_); }

  [[nodiscard]] Span span(const char* first, const char* last) const { return {place(first), place(last)}; }

  diag::Engine& diagnostics_;
  const char* begin_;
  const char* end_;
  const char* at_;
  uint32_t first_;  ///< what spans call the first byte
  Tokens tokens_;
};

}  // namespace

Tokens tokenize(const diag::Source& source, diag::Engine& diagnostics) { return Lexer(source, diagnostics).run(); }

}  // namespace tpc::grammar
