#include "frontend/ast/printer.h"

#include <string_view>

namespace tpc::ast {
namespace {

std::string_view symbol(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::add: return "+";
    case BinaryOperator::subtract: return "-";
    case BinaryOperator::multiply: return "*";
    case BinaryOperator::divide: return "/";
    case BinaryOperator::contract: return "@";
  }
  return "?";
}

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (const char character : text) {
    if (character == '\n') {
      result += "\\n";
    } else if (character == '\t') {
      result += "\\t";
    } else {
      if (character == '"' || character == '\\') result += '\\';
      result += character;
    }
  }
  return result + '"';
}

std::string written(const Shape& shape) {
  std::string result = "[";
  for (const ShapeEntry& entry : shape.entries) {
    result += (result.size() > 1 ? ", " : "") + std::string(entry.at_most ? ".." : "") + entry.text;
  }
  return result + "]";
}

std::string written(const std::optional<Shape>& shape) { return shape ? written(*shape) : std::string(); }

template <typename Names>
std::string comma_separated(const Names& names) {
  std::string result;
  for (const Name& name : names) result += (result.empty() ? "" : ", ") + name.text;
  return result;
}

/// Visits every node form; a form without an overload does not compile.
class TreePrinter {
 public:
  [[nodiscard]] std::string take() { return std::move(out_); }

  void expression(const ExpressionPtr& pointer) {
    if (pointer == nullptr) return line("(missing)");
    std::visit(*this, pointer->node);
  }
  void expression(const Expression& root) { std::visit(*this, root.node); }

  // ---- expressions
  void operator()(const Reference& node) { line("name " + node.name.text); }
  void operator()(const Number& node) { line("number " + node.text); }
  void operator()(const Text& node) { line("text " + quoted(node.value)); }
  void operator()(const Transpose& node) { parent("transpose", {node.operand}); }
  void operator()(const Member& node) { parent("member " + node.name.text, {node.operand}); }
  void operator()(const Bracket& node) { parent("list", node.entries); }
  void operator()(const Negate& node) { parent("negate", {node.operand}); }
  void operator()(const Binary& node) { parent("binary " + std::string(symbol(node.op)), {node.lhs, node.rhs}); }
  void operator()(const Power& node) {
    parent("power " + std::string(node.negative ? "-" : "") + node.exponent.text, {node.base});
  }
  void operator()(const Range& node) { parent("range", {node.first, node.last}); }
  void operator()(const Whole&) { line("whole"); }
  void operator()(const Index& node) {
    std::vector<ExpressionPtr> parts = node.indices;
    parts.insert(parts.begin(), node.operand);
    parent("index", parts);
  }
  void operator()(const Call& node) {
    line("call " + node.callee.text);
    const Indent indent(*this);
    for (const Argument& argument : node.arguments) {
      if (argument.keyword) {
        parent("argument " + argument.keyword->text, {argument.value});
      } else {
        expression(argument.value);
      }
    }
  }

  // ---- statements
  void operator()(const Assignment& node) {
    line("assign " + node.target.text);
    const Indent indent(*this);
    if (!node.indices.empty()) parent("element", node.indices);
    expression(node.value);
  }
  void operator()(const Adapt& node) {
    const std::string names = comma_separated(node.parameters);
    parent("adapt" + (names.empty() ? "" : " " + names), {node.rule, node.loss});
  }
  void operator()(const For& node) {
    line("for " + node.variable.text);
    const Indent indent(*this);
    expression(node.range);
    statements(node.body);
  }
  void operator()(const Return& node) { parent("return", {node.value}); }

  // ---- declarations
  void operator()(const Width& node) {
    if (!node.size) return line("width " + node.name.text);
    const auto& factor = node.size->factor;
    std::string times;
    if (factor)
      times = factor->numerator.text + (factor->denominator ? "/" + factor->denominator->text : "") + " times";
    parent("width " + node.name.text + (factor ? " " + times : ""), {node.size->of});
  }
  void operator()(const Dim& node) { parent("dim " + node.name.text, {node.size}); }
  void operator()(const Constant& node) { parent("const " + node.name.text, {node.value}); }
  void operator()(const Param& node) {
    line("param " + node.name.text + " : " + written(node.shape));
    const Indent indent(*this);
    if (!node.members.empty()) parent("members", node.members);
    if (node.init != nullptr) parent("init", {node.init});
    if (node.learning_rate != nullptr) parent("lr", {node.learning_rate});
  }
  void operator()(const Fn& node) {
    parent("fn " + node.name.text + "(" + comma_separated(node.parameters) + ")", {node.body});
  }
  void operator()(const Def& node) {
    line("def " + node.name.text);
    const Indent indent(*this);
    for (const DefParameter& parameter : node.parameters) {
      line("parameter " + parameter.name.text + (parameter.shape ? " : " : "") + written(parameter.shape));
      if (parameter.value == nullptr) continue;
      const Indent deeper(*this);
      expression(parameter.value);
    }
    if (node.result) line("result " + written(node.result));
    statements(node.body);
  }
  void operator()(const Data& node) {
    line("data " + node.name.text);
    const Indent indent(*this);
    for (const DataPart& part : node.parts) {
      for (const DataField& each : part.fields) field(each);
      if (part.source != nullptr) parent("source", {part.source});
    }
    for (const DataRow& row : node.rows) {
      std::string text = "row";
      for (const Number& number : row.values) text += " " + number.text;
      line(text);
    }
  }
  void operator()(const Train& node) {
    line("train");
    const Indent indent(*this);
    for (const Setting& setting : node.settings) {
      parent("set " + setting.key.text, {setting.value});
      const Indent deeper(*this);
      if (setting.modifier != nullptr) parent("modifier", {setting.modifier});
    }
  }
  void operator()(const Observe& node) {
    const std::string data_sets = comma_separated(node.data_sets);
    parent("observe" + (data_sets.empty() ? "" : " on " + data_sets), {node.value});
  }
  void operator()(const Parametrization& node) {
    line("parametrization " + node.name.text);
    const Indent indent(*this);
    for (const WeightExponents& weight : node.weights) {
      std::string text = weight.weight.text + (!weight.indices.empty() ? "[...] :" : " :");
      for (const ExponentSetting& setting : weight.settings) {
        text += (text.back() == ':' ? " " : ", ") + setting.key.text + " = " + setting.text;
      }
      line(text);
      const Indent deeper(*this);
      if (!weight.indices.empty()) parent("member", weight.indices);
    }
  }

