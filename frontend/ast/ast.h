/// \file The syntax tree of a `.tp` file: one to one with what is written, every node with its span. No meaning yet:
/// names are strings, exponents and numbers are kept as written until frontend/sema reads them.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/diag/span.h"

namespace tpc::ast {

struct Name {
  std::string text;
  Span span;
};

/// A number as written ("0.5", "1e-3", "28"); sema reads it, so that "0.50" and absurd sizes can be spoken of.
struct Number {
  std::string text;
  Span span;
};

// ---- expressions ----------------------------------------------------------------------------------------------------

struct Expression;
using ExpressionPtr = std::shared_ptr<const Expression>;

/// z1
struct Reference {
  Name name;
};
/// W.T
struct Transpose {
  ExpressionPtr operand;
};
/// support.pixels: one field of a group
struct Member {
  ExpressionPtr operand;
  Name name;
};
/// -x
struct Negate {
  ExpressionPtr operand;
};
enum class BinaryOperator { add, subtract, multiply, divide, contract };  ///< + - * / @
struct Binary {
  BinaryOperator op;
  ExpressionPtr lhs, rhs;
  Span op_span;
};
/// u ^ 3
struct Power {
  ExpressionPtr base;
  Number exponent;
  bool negative = false;
};
/// f(x) or f(std = 1)
struct Argument {
  std::optional<Name> keyword;
  ExpressionPtr value;
};
/// tanh(x), mse(net(x), y), normal(std = 1), csv("a.csv")
struct Call {
  Name callee;
  std::vector<Argument> arguments;
};
/// "train.csv", escapes resolved
struct Text {
  std::string value;
};
/// 1..1400
struct Range {
  ExpressionPtr first, last;
};
/// The `:` of U[:, i]: all of a dimension.
struct Whole {};
/// x[i], W[l - 1], s[1..T], W[l, m], U[:, i]
struct Index {
  ExpressionPtr operand;
  std::vector<ExpressionPtr> indices;  ///< at least one; may be a Range or Whole
};

/// [class, item], where an argument lists names
struct Bracket {
  std::vector<ExpressionPtr> entries;
};

struct Expression {
  std::variant<Reference, Number, Text, Transpose, Member, Negate, Binary, Power, Call, Range, Whole, Index, Bracket>
      node;
  Span span;
};

// ---- statements of a def --------------------------------------------------------------------------------------------

/// z = tanh(U @ x), or h[i] = tanh(U @ x[i])
struct Assignment {
  Name target;
  std::vector<ExpressionPtr> indices;  ///< of an element of a list; else none
  ExpressionPtr value;
  Span span;
};
struct Return {
  ExpressionPtr value;
  Span span;
};
/// adapt sgd(lr = 0.4) on cross_entropy(net(support.pixels), support.label), or adapt V = sgd(..) on ..
struct Adapt {
  std::vector<Name> parameters;  ///< none: all
  ExpressionPtr rule, loss;
  Span span;
};
struct Statement;
/// for l in 2..L { z = z + tanh(W[l] @ z) }
struct For {
  Name variable;
  ExpressionPtr range;  ///< a Range
  std::vector<Statement> body;
  Span span;
};
struct Statement {
  std::variant<Assignment, Return, Adapt, For> node;
};

// ---- declarations ---------------------------------------------------------------------------------------------------

/// One entry of a shape: a name or a number, as written.
struct ShapeEntry {
  std::string text;
  Span span;
  bool at_most = false;  ///< `..16` of a field: that many or fewer
};
struct Shape {
  std::vector<ShapeEntry> entries;
  Span span;
};

/// The 4 or 3/2 of `4 n`, `3/2 n`
struct WidthFactor {
  Number numerator;
  std::optional<Number> denominator;
};
/// 4 n, n / 8, 2 * n
struct WidthSize {
  std::optional<WidthFactor> factor;  ///< written without `*`
  ExpressionPtr of;
};
/// width n, or width m = 4 n
struct Width {
  Name name;
  std::optional<WidthSize> size;
  Span span;
};
/// dim d = 2
struct Dim {
  Name name;
  ExpressionPtr size;
  Span span;
};
/// const alpha = 0.5
struct Constant {
  Name name;
  ExpressionPtr value;
  Span span;
};
/// param U : [n, d] init normal(std = 1), or the family param W[2..L] : [n, n] init normal(std = 1) lr 0.5
struct Param {
  Name name;
  std::vector<ExpressionPtr> members;  ///< Ranges, one for each index of a family; none: a single parameter
  Shape shape;
  ExpressionPtr init;           ///< a Call or a Reference (`zero`); may be null
  ExpressionPtr learning_rate;  ///< the factor after `lr`; may be null
  Span span;
};
/// fn swish(u) = u * sigmoid(u)
struct Fn {
  Name name;
  std::vector<Name> parameters;
  ExpressionPtr body;
  Span span;
};
/// x : [d], or stride = 1
struct DefParameter {
  Name name;
  std::optional<Shape> shape;
  ExpressionPtr value;  ///< what it is where a call does not give it; null: it must
};
/// def net(x : [d]) -> [k] { ... }
struct Def {
  Name name;
  std::vector<DefParameter> parameters;
  std::optional<Shape> result;
  std::vector<Statement> body;
  Span span;
};
/// x[d], context[..16] in words, or the group support(pixels[d], label)
struct DataField {
  Name name;
  std::vector<DataField> members;  ///< of a group, else none
  std::optional<Shape> shape;
  std::optional<Name> space;  ///< the dimension whose indices are the values
};
/// Fields and where they come from.
struct DataPart {
  std::vector<DataField> fields;
  ExpressionPtr source;  ///< `= csv(...)`; null for inline rows
};
/// one line of an inline block
struct DataRow {
  std::vector<Number> values;
  Span span;
};
struct Data {
  Name name;
  std::vector<DataPart> parts;  ///< at least one; one alone with inline rows
  std::vector<DataRow> rows;    ///< `{ rows }`
  Span span;
};
/// `key = value` inside train { }; `modifier` is the `shuffled(seed = 1)` of `batch = 32 shuffled(seed = 1)`.
struct Setting {
  Name key;
  ExpressionPtr value;
  ExpressionPtr modifier;
  Span span;
};
struct Train {
  std::vector<Setting> settings;
  Span span;
};
/// observe gram(z2) on test
struct Observe {
  ExpressionPtr value;
  std::vector<Name> data_sets;
  Span span;
};
/// `W : a = 1/4, b = 1/4`, `W[2] : a = 0` or `lr : c = 0`; exponents are rationals as written ("-1/2").
struct ExponentSetting {
  Name key;
  std::string text;
  Span span;
};
struct WeightExponents {
  Name weight;
  std::vector<ExpressionPtr> indices;  ///< of one member of a family; else none
  std::vector<ExponentSetting> settings;
  Span span;
};
/// parametrization custom { ... }
struct Parametrization {
  Name name;
  std::vector<WeightExponents> weights;
  Span span;
};

using Declaration = std::variant<Width, Dim, Constant, Param, Fn, Def, Data, Train, Observe, Parametrization>;

struct Program {
  Name model;
  std::vector<Declaration> declarations;
  std::shared_ptr<const std::vector<Def>> library;  ///< defs that a file need not declare; null: there are none
};

}  // namespace tpc::ast
