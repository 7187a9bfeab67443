/// \file Exact rationals for powers of the width n, and exponents that may also be minus infinity.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tpc::ir {

/// An exact rational in lowest terms, denominator > 0. Arithmetic that leaves 128 bits throws std::overflow_error
/// (the driver turns it into a diagnostic): the frontend bounds what a user can write far below that.
class Rational {
 public:
  __extension__ using Integer = __int128;

  constexpr Rational() = default;
  Rational(int64_t value) : numerator_(value) {}  // NOLINT: integers are rationals
  Rational(int64_t numerator, int64_t denominator);
  /// Reads "3", "-1/2", "+2/4"; nothing else (no decimals: exponents are exact). Empty on any other text.
  static std::optional<Rational> parse(std::string_view text);

  [[nodiscard]] std::string str() const;  ///< "-1/2", "0", "3"
  [[nodiscard]] double value() const;
  /// q of p/q in lowest terms. Precondition: it has 64 bits.
  [[nodiscard]] int64_t denominator() const { return static_cast<int64_t>(denominator_); }
  [[nodiscard]] bool is_zero() const { return numerator_ == 0; }
  /// Whether |p| and q of p/q, in lowest terms, are at most `bound`.
  [[nodiscard]] bool is_within(int64_t bound) const {
    return numerator_ <= bound && -numerator_ <= bound && denominator_ <= bound;
  }
  [[nodiscard]] int sign() const { return numerator_ < 0 ? -1 : numerator_ > 0 ? 1 : 0; }

  Rational operator-() const;
  friend Rational operator+(const Rational& a, const Rational& b);
  friend Rational operator-(const Rational& a, const Rational& b);
  friend Rational operator*(const Rational& a, const Rational& b);
  friend Rational operator/(const Rational& a, const Rational& b);  ///< precondition: b != 0
  Rational& operator+=(const Rational& b) { return *this = *this + b; }
  Rational& operator-=(const Rational& b) { return *this = *this - b; }
  friend bool operator==(const Rational& a, const Rational& b) = default;
  friend std::strong_ordering operator<=>(const Rational& a, const Rational& b);

 private:
  static Rational reduced(Integer numerator, Integer denominator);
  Integer numerator_ = 0;
  Integer denominator_ = 1;
};

/// The exponent e of a quantity whose coordinates are Theta(n^e); minus infinity for a quantity that is zero.
class Exponent {
 public:
  Exponent() = default;                                 ///< minus infinity
  Exponent(Rational value) : value_(value) {}           // NOLINT
  Exponent(int64_t value) : value_(Rational(value)) {}  // NOLINT
  static Exponent zero_quantity() { return {}; }        ///< minus infinity, spelled out

  [[nodiscard]] bool finite() const { return value_.has_value(); }
  [[nodiscard]] const Rational& rational() const { return *value_; }  ///< precondition: finite()
  [[nodiscard]] std::string str() const { return value_ ? value_->str() : "-inf"; }

  friend Exponent operator+(const Exponent& a, const Exponent& b);  ///< of a product
  friend bool operator==(const Exponent& a, const Exponent& b) = default;
  friend std::strong_ordering operator<=>(const Exponent& a, const Exponent& b);

 private:
  std::optional<Rational> value_;
};

Exponent max(const Exponent& a, const Exponent& b);  ///< of a sum

}  // namespace tpc::ir
