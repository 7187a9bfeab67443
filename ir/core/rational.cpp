#include "ir/core/rational.h"

#include <charconv>
#include <stdexcept>

namespace tpc::ir {
namespace {

using Integer = Rational::Integer;

Integer checked_multiply(Integer a, Integer b) {
  Integer result = 0;
  if (__builtin_mul_overflow(a, b, &result)) throw std::overflow_error("exponent arithmetic left 128 bits");
  return result;
}

Integer checked_add(Integer a, Integer b) {
  Integer result = 0;
  if (__builtin_add_overflow(a, b, &result)) throw std::overflow_error("exponent arithmetic left 128 bits");
  return result;
}

Integer greatest_common_divisor(Integer a, Integer b) {
  while (b != 0) {
    Integer rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

std::string integer_text(Integer value) {
  if (value == 0) return "0";
  bool negative = value < 0;
  std::string digits;
  for (Integer rest = negative ? -value : value; rest != 0; rest /= 10) {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(rest % 10)));
  }
  return negative ? "-" + digits : digits;
}

std::optional<int64_t> parse_integer(std::string_view text) {
  if (!text.empty() && text.front() == '+') text.remove_prefix(1);
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Rational::Rational(int64_t numerator, int64_t denominator) { *this = reduced(numerator, denominator); }

Rational Rational::reduced(Integer numerator, Integer denominator) {
  if (denominator == 0) throw std::domain_error("rational with denominator 0");
  Integer divisor = denominator == 1 ? 1 : greatest_common_divisor(numerator, denominator);
  if (denominator < 0) divisor = -divisor;
  Rational result;
  result.numerator_ = numerator / divisor;
  result.denominator_ = denominator / divisor;
  return result;
}

std::optional<Rational> Rational::parse(std::string_view text) {
  size_t slash = text.find('/');
  auto numerator = parse_integer(text.substr(0, slash));
  if (slash == std::string_view::npos) return numerator ? std::optional<Rational>(*numerator) : std::nullopt;
  auto denominator = parse_integer(text.substr(slash + 1));
  if (!numerator || !denominator || *denominator == 0) return std::nullopt;
  return Rational(*numerator, *denominator);
}

std::string Rational::str() const {
  std::string text = integer_text(numerator_);
  return denominator_ == 1 ? text : text + "/" + integer_text(denominator_);
}

double Rational::value() const { return static_cast<double>(numerator_) / static_cast<double>(denominator_); }

Rational Rational::operator-() const {
  Rational result = *this;
  result.numerator_ = -numerator_;
  return result;
}

Rational operator+(const Rational& a, const Rational& b) {
  if (a.denominator_ == b.denominator_) {
    const Integer sum = checked_add(a.numerator_, b.numerator_);
    if (a.denominator_ != 1) return Rational::reduced(sum, a.denominator_);
    Rational integer;
    integer.numerator_ = sum;
    return integer;
  }
  return Rational::reduced(
      checked_add(checked_multiply(a.numerator_, b.denominator_), checked_multiply(b.numerator_, a.denominator_)),
      checked_multiply(a.denominator_, b.denominator_));
}
Rational operator-(const Rational& a, const Rational& b) { return a + -b; }
Rational operator*(const Rational& a, const Rational& b) {
  return Rational::reduced(checked_multiply(a.numerator_, b.numerator_),
                           checked_multiply(a.denominator_, b.denominator_));
}
Rational operator/(const Rational& a, const Rational& b) {
  return Rational::reduced(checked_multiply(a.numerator_, b.denominator_),
                           checked_multiply(a.denominator_, b.numerator_));
}
std::strong_ordering operator<=>(const Rational& a, const Rational& b) {
  if (a.denominator_ == b.denominator_) return a.numerator_ <=> b.numerator_;
  Integer left = checked_multiply(a.numerator_, b.denominator_);
  Integer right = checked_multiply(b.numerator_, a.denominator_);
  return left <=> right;
}

Exponent operator+(const Exponent& a, const Exponent& b) {
  if (!a.finite() || !b.finite()) return {};
  return a.rational() + b.rational();
}

std::strong_ordering operator<=>(const Exponent& a, const Exponent& b) {
  if (a.finite() && b.finite()) return a.rational() <=> b.rational();
  return a.finite() <=> b.finite();
}

Exponent max(const Exponent& a, const Exponent& b) { return a < b ? b : a; }

}  // namespace tpc::ir