  void line(std::string_view text) {
    out_.append(2 * depth_, ' ');
    out_ += text;
    out_ += '\n';
  }

 private:
  struct Indent {
    explicit Indent(TreePrinter& printer) : printer_(printer) { ++printer_.depth_; }
    ~Indent() { --printer_.depth_; }
    Indent(const Indent&) = delete;
    Indent& operator=(const Indent&) = delete;
    TreePrinter& printer_;
  };

  void parent(std::string_view text, const std::vector<ExpressionPtr>& children) {
    line(text);
    const Indent indent(*this);
    for (const ExpressionPtr& child : children) expression(child);
  }

  void field(const DataField& node) {
    line((node.members.empty() ? "field " : "group ") + node.name.text + written(node.shape) +
         (node.space ? " in " + node.space->text : ""));
    const Indent indent(*this);
    for (const DataField& member : node.members) field(member);
  }

  void statements(const std::vector<Statement>& body) {
    for (const Statement& statement : body) std::visit(*this, statement.node);
  }

  std::string out_;
  size_t depth_ = 0;
};

/// In parentheses where it stands in another operation and is one itself.
std::string operand_text(const ExpressionPtr& expression) {
  const auto& node = expression->node;
  const bool operation = std::holds_alternative<Binary>(node) || std::holds_alternative<Negate>(node) ||
                         std::holds_alternative<Power>(node);
  return operation ? "(" + written(*expression) + ")" : written(*expression);
}

std::string list_text(const std::vector<ExpressionPtr>& expressions) {
  std::string text;
  for (const ExpressionPtr& each : expressions) text += (text.empty() ? "" : ", ") + written(*each);
  return text;
}

struct Written {
  std::string operator()(const Reference& node) const { return node.name.text; }
  std::string operator()(const Number& node) const { return node.text; }
  std::string operator()(const Text& node) const { return quoted(node.value); }
  std::string operator()(const Transpose& node) const { return operand_text(node.operand) + ".T"; }
  std::string operator()(const Member& node) const { return operand_text(node.operand) + "." + node.name.text; }
  std::string operator()(const Negate& node) const { return "-" + operand_text(node.operand); }
  std::string operator()(const Binary& node) const {
    return operand_text(node.lhs) + " " + std::string(symbol(node.op)) + " " + operand_text(node.rhs);
  }
  std::string operator()(const Power& node) const {
    return operand_text(node.base) + " ^ " + (node.negative ? "-" : "") + node.exponent.text;
  }
  std::string operator()(const Range& node) const { return written(*node.first) + ".." + written(*node.last); }
  std::string operator()(const Whole&) const { return ":"; }
  std::string operator()(const Index& node) const {
    return operand_text(node.operand) + "[" + list_text(node.indices) + "]";
  }
  std::string operator()(const Bracket& node) const { return "[" + list_text(node.entries) + "]"; }
  std::string operator()(const Call& node) const {
    std::string text;
    for (const Argument& argument : node.arguments) {
      text += (text.empty() ? "" : ", ") + (argument.keyword ? argument.keyword->text + " = " : std::string()) +
              written(*argument.value);
    }
    return node.callee.text + "(" + text + ")";
  }
};

}  // namespace

std::string written(const Expression& expression) { return std::visit(Written(), expression.node); }

std::string print(const Program& program) {
  TreePrinter printer;
  printer.line(program.model.text.empty() ? "model (missing)" : "model " + program.model.text);
  for (const Declaration& declaration : program.declarations) std::visit(printer, declaration);
  return printer.take();
}

std::string print(const Expression& expression) {
  TreePrinter printer;
  printer.expression(expression);
  return printer.take();
}

}  // namespace tpc::ast
